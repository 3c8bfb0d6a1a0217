"""Which phase an address belongs to, which stage is due, and what a stage asks of Terraform."""

import pytest

from autocorp_wizard.core import phases
from autocorp_wizard.core.followups import FOLLOW_UPS, PREPARATIONS, UNPROVEN, unproven_of
from autocorp_wizard.core.phases import AVAILABLE, STAGES, Phase
from autocorp_wizard.core.proofs import Proven
from autocorp_wizard.core.statefile import RemoteState, StateResource


@pytest.mark.parametrize(
    ("address", "phase", "owner"),
    [
        ("module.s3.aws_s3_bucket.lake", Phase.FOUNDATION, Phase.FOUNDATION),
        ('module.glue[0].aws_glue_job.table["a.b"]', Phase.GLUE, Phase.GLUE),
        ("module.athena[0].aws_athena_workgroup.lake", Phase.GLUE, Phase.GLUE),
        ("module.monitoring.aws_sns_topic.alarms", Phase.FOUNDATION, Phase.FOUNDATION),
        ('module.monitoring.aws_cloudwatch_metric_alarm.dms_cdc_latency["source"]', Phase.DMS, Phase.FOUNDATION),
        ("module.monitoring.aws_cloudwatch_metric_alarm.glue_failed_runs", Phase.GLUE, Phase.FOUNDATION),
        ("module.monitoring.aws_cloudwatch_metric_alarm.athena_failed[0]", Phase.GLUE, Phase.FOUNDATION),
        ('module.monitoring.aws_cloudwatch_event_rule.datasync_error["x_y.z"]', Phase.DATASYNC, Phase.FOUNDATION),
        ("terraform_data.guard", None, None),
    ],
)
def test_what_watches_a_phase_belongs_to_it_and_does_not_make_it_applied(
    address: str, phase: Phase | None, owner: Phase | None
) -> None:
    assert phases.phase_of_address(address) is phase
    assert phases.owner_of_address(address) is owner


def test_an_alarm_that_is_left_over_makes_no_phase_applied() -> None:
    alarm = StateResource("module.monitoring.aws_cloudwatch_metric_alarm.dms_lag", "aws_cloudwatch_metric_alarm", {})
    state = RemoteState(1, "l", "1.11", (alarm,), {})
    assert alarm.phase is Phase.DMS
    assert state.phases == {Phase.FOUNDATION}


def test_every_phase_is_rolled_out() -> None:
    assert tuple(Phase) == AVAILABLE
    assert {stage.phase for stage in STAGES} == set(Phase)


@pytest.mark.parametrize(
    ("created", "started", "tested", "due"),
    [
        (False, False, False, "dms"),
        (True, False, False, "dms"),
        (True, False, True, "dms-start"),
        (True, True, True, "dms"),
    ],
)
def test_replication_starts_once_after_its_connections_were_tested(
    *, created: bool, started: bool, tested: bool, due: str
) -> None:
    assert phases.next_stage(Phase.DMS, created=created, started=started, tested=tested).name == due
    assert phases.next_stage(Phase.GLUE, created=created, started=started, tested=tested).name == "glue"


def test_what_was_started_stays_started_in_every_later_plan() -> None:
    said = [phases.stage_variables(stage.name, Phase, started=True) for stage in STAGES]
    assert all(each == {"dms_start_replication": True} for each in said)
    assert phases.stage_variables("dms", Phase, started=False) == {"dms_start_replication": False}
    assert phases.stage_variables("dms-start", Phase, started=False) == {"dms_start_replication": True}
    assert phases.stage_variables("destroy-dms", [Phase.FOUNDATION], started=True) == {"dms_start_replication": False}


@pytest.mark.parametrize(("flag", "outputs"), [("true", {}), ("false", {"dms_replication_started": True})])
def test_the_state_says_that_replication_was_started(flag: str, outputs: dict[str, bool]) -> None:
    task = StateResource(
        "module.dms[0].aws_dms_replication_task.lake", "aws_dms_replication_task", {"start_replication_task": flag}
    )
    assert RemoteState(1, "l", "1.11", (task,), {**outputs}).replication_started


def test_every_follow_up_belongs_to_a_stage_and_has_a_name_of_its_own() -> None:
    every = (*PREPARATIONS, *FOLLOW_UPS, *UNPROVEN)
    assert {each.stage for each in every} <= {stage.name for stage in STAGES}
    assert len({each.subject for each in every}) == len(every)


def test_what_nobody_shows_is_said_in_the_words_of_its_cloud() -> None:
    (here,) = unproven_of("dms-start", rehearsal=True)
    (there,) = unproven_of("dms-start", rehearsal=False)
    assert here.proven is there.proven is Proven.NOT_HERE
    assert "rehearsal" in here.sentence
    assert "rehearsal" not in there.sentence
    assert unproven_of("foundation", rehearsal=True) == ()
