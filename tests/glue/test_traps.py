"""The fourteen traps of a lake fed by DMS, each by name, on real Hudi; and those that a naive job falls into.

One history holds most of them, a key per trap, so that three commits are enough to try them all.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from py4j.protocol import Py4JJavaError
from pyspark.errors import AnalysisException
from pyspark.sql import SparkSession

from benchmarks.glue.naive import run_naive
from glue_scripts.lake.account import Account
from glue_scripts.lake.contracts import CONTRACTS
from glue_scripts.lake.refusals import BatchRefusedError
from tests.glue.lakes import CONTROL, SERVICE, Lake, deletion, service

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("spark")]

FULL = f"{CONTROL}, {SERVICE}"
DAY = "2026/11/20"
AT = "2026-11-20 08:01:00.000000"
LATER = "2026-11-20 08:05:00.000000"


@dataclass
class History:
    """A lake after a load and its changes, the accounts of both batches, and what the naive job made of the same.

    `hudi` is the line of Hudi that wrote it.
    """

    lake: Lake
    accounts: tuple[Account, Account]
    aside: list[dict[str, object]]
    naive_path: str
    files: dict[str, Path]
    hudi: str

    def cost(self, key: str) -> object:
        """The labour cost of `key` in our table; a KeyError where the row is not there."""
        return dict(self.lake.rows("service", "serviceid", "labor_cost"))[key]

    def holds(self, key: str) -> bool:
        return (key,) in self.lake.rows("service", "serviceid")

    def naive(self) -> dict[object, object]:
        found = self.lake.spark.read.format("hudi").load(self.naive_path).select("serviceid", "labor_cost")
        return {row[0]: row[1] for row in found.collect()}

    def run_naive(self, *files: Path) -> None:
        run_naive(self.lake.spark, CONTRACTS["service"], [str(file) for file in files], self.naive_path)


def line_of(bundle: Path) -> str:
    """The version in the bundle's name."""
    return bundle.stem.rpartition("-")[2]


@pytest.fixture(scope="module")
def history(spark: SparkSession, bundle: Path | None, tmp_path_factory: pytest.TempPathFactory) -> History:
    if bundle is None:
        pytest.skip("the Hudi bundle could not be fetched: python -m glue_scripts.jars says why")
    lake = Lake(spark, tmp_path_factory.mktemp("traps"), sink="hudi")
    naive_path = str(lake.root / "naive")

    loaded = [service(key) for key in ("gone", "changed", "blank", "replayed", "back")]
    load = lake.changes("service", "LOAD00000001.parquet", loaded, FULL)
    bare = [{key: value for key, value in service("bare").items() if key != "Op"}]
    lake.changes("service", "LOAD00000002.parquet", bare, FULL.replace("Op string, ", ""))
    once = [  # one transaction, one commit time
        service("thrice", "1", at=AT, seq=1),
        service("thrice", "2", op="U", at=AT, seq=2),
        service("thrice", "3", op="U", at=AT, seq=3),
        service("changed", "7", op="U", at=AT, seq=4),
        service("bare-too", "8", at=AT, seq=5),
    ]
    first = lake.changes("service", f"{DAY}/20261120-080100000.parquet", once, FULL)
    loading = lake.run("service")

    then = [
        deletion("gone", seq=10, at=LATER),
        deletion("blank", seq=11, at=LATER),
        deletion("back", seq=12, at=LATER),
        service("back", "9", at=LATER, seq=13),
        service("replayed", "5", op="U", at=LATER, seq=14),
    ]
    second = lake.changes("service", f"{DAY}/20261120-080500000.parquet", then, FULL)
    wide = FULL.replace("labor_minutes int", "labor_minutes bigint") + ", warranty string"
    files = {"changes": second}
    files["wide"] = lake.changes(
        "service", f"{DAY}/20261120-080501000.parquet", [service("wide", "1.50", seq=20, warranty="2y")], wide
    )
    narrow = FULL.replace("decimal(38,4)", "decimal(10,2)")
    files["narrow"] = lake.changes(
        "service", f"{DAY}/20261120-080502000.parquet", [service("narrow", "2.25", seq=21)], narrow
    )
    text = FULL.replace("labor_cost decimal(38,4)", "labor_cost string")
    spelled = [
        service("spelled", "0", seq=22, labor_cost="$1,234.56"),
        service("dirt", "0", seq=23, labor_cost="free"),
    ]
    lake.changes("service", f"{DAY}/20261120-080503000.parquet", spelled, text)
    changing = lake.run("service")

    done = History(lake, (loading, changing), lake.set_aside("service"), naive_path, files, line_of(bundle))
    # It gets the files of one shape only: the others it could not even read together.
    done.run_naive(load, first)
    done.run_naive(second)
    return done


def test_trap_01_deleted_rows_vanish(history: History):
    assert not history.holds("gone")
    assert "gone" in history.naive(), "the naive job keeps what was deleted"


def test_trap_02_the_last_change_of_one_transaction_wins(history: History):
    assert history.cost("thrice") == 3
    assert history.naive()["thrice"] != 3, "the naive job keeps whichever it meets first"


def test_trap_03_the_load_never_outranks_a_change(history: History):
    assert history.cost("changed") == 7


def test_trap_04_a_load_without_operation_joins_the_changes(history: History):
    assert (history.cost("bare"), history.cost("bare-too")) == (10, 8)


def test_trap_05_a_deletion_that_holds_the_key_only_is_no_row_of_blanks(history: History):
    assert not history.holds("blank")
    assert history.naive()["blank"] is None, "the naive job writes the blanks of the deletion into the row"


def test_trap_06_the_same_batch_again_makes_no_commit(history: History):
    timeline = Path(history.lake.zones.table(CONTRACTS["service"], "hudi")) / ".hoodie"
    before = sorted(path.name for path in timeline.glob("*commit"))
    assert len(before) >= 2
    assert history.lake.run("service").commit == ""
    assert sorted(path.name for path in timeline.glob("*commit")) == before
    naive = Path(history.naive_path) / ".hoodie"
    there = len(list(naive.glob("*.commit")))
    history.run_naive(history.files["changes"])
    assert len(list(naive.glob("*.commit"))) == there + 1, "the naive job writes everything again"


def test_trap_07_an_old_batch_alone_moves_no_row_back_and_brings_none_back(history: History):
    old = [service("replayed", "0.50", op="U", at=AT, seq=6), service("gone", "0.50", op="U", at=AT, seq=7)]
    file = history.lake.changes("service", f"{DAY}/20261120-080101000.parquet", old, FULL)
    history.lake.run("service")
    assert history.cost("replayed") == 5
    assert not history.holds("gone")
    history.run_naive(file)
    if history.hudi.startswith("0."):
        assert history.naive()["replayed"] == Decimal("0.50"), "the naive job goes back in time"
    else:
        assert history.naive()["replayed"] == 5, "Hudi 1.0 orders by default by what the naive job names for it"


@pytest.mark.parametrize("loaded", [False, True], ids=["first-load", "upsert"])
def test_trap_08_a_crash_between_data_and_commit_doubles_nothing(hudi_lake: Lake, loaded: bool):
    lake = hudi_lake
    lake.changes("service", "LOAD00000001.parquet", [service("A"), service("B")], FULL)
    if loaded:
        lake.run("service")
        lake.changes("service", f"{DAY}/20261120-080100000.parquet", [service("A", "4", op="U", seq=1)], FULL)
    died = lake.run("service")
    timeline = Path(lake.zones.table(CONTRACTS["service"], "hudi")) / ".hoodie"
    # What such a crash leaves: everything but the file that completes the commit.
    (timeline / f"{died.commit}.commit").unlink()
    again = lake.run("service")
    assert (again.read, again.commit != "") == (died.read, True)
    expected = [("A", 4), ("B", 10)] if loaded else [("A", 10), ("B", 10)]
    assert lake.rows("service", "serviceid", "labor_cost") == expected


def test_trap_09_a_column_that_came_later_a_wider_integer_and_another_decimal_are_read(history: History):
    assert history.accounts[1].unknown == ("warranty",)
    assert (history.cost("wide"), history.cost("narrow")) == (Decimal("1.50"), Decimal("2.25"))
    with pytest.raises(Py4JJavaError, match=r"cannot|Cannot|mismatch"):
        history.run_naive(history.files["narrow"], history.files["wide"])


def test_trap_10_text_that_is_no_number_gives_the_same_with_and_without_ansi(history: History, tmp_path: Path):
    """What reads values knows no sink, so plain Parquet is enough for the comparison."""
    assert history.cost("spelled") == Decimal("1234.56")
    spark = history.lake.spark
    text = FULL.replace("labor_cost decimal(38,4)", "labor_cost string").replace("minutes int", "minutes string")
    costs = ("$1,234.56", " 12.5 ", "free", "")
    rows = [service(f" {number} ", "0", labor_cost=cost, labor_minutes=" 30 ") for number, cost in enumerate(costs)]
    rows.append(service("days", "1", labor_cost="1", labor_minutes="2025-13-45"))
    seen = []
    before = spark.conf.get("spark.sql.ansi.enabled")
    try:
        for ansi in ("false", "true"):
            spark.conf.set("spark.sql.ansi.enabled", ansi)
            lake = Lake(spark, tmp_path / ansi)
            lake.changes("service", "LOAD00000001.parquet", rows, text)
            account = lake.run("service")
            seen.append((lake.rows("service", "serviceid", "labor_cost", "labor_minutes"), account.set_aside))
    finally:
        spark.conf.set("spark.sql.ansi.enabled", str(before))
    assert seen[0] == seen[1]
    assert {"AMOUNT_UNPARSEABLE", "NUMBER_UNPARSEABLE"} <= seen[0][1].keys()
    assert (" 0 ", Decimal("1234.56"), 30) in seen[0][0], "a key is as the source has it, blanks and all"


def test_trap_11_an_empty_folder_is_green_and_commits_nothing(hudi_lake: Lake):
    (hudi_lake.root / "raw/database/public/service").mkdir(parents=True)
    account = hudi_lake.run("service")
    assert (account.read, account.commit) == (0, "")
    assert not Path(hudi_lake.zones.table(CONTRACTS["service"], "hudi"), ".hoodie").exists()
    with pytest.raises(AnalysisException, match="UNABLE_TO_INFER_SCHEMA"):
        run_naive(hudi_lake.spark, CONTRACTS["service"], [f"{hudi_lake.zones.raw}/database/public/service"], "never")


def test_trap_12_quarantine_conserves_every_row(history: History):
    for account in history.accounts:
        aside = sum(account.set_aside.values())
        assert account.read == account.written + account.deleted + account.folded + aside
    assert [account.read for account in history.accounts] == [11, 9]
    assert history.accounts[1].set_aside == {"AMOUNT_UNPARSEABLE": 1}
    (row,) = history.aside
    assert (row["reasons"], json.loads(str(row["raw"]))["labor_cost"]) == (["AMOUNT_UNPARSEABLE:labor_cost"], "free")
    assert not history.holds("dirt")


def test_trap_13_a_key_that_was_deleted_and_came_again_is_there(history: History):
    assert history.cost("back") == 9
    assert history.naive()["back"] is None, "the naive job takes the deletion for the row"


def test_trap_14_a_task_made_anew_is_refused_and_not_guessed_at(hudi_lake: Lake):
    lake = hudi_lake
    lake.changes("service", "LOAD00000001.parquet", [service("A", at=AT)], FULL)
    lake.run("service")
    lake.changes("service", "LOAD00000001.parquet", [service("A", "2", at=AT)], FULL)
    with pytest.raises(BatchRefusedError, match="EPOCH-UNANNOUNCED"):
        lake.run("service")
    assert lake.rows("service", "serviceid", "labor_cost") == [("A", 10)]
