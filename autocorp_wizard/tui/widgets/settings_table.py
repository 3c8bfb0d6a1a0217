"""The settings of the remote state, one line each: what it should be, what was found, what was done."""

from collections.abc import Sequence

from autocorp_wizard.core.events import SettingChecked
from autocorp_wizard.tui.widgets.lines import Lines, Parts
from autocorp_wizard.tui.words import printable

_GOOD = frozenset({"ok", "pass", "done", "created", "fixed", "unchanged", "succeeded", "kept"})
_BAD = frozenset({"failed", "fail", "refused", "error"})


class SettingsTable(Lines):
    """Rows of `SettingChecked`; wide screens get columns, narrow ones the change only."""

    DEFAULT_CSS = """
    SettingsTable { border: round $panel; border-title-color: $foreground; }
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
        """Heading, then outcome, name, found, wanted, what was done."""
        name, found, wanted = self._columns()
        if index == 0:
            return ((f"   {'setting':<{name}} {'before':<{found}} {'wanted':<{wanted}} done", "dim"),)
        row = self._rows[index - 1]
        mark, tone = ("✗", "error") if row.outcome in _BAD else ("✓", "good") if row.outcome in _GOOD else ("·", "")
        changed = row.found != row.wanted
        done = row.outcome if row.action in {"", "none"} else f"{row.action}: {row.outcome}"
        return (
            (f" {mark} ", tone),
            (f"{_cut(row.name, name)} ", "bold" if changed else ""),
            (f"{_cut(row.found, found)} ", "warn" if changed else "dim"),
            (f"{_cut(row.wanted, wanted)} ", "" if changed else "dim"),
            (printable(done), tone),
        )

    def _columns(self) -> tuple[int, int, int]:
        width = max(40, self.scrollable_content_region.width) - 3 - 14
        return (width * 2 // 6, width * 2 // 6, width * 2 // 6)


def _cut(text: str, width: int) -> str:
    text = printable(text)
    return f"{text:<{width}}" if len(text) <= width else text[: width - 1] + "…"
