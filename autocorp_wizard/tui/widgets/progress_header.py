"""The top of a run: what it is, how far it is, how long it has taken, and when it last gave a sign of life."""

from datetime import datetime

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from autocorp_wizard.core.durations import Durations
from autocorp_wizard.core.progress import progress_of
from autocorp_wizard.core.runstate import RunState
from autocorp_wizard.tui.words import ago, clock, printable

_BAR = 24


class ProgressHeader(Widget):
    """Two or three rows. The bar is counted from the plan, so it never goes back and never ends early."""

    DEFAULT_CSS = """
    ProgressHeader { height: auto; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    text: reactive[Content] = reactive(Content(""), layout=True)

    def show(self, state: RunState, status: str, now: datetime, history: Durations, latest: str = "") -> None:
        """Show a run as of `now`; `history` is what the range for the rest is learned from, `latest` the last line."""
        self.text = progress_words(state, status, now, history, latest)

    def render(self) -> Content:
        """The rows."""
        return self.text


def progress_words(state: RunState, status: str, now: datetime, history: Durations, latest: str = "") -> Content:
    """Return the rows for a run."""
    what = f"{state.operation} {state.phase}".strip()
    ends = state.finished_at or (state.last_at if status != "running" else now)
    taken = (ends - state.started_at).total_seconds() if ends and state.started_at else 0.0
    first = Content.assemble(
        (what.capitalize() or "Run", "bold"),
        f" on {state.environment}  ",
        (f"{status}", "bold $accent" if status == "running" else "bold"),
        (f"  {clock(taken)}", ""),
    )
    rows = [first]
    if state.total:
        rows += _counted(state, status, now, history)
    elif state.steps and status == "running":
        step = state.steps[-1]
        rows.append(Content(printable(step.sentence or step.step)))
    elif status == "running" and latest:
        rows.append(Content(latest))
    if status == "running" and state.cancel:
        rows.append(
            Content.styled(f"Asked to {state.cancel}; waiting for Terraform to finish what it is at.", "bold $warning")
        )
    if status == "running" and state.last_at is not None and (now - state.last_at).total_seconds() > 15:
        rows.append(Content.styled(f"Last news {ago(state.last_at, now)}.", "dim"))
    return Content("\n").join(rows)


def _counted(state: RunState, status: str, now: datetime, history: Durations) -> list[Content]:
    progress = progress_of(state, now, history)
    filled = int(_BAR * progress.fraction)
    failed = (f", {progress.failed} failed", "bold $error") if progress.failed else ("", "")
    rows = [
        Content.assemble(
            ("█" * filled, "$success"),
            ("░" * (_BAR - filled), "dim"),
            (f" {progress.done} of {progress.total} done", "bold"),
            failed,
            f", {progress.running} running, {progress.waiting} waiting",
        )
    ]
    if status != "running":
        return rows
    parts = (
        [f"about {clock(progress.remaining[0])} to {clock(progress.remaining[1])} left"] if progress.remaining else []
    )
    if progress.slowest is not None:
        parts.append(f"longest running: {printable(progress.slowest.address)}, {clock(progress.slowest.seconds)}")
    if parts:
        rows.append(Content.styled(" · ".join(parts), "dim"))
    return rows
