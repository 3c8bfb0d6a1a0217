"""A run in words: how far it is, whether its process lives, what commands it ran. Pure functions."""

import re
import shlex
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from textual.content import Content

from autocorp_wizard.core.durations import Durations
from autocorp_wizard.core.progress import progress_of
from autocorp_wizard.core.runstate import CommandState, RunState
from autocorp_wizard.tui.words import ago, clock, printable

_BAR: Final = 24
# What an address begins with, where its resource is within modules.
_MODULES: Final = re.compile(r"^(module\.[^.\[]+(\[[^\]]*\])?\.)+")
# A runner gives a sign of life every few seconds; without one for so long, people should know.
_SILENT_SECONDS: Final = 10


def progress_words(
    state: RunState,
    status: str,
    now: datetime,
    history: Durations | None,
    latest: str = "",
    *,
    alive_at: datetime | None = None,
) -> Content:
    """Return the rows for a run. Without a `history` there is no bar yet; `alive_at` is the runner's sign of life."""
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
        rows += _counted(state, status, now, history, latest)
    elif state.steps and status == "running":
        step = state.steps[-1]
        rows.append(Content(printable(step.sentence or step.step)))
    elif status == "running" and latest:
        rows.append(Content(latest))
    if status == "running" and state.cancel:
        rows.append(
            Content.styled(f"Asked to {state.cancel}; waiting for Terraform to finish what it is at.", "bold $warning")
        )
    if status == "running":
        rows += _pulse(state, now, alive_at)
    return Content("\n").join(rows)


def _counted(state: RunState, status: str, now: datetime, history: Durations | None, latest: str) -> list[Content]:
    progress = progress_of(state, now, history)
    filled = int(_BAR * progress.fraction) if history is not None or status != "running" else 0
    failed = (f", {progress.failed} failed", "bold $error") if progress.failed else ("", "")
    rows = [
        Content.assemble(
            ("█" * filled, "$success"),
            ("░" * (_BAR - filled), "$muted"),
            (f" {progress.done} of {progress.total} done", "bold"),
            failed,
            f", {progress.running} running, {progress.waiting} waiting",
        )
    ]
    if status != "running" or history is None:
        return rows
    parts = (
        [f"about {clock(progress.remaining[0])} to {clock(progress.remaining[1])} left"] if progress.remaining else []
    )
    if progress.slowest is not None:
        name = _MODULES.sub("", progress.slowest.address)
        parts.append(f"longest running: {printable(name)}, {clock(progress.slowest.seconds)}")
    if not progress.running and not progress.waiting and state.steps and state.steps[-1].ok is None:
        # All resources are there: what follows them (jobs, a full load, a transfer) is what people wait for now.
        parts = [printable(each) for each in (state.steps[-1].sentence, latest) if each]
    if parts:
        rows.append(Content.styled(" · ".join(parts), "$muted"))
    return rows


def _pulse(state: RunState, now: datetime, alive_at: datetime | None) -> list[Content]:
    """Say that the process behind the run lives, however long Terraform says nothing."""
    seen = max(filter(None, (alive_at, state.last_at)), default=None)
    if seen is None:
        return []
    silent = (now - seen).total_seconds()
    if silent > _SILENT_SECONDS:
        return [Content.styled(f"No sign of life of its process for {clock(silent)}.", "bold $warning")]
    quiet = (now - state.last_at).total_seconds() if state.last_at else 0.0
    return [Content.styled(f"Alive; last news {ago(state.last_at or seen, now)}.", "$muted")] if quiet > 15 else []


def command_words(commands: Sequence[CommandState]) -> Content:
    """Return every real command with its end and its time, as it could be typed; secrets were never in them."""
    rows: list[Content] = []
    for each in commands:
        if each.exit_code is None:
            mark = Content.styled("▶ running", "$accent")
        else:
            tone = "$success" if each.exit_code == 0 else "$warning" if each.exit_code == 2 else "$error"
            mark = Content.styled(f"exit code {each.exit_code} after {clock(each.seconds)}", tone)
        when = f"{each.started_at:%H:%M:%S}"
        rows.append(Content.assemble((f"{when}  ", "$muted"), mark, f"\n$ {printable(shlex.join(each.argv))}"))
    return Content("\n\n").join(rows)
