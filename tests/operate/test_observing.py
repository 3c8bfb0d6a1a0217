"""A look at a whole environment: what is well, what is broken, what cannot be known; each in its words and its code."""

import json
import threading
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.errors import ExitCode
from autocorp_wizard.core.iam_actions import iam_action
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.state_lock import LockInfo
from autocorp_wizard.core.status import Level, Report, Verdict, Why
from autocorp_wizard.operate.look import Collector, Look, Sheet
from autocorp_wizard.operate.observing import observe
from autocorp_wizard.operate.panels import CALLS, COLLECTORS
from tests.cli.command import judge
from tests.operate.healthy import AGO, HEALTHY, figures
from tests.operate.modelled import NOW, OUTPUTS, FixedState, ModelledCloud, Refusal, look

MODULES = [("s3", True), ("iam", True)]


def report(changes: Mapping[str, Any] | None = None, **look_changes: Any) -> Report:
    return observe(look(HEALTHY | dict(changes or {}), **look_changes), modules=MODULES)


def reading(found: Report, panel: str, name: str):
    here = found.panel(panel)
    assert here is not None
    each = here.reading(name)
    assert each is not None, [r.name for r in here.readings]
    return each


def promise(found: Report, name: str):
    return next(each for each in found.objectives if each.name == name)


def test_a_lake_that_is_well_keeps_its_promises():
    found = report()
    assert {panel.name: panel.level for panel in found.panels} == dict.fromkeys(
        [each.name for each in COLLECTORS], Level.OK
    )
    assert found.verdict is Verdict.KEPT
    assert found.exit_code() is ExitCode.OK
    met = {each.name: each.met for each in found.objectives}
    assert met == {
        "module-reuse": True,
        "cdc-lag": True,
        "glue-duration": True,
        "pipeline-success": True,
        "athena-time": True,
        "module-readme": True,
        "data-latency": None,
        "zero-drift": None,
        "code-coverage": None,
    }


def test_every_value_says_when_and_from_where_or_why_not():
    found = report({"dms:DescribeTableStatistics": Refusal("AccessDeniedFault", "no")})
    for panel in found.panels:
        for each in panel.readings:
            assert each.source, each
            assert (each.at is None) == (each.reason is not None), each


def test_the_document_is_as_its_schema_says():
    document = json.loads(json.dumps(report({"glue:GetCrawler": Refusal("AccessDeniedException")}).as_document()))
    judge(document, "status")


def test_the_calls_are_those_of_the_table():
    here = look(HEALTHY)
    observe(here, modules=MODULES)
    assert isinstance(here.access, ModelledCloud)
    assert frozenset(here.access.asked) | {"s3:GetObject"} == CALLS


def test_lag_is_read_with_the_tasks_own_two_dimensions():
    asked: list[Any] = []

    def latencies(params: Mapping[str, Any]) -> Mapping[str, Any]:
        asked.extend(query["MetricStat"]["Metric"] for query in params["MetricDataQueries"])
        return figures()(params)

    found = report({"cloudwatch:GetMetricData": latencies})
    assert reading(found, "dms", "lag").value == 12.0
    assert reading(found, "dms", "lag").at == AGO
    [target] = [metric for metric in asked if metric["MetricName"] == "CDCLatencyTarget"]
    assert {each["Name"]: each["Value"] for each in target["Dimensions"]} == {
        "ReplicationInstanceIdentifier": "autocorp-dev-replication",
        "ReplicationTaskIdentifier": "OURTASK",
    }


def test_lag_beyond_the_promise_breaks_it():
    found = report({"cloudwatch:GetMetricData": figures(lag=[20.0, 301.0])})
    assert promise(found, "cdc-lag").met is False
    assert reading(found, "dms", "lag").level is Level.OK
    assert found.exit_code() is ExitCode.FAILED


@pytest.mark.parametrize(("minutes", "level"), [(5, Level.OFF), (20, Level.UNKNOWN)])
def test_no_latency_is_not_a_latency_of_zero(minutes: int, level: Level):
    task = {
        "ReplicationTaskArn": "t",
        "Status": "running",
        "ReplicationTaskStartDate": NOW - timedelta(minutes=minutes),
    }
    found = report(
        {
            "dms:DescribeReplicationTasks": {"ReplicationTasks": [task]},
            "cloudwatch:GetMetricData": figures(lag=[]),
        }
    )
    assert reading(found, "dms", "lag").value is None
    assert reading(found, "dms", "lag").level is level
    assert promise(found, "cdc-lag").met is None


def test_a_refusal_names_the_permission_and_hides_nothing_else():
    found = report({"dms:DescribeTableStatistics": Refusal("AccessDeniedFault", "User is not authorized")})
    refused = reading(found, "dms", "tables")
    assert refused.reason is not None
    assert refused.reason.permission == "dms:DescribeTableStatistics"
    assert reading(found, "dms", "task").value == "running"
    assert found.verdict is Verdict.INCONCLUSIVE
    assert found.exit_code() is ExitCode.INCONCLUSIVE


@pytest.mark.parametrize("call", sorted(HEALTHY))
def test_whatever_is_refused_the_other_panels_stand(call: str):
    # The error code's spelling is the service's own.
    found = report({call: Refusal("AccessDenied")})
    broken = [panel.name for panel in found.panels if panel.level is not Level.OK]
    assert len(broken) == 1
    denied = [r.reason for p in found.panels for r in p.readings if r.reason]
    assert {each.why for each in denied} == {Why.DENIED}
    assert {each.permission for each in denied} == {iam_action(*call.split(":"))}


def unreachable(params: Mapping[str, Any]) -> Mapping[str, Any]:
    raise EndpointConnectionError(endpoint_url="https://dms.eu-central-1.amazonaws.com")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (unreachable, Why.UNREACHABLE),
        (Refusal("ExpiredTokenException"), Why.UNREACHABLE),
        (Refusal("ThrottlingException", "Rate exceeded"), Why.BROKEN),
        (Refusal("InternalFailure", status=500), Why.BROKEN),
        (Refusal("NotImplemented", status=501), Why.BROKEN),
    ],
)
def test_what_gets_no_answer_is_inconclusive(answer: Any, why: Why):
    found = report({"dms:DescribeReplicationInstances": answer})
    unseen = reading(found, "dms", "instance")
    assert unseen.value is None
    assert unseen.reason.why is why
    assert reading(found, "dms", "task").value == "running"
    assert found.exit_code() is ExitCode.INCONCLUSIVE


def test_what_the_state_names_and_aws_does_not_know_is_a_failure():
    found = report({"glue:GetWorkflow": Refusal("EntityNotFoundException"), "dms:DescribeReplicationTasks": {}})
    assert reading(found, "glue", "workflow").reason.why is Why.GONE
    assert found.verdict is Verdict.BROKEN


@pytest.mark.parametrize(
    ("call", "answer", "panel", "words"),
    [
        (
            "datasync:DescribeTask",
            {"Status": "AVAILABLE", "ScheduleDetails": {"DisabledBy": "SERVICE", "DisabledReason": "failed 5 times"}},
            "datasync",
            "turned off by the service",
        ),
        ("datasync:DescribeAgent", {"Status": "OFFLINE"}, "datasync", "agent OFFLINE"),
        (
            "dms:DescribeReplicationTasks",
            {"ReplicationTasks": [{"Status": "stopped", "StopReason": "Stop Reason FATAL_ERROR"}]},
            "dms",
            "FATAL_ERROR",
        ),
        (
            "dms:DescribeTableStatistics",
            {"TableStatistics": [{"SchemaName": "public", "TableName": "service", "TableState": "Table error"}]},
            "dms",
            "public.service",
        ),
        (
            "glue:GetJobRuns",
            {"JobRuns": [{"JobRunState": "FAILED", "ErrorMessage": "AnalysisException: no column"}]},
            "glue",
            "no column",
        ),
        (
            "cloudwatch:DescribeAlarms",
            {"MetricAlarms": [{"AlarmName": "autocorp-dev-dms-lag", "StateValue": "ALARM"}]},
            "alarms",
            "in alarm: autocorp-dev-dms-lag",
        ),
        ("cloudwatch:DescribeAlarms", {"MetricAlarms": []}, "alarms", "do not exist"),
        ("secretsmanager:ListSecretVersionIds", {"Versions": []}, "secret", "has no value"),
        (
            "dms:DescribeConnections",
            {"Connections": [{"Status": "failed", "LastFailureMessage": "Cannot connect to ODBC provider"}]},
            "dms",
            "Cannot connect to ODBC",
        ),
    ],
)
def test_what_is_broken_is_named(call: str, answer: Mapping[str, Any], panel: str, words: str):
    found = report({call: answer})
    here = found.panel(panel)
    assert here is not None
    assert here.level is Level.FAIL
    assert words in " ".join(r.sentence for r in here.readings if r.level is Level.FAIL)
    assert found.exit_code() is ExitCode.FAILED


def test_an_instance_that_runs_out_of_room_is_told_before_the_task_stops():
    found = report({"cloudwatch:GetMetricData": figures(host_storage=[0.4e9], host_cpu=[97.0])})
    assert reading(found, "dms", "host_storage").level is Level.FAIL
    assert reading(found, "dms", "host_cpu").level is Level.WARN


def test_a_warning_is_four_and_three_where_that_was_asked_for():
    nobody = report({"sns:ListSubscriptionsByTopic": {"Subscriptions": []}})
    assert nobody.verdict is Verdict.WARNINGS
    assert nobody.exit_code() is ExitCode.WARNINGS
    assert nobody.exit_code(fail_on_warn=True) is ExitCode.FAILED


def test_the_newest_transfer_is_found_at_either_end_of_the_listing():
    newest = f"exec-{3:017x}"

    def described(params: Mapping[str, Any]) -> Mapping[str, Any]:
        arn = params["TaskExecutionArn"]
        is_newest = arn.endswith(newest)
        return {
            "TaskExecutionArn": arn,
            "Status": "ERROR" if is_newest else "SUCCESS",
            "Result": {"ErrorDetail": "mount failed"} if is_newest else {},
            "StartTime": AGO - timedelta(hours=0 if is_newest else 1),
        }

    for turned in (False, True):
        listed = HEALTHY["datasync:ListTaskExecutions"]["TaskExecutions"]
        found = report(
            {
                "datasync:DescribeTaskExecution": described,
                "datasync:ListTaskExecutions": {"TaskExecutions": listed[::-1] if turned else listed},
            }
        )
        assert "mount failed" in reading(found, "datasync", "transfer:customers").sentence


def test_a_phase_that_is_not_deployed_is_no_gap():
    state = FixedState(addresses=("module.s3.aws_s3_bucket.lake",), outputs={"data_lake_bucket_id": "b"})
    found = report(state=state)
    assert found.phases == (Phase.FOUNDATION,)
    assert found.panel("dms").reason.why is Why.NOT_DEPLOYED
    assert promise(found, "cdc-lag").reason.why is Why.NOT_DEPLOYED
    assert found.verdict is Verdict.KEPT


def test_nothing_deployed_is_nothing_proven():
    found = report(state=FixedState(addresses=()))
    assert found.verdict is Verdict.NOT_DEPLOYED
    assert found.exit_code() is ExitCode.INCONCLUSIVE


def test_a_state_that_cannot_be_read_leaves_what_was_remembered():
    denied = CloudError("AUTH-DENIED", "AWS refused s3:GetObject.", action="s3:GetObject")
    here = look(HEALTHY, state=FixedState(error=denied))
    found = observe(here, {"outputs": OUTPUTS, "phases": ["foundation", "dms"]}, modules=MODULES)
    assert found.panel("state").level is Level.UNKNOWN
    assert reading(found, "dms", "task").value == "running"
    assert found.panel("glue").reason.why is Why.NOT_DEPLOYED
    assert promise(found, "module-reuse").reason.permission == "s3:GetObject"


def test_a_lock_held_for_hours_is_a_warning_with_its_holder():
    held = LockInfo("1", "OperationTypeApply", "anna@build", created=NOW - timedelta(hours=5))
    found = report(state=FixedState(held=held))
    assert reading(found, "state", "lock").level is Level.WARN
    assert "anna@build" in reading(found, "state", "lock").sentence


def test_a_panel_that_hangs_is_late_and_the_others_are_there():
    never = threading.Event()

    def hang(look: Look, sheet: Sheet) -> None:
        never.wait()

    slow = Collector("slow", "Slow", hang)
    try:
        found = observe(look(HEALTHY), collectors=(slow, *COLLECTORS[:2]), modules=MODULES, deadline=2.0)
    finally:
        never.set()
    assert found.panel("slow").reason.why is Why.LATE
    assert found.panel("secret").level is Level.OK
    assert found.verdict is Verdict.INCONCLUSIVE


def test_a_bug_of_ours_is_told_in_its_panel_and_the_others_stand():
    def wrong(look: Look, sheet: Sheet) -> None:
        raise KeyError("ours")

    found = observe(look(HEALTHY), collectors=(Collector("wrong", "Wrong", wrong), *COLLECTORS), modules=MODULES)
    assert "please report: KeyError" in found.panel("wrong").reason.sentence
    assert found.panel("dms").level is Level.OK
    assert found.exit_code() is ExitCode.INCONCLUSIVE
