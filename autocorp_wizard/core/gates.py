"""The gates in front of a stage, as data: what must be true before it may be planned and applied.

A fact that could not be looked at is unknown, which is no pass: the stage waits and says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from autocorp_wizard.core.phases import Phase


class Fact(StrEnum):
    """Something that can be looked up before a stage."""

    STATE = "remote-state"
    FOUNDATION = "foundation-applied"
    GLUE = "glue-applied"
    DMS = "dms-created"
    SECRET = "secret-has-value"  # noqa: S105
    AGENT = "agent-online"
    CONNECTIONS = "connections-tested"


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition of one stage. `remedy` is the command that fulfils it."""

    stage: str
    fact: Fact
    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A fact as it was looked up: `holds` is None where nobody knows; `note` says what was seen, or why not."""

    holds: bool | None
    note: str = ""


_FOUNDATION = "phase 1 (foundation) is applied", "autocorp-wizard apply foundation"
_AGENT = "the DataSync agent is online", "autocorp-wizard agent activate"

GATES: tuple[Gate, ...] = (
    Gate("foundation", Fact.STATE, "the remote state is ready", "autocorp-wizard bootstrap"),
    Gate("glue", Fact.FOUNDATION, *_FOUNDATION),
    Gate("dms", Fact.FOUNDATION, *_FOUNDATION),
    Gate("dms", Fact.SECRET, "the source's password lies in the secret", "autocorp-wizard secret set"),
    Gate("dms-start", Fact.DMS, "the replication task is created", "autocorp-wizard apply dms"),
    Gate("dms-start", Fact.CONNECTIONS, "both endpoints passed their connection test", "autocorp-wizard dms test"),
    Gate("datasync", Fact.FOUNDATION, *_FOUNDATION),
    Gate("datasync", Fact.AGENT, *_AGENT),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A gate as it was found: `passed` is None where the fact is unknown."""

    gate: Gate
    passed: bool | None
    note: str = ""

    @property
    def outcome(self) -> str:
        """`pass`, `fail` or `unknown`, as the journal has it."""
        return {True: "pass", False: "fail", None: "unknown"}[self.passed]

    @property
    def sentence(self) -> str:
        """What was found, in words."""
        said = {True: "Yes", False: "Not yet", None: "Not known"}[self.passed]
        return f"{said}: {self.gate.sentence}{f' ({self.note})' if self.note else ''}."


def facts_of(stage: str) -> frozenset[Fact]:
    """Return what has to be known before a stage."""
    return frozenset(gate.fact for gate in GATES if gate.stage == stage)


def judge(stage: str, facts: Mapping[Fact, Finding]) -> tuple[Verdict, ...]:
    """Return the verdict of every gate of a stage; a fact that is not in `facts` is unknown."""
    unknown = Finding(None, "nobody looked")
    found = ((gate, facts.get(gate.fact, unknown)) for gate in GATES if gate.stage == stage)
    return tuple(Verdict(gate, finding.holds, finding.note) for gate, finding in found)


def applied_facts(phases: frozenset[Phase]) -> dict[Fact, Finding]:
    """Return the facts that follow from the phases found in the state."""
    return {Fact.FOUNDATION: Finding(Phase.FOUNDATION in phases), Fact.GLUE: Finding(Phase.GLUE in phases)}
