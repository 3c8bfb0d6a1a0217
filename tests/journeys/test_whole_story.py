"""One environment from an empty home to nothing left, through the installed command: real Terraform, real provider.

The story is told once; each test asks one thing of it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from autocorp_wizard.rehearsal.faultrules import FaultKind
from autocorp_wizard.rehearsal.source import SourceDatabase
from tests.journeys import secrets
from tests.journeys.faults import Struck, strike, target_of
from tests.journeys.wizard import Document, Ran, Wizard, gaps

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("whole-story")]


@dataclass
class Story:
    """What was seen on the way."""

    wizard: Wizard
    password: str
    before_the_kill: list[Document]
    attached: Ran
    deployed: Ran
    buckets: list[str]
    roles: list[str]
    secret_value: Document
    endpoints: list[str]
    lake: Document
    again: Ran
    again_told: Ran
    faults: list[Struck]
    found_secrets: list[str]
    found_control: list[str]
    refused: Ran
    destroyed: Ran
    after: Ran


@pytest.fixture(scope="module")
def story(new_wizard: Callable[[str], Wizard]) -> Story:
    wizard = new_wizard("story")
    made = {"count": 0}

    def some_are_made(event: Document) -> bool:
        made["count"] += event["kind"] == "resource.finished" and event["action"] == "create"
        return made["count"] >= 5

    before = wizard.run_until(some_are_made, "rehearse", "--plain", "--yes")
    attached = wizard.run("runs", "attach", "--env", "rehearsal", "--json")
    deployed = wizard.run("env", "show", "rehearsal", "--json")
    lake = whole_lake(wizard)
    again = wizard.run("rehearse", "--plain", "--yes")
    newest = wizard.run("runs", "list", "--json").document["runs"]
    rollout = next(run["run"] for run in newest if run["operation"] == "rollout")
    again_told = wizard.run("runs", "attach", rollout, "--json")
    address = SourceDatabase(wizard.home).ensure()
    password = address.password_of(address.replication_user)
    value = wizard.client("secretsmanager").get_secret_value(SecretId="autocorp/rehearsal/postgres/password")
    buckets = [b["Name"] for b in wizard.client("s3").list_buckets()["Buckets"]]
    roles = [r["RoleName"] for r in wizard.client("iam").list_roles()["Roles"]]
    endpoints = [e["ServiceName"] for e in wizard.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]]
    faults = [
        strike(wizard, target_of("foundation", "iam"), FaultKind.DENY),
        strike(wizard, target_of("datasync", "datasync"), FaultKind.THROTTLE),
    ]
    # The cloud's own memory holds the secret as Secrets Manager does, and the database's folder its passwords.
    kept = ("rehearsal/",)
    found = secrets.where(password, wizard.home, leave_out=kept)
    control = wizard.home / "runs" / "planted"
    control.write_text(json.dumps({"x": f"postgres://u:{password}@h"}))
    found_control = secrets.where(password, wizard.home, leave_out=kept)
    control.unlink()
    refused = wizard.run("destroy", "--env", "rehearsal", "--yes")
    destroyed = wizard.run("destroy", "--env", "rehearsal", "--confirm", "rehearsal", "--json")
    after = wizard.run("env", "show", "rehearsal", "--json")
    return Story(
        wizard, password, before, attached, deployed, buckets, roles, json.loads(value["SecretString"]), endpoints,
        lake, again, again_told, faults, found, found_control, refused, destroyed, after,
    )  # fmt: skip


def whole_lake(wizard: Wizard) -> Document:
    """What plain boto3 sees of the later phases."""
    glue, dms, datasync = (wizard.client(name) for name in ("glue", "dms", "datasync"))
    tasks = dms.describe_replication_tasks()["ReplicationTasks"]
    arn = tasks[0]["ReplicationTaskArn"]
    return {
        "jobs": glue.list_jobs(MaxResults=100)["JobNames"],
        "crawlers": glue.list_crawlers()["CrawlerNames"],
        "workflows": glue.list_workflows()["Workflows"],
        "task": [task["Status"] for task in tasks],
        "rows": {
            each["TableName"]: each["FullLoadRows"]
            for each in dms.describe_table_statistics(ReplicationTaskArn=arn)["TableStatistics"]
        },
        "transfers": datasync.list_tasks()["Tasks"],
        "workgroups": [each["Name"] for each in wizard.client("athena").list_work_groups()["WorkGroups"]],
        "alarms": [each["AlarmName"] for each in wizard.client("cloudwatch").describe_alarms()["MetricAlarms"]],
    }


def finished(events: list[Document], operation: str) -> Document:
    """The end of the (last) run of an operation."""
    runs = {e["run"] for e in events if e["kind"] == "run.started" and e["operation"] == operation}
    return [e for e in events if e["kind"] == "run.finished" and e["run"] in runs][-1]


def test_a_killed_wizard_does_not_touch_the_run_and_attach_shows_all_of_it(story: Story) -> None:
    assert story.attached.code == 0, story.attached.err
    events = story.attached.events
    seen = {(e["run"], e["seq"]) for e in events}
    assert {(e["run"], e["seq"]) for e in story.before_the_kill} <= seen
    assert finished(events, "rollout")["outcome"] == "succeeded"


def test_sequences_have_no_gaps(story: Story) -> None:
    for ran in (story.attached, story.again_told, story.destroyed):
        assert gaps(ran.events) == []


def test_success_is_terraforms_own_count(story: Story) -> None:
    events = story.attached.events
    stage_of = {e["run"]: e["stage"] for e in events if e["kind"] == "run.started" and e["operation"] == "apply"}
    assert list(stage_of.values()) == ["foundation", "glue", "dms", "dms-start", "datasync"]
    for run, stage in stage_of.items():
        planned = next(e for e in events if e["kind"] == "plan.ready" and e["run"] == run)["counts"]
        end = next(e for e in events if e["kind"] == "run.finished" and e["run"] == run)
        assert {name: end["counts"][name] for name in ("create", "update")} == {
            name: planned[name] for name in ("create", "update")
        }
        assert planned["create"] > {"foundation": 40, "glue": 40}.get(stage, 0) or stage == "dms-start"


def test_every_stage_is_proven_and_what_is_not_is_said(story: Story) -> None:
    for ran in (story.attached, story.again_told):
        proofs = {e["subject"]: e for e in ran.events if e["kind"] == "proof.recorded"}
        assert {name for name, e in proofs.items() if e["outcome"] == "proven"} == {
            "agent", "connection-test", "first-job-runs", "first-transfer", "full-load",
        }  # fmt: skip
        assert proofs["tables-in-lake"]["outcome"] == "not-proven-here"
        assert len(proofs["full-load"]["details"]) == 7
    assert "Not proven here" in story.again.out + story.again.err


def test_it_says_what_was_deployed(story: Story) -> None:
    assert story.deployed.code == 0
    assert story.deployed.document["applied"]["phases"] == ["foundation", "glue", "dms", "datasync"]
    assert "data_lake_bucket_id" in story.again.out
    assert "autocorp-datalake-rehearsal-" in story.again.out


def test_a_second_rollout_changes_nothing(story: Story) -> None:
    assert story.again.code == 0
    events = story.again_told.events
    assert not any(e["kind"] == "resource.finished" and e["action"] != "read" for e in events)
    assert "nothing to change" in finished(events, "rollout")["sentence"]


@pytest.mark.parametrize("number", [0, 1], ids=["foundation-iam-deny", "datasync-datasync-throttle"])
def test_a_fault_has_a_card_and_the_next_apply_finishes(story: Story, number: int) -> None:
    story.faults[number].judge()


def test_plain_boto3_sees_buckets_roles_secret_and_endpoints(story: Story) -> None:
    assert {name.rsplit("-", 1)[0] for name in story.buckets} >= {
        "autocorp-datalake-rehearsal", "autocorp-logs-rehearsal",
    }  # fmt: skip
    assert {"autocorp-rehearsal-glue-job", "autocorp-rehearsal-datasync", "dms-vpc-role"} <= set(story.roles)
    assert any(name.endswith(".s3") for name in story.endpoints)
    assert any(name.endswith(".secretsmanager") for name in story.endpoints)


def test_plain_boto3_sees_the_whole_lake(story: Story) -> None:
    lake = story.lake
    assert len(lake["jobs"]) >= 7
    assert len(lake["crawlers"]) == 2
    assert len(lake["workflows"]) == 1
    assert lake["task"] == ["running"]
    assert len(lake["rows"]) == 7
    assert all(rows > 0 for rows in lake["rows"].values()), lake["rows"]
    assert len(lake["transfers"]) == 4
    assert "autocorp-rehearsal" in lake["workgroups"]
    assert len(lake["alarms"]) >= 5


def test_the_secret_holds_what_the_source_wants(story: Story) -> None:
    assert story.secret_value["password"] == story.password
    assert {"host", "port", "dbname", "username"} <= set(story.secret_value)


def test_no_secret_is_anywhere_and_the_planted_one_is_found(story: Story) -> None:
    assert story.found_secrets == []
    assert story.found_control == ["runs/planted"]


def test_yes_alone_destroys_nothing(story: Story) -> None:
    assert story.refused.code == 2
    assert "--confirm" in story.refused.err + story.refused.out


def test_destroy_leaves_exactly_what_stays_by_nature(story: Story) -> None:
    events = story.destroyed.events
    assert story.destroyed.code == 0, story.destroyed.err
    left = [e for e in events if e["kind"] == "leftover.found"]
    assert left, "the state bucket stays, so something must be named"
    assert [e["name"] for e in left if not e["by_nature"]] == []
    clients = story.wizard.client
    buckets = [b["Name"] for b in clients("s3").list_buckets()["Buckets"]]
    assert [name for name in buckets if "terraform-state" not in name] == []
    assert clients("iam").list_roles()["Roles"] == []
    assert clients("secretsmanager").list_secrets()["SecretList"] == []
    assert clients("ec2").describe_vpc_endpoints()["VpcEndpoints"] == []


def test_afterwards_nothing_is_deployed(story: Story) -> None:
    assert story.after.code == 0
    assert story.after.document.get("applied", {}) in ({}, None) or not story.after.document["applied"]["phases"]
