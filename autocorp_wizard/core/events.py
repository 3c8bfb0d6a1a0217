"""Everything that happens in a run, as small frozen values; the journal holds one JSON object per event.

The state of a run is a fold over these (core/runstate.py). Kinds are `noun.verb-in-past-tense`. Readers ignore kinds
and fields they do not know, so adding one is no breaking change. Text from outside is redacted before it becomes an
event (core/redaction.py).
"""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import ClassVar, Self, TypeAlias, cast

from autocorp_wizard.core.errors import WizardError

JOURNAL_VERSION = 1

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


class Operation(StrEnum):
    """What a run does. A rollout is a parent whose children do the work."""

    BOOTSTRAP = "bootstrap"
    PLAN = "plan"
    APPLY = "apply"
    DESTROY = "destroy"
    PROVE = "prove"
    RECOVER = "recover"
    ROLLOUT = "rollout"


class Outcome(StrEnum):
    """How a run ended; a run without an end has none."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"


class Action(StrEnum):
    """What Terraform does to one resource."""

    CREATE = "create"
    UPDATE = "update"
    REPLACE = "replace"
    DELETE = "delete"
    READ = "read"
    IMPORT = "import"
    FORGET = "forget"
    NOOP = "noop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """The base of all events. `KIND` names it in the journal."""

    KIND: ClassVar[str] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted(Event):
    """The first event of every run. `command` is the equivalent command line, for people to copy."""

    KIND: ClassVar[str] = "run.started"
    operation: str
    environment: str
    phase: str = ""
    stage: str = ""
    parent: str = ""
    command: str = ""
    pid: int = 0
    host: str = ""
    user: str = ""
    wizard_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildStarted(Event):
    """In a rollout's journal: a run was started on its behalf."""

    KIND: ClassVar[str] = "child.started"
    child: str
    operation: str
    stage: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildFinished(Event):
    """In a rollout's journal: that run ended."""

    KIND: ClassVar[str] = "child.finished"
    child: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted(Event):
    """A named part of the operation began (`init`, `plan`, `apply`, `back up state`, ...)."""

    KIND: ClassVar[str] = "step.started"
    step: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFinished(Event):
    """That part ended. `ok` is False when it failed or was cut short; `note` says what came of it."""

    KIND: ClassVar[str] = "step.finished"
    step: str
    ok: bool = True
    seconds: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandStarted(Event):
    """A real command was started; `argv` is redacted and can be shown."""

    KIND: ClassVar[str] = "command.started"
    argv: tuple[str, ...]
    pid: int = 0
    directory: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandFinished(Event):
    """That command ended; a negative exit code is the signal that ended it."""

    KIND: ClassVar[str] = "command.finished"
    argv: tuple[str, ...]
    exit_code: int
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcePlanned(Event):
    """One change of the plan that this run made or is about to apply. `id` is what is known before the apply."""

    KIND: ClassVar[str] = "resource.planned"
    address: str
    action: str
    module: str = ""
    phase: str = ""
    sentence: str = ""
    resource_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReady(Event):
    """The plan was read. `counts` as in `plan --json`: create, update, replace, delete (and import)."""

    KIND: ClassVar[str] = "plan.ready"
    digest: str
    counts: dict[str, int]
    stage: str = ""
    phase: str = ""
    risks: int = 0
    changed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalUsed(Event):
    """The reviewed plan was approved and is now used up."""

    KIND: ClassVar[str] = "approval.used"
    digest: str
    by: str = ""
    how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceStarted(Event):
    """Terraform began to act on a resource. `id_key`/`id_value` are known for updates and deletes."""

    KIND: ClassVar[str] = "resource.started"
    address: str
    action: str
    resource_type: str = ""
    id_key: str = ""
    id_value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceProgressed(Event):
    """Terraform is still at it; `seconds` since it began. Comes every 10 s, never sooner."""

    KIND: ClassVar[str] = "resource.progressed"
    address: str
    action: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceFinished(Event):
    """Terraform finished with a resource. The id is what recovery imports by."""

    KIND: ClassVar[str] = "resource.finished"
    address: str
    action: str
    resource_type: str = ""
    id_key: str = ""
    id_value: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceFailed(Event):
    """Terraform gave up on a resource; the reason follows as a diagnostic at the end of the apply."""

    KIND: ClassVar[str] = "resource.failed"
    address: str
    action: str
    resource_type: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosticReported(Event):
    """An error or a warning of Terraform's, or one of ours in the same shape."""

    KIND: ClassVar[str] = "diagnostic.reported"
    severity: str
    summary: str
    detail: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryReported(Event):
    """The counts that Terraform itself reported; `operation` is plan, apply or destroy."""

    KIND: ClassVar[str] = "summary.reported"
    operation: str
    add: int = 0
    change: int = 0
    remove: int = 0
    import_: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputsReported(Event):
    """Outputs that are not sensitive, each value as JSON text."""

    KIND: ClassVar[str] = "outputs.reported"
    outputs: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogWritten(Event):
    """A line for the log pane that is no other event."""

    KIND: ClassVar[str] = "log.written"
    text: str
    level: str = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingChecked(Event):
    """One setting of the remote state: what it should be, what was found, what was done about it."""

    KIND: ClassVar[str] = "setting.checked"
    name: str
    wanted: str
    found: str
    action: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GateChecked(Event):
    """A phase's gate: `outcome` is pass, fail or unknown; `sentence` says why."""

    KIND: ClassVar[str] = "gate.checked"
    gate: str
    outcome: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofRecorded(Event):
    """What a follow-up of a stage showed: `outcome` is proven, not-proven-here or failed.

    `details` hold one line per object (rows per table).
    """

    KIND: ClassVar[str] = "proof.recorded"
    subject: str
    outcome: str
    sentence: str
    details: tuple[str, ...] = ()
    stage: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelRequested(Event):
    """Somebody asked the run to stop; `how` is stop (one SIGINT) or kill."""

    KIND: ClassVar[str] = "cancel.requested"
    how: str
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateBackedUp(Event):
    """The state as it was before this apply lies at `location`; `serial` is Terraform's own."""

    KIND: ClassVar[str] = "state.backed-up"
    location: str
    serial: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryFound(Event):
    """Something an earlier run left behind: `finding` is one of attach, errored-state, lock, tainted, lost-state."""

    KIND: ClassVar[str] = "recovery.found"
    finding: str
    sentence: str
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryDone(Event):
    """What was done about a finding."""

    KIND: ClassVar[str] = "recovery.done"
    finding: str
    sentence: str
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftoverFound(Event):
    """After a destroy: something that still exists. `by_nature` tells the written list from what should not be."""

    KIND: ClassVar[str] = "leftover.found"
    name: str
    sentence: str
    by_nature: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished(Event):
    """The last event of every run. `counts` are what Terraform itself reported; `error` is a WizardError document."""

    KIND: ClassVar[str] = "run.finished"
    outcome: str
    exit_code: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    sentence: str = ""
    error: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownEvent(Event):
    """An event of a newer wizard: kept, not understood."""

    KIND: ClassVar[str] = "unknown"
    kind: str
    fields: dict[str, Json]


EVENTS: dict[str, type[Event]] = {cls.KIND: cls for cls in Event.__subclasses__() if cls.KIND != "unknown"}

_ENVELOPE_KEYS = ("v", "seq", "at", "run", "kind")


class JournalTooNewError(WizardError):
    """The journal was written by a newer wizard in a form this one does not read."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """An event with its place: run, sequence number within that run (from 1, no gaps), and time (UTC)."""

    seq: int
    at: datetime
    run: str
    event: Event

    def to_json(self) -> str:
        """Return the journal line, without the newline."""
        event = self.event
        if isinstance(event, UnknownEvent):
            kind, body = event.kind, dict(event.fields)
        else:
            kind = event.KIND
            body = {f.name.rstrip("_"): getattr(event, f.name) for f in dataclasses.fields(event)}
        at = self.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        head = {"v": JOURNAL_VERSION, "seq": self.seq, "at": at, "run": self.run, "kind": kind}
        return json.dumps(head | body, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, line: str | bytes) -> Self:
        """Read a journal line.

        Raises ValueError where the line is not a whole event (a cut line), JournalTooNewError for a newer version.
        """
        raw = json.loads(line)
        if not isinstance(raw, dict):
            raise ValueError("an event is a JSON object")
        document = cast("dict[str, Json]", raw)
        version = document.get("v")
        if isinstance(version, int) and version > JOURNAL_VERSION:
            raise JournalTooNewError(
                "JOURNAL-NEWER",
                f"This journal has version {version}; this wizard reads version {JOURNAL_VERSION}.",
                why="A newer autocorp-wizard wrote it.",
                next_step="Upgrade autocorp-wizard on this machine, then run the command again.",
            )
        seq, at, run, kind = (document.get(key) for key in _ENVELOPE_KEYS[1:])
        if not (isinstance(seq, int) and isinstance(at, str) and isinstance(run, str) and isinstance(kind, str)):
            raise ValueError("an event carries seq, at, run and kind")
        body = {key: value for key, value in document.items() if key not in _ENVELOPE_KEYS}
        return cls(seq, datetime.fromisoformat(at), run, _event(kind, body))


def _event(kind: str, body: Mapping[str, Json]) -> Event:
    cls = EVENTS.get(kind)
    if cls is None:
        return UnknownEvent(kind=kind, fields=dict(body))
    known: dict[str, object] = {}
    for f in dataclasses.fields(cls):
        name = f.name.rstrip("_")
        if name in body:
            value = body[name]
            known[f.name] = tuple(value) if isinstance(value, list) else value
    try:
        return cls(**known)
    except TypeError as error:
        raise ValueError(f"{kind}: {error}") from error
