"""A preflight's report as lines for people: root causes on top, then every check by group."""

from collections.abc import Iterator

from autocorp_wizard.core.preflight.formats import MARKS, helps
from autocorp_wizard.core.preflight.record import Result, Status, Variant
from autocorp_wizard.core.preflight.report import Report

Line = tuple[str, str]

_TONES = {Status.PASS: "good", Status.WARN: "warn", Status.FAIL: "error", Status.WAIVED: "dim", Status.SKIP: "dim"}


def lines_of(report: Report, kind: Variant, *, details: bool) -> Iterator[Line]:
    """Yield (text, tone); `details` shows findings of what is well, too; `kind` is the kind of source."""
    causes = [each for each in report.causes if each.status is Status.FAIL]
    if causes:
        yield ("First to be put right" if len(causes) > 1 else "To be put right"), "strong"
        yield from _open(causes[0], kind)
        yield "", ""
    group = ""
    for each in report.ordered:
        if each.check.group.value != group:
            group = each.check.group.value
            yield group.capitalize(), "strong"
        yield f"  {_label(each)} {each.check.id:<22} {_said(each)}", _TONES.get(each.status, "")
        if details or each.status in (Status.FAIL, Status.WARN, Status.INCONCLUSIVE):
            for text in each.seen.findings:
                yield f"      {text}", "dim"
        if each.status in (Status.FAIL, Status.WARN, Status.INCONCLUSIVE):
            for text in helps(each, kind):
                yield f"      -> {text}", ""
        if details:
            if each.check.proves:
                yield f"      proves: {each.check.proves}; from {each.check.vantage.value}", "dim"
            if each.check.does_not_prove:
                yield f"      does not prove: {each.check.does_not_prove}", "dim"
    yield report.sentence, "strong"
    for note in report.notes:
        yield note, "warn"


def _label(result: Result) -> str:
    return f"[{MARKS[result.status]}] {result.status.value:<12}"


def _said(result: Result) -> str:
    if result.waiver:
        by = f" by {result.waiver.by}" if result.waiver.by else ""
        return f"{result.seen.summary} Waived{by} until {result.waiver.until}: {result.waiver.reason}"
    return result.seen.summary


def _open(result: Result, kind: Variant) -> Iterator[Line]:
    yield f"  {result.check.title}: {result.check.id}", "error"
    yield f"  {result.seen.summary}", ""
    for text in helps(result, kind):
        yield f"  -> {text}", ""
