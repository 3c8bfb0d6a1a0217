"""The application: its modes, its bindings, and the ways from one screen to another. Nothing else."""

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import App
from textual.binding import BindingType
from textual.screen import Screen

from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.tui.actions import bindings_for
from autocorp_wizard.tui.palette import ActionCommands
from autocorp_wizard.tui.screens.base import WizardScreen
from autocorp_wizard.tui.screens.start import StartScreen
from autocorp_wizard.tui.session import Session
from autocorp_wizard.tui.themes import DARK, THEMES, theme_after

# Every other screen is loaded when it is first shown: their imports would be a fifth of the time to the first frame.
if TYPE_CHECKING:
    from autocorp_wizard.core.request import Request
    from autocorp_wizard.tui.overview import Overview


PASSWORD: Final = "postgres_password"  # noqa: S105  (the name that the runner knows it by)


def _runs() -> Screen[None]:
    from autocorp_wizard.tui.screens.runs import RunsScreen

    return RunsScreen()


class WizardApp(App[int], inherit_bindings=False):
    """Two modes, each with its own stack of screens: deploy, and the history of runs."""

    TITLE = "AutoCorp Wizard"
    CSS_PATH = "tokens.tcss"
    COMMANDS = {ActionCommands}
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "f2"
    MODES = {"deploy": StartScreen, "runs": _runs}
    DEFAULT_MODE = "deploy"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("app")]
    HORIZONTAL_BREAKPOINTS = [
        (0, "-tiny-width"),
        (60, "-narrow"),
        (100, "-wide"),
        (140, "-very-wide"),
    ]
    VERTICAL_BREAKPOINTS = [
        (0, "-tiny-height"),
        (16, "-short"),
        (24, "-normal"),
        (36, "-tall"),
    ]

    def __init__(self, session: Session, environment: str = "", *, dashboard: bool = False) -> None:
        super().__init__()
        self.session = session
        self.preferred = environment
        self._begins_with_dashboard = dashboard
        self.drafts: dict[str, dict[str, str]] = {}
        for theme in THEMES:
            self.register_theme(theme)
        # Its watcher runs once anyway when the application starts; a second time would read all styles again.
        liked = session.likings
        self.set_reactive(App.theme, liked.theme or DARK.name)
        if liked.reduced_motion:
            self.animation_level = "none"
        if liked.keys:
            self.set_keymap({name: ",".join(keys) for name, keys in liked.keys.items()})

    def on_ready(self) -> None:
        """Begin where the person wants to be."""
        if self._begins_with_dashboard:
            self.show_dashboard(self.preferred)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """What our own tokens are before a theme of ours is set."""
        return dict(DARK.variables)

    def action_act(self, action_id: str, key: str = "") -> None:
        """Do an action of the table on the screen in front."""
        if isinstance(self.screen, WizardScreen):
            self.screen.perform(action_id, key)

    def action_command_palette(self) -> None:
        """Textual's own name for it."""
        super().action_command_palette()

    def open_environment(self, overview: "Overview") -> None:
        """Show an environment's steps, beginning with what was last seen of it."""
        from autocorp_wizard.tui.screens.steps import StepsScreen

        self.preferred = overview.environment
        self.push_screen(StepsScreen(overview))

    async def go_on(self, name: str) -> None:
        """Leave what was opened above an environment's steps and show the step that is next."""
        from autocorp_wizard.tui.screens.steps import StepsScreen

        overview = await self.session.ask(lambda: self.session.overview(name))
        self.switch_mode("deploy")
        while len(self.screen_stack) > 1:
            if isinstance(self.screen, StepsScreen) and self.screen.environment == name:
                self.screen.at_next(overview)
                return
            self.go_back()
        self.open_environment(overview)

    def show_run(self, run: str, environment: str, *, replayed: bool = False) -> None:
        """Show a run, or play it again."""
        from autocorp_wizard.tui.screens.run import RunScreen

        self.push_screen(RunScreen(run, environment, replayed=replayed))

    def show_dashboard(self, environment: str) -> None:
        """Show how an environment does."""
        from autocorp_wizard.tui.screens.dashboard import DashboardScreen

        self.push_screen(DashboardScreen(environment))

    def review(self, run: str, environment: str, *, replacing: bool = False) -> None:
        """Show a plan; in place of the run that made it, where that is in front."""
        from autocorp_wizard.tui.screens.review import ReviewScreen

        self._go(ReviewScreen(run, environment), replacing)

    async def start_run(
        self, request: "Request", secrets: Mapping[str, str] | None = None, *, replacing: bool = False
    ) -> None:
        """Start a run and show it. Raises WizardError where the engine refuses."""
        from autocorp_wizard.tui.screens.run import RunScreen

        run = await self.session.start(replace(request, env_file=self.session.env_file), secrets)
        self._go(RunScreen(run, request.environment), replacing)

    async def ask_secret(self, environment: str) -> dict[str, str] | None:
        """Return the secrets of a run ({} where none is needed), None where the person went back."""
        if self.session.environment(environment).source_is_built_in:
            return {}
        answers = self.session.environment(environment).answers
        account = f"{answers['postgres_username'].value} on {answers['postgres_host'].value or 'the source'}"
        from autocorp_wizard.tui.screens.asking import SecretDialog

        password = await self.push_screen_wait(SecretDialog(account))
        return None if password is None else {PASSWORD: password}

    async def copy_out(self, text: str, what: str) -> None:
        """Copy a text out of the terminal and say which way it went."""

        from autocorp_wizard.tui.clipboard import copy
        from autocorp_wizard.tui.words import printable

        def by_terminal(content: str) -> None:
            self.call_from_thread(self.copy_to_clipboard, content)

        fallback = self.session.copied_file
        done = await self.session.ask(lambda: copy(text, osc52=by_terminal, environ=os.environ, fallback=fallback))
        self.notify(f"{printable(what)}\n{done.sentence}", title="Copied", markup=False)

    def show_error(self, error: WizardError) -> None:
        """Show what happened, why, and what to do next."""
        from autocorp_wizard.tui.screens.text import TextDialog
        from autocorp_wizard.tui.widgets.outcome_card import error_words

        self.push_screen(TextDialog("That did not work", error_words(error)))

    def go_back(self) -> None:
        """One screen up; the first screen of the history leads back to deploying."""
        if len(self.screen_stack) > 1:
            if isinstance(self.screen, WizardScreen):
                self.screen.leaving()
            self.pop_screen()
        elif self.current_mode == "runs":
            self.switch_mode("deploy")
        else:
            self.notify("This is the first screen; q leaves the wizard.")

    def do_back(self, _: str) -> None:
        """Close a search first; else a field gives the keyboard back; else one screen up."""
        screen = self.screen
        if isinstance(screen, WizardScreen) and screen.close_find():
            return
        self.go_back()

    def do_help(self, _: str) -> None:
        """What can be done here."""
        screen = self.screen
        if isinstance(screen, WizardScreen):
            # It renders Markdown, whose import is a tenth of the time to the first frame.
            from autocorp_wizard.tui.screens.help import HelpScreen

            self.push_screen(HelpScreen(screen.own_actions(), screen.page(), screen.facts()))

    def do_palette(self, _: str) -> None:
        """Find an action."""
        self.action_command_palette()

    def do_runs(self, _: str) -> None:
        """The history."""
        self.switch_mode("runs")

    async def do_theme(self, _: str) -> None:
        """The next theme, kept for the next time."""
        self.theme = theme = theme_after(self.theme)
        kept = ""
        if (keep := self.session.keep_theme) is not None:
            try:
                await self.session.ask(lambda: keep(theme))
            except (OSError, WizardError) as error:
                kept = f"\nIt is not kept: {getattr(error, 'what', error)}"
        self.notify(f"Theme: {theme}{kept}", markup=False)

    async def do_quit(self, _: str) -> None:
        """Leave; ask only when a run is going on."""
        live = next(
            (r for r in await self.session.ask(lambda: self.session.engine.runs(None)) if r.status == "running"), None
        )
        if live is not None:
            from autocorp_wizard.tui.screens.dialogs import QuitDialog

            if not await self.push_screen_wait(QuitDialog(live.run, live.operation, live.environment)):
                return
            self.session.left_running.append(live.run)
        self.exit(0)

    def _fatal_error(self) -> None:
        """A bug ends the screens; the boundary says so and logs it. Textual's own traceback would print values."""
        self._close_messages_no_wait()

    def _go(self, screen: Screen[None], replacing: bool) -> None:
        if replacing:
            self.switch_screen(screen)
        else:
            self.push_screen(screen)
