"""What `dms reload` writes is what the jobs read: the same place, the same words."""

import json
from datetime import UTC, datetime

import pytest

from autocorp_wizard.core.replication import Replication, TableReport
from autocorp_wizard.rollout.dms_reload import marker_of
from glue_scripts.lake.batch import Epoch, Mode, plan, read_marker
from glue_scripts.lake.contracts import CONTRACTS, Contract, Origin
from glue_scripts.lake.layout import Zones
from glue_scripts.lake.ledger import NOTHING_TAKEN, File, Taken

BEGAN = datetime(2026, 11, 25, 10, 0, 0, 987_654, tzinfo=UTC)
REPLICATION = Replication("i", "s", "t", "arn:task", "n", "lake", (), started=True)
TABLES = [contract for contract in CONTRACTS.values() if contract.origin is Origin.DATABASE]


@pytest.mark.parametrize("contract", TABLES, ids=lambda contract: contract.name)
def test_the_marker_lies_where_the_job_of_the_table_looks_and_announces_the_load(contract: Contract) -> None:
    table = TableReport(f"public.{contract.name}", "Table completed", 7, 0, 0, 0)
    key, marker = marker_of(REPLICATION, table, BEGAN)
    assert key == Zones("raw", "curated", "quarantine").epoch_marker(contract)
    second = int(BEGAN.replace(microsecond=0).timestamp() * 1000)
    assert read_marker(json.dumps(marker), key) == Epoch("20261125T100000Z", second)


def test_a_job_that_reads_the_marker_replaces_the_table_with_the_files_since() -> None:
    service = CONTRACTS["service"]
    key, marker = marker_of(REPLICATION, TableReport("public.service", "Table completed", 7, 0, 0, 0), BEGAN)
    announced = read_marker(json.dumps(marker), key)
    load = "service/LOAD00000001.parquet"
    # S3 tells times by the second: a file of the same second is the reload's.
    old, new = File(load, 100, announced.started - 60_000), File(load, 120, announced.started)
    before = NOTHING_TAKEN.after("b", [Taken(old, "")], epoch="1", anew=False)
    batch = plan(service, [new], before, announced)
    assert (batch.mode, batch.epoch, batch.files) == (Mode.REPLACE, announced.name, (new,))
    assert plan(service, [old], before, announced).files == (), "the old load is not of the new epoch"
