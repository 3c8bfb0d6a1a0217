"""A random history of 5,000 changes over all seven tables is exact, wherever the runs that take it in die.

After a death a table holds what it held before or what it holds after, and nothing between; the next run ends it right.
"""

import shutil
from collections.abc import Iterator
from itertools import count

import pytest

from glue_scripts.lake.account import Account
from glue_scripts.lake.contracts import DATABASE_TABLES, Contract
from glue_scripts.lake.pipeline import NOTHING_ARRIVED
from tests.glue.deaths import Died, dying
from tests.glue.generator.changes import Changes, Fault, make_up
from tests.glue.lakes import Lake

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("spark")]

CHANGES = 5_000
FAULTS = frozenset(Fault) - {Fault.NO_SEQUENCE}
SHARES = {  # as source-database.md has the rows, more or less; none of a table's is too small for its batches
    "auto_parts": 400,
    "customers": 600,
    "service": 200,
    "service_parts": 300,
    "sales_order": 1_100,
    "sales_order_parts": 1_500,
    "sales_order_services": 900,
}
# Where a run can die on the Parquet sink; a run has them all only when it sets rows aside and forgets an old commit.
POINTS = {
    *(f"{when} parquet {what}" for when in ("before", "halfway", "after") for what in ("quarantine", "data")),
    *(f"{when} delete {what}" for when in ("before", "after") for what in ("quarantine", "data", "commit")),
    *(f"{when} {step} commit" for when in ("before", "after") for step in ("create", "rename")),
}
HUDI_POINTS = {
    *(f"{when} parquet quarantine" for when in ("before", "halfway", "after")),
    *(f"{when} delete quarantine" for when in ("before", "after")),
    *(f"{when} save table" for when in ("before", "halfway", "after")),
}
NAMES = [contract.name for contract in DATABASE_TABLES]


def history(contract: Contract, *, batches: int, seed: int = 20261127) -> Changes:
    """The table's part of the history: as many changes as its share, on days enough for the first ones to be closed."""
    share = SHARES[contract.name]
    keys = share // 5
    return make_up(contract, keys=keys, changes=share, batches=batches, seed=seed + share, faults=FAULTS, days=5)


def set_aside(lake: Lake, made: Changes) -> int:
    """How many rows are in quarantine; a run that died and was done again must not leave two sets."""
    return len(lake.set_aside(made.contract.name)) if made.set_aside else 0


def die(lake: Lake, contract: Contract, at: int) -> tuple[str, ...]:
    """Run a batch that dies at its point `at`; the points up to there, none where it was through before that."""
    with dying(at) as deaths:
        try:
            lake.run(contract.name)
        except Died:
            return tuple(deaths.passed)
    return ()


def take_in(lake: Lake, made: Changes, deaths: Iterator[int]) -> tuple[list[Account], set[str]]:
    """Take the history in, with a death in each of its batches; what was accounted for, and where it died."""
    accounts: list[Account] = []
    died: set[str] = set()
    before: dict[object, dict[str, object]] = {}
    for _, after in zip(made.deliver(lake.root / "raw"), made.stations, strict=True):
        died.update(die(lake, made.contract, next(deaths))[-1:])
        number = len(accounts)
        ledger = lake.table(made.contract.name).ledger()
        switched = ledger is not None and ledger.number > number
        assert lake.held(made.contract) == (after if switched else before)
        account = lake.run(made.contract.name)
        assert (account.commit == "") == switched, account.note
        assert account.note != NOTHING_ARRIVED
        assert lake.held(made.contract) == after
        accounts.append(account)
        before = after
    return accounts, died


def test_shares_make_up_the_history():
    assert sum(SHARES.values()) == CHANGES
    assert set(SHARES) == set(NAMES)


@pytest.mark.parametrize("table", NAMES)
def test_every_table_is_exact_though_its_runs_die(lake: Lake, table: str):
    contract = next(each for each in DATABASE_TABLES if each.name == table)
    made = history(contract, batches=2)
    first = 5 * NAMES.index(table)
    accounts, died = take_in(lake, made, (point % 17 for point in count(first, 7)))
    assert lake.held(contract) == made.truth
    assert set_aside(lake, made) == made.set_aside
    assert len(accounts) == len(made.batches) == 3
    assert len(died) >= 2


@pytest.mark.full
def test_every_table_in_hudi_is_exact_though_its_runs_die(hudi_lake: Lake):
    """One lake with all seven tables; each batch dies once, and every point of a run gets its turn."""
    died: set[str] = set()
    deaths = (point % 7 for point in count(0, 5))
    for contract in DATABASE_TABLES:
        made = history(contract, batches=2)
        _, places = take_in(hudi_lake, made, deaths)
        died |= places
        assert hudi_lake.held(contract) == made.truth
        assert set_aside(hudi_lake, made) == made.set_aside
    assert died == HUDI_POINTS


@pytest.mark.full
@pytest.mark.parametrize("table", NAMES)
def test_every_table_is_exact_wherever_its_runs_die(lake: Lake, table: str):
    """Every point of every batch, each from the same beginning."""
    contract = next(each for each in DATABASE_TABLES if each.name == table)
    made = history(contract, batches=2)
    before: dict[object, dict[str, object]] = {}
    kept = lake.root / "kept"
    died: set[str] = set()
    (lake.root / "curated").mkdir()
    for number, (_, after) in enumerate(zip(made.deliver(lake.root / "raw"), made.stations, strict=True)):
        shutil.copytree(lake.root / "curated", kept / "curated", dirs_exist_ok=True)
        for at in count():
            passed = die(lake, contract, at)
            ledger = lake.table(table).ledger()
            switched = ledger is not None and ledger.number > number
            assert lake.held(contract) == (after if switched else before), passed
            lake.run(table)
            assert lake.held(contract) == after, passed
            if not passed:
                break
            died.add(passed[-1])
            shutil.rmtree(lake.root / "curated")
            shutil.copytree(kept / "curated", lake.root / "curated")
        shutil.rmtree(kept)
        before = after
    assert before == made.truth
    assert set_aside(lake, made) == made.set_aside
    assert died == {point for point in POINTS if made.set_aside or "parquet quarantine" not in point}
