"""The manual steps of a rollout and of the operation after it, as values: what, who, where, why, how, what proves it.

The steps are data (checklists/*.yaml); this module says what a step is, where one stands, and how its templates are
filled in.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from autocorp_wizard.core.events import Json
from autocorp_wizard.core.outputs import OUTPUT_PHASES

MANUAL: Final = "manual"
STEP_ID: Final = re.compile(r"^[a-z](-?[a-z0-9])+$")
# A shell's own ${VARIABLE} is in capitals and stays as it is.
_TEMPLATE: Final = re.compile(r"\$\{([a-z][a-z0-9_]*)(?:\.([a-z][a-z0-9_]*))?\}")


class Who(StrEnum):
    """Whose step it is."""

    OPERATOR = "operator"
    DATABASE = "database-administrator"
    NETWORK = "network-administrator"
    PLATFORM = "platform-administrator"
    ACCOUNT = "account-administrator"
    ANALYST = "analyst"


class Moment(StrEnum):
    """What waits for the step, in the order of the rollout."""

    BOOTSTRAP = "bootstrap"
    FOUNDATION = "foundation"
    GLUE = "glue"
    DMS = "dms"
    DATASYNC = "datasync"
    OPERATE = "operate"


class State(StrEnum):
    """Where a step stands. `claimed`: somebody says so; `proven`: a probe saw it; `expired`: that is too long ago."""

    TODO = "todo"
    CLAIMED = "claimed"
    PROVEN = "proven"
    SKIPPED = "skipped"
    EXPIRED = "expired"


class Kind(StrEnum):
    """What a record of evidence says about its step."""

    CLAIMED = "claimed"
    PROVEN = "proven"
    REFUTED = "refuted"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Command:
    """Something to copy: `language` is shell or sql, `text` a template."""

    what: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """One manual step. Texts are templates; `verify` names a probe, or `manual`; `expires_days` 0 means never."""

    id: str
    title: str
    phase: Moment
    who: Who
    where: str
    why: str
    evidence: str
    verify: str = MANUAL
    values: Mapping[str, str] = field(default_factory=dict)
    instructions: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ()
    expires_days: int = 0

    @property
    def has_probe(self) -> bool:
        """Whether the wizard can look for itself."""
        return self.verify != MANUAL

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything in it that may hold a template."""
        commands = tuple(command.text for command in self.commands)
        return (self.title, self.where, self.why, self.evidence, *self.values.values(), *self.instructions, *commands)


@dataclass(frozen=True, slots=True)
class Checklist:
    """One file of steps."""

    name: str
    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A file that was kept as evidence, under the hash of what was kept."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that was said or seen about a step. `previous` is the id of the record before it, for the chain."""

    id: str
    step: str
    kind: Kind
    at: datetime
    who: str
    text: str = ""
    probe: str = ""
    details: tuple[str, ...] = ()
    file: EvidenceFile | None = None
    previous: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a step stands, by which record, and until when that holds (None: for good)."""

    step: Step
    state: State
    record: Record | None = None
    until: datetime | None = None
    refuted: Record | None = None

    @property
    def is_open(self) -> bool:
        """Whether it waits to be done, for the first time or again."""
        return self.state in (State.TODO, State.EXPIRED)


def standing(step: Step, records: Iterable[Record], now: datetime) -> Standing:
    """Return where a step stands after its records (of any step, in any order).

    The latest word counts. A probe that says no takes back what was said before it.
    """
    own = sorted((each for each in records if each.step == step.id), key=lambda each: (each.at, each.id))
    if not own:
        return Standing(step, State.TODO)
    last = own[-1]
    if last.kind is Kind.REFUTED:
        return Standing(step, State.TODO, refuted=last)
    state = State(last.kind.value)
    # A claim after a proof takes nothing away from the proof while that still holds.
    proof = next((each for each in reversed(own) if each.kind in (Kind.PROVEN, Kind.REFUTED)), None)
    if last.kind is Kind.CLAIMED and proof is not None and proof.kind is Kind.PROVEN and _holds(step, proof, now):
        state, last = State.PROVEN, proof
    until = last.at + timedelta(days=step.expires_days) if step.expires_days else None
    return Standing(step, state if _holds(step, last, now) else State.EXPIRED, last, until)


def _holds(step: Step, record: Record, now: datetime) -> bool:
    return not step.expires_days or now <= record.at + timedelta(days=step.expires_days)


@dataclass(frozen=True, slots=True)
class Names:
    """What templates are filled from: the environment's answers and names, and the outputs of what is applied."""

    given: Mapping[str, Json]
    outputs: Mapping[str, Json]

    def fill(self, text: str) -> str:
        """Return a text with its templates filled in; a value that is not known yet says what will make it known."""
        return _TEMPLATE.sub(lambda found: self._value(found[1], found[2] or ""), text)

    def filled(self, step: Step) -> Step:
        """Return a step with every template filled in."""
        return replace(
            step,
            title=self.fill(step.title),
            where=self.fill(step.where),
            why=self.fill(step.why),
            evidence=self.fill(step.evidence),
            values={name: self.fill(value) for name, value in step.values.items()},
            instructions=tuple(map(self.fill, step.instructions)),
            commands=tuple(replace(each, text=self.fill(each.text)) for each in step.commands),
        )

    def _value(self, name: str, key: str) -> str:
        value = self.outputs.get(name)
        if value is None:
            value = self.given.get(name)
        if key and isinstance(value, dict):
            value = value.get(key)
        if value not in (None, "", [], {}):
            return _text(value)
        phase = OUTPUT_PHASES.get(name)
        if phase is not None:
            return f"<known after phase {phase.number} ({phase.value})>"
        return f"<{name}: not answered yet, see env edit>"


def templates(text: str) -> tuple[str, ...]:
    """Return the names that a text refers to."""
    return tuple(found[1] for found in _TEMPLATE.finditer(text))


def _text(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(_text, value))
    if isinstance(value, dict):
        return ",".join(f"{key}={_text(each)}" for key, each in value.items())
    return str(value)
