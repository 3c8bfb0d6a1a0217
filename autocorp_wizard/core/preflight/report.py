"""A whole preflight: results in a stable order, waivers applied, the root causes on top, and the exit code."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from autocorp_wizard.core.environment import Waiver
from autocorp_wizard.core.errors import ExitCode
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.preflight.record import Applied, Group, Result, Status

_COVERED = (Status.FAIL, Status.WARN, Status.INCONCLUSIVE)
_GRAVITY = {Status.FAIL: 0, Status.INCONCLUSIVE: 1, Status.WARN: 2}


def under_waivers(results: Iterable[Result], waivers: Sequence[Waiver], today: date) -> tuple[Result, ...]:
    """Return the results with the waivers in force applied; one that has run out is said beside its result."""
    latest: dict[str, Waiver] = {}
    for waiver in waivers:
        known = latest.get(waiver.check)
        if known is None or known.until < waiver.until:
            latest[waiver.check] = waiver
    return tuple(_under(result, latest.get(result.check.id), today) for result in results)


def _under(result: Result, waiver: Waiver | None, today: date) -> Result:
    if waiver is None or result.seen.status not in _COVERED or result.blocked_by:
        return result
    until = waiver.until.isoformat()
    if not waiver.holds(today):
        return replace(result, expired=until)
    return replace(result, waiver=Applied(waiver.reason, until, waiver.by), was=result.seen.status)


@dataclass(frozen=True, slots=True)
class Report:
    """Results of one environment. `known` are the ids that exist, so that a waiver of none is seen."""

    environment: str
    at: datetime
    results: tuple[Result, ...]
    seconds: float = 0.0
    notes: tuple[str, ...] = ()

    @property
    def ordered(self) -> tuple[Result, ...]:
        """The results by group, in the order in which the checks are registered."""
        order = list(Group)
        return tuple(sorted(self.results, key=lambda each: order.index(each.check.group)))

    @property
    def counts(self) -> dict[Status, int]:
        """How many results there are of each status."""
        found = Counter(each.status for each in self.results)
        return {status: found[status] for status in Status}

    @property
    def causes(self) -> tuple[Result, ...]:
        """What has to be looked at, failures first; what is only blocked by another is not among them."""
        open_ones = [each for each in self.ordered if each.status in _GRAVITY]
        return tuple(sorted(open_ones, key=lambda each: _GRAVITY[each.status]))

    @property
    def failures(self) -> tuple[Result, ...]:
        """What failed and is not waived."""
        return tuple(each for each in self.ordered if each.status is Status.FAIL)

    def exit_code(self, *, fail_on: Iterable[str] = ()) -> ExitCode:
        """Return the exit code (cli.md); `fail_on` holds `warn` and `inconclusive` where they count as failures."""
        counts, strict = self.counts, set(fail_on)
        if counts[Status.FAIL]:
            return ExitCode.FAILED
        if counts[Status.INCONCLUSIVE]:
            return ExitCode.FAILED if "inconclusive" in strict else ExitCode.INCONCLUSIVE
        if counts[Status.WARN]:
            return ExitCode.FAILED if "warn" in strict else ExitCode.WARNINGS
        return ExitCode.OK

    @property
    def sentence(self) -> str:
        """The counts in words."""
        words = {
            Status.PASS: "passed",
            Status.WARN: "with a warning",
            Status.FAIL: "failed",
            Status.INCONCLUSIVE: "could not be told",
            Status.SKIP: "skipped",
            Status.WAIVED: "waived",
        }
        said = [f"{count} {words[status]}" for status, count in self.counts.items() if count]
        total = len(self.results)
        return f"{total} check{'' if total == 1 else 's'}: {', '.join(said) or 'none'}."

    def as_document(self) -> dict[str, Json]:
        """Return the report as JSON (autocorp-wizard/preflight/1)."""
        return {
            "schema": "autocorp-wizard/preflight/1",
            "environment": self.environment,
            "at": self.at.isoformat(timespec="seconds").replace("+00:00", "Z"),
            "seconds": round(self.seconds, 3),
            "counts": {status.value: count for status, count in self.counts.items()},
            "causes": [each.check.id for each in self.causes],
            "results": [each.as_document() for each in self.ordered],
            "notes": list[Json](self.notes),
        }
