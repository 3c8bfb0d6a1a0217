"""A contract that gets a column: the table gets it with the next batch, and rows of before are NULL there."""

from dataclasses import replace

import pytest

from glue_scripts.lake import contracts
from glue_scripts.lake.columns import integer, text
from tests.glue.lakes import CONTROL, SERVICE, Lake, deletion, service

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("spark")]

FULL = f"{CONTROL}, {SERVICE}"
DAY = "2026/11/20"


@pytest.mark.parametrize("sink", ["lake", "hudi_lake"])
def test_columns_that_a_contract_got_are_there_and_null_in_rows_of_before(
    sink: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
):
    lake: Lake = request.getfixturevalue(sink)
    lake.changes("service", "LOAD00000001.parquet", [service("A"), service("B"), service("C")], FULL)
    lake.run("service")
    before = contracts.CONTRACTS["service"]
    # One among the others, one at the end.
    columns = (*before.columns[:2], text("warranty"), *before.columns[2:], integer("bays"))
    monkeypatch.setitem(contracts.CONTRACTS, "service", replace(before, columns=columns))
    wide = f"{FULL}, warranty string, bays int"
    rows = [
        service("A", "2", op="U", seq=1, warranty="2y", bays=3),
        deletion("B", seq=2) | {"warranty": None, "bays": None},
        service("D", seq=3, warranty=None, bays=1),
    ]
    lake.changes("service", f"{DAY}/20261120-080100000.parquet", rows, wide)
    account = lake.run("service")
    assert account.unknown == ()
    assert lake.rows("service", "serviceid", "labor_cost", "warranty", "bays") == [
        ("A", 2, "2y", 3),
        ("C", 10, None, None),
        ("D", 10, None, 1),
    ]
    # A task that was not told yet delivers the old shape for a while.
    lake.changes("service", f"{DAY}/20261120-080101000.parquet", [service("C", "3", op="U", seq=4)], FULL)
    lake.run("service")
    assert lake.rows("service", "serviceid", "labor_cost", "warranty")[1] == ("C", 3, None)
