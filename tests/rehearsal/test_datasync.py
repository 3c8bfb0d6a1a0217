"""DataSync in the rehearsal cloud as any client sees it: lives by the clock, refusals in its words, real transfers."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from autocorp_wizard.adapters.datasync_agent import fetch_key
from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rehearsal.faults import CloudControl
from autocorp_wizard.rehearsal.services.datasync_models import PATIENCE
from autocorp_wizard.rehearsal.source_exports import SHARE_HOST
from tests.rehearsal.datasync_bench import ALLOWED, LAKE, Bench, until

pytestmark = pytest.mark.slow


def refused(call: Callable[..., object], **parameters: object) -> tuple[str, str]:
    """Return DataSync's own code and the message of a refusal."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    told = caught.value.response
    return str(told.get("datasyncErrorCode") or told["Error"]["Code"]), str(told["Error"]["Message"])


def test_an_agent_is_made_of_a_key_once_and_has_a_life(bench: Bench) -> None:
    ds = bench.datasync
    assert refused(ds.create_agent, ActivationKey="AAAAA-BBBBB-CCCCC-DDDDD-EEEEE")[0] == "InvalidActivationKey"
    first = fetch_key(bench.cloud.agent_address(), "us-east-1").key
    second = fetch_key(bench.cloud.agent_address(), "us-east-1").key
    assert "not valid" in refused(ds.create_agent, ActivationKey=first)[1]
    bench.control.set_agent(key_age_seconds=31 * 60)
    assert "expired" in refused(ds.create_agent, ActivationKey=second)[1]
    elsewhere = fetch_key(bench.cloud.agent_address(), "eu-west-1").key
    assert "us-east-1" in refused(ds.create_agent, ActivationKey=elsewhere)[1]

    key = fetch_key(bench.cloud.agent_address(), "us-east-1").key
    arn = ds.create_agent(ActivationKey=key, AgentName="one", Tags=[{"Key": "Name", "Value": "one"}])["AgentArn"]
    assert arn.startswith("arn:aws:datasync:us-east-1:999999999999:agent/agent-0")
    assert ds.describe_agent(AgentArn=arn)["Status"] == "OFFLINE", "a new agent is offline for a moment"
    assert "used" in refused(ds.create_agent, ActivationKey=key)[1]
    bench.until_agent_is("ONLINE", arn)

    bench.control.unplug_agent()
    assert ds.describe_agent(AgentArn=arn)["Status"] == "ONLINE", "five minutes of silence are not over"
    bench.until_agent_is("OFFLINE", arn)
    bench.control.plug_agent()
    bench.until_agent_is("ONLINE", arn)

    ds.update_agent(AgentArn=arn, Name="renamed")
    ds.tag_resource(ResourceArn=arn, Tags=[{"Key": "Team", "Value": "data"}])
    ds.untag_resource(ResourceArn=arn, Keys=["Name"])
    assert ds.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "Team", "Value": "data"}]
    assert [each["Name"] for each in ds.list_agents()["Agents"]] == ["renamed"]
    ds.delete_agent(AgentArn=arn)
    assert "does not exist" in refused(ds.describe_agent, AgentArn=arn)[1]
    assert bench.agent() != arn, "its machine is set up anew"


@pytest.mark.full
def test_agent_and_keys_are_remembered_and_a_reset_makes_them_fresh(bench: Bench) -> None:
    arn = bench.agent()
    address = bench.cloud.agent_address()
    bench.control.save()
    bench.cloud.stop()
    bench.cloud.ensure()
    bench.until_agent_is("ONLINE", arn)
    assert bench.cloud.agent_address() == address
    assert CloudControl(bench.cloud).agent()["state"] == "ACTIVATED"
    assert bench.share.is_dir()
    bench.cloud.reset()
    bench.cloud.ensure()
    assert CloudControl(bench.cloud).agent()["state"] == "FRESH"
    assert bench.datasync.list_agents()["Agents"] == []


def test_locations_are_described_as_datasync_writes_them_and_changed_in_place(bench: Bench) -> None:
    ds, agent = bench.datasync, bench.agent()
    nfs = bench.nfs(agent, host="files.example.com", path="exports")
    described = ds.describe_location_nfs(LocationArn=nfs)
    assert described["LocationUri"] == "nfs://files.example.com/exports/"
    assert described["MountOptions"] == {"Version": "AUTOMATIC"}
    ds.update_location_nfs(LocationArn=nfs, Subdirectory="/other/", MountOptions={"Version": "NFS4_1"})
    assert ds.describe_location_nfs(LocationArn=nfs)["LocationUri"] == "nfs://files.example.com/other/"

    smb = ds.create_location_smb(
        ServerHostname="files.example.com",
        Subdirectory="/exports/",
        User="reader",
        Password="planted-7d1",
        AgentArns=[agent],
    )["LocationArn"]
    ds.update_location_smb(LocationArn=smb, User="other", Password="planted-7d2")
    shown = ds.describe_location_smb(LocationArn=smb)
    assert (shown["User"], shown["AuthenticationType"]) == ("other", "NTLM")
    bench.control.save()
    for path in (bench.share.parent / "state").rglob("*"):
        assert not path.is_file() or b"planted-7d" not in path.read_bytes()

    s3 = bench.bucket("customers")
    assert ds.describe_location_s3(LocationArn=s3)["LocationUri"] == f"s3://{LAKE}/raw/csv/customers/"
    ds.update_location_s3(LocationArn=s3, Subdirectory="/raw/csv/parts/")
    assert ds.describe_location_s3(LocationArn=s3)["LocationUri"] == f"s3://{LAKE}/raw/csv/parts/"
    assert "Invalid location type" in refused(ds.describe_location_nfs, LocationArn=s3)[1]
    assert len(ds.list_locations(MaxResults=2)["Locations"]) == 2
    assert (
        len(ds.list_locations(MaxResults=2, NextToken=ds.list_locations(MaxResults=2)["NextToken"])["Locations"]) == 1
    )


@pytest.mark.full
def test_what_is_in_use_is_not_deleted(bench: Bench) -> None:
    ds, agent = bench.datasync, bench.agent()
    task = bench.task(agent, "customers")
    described = ds.describe_task(TaskArn=task)
    assert refused(ds.delete_location, LocationArn=described["SourceLocationArn"])[0] == "LocationInUse"
    assert refused(ds.delete_agent, AgentArn=agent)[0] == "AgentInUse"
    running = bench.start(task)
    assert refused(ds.delete_task, TaskArn=task)[0] == "TaskInUse"
    bench.ended(running)
    ds.delete_task(TaskArn=task)
    assert ds.list_task_executions(TaskArn=task)["TaskExecutions"] == []
    ds.delete_location(LocationArn=described["SourceLocationArn"])
    ds.delete_agent(AgentArn=agent)


@pytest.mark.parametrize(
    ("operation", "parameters", "words"),
    [
        ("describe_agent", {"AgentArn": "agent-1"}, "'agentArn' failed to satisfy constraint"),
        ("create_agent", {"ActivationKey": "short"}, "'activationKey' failed to satisfy constraint"),
        ("list_agents", {"NextToken": "never-given"}, "token is not valid"),
        (
            "describe_task",
            {"TaskArn": "arn:aws:datasync:us-east-1:999999999999:task/task-00000000000000000"},
            "not found",
        ),
        ("create_location_efs", {"EfsFilesystemArn": "x", "Ec2Config": {}}, "rehearsal cloud does not have"),
    ],
)
def test_what_datasync_would_refuse_is_refused_in_its_words(
    bench: Bench, operation: str, parameters: dict[str, object], words: str
) -> None:
    import boto3
    from botocore.config import Config

    address = bench.cloud.ensure()
    # Other SDKs send what boto3 looks at before.
    careless = boto3.Session(address.access_key_id, address.secret_access_key, region_name="us-east-1").client(
        "datasync",
        endpoint_url=address.endpoint_url,
        verify=str(address.ca_bundle),
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
    )
    with pytest.raises(ClientError) as caught:
        getattr(careless, operation)(**parameters)
    assert words in str(caught.value)


def test_executions_pass_through_their_states_and_queue_behind_those_of_the_same_agent(bench: Bench) -> None:
    agent = bench.agent()
    first, second = bench.task(agent, "customers", report=True), bench.task(agent, "parts")
    one, two, three = bench.start(first), bench.start(second), bench.start(first)
    assert [bench.run(arn)["Status"] for arn in (one, two, three)] == ["LAUNCHING", "QUEUED", "QUEUED"]
    assert bench.datasync.describe_task(TaskArn=second)["Status"] == "QUEUED"
    assert bench.datasync.describe_task(TaskArn=first)["CurrentTaskExecutionArn"] == one
    seen: list[str] = []

    def watched() -> dict[str, object]:
        found = bench.run(one)
        if str(found["Status"]) not in seen:
            seen.append(str(found["Status"]))
        return found

    ended = until(watched, lambda found: found["Status"] == "SUCCESS")
    order = ["LAUNCHING", "PREPARING", "TRANSFERRING", "VERIFYING", "SUCCESS"]
    assert seen == [state for state in order if state in seen]
    assert ended["FilesTransferred"] == 1
    assert ended["ReportResult"] == {"Status": "SUCCESS"}
    last = bench.ended(three)
    assert (last["Status"], last["FilesTransferred"], last["FilesSkipped"]) == ("SUCCESS", 0, 1)
    other = bench.ended(two)
    assert other["LaunchTime"] >= ended["EndTime"]  # type: ignore[operator]
    assert last["LaunchTime"] >= other["EndTime"]  # type: ignore[operator]
    reports = bench.objects("logs/datasync/Summary-Reports/")
    assert len(reports) == 2, "one for each execution of the task that reports"
    report = next(key for key in reports if one.rpartition("/")[2] in key)
    told = json.loads(bench.s3.get_object(Bucket=LAKE, Key=report)["Body"].read())
    assert (told["filesTransferred"], told["status"]) == (1, "SUCCESS")


def test_nobody_needs_to_look_for_a_transfer_to_arrive(bench: Bench) -> None:
    bench.start(bench.task(bench.agent(), "customers"))
    until(lambda: {"objects": bench.objects()}, lambda found: bool(found["objects"]))
    assert bench.objects() == {"raw/csv/customers/customers.csv": (bench.share / "customers.csv").stat().st_size}


def test_a_task_that_must_not_queue_is_refused_while_its_agent_is_busy(bench: Bench) -> None:
    agent = bench.agent()
    task = bench.task(agent, "customers")
    running = bench.start(task)
    start = bench.datasync.start_task_execution
    options = {"TaskQueueing": "DISABLED"}
    assert refused(start, TaskArn=task, OverrideOptions=options)[0] == "TaskQueueingDisabled"
    bench.datasync.cancel_task_execution(TaskExecutionArn=running)
    assert bench.run(running)["Status"] == "CANCELLING"
    ended = bench.ended(running)
    assert (ended["Status"], ended["Result"]["ErrorCode"]) == ("ERROR", "Cancelled")  # type: ignore[index]
    assert bench.objects() == {}
    assert "cannot be cancelled" in refused(bench.datasync.cancel_task_execution, TaskExecutionArn=running)[1]


def without(action: str) -> dict[str, object]:
    """The role's policy without one action."""
    copy = json.loads(json.dumps(ALLOWED))
    for statement in copy["Statement"]:
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        statement["Action"] = [each for each in actions if each != action]
    copy["Statement"] = [each for each in copy["Statement"] if each["Action"]]
    return dict(copy)


@pytest.mark.parametrize(
    ("action", "code"),
    [
        ("s3:ListBucket", "FsS3HeadBucketFailed"),
        pytest.param("s3:GetBucketLocation", "FsS3HeadBucketFailed", marks=pytest.mark.full),
        ("s3:PutObject", "FsS3AccessDenied"),
        pytest.param("s3:GetObject", "FsS3AccessDenied", marks=pytest.mark.full),
    ],
)
def test_a_role_that_lacks_a_permission_fails_a_transfer(bench: Bench, action: str, code: str) -> None:
    task = bench.task(bench.agent(), "customers")
    bench.allow(without(action))
    ended = bench.ended(bench.start(task))
    result = ended["Result"]
    assert isinstance(result, dict)
    assert (ended["Status"], result["ErrorCode"]) == ("ERROR", code)
    assert f"not authorized to perform: {action}" in result["ErrorDetail"]
    assert bench.objects("raw/") == {}
    if action in ("s3:ListBucket", "s3:GetBucketLocation"):
        assert f"could not perform {action}" in refused_location(bench)


def refused_location(bench: Bench) -> str:
    with pytest.raises(ClientError) as caught:
        bench.bucket("parts")
    return str(caught.value)


def test_a_role_that_does_not_trust_datasync_is_refused_when_a_location_is_made(bench: Bench) -> None:
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "dms.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
    bench.iam.update_assume_role_policy(RoleName="transfers", PolicyDocument=json.dumps(trust))
    assert "Unable to assume role" in refused_location(bench)


def test_a_denial_of_the_bucket_itself_is_heard_too(bench: Bench) -> None:
    task = bench.task(bench.agent(), "customers")
    deny = {"Sid": "Closed", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [{**deny, "Resource": f"arn:aws:s3:::{LAKE}/raw/*"}]}
    bench.s3.put_bucket_policy(Bucket=LAKE, Policy=json.dumps(policy))
    result = bench.ended(bench.start(task))["Result"]
    assert isinstance(result, dict)
    assert "statement Closed" in result["ErrorDetail"]


@pytest.mark.full
def test_an_agent_that_is_off_makes_tasks_unavailable_and_executions_fail(bench: Bench) -> None:
    agent = bench.agent()
    task = bench.task(agent, "customers")
    assert bench.datasync.describe_task(TaskArn=task)["Status"] == "AVAILABLE"
    bench.control.unplug_agent()
    ended = bench.ended(bench.start(task))
    assert ended["Result"]["ErrorCode"] == "AgentOffline"  # type: ignore[index]
    found = until(
        lambda: bench.datasync.describe_task(TaskArn=task), lambda described: described["Status"] == "UNAVAILABLE"
    )
    assert found["ErrorCode"] == "AgentOffline"


def test_a_share_that_cannot_be_mounted_makes_its_task_unavailable(bench: Bench) -> None:
    agent = bench.agent()
    far = bench.datasync.describe_task(TaskArn=bench.task(agent, "customers", host="files.example.com"))
    assert (far["Status"], far["ErrorCode"]) == ("UNAVAILABLE", "MountFailed")
    source = bench.nfs(agent, path="/exports/../../state/")
    task = bench.datasync.create_task(SourceLocationArn=source, DestinationLocationArn=bench.bucket("parts"))["TaskArn"]
    until(lambda: bench.datasync.describe_task(TaskArn=task), lambda found: found["Status"] == "UNAVAILABLE")


@pytest.mark.full
def test_repeated_failures_take_the_schedule_away_until_it_is_given_again(bench: Bench) -> None:
    ds, task = bench.datasync, bench.task(bench.agent(), "customers")
    schedule = {"ScheduleExpression": "cron(0 4 * * ? *)"}
    ds.update_task(TaskArn=task, Schedule=schedule)
    assert ds.describe_task(TaskArn=task)["Schedule"]["Status"] == "ENABLED"
    bench.allow(without("s3:ListBucket"))
    for _ in range(PATIENCE):
        assert "DisabledBy" not in ds.describe_task(TaskArn=task)["ScheduleDetails"]
        bench.ended(bench.start(task))
    found = ds.describe_task(TaskArn=task)
    assert (found["Schedule"]["Status"], found["ScheduleDetails"]["DisabledBy"]) == ("DISABLED", "SERVICE")
    assert "FsS3HeadBucketFailed" in found["ScheduleDetails"]["DisabledReason"]
    ds.update_task(TaskArn=task, Schedule=schedule | {"Status": "ENABLED"})
    assert ds.describe_task(TaskArn=task)["Schedule"]["Status"] == "ENABLED"
    ds.update_task(TaskArn=task, Schedule=schedule | {"Status": "DISABLED"})
    assert ds.describe_task(TaskArn=task)["ScheduleDetails"]["DisabledBy"] == "USER"
    ds.update_task(TaskArn=task, Schedule={"ScheduleExpression": ""})
    assert "Schedule" not in ds.describe_task(TaskArn=task)


@pytest.mark.full
def test_filters_and_options_count(bench: Bench) -> None:
    agent = bench.agent()
    task = bench.task(agent, "customers", include="/sub|/customers*.csv")
    bench.datasync.update_task(TaskArn=task, Excludes=[{"FilterType": "SIMPLE_PATTERN", "Value": "*.tmp|*/.*"}])
    (bench.share / "sub").mkdir()
    for name in ("sub/deep.csv", "sub/half.tmp", "sub/.hidden", "customers_2024.csv", "other.csv"):
        (bench.share / name).write_text(name)
    assert bench.ended(bench.start(task))["FilesTransferred"] == 3
    assert sorted(bench.objects("raw/csv/customers/")) == [
        f"raw/csv/customers/{name}" for name in ("customers.csv", "customers_2024.csv", "sub/deep.csv")
    ]
    (bench.share / "customers_2024.csv").write_text("changed")
    never = bench.ended(bench.start(task, OverrideOptions={"OverwriteMode": "NEVER"}))
    assert (never["FilesTransferred"], never["FilesSkipped"]) == (0, 3)
    everything = bench.ended(bench.start(task, OverrideOptions={"TransferMode": "ALL"}))
    assert everything["FilesTransferred"] == 3
    assert bench.objects("raw/csv/customers/customers_2024.csv") == {"raw/csv/customers/customers_2024.csv": 7}
    slow = bench.start(task, OverrideOptions={"TransferMode": "ALL", "BytesPerSecond": 131072})
    assert bench.run(slow)["Options"]["BytesPerSecond"] == 131072  # type: ignore[index]
    wrong = {"Options": {"PreserveDeletedFiles": "REMOVE", "TransferMode": "ALL"}}
    assert "REMOVE" in refused(bench.datasync.update_task, TaskArn=task, **wrong)[1]


def test_the_exports_tell_the_same_story_as_the_database_and_are_not_written_twice(tmp_path: Path) -> None:
    from autocorp_wizard.rehearsal import source_exports
    from autocorp_wizard.rehearsal.source_rows import generate

    (tmp_path / "source.json").write_text(json.dumps({"rows": 40, "seed": 7}))
    folder = tmp_path / "exports"
    source_exports.ensure(folder)
    tables = {table.table: table for table in generate(40, 7)}
    orders = (folder / "sales_orders.csv").read_text().splitlines()
    assert orders[0].startswith("order_id,customer_id,order_date,invoice_number")
    assert str(tables["sales_order"].rows[0][3]) in orders[1]
    customers = (folder / "customers.csv").read_text().splitlines()
    assert customers[0] == "first_name,last_name,email,phone,address,city,state,zip"
    assert len(customers) == 1 + len(tables["customers"].rows)
    (folder / "customers.csv").write_text("mine")
    source_exports.ensure(folder)
    assert (folder / "customers.csv").read_text() == "mine"


def test_only_the_owner_of_the_home_turns_the_knobs(bench: Bench, own_cloud: RehearsalCloud) -> None:
    import ssl
    import urllib.error
    import urllib.request

    address = own_cloud.ensure()
    request = urllib.request.Request(f"{address.endpoint_url}/_rehearsal/agent", headers={"X-Rehearsal-Token": "guess"})  # noqa: S310
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, context=ssl.create_default_context(cafile=str(address.ca_bundle)))  # noqa: S310
    assert caught.value.code == 403
    assert bench.control.agent()["state"] == "FRESH"
    assert SHARE_HOST.endswith(".internal")


def test_what_a_transfer_did_is_there_as_figures_by_task_and_agent() -> None:
    from autocorp_wizard.rehearsal.services.datasync_runs import Execution
    from autocorp_wizard.rehearsal.services.datasync_state import points_of
    from autocorp_wizard.rehearsal.services.datasync_transfer import Listing, SourceFile

    task, agent = "arn:aws:datasync:us-east-1:999999999999:task/task-1", "arn:x:agent/agent-1"
    run = Execution(f"{task}/execution/exec-1", task, "BASIC", {"Options": {}}, (agent,), {})
    run.listing = Listing((SourceFile("/a.csv", 40, 0),), 2)
    run.files_written, run.bytes_written, run.files_verified, run.ended_at = 1, 40, 1, 100.0
    points = list(points_of([run], 100.0, 200.0))
    told = {(each.name, *each.dimensions.items()): each.value for each in points}
    assert told["FilesTransferred", ("TaskId", "task-1")] == 1
    assert told["BytesWritten", ("AgentId", "agent-1")] == 40
    assert told["FilesPreparedSource", ("TaskId", "task-1")] == 3
    assert {each.namespace for each in points} == {"AWS/DataSync"}
    assert list(points_of([run], 101.0, 200.0)) == []
