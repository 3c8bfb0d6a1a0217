"""How a run ended, in words. Success is said only with proof: the typed outcome and what Terraform itself reported."""

from dataclasses import dataclass

from autocorp_wizard.core.events import Operation, Outcome
from autocorp_wizard.core.runstate import RunState
from autocorp_wizard.tui.words import count, counts


@dataclass(frozen=True, slots=True)
class Verdict:
    """`tone` is good, warn or error; `lines` say why and what to do next, `next_step` last."""

    tone: str
    title: str
    lines: tuple[str, ...] = ()
    next_step: str = ""

    @property
    def is_proven_success(self) -> bool:
        """Whether the screen may say that it worked."""
        return self.tone == "good"


_PROOFS = {"proven": "Proven", "not-proven-here": "Not proven here", "failed": "Failed"}
_NEEDS_SUMMARY = frozenset({Operation.APPLY, Operation.DESTROY})


def verdict_of(state: RunState, status: str) -> Verdict | None:
    """Return how the run ended, None while it goes on. `status` is what the run's record says (it knows of `lost`)."""
    if state.outcome == Outcome.SUCCEEDED:
        return _success(state)
    if state.outcome == Outcome.FAILED:
        return _failure(state)
    if state.outcome == Outcome.CANCELLED:
        done = f"{state.done} of {state.total} changes were finished before it stopped." if state.total else ""
        return Verdict(
            "warn",
            f"The {state.operation} was stopped.",
            tuple(line for line in (state.sentence, done) if line),
            str(state.error.get("next_step") or "Plan again to see what is left to do."),
        )
    if Outcome.LOST in {state.outcome, status}:
        return Verdict(
            "error",
            f"The {state.operation} was lost: its process died without an end.",
            (f"{state.done} of {state.total} changes were reported as finished.",) if state.total else (),
            "Recover (m) looks at what is there and puts it right.",
        )
    return None


def _success(state: RunState) -> Verdict:
    summary = state.summary
    if state.operation in _NEEDS_SUMMARY and summary is None and not _nothing_to_do(state):
        return Verdict(
            "warn",
            f"The {state.operation} says it succeeded, but Terraform's own summary is missing.",
            ("Without it nothing is proven.",),
            "Plan again: a plan without changes is the proof.",
        )
    if state.operation == Operation.PLAN:
        if state.plan_changed is False:
            return Verdict("good", "Nothing to change: what is deployed is what was asked for.")
        return Verdict("good", f"The plan is ready: {counts(state.plan_counts)}.", (), "Review it with v.")
    lines: list[str] = []
    if summary is not None and state.operation in _NEEDS_SUMMARY:
        lines.append(
            f"Terraform reports {summary.add} added, {summary.change} changed, {summary.remove} removed"
            + (f", {summary.import_} imported." if summary.import_ else ".")
        )
    if state.operation == Operation.BOOTSTRAP:
        mended = sum(1 for row in state.settings if row.action not in {"", "none", "keep"})
        lines.append(f"{count(len(state.settings), 'setting')} looked at, {mended} changed.")
    if state.operation == Operation.RECOVER:
        lines += [found.sentence for found in state.mended]
    lines += [f"{_PROOFS.get(each.outcome, each.outcome)}: {each.sentence}" for each in state.proofs]
    stays = [left for left in state.leftovers if left.by_nature]
    if stays:
        lines.append("Stays by nature:")
        lines += [f"· {left.name}: {left.sentence}" for left in stays]
    wrong = [left for left in state.leftovers if not left.by_nature]
    lines += [f"Left behind: {left.name}. {left.sentence}" for left in wrong]
    title = state.sentence or f"The {state.operation} succeeded."
    next_step = "Plan again: what is left to do shows there." if state.operation == Operation.RECOVER else ""
    return Verdict("warn" if wrong else "good", title, tuple(lines), next_step)


def _nothing_to_do(state: RunState) -> bool:
    return state.plan_changed is False and not state.resources


def _failure(state: RunState) -> Verdict:
    error = state.error
    first = next((d for d in state.diagnostics if d.severity == "error"), None)
    title = str(error.get("what") or (first.summary if first else "") or state.sentence or "The run failed.")
    lines = [str(error.get("why") or "")]
    lines += [f"Proven before that: {each.sentence}" for each in state.proofs if each.outcome == "proven"]
    if first is not None and first.summary not in title:
        where = f" ({first.address})" if first.address else ""
        lines.append(f"{first.summary}{where}")
    if state.failed:
        lines.append(f"{count(state.failed, 'resource')} failed, {state.done} of {state.total} finished.")
    return Verdict("error", title, tuple(line for line in lines if line), str(error.get("next_step") or ""))


def raw_of(state: RunState) -> str:
    """Return the raw text of a failure: every error with its detail, as Terraform said it."""
    return "\n\n".join(
        f"{d.severity}: {d.summary}" + (f"\n{d.address}" if d.address else "") + (f"\n{d.detail}" if d.detail else "")
        for d in state.diagnostics
    )
