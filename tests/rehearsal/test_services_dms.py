"""DMS in the rehearsal cloud: real rows, a real slot, the roles' real permissions, and refusals as AWS words them."""

import psycopg
import pytest
from botocore.exceptions import ClientError

from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rehearsal.processes import end, mark_of
from autocorp_wizard.rehearsal.source import SourceAddress
from tests.rehearsal.replicating import (
    TABLES,
    Lake,
    connection_of,
    instance,
    make_task,
    tables,
    task,
    until,
)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("dms")]


def refused(call, **parameters) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def slots(owner: psycopg.Connection) -> set[str]:
    return {row[0] for row in owner.execute("SELECT slot_name FROM pg_replication_slots").fetchall()}


def stop(lake: Lake, arn: str) -> None:
    lake.dms.stop_replication_task(ReplicationTaskArn=arn)
    until(lambda: task(lake, arn)["Status"] == "stopped")


def start(lake: Lake, arn: str, kind: str = "start-replication") -> None:
    lake.dms.start_replication_task(ReplicationTaskArn=arn, StartReplicationTaskType=kind)


def remove(lake: Lake, arn: str) -> None:
    if task(lake, arn)["Status"] == "running":
        stop(lake, arn)
    lake.dms.delete_replication_task(ReplicationTaskArn=arn)
    until(
        lambda: (
            arn
            not in {each["ReplicationTaskArn"] for each in lake.dms.describe_replication_tasks()["ReplicationTasks"]}
        )
    )


def test_an_instance_lies_in_the_real_network(lake: Lake, dms_instance: str) -> None:
    found = instance(lake, dms_instance)
    assert found["ReplicationInstanceStatus"] == "available"
    group = found["ReplicationSubnetGroup"]
    assert {each["SubnetIdentifier"] for each in group["Subnets"]} == set(lake.subnets)
    assert found["InstanceCreateTime"].year >= 2026


def test_a_prefix_conditioned_listing_passes_the_targets_test(
    lake: Lake, dms_instance: str, dms_ends: tuple[str, str]
) -> None:
    assert connection_of(lake, dms_instance, dms_ends[0]) == ("successful", "")
    assert connection_of(lake, dms_instance, dms_ends[1]) == ("successful", "")


def test_a_task_loads_real_rows_follows_real_changes_and_gives_its_slot_back(
    lake: Lake, dms_instance: str, dms_ends: tuple[str, str], owner: psycopg.Connection
) -> None:
    arn = make_task(lake, dms_ends, dms_instance)
    assert tables(lake, arn) == {}
    start(lake, arn)
    until(lambda: {each["TableState"] for each in tables(lake, arn).values()} == {"Table completed"})
    counted = {
        name: owner.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608  (names of our own)
        for name in TABLES
    }
    assert {name: each["FullLoadRows"] for name, each in tables(lake, arn).items()} == counted
    assert task(lake, arn)["Status"] == "running"
    assert task(lake, arn)["ReplicationTaskStats"]["FullLoadProgressPercent"] == 100
    (slot,) = slots(owner)

    owner.execute("INSERT INTO customers (first_name, last_name, email) VALUES ('A', 'B', 'a@b.example')")
    owner.execute("UPDATE customers SET city = 'Here' WHERE email = 'a@b.example'")
    owner.execute("DELETE FROM customers WHERE email = 'a@b.example'")

    def changes() -> tuple[int, int, int]:
        found = tables(lake, arn)["customers"]
        return found["Inserts"], found["Updates"], found["Deletes"]

    until(lambda: changes() == (1, 1, 1))
    stop(lake, arn)
    assert "NORMAL" in task(lake, arn)["StopReason"]
    owner.execute("UPDATE service SET category = category")
    start(lake, arn, "resume-processing")
    services = counted["service"]
    until(lambda: tables(lake, arn)["service"]["Updates"] == services)
    assert slots(owner) == {slot}, "a resumed task keeps its place"

    before = tables(lake, arn)["service"]["FullLoadEndTime"]
    lake.dms.reload_tables(ReplicationTaskArn=arn, TablesToReload=[{"SchemaName": "public", "TableName": "service"}])
    until(
        lambda: (
            tables(lake, arn)["service"]["TableState"] == "Table completed"
            and tables(lake, arn)["service"]["FullLoadEndTime"] > before
        )
    )
    assert tables(lake, arn)["service"]["FullLoadReloaded"] is True

    names = {each["EventCategories"][0] for each in lake.dms.describe_events()["Events"]}
    assert {"creation", "state change"} <= names
    remove(lake, arn)
    assert slots(owner) == set()


def test_what_is_in_use_is_not_deleted_and_states_forbid_what_they_forbid(
    lake: Lake, dms_instance: str, dms_ends: tuple[str, str]
) -> None:
    dms = lake.dms
    arn = make_task(lake, dms_ends, dms_instance)
    assert (
        refused(dms.delete_replication_instance, ReplicationInstanceArn=dms_instance)[0] == "InvalidResourceStateFault"
    )
    code, message = refused(dms.delete_endpoint, EndpointArn=dms_ends[0])
    assert (code, "is part of one or more ReplicationTasks" in message) == ("InvalidResourceStateFault", True)
    group = refused(dms.delete_replication_subnet_group, ReplicationSubnetGroupIdentifier=lake.name)
    assert group[0] == "InvalidResourceStateFault"
    assert refused(dms.stop_replication_task, ReplicationTaskArn=arn)[0] == "InvalidResourceStateFault"
    code, message = refused(
        dms.start_replication_task, ReplicationTaskArn=arn, StartReplicationTaskType="resume-processing"
    )
    assert (code, "never run" in message) == ("InvalidResourceStateFault", True)
    start(lake, arn)
    until(lambda: task(lake, arn)["Status"] == "running")
    assert refused(dms.delete_replication_task, ReplicationTaskArn=arn)[0] == "InvalidResourceStateFault"
    assert refused(dms.modify_endpoint, EndpointArn=dms_ends[1], S3Settings={"CdcMaxBatchInterval": 90})[0] == (
        "InvalidResourceStateFault"
    )
    stop(lake, arn)
    code, message = refused(
        dms.start_replication_task, ReplicationTaskArn=arn, StartReplicationTaskType="start-replication"
    )
    assert (code, message) == (
        "InvalidResourceStateFault",
        "Start Type : START_REPLICATION, valid only for tasks running for the first time",
    )
    remove(lake, arn)


def test_taken_names_and_things_that_are_not_there_are_told_in_dms_words(
    lake: Lake, dms_instance: str, dms_ends: tuple[str, str]
) -> None:
    dms = lake.dms
    again = {"ReplicationInstanceIdentifier": lake.name, "ReplicationInstanceClass": "dms.t3.medium"}
    code, _ = refused(dms.create_replication_instance, ReplicationSubnetGroupIdentifier=lake.name, **again)
    assert code == "ResourceAlreadyExistsFault"
    code, _ = refused(dms.describe_endpoints, Filters=[{"Name": "endpoint-id", "Values": ["nobody"]}])
    assert code == "ResourceNotFoundFault"
    nobody = "arn:aws:dms:us-east-1:999999999999:task:nobody"
    assert refused(dms.describe_table_statistics, ReplicationTaskArn=nobody)[0] == "ResourceNotFoundFault"
    code, _ = refused(
        dms.create_replication_subnet_group,
        ReplicationSubnetGroupIdentifier="alone",
        ReplicationSubnetGroupDescription="one zone",
        SubnetIds=lake.subnets[:1],
    )
    assert code == "ReplicationSubnetGroupDoesNotCoverEnoughAZs"
    quotas = {each["AccountQuotaName"]: each for each in dms.describe_account_attributes()["AccountQuotas"]}
    assert quotas["ReplicationInstances"]["Used"] == 1
    assert dms.describe_pending_maintenance_actions()["PendingMaintenanceActions"] == []


def test_an_action_that_is_not_emulated_says_so(lake: Lake) -> None:
    with pytest.raises(ClientError) as caught:
        lake.dms.describe_fleet_advisor_schemas()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_tags_are_kept_with_what_they_are_on(lake: Lake, dms_instance: str) -> None:
    lake.dms.add_tags_to_resource(
        ResourceArn=dms_instance, Tags=[{"Key": "Name", "Value": "it"}, {"Key": "b", "Value": "2"}]
    )
    lake.dms.remove_tags_from_resource(ResourceArn=dms_instance, TagKeys=["b"])
    found = lake.dms.list_tags_for_resource(ResourceArn=dms_instance)["TagList"]
    assert [(each["Key"], each["Value"]) for each in found] == [("Name", "it")]


def test_a_wrong_password_fails_the_test_and_keeps_the_task_from_starting(
    lake: Lake, dms_instance: str, dms_ends: tuple[str, str], replication_source: SourceAddress
) -> None:
    lake.tell(password="not-it")
    try:
        status, message = connection_of(lake, dms_instance, dms_ends[0])
        assert status == "failed"
        assert message.startswith("Test Endpoint failed: Application-Status: 1020912, Application-Message: ")
        assert "SqlState: 28P01" in message
        assert 'password authentication failed for user "dms_replication"' in message
        arn = make_task(lake, dms_ends, dms_instance)
        code, refusal = refused(
            lake.dms.start_replication_task, ReplicationTaskArn=arn, StartReplicationTaskType="start-replication"
        )
        assert (code, "should be successful for starting the replication task" in refusal) == (
            "InvalidResourceStateFault",
            True,
        )
        remove(lake, arn)
    finally:
        lake.tell(password=replication_source.password_of(replication_source.replication_user))


@pytest.mark.parametrize(
    ("name", "value", "sign"),
    [
        ("port", 1, "Connection refused"),
        ("host", "nobody.invalid", "nobody.invalid"),
        ("username", "nobody", "password authentication failed"),
    ],
)
def test_where_the_source_is_not_is_told_by_the_drivers_words(
    request: pytest.FixtureRequest, name: str, value: object, sign: str
) -> None:
    lake, dms_instance, dms_ends, database = (
        request.getfixturevalue(each) for each in ("lake", "dms_instance", "dms_ends", "replication_source")
    )
    lake.tell(**{name: value})
    try:
        status, message = connection_of(lake, dms_instance, dms_ends[0])
        assert (status, sign in message) == ("failed", True), message
    finally:
        lake.tell(host=database.host, port=database.port, username=database.replication_user)


def test_roles_without_their_rights_fail_the_tests_of_their_ends(
    lake: Lake, dms_instance: str, dms_ends: tuple[str, str]
) -> None:
    lake.let_read()
    lake.let_write("s3:PutObject")
    try:
        status, message = connection_of(lake, dms_instance, dms_ends[0])
        assert (status, "not authorized to perform: secretsmanager:GetSecretValue" in message) == ("failed", True)
        status, message = connection_of(lake, dms_instance, dms_ends[1])
        assert (status, "not authorized to perform: s3:DeleteObject" in message) == ("failed", True)
        lake.let_write("s3:PutObject", "s3:DeleteObject", prefix="raw/csv")
        status, message = connection_of(lake, dms_instance, dms_ends[1])
        assert (status, "not authorized to perform: s3:ListBucket" in message) == ("failed", True)
    finally:
        lake.let_read("secretsmanager:GetSecretValue")
        lake.let_write("s3:PutObject", "s3:DeleteObject")
    assert connection_of(lake, dms_instance, dms_ends[1])[0] == "successful"


def test_an_end_whose_role_does_not_trust_dms_is_not_made(lake: Lake) -> None:
    code, message = refused(
        lake.dms.create_endpoint,
        EndpointIdentifier="distrusted",
        EndpointType="source",
        EngineName="postgres",
        DatabaseName="autocorp",
        PostgreSQLSettings={"SecretsManagerAccessRoleArn": lake.writer, "SecretsManagerSecretId": lake.secret},
    )
    assert (code, "dms.us-east-1.amazonaws.com" in message) == ("AccessDeniedFault", True)


def test_a_login_without_the_right_to_replicate_fails_the_task_by_name(
    lake: Lake, dms_instance: str, dms_ends: tuple[str, str], owner: psycopg.Connection
) -> None:
    arn = make_task(lake, dms_ends, dms_instance)
    owner.execute("ALTER ROLE dms_replication NOREPLICATION")
    try:
        start(lake, arn)
        found = task(lake, arn)
        assert found["Status"] == "failed"
        assert "replication slots" in found["LastFailureMessage"]
        assert "FATAL_ERROR" in found["StopReason"]
    finally:
        owner.execute("ALTER ROLE dms_replication REPLICATION")
    remove(lake, arn)


def test_missing_tables_and_tables_that_may_not_be_read_are_told_one_by_one(
    lake: Lake, dms_instance: str, dms_ends: tuple[str, str], owner: psycopg.Connection
) -> None:
    arn = make_task(lake, dms_ends, dms_instance, tables=("customers", "service", "invoices"))
    owner.execute("REVOKE SELECT ON service FROM dms_replication")
    try:
        start(lake, arn)
        until(lambda: tables(lake, arn)["customers"]["TableState"] == "Table completed")
        states = {name: each["TableState"] for name, each in tables(lake, arn).items()}
        assert states == {
            "customers": "Table completed",
            "service": "Table error",
            "invoices": "Table does not exist",
        }
        assert task(lake, arn)["ReplicationTaskStats"]["TablesErrored"] == 2
    finally:
        owner.execute("GRANT SELECT ON service TO dms_replication")
    remove(lake, arn)


def test_a_running_task_fails_when_its_slot_or_its_right_to_write_is_taken_away(
    lake: Lake, dms_instance: str, dms_ends: tuple[str, str], owner: psycopg.Connection
) -> None:
    arn = make_task(lake, dms_ends, dms_instance, tables=("customers",))
    start(lake, arn)
    until(lambda: tables(lake, arn)["customers"]["TableState"] == "Table completed")
    lake.let_write("s3:PutObject")
    try:
        until(lambda: task(lake, arn)["Status"] == "failed")
        assert "s3:DeleteObject" in task(lake, arn)["LastFailureMessage"]
    finally:
        lake.let_write("s3:PutObject", "s3:DeleteObject")
    start(lake, arn, "resume-processing")
    until(lambda: task(lake, arn)["Status"] == "running")
    (slot,) = slots(owner)

    def dropped() -> bool:
        try:
            owner.execute("SELECT pg_drop_replication_slot(%s)", (slot,))
        except psycopg.errors.ObjectInUse:
            return False
        return True

    until(dropped)
    until(lambda: task(lake, arn)["Status"] == "failed")
    assert "does not exist" in task(lake, arn)["LastFailureMessage"]
    start(lake, arn, "reload-target")
    until(lambda: tables(lake, arn).get("customers", {}).get("TableState") == "Table completed")
    assert len(slots(owner)) == 1
    remove(lake, arn)


def test_what_dms_keeps_is_remembered_by_the_next_process(
    replication_cloud: RehearsalCloud, lake: Lake, dms_instance: str, dms_ends: tuple[str, str]
) -> None:
    before = instance(lake, dms_instance)
    # Its process alone: `stop` would end the source of this home as well, which others still need.
    running = mark_of(replication_cloud.ensure().pid)
    assert running is not None
    assert end(running, patience=30)
    replication_cloud.ensure()
    assert instance(lake, dms_instance) == before
    assert {each["EndpointArn"] for each in lake.dms.describe_endpoints()["Endpoints"]} >= set(dms_ends)
