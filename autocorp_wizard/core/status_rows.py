"""A status report as rows for a screen: one per panel, one per promise. Plain output and the dashboard share them.

What is amiss stands first in a row, because the end of a row may be cut off.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.status import Level, Objective, Panel, Reading, Report, Verdict, Why, rank
from autocorp_wizard.core.status_rules import seconds_in_words

# A value that is older than this says its age.
_FRESH_SECONDS: Final = 90
_WORDS: Final = {Level.OK: "ok", Level.WARN: "warn", Level.FAIL: "FAIL", Level.UNKNOWN: "?", Level.OFF: "-"}
_VERDICTS: Final = {
    Verdict.KEPT: "every promise that was measured is kept",
    Verdict.WARNINGS: "nothing is broken, something wants a look",
    Verdict.BROKEN: "something is broken",
    Verdict.INCONCLUSIVE: "something could not be looked at",
    Verdict.NOT_DEPLOYED: "nothing is deployed",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a screen: its level in a word, what it is about, and the sentence."""

    level: Level
    mark: str
    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Screen:
    """Everything that a status shows, in order."""

    title: str
    verdict: str
    level: Level
    panels: tuple[Row, ...]
    promises: tuple[Row, ...]
    not_measured: str


def screen_of(report: Report, now: datetime, *, details: bool = False) -> Screen:
    """Return a report as rows; `details` adds one row per single value below its panel."""
    panels = [row for panel in report.panels for row in _panel_rows(panel, now, details=details)]
    shown = [each for each in report.objectives if not _is_later(each) or details]
    later = [each.promise for each in report.objectives if _is_later(each) and not details]
    applied = ", ".join(phase.value for phase in report.phases)
    whole = "all four phases" if len(report.phases) == len(Phase) else f"phases: {applied or 'none'}"
    return Screen(
        title=f"{report.environment} ({report.preset}, {report.cloud}), {whole}, at {report.at:%H:%M:%S} UTC",
        verdict=f"{report.verdict.value}: {_VERDICTS[report.verdict]}",
        level=_VERDICT_LEVEL[report.verdict],
        panels=tuple(panels),
        promises=tuple(_promise_row(each, now) for each in shown),
        not_measured="Not measured by this version: " + "; ".join(later) if later else "",
    )


_VERDICT_LEVEL: Final = {
    Verdict.KEPT: Level.OK,
    Verdict.WARNINGS: Level.WARN,
    Verdict.BROKEN: Level.FAIL,
    Verdict.INCONCLUSIVE: Level.UNKNOWN,
    Verdict.NOT_DEPLOYED: Level.UNKNOWN,
}


def _is_later(objective: Objective) -> bool:
    return objective.reason is not None and objective.reason.why is Why.NOT_MEASURED


def _panel_rows(panel: Panel, now: datetime, *, details: bool) -> Iterator[Row]:
    ordered = sorted((r for r in panel.readings if _shows(r)), key=lambda reading: rank(reading.level))
    said = [panel.reason.sentence] if panel.reason else []
    said += [_with_age(reading, now) for reading in ordered if reading.sentence]
    yield Row(panel.level, _WORDS[panel.level], panel.title, "; ".join(said))
    if details:
        for reading in panel.readings:
            value = "" if reading.value is None else f"{_short(reading.value)} {reading.unit}".strip()
            words = "; ".join(filter(None, (value, reading.sentence)))
            yield Row(reading.level, _WORDS[reading.level], f"  {reading.title}", f"{words} [{reading.source}]")


def _shows(reading: Reading) -> bool:
    # A detail that is amiss is no detail.
    return not reading.detail or reading.level in (Level.FAIL, Level.UNKNOWN)


def _promise_row(objective: Objective, now: datetime) -> Row:
    age = (now - objective.at).total_seconds() if objective.at else 0.0
    old = f" ({seconds_in_words(age)} ago)" if age > _FRESH_SECONDS else ""
    return Row(objective.level, _WORDS[objective.level], objective.promise, objective.sentence + old)


def _with_age(reading: Reading, now: datetime) -> str:
    age = (now - reading.at).total_seconds() if reading.at else 0.0
    return reading.sentence + (f" ({seconds_in_words(age)} ago)" if age > _FRESH_SECONDS else "")


def _short(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {each}" for key, each in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
