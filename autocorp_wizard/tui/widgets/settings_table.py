"""The settings of the remote state, one line each: what it should be, what was found, what was done."""

from collections.abc import Mapping, Sequence

from autocorp_wizard.core.bootstrap import Action, RowOutcome
from autocorp_wizard.core.events import SettingChecked
from autocorp_wizard.tui.widgets.lines import Lines, Parts
from autocorp_wizard.tui.words import cut, printable

_MARKS: Mapping[str, tuple[str, str]] = {
    RowOutcome.OK: ("✓", "good"),
    RowOutcome.CHANGED: ("✓", "good"),
    RowOutcome.DIFFERS: ("!", "warn"),
    RowOutcome.FAILED: ("✗", "error"),
}
_DONE: Mapping[tuple[str, str], str] = {
    (Action.CREATE, RowOutcome.CHANGED): "created",
    (Action.FIX, RowOutcome.CHANGED): "fixed",
    (Action.NONE, RowOutcome.OK): "as wanted",
}


class SettingsTable(Lines):
    """Rows of `SettingChecked`; wide screens get columns, narrow ones the change only."""

    DEFAULT_CSS = """
    SettingsTable { border: round $edge; border-title-color: $foreground; }
    SettingsTable:focus { border: round $primary; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self._rows: Sequence[SettingChecked] = ()
        self.border_title = "Settings of the remote state"

    def show(self, rows: Sequence[SettingChecked]) -> None:
        """Show these rows."""
        self._rows = list(rows)
        self.lines_changed()

    def line_count(self) -> int:
        """One line per setting, and the heading."""
        return len(self._rows) + 1 if self._rows else 0

    def line_parts(self, index: int) -> Parts:
        """Heading, then what was done, name, before, wanted."""
        name, room = self._columns()
        if index == 0:
            return ((f"   {'':<9} {'setting':<{name}} {'before':<{room}} wanted", "dim"),)
        row = self._rows[index - 1]
        mark, tone = _MARKS.get(row.outcome, ("·", ""))
        changed = row.outcome != "ok"
        return (
            (f" {mark} {_DONE.get((row.action, row.outcome), row.outcome):<9} ", tone),
            (f"{_column(row.name, name)} ", "bold" if changed else ""),
            (f"{_column(row.found, room)} ", "warn" if changed else "dim"),
            (_column(row.wanted, room), "" if changed else "dim"),
        )

    def _columns(self) -> tuple[int, int]:
        name = max(len(row.name) for row in self._rows)
        return name, max(10, (max(40, self.scrollable_content_region.width) - name - 16) // 2)


def _column(text: str, width: int) -> str:
    return f"{cut(printable(text), width):<{width}}"
