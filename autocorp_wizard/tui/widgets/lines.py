"""A scrolling view of any number of lines: only those on screen are drawn, so 200,000 are as cheap as 20."""

from collections.abc import Sequence
from typing import TypeAlias

from rich.cells import cell_len
from rich.segment import Segment
from textual.binding import Binding
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

Parts: TypeAlias = Sequence[tuple[str, str]]
"""A line as (text, tone) pairs; the tone is one of TONES, an empty one is plain."""

TONES = ("dim", "good", "warn", "error", "accent", "bold", "find")


class Lines(ScrollView, can_focus=True):
    """Base of the log and of the tables: subclasses say how many lines there are and what is on each.

    Up and down move a cursor where `has_cursor` is set, and scroll otherwise.
    """

    BINDINGS = [
        Binding("up,k", "move(-1)", "Up", show=False, id="lines.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="lines.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="lines.page-up"),
        Binding("pagedown,space", "page(1)", "Page down", show=False, id="lines.page-down"),
        Binding("home,g", "edge(-1)", "To the top", show=False, id="lines.top"),
        Binding("end,G", "edge(1)", "To the end", show=False, id="lines.end"),
        Binding("left", "shift(-8)", "Left", show=False, id="lines.left"),
        Binding("right", "shift(8)", "Right", show=False, id="lines.right"),
    ]

    COMPONENT_CLASSES = {f"lines--{tone}" for tone in TONES}

    DEFAULT_CSS = """
    Lines {
        background: $surface; color: $foreground; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1;
        overflow-x: hidden;
        & > .lines--dim { color: $muted; }
        & > .lines--good { color: $success; }
        & > .lines--warn { color: $warning; }
        & > .lines--error { color: $error; text-style: bold; }
        & > .lines--accent { color: $accent; }
        & > .lines--bold { text-style: bold; }
        & > .lines--find { text-style: reverse; }
        &:focus { background-tint: $foreground 4%; }
    }
    """

    def line_count(self) -> int:
        """How many lines there are."""
        raise NotImplementedError

    def line_parts(self, index: int) -> Parts:
        """What is on line `index`."""
        raise NotImplementedError

    def line_width(self) -> int:
        """The widest line, for horizontal scrolling; 0 means that lines are cut at the edge."""
        return 0

    def lines_changed(self) -> None:
        """Tell the view that lines were added or have changed."""
        self.virtual_size = Size(self.line_width(), self.line_count())
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one visible line."""
        scroll_x, scroll_y = self.scroll_offset
        width = self.scrollable_content_region.width
        index = y + scroll_y
        base = self.rich_style
        if not 0 <= index < self.line_count():
            return Strip.blank(width, base)
        segments: list[Segment] = []
        length = 0
        for text, tone in self.line_parts(index):
            style = base + self.get_component_rich_style(f"lines--{tone}", partial=True) if tone else base
            segments.append(Segment(text, style))
            length += cell_len(text)
        strip = Strip(segments, length).crop(scroll_x, scroll_x + width)
        return strip.extend_cell_length(width, base).apply_offsets(scroll_x, index)

    def action_move(self, step: int) -> None:
        """Scroll by lines."""
        self.scroll_to(y=self.scroll_offset.y + step, animate=False)

    def action_page(self, step: int) -> None:
        """Scroll by pages."""
        self.scroll_to(y=self.scroll_offset.y + step * max(1, self.size.height - 1), animate=False)

    def action_edge(self, step: int) -> None:
        """Scroll to the first or the last line."""
        self.scroll_to(y=0 if step < 0 else self.line_count(), animate=False)

    def action_shift(self, step: int) -> None:
        """Scroll sideways."""
        self.scroll_to(x=self.scroll_offset.x + step, animate=False)
