"""Remote state read, locked, backed up and shared, without Terraform."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import boto3
import pytest
from moto import mock_aws

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.core.bootstrap import StatePlace
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.rollout.state_store import ChangedMeanwhileError, StateStore

PLACE = StatePlace("dev", "123456789012", "us-east-1", "state", "datalake/dev/terraform.tfstate")
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def access() -> CloudAccess:
    keys = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE000000000", "AWS_SECRET_ACCESS_KEY": "throw-away"}
    return CloudAccess(keys, "us-east-1", "123456789012")


@pytest.fixture
def store() -> Iterator[StateStore]:
    with mock_aws():
        yield StateStore(access(), PLACE)


@pytest.fixture
def bucket(store: StateStore) -> None:
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="state")


def put(key: str, body: str) -> None:
    boto3.client("s3", region_name="us-east-1").put_object(Bucket="state", Key=key, Body=body.encode())


def state(serial: int) -> str:
    return json.dumps({"version": 4, "serial": serial, "lineage": "l", "resources": [], "outputs": {}})


def test_before_bootstrap_there_is_nothing(store: StateStore) -> None:
    assert store.read() is None
    assert store.exists() is False
    assert store.lock() is None
    assert store.backups() == ()
    assert store.back_up(NOW) is None


@pytest.mark.usefixtures("bucket")
def test_an_existing_state_is_read(store: StateStore) -> None:
    put(PLACE.key, state(9))
    read = store.read()
    assert read is not None
    assert (read.serial, store.exists()) == (9, True)


@pytest.mark.usefixtures("bucket")
def test_a_backup_keeps_the_state_as_it_was(store: StateStore) -> None:
    put(PLACE.key, state(9))
    event = store.back_up(NOW)
    assert event is not None
    assert (event.location, event.serial) == ("s3://state/backups/dev/20260304T050607Z-serial-9.tfstate", 9)
    put(PLACE.key, state(10))
    [key] = store.backups()
    kept = store.get(key)
    assert kept is not None
    assert kept.body.decode() == state(9)


@pytest.mark.usefixtures("bucket")
def test_the_holder_of_the_lock_is_named(store: StateStore) -> None:
    put(PLACE.lock_key, json.dumps({"ID": "abc", "Operation": "OperationTypeApply", "Who": "ann@host"}))
    lock = store.lock()
    assert lock is not None
    assert (lock.id, lock.who) == ("abc", "ann@host")


@pytest.mark.usefixtures("bucket")
def test_a_lock_that_cannot_be_read_still_locks(store: StateStore) -> None:
    put(PLACE.lock_key, "")
    with pytest.raises(WizardError) as caught:
        store.lock()
    assert caught.value.code == "STATE-LOCK-UNREADABLE"


@pytest.mark.usefixtures("bucket")
def test_a_lock_table_is_asked_as_well() -> None:
    table = StateStore(access(), replace(PLACE, lock_table="terraform-locks"))
    assert table.locks() == ()
    client = boto3.client("dynamodb", region_name="us-east-1")
    client.create_table(
        TableName="terraform-locks",
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    assert table.locks() == ()

    def lock(name: str) -> str:
        return json.dumps({"ID": name, "Who": f"{name}@host"})

    item = {"LockID": {"S": "state/datalake/dev/terraform.tfstate"}, "Info": {"S": lock("ann")}}
    client.put_item(TableName="terraform-locks", Item=item)
    assert [each.who for each in table.locks()] == ["ann@host"]
    put(PLACE.lock_key, lock("ann"))
    assert [each.id for each in table.locks()] == ["ann"]
    put(PLACE.lock_key, lock("bob"))
    assert [each.id for each in table.locks()] == ["bob", "ann"]
    client.put_item(TableName="terraform-locks", Item=item | {"Info": {"S": "?"}})
    with pytest.raises(WizardError) as caught:
        table.locks()
    assert "terraform-locks" in caught.value.what


@pytest.mark.usefixtures("bucket")
def test_two_operators_do_not_overwrite_each_other(store: StateStore) -> None:
    first = store.put_shared("notes.json", b"1")
    with pytest.raises(ChangedMeanwhileError):
        store.put_shared("notes.json", b"2")
    second = store.put_shared("notes.json", b"2", replacing=first)
    with pytest.raises(ChangedMeanwhileError):
        store.put_shared("notes.json", b"3", replacing=first)
    assert store.get_shared("notes.json") == second
    assert store.shared() == ("notes.json",)


@pytest.mark.usefixtures("bucket")
def test_what_a_team_shares_is_kept_per_environment(store: StateStore) -> None:
    store.put_shared("runs/a.jsonl", b"x")
    put("wizard/prod/runs/b.jsonl", "y")
    assert store.shared() == ("runs/a.jsonl",)
