"""The plan as a tree with a cursor. Draws only what is on screen, so 5,000 changes are as quick as fifty."""

from dataclasses import dataclass

from textual import events
from textual.binding import Binding
from textual.geometry import Offset
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from autocorp_wizard.core.plan import Plan
from autocorp_wizard.core.plan_query import Query
from autocorp_wizard.tui.plan_rows import PlanTreeModel, Row
from autocorp_wizard.tui.widgets.lines import Lines, Parts


class PlanTree(Lines):
    """Shows a PlanTreeModel. Enter or a click opens and closes; the cursor stays on what it was on."""

    @dataclass
    class Highlighted(Message):
        """The cursor is on another row."""

        address: str
        """The resource's address, empty on a branch."""

    BINDINGS = [
        Binding("enter,space", "flip", "Open or close", show=False, id="tree.toggle"),
        Binding("right", "open(True)", "Open", show=False, id="tree.open"),
        Binding("left", "open(False)", "Close", show=False, id="tree.close"),
    ]
    COMPONENT_CLASSES = {"plan-tree--cursor"}
    DEFAULT_CSS = """
    PlanTree {
        border: round $edge; border-title-color: $foreground;
        &:focus { border: round $primary; }
        & > .plan-tree--cursor {
            background: $block-cursor-background; color: $block-cursor-foreground; text-style: $block-cursor-text-style;
        }
        &:nocolor > .plan-tree--cursor { text-style: bold reverse; }
    }
    """

    cursor: reactive[int] = reactive(0, init=False)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self.model: PlanTreeModel | None = None
        self._rows: list[Row] = []

    def show(self, plan: Plan) -> None:
        """Show a plan."""
        self.model = PlanTreeModel(plan)
        self.model.width = self.scrollable_content_region.width
        self._renew()

    def search(self, text: str) -> int:
        """Show only what the query leaves (core/plan_query.py); return how many changes that are."""
        if self.model is None:
            return 0
        self.model.query = Query.parse(text)
        self.cursor = 0
        self._renew()
        return len(self.model.found())

    def next_risk(self) -> bool:
        """Go to the next change that carries a risk, opening the way to it, round and round; False without any."""
        order = self.model.risky if self.model is not None else []
        if self.model is None or not order:
            return False
        here = self._rows[self.cursor].address if self._rows else ""
        wanted = order[(order.index(here) + 1) % len(order)] if here in order else order[0]
        self.model.open_way_to(wanted)
        self._renew()
        self.cursor = next(i for i, row in enumerate(self._rows) if row.opens and row.address == wanted)
        return True

    def toggle_all(self) -> None:
        """Open or close every branch."""
        if self.model is not None:
            self.model.toggle_all()
            self._renew()

    def line_count(self) -> int:
        """All rows that are open."""
        return len(self._rows)

    def line_width(self) -> int:
        """Rows are cut at the edge; opening a change shows all of it on the side where there is room."""
        return 0

    def line_parts(self, index: int) -> Parts:
        """Indent, arrow, text."""
        row = self._rows[index]
        arrow = ("▾ " if row.is_open else "▸ ") if row.opens else "  "
        return (("  " * row.depth + arrow, "dim"), *row.parts)

    def render_line(self, y: int) -> Strip:
        """Mark the cursor's row."""
        strip = super().render_line(y)
        if y + self.scroll_offset.y == self.cursor and self._rows:
            return strip.apply_style(self.get_component_rich_style("plan-tree--cursor", partial=True))
        return strip

    def validate_cursor(self, cursor: int) -> int:
        """Stay inside."""
        return max(0, min(cursor, len(self._rows) - 1))

    def watch_cursor(self, cursor: int) -> None:
        """Keep it in view, and the terminal's cursor with it."""
        top, height = self.scroll_offset.y, max(1, self.scrollable_content_region.height)
        if cursor < top:
            self.scroll_to(y=cursor, animate=False, force=True)
        elif cursor >= top + height:
            self.scroll_to(y=cursor - height + 1, animate=False, force=True)
        region = self.content_region
        self.app.cursor_position = Offset(region.x, region.y + cursor - self.scroll_offset.y)
        self.refresh()
        self.post_message(self.Highlighted(self._rows[cursor].address if self._rows else ""))

    def on_resize(self) -> None:
        """Long values are broken to the width there is."""
        if self.model is not None and self.model.width != self.scrollable_content_region.width:
            self.model.width = self.scrollable_content_region.width
            self._renew()

    def on_click(self, event: events.Click) -> None:
        """Go to the row; a click on a branch opens or closes it."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        index = offset.y + self.scroll_offset.y
        if index < len(self._rows):
            self.cursor = index
            self.action_flip()

    def action_move(self, step: int) -> None:
        """Move the cursor."""
        self.cursor += step

    def action_page(self, step: int) -> None:
        """Move by a page."""
        self.cursor += step * max(1, self.scrollable_content_region.height - 1)

    def action_edge(self, step: int) -> None:
        """To the first or the last row."""
        self.cursor = 0 if step < 0 else len(self._rows) - 1

    def action_flip(self) -> None:
        """Open or close the row's branch."""
        row = self._rows[self.cursor] if self._rows else None
        if row is not None and row.opens and self.model is not None:
            self.model.toggle(row.key)
            self._renew()

    def action_open(self, wanted: bool) -> None:
        """Open or close; closing inside a branch goes to its head."""
        row = self._rows[self.cursor] if self._rows else None
        if row is None:
            return
        if row.opens and row.is_open is not wanted:
            self.action_flip()
        elif not wanted:
            heads = [index for index in range(self.cursor) if self._rows[index].depth < row.depth]
            self.cursor = heads[-1] if heads else 0

    def _renew(self) -> None:
        if self.model is not None:
            self._rows = self.model.rows()
            self.set_reactive(PlanTree.cursor, self.validate_cursor(self.cursor))
            self.lines_changed()
