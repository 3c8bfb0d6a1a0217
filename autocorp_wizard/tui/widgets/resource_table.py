"""The resources of a run: those Terraform is at right now pinned on top, then what failed, waits and is done."""

from collections.abc import Sequence
from datetime import datetime

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from autocorp_wizard.core.runstate import ResourceState, ResourceStatus, RunState
from autocorp_wizard.tui.resources import elapsed
from autocorp_wizard.tui.widgets.lines import Lines, Parts
from autocorp_wizard.tui.words import DOING, DONE, clock, cut, printable

_MARKS = {
    ResourceStatus.DONE: ("✓", "good"),
    ResourceStatus.FAILED: ("✗", "error"),
    ResourceStatus.WAITING: ("·", "dim"),
    ResourceStatus.RUNNING: ("▶", "accent"),
}
_ORDER = (ResourceStatus.FAILED, ResourceStatus.RUNNING, ResourceStatus.DONE, ResourceStatus.WAITING)
_PINNED = 5
_WIDE = 96
# How much of a wide line the sentence takes; the address gets the rest.
_SENTENCE = 0.62


def word(resource: ResourceState) -> str:
    """Return where a resource stands, in a word: `creating`, `created`, `waiting`, `failed`."""
    if resource.status is ResourceStatus.RUNNING:
        return DOING.get(resource.action, resource.action)
    if resource.status is ResourceStatus.DONE:
        return DONE.get(resource.action, resource.action)
    return resource.status.value


class ResourceList(Lines):
    """Every planned change in a line."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[ResourceState] = ()

    def show(self, rows: Sequence[ResourceState]) -> None:
        """Show these rows."""
        self._rows = rows
        self.lines_changed()

    def line_count(self) -> int:
        """One line per resource."""
        return len(self._rows)

    def line_parts(self, index: int) -> Parts:
        """Mark, word, time and the sentence; the address where there is room for it, or no sentence."""
        row = self._rows[index]
        mark, tone = _MARKS[row.status]
        time = clock(row.seconds) if row.status in (ResourceStatus.DONE, ResourceStatus.FAILED) else ""
        width = self.scrollable_content_region.width
        head = ((f" {mark} ", tone), (f"{word(row):<9}", tone), (f"{time:>7}  ", "dim"))
        dim = "dim" if row.status is ResourceStatus.WAITING else ""
        room = max(8, width - 22)
        sentence, address = printable(row.sentence), printable(row.address)
        if not sentence:
            return (*head, (_end_of(address, room), dim))
        if width < _WIDE:
            return (*head, (cut(sentence, room), dim))
        told = int(room * _SENTENCE)
        return (*head, (f"{cut(sentence, told):<{told}}  ", dim), (_end_of(address, room - told - 2), "dim"))


def _end_of(address: str, room: int) -> str:
    """Return an address cut to `room` cells; its end tells resources apart."""
    return address if len(address) <= room else "…" + address[-(room - 1) :]


class ResourceTable(Vertical):
    """The pinned rows above the list."""

    DEFAULT_CSS = """
    ResourceTable {
        border: round $edge; background: $surface; border-title-color: $foreground;
        &:focus-within { border: round $primary; }
        #pinned { height: auto; max-height: 7; padding: 0 1; background: $panel; text-wrap: nowrap;
                  text-overflow: ellipsis; }
        #pinned.-empty { display: none; }
        ResourceList { height: 1fr; }
    }
    """

    def compose(self) -> ComposeResult:
        """Pinned rows, then the list."""
        self.border_title = "Resources"
        yield Static("", id="pinned", classes="-empty")
        yield ResourceList()

    def show(self, state: RunState, now: datetime) -> None:
        """Show a run's resources as of `now`."""
        running = sorted(
            (state.resources[address] for address in state.running if address in state.resources),
            key=lambda row: -elapsed(row, now),
        )
        lines = [
            Content.assemble(
                (f"▶ {clock(elapsed(row, now)):>6}  ", "bold $accent"),
                (printable(row.sentence) or f"{word(row)} {printable(row.address)}", "bold"),
                (f"  {printable(row.address)}" if row.sentence else "", "$muted"),
            )
            for row in running[:_PINNED]
        ]
        if len(running) > _PINNED:
            lines.append(Content.styled(f"  and {len(running) - _PINNED} more running", "$muted"))
        pinned = self.query_one("#pinned", Static)
        pinned.set_class(not lines, "-empty")
        pinned.update(Content("\n").join(lines))
        pinned_addresses = {row.address for row in running[:_PINNED]}
        rows = [row for row in state.resources.values() if row.address not in pinned_addresses]
        rows.sort(key=lambda row: _ORDER.index(row.status))
        self.query_one(ResourceList).show(rows)
        self.border_title = f"Resources: {state.done} of {state.total} done"
