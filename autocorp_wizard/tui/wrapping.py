"""Breaking a line that is made of parts in different tones. Pure."""

from typing import TypeAlias

from rich.cells import cell_len

Parts: TypeAlias = tuple[tuple[str, str], ...]
"""A line as (text, tone) pairs."""


_INDENT = ("  ", "")


def wrap(parts: Parts, room: int) -> list[Parts]:
    """Return the parts as lines of at most `room` cells (ten or more); later lines are indented."""
    lines: list[list[tuple[str, str]]] = [[]]
    left = room
    for text, tone in parts:
        rest = text
        while cell_len(rest) > left:
            at = _break(rest, left)
            if at:
                lines[-1].append((rest[:at], tone))
                rest = rest[at:].lstrip()
            lines.append([_INDENT])
            left = room - len(_INDENT[0])
        lines[-1].append((rest, tone))
        left -= cell_len(rest)
    return [tuple(line) for line in lines]


def _break(text: str, room: int) -> int:
    """Return where to break: at the last blank that fits, else in the middle of the word; 0 where nothing fits."""
    fits = next(index for index in range(len(text)) if cell_len(text[: index + 1]) > room)
    blank = text.rfind(" ", 0, fits + 1)
    return blank if blank > 0 else fits
