"""How a run ended: success is said only with proof."""

from dataclasses import replace

import pytest

from autocorp_wizard.core.events import Operation, RunFinished
from autocorp_wizard.core.request import Request
from autocorp_wizard.core.runstate import RunState
from autocorp_wizard.tui.verdict import raw_of, verdict_of
from tests.tui.fakes import FakeEngine
from tests.tui.handmade import apply_events, bootstrap_events, plan_events, sample_plan

APPLY = Request(operation=Operation.APPLY, environment="rehearsal", phase="foundation")


def state_of(events: list, *, written: int = 10_000) -> RunState:
    engine = FakeEngine()
    run = engine.add(APPLY, events)
    engine.advance(run, written)
    return engine.state(run)


def test_an_apply_that_is_going_on_has_no_verdict() -> None:
    assert verdict_of(state_of(apply_events(APPLY, sample_plan()), written=5), "running") is None


def test_success_wants_the_outcome_and_terraforms_own_summary() -> None:
    verdict = verdict_of(state_of(apply_events(APPLY, sample_plan())), "succeeded")
    assert verdict is not None
    assert verdict.is_proven_success
    assert "Terraform reports 8 added, 0 changed, 0 removed." in verdict.lines


def test_a_success_without_the_summary_is_not_painted_as_one() -> None:
    verdict = verdict_of(state_of(apply_events(APPLY, sample_plan(), proof=False)), "succeeded")
    assert verdict is not None
    assert not verdict.is_proven_success
    assert "summary is missing" in verdict.title


def test_a_failure_leads_with_what_why_and_what_next() -> None:
    verdict = verdict_of(state_of(apply_events(APPLY, sample_plan(), fails=True)), "failed")
    assert verdict is not None
    assert verdict.tone == "error"
    assert verdict.title == "AWS refused to create a subnet."
    assert verdict.lines[0] == "The role lacks ec2:CreateSubnet."
    assert verdict.next_step.startswith("Give the role")


def test_the_raw_text_of_a_failure_is_whole() -> None:
    assert "https response error StatusCode: 403" in raw_of(state_of(apply_events(APPLY, sample_plan(), fails=True)))


@pytest.mark.parametrize("status", ["lost"])
def test_a_lost_run_is_no_failure_and_no_success(status: str) -> None:
    verdict = verdict_of(state_of(apply_events(APPLY, sample_plan()), written=6), status)
    assert verdict is not None
    assert "was lost" in verdict.title
    assert "Recover" in verdict.next_step


def test_a_stopped_run_says_how_far_it_came() -> None:
    events = [*apply_events(APPLY, sample_plan())[:22], RunFinished(outcome="cancelled", exit_code=130)]
    verdict = verdict_of(state_of(events), "cancelled")
    assert verdict is not None
    assert verdict.tone == "warn"
    assert "of 8 changes were finished" in verdict.lines[0]


def test_a_plan_and_a_bootstrap_say_what_came_of_them() -> None:
    plan = verdict_of(state_of(plan_events(APPLY, sample_plan())), "succeeded")
    assert plan is None or "8 create" in plan.title or plan.tone
    request = replace(APPLY, operation=Operation.BOOTSTRAP)
    engine = FakeEngine()
    run = engine.add(request, bootstrap_events(request))
    engine.finish(run)
    verdict = verdict_of(engine.state(run), "succeeded")
    assert verdict is not None
    assert verdict.lines == ("4 settings looked at, 3 changed.",)
