"""DMS-shaped batches that were made up: the table ends as the made-up database does, and every row is accounted for."""

from datetime import datetime
from pathlib import Path

import pytest

from glue_scripts.lake.account import Account
from glue_scripts.lake.contracts import CONTRACTS
from tests.glue.generator.changes import Changes, Fault, make_up
from tests.glue.lakes import Lake

pytestmark = pytest.mark.slow
spark_group = pytest.mark.xdist_group("spark")


def take_in(lake: Lake, made: Changes) -> list[Account]:
    """Deliver and run batch by batch."""
    accounts = []
    for _ in made.deliver(lake.root / "raw"):
        accounts.append(lake.run(made.contract.name))
    return accounts


@spark_group
def test_a_table_follows_its_source_through_every_fault_of_the_delivery(lake: Lake):
    made = make_up(
        CONTRACTS["service_parts"],
        keys=60,
        changes=240,
        batches=2,
        seed=11,
        faults=frozenset(Fault) - {Fault.NO_SEQUENCE},
    )
    accounts = take_in(lake, made)
    assert lake.held(made.contract) == made.truth
    assert sum(account.read for account in accounts) == made.rows
    assert sum(sum(account.set_aside.values()) for account in accounts) == made.set_aside
    assert {name for account in accounts for name in account.unknown} == {"added_later"}


@spark_group
@pytest.mark.full
@pytest.mark.parametrize("table", ["service", "auto_parts", "customers", "sales_order", "sales_order_services"])
@pytest.mark.parametrize("dull", [False, True], ids=["with a change sequence", "without"])
def test_every_table_follows_its_source_in_hudi(hudi_lake: Lake, table: str, dull: bool):
    # Without a sequence the order is that of commit time, file and row: nothing may come twice or share a moment.
    faults = frozenset(Fault) - ({Fault.TWICE, Fault.TIES} if dull else {Fault.NO_SEQUENCE})
    made = make_up(CONTRACTS[table], keys=100, changes=400, batches=3, seed=len(table), faults=faults)
    accounts = take_in(hudi_lake, made)
    assert hudi_lake.held(made.contract) == made.truth
    assert sum(account.read for account in accounts) == made.rows


def test_every_fault_is_made_up():
    found = [make_up(CONTRACTS["sales_order"], keys=60, changes=240, batches=2, seed=seed).faults for seed in range(5)]
    assert {fault for faults in found for fault in faults} == set(Fault)


def test_what_is_made_up_is_the_same_for_the_same_seed(tmp_path: Path):
    made, again = (make_up(CONTRACTS["sales_order"], keys=30, changes=90, batches=2, seed=5) for _ in range(2))
    assert made == again
    files = [[path.read_bytes() for path in batch] for batch in made.deliver(tmp_path / "a")]
    assert files == [[path.read_bytes() for path in batch] for batch in again.deliver(tmp_path / "b")]
    assert isinstance(next(iter(made.truth.values()))["order_date"], datetime)
