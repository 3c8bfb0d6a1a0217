"""Curated Hudi tables read without Spark, from a directory and from a bucket: what `verify data` stands on."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from moto import mock_aws

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.lake_tables import CuratedZone, LakeTable
from autocorp_wizard.core.reconciliation import Comparison, Standing, order_of
from glue_scripts.lake.contracts import CONTRACTS
from tests.glue.generator.changes import Changes, Fault, make_up
from tests.glue.lakes import Lake

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("spark")]

KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


def is_the_truth(made: Changes, found: LakeTable) -> bool:
    names: Sequence[str] = [made.contract.key, *(c.name for c in made.contract.columns if c.name != made.contract.key)]
    truth = sorted(([row[name] for name in names] for row in made.truth.values()), key=lambda row: order_of(row[0]))  # type: ignore[arg-type,misc]
    result = Comparison("t", names).run(iter(truth), found.rows(names), commit=found.commit, at=found.at)  # type: ignore[arg-type]
    return result.standing is Standing.EQUAL


def test_a_hudi_table_is_read_from_a_directory_and_from_a_bucket(hudi_lake: Lake):
    made = make_up(CONTRACTS["service"], keys=40, changes=80, batches=1, seed=3, faults=frozenset({Fault.TIES}))
    commits = []
    for _ in made.deliver(hudi_lake.root / "raw"):
        commits.append(hudi_lake.run("service").commit)
    with CuratedZone(hudi_lake.zones.curated) as zone:
        found = zone.read("service")
        assert (found.commit, len(commits)) == (commits[-1], 2)
        assert found.at is not None
        assert is_the_truth(made, found)

    root = Path(hudi_lake.zones.curated)
    with mock_aws():
        access = CloudAccess(KEYS, "us-east-1", "123456789012")
        s3 = access.client("s3")
        s3.create_bucket(Bucket="lake")
        for path in root.rglob("*"):
            if path.is_file():
                s3.upload_file(str(path), "lake", f"curated/{path.relative_to(root)}")
        with CuratedZone("s3://lake/curated", access) as zone:
            assert is_the_truth(made, zone.read("service"))
