"""One run, live or over: progress, its resources or settings, its log, and how it ended.

The screen reads the journal; it never owns the run. Leaving it, or closing the wizard, leaves the run alone.
"""

from collections.abc import Mapping
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.reactive import reactive
from textual.widgets import Input

from autocorp_wizard.core.durations import Durations
from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.request import Request
from autocorp_wizard.tui import requests
from autocorp_wizard.tui.actions import Facts, bindings_for
from autocorp_wizard.tui.follow import RunFollower
from autocorp_wizard.tui.overview import Overview
from autocorp_wizard.tui.screens.base import WizardScreen
from autocorp_wizard.tui.screens.dialogs import CancelSheet, Stop
from autocorp_wizard.tui.screens.text import TextDialog
from autocorp_wizard.tui.verdict import raw_of, verdict_of
from autocorp_wizard.tui.widgets.log_view import LogView
from autocorp_wizard.tui.widgets.outcome_card import OutcomeCard
from autocorp_wizard.tui.widgets.progress_header import ProgressHeader
from autocorp_wizard.tui.widgets.resource_table import ResourceTable
from autocorp_wizard.tui.widgets.settings_table import SettingsTable
from autocorp_wizard.tui.widgets.step_trail import StepTrail

_PER_SECOND = 10


class RunScreen(WizardScreen):
    """Follows one run at most ten times a second."""

    HELP = """
# A run

The run has a process of its own: closing this view, or the wizard, does not stop it. *Stop* offers three ways, each
with its price. The log holds what happened, line by line; scrolling up pauses it, `f` follows again.
"""
    SCOPE: ClassVar[str] = "run"
    PLACE: ClassVar[str] = "Run"
    BINDINGS = bindings_for("run")

    show_log: reactive[bool] = reactive(False, init=False, toggle_class="-log")

    def __init__(self, run: str, environment: str) -> None:
        super().__init__()
        self.run_name = run
        self.environment = environment
        self.status = "running"
        self._follower: RunFollower | None = None
        self._overview = Overview("")
        self._history = Durations()
        self._busy = False
        self._ended = False
        self._quiet = 0

    def compose_body(self) -> ComposeResult:
        """Progress, outcome, then the table and the log side by side or one at a time."""
        yield ProgressHeader()
        yield OutcomeCard(classes="-hidden")
        with Horizontal(id="main"):
            yield ResourceTable(id="resources")
            yield SettingsTable(id="settings")
            yield StepTrail(id="trail")
            yield LogView(id="log")
        yield Input(placeholder="find in the log, Enter goes to the next, Esc closes", id="find", compact=True)

    def on_mount(self) -> None:
        """Begin to follow."""
        self.query_one("#find").display = False
        self.set_interval(1 / _PER_SECOND, self.pump)
        self.pump()

    def pump(self) -> None:
        """Read what is new, unless the last reading is still going on."""
        if not self._busy and not self._ended:
            self._busy = True
            self.run_guarded(self._pump())

    async def _pump(self) -> None:
        try:
            if self._follower is None:
                self._follower = RunFollower(await self.session.ask(lambda: self.session.engine.tail(self.run_name)))
            follower = self._follower
            news = await self.session.ask(follower.read)
            self._quiet = 0 if news else self._quiet + 1
            if follower.is_over:
                record = await self.session.ask(lambda: self.session.engine.record(self.run_name))
                self.status = str(record.status)
                self._ended = self.status != "running"
            name = follower.state.environment
            if name and (self._overview.environment != name or self._ended):
                fresh = self._overview.environment != name
                self._overview = await self.session.ask(lambda: self.session.overview(name))
                if fresh:  # one history for as long as the bar is watched, or it could go back
                    self._history = await self.session.ask(lambda: self.session.durations(self._overview))
            # Without news only the clocks move, and those once a second.
            if self.is_mounted and (self._ended or self._quiet % _PER_SECOND == 0):
                self._show(follower)
        finally:
            self._busy = False

    def _show(self, follower: RunFollower) -> None:
        state, shown, now = follower.state, follower.current, self.session.now()
        if self._overview.environment:
            self.show_identity(self._overview)
        kind = _MAIN.get(state.operation, "trail")
        if kind == "resources" and not shown.total:
            kind = "trail"
        for name in ("resources", "settings", "trail"):
            self.query_one(f"#{name}").set_class(name != kind, "-other")
        latest = follower.log[-1].text if follower.log else ""
        self.query_one(ProgressHeader).show(shown, self.status, now, self._history, latest)
        if kind == "resources":
            self.query_one(ResourceTable).show(shown, now)
        elif kind == "settings":
            self.query_one(SettingsTable).show(shown.settings)
        else:
            self.query_one(StepTrail).show(shown, now)
        self.query_one(LogView).show(follower.log)
        verdict = verdict_of(state, self.status)
        card = self.query_one(OutcomeCard)
        if verdict is not None:
            card.show(verdict, state)
        if self.focused is None:
            self._focus_main()
        self.refresh_actions()
        if self._ended:
            self._after_the_end(state.operation, verdict is not None and verdict.is_proven_success)

    def _after_the_end(self, operation: str, good: bool) -> None:
        self.app.bell()
        if operation == Operation.PLAN and good and self._has_changes() and self.is_current:
            self.wizard.review(self.run_name, self.environment, replacing=True)

    def _has_changes(self) -> bool:
        return self._follower is not None and self._follower.state.plan_changed is not False

    def _focus_main(self) -> None:
        for widget in self.query("ResourceList, SettingsTable, StepTrail, LogView"):
            if widget.focusable and widget.size.height:
                widget.focus()
                return

    def facts(self) -> Facts:
        """What can be done here."""
        state = self._follower.state if self._follower else None
        return Facts(
            run=self.run_name,
            run_status=self.status,
            run_operation=state.operation if state else "",
            has_error=bool(state and (state.diagnostics or state.error)),
            lost=self._overview.lost.run if self._overview.lost else "",
            needs_secret=bool(state and state.error.get("code") == "SECRET-NEEDED"),
            has_changes=self._has_changes(),
        )

    def watch_show_log(self) -> None:
        """The focus goes with what is shown."""
        self.call_after_refresh(self._focus_shown)

    def _focus_shown(self) -> None:
        if self.show_log:
            self.query_one(LogView).focus()
        else:
            self._focus_main()

    async def do_cancel(self, _: str) -> None:
        """Offer the three ways."""
        choice = await self.app.push_screen_wait(CancelSheet())
        if choice is Stop.DETACH:
            self.wizard.go_back()
        elif choice is not None:
            await self.session.ask(lambda: self.session.engine.cancel(self.run_name, choice.value))
            self.notify(f"Asked to {choice.value}. What it is at may take a while.", markup=False)

    def do_log(self, _: str) -> None:
        """Log or table."""
        self.show_log = not self.show_log

    def do_follow(self, _: str) -> None:
        """To the end of the log."""
        self.show_log = True
        self.query_one(LogView).follow()

    def do_find(self, _: str) -> None:
        """Open the field."""
        self.show_log = True
        field = self.query_one("#find", Input)
        field.display = True
        field.focus()

    def do_review(self, _: str) -> None:
        """Read the plan of this run."""
        self.wizard.review(self.run_name, self.environment)

    async def do_recover(self, _: str) -> None:
        """Put right what was left behind."""
        if self._overview.lost is not None:
            await self.wizard.start_run(requests.recovery(self._overview.lost), replacing=True)

    async def do_again(self, _: str) -> None:
        """Plan again, this time with the password."""
        state = self._follower.state if self._follower else None
        secrets = await self.wizard.ask_secret(state.environment) if state else None
        if state is None or not secrets:
            return
        request = Request(
            operation=Operation.PLAN,
            environment=state.environment,
            phase=state.phase,
            stage=state.stage,
            command=state.command,
        )
        await self.wizard.start_run(request, secrets, replacing=True)

    def do_details(self, _: str) -> None:
        """The raw text of the failure."""
        if self._follower is not None:
            self.app.push_screen(TextDialog("As Terraform said it", raw_of(self._follower.state)))

    @on(Input.Submitted, "#find")
    def find(self, event: Input.Submitted) -> None:
        """Go to the next hit."""
        hits = self.query_one(LogView).find(event.value)
        self.query_one(LogView).border_title = f"Log: {hits} lines with {event.value!r}" if event.value else "Log"

    def close_find(self) -> bool:
        """Close the field, where it is open; return whether it was."""
        field = self.query_one("#find", Input)
        if not field.display:
            return False
        field.display = False
        self.query_one(LogView).focus()
        return True


_MAIN: Final[Mapping[str, str]] = {
    Operation.APPLY: "resources",
    Operation.DESTROY: "resources",
    Operation.ROLLOUT: "resources",
    Operation.BOOTSTRAP: "settings",
}
