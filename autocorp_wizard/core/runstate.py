"""The state of a run, folded from its events and from nothing else.

Every face reads this: the screens, the plain lines, `runs show --json` and the reports. Feeding the same events gives
the same state, whoever feeds them and however fast.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from autocorp_wizard.core import events as ev

_SILENT = frozenset({ev.Action.IMPORT, ev.Action.FORGET, ev.Action.NOOP})


class ResourceStatus(StrEnum):
    """Where one planned change stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ResourceState:
    """One resource in this run. Times are the journal's; `seconds` is Terraform's own figure once it is known.

    `planned` is False for what Terraform touched without a plan of ours that named it. `half` is the half of a
    replacement that is over (delete or create, whichever came first), `half_seconds` what it took.
    """

    address: str
    action: str
    status: ResourceStatus
    resource_type: str = ""
    module: str = ""
    phase: str = ""
    sentence: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    seconds: float = 0.0
    id_key: str = ""
    id_value: str = ""
    planned: bool = True
    half: str = ""
    half_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class StepState:
    """One named part of the operation; `ok` is None while it runs."""

    step: str
    sentence: str
    started_at: datetime
    ok: bool | None = None
    seconds: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True)
class CommandState:
    """One real command; `exit_code` is None while it runs."""

    argv: tuple[str, ...]
    started_at: datetime
    exit_code: int | None = None
    seconds: float = 0.0


@dataclass(slots=True)
class RunState:
    """The accumulator: `add` is the only way in, everything else is for reading.

    It is mutable for the sake of long runs (copying thousands of resources for every event would be quadratic); the
    values that it holds are frozen.
    """

    run: str = ""
    operation: str = ""
    environment: str = ""
    phase: str = ""
    stage: str = ""
    parent: str = ""
    command: str = ""
    host: str = ""
    user: str = ""
    pid: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    last_at: datetime | None = None
    last_seq: int = 0
    outcome: str = ""
    exit_code: int | None = None
    sentence: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    error: dict[str, str | int] = field(default_factory=dict)
    digest: str = ""
    plan_counts: dict[str, int] = field(default_factory=dict)
    plan_changed: bool | None = None
    summary: ev.SummaryReported | None = None
    resources: dict[str, ResourceState] = field(default_factory=dict)
    running: dict[str, None] = field(default_factory=dict)
    done: int = 0
    failed: int = 0
    steps: list[StepState] = field(default_factory=list)
    commands: list[CommandState] = field(default_factory=list)
    diagnostics: list[ev.DiagnosticReported] = field(default_factory=list)
    settings: list[ev.SettingChecked] = field(default_factory=list)
    gates: list[ev.GateChecked] = field(default_factory=list)
    proofs: list[ev.ProofRecorded] = field(default_factory=list)
    findings: list[ev.RecoveryFound] = field(default_factory=list)
    mended: list[ev.RecoveryDone] = field(default_factory=list)
    leftovers: list[ev.LeftoverFound] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    children: list[str] = field(default_factory=list)
    cancel: str = ""
    backup: str = ""

    @property
    def total(self) -> int:
        """The number of planned changes."""
        return len(self.resources)

    @property
    def waiting(self) -> int:
        """The planned changes that have not begun."""
        return self.total - self.done - self.failed - len(self.running)

    @property
    def is_finished(self) -> bool:
        """Whether the journal holds the run's end."""
        return self.outcome != ""

    def add(self, envelope: ev.Envelope) -> None:
        """Fold one event in. Events of other runs and events already seen are ignored."""
        if self.run and envelope.run != self.run:
            return
        if envelope.seq <= self.last_seq:
            return
        self.run = envelope.run
        self.last_seq = envelope.seq
        self.last_at = envelope.at
        self._fold(envelope.event, envelope.at)

    def add_all(self, envelopes: Iterable[ev.Envelope]) -> "RunState":
        """Fold many events in and return self."""
        for envelope in envelopes:
            self.add(envelope)
        return self

    def _fold(self, event: ev.Event, at: datetime) -> None:  # noqa: PLR0912, PLR0915  (one arm per kind reads best)
        match event:
            case ev.RunStarted():
                self.started_at = at
                self.operation, self.environment = event.operation, event.environment
                self.phase, self.stage, self.parent = event.phase, event.stage, event.parent
                self.command, self.host, self.user, self.pid = event.command, event.host, event.user, event.pid
            case ev.RunFinished():
                self.finished_at = at
                self.outcome, self.exit_code, self.sentence = event.outcome, event.exit_code, event.sentence
                self.counts, self.error = dict(event.counts), dict(event.error)
            case ev.ChildStarted():
                self.children.append(event.child)
            case ev.StepStarted():
                self.steps.append(StepState(event.step, event.sentence, at))
            case ev.StepFinished():
                self._finish_step(event)
            case ev.CommandStarted():
                self.commands.append(CommandState(event.argv, at))
            case ev.CommandFinished():
                self._finish_command(event)
            case ev.PlanReady():
                self.digest, self.plan_counts, self.plan_changed = event.digest, dict(event.counts), event.changed
            case ev.ResourcePlanned():
                self.resources[event.address] = ResourceState(
                    event.address,
                    event.action,
                    ResourceStatus.WAITING,
                    event.resource_type,
                    event.module,
                    event.phase,
                    event.sentence,
                )
            case ev.ResourceStarted() | ev.ResourceProgressed() | ev.ResourceFinished() | ev.ResourceFailed():
                self._fold_resource(event, at)
            case ev.DiagnosticReported():
                self.diagnostics.append(event)
            case ev.SummaryReported():
                self.summary = event
                if event.operation != ev.Operation.PLAN:
                    self._settle(at)
            case ev.OutputsReported():
                self.outputs.update(event.outputs)
            case ev.SettingChecked():
                self.settings.append(event)
            case ev.GateChecked():
                self.gates.append(event)
            case ev.ProofRecorded():
                self.proofs.append(event)
            case ev.RecoveryFound():
                self.findings.append(event)
            case ev.RecoveryDone():
                self.mended.append(event)
            case ev.LeftoverFound():
                self.leftovers.append(event)
            case ev.CancelRequested():
                self.cancel = event.how
            case ev.StateBackedUp():
                self.backup = event.location
            case _:
                pass

    def _fold_resource(
        self,
        event: ev.ResourceStarted | ev.ResourceProgressed | ev.ResourceFinished | ev.ResourceFailed,
        at: datetime,
    ) -> None:
        if event.action == ev.Action.READ:
            return  # data sources read during an apply are no planned change and would spoil the count
        known = self.resources.get(event.address)
        if known is None:
            known = ResourceState(event.address, event.action, ResourceStatus.WAITING, planned=False)
        if known.status in (ResourceStatus.DONE, ResourceStatus.FAILED) or not _is_part_of(known, event.action):
            # What is over stays over: a count that was shown is never taken back. And a delete that was not planned
            # is of an old object that an interrupted replacement left under the same address.
            return
        if isinstance(event, ev.ResourceProgressed):
            self.resources[event.address] = replace(known, seconds=max(known.seconds, event.seconds))
            return
        kind = event.resource_type or known.resource_type
        if isinstance(event, ev.ResourceStarted):
            self.running[event.address] = None
            self.resources[event.address] = replace(
                known, status=ResourceStatus.RUNNING, resource_type=kind, started_at=at, seconds=0.0
            )
            return
        self.running.pop(event.address, None)
        over = replace(known, resource_type=kind, finished_at=at, seconds=known.half_seconds + event.seconds)
        if isinstance(event, ev.ResourceFailed):
            self.failed += 1
            self.resources[event.address] = replace(over, status=ResourceStatus.FAILED)
            return
        if event.action != ev.Action.DELETE or known.action == ev.Action.DELETE:
            over = replace(over, id_key=event.id_key, id_value=event.id_value)
        # A replacement ends twice, in either order; after its first half it waits for the other one.
        if known.action == ev.Action.REPLACE and known.half in ("", event.action):
            self.resources[event.address] = replace(
                over, status=ResourceStatus.WAITING, half=event.action, half_seconds=over.seconds
            )
            return
        self.done += 1
        self.resources[event.address] = replace(over, status=ResourceStatus.DONE)

    def _settle(self, at: datetime) -> None:
        """End what the stream says nothing about: taking over, letting go and renaming; its summary covers them."""
        for address, resource in self.resources.items():
            if resource.status is ResourceStatus.WAITING and resource.action in _SILENT:
                self.done += 1
                self.resources[address] = replace(resource, status=ResourceStatus.DONE, finished_at=at)

    def _finish_step(self, event: ev.StepFinished) -> None:
        for index in range(len(self.steps) - 1, -1, -1):
            step = self.steps[index]
            if step.step == event.step and step.ok is None:
                self.steps[index] = replace(step, ok=event.ok, seconds=event.seconds, note=event.note)
                return

    def _finish_command(self, event: ev.CommandFinished) -> None:
        for index in range(len(self.commands) - 1, -1, -1):
            command = self.commands[index]
            if command.argv == event.argv and command.exit_code is None:
                self.commands[index] = replace(command, exit_code=event.exit_code, seconds=event.seconds)
                return


def _is_part_of(resource: ResourceState, action: str) -> bool:
    return action != ev.Action.DELETE or resource.action in (ev.Action.DELETE, ev.Action.REPLACE)


def fold(envelopes: Iterable[ev.Envelope]) -> RunState:
    """Return the state that a run's events lead to."""
    return RunState().add_all(envelopes)
