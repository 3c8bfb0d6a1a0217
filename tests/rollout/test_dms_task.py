"""The wizard's hand on replication, against a cloud whose DMS really reads a database."""

import asyncio
import json
import time
from collections.abc import Iterator

import psycopg
import pytest

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.postgres import Login, slots
from autocorp_wizard.core.errors import InconclusiveError, UsageError, WizardError
from autocorp_wizard.core.replication import Replication
from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rehearsal.source import SourceAddress
from autocorp_wizard.rollout import dms_reload, dms_task
from autocorp_wizard.rollout.dms_connections import test_ends as connection_tests
from autocorp_wizard.rollout.replication import Waiting, look
from glue_scripts.lake.batch import read_marker
from tests.rehearsal.replicating import TABLES, Lake, make_task, task, until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("dms")]

WAIT = Waiting(asyncio.sleep, 0.1, 60.0)


@pytest.fixture
def access(replication_cloud: RehearsalCloud) -> CloudAccess:
    address = replication_cloud.ensure()
    return CloudAccess(address.environment(), address.region, address.account_id)


@pytest.fixture
def replication(lake: Lake, dms_instance: str, dms_ends: tuple[str, str]) -> Iterator[Replication]:
    arn = make_task(lake, dms_ends, dms_instance, name="by-hand")
    tables = tuple(f"public.{name}" for name in TABLES)
    yield Replication(dms_instance, *dms_ends, arn, "by-hand", lake.bucket, tables, started=False)
    if task(lake, arn)["Status"] == "running":
        lake.dms.stop_replication_task(ReplicationTaskArn=arn)
        until(lambda: task(lake, arn)["Status"] == "stopped")
    lake.dms.delete_replication_task(ReplicationTaskArn=arn)
    until(lambda: not _exists(lake, arn))


def _exists(lake: Lake, arn: str) -> bool:
    return arn in {each["ReplicationTaskArn"] for each in lake.dms.describe_replication_tasks()["ReplicationTasks"]}


def rows(owner: psycopg.Connection, table: str) -> int:
    found = owner.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608  (names of our own)
    return int(found[0]) if found else -1


async def test_both_ends_are_reached_or_told_why_not(
    access: CloudAccess, replication: Replication, lake: Lake, replication_source: SourceAddress
) -> None:
    tests = await connection_tests(access, replication, WAIT)
    assert [(each.end, each.passed) for each in tests] == [("source", True), ("target", True)]
    dms_task.raise_failure(tests)
    lake.tell(password="not-it")
    lake.let_write("s3:PutObject")
    try:
        tests = await connection_tests(access, replication, WAIT)
        assert [each.passed for each in tests] == [False, False]
        with pytest.raises(WizardError) as caught:
            dms_task.raise_failure(tests)
        assert caught.value.code == "DMS-AUTH"
        assert "secret set" in caught.value.next_step
        assert "The target's failed too" in caught.value.why
    finally:
        lake.tell(password=replication_source.password_of(replication_source.replication_user))
        lake.let_write("s3:PutObject", "s3:DeleteObject")


async def test_from_the_first_start_to_a_reload_with_its_epoch(
    access: CloudAccess,
    replication: Replication,
    lake: Lake,
    owner: psycopg.Connection,
    replication_source: SourceAddress,
) -> None:
    said: list[str] = []
    with pytest.raises(WizardError, match="never started"):
        await dms_task.resume(access, replication, WAIT)
    await dms_task.begin(access, replication, "start-replication", WAIT)
    report = await dms_task.loaded(access, replication, replication.tables, WAIT, said.append)
    assert {each.name: each.rows for each in report.tables} == {f"public.{t}": rows(owner, t) for t in TABLES}
    assert len(said) == len(TABLES)

    (slot,) = slots(
        Login(
            replication_source.host,
            replication_source.port,
            replication_source.database,
            replication_source.replication_user,
            replication_source.password_of(replication_source.replication_user),
        )
    )
    assert (slot.by_dms, slot.plugin) == (True, "test_decoding")
    assert slot.retained_bytes is not None

    assert await dms_task.stop(access, replication, WAIT) == "running"
    assert await dms_task.stop(access, replication, WAIT) == "stopped", "a second stop changes nothing"
    with pytest.raises(UsageError) as caught:
        await dms_reload.reload(access, replication, ("public.service",), WAIT, said.append)
    assert caught.value.code == "DMS-RELOAD-ALL"
    assert await dms_task.resume(access, replication, WAIT) == "stopped"

    chosen = dms_reload.chosen(replication, ("service", "public.customers", "service"))
    done = await dms_reload.reload(access, replication, chosen, WAIT, said.append)
    assert [each.table.name for each in done] == ["public.customers", "public.service"]
    body = lake.clients("s3").get_object(Bucket=lake.bucket, Key="raw/database/_epochs/service.json")["Body"].read()
    marker = json.loads(body)
    assert (marker["epoch"], marker["rows"]) == (done[0].epoch, rows(owner, "service"))
    announced = read_marker(body.decode(), "service.json")
    assert announced.name == done[0].epoch, "the jobs read what was written"
    assert 0 < announced.started <= time.time() * 1000
    listed = lake.clients("s3").list_objects_v2(Bucket=lake.bucket, Prefix="raw/")["Contents"]
    assert {each["Key"] for each in listed} == {
        "raw/database/_epochs/customers.json",
        "raw/database/_epochs/service.json",
    }
    assert look(access, replication).status == "running"


async def test_a_load_that_cannot_be_is_an_error_with_the_table_s_name(
    access: CloudAccess, replication: Replication, owner: psycopg.Connection
) -> None:
    owner.execute("REVOKE SELECT ON service FROM dms_replication")
    try:
        await dms_task.begin(access, replication, "start-replication", WAIT)
        with pytest.raises(WizardError) as caught:
            await dms_task.loaded(access, replication, replication.tables, WAIT, lambda _: None)
        assert caught.value.code == "DMS-TABLE-FAILED"
        assert caught.value.next_step.endswith("dms reload service")
    finally:
        owner.execute("GRANT SELECT ON service TO dms_replication")


async def test_a_start_that_fails_is_told_by_its_cause(
    access: CloudAccess, replication: Replication, owner: psycopg.Connection
) -> None:
    owner.execute("ALTER ROLE dms_replication NOREPLICATION")
    try:
        with pytest.raises(WizardError) as caught:
            await dms_task.begin(access, replication, "start-replication", WAIT)
        assert caught.value.code == "DMS-REPLICATION-RIGHT"
    finally:
        owner.execute("ALTER ROLE dms_replication REPLICATION")

    said: list[str] = []
    await dms_task.set_going(access, replication, WAIT, said.append)
    assert look(access, replication).status == "running", "asking again finishes what failed"
    assert said == ["The replication task had failed; it is started again"]


async def test_what_a_person_stopped_is_not_started_by_asking_again(
    access: CloudAccess, replication: Replication
) -> None:
    await dms_task.begin(access, replication, "start-replication", WAIT)
    await dms_task.stop(access, replication, WAIT)
    await dms_task.set_going(access, replication, WAIT, lambda _: None)
    with pytest.raises(WizardError) as caught:
        await dms_task.loaded(access, replication, replication.tables, WAIT, lambda _: None)
    assert caught.value.code == "DMS-NOT-RUNNING"


async def test_a_load_in_which_nothing_moves_is_not_waited_for_for_ever(
    access: CloudAccess, replication: Replication
) -> None:
    await dms_task.begin(access, replication, "start-replication", WAIT)
    everything = (*replication.tables, "public.of_nobody")
    with pytest.raises(InconclusiveError) as caught:
        await dms_task.loaded(access, replication, everything, Waiting(asyncio.sleep, 0.1, 2.0), lambda _: None)
    assert caught.value.code == "DMS-LOAD-STILL"
    assert "7 of 8 tables" in caught.value.what


def test_a_table_that_replication_does_not_have_is_answered_with_those_it_has() -> None:
    known = Replication("i", "s", "t", "a", "n", "b", ("public.customers",), started=True)
    assert dms_reload.chosen(known, ()) == ("public.customers",)
    with pytest.raises(UsageError, match="no table 'orders'"):
        dms_reload.chosen(known, ("orders",))


def test_a_source_that_is_not_there_is_not_judged() -> None:
    with pytest.raises(InconclusiveError) as caught:
        slots(Login("127.0.0.1", 1, "autocorp", "dms_replication", "x"))
    assert caught.value.code == "SOURCE-UNSEEN"
