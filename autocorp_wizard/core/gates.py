"""The gates in front of a phase, as data: what must be true before it may be planned and applied.

A fact that could not be looked at is unknown, which is no pass: the phase waits and says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from autocorp_wizard.core.phases import Phase


class Fact(StrEnum):
    """Something that can be looked up before a phase."""

    STATE = "remote-state"
    FOUNDATION = "foundation-applied"
    GLUE = "glue-applied"
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


GATES: tuple[Gate, ...] = (
    Gate("foundation", Fact.STATE, "the remote state is ready", "autocorp-wizard bootstrap"),
    Gate("glue", Fact.FOUNDATION, "phase 1 (foundation) is applied", "autocorp-wizard apply foundation"),
    Gate("dms", Fact.FOUNDATION, "phase 1 (foundation) is applied", "autocorp-wizard apply foundation"),
    Gate("dms", Fact.SECRET, "the source's password lies in the secret", "autocorp-wizard secret set"),
    Gate("dms-start", Fact.CONNECTIONS, "both endpoints passed their connection test", "autocorp-wizard dms test"),
    Gate("datasync", Fact.FOUNDATION, "phase 1 (foundation) is applied", "autocorp-wizard apply foundation"),
    Gate("datasync", Fact.AGENT, "the DataSync agent is online", "autocorp-wizard agent activate"),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A gate as it was found: `passed` is None where the fact is unknown."""

    gate: Gate
    passed: bool | None

    @property
    def outcome(self) -> str:
        """`pass`, `fail` or `unknown`, as the journal has it."""
        return {True: "pass", False: "fail", None: "unknown"}[self.passed]

    @property
    def sentence(self) -> str:
        """What was found, in words."""
        said = {True: "Yes", False: "Not yet", None: "Not known"}[self.passed]
        return f"{said}: {self.gate.sentence}."


def judge(stage: str, facts: Mapping[Fact, bool | None]) -> tuple[Verdict, ...]:
    """Return the verdict of every gate of a stage; a fact that is not in `facts` is unknown."""
    return tuple(Verdict(gate, facts.get(gate.fact)) for gate in GATES if gate.stage == stage)


def applied_facts(phases: frozenset[Phase]) -> dict[Fact, bool | None]:
    """Return the facts that follow from the phases found in the state."""
    return {Fact.FOUNDATION: Phase.FOUNDATION in phases, Fact.GLUE: Phase.GLUE in phases}
