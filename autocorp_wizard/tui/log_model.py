"""The rows of a log: which lines a filter leaves, and how they are broken to the width. Pure; made for 200,000 lines.

Lines only ever come at the end, so filter and breaks are carried on from where they stood.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from autocorp_wizard.tui.log_lines import LogLine
from autocorp_wizard.tui.wrapping import Parts

HEAD = 10
"""Cells before the text: the time and a gap."""
_LEAST = 20


class LogModel:
    """`lines` is a list that grows; `take` notices what has come."""

    def __init__(self, lines: Sequence[LogLine] = ()) -> None:
        self.lines = lines
        self.needle = ""
        self.filter = ""
        self._width = 0
        self._taken = 0
        self._widest = 0
        self._shown: list[int] = []
        # With breaking: the first row of each shown line, and after the last one how many rows there are.
        self._starts: list[int] = [0]

    @property
    def taken(self) -> int:
        """How many lines of the store are in here."""
        return self._taken

    @property
    def rows(self) -> int:
        """How many rows there are to draw."""
        return self._starts[-1] if self._width else len(self._shown)

    @property
    def width(self) -> int:
        """The widest row, for scrolling sideways; 0 where rows are broken to fit."""
        return 0 if self._width else self._widest + HEAD

    @property
    def found(self) -> int:
        """How many lines the filter leaves."""
        return len(self._shown)

    def take(self, lines: Sequence[LogLine]) -> int:
        """Take in what the store holds beyond what was seen; return how many rows that added."""
        before = self.rows
        self.lines = lines
        shown, starts, wanted, width = self._shown, self._starts, self.filter, self._width
        for index in range(self._taken, len(lines)):
            text = lines[index].text
            if wanted and wanted not in text.lower():
                continue
            shown.append(index)
            self._widest = max(self._widest, len(text))
            if width:
                starts.append(starts[-1] + _rows_of(text, width))
        self._taken = len(lines)
        return self.rows - before

    def filter_by(self, text: str) -> int:
        """Show only the lines that hold a text (any case); all of them for an empty one. Returns how many those are."""
        self.filter = text.lower()
        self._renew()
        return self.found

    def wrap(self, width: int) -> None:
        """Break long lines to so many cells; 0 stops that."""
        self._width = max(_LEAST, width - HEAD) if width else 0
        self._starts = [0]
        if self._width:
            for index in self._shown:
                self._starts.append(self._starts[-1] + _rows_of(self.lines[index].text, self._width))

    def line_at(self, row: int) -> int:
        """Return which line of the store a row shows."""
        return self._shown[self._place(row)[0]]

    def row_of_line(self, line: int) -> int:
        """Return the first row of a line of the store, or of the next one that is shown."""
        return self.row_of(bisect_left(self._shown, line))

    def row_of(self, place: int) -> int:
        """Return the first row of the shown line at `place`."""
        return self._starts[place] if self._width else place

    def hits(self, needle: str) -> list[int]:
        """Return the rows of the shown lines that hold a text (any case)."""
        wanted = needle.lower()
        if not wanted:
            return []
        return [self.row_of(at) for at, index in enumerate(self._shown) if wanted in self.lines[index].text.lower()]

    def parts(self, row: int) -> Parts:
        """Return a row as (text, tone) pairs: the time dimmed, the text in its tone, what is sought standing out."""
        place, part = self._place(row)
        line = self.lines[self._shown[place]]
        tone = "" if line.tone == "info" else line.tone
        text = line.text
        if self._width:
            text = text[part * self._width : (part + 1) * self._width]
        head = (f"{line.at:%H:%M:%S}  ", "dim") if part == 0 else (" " * HEAD, "")
        at = text.lower().find(self.needle) if self.needle else -1
        if at < 0:
            return (head, (text, tone))
        end = at + len(self.needle)
        return (head, (text[:at], tone), (text[at:end], "find"), (text[end:], tone))

    def _place(self, row: int) -> tuple[int, int]:
        if not self._width:
            return row, 0
        place = bisect_right(self._starts, row) - 1
        return place, row - self._starts[place]

    def _renew(self) -> None:
        self._taken, self._widest = 0, 0
        self._shown.clear()
        self._starts = [0]
        self.take(self.lines)


def _rows_of(text: str, width: int) -> int:
    return max(1, -(-len(text) // width))
