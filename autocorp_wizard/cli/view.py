"""How a run is shown while it goes on: steady lines, or a display that redraws itself on a terminal."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from autocorp_wizard.cli.console import Console, printable
from autocorp_wizard.cli.lines import DOING, duration, heartbeat, line
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.runstate import RunState

if TYPE_CHECKING:
    from rich.console import RenderableType

# The longest silence of steady lines, in seconds.
HEARTBEAT_SECONDS = 30.0
_ROWS = 6


class View(Protocol):
    """Shows events. `tick` is called several times a second, also while nothing happens."""

    def show(self, envelope: ev.Envelope, state: RunState) -> None:
        """Show an event; `state` is the fold of its own run."""

    def tick(self, state: RunState, now: datetime) -> None:
        """Show that time passes; `state` is that of the run that is at work."""

    def suspended(self) -> AbstractContextManager[None]:
        """Leave the screen to a question for a while."""

    def close(self) -> None:
        """End the display, leaving what was said on the screen."""


class Silent:
    """Shows nothing (--json prints the events themselves, --quiet wants none)."""

    def show(self, envelope: ev.Envelope, state: RunState) -> None:
        """Show nothing."""

    def tick(self, state: RunState, now: datetime) -> None:
        """Show nothing."""

    def suspended(self) -> AbstractContextManager[None]:
        """Nothing stands in a question's way."""
        return nullcontext()

    def close(self) -> None:
        """Nothing to end."""


class SteadyLines:
    """One line per start and end, and a sign of life after every 30 quiet seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last: datetime | None = None

    def show(self, envelope: ev.Envelope, state: RunState) -> None:
        """Write the event's line where it has one."""
        text = line(envelope, state, verbose=self._console.verbose)
        if text is not None:
            self._console.say(text, tone_of(envelope.event))
            self._last = envelope.at

    def tick(self, state: RunState, now: datetime) -> None:
        """Write the sign of life when it is due."""
        last = self._last or state.started_at
        if last is None or state.is_finished or (now - last).total_seconds() < HEARTBEAT_SECONDS:
            return
        self._last = now
        began = state.started_at or now
        self._console.say(heartbeat(state, (now - began).total_seconds()), "dim")

    def suspended(self) -> AbstractContextManager[None]:
        """Nothing stands in a question's way."""
        return nullcontext()

    def close(self) -> None:
        """Nothing to end."""


class LiveDisplay:
    """The lines, and below them a bar with what is at work right now; for terminals."""

    def __init__(self, console: Console) -> None:
        from rich.live import Live

        self._console = console
        self._lines = SteadyLines(console)
        self._rich = console.rich()
        self._state: RunState | None = None
        self._live: Live = Live(console=self._rich, refresh_per_second=4, transient=True, get_renderable=self._draw)
        self._live.start()

    def show(self, envelope: ev.Envelope, state: RunState) -> None:
        """Write ends as lines above the bar; starts show in the bar."""
        if not state.is_finished:
            self._state = state
        if isinstance(envelope.event, ev.ResourceStarted):
            return
        self._lines.show(envelope, state)

    def tick(self, state: RunState, now: datetime) -> None:
        """Let the clocks of the bar go on."""
        if not state.is_finished:
            self._state = state

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Take the bar away for a question."""
        self._live.stop()
        try:
            yield
        finally:
            self._live.start()

    def close(self) -> None:
        """Take the bar away."""
        self._live.stop()

    def _draw(self) -> "RenderableType":
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        state = self._state
        if state is None or state.is_finished:
            return Text("")
        now = datetime.now(UTC)
        rows: list[RenderableType] = []
        if state.total:
            bar = Table.grid(padding=(0, 1))
            bar.add_row(
                Text(f"{state.done}/{state.total}"),
                ProgressBar(total=state.total, completed=state.done, width=30),
                Text(f"{len(state.running)} at work, {state.waiting} waiting"),
            )
            rows.append(bar)
        for address in list(state.running)[:_ROWS]:
            resource = state.resources[address]
            seconds = (now - resource.started_at).total_seconds() if resource.started_at else resource.seconds
            doing = DOING.get(resource.action, resource.action)
            text = printable(f"  {doing} {address}  {duration(seconds)}")
            rows.append(Text(text, no_wrap=True, overflow="ellipsis", style="dim"))
        if not state.running:
            step = next((each for each in reversed(state.steps) if each.ok is None), None)
            if step is not None:
                rows.append(
                    Text(f"  {step.sentence}  {duration((now - step.started_at).total_seconds())}", style="dim")
                )
        return Group(*rows)


def tone_of(event: ev.Event) -> str:
    """Return how loud an event is: good, warn, error, strong or nothing."""
    match event:
        case ev.RunStarted():
            return "strong"
        case ev.RunFinished():
            return "good" if event.outcome == ev.Outcome.SUCCEEDED else "error"
        case ev.ResourceFailed():
            return "error"
        case ev.DiagnosticReported() | ev.LogWritten():
            severity = event.severity if isinstance(event, ev.DiagnosticReported) else event.level
            return {"error": "error", "warning": "warn", "warn": "warn"}.get(severity, "")
        case ev.LeftoverFound():
            return "" if event.by_nature else "warn"
        case _:
            return ""


def view_for(console: Console, *, plain: bool = False) -> View:
    """Return the view that fits where people's words go."""
    if console.json or console.quiet:
        return Silent() if console.quiet else SteadyLines(console)
    return LiveDisplay(console) if console.is_live and not plain else SteadyLines(console)
