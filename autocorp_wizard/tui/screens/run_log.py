"""What can be done with the log of a run: show it, follow it, find and filter in it, break its lines, save it."""

from pathlib import Path

from textual import on
from textual.reactive import reactive
from textual.widgets import Input

from autocorp_wizard.tui.screens.asking import FileDialog
from autocorp_wizard.tui.screens.base import WizardScreen
from autocorp_wizard.tui.widgets.log_view import LogView

_FIND = "find in the log, Enter goes to the next, Esc closes"
_FILTER = "show only the lines with this text; Esc shows all"


class LogActions(WizardScreen):
    """The part of the run's screen that belongs to its log; the screen yields a LogView and an Input of id `find`."""

    show_log: reactive[bool] = reactive(False, init=False, toggle_class="-log")
    _filtering = False

    def watch_show_log(self) -> None:
        """The focus goes with what is shown."""
        self.call_after_refresh(self.focus_shown)

    def focus_shown(self) -> None:
        """Give the keyboard to what is on screen."""
        field = self.query_one("#find", Input)
        (field if field.display else self.query_one(LogView)).focus()

    def do_log(self, _: str) -> None:
        """Log or table."""
        self.show_log = not self.show_log

    def do_follow(self, _: str) -> None:
        """To the end of the log."""
        self.show_log = True
        self.query_one(LogView).follow()

    def do_find(self, _: str) -> None:
        """Open the field to find."""
        self._open_field(filtering=False)

    def do_filter(self, _: str) -> None:
        """Open the field to filter."""
        self._open_field(filtering=True)

    def do_wrap(self, _: str) -> None:
        """Break long lines, or not."""
        self.show_log = True
        broken = self.query_one(LogView).toggle_wrap()
        self.notify("Long lines are broken." if broken else "Long lines are cut; right and left show the rest.")

    async def do_save(self, _: str) -> None:
        """Ask for a file and write the log there."""
        from autocorp_wizard.adapters.environment_store import write_atomically

        run = getattr(self, "run_name", "run")
        path = await self.app.push_screen_wait(
            FileDialog("Save the log", Path.cwd() / f"{run}.log", "Every line with its time.")
        )
        if path is None:
            return
        lines = list(self.query_one(LogView).model.lines)
        text = "".join(f"{line.at:%Y-%m-%dT%H:%M:%SZ} {line.text}\n" for line in lines)
        await self.session.ask(lambda: write_atomically(path, text))
        self.notify(f"{len(lines)} lines are in {path}.", markup=False)

    def _open_field(self, *, filtering: bool) -> None:
        self.show_log = True
        self._filtering = filtering
        field = self.query_one("#find", Input)
        field.placeholder = _FILTER if filtering else _FIND
        with self.prevent(Input.Changed):
            field.value = self.query_one(LogView).model.filter if filtering else ""
        field.display = True
        field.focus()

    @on(Input.Changed, "#find")
    def filtered(self, event: Input.Changed) -> None:
        """Filter while typing."""
        if self._filtering:
            self.query_one(LogView).filter(event.value)

    @on(Input.Submitted, "#find")
    def entered(self, event: Input.Submitted) -> None:
        """Go to the next hit, or on to the filtered log."""
        view = self.query_one(LogView)
        if self._filtering:
            view.focus()
            return
        hits = view.find(event.value)
        view.border_title = f"Log: {hits} lines with {event.value!r}" if event.value else "Log"

    def close_find(self) -> bool:
        """Close the field, where it is open, and show all lines again; return whether it was."""
        field = self.query_one("#find", Input)
        view = self.query_one(LogView)
        if not field.display and not view.model.filter:
            return False
        view.filter("")
        field.display = False
        view.focus()
        return True
