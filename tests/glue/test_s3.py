"""The local twin on S3: raw files, table, quarantine and lease in a bucket of the rehearsal cloud, over TLS."""

import json
from pathlib import Path

import pytest

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.lake_tables import CuratedZone
from autocorp_wizard.rehearsal.address import CloudAddress
from glue_scripts.jars import JarMissingError, hudi_bundle, s3_jars
from glue_scripts.lake.contracts import CONTRACTS
from glue_scripts.s3_access import s3_conf
from tests.glue.generator.changes import Fault, make_up
from tests.glue.test_lake_reader import is_the_truth
from tests.glue.test_run import twin

BUCKET = "lake-of-the-twin"


def test_spark_finds_s3_as_every_aws_client_does():
    conf = s3_conf({"AWS_ENDPOINT_URL": "https://127.0.0.1:1", "AWS_REGION": "eu-west-1"})
    assert conf["spark.hadoop.fs.s3a.endpoint"] == "https://127.0.0.1:1"
    assert conf["spark.hadoop.fs.s3a.endpoint.region"] == "eu-west-1"
    own = s3_conf({"AWS_ENDPOINT_URL": "https://all", "AWS_ENDPOINT_URL_S3": "https://s3"})
    assert own["spark.hadoop.fs.s3a.endpoint"] == "https://s3"
    assert not [name for name in s3_conf({}) if "endpoint" in name]


def test_missing_jars_are_said_with_what_to_do(tmp_path: Path):
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    command = ["service", "--raw", "s3a://b/raw", "--curated", "c", "--sink", "parquet", "--json"]
    ran = twin(*command, env=environ)
    assert ran.returncode == 3
    assert json.loads(ran.stdout)["error"]["code"] == "S3-JARS-MISSING"
    assert "python -m glue_scripts.jars s3" in ran.stderr


def test_a_place_that_cannot_be_opened_is_a_usage_error():
    command = ["service", "--raw", "gs://b/raw", "--curated", "c", "--sink", "parquet", "--json"]
    ran = twin(*command)
    assert ran.returncode == 2
    assert json.loads(ran.stdout)["error"]["code"] == "ARGUMENT-INVALID"


@pytest.mark.full
@pytest.mark.xdist_group("spark")
def test_a_bucket_that_is_not_there_is_said_and_not_shown_as_a_trace(cloud: CloudAddress):
    command = ["service", "--raw", "s3a://no-such-bucket/raw", "--curated", "s3a://no-such-bucket/curated"]
    ran = twin(*command, "--sink", "parquet", "--json", env=cloud.beside())
    assert ran.returncode == 3
    assert json.loads(ran.stdout)["error"]["code"] == "S3-REFUSED"
    assert "NoSuchBucket" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.full
@pytest.mark.xdist_group("spark")
@pytest.mark.parametrize("scheme", ["s3a", "s3"])
def test_a_load_and_changes_go_from_bucket_to_bucket(cloud: CloudAddress, tmp_path: Path, scheme: str):
    try:
        hudi_bundle()
        s3_jars()
    except JarMissingError as error:
        pytest.skip(str(error))
    environ = cloud.beside()
    access = CloudAccess(cloud.environment(), cloud.region, cloud.account_id)
    s3 = access.client("s3")
    bucket = f"{BUCKET}-{scheme}"
    s3.create_bucket(Bucket=bucket)
    faults = frozenset({Fault.TIES, Fault.REQUIRED_NULL})
    made = make_up(CONTRACTS["customers"], keys=60, changes=200, batches=1, seed=8, faults=faults)
    roots = [f"--{zone}={scheme}://{bucket}/{zone}" for zone in ("raw", "curated", "quarantine")]
    accounts = []
    for paths in made.deliver(tmp_path / "raw"):
        for path in paths:
            s3.upload_file(str(path), bucket, str(path.relative_to(tmp_path)))
        ran = twin("customers", *roots, "--json", env=environ)
        assert ran.returncode == 0, ran.stderr[-3000:]
        accounts.append(json.loads(ran.stdout))
    assert [account["commit"] is not None for account in accounts] == [True, True]
    assert sum(account["read"] for account in accounts) == made.rows
    with CuratedZone(f"s3://{bucket}/curated", access) as zone:
        assert is_the_truth(made, zone.read("customers"))
    names = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket)["Contents"]]
    assert not [name for name in names if "_leases" in name], "the lease was given back"
