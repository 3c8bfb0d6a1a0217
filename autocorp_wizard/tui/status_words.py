"""A status as the dashboard shows it: a row for each panel and promise, and everything about the chosen one."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from textual.content import Content

from autocorp_wizard.core.status import Level, Objective, Panel, Reading, Reason, rank
from autocorp_wizard.core.status_rows import Row
from autocorp_wizard.tui.widgets.options import HEADING
from autocorp_wizard.tui.words import ago, cut, plain, printable

STYLES: Final = {
    Level.OK: "$success",
    Level.WARN: "$warning",
    Level.FAIL: "bold $error",
    Level.UNKNOWN: "$warning",
    Level.OFF: "$muted",
}
AMISS: Final = (Level.FAIL, Level.UNKNOWN, Level.WARN)
_MARK: Final = 5

Part = str | tuple[str, str]


def heading(name: str) -> tuple[str, Content]:
    """Return an entry that is shown and never chosen."""
    return f"{HEADING}{name}", Content.styled(name, "bold $muted")


def rows(shown: Sequence[Row], room: int) -> Iterator[Content]:
    """Yield a line of at most `room` cells for each: mark, name in a column, as much of the sentence as fits."""
    column = min(max((len(each.name) for each in shown), default=0), room // 2)
    for each in shown:
        text = cut(f"{cut(printable(each.name), column):<{column}}  {printable(each.sentence)}", room - _MARK)
        mark = (f"{each.mark:<{_MARK}}", STYLES[each.level])
        yield Content.assemble(mark, (text[:column], "bold"), text[column:].rstrip())


def panel_words(panel: Panel, now: datetime) -> Content:
    """Return everything that a panel tells, what is amiss first."""
    parts: list[Part] = [(panel.title, "bold"), (f"  looked at in {panel.seconds:.1f} s", "$muted")]
    if panel.reason:
        parts += ["\n\n", *_reason(panel.reason)]
    for reading in sorted(panel.readings, key=lambda each: rank(each.level)):
        parts += ["\n\n", *_reading(reading, now)]
    return Content.assemble(*parts)


def objective_words(objective: Objective, now: datetime) -> Content:
    """Return everything about a promise: what was promised, what was measured, from how much, and where."""
    said = {True: "kept", False: "broken", None: "not known"}[objective.met]
    parts: list[Part] = [(objective.promise, "bold"), "\n", (said, STYLES[objective.level])]
    if objective.sentence:
        parts.append(f": {printable(objective.sentence)}")
    if objective.value is not None:
        parts.append(f"\n\nmeasured {objective.value:g} {objective.unit}, promised {objective.target:g}".rstrip())
    if objective.sample is not None:
        parts.append((f"\nfrom {objective.sample} observations", "$muted"))
    if objective.reason:
        parts += ["\n\n", *_reason(objective.reason)]
    parts += list(_origin(objective.source, objective.at, now))
    return Content.assemble(*parts)


def _reading(reading: Reading, now: datetime) -> Iterator[Part]:
    yield f"{reading.title}  ", "bold"
    yield reading.level.value, STYLES[reading.level]
    if reading.sentence:
        yield f"\n{printable(reading.sentence)}"
    # A value without a unit is in the sentence already.
    if reading.value not in (None, "", []) and (reading.unit or not reading.sentence):
        yield f"\n{plain(reading.value)} {reading.unit}".rstrip()
    if reading.reason:
        yield "\n"
        yield from _reason(reading.reason)
    yield from _origin(reading.source, reading.at, now)


def _reason(reason: Reason) -> Iterator[Part]:
    yield f"{reason.why.value}: {printable(reason.sentence)}", STYLES[reason.level]
    if reason.permission:
        yield f"\nIt needs the permission {reason.permission}."


def _origin(source: str, at: datetime | None, now: datetime) -> Iterator[Part]:
    told = ", ".join(filter(None, (f"from {printable(source)}" if source else "", ago(at, now) if at else "")))
    if told:
        yield f"\n{told}", "$muted"
