"""The panels on a real server: what boto3 really sends and reads, for the services whose every call is emulated."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.status import Level
from autocorp_wizard.operate.look import Look
from autocorp_wizard.operate.observing import observe
from autocorp_wizard.operate.panels import COLLECTORS
from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from tests.operate.modelled import FixedState, subject

pytestmark = pytest.mark.slow


@pytest.fixture
def access(own_cloud: RehearsalCloud) -> CloudAccess:
    address = own_cloud.ensure()
    return CloudAccess(address.environment(), "us-east-1", address.account_id)


def look_on(access: CloudAccess, **outputs: object) -> Look:
    here = subject(account_id=access.account_id, region="us-east-1", secret="status/secret")
    return Look(access, here, FixedState(outputs=outputs))


def test_secret_alarms_budget_and_refresh_are_read(access: CloudAccess, tmp_path: Path):
    secrets, glue, cloudwatch = access.client("secretsmanager"), access.client("glue"), access.client("cloudwatch")
    sns, budgets = access.client("sns"), access.client("budgets")
    secrets.create_secret(Name="status/secret", SecretString="not looked at")
    trust = {"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = access.client("iam").create_role(
        RoleName="glue", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    glue.create_job(
        Name="refresh",
        Role=role["Role"]["Arn"],
        Command={"Name": "glueetl", "ScriptLocation": "s3://b/x"},
    )
    glue.create_workflow(Name="flow")
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    cloudwatch.put_metric_alarm(
        AlarmName="lag",
        Namespace="AWS/DMS",
        MetricName="CDCLatencyTarget",
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=3,
        Threshold=300,
        ComparisonOperator="GreaterThanThreshold",
        # Nothing replicates here, and silence counts as lag: the alarm rings by its own rule.
        TreatMissingData="breaching",
    )
    budgets.create_budget(
        AccountId=access.account_id,
        Budget={
            "BudgetName": "lake",
            "BudgetLimit": {"Amount": "200", "Unit": "USD"},
            "TimeUnit": "MONTHLY",
            "BudgetType": "COST",
        },
    )
    found = observe(
        look_on(
            access,
            glue_refresh_job_name="refresh",
            glue_workflow_name="flow",
            alarm_names=["lag", "never made"],
            alarm_topic_arn=topic,
            budget_name="lake",
        ),
        collectors=[each for each in COLLECTORS if each.name in ("secret", "glue", "alarms", "budget")],
    )
    readings = {f"{p.name}.{r.name}": r for p in found.panels for r in p.readings}
    assert readings["secret.value"].level is Level.OK
    assert datetime.now(UTC) - readings["secret.value"].at < timedelta(minutes=5)
    assert readings["glue.refresh"].sentence == "never ran"
    assert readings["glue.workflow"].sentence == "never ran"
    assert readings["alarms.alarms"].sentence == "in alarm: lag"
    assert "never made" in readings["alarms.gone"].sentence
    assert readings["alarms.subscriptions"].level is Level.WARN
    assert readings["budget.budget"].source == "budgets:DescribeBudget"
    assert found.panel("glue").level is Level.WARN
    assert "not looked at" not in str(found.as_document())


def test_what_was_removed_by_hand_is_a_failure(access: CloudAccess):
    outputs = {
        "glue_refresh_job_name": "gone",
        "glue_workflow_name": "gone",
        "athena_workgroup_name": "gone",
        "budget_name": "gone",
        "alarm_topic_arn": f"arn:aws:sns:us-east-1:{access.account_id}:gone",
    }
    found = observe(
        look_on(access, **outputs),
        collectors=[each for each in COLLECTORS if each.name in ("secret", "glue", "athena", "alarms", "budget")],
    )
    gone = {p.name for p in found.panels for r in p.readings if r.reason and r.reason.why == "gone"}
    assert gone == {"secret", "glue", "athena", "alarms", "budget"}
    assert Phase.GLUE in found.phases
