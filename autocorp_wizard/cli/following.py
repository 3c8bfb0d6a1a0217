"""Following a run to its end, and what Ctrl-C means meanwhile.

The run belongs to a process of its own: ending the display never ends the run.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from autocorp_wizard.cli.console import Console
from autocorp_wizard.cli.interrupts import Interrupts
from autocorp_wizard.cli.lines import lost_line
from autocorp_wizard.cli.view import Silent, View, view_for
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.durations import Durations
from autocorp_wizard.core.errors import ExitCode, InterruptedByUser, WizardError
from autocorp_wizard.core.runstate import RunState

_POLL_SECONDS = 0.1


class TailLike(Protocol):
    """A reader of a run's events that never blocks."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        ...

    def read(self) -> list[ev.Envelope]:
        """Return the events since the last call."""
        ...


class FollowedEngine(Protocol):
    """What following needs of the engine."""

    def tail(self, run: str) -> TailLike:
        """Return a reader of a run."""
        ...

    def cancel(self, run: str, how: str = "stop") -> None:
        """Ask a run to stop."""
        ...


class OnInterrupt(StrEnum):
    """What Ctrl-C does: stop the run, or leave it running and go."""

    STOP = "stop"
    LEAVE = "leave"
    WATCH = "watch"


@dataclass(slots=True)
class Followed:
    """How a run ended, with the states of its children, in the order they began."""

    run: str
    states: dict[str, RunState] = field(default_factory=dict)

    @property
    def state(self) -> RunState:
        """The state of the run itself."""
        return self.states.get(self.run, RunState(run=self.run))

    @property
    def is_lost(self) -> bool:
        """Whether the runner died without an end."""
        return self.state.outcome in ("", ev.Outcome.LOST)

    @property
    def exit_code(self) -> int:
        """The code of the outcome (cli.md)."""
        state = self.state
        if self.is_lost:
            return int(ExitCode.FAILED)
        if state.exit_code:
            return state.exit_code
        by_outcome = {ev.Outcome.FAILED: ExitCode.FAILED, ev.Outcome.CANCELLED: ExitCode.INTERRUPTED}
        return int(next((code for outcome, code in by_outcome.items() if outcome == state.outcome), ExitCode.OK))

    @property
    def error(self) -> WizardError | None:
        """What the run failed with, as an error that can be shown."""
        state = self.state
        if self.is_lost:
            return WizardError(
                "RUN-LOST",
                lost_line(self.run),
                why=f"{state.done} of {state.total} changes had been reported as done." if state.total else "",
                next_step="Look and put it right: autocorp-wizard runs recover",
            )
        if self.exit_code == ExitCode.OK:
            return None
        text = {key: str(value) for key, value in state.error.items()}
        return WizardError(
            text.get("code") or "RUN-" + state.outcome.upper(),
            text.get("what") or state.sentence or f"The run {state.outcome}.",
            why=text.get("why", ""),
            next_step=text.get("next_step") or f"See what happened: autocorp-wizard runs show {self.run}",
            details=text.get("details", ""),
            exit_code=ExitCode(self.exit_code) if self.exit_code in set(ExitCode) else ExitCode.FAILED,
        )


def follow(
    engine: FollowedEngine,
    run: str,
    console: Console,
    *,
    events: bool,
    plain: bool = False,
    history: Durations | None = None,
    on_interrupt: Callable[[], OnInterrupt] = lambda: OnInterrupt.LEAVE,
    question_of: Callable[[ev.Envelope, Followed], Callable[[], None] | None] | None = None,
    view: View | None = None,
    interrupts: Interrupts | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> Followed:
    """Show a run until it ends, or is lost, and return how it ended.

    `events` says that --json prints them (a command that runs); otherwise only people's words are written. `history`
    is what earlier runs took, for the time left. `question_of` is asked after each event whether it calls for a
    question, which is then put without a display in its way. Raises InterruptedByUser where Ctrl-C left the run
    running.
    """
    followed = Followed(run)
    shown = view or (Silent() if events and console.json else view_for(console, plain=plain, history=history))
    tail = engine.tail(run)
    stopping = False
    try:
        with interrupts or Interrupts() as pressed:
            while True:
                found = tail.read()
                for envelope in found:
                    state = followed.states.setdefault(envelope.run, RunState())
                    state.add(envelope)
                    if events:
                        console.event(envelope)
                    shown.show(envelope, state)
                    question = question_of(envelope, followed) if question_of is not None else None
                    if question is not None:
                        with shown.suspended(), pressed.suspended():
                            question()
                if tail.is_over:
                    break
                if pressed.take():
                    with shown.suspended(), pressed.suspended():
                        answer = OnInterrupt.LEAVE if stopping else on_interrupt()
                    if answer is OnInterrupt.LEAVE:
                        raise _left(run, stopping=stopping)
                    if answer is OnInterrupt.STOP:
                        stopping = True
                        engine.cancel(run)
                        console.say("Stopping safely; Ctrl-C once more only leaves the display.", "warn")
                shown.tick(_at_work(followed), datetime.now(UTC))
                if not found:
                    pause(_POLL_SECONDS)
    finally:
        shown.close()
    if followed.is_lost and events:
        # A dead runner writes nothing; whoever reads the stream still gets its end (decisions.md 1).
        state = followed.state
        end = ev.RunFinished(outcome=ev.Outcome.LOST, exit_code=int(ExitCode.FAILED), sentence=lost_line(run))
        console.event(ev.Envelope(state.last_seq + 1, datetime.now(UTC), run, end))
    return followed


def _at_work(followed: Followed) -> RunState:
    """Return the state of the youngest run without an end: a rollout waits while its child works."""
    working = [state for state in followed.states.values() if not state.is_finished]
    return working[-1] if working else followed.state


def _left(run: str, *, stopping: bool) -> InterruptedByUser:
    return InterruptedByUser(
        "RUN-LEFT",
        f"The run {run} {'is stopping' if stopping else 'goes on'} without this display.",
        why="It belongs to a process of its own.",
        next_step=f"Come back: autocorp-wizard runs attach {run}. Stop it: autocorp-wizard runs cancel {run}",
    )
