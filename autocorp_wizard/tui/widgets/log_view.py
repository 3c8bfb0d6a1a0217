"""The log of a run over its line store: follows the end until the reader scrolls, finds, filters and breaks lines."""

from collections.abc import Sequence

from textual.reactive import reactive

from autocorp_wizard.tui.log_lines import LogLine
from autocorp_wizard.tui.log_model import LogModel
from autocorp_wizard.tui.widgets.lines import Lines, Parts


class LogView(Lines):
    """Shows `lines` (a list that only grows). Scrolling up pauses; `follow()` returns to the end."""

    DEFAULT_CSS = """
    LogView { border: round $edge; border-title-color: $foreground; border-subtitle-color: $accent; }
    LogView:focus { border: round $primary; }
    """

    following = reactive(True)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self.model = LogModel()
        self._paused_at = 0
        self._wraps = False
        self.border_title = "Log"

    def show(self, lines: Sequence[LogLine]) -> None:
        """Show what the store holds now."""
        if len(lines) == self.model.taken and lines is self.model.lines:
            return
        self.model.take(lines)
        self._changed()

    def follow(self) -> None:
        """Go to the end and stay there."""
        self.following = True
        self._to_end()
        self._say()

    def find(self, needle: str) -> int:
        """Go to the next line (from the top of the view) that holds `needle`; return how many lines do."""
        self.model.needle = needle.lower()
        hits = self.model.hits(needle)
        below = [row for row in hits if row > self.scroll_offset.y] or hits
        if below:
            self._pause()
            self.scroll_to(y=below[0], animate=False)
        self._say()
        self.refresh()
        return len(hits)

    def filter(self, text: str) -> int:
        """Show only the lines that hold a text, or all again; return how many those are."""
        found = self.model.filter_by(text)
        self._changed()
        return found

    def toggle_wrap(self) -> bool:
        """Break long lines to the width, or stop that; what stood on top stays there. Returns whether they are now."""
        top = self.model.line_at(self.scroll_offset.y) if self.scroll_offset.y < self.model.rows else None
        self._wraps = not self._wraps
        self._break()
        if top is not None and not self.following:
            self.scroll_to(y=self.model.row_of_line(top), animate=False, force=True)
        return self._wraps

    def line_count(self) -> int:
        """All rows."""
        return self.model.rows

    def line_width(self) -> int:
        """The widest row so far."""
        return self.model.width

    def line_parts(self, index: int) -> Parts:
        """A row."""
        return self.model.parts(index)

    def on_resize(self) -> None:
        """Broken lines follow the width."""
        if self._wraps:
            self._break()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Scrolling away from the end pauses; scrolling back to it follows again."""
        super().watch_scroll_y(old_value, new_value)
        at_end = new_value >= self.max_scroll_y
        if self.following and new_value < old_value and not at_end:
            self._pause()
        elif not self.following and at_end and new_value > old_value:
            self.following = True
        self._say()

    def _pause(self) -> None:
        self.following, self._paused_at = False, self.model.taken

    def _break(self) -> None:
        self.model.wrap(self.scrollable_content_region.width if self._wraps else 0)
        self._changed()

    def _changed(self) -> None:
        self.lines_changed()
        if self.following:
            self._to_end()
        self._say()

    def _to_end(self) -> None:
        self.scroll_to(y=self.max_scroll_y, animate=False, force=True)

    def _say(self) -> None:
        model = self.model
        only = f"{model.found} of {model.taken} lines with {model.filter!r}, " if model.filter else ""
        if self.following:
            self.border_subtitle = f"{only}following"
        else:
            new = model.taken - self._paused_at
            self.border_subtitle = f"{only}{new} new lines, f follows" if new else f"{only}paused, f follows"
