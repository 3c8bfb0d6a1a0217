"""What gates ask is looked up by real calls; what AWS refuses to tell is unknown, with the reason."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.events import GateChecked, Operation
from autocorp_wizard.core.gates import Fact
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.request import Request
from autocorp_wizard.rollout import facts
from autocorp_wizard.rollout.standing import check_gates, stage_asked_for
from tests.rollout.staging import BUCKET, TASK, Answer, Cloud, context, denied, missing, state_of

AGENT = "arn:aws:datasync:us-east-1:999999999999:agent/agent-0123456789abcdef0"
WITH_AGENT = Environment("rehearsal", {"cloud": "rehearsal", "datasync_agent_arns": [AGENT]})


def connections(source: str, target: str) -> Cloud:
    def answer(operation: str, _: Mapping[str, object]) -> Answer:
        assert operation == "describe_connections"
        ends = {"arn:source": source, "arn:target": target}
        return {"Connections": [{"EndpointArn": arn, "Status": word} for arn, word in ends.items()]}

    return answer


def agent(status: str) -> Cloud:
    return lambda *_: {"Status": status}


@pytest.mark.parametrize(
    ("source", "target", "holds"),
    [("successful", "successful", True), ("failed", "successful", False), ("successful", "testing", False)],
)
def test_both_connections_must_have_been_tested(tmp_path: Path, source: str, target: str, *, holds: bool) -> None:
    ctx, _, _ = context(tmp_path, cloud=connections(source, target))
    found = facts.look_up(ctx, "dms-start", state_of(BUCKET, TASK))
    assert found[Fact.CONNECTIONS].holds is holds
    assert f"source: {source}" in found[Fact.CONNECTIONS].note


def test_what_was_never_tested_is_not_passed(tmp_path: Path) -> None:
    ctx, _, _ = context(tmp_path)
    found = facts.look_up(ctx, "dms-start", state_of(BUCKET, TASK))
    assert found[Fact.CONNECTIONS].holds is False
    assert "not tested" in found[Fact.CONNECTIONS].note


@pytest.mark.parametrize(("status", "holds"), [("ONLINE", True), ("OFFLINE", False)])
def test_the_agent_must_be_online(tmp_path: Path, status: str, *, holds: bool) -> None:
    ctx, _, _ = context(tmp_path, cloud=agent(status), environment=WITH_AGENT)
    assert facts.look_up(ctx, "datasync", state_of(BUCKET))[Fact.AGENT].holds is holds


def test_no_agent_and_an_agent_that_is_gone_are_no_agent(tmp_path: Path) -> None:
    ctx, _, access = context(tmp_path)
    assert facts.look_up(ctx, "datasync", state_of(BUCKET))[Fact.AGENT].holds is False
    assert access.calls == []
    ctx, _, _ = context(tmp_path, environment=WITH_AGENT)
    assert facts.look_up(ctx, "datasync", state_of(BUCKET))[Fact.AGENT].note.endswith("is gone")


def test_a_refused_look_closes_the_gate_with_its_reason(tmp_path: Path) -> None:
    ctx, recorder, _ = context(tmp_path, cloud=lambda operation, _: denied(operation), environment=WITH_AGENT)
    with pytest.raises(WizardError, match="not known to be so") as closed:
        check_gates(ctx, "datasync", state_of(BUCKET))
    assert closed.value.code == "GATE-CLOSED"
    assert "refused describe_agent" in closed.value.why
    checked = [event for event in recorder.events if isinstance(event, GateChecked)]
    assert [event.outcome for event in checked] == ["pass", "unknown"]


def test_only_what_a_stage_asks_is_looked_up(tmp_path: Path) -> None:
    ctx, _, access = context(tmp_path)
    facts.look_up(ctx, "glue", state_of(BUCKET))
    assert access.calls == []


@pytest.mark.parametrize(
    ("cloud", "started", "due"),
    [
        (connections("successful", "successful"), False, "dms-start"),
        (connections("failed", "successful"), False, "dms"),
        (lambda *_: denied("it"), False, "dms"),
        (lambda *_: missing("it"), True, "dms"),
    ],
)
def test_the_stage_that_is_due_follows_from_the_state_and_the_test(
    tmp_path: Path, cloud: Cloud, due: str, *, started: bool
) -> None:
    ctx, _, _ = context(tmp_path, cloud=cloud)
    assert stage_asked_for(ctx, Phase.DMS, state_of(BUCKET, TASK, started=started)) == due
    assert stage_asked_for(ctx, Phase.DMS, state_of(BUCKET)) == "dms"
    assert stage_asked_for(ctx, Phase.GLUE, state_of(BUCKET, TASK)) == "glue"


def test_a_stage_that_is_named_is_the_one(tmp_path: Path) -> None:
    request = Request(operation=Operation.PLAN, environment="rehearsal", phase="dms", stage="dms-start")
    ctx, _, access = context(tmp_path, request=request)
    assert stage_asked_for(ctx, Phase.DMS, state_of(BUCKET)) == "dms-start"
    assert access.calls == []
