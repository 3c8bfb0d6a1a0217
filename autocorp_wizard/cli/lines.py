"""A run as steady lines: one event and the state it led to in, one line (or none) out. Pure.

Used wherever nothing can be redrawn: pipes, logs, CI, screen readers, `--plain`, and replays.
"""

from collections.abc import Mapping
from typing import Final

from autocorp_wizard.core import events as ev
from autocorp_wizard.core.runstate import RunState

SYMBOLS: Final[Mapping[str, str]] = {
    ev.Action.CREATE: "+",
    ev.Action.UPDATE: "~",
    ev.Action.REPLACE: "-/+",
    ev.Action.DELETE: "-",
    ev.Action.IMPORT: "<-",
    ev.Action.READ: "=",
    ev.Action.FORGET: "x",
}
DOING: Final[Mapping[str, str]] = {
    ev.Action.CREATE: "creating",
    ev.Action.UPDATE: "updating",
    ev.Action.REPLACE: "replacing",
    ev.Action.DELETE: "deleting",
    ev.Action.IMPORT: "importing",
    ev.Action.READ: "reading",
    ev.Action.FORGET: "forgetting",
}
DONE: Final[Mapping[str, str]] = {
    ev.Action.CREATE: "created",
    ev.Action.UPDATE: "updated",
    ev.Action.REPLACE: "replaced",
    ev.Action.DELETE: "deleted",
    ev.Action.IMPORT: "imported",
    ev.Action.READ: "read",
    ev.Action.FORGET: "forgotten",
}
COUNTED: Final = ("create", "update", "replace", "delete", "import")


def duration(seconds: float) -> str:
    """Return a duration as people read it: `0.4 s`, `9 s`, `1 min 04 s`, `2 h 05 min`."""
    if seconds < 1:
        return f"{max(seconds, 0.0):.1f} s"
    whole = int(seconds)
    minutes, rest = divmod(whole, 60)
    if minutes == 0:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {rest:02d} s"


def counts_in_words(counts: Mapping[str, int]) -> str:
    """Return the counts of a plan in words: `14 to create, 2 to update`, or `nothing to change`."""
    return ", ".join(f"{counts[name]} to {name}" for name in COUNTED if counts.get(name)) or "nothing to change"


def line(envelope: ev.Envelope, state: RunState, *, verbose: bool = False) -> str | None:  # noqa: PLR0911, PLR0912
    """Return the line that tells an event, or None where it needs none.

    `state` is the fold of the event's own run, with the event in it. Text may span lines where it quotes Terraform.
    """
    event = envelope.event
    match event:
        case ev.RunStarted():
            return _started(envelope.run, event)
        case ev.StepStarted():
            return f"  {event.sentence or event.step} ..."
        case ev.StepFinished():
            return _step(event)
        case ev.PlanReady():
            if state.operation == ev.Operation.PLAN or state.total:
                return None  # the end of a plan says the same; a destroy records its plan again before applying it
            return f"  Plan {short(event.digest)}: {counts_in_words(event.counts)}"
        case ev.ResourceStarted():
            return f"  {_resource(event, DOING)}" if event.action != ev.Action.READ else None
        case ev.ResourceFinished():
            if event.action == ev.Action.READ:
                return None
            return f"  {_resource(event, DONE)} in {duration(event.seconds)} ({_place(state)})"
        case ev.ResourceFailed():
            return f"  ! {event.address}: failed after {duration(event.seconds)}"
        case ev.DiagnosticReported():
            where = f" ({event.address})" if event.address else ""
            detail = "".join(f"\n    {part}" for part in event.detail.strip().splitlines())
            return f"  {event.severity.capitalize()}: {event.summary}{where}{detail}"
        case ev.SummaryReported():
            return _summary(event) if event.operation != "plan" else None
        case ev.SettingChecked():
            return _setting(event)
        case ev.GateChecked():
            return f"  Gate {event.gate}: {event.outcome}. {event.sentence}"
        case ev.ProofRecorded():
            return _proof(event)
        case ev.CancelRequested():
            by = f" by {event.by}" if event.by else ""
            return f"  Asked to {event.how}{by}; waiting for a safe end."
        case ev.StateBackedUp():
            return f"  State (serial {event.serial}) kept at {event.location}"
        case ev.RecoveryFound():
            return f"  Found: {event.sentence}"
        case ev.RecoveryDone():
            return f"  Mended: {event.sentence}"
        case ev.LeftoverFound():
            return f"  {'Stays' if event.by_nature else 'LEFT OVER'}: {event.name}. {event.sentence}"
        case ev.LogWritten():
            loud = event.level in ("warn", "warning", "error") or not _terraform_speaks(state)
            return f"  {event.text}" if loud or verbose else None
        case ev.CommandStarted():
            return f"  $ {' '.join(event.argv)}" if verbose else None
        case ev.CommandFinished():
            return f"  exit code {event.exit_code} after {duration(event.seconds)}" if verbose else None
        case ev.RunFinished():
            return _finished(event, state)
        case _:
            return None


def heartbeat(state: RunState, seconds: float) -> str:
    """Return the line that tells a quiet run from a dead one; `seconds` is how long it has been going on."""
    running = [state.resources[address] for address in state.running]
    if running:
        slowest = running[0]  # in the order they began
        others = f" and {len(running) - 1} more" if len(running) > 1 else ""
        what = f"{DOING.get(slowest.action, slowest.action)} {slowest.address}{others}"
    else:
        step = next((each for each in reversed(state.steps) if each.ok is None), None)
        what = step.sentence or step.step if step else state.operation or "waiting"
    return (
        f"  ... {what} ({_place(state)}, {duration(seconds)})" if state.total else f"  ... {what} ({duration(seconds)})"
    )


def lost_line(run: str) -> str:
    """Return the line for a run whose runner died."""
    return f"Run {run} was lost: its process died without an end."


def short(digest: str) -> str:
    """Return as much of a digest as people need to tell two apart."""
    return digest.rpartition(":")[2][:12]


def _started(run: str, event: ev.RunStarted) -> str:
    what = event.operation.capitalize()
    of = f" of {event.stage or event.phase}" if event.stage or event.phase else ""
    return f"{what}{of} in {event.environment}  (run {run})"


def _step(event: ev.StepFinished) -> str | None:
    if not event.ok:
        return f"  {event.step} failed after {duration(event.seconds)}" + (f": {event.note}" if event.note else "")
    return f"    {event.note} ({duration(event.seconds)})" if event.note else None


def _terraform_speaks(state: RunState) -> bool:
    """Whether a line of the log is Terraform's: one of its commands is at work. Such lines are shown by -v only."""
    return bool(state.commands) and state.commands[-1].exit_code is None


def _resource(event: ev.ResourceStarted | ev.ResourceFinished, words: Mapping[str, str]) -> str:
    return f"{SYMBOLS.get(event.action, '*')} {event.address}: {words.get(event.action, event.action)}"


def _place(state: RunState) -> str:
    failed = f", {state.failed} failed" if state.failed else ""
    return f"{state.done}/{state.total}{failed}"


def _summary(event: ev.SummaryReported) -> str:
    imported = f", {event.import_} imported" if event.import_ else ""
    return f"  Terraform: {event.add} added, {event.change} changed, {event.remove} removed{imported}"


def _proof(event: ev.ProofRecorded) -> str:
    word = {"proven": "Proven", "failed": "! Failed"}.get(event.outcome, "Not proven here")
    details = "".join(f"\n    {each}" for each in event.details)
    return f"  {word}: {event.sentence}{details}"


def _setting(event: ev.SettingChecked) -> str:
    if event.outcome == "ok":
        return f"  {event.name}: {event.found}"
    if event.outcome == "changed":
        return f"  {event.name}: {event.wanted} (was {event.found})"
    return f"  {event.name}: {event.outcome}; found {event.found}, wanted {event.wanted}"


def _finished(event: ev.RunFinished, state: RunState) -> str:
    took = ""
    if state.started_at is not None and state.finished_at is not None:
        took = f" after {duration((state.finished_at - state.started_at).total_seconds())}"
    sentence = f": {event.sentence}" if event.sentence else "."
    what = (state.operation or "run").capitalize()
    return f"{what} {_ENDS.get(event.outcome, event.outcome)}{took}{sentence}"


_ENDS: Final[Mapping[str, str]] = {
    ev.Outcome.SUCCEEDED: "done",
    ev.Outcome.FAILED: "failed",
    ev.Outcome.CANCELLED: "stopped",
    ev.Outcome.LOST: "lost",
}
