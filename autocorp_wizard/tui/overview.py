"""What is known about one environment at one moment, and the steps that follow from it. Pure values and functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from autocorp_wizard.adapters.run_store import RunRecord
from autocorp_wizard.core.checklist import Moment
from autocorp_wizard.core.dependants import ChangedAnswer, touching
from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.followups import follow_ups_of
from autocorp_wizard.core.phases import AVAILABLE, DMS_START, STAGES, Phase, Stage
from autocorp_wizard.tui.words import ago, count


class StepStatus(StrEnum):
    """The word beside a step; the glyph only repeats it."""

    DONE = "done"
    READY = "ready"
    WAITING = "waiting"
    RUNNING = "running"
    REVIEW = "review"
    FAILED = "failed"
    STALE = "stale"


# How long a whole rollout takes on AWS where nobody has seen one here, in minutes, and which runs show how long.
_ROLLOUT_MINUTES: Final = 45
_LATEST: Final = 5
_LONG: Final = frozenset({Operation.APPLY, Operation.ROLLOUT, Operation.DESTROY})

GLYPHS: Final = {
    StepStatus.DONE: "✓",
    StepStatus.READY: "●",
    StepStatus.WAITING: "·",
    StepStatus.RUNNING: "▶",
    StepStatus.REVIEW: "◆",
    StepStatus.FAILED: "✗",
    StepStatus.STALE: "!",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the map. `key` names it (`environment`, `bootstrap`, or a stage of the rollout)."""

    key: str
    title: str
    purpose: str
    status: StepStatus
    note: str = ""

    @property
    def phase(self) -> Phase | None:
        """The phase that this step is a stage of, None for the two steps before."""
        return next((stage.phase for stage in STAGES if stage.name == self.key), None)


@dataclass(frozen=True, slots=True)
class Overview:
    """One environment as last seen. `runs` are its runs, newest first; `problems` what its answers still lack.

    `changed` are the answers that are not what they were when they were last applied; `waiting_steps` counts the manual
    steps that nobody has done yet before what is `due`.
    """

    environment: str
    saved: bool = False
    problems: tuple[str, ...] = ()
    production: bool = False
    rehearsal: bool = False
    place: str = ""
    preset: str = ""
    phases: tuple[str, ...] = ()
    replication_started: bool = False
    resources: int = 0
    outputs: tuple[tuple[str, str], ...] = ()
    runs: tuple[RunRecord, ...] = ()
    unsettled: RunRecord | None = None
    changed: tuple[ChangedAnswer, ...] = ()
    waiting_steps: int = 0

    @property
    def due(self) -> Moment:
        """What comes next: the first phase that is not applied, else the operation."""
        missing = next((phase for phase in Phase if phase.value not in self.phases), None)
        return Moment(missing.value) if missing is not None else Moment.OPERATE

    @property
    def live(self) -> RunRecord | None:
        """The run that is going on in this environment; of a rollout, the rollout itself."""
        going = [record for record in self.runs if record.status == "running"]
        return next((record for record in going if not record.parent), going[0] if going else None)

    @property
    def lost(self) -> RunRecord | None:
        """The run to recover first: one that left something behind, or the newest where its process died."""
        newest = next(iter(self.runs), None)
        return self.unsettled or (newest if newest is not None and newest.status == "lost" else None)

    def last(self, operation: Operation, phase: str = "") -> RunRecord | None:
        """Return the newest run of that operation (and phase, where named)."""
        for record in self.runs:
            if record.operation == operation and (not phase or record.phase == phase):
                return record
        return None

    def applied_last(self, step: Step) -> RunRecord | None:
        """Return the newest apply of a step that succeeded."""
        applies = (r for r in self.runs if r.operation == Operation.APPLY and r.status == "succeeded")
        return next((record for record in applies if stage_of(record) == step.key), None)

    def reviewable(self, stage: str) -> RunRecord | None:
        """Return the plan that waits for review: succeeded, of that stage, and no run changed anything since."""
        for record in self.runs:
            if record.operation in {Operation.APPLY, Operation.DESTROY, Operation.RECOVER}:
                return None
            if record.operation == Operation.PLAN and stage_of(record) == stage:
                return record if record.status == "succeeded" else None
        return None

    def is_provable(self, step: Step) -> bool:
        """Whether a step is applied and has a proof of its own beside its plan."""
        started = self.replication_started or step.key != DMS_START
        return step.phase in self.phases and started and bool(follow_ups_of(step.key))

    @property
    def usual_minutes(self) -> int:
        """How long a run here usually takes: the longest of the latest that changed something, else a whole rollout."""
        taken = [
            (record.finished_at - record.started_at).total_seconds() / 60
            for record in self.runs
            if record.operation in _LONG and record.status == "succeeded" and record.started_at and record.finished_at
        ]
        return max(1, round(max(taken[:_LATEST]))) if taken else _ROLLOUT_MINUTES

    @property
    def bootstrapped(self) -> bool:
        """Whether the remote state was made or verified by a run that succeeded, or something lies in it already."""
        last = self.last(Operation.BOOTSTRAP)
        return bool(self.phases) or (last is not None and last.status == "succeeded")


def steps_of(overview: Overview) -> tuple[Step, ...]:
    """Return the map of an environment, in the order of the rollout."""
    found = [_environment(overview), _bootstrap(overview)]
    for stage in STAGES:
        if stage.phase in AVAILABLE:
            found.append(_stage(overview, stage, found[-1]))
    return tuple(found)


def stage_of(record: RunRecord) -> str:
    """Return the stage that a run worked on: the one it names, or the first of its phase."""
    return record.stage or next((stage.name for stage in STAGES if stage.phase == record.phase), "")


def sentence_of(overview: Overview, now: datetime) -> str:
    """Return where it stands, in words: `phase 2 of 4 applied, 1 manual step waiting, last apply failed 2 h ago`."""
    if not overview.saved:
        return "new: answers not saved yet"
    parts = ["an answer needs mending"] if overview.problems else []
    if overview.phases:
        parts.append(_applied_words(overview))
    else:
        parts.append("nothing deployed" if overview.runs else "nothing done yet")
    if overview.waiting_steps:
        parts.append(f"{count(overview.waiting_steps, 'manual step')} waiting")
    if overview.live is not None:
        parts.append(f"{overview.live.operation} is running")
    elif overview.runs:
        last = overview.runs[0]
        when = ago(last.started_at, now) if last.started_at else ""
        parts.append(f"last {last.operation} {last.status} {when}".rstrip())
    return ", ".join(parts)


def _applied_words(overview: Overview) -> str:
    """Return `phase 2 of 4 applied`, or the phases by name where they are not the first ones."""
    done = [phase for phase in Phase if phase.value in overview.phases]
    if done != list(Phase)[: len(done)]:
        return f"{', '.join(done)} applied"
    stands = ", replication not started" if Phase.DMS in done and not overview.replication_started else ""
    return f"phase {len(done)} of {len(Phase)} applied{stands}"


def first_open(steps: Sequence[Step]) -> int:
    """Return the index of the step that wants attention: the first that is not done, else the last."""
    for index, step in enumerate(steps):
        if step.status is not StepStatus.DONE:
            return index
    return len(steps) - 1


def _environment(overview: Overview) -> Step:
    status, note = StepStatus.DONE, overview.place
    if not overview.saved:
        status, note = StepStatus.READY, "answers not saved yet"
    elif overview.problems:
        status, note = StepStatus.FAILED, overview.problems[0]
    return Step("environment", "Environment", "Name, account, network and source", status, note)


def _bootstrap(overview: Overview) -> Step:
    title, purpose = "Bootstrap", "The bucket and lock that keep Terraform's state"
    last = overview.last(Operation.BOOTSTRAP)
    if not overview.saved or overview.problems:
        status, note = StepStatus.WAITING, "waits for the environment's answers"
    elif last is not None and last.status == "running":
        status, note = StepStatus.RUNNING, "running now"
    elif overview.bootstrapped:
        status, note = StepStatus.DONE, "state bucket ready"
    elif last is not None:
        status, note = StepStatus.FAILED, f"last try {last.status}"
    else:
        status, note = StepStatus.READY, "creates or adopts the state bucket"
    return Step("bootstrap", title, purpose, status, note)


_CHANGING: Final = frozenset(
    {Operation.APPLY, Operation.DESTROY, Operation.PROVE, Operation.ROLLOUT, Operation.RECOVER}
)
_TITLES: Final = {"dms": "DMS", DMS_START: "DMS start", "datasync": "DataSync"}


def _stage(overview: Overview, stage: Stage, before: Step) -> Step:
    title = _TITLES.get(stage.name, stage.name.capitalize())
    mine = [record for record in overview.runs if stage_of(record) == stage.name]
    going = next((r for r in mine if r.status == "running"), None)
    last = next(iter(mine), None)
    is_start = stage.name == DMS_START
    applied = stage.phase in overview.phases and (overview.replication_started or not is_start)
    if going is not None:
        status, note = StepStatus.RUNNING, f"{going.operation} is running"
    elif last is not None and last.status in {"failed", "lost"} and last.operation in {*_CHANGING, Operation.PLAN}:
        status, note = StepStatus.FAILED, f"last {last.operation} {last.status}"
    elif (waiting := overview.reviewable(stage.name)) is not None and any(waiting.counts.values()):
        status, note = StepStatus.REVIEW, "a plan waits for your review"
    elif applied and (touched := touching(overview.changed, stage.phase)) and not is_start:
        status, note = StepStatus.STALE, f"answers changed since: {', '.join(touched)}"
    elif applied:
        status, note = StepStatus.DONE, "replication was started" if is_start else "applied"
    elif before.status not in {StepStatus.DONE, StepStatus.STALE}:
        status, note = StepStatus.WAITING, f"waits for {before.title.lower()}"
    else:
        status, note = StepStatus.READY, "not started yet" if is_start else "not deployed yet"
    return Step(stage.name, title, stage.sentence, status, note)
