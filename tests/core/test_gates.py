"""A phase begins when its gates are passed; what nobody looked at is no pass."""

from autocorp_wizard.core import gates
from autocorp_wizard.core.gates import Fact
from autocorp_wizard.core.phases import STAGES, Phase


def test_every_gate_is_in_front_of_a_stage_that_exists() -> None:
    assert {gate.stage for gate in gates.GATES} <= {stage.name for stage in STAGES}


def test_what_was_not_looked_at_is_unknown_and_not_passed() -> None:
    (verdict, *_) = gates.judge("datasync", {Fact.FOUNDATION: True})[1:]
    assert verdict.gate.fact is Fact.AGENT
    assert verdict.passed is None
    assert verdict.outcome == "unknown"


def test_the_foundation_waits_for_the_remote_state_alone() -> None:
    assert [v.passed for v in gates.judge("foundation", {Fact.STATE: True})] == [True]
    assert [v.passed for v in gates.judge("foundation", {Fact.STATE: False})] == [False]


def test_facts_follow_from_the_phases_in_the_state() -> None:
    assert gates.applied_facts(frozenset({Phase.FOUNDATION})) == {Fact.FOUNDATION: True, Fact.GLUE: False}
