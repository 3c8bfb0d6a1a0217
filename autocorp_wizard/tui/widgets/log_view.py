"""The log of a run over its line store: follows the end until the reader scrolls, and finds text."""

from collections.abc import Sequence

from textual.reactive import reactive

from autocorp_wizard.tui.log_lines import LogLine
from autocorp_wizard.tui.widgets.lines import Lines, Parts


class LogView(Lines):
    """Shows `lines` (a list that only grows). Scrolling up pauses; `follow()` returns to the end."""

    DEFAULT_CSS = """
    LogView { border: round $panel; border-title-color: $foreground; border-subtitle-color: $accent; }
    LogView:focus { border: round $primary; }
    """

    following = reactive(True)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self._lines: Sequence[LogLine] = ()
        self._seen = 0
        self._widest = 0
        self._paused_at = 0
        self._needle = ""
        self.border_title = "Log"

    def show(self, lines: Sequence[LogLine]) -> None:
        """Show what the store holds now."""
        for line in lines[self._seen :]:
            self._widest = max(self._widest, len(line.whole))
        self._lines, self._seen = lines, len(lines)
        self.lines_changed()
        if self.following:
            self._to_end()
        self._say()

    def follow(self) -> None:
        """Go to the end and stay there."""
        self.following = True
        self._to_end()
        self._say()

    def find(self, needle: str) -> int:
        """Go to the next line (from the top of the view) that holds `needle`; return how many lines do."""
        self._needle = needle.lower()
        if not self._needle:
            self.refresh()
            return 0
        hits = [index for index, line in enumerate(self._lines) if self._needle in line.whole.lower()]
        below = [index for index in hits if index > self.scroll_offset.y] or hits
        if below:
            self.following = False
            self._paused_at = self._seen
            self.scroll_to(y=below[0], animate=False)
        self._say()
        self.refresh()
        return len(hits)

    def line_count(self) -> int:
        """All lines of the store."""
        return self._seen

    def line_width(self) -> int:
        """The widest line so far."""
        return self._widest

    def line_parts(self, index: int) -> Parts:
        """Time dimmed, then the text in its tone; what is sought stands out."""
        line = self._lines[index]
        tone = "" if line.tone == "info" else line.tone
        head = (f"{line.at:%H:%M:%S}  ", "dim")
        at = line.text.lower().find(self._needle) if self._needle else -1
        if at < 0:
            return (head, (line.text, tone))
        end = at + len(self._needle)
        return (head, (line.text[:at], tone), (line.text[at:end], "find"), (line.text[end:], tone))

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Scrolling away from the end pauses; scrolling back to it follows again."""
        super().watch_scroll_y(old_value, new_value)
        at_end = new_value >= self.max_scroll_y
        if self.following and new_value < old_value and not at_end:
            self.following, self._paused_at = False, self._seen
        elif not self.following and at_end and new_value > old_value:
            self.following = True
        self._say()

    def _to_end(self) -> None:
        self.scroll_to(y=self.max_scroll_y, animate=False, force=True)

    def _say(self) -> None:
        if self.following:
            self.border_subtitle = "following"
        else:
            new = self._seen - self._paused_at
            self.border_subtitle = f"{new} new lines, f follows" if new else "paused, f follows"
