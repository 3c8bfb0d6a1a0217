"""A status as lines of plain text that fit a window: each line is cut at its end, never in its middle."""

from collections.abc import Iterator

from autocorp_wizard.core.status import Level
from autocorp_wizard.core.status_rows import Row, Screen

TONES = {Level.OK: "good", Level.WARN: "warn", Level.FAIL: "error", Level.UNKNOWN: "warn", Level.OFF: "dim"}
_MARK = 5
_LEAST = 40


def lines_of(screen: Screen, width: int) -> Iterator[tuple[str, str]]:
    """Yield each line with its tone."""
    yield _cut(screen.title, width), "strong"
    yield from _block(screen.panels, width)
    yield "", ""
    yield from _block(screen.promises, width)
    if screen.not_measured:
        yield _cut(screen.not_measured, width), "dim"
    yield _cut(f"Verdict: {screen.verdict}", width), TONES[screen.level]


def _block(rows: tuple[Row, ...], width: int) -> Iterator[tuple[str, str]]:
    column = max((len(row.name) for row in rows), default=0)
    for row in rows:
        text = f"{row.mark:<{_MARK}}{row.name:<{column}}  {row.sentence}".rstrip()
        # A line that is well needs no colour: what is amiss stands out.
        yield _cut(text, width), "" if row.level is Level.OK else TONES[row.level]


def _cut(text: str, width: int) -> str:
    room = max(width, _LEAST)
    return text if len(text) <= room else text[: room - 1].rstrip() + "…"
