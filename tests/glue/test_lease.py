"""One writer per table."""

import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from glue_scripts.lake.lease import LEASE_SECONDS, S3Lease, held_lease
from glue_scripts.lake.refusals import BatchRefusedError

HOLD = """
import sys
from glue_scripts.lake.lease import held_lease
with held_lease(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_on_a_disk_another_process_is_kept_out_until_the_first_has_ended(tmp_path: Path):
    lease = str(tmp_path / "curated/_leases/service.json")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, lease], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(BatchRefusedError, match=f"process {other.pid}"), held_lease(lease):
            pass
        other.kill()
    with held_lease(lease):
        pass


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="lake")
        yield client


def lease_of(client) -> S3Lease:
    return S3Lease(client, "lake", "curated/_leases/service.json", "s3://lake/curated/_leases/service.json")


def test_on_s3_the_second_is_refused_and_gets_it_when_the_first_gives_it_back(bucket):
    first, second = lease_of(bucket), lease_of(bucket)
    first.take()
    with pytest.raises(BatchRefusedError, match="TABLE-BUSY"):
        second.take()
    assert first.renew()
    first.give_back()
    second.take()
    second.give_back()
    assert "Contents" not in bucket.list_objects_v2(Bucket="lake")


def test_the_lease_of_a_job_that_died_ends_by_itself(bucket, monkeypatch: pytest.MonkeyPatch):
    dead, next_one = lease_of(bucket), lease_of(bucket)
    dead.take()
    now = __import__("time").time()
    monkeypatch.setattr("glue_scripts.lake.lease.time.time", lambda: now + LEASE_SECONDS + 1)
    next_one.take()
    assert not dead.renew()
    dead.give_back()
    assert next_one.renew(), "the dead one must not give back what is another's"


def test_a_lease_that_was_lost_on_the_way_is_noticed_before_the_commit(bucket, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with held_lease("s3://lake/curated/_leases/service.json") as confirm:
        confirm()
        bucket.put_object(Bucket="lake", Key="curated/_leases/service.json", Body=b'{"holder": "other", "until": 9e9}')
        with pytest.raises(BatchRefusedError, match="TABLE-BUSY"):
            confirm()
    assert bucket.list_objects_v2(Bucket="lake")["KeyCount"] == 1, "the other's lease stays"
