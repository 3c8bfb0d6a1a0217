"""What a look at a running lake says, as values: readings, panels, promises, and the verdict over all of them.

A value that is not known says why; nothing stands in for it. The verdict is a pure function of what was read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from autocorp_wizard.core.errors import ExitCode
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.phases import Phase


class Level(StrEnum):
    """How a reading, a panel or a promise stands. `off`: its phase is not deployed, or it cannot be known yet."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"
    OFF = "off"


class Why(StrEnum):
    """Why a value is not known."""

    DENIED = "denied"
    UNREACHABLE = "unreachable"
    LATE = "late"
    BROKEN = "broken"
    GONE = "gone"
    NO_DATA = "no-data"
    NOT_DEPLOYED = "not-deployed"
    NOT_MEASURED = "not-measured"


# What a reason makes of the level of whatever it stands for. Where nothing can have been written yet nothing is amiss;
# what the state says exists and AWS does not know is a failure.
_LEVEL_OF: Final[Mapping[Why, Level]] = {
    Why.DENIED: Level.UNKNOWN,
    Why.UNREACHABLE: Level.UNKNOWN,
    Why.LATE: Level.UNKNOWN,
    Why.BROKEN: Level.UNKNOWN,
    Why.GONE: Level.FAIL,
    Why.NO_DATA: Level.OFF,
    Why.NOT_DEPLOYED: Level.OFF,
    Why.NOT_MEASURED: Level.OFF,
}

# The worst first; a panel is as good as its worst reading.
_ORDER: Final = (Level.FAIL, Level.UNKNOWN, Level.WARN, Level.OK, Level.OFF)


def worst(levels: Iterable[Level]) -> Level:
    """Return the worst of some levels, `off` for none."""
    found = frozenset(levels)
    return next((level for level in _ORDER if level in found), Level.OFF)


def rank(level: Level) -> int:
    """Return a level's place among all, 0 for the worst: what a list is sorted by whose first is most amiss."""
    return _ORDER.index(level)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a value is not known; `permission` names what is missing where AWS refused to answer."""

    why: Why
    sentence: str
    permission: str = ""

    @property
    def level(self) -> Level:
        """What it makes of whatever it stands for."""
        return _LEVEL_OF[self.why]

    def as_document(self) -> dict[str, Json]:
        """Return the reason as `status --json` prints it."""
        return {"kind": self.why.value, "sentence": self.sentence, "permission": self.permission or None}


@dataclass(frozen=True, slots=True)
class Judged:
    """A level and the words for it: what every rule of core/status_rules.py returns."""

    level: Level
    sentence: str


@dataclass(frozen=True, slots=True)
class Reading:
    """One value: what it is, when it held, which call told it; or the reason why it is not known.

    `detail` readings show on request only; `unit` is empty for words.
    """

    name: str
    title: str
    level: Level
    sentence: str
    value: Json = None
    unit: str = ""
    at: datetime | None = None
    source: str = ""
    reason: Reason | None = None
    detail: bool = False

    def as_document(self) -> dict[str, Json]:
        """Return the reading as `status --json` prints it."""
        return {
            "name": self.name,
            "title": self.title,
            "level": self.level.value,
            "sentence": self.sentence,
            "value": self.value,
            "unit": self.unit or None,
            "at": stamp(self.at),
            "source": self.source,
            "reason": self.reason.as_document() if self.reason else None,
        }


@dataclass(frozen=True, slots=True)
class Panel:
    """What one collector found. `seconds` is how long it took; `reason` stands where it could not begin."""

    name: str
    title: str
    readings: tuple[Reading, ...] = ()
    reason: Reason | None = None
    seconds: float = 0.0

    @property
    def level(self) -> Level:
        """As good as its worst reading."""
        own = [self.reason.level] if self.reason else []
        return worst([*own, *(reading.level for reading in self.readings)])

    def reading(self, name: str) -> Reading | None:
        """Return a reading by its name."""
        return next((reading for reading in self.readings if reading.name == name), None)

    def as_document(self) -> dict[str, Json]:
        """Return the panel as `status --json` prints it."""
        return {
            "name": self.name,
            "title": self.title,
            "level": self.level.value,
            "reason": self.reason.as_document() if self.reason else None,
            "seconds": round(self.seconds, 3),
            "values": [reading.as_document() for reading in self.readings],
        }


@dataclass(frozen=True, slots=True)
class Objective:
    """One promise of the assessment. `met` is None where it was not measured, and `reason` then says why."""

    name: str
    promise: str
    target: float
    unit: str
    sentence: str = ""
    met: bool | None = None
    value: float | None = None
    at: datetime | None = None
    source: str = ""
    sample: int | None = None
    reason: Reason | None = None

    @property
    def level(self) -> Level:
        """A broken promise is a failure; one that nobody could look at is as unknown as its reason."""
        if self.met is None:
            return self.reason.level if self.reason else Level.OFF
        return Level.OK if self.met else Level.FAIL

    def as_document(self) -> dict[str, Json]:
        """Return the promise as `status --json` prints it."""
        return {
            "name": self.name,
            "promise": self.promise,
            "target": self.target,
            "met": self.met,
            "sentence": self.sentence,
            "value": self.value,
            "unit": self.unit or None,
            "sample": self.sample,
            "at": stamp(self.at),
            "source": self.source,
            "reason": self.reason.as_document() if self.reason else None,
        }


class Verdict(StrEnum):
    """One word over everything."""

    KEPT = "kept"
    WARNINGS = "warnings"
    BROKEN = "broken"
    INCONCLUSIVE = "inconclusive"
    NOT_DEPLOYED = "not-deployed"


_EXIT: Final[Mapping[Verdict, ExitCode]] = {
    Verdict.KEPT: ExitCode.OK,
    Verdict.WARNINGS: ExitCode.WARNINGS,
    Verdict.BROKEN: ExitCode.FAILED,
    Verdict.INCONCLUSIVE: ExitCode.INCONCLUSIVE,
    # Without a lake nothing can be said of its promises.
    Verdict.NOT_DEPLOYED: ExitCode.INCONCLUSIVE,
}


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one look found."""

    environment: str
    cloud: str
    preset: str
    at: datetime
    phases: tuple[Phase, ...] = ()
    panels: tuple[Panel, ...] = ()
    objectives: tuple[Objective, ...] = field(default=())

    @property
    def verdict(self) -> Verdict:
        """The worst of all panels and promises.

        What could not be looked at weighs more than a warning, because a failure may hide there.
        """
        everything = worst([*(p.level for p in self.panels), *(o.level for o in self.objectives)])
        match everything:
            case Level.FAIL:
                return Verdict.BROKEN
            case Level.UNKNOWN:
                return Verdict.INCONCLUSIVE
            case _ if not self.phases:
                return Verdict.NOT_DEPLOYED
            case Level.WARN:
                return Verdict.WARNINGS
            case _:
                return Verdict.KEPT

    def exit_code(self, *, fail_on_warn: bool = False) -> ExitCode:
        """Return the code of the command (cli.md); `fail_on_warn` makes a failure of any warning."""
        warns = any(p.level is Level.WARN or any(r.level is Level.WARN for r in p.readings) for p in self.panels)
        if fail_on_warn and warns:
            return ExitCode.FAILED
        return _EXIT[self.verdict]

    def panel(self, name: str) -> Panel | None:
        """Return a panel by its name."""
        return next((panel for panel in self.panels if panel.name == name), None)

    def as_document(self) -> dict[str, Json]:
        """Return the document of `status --json`."""
        return {
            "schema": "autocorp-wizard/status/1",
            "environment": self.environment,
            "cloud": self.cloud,
            "preset": self.preset,
            "at": stamp(self.at),
            "verdict": self.verdict.value,
            "phases": [phase.value for phase in self.phases],
            "panels": [panel.as_document() for panel in self.panels],
            "objectives": [objective.as_document() for objective in self.objectives],
        }


def stamp(moment: datetime | None) -> str | None:
    """Return a moment as RFC 3339 in UTC, None for none."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if moment else None
