"""How a run is shown while it goes on: steady lines, or a display that redraws itself on a terminal."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from autocorp_wizard.cli.console import Console, printable
from autocorp_wizard.cli.lines import DOING, duration, heartbeat, line
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.durations import Durations
from autocorp_wizard.core.progress import progress_of
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
    """The lines, and below them a bar with what is at work right now and how long the rest may take; for terminals."""

    def __init__(self, console: Console, history: Durations) -> None:
        from rich.live import Live

        self._console = console
        self._history = history
        self._lines = SteadyLines(console)
        self._state: RunState | None = None
        self._live: Live = Live(
            console=console.rich(),
            refresh_per_second=4,
            transient=True,
            get_renderable=self._draw,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._open()

    def show(self, envelope: ev.Envelope, state: RunState) -> None:
        """Write ends as lines above the bar; starts show in the bar."""
        self.tick(state, envelope.at)
        if not isinstance(envelope.event, ev.ResourceStarted):
            self._lines.show(envelope, state)

    def tick(self, state: RunState, now: datetime) -> None:
        """Let the clocks of the bar go on."""
        if not state.is_finished:
            self._state = state

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Take the bar away for a question."""
        self.close()
        try:
            yield
        finally:
            self._open()

    def close(self) -> None:
        """Take the bar away."""
        self._live.stop()
        self._console.above_live = None

    def _open(self) -> None:
        self._live.start()
        self._console.above_live = self._live.console

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
            progress = progress_of(state, now, self._history)
            bar = Table.grid(padding=(0, 1))
            bar.add_row(
                Text(f"{progress.done}/{progress.total}"),
                ProgressBar(total=1.0, completed=progress.fraction, width=24),
                Text(rest_in_words(progress.remaining)),
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
                rows.append(Text(f"    {duration((now - step.started_at).total_seconds())}", style="dim"))
        return Group(*rows)


def rest_in_words(remaining: tuple[float, float] | None) -> str:
    """Return the range of what is left in words; nothing where too little is known."""
    if remaining is None:
        return ""
    low, high = remaining
    if high < 60:
        return "less than a minute left"
    first, last = int(low // 60), max(1, round(high / 60))
    return f"{first} to {last} min left" if first < last else f"about {last} min left"


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


def view_for(console: Console, *, plain: bool = False, history: Durations | None = None) -> View:
    """Return the view that fits where people's words go; `history` is what earlier runs took."""
    if console.quiet:
        return Silent()
    return LiveDisplay(console, history or Durations()) if console.is_live and not plain else SteadyLines(console)
