"""A stage begins when its gates are passed; what nobody looked at is no pass."""

from autocorp_wizard.core import gates
from autocorp_wizard.core.gates import Fact, Finding
from autocorp_wizard.core.phases import STAGES, Phase


def test_every_gate_is_in_front_of_a_stage_that_exists() -> None:
    assert {gate.stage for gate in gates.GATES} <= {stage.name for stage in STAGES}


def test_every_stage_has_a_gate() -> None:
    assert {stage.name for stage in STAGES} == {gate.stage for gate in gates.GATES}


def test_what_was_not_looked_at_is_unknown_and_not_passed() -> None:
    (verdict, *_) = gates.judge("datasync", {Fact.FOUNDATION: Finding(True)})[1:]
    assert verdict.gate.fact is Fact.AGENT
    assert verdict.passed is None
    assert verdict.outcome == "unknown"


def test_the_foundation_waits_for_the_remote_state_alone() -> None:
    assert [v.passed for v in gates.judge("foundation", {Fact.STATE: Finding(True)})] == [True]
    assert [v.passed for v in gates.judge("foundation", {Fact.STATE: Finding(False)})] == [False]


def test_replication_starts_after_both_connections_were_tested() -> None:
    facts = {Fact.DMS: Finding(True), Fact.CONNECTIONS: Finding(False, "source: failed, target: successful")}
    created, tested = gates.judge("dms-start", facts)
    assert (created.passed, tested.passed) == (True, False)
    assert "source: failed" in tested.sentence
    assert gates.facts_of("dms-start") == {Fact.DMS, Fact.CONNECTIONS}


def test_facts_follow_from_the_phases_in_the_state() -> None:
    found = gates.applied_facts(frozenset({Phase.FOUNDATION}))
    assert found == {Fact.FOUNDATION: Finding(True), Fact.GLUE: Finding(False)}
