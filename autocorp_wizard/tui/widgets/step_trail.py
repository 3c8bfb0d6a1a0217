"""The named parts of an operation as they come: what was said, how long it took, what came of it."""

from collections.abc import Sequence
from datetime import datetime

from autocorp_wizard.core.runstate import RunState, StepState
from autocorp_wizard.tui.widgets.lines import Lines
from autocorp_wizard.tui.words import clock, printable
from autocorp_wizard.tui.wrapping import Parts, wrap


class StepTrail(Lines):
    """One line per part; findings of a recovery follow."""

    DEFAULT_CSS = """
    StepTrail { border: round $edge; border-title-color: $foreground; }
    StepTrail:focus { border: round $primary; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  (Textual's own name)
        super().__init__(id=id)
        self._lines: list[Parts] = []
        self.border_title = "What is being done"

    def show(self, state: RunState, now: datetime) -> None:
        """Show a run's parts."""
        rows = [_step(step, now) for step in state.steps]
        rows += [((" ! ", "warn"), (printable(found.sentence), "")) for found in state.findings]
        rows += [((" ✓ ", "good"), (printable(done.sentence), "")) for done in state.mended]
        rows += _gates(state)
        rows += _proofs(state)
        room = max(20, self.scrollable_content_region.width - 2)
        self._lines = [line for row in rows for line in wrap(row, room)]
        self.lines_changed()

    def line_count(self) -> int:
        """All parts."""
        return len(self._lines)

    def line_parts(self, index: int) -> Parts:
        """One part."""
        return self._lines[index]


def _step(step: StepState, now: datetime) -> Parts:
    if step.ok is None:
        seconds = (now - step.started_at).total_seconds()
        return ((" ▶ ", "accent"), (printable(step.sentence or step.step), "bold"), (f"  {clock(seconds)}", "dim"))
    mark, tone = (" ✓ ", "good") if step.ok else (" ✗ ", "error")
    note = f"  {printable(step.note)}" if step.note else ""
    return (
        (mark, tone),
        (printable(step.sentence or step.step), ""),
        (f"  {clock(step.seconds)}", "dim"),
        (note, "dim"),
    )


def _gates(state: RunState) -> Sequence[Parts]:
    marks = {"pass": (" ✓ ", "good"), "fail": (" ✗ ", "error")}
    return [
        (marks.get(gate.outcome, (" ? ", "warn")), (f"gate {printable(gate.gate)}: {printable(gate.sentence)}", ""))
        for gate in state.gates
    ]


def _proofs(state: RunState) -> Sequence[Parts]:
    marks = {"proven": (" ✓ ", "good"), "failed": (" ✗ ", "error")}
    rows: list[Parts] = []
    for proof in state.proofs:
        said = f"{proof.outcome.replace('-', ' ')}: {printable(proof.sentence)}"
        rows.append((marks.get(proof.outcome, (" ? ", "warn")), (said, "")))
        rows += [(("   ", ""), (printable(detail), "dim")) for detail in proof.details]
    return rows
