"""One run, live or over: progress, its resources or settings, its log, and how it ended.

The screen reads the journal; it never owns the run. Leaving it, or closing the wizard, leaves the run alone.
"""

import time
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input

from autocorp_wizard.core.durations import Durations
from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.request import Request
from autocorp_wizard.core.runstate import CommandState
from autocorp_wizard.tui import requests
from autocorp_wizard.tui.actions import BY_ID, bindings_for
from autocorp_wizard.tui.availability import Facts
from autocorp_wizard.tui.follow import RunFollower
from autocorp_wizard.tui.overview import Overview
from autocorp_wizard.tui.replay import Replay
from autocorp_wizard.tui.run_words import command_words, progress_words
from autocorp_wizard.tui.screens.dialogs import CancelSheet, Stop
from autocorp_wizard.tui.screens.run_log import LogActions
from autocorp_wizard.tui.screens.text import TextDialog
from autocorp_wizard.tui.verdict import raw_of, verdict_of
from autocorp_wizard.tui.widgets.action_bar import ActionButton
from autocorp_wizard.tui.widgets.log_view import LogView
from autocorp_wizard.tui.widgets.outcome_card import OutcomeCard
from autocorp_wizard.tui.widgets.progress_header import ProgressHeader
from autocorp_wizard.tui.widgets.resource_table import ResourceTable
from autocorp_wizard.tui.widgets.settings_table import SettingsTable
from autocorp_wizard.tui.widgets.step_trail import StepTrail

_PER_SECOND = 10
# How often the runner's sign of life is looked at, in seconds.
_PULSE_SECONDS = 3


class RunScreen(LogActions):
    """Follows one run at most ten times a second."""

    HELP = """
# A run

The run has a process of its own: closing this view, or the wizard, does not stop it. *Stop* offers three ways, each
with its price. The log holds what happened, line by line; scrolling up pauses it, `f` follows again.
"""
    CSS_PATH = "run.tcss"
    SCOPE: ClassVar[str] = "run"
    PLACE: ClassVar[str] = "Run"
    BINDINGS = bindings_for("run")

    def __init__(self, run: str, environment: str, *, replayed: bool = False) -> None:
        super().__init__()
        self.run_name = run
        self._replayed = replayed
        self._replay: Replay | None = None
        self._alive_at: datetime | None = None
        self.environment = environment
        self.status = "running"
        self._follower: RunFollower | None = None
        self._overview = Overview("")
        self._history: Durations | None = None
        self._busy = False
        self._ended = False
        self._quiet = 0

    def compose_body(self) -> ComposeResult:
        """Progress, outcome, then the table and the log side by side or one at a time."""
        yield ProgressHeader()
        yield OutcomeCard(classes="-hidden")
        with Horizontal(id="after", classes="buttons"):
            for number, name in enumerate(_AFTER):
                yield ActionButton(name, variant="primary" if number == 0 else "default")
        with Horizontal(id="main"):
            yield ResourceTable(id="resources")
            yield SettingsTable(id="settings")
            yield StepTrail(id="trail")
            yield LogView(id="log")
        yield Input(placeholder="find in the log, Enter goes to the next, Esc closes", id="find", compact=True)

    def on_mount(self) -> None:
        """Begin to follow."""
        self.query_one("#find").display = False
        self.query_one("#after").display = False
        for name in ("resources", "settings"):
            self.query_one(f"#{name}").add_class("-other")
        self.set_interval(1 / _PER_SECOND, self.pump)
        self.pump()

    def pump(self) -> None:
        """Read what is new, unless the last reading is still going on."""
        if not self._busy and not self._ended:
            self._busy = True
            self.run_guarded(self._pump())

    async def _pump(self) -> None:
        try:
            follower = self._follower or await self._open()
            news = await self.session.ask(follower.read)
            self._quiet = 0 if news else self._quiet + 1
            if follower.is_over:
                record = await self.session.ask(lambda: self.session.engine.record(self.run_name))
                self.status = str(record.status)
                self._ended = self.status != "running"
            elif self._quiet and self._quiet % (_PER_SECOND * _PULSE_SECONDS) == 0 and self._replay is None:
                # News are a sign of life themselves, so nobody is asked for one while they come.
                record = await self.session.ask(lambda: self.session.engine.record(self.run_name))
                self._alive_at = record.heartbeat_at
            # Without news only the clocks move, and those once a second.
            if self.is_mounted and (self._ended or self._quiet % _PER_SECOND == 0):
                self._show(follower)
            await self._look_around(follower.state.environment)
            if self._ended and self.is_mounted and not self._replayed:
                self._offer()  # by what the environment looks like after the end
        finally:
            self._busy = False

    async def _open(self) -> RunFollower:
        """Open the journal: to follow the run, or to play it again."""
        tail = await self.session.ask(lambda: self.session.engine.tail(self.run_name))
        if self._replayed:
            self._replay = Replay(await self.session.ask(tail.read), time.monotonic)
        self._follower = RunFollower(self._replay or tail)
        return self._follower

    async def _look_around(self, name: str) -> None:
        """Read the environment, and what its runs took; that can take a while, so what is known is shown before."""
        if not name or (self._overview.environment == name and not self._ended):
            return
        fresh = self._overview.environment != name
        self._overview = await self.session.ask(lambda: self.session.overview(name))
        if fresh:  # one history for as long as the bar is watched, or it could go back
            self._history = await self.session.ask(lambda: self.session.durations(self._overview))
        if self.is_mounted:
            self.show_identity(self._overview)
            self.refresh_actions()

    def _now(self) -> datetime:
        return self._replay.now if self._replay is not None else self.session.now()

    def _show(self, follower: RunFollower) -> None:
        state, shown, now = follower.state, follower.current, self._now()
        kind = _MAIN.get(state.operation, "trail")
        if kind == "resources" and not shown.total:
            kind = "trail"
        for name in ("resources", "settings", "trail"):
            self.query_one(f"#{name}").set_class(name != kind, "-other")
        latest = follower.log[-1].text if follower.log else ""
        words = progress_words(
            shown, self.status, now, self._history, latest, alive_at=self._alive_at if self._replay is None else now
        )
        self.query_one(ProgressHeader).text = Content("\n").join([*self._replay_words(), words])
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

    def _replay_words(self) -> list[Content]:
        replay = self._replay
        if replay is None:
            return []
        stands = "stands still" if replay.paused else f"at {replay.speed:g} times its speed"
        return [Content.styled(f"Replay of {self.run_name}, {stands}: + faster, - slower, z stop or go on", "$accent")]

    def _after_the_end(self, operation: str, good: bool) -> None:
        if self._replayed:
            return
        self.app.bell()
        if operation == Operation.PLAN and good and self._has_changes() and self.is_current:
            self.wizard.review(self.run_name, self.environment, replacing=True)

    def _offer(self) -> None:
        """Show what can be done after the end, the likeliest first, with the keyboard on it."""
        facts = self.facts()
        buttons = [self.query_one(f"#button-{name.replace('.', '-')}") for name in _AFTER]
        for name, button in zip(_AFTER, buttons, strict=True):
            button.display = not BY_ID[name].reason(facts)
        self.query_one("#after").display = True
        if self.show_log or isinstance(self.focused, Input):
            return
        first = next((button for button in buttons if button.display), None)
        if first is not None:
            self.call_after_refresh(first.focus)

    def _has_changes(self) -> bool:
        return self._follower is not None and self._follower.state.plan_changed is not False

    def focus_shown(self) -> None:
        """Give the keyboard to what is on screen."""
        if self.show_log:
            super().focus_shown()
        else:
            self._focus_main()

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
            run_status="" if self._replayed else self.status,
            run_operation=state.operation if state else "",
            has_error=bool(state and (state.diagnostics or state.error)),
            lost=self._overview.lost.run if self._overview.lost else "",
            repeatable=self._is_repeatable(),
            live=live.run if (live := self._overview.live) is not None and live.run != self.run_name else "",
            has_changes=self._has_changes(),
            replaying=self._replay is not None,
            commands=len(self._commands()),
        )

    async def do_cancel(self, _: str) -> None:
        """Offer the three ways."""
        choice = await self.app.push_screen_wait(CancelSheet())
        if choice is Stop.DETACH:
            self.wizard.go_back()
        elif choice is not None:
            await self.session.ask(lambda: self.session.engine.cancel(self.run_name, choice.value))
            self.notify(f"Asked to {choice.value}. What it is at may take a while.", markup=False)

    def _is_repeatable(self) -> bool:
        """Whether the run failed at a phase, with nothing to be recovered first."""
        state = self._follower.state if self._follower else None
        return (
            state is not None
            and state.operation in _REPEATABLE
            and bool(state.phase)
            and self.status in {"failed", "cancelled"}
            and self._overview.unsettled is None
        )

    async def do_next(self, _: str) -> None:
        """Go on with the environment."""
        await self.wizard.go_on(self.environment)

    def do_review(self, _: str) -> None:
        """Read the plan of this run."""
        self.wizard.review(self.run_name, self.environment)

    async def do_recover(self, _: str) -> None:
        """Put right what was left behind."""
        if self._overview.lost is not None:
            await self.wizard.start_run(requests.recovery(self._overview.lost), replacing=True)

    async def do_again(self, _: str) -> None:
        """Plan again, with the password where that was lacking."""
        state = self._follower.state if self._follower else None
        if state is None:
            return
        lacked = state.error.get("code") == _LACKED
        secrets = await self.wizard.ask_secret(state.environment) if lacked else {}
        if secrets is None:
            return
        request = Request(
            operation=Operation.PLAN,
            environment=state.environment,
            phase=state.phase,
            stage=state.stage,
            command=state.command,
        )
        await self.wizard.start_run(request, secrets, replacing=True)

    def _commands(self) -> list[CommandState]:
        return list(self._follower.commands) if self._follower is not None else []

    def do_commands(self, _: str) -> None:
        """Every real command, as it was run."""
        self.app.push_screen(TextDialog("Commands of this run", command_words(self._commands())))

    def do_faster(self, _: str) -> None:
        """Play faster."""
        if self._replay is not None:
            self._replay.faster()

    def do_slower(self, _: str) -> None:
        """Play slower."""
        if self._replay is not None:
            self._replay.slower()

    def do_pause(self, _: str) -> None:
        """Stand still, or go on."""
        if self._replay is not None:
            self._replay.pause()

    def do_details(self, _: str) -> None:
        """The raw text of the failure."""
        if self._follower is not None:
            self.app.push_screen(TextDialog("As Terraform said it", raw_of(self._follower.state)))


# What is offered after the end, the likeliest first: each is shown where it can be done.
_AFTER: Final = ("run.recover", "run.again", "run.details", "run.next")
_REPEATABLE: Final = frozenset({Operation.PLAN, Operation.APPLY})
_LACKED: Final = "SECRET-NEEDED"

_MAIN: Final[Mapping[str, str]] = {
    Operation.APPLY: "resources",
    Operation.DESTROY: "resources",
    Operation.ROLLOUT: "resources",
    Operation.BOOTSTRAP: "settings",
}
