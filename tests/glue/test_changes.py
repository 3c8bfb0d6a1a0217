"""Changes of the source, from the files that DMS writes to the curated table; on real Spark and the Parquet sink."""

from decimal import Decimal

import pytest

from glue_scripts.lake.refusals import BatchRefusedError
from tests.glue.lakes import CONTROL, LOADED_AT, SERVICE, Lake, deletion, sequence, service

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("spark")]

FULL = f"{CONTROL}, {SERVICE}"
DAY = "2026/11/20"


def costs(lake: Lake) -> dict[object, object]:
    return dict(lake.rows("service", "serviceid", "labor_cost"))


def test_a_table_for_which_nothing_has_arrived_stays_away(lake: Lake):
    account = lake.run("service")
    assert (account.read, account.commit) == (0, "")
    assert "No files have arrived" in account.note
    assert lake.table("service").ledger() is None


def test_the_last_change_wins_whatever_the_files_are_called(lake: Lake):
    """The load may come without an operation, and its name sorts after those of changes."""
    load = [{k: v for k, v in service(key).items() if k != "Op"} for key in "ABCE"]
    lake.changes("service", "LOAD00000001.parquet", load, FULL.replace("Op string, ", ""))
    lake.changes(
        "service",
        f"{DAY}/20261120-080101000.parquet",
        [  # one transaction: one commit time
            service("N", "1", seq=1),
            service("N", "2", op="U", seq=2),
            service("N", "3", op="U", seq=3),
            service("A", "7", op="U", seq=4),
            deletion("B", seq=5),
            deletion("C", seq=6),
            service("C", "9", seq=7),
        ],
        FULL,
    )
    account = lake.run("service")
    assert costs(lake) == {"A": 7, "C": 9, "E": 10, "N": 3}
    assert (account.read, account.written, account.deleted, account.folded) == (11, 4, 1, 6)
    assert account.set_aside == {}
    assert lake.run("service").note.startswith("Every file was taken in before")


def test_changes_meet_what_the_table_holds_and_an_old_one_brings_nothing_back(lake: Lake):
    lake.changes("service", "LOAD00000001.parquet", [service("A"), service("B")], FULL)
    assert lake.run("service").written == 2
    lake.changes(
        "service", f"{DAY}/20261120-080102000.parquet", [service("A", "5", op="U", seq=5), deletion("B", seq=6)], FULL
    )
    assert (lake.run("service").deleted, costs(lake)) == (1, {"A": 5})
    # Written before the file above, seen after it.
    lake.changes(
        "service",
        f"{DAY}/20261120-080101000.parquet",
        [service("A", "2", op="U", seq=2), service("B", "3", op="U", seq=3)],
        FULL,
    )
    account = lake.run("service")
    assert costs(lake) == {"A": 5}
    assert (account.files, account.read, account.folded) == (2, 4, 2)


def test_without_a_change_sequence_commit_time_file_and_row_decide(lake: Lake):
    at, later = "2026-11-20 08:01:00.000000", "2026-11-20 08:02:00.000000"
    rows = [service("A", "1", at=at), service("A", "2", op="U", at=at), service("B", "8", op="U", at=later)]
    columns = FULL.replace(", AR_H_CHANGE_SEQ string", "")
    lake.changes("service", "LOAD00000001.parquet", [service("B", at="2026-11-20 09:00:00.000000")], columns)
    lake.changes("service", f"{DAY}/20261120-080100000.parquet", rows, columns)
    lake.changes("service", f"{DAY}/20261120-080200000.parquet", [service("A", "3", op="U", at=at)], columns)
    lake.run("service")
    assert costs(lake) == {"A": 3, "B": 8}


def test_files_of_other_shapes_are_read_each_by_its_own(lake: Lake):
    """A column that came later, a wider integer, money as text, and what does not fit the contract."""
    lake.changes("service", "LOAD00000001.parquet", [service("A")], FULL)
    wide = FULL.replace("labor_minutes int", "labor_minutes bigint") + ", warranty string"
    lake.changes("service", f"{DAY}/20261120-080100000.parquet", [service("B", "1.50", seq=1, warranty="2y")], wide)
    text = FULL.replace("labor_cost decimal(38,4)", "labor_cost string")
    rows = [service("C", "0", seq=2, labor_cost="$1,234.56"), service("D", "0", seq=3, labor_cost="free")]
    lake.changes("service", f"{DAY}/20261120-080101000.parquet", rows, text)
    lake.changes("service", f"{DAY}/20261120-080102000.parquet", [service("E", "1.2345", seq=4)], FULL)
    account = lake.run("service")
    assert costs(lake) == {"A": 10, "B": Decimal("1.50"), "C": Decimal("1234.56")}
    assert account.unknown == ("warranty",)
    assert account.set_aside == {"AMOUNT_UNPARSEABLE": 1, "VALUE_LOST": 1}
    reasons = {tuple(row["reasons"]) for row in lake.set_aside("service")}  # type: ignore[arg-type]
    assert reasons == {("AMOUNT_UNPARSEABLE:labor_cost",), ("VALUE_LOST:labor_cost",)}
    assert all('"serviceid":' in str(row["raw"]) for row in lake.set_aside("service"))


def test_a_reload_is_refused_until_it_is_announced_and_then_replaces_the_table(lake: Lake):
    lake.changes("service", "LOAD00000001.parquet", [service("A"), service("B")], FULL)
    lake.run("service")
    lake.changes("service", "LOAD00000001.parquet", [service("B", "2"), service("C")], FULL)
    with pytest.raises(BatchRefusedError, match="EPOCH-UNANNOUNCED"):
        lake.run("service")
    assert costs(lake) == {"A": 10, "B": 10}
    marker = lake.root / "raw/database/_epochs/service.json"
    marker.parent.mkdir(parents=True)
    marker.write_text('{"epoch": "2", "started": "2026-01-01T00:00:00Z"}')
    assert lake.run("service").written == 2
    assert costs(lake) == {"B": 2, "C": 10}


def test_a_batch_that_died_before_its_commit_is_simply_done_again(lake: Lake, monkeypatch: pytest.MonkeyPatch):
    from glue_scripts.lake.storage import Storage

    lake.changes("service", "LOAD00000001.parquet", [service("A"), service("B", serviceid=None)], FULL)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as crash:
        crash.setattr(Storage, "write_whole", die)
        with pytest.raises(KeyboardInterrupt):
            lake.run("service")
    assert lake.table("service").ledger() is None
    lake.changes("service", f"{DAY}/20261120-080101000.parquet", [service("A", "4", op="U", seq=1)], FULL)
    account = lake.run("service")
    assert (account.read, account.written, account.folded) == (3, 1, 1)
    assert account.set_aside == {"REQUIRED_MISSING": 1}
    assert costs(lake) == {"A": 4}
    assert len(lake.set_aside("service")) == 1, "the dead attempt's rows must not be there twice"


def test_the_sequence_that_fixtures_write_has_the_form_of_dms():
    assert len(sequence(7)) == 35
    assert sequence(99) < sequence(100) < sequence(12_345)


@pytest.mark.parametrize("limit", [1, 0], ids=["told", "not told"])
def test_texts_that_dms_may_have_cut_are_counted_and_let_in(lake: Lake, limit: int):
    """One kilobyte is carried: in UTF-8 (no character is cut in two) or in UTF-16."""
    texts = {"short": "x" * 500, "whole": "x" * 1025, "cut": "x" * 1024, "umlauts": "x" + "ü" * 511, "wide": "x" * 512}
    rows = [
        {"Op": "I", "dms_ts": LOADED_AT, "sku": sku, "name": "Pad", "description": text} for sku, text in texts.items()
    ]
    lake.changes(
        "auto_parts",
        "LOAD00000001.parquet",
        rows,
        "Op string, dms_ts string, sku string, name string, description string",
    )
    account = lake.run("auto_parts", lob_max_size=limit * 1024)
    assert account.written == len(texts)
    assert account.warnings == ({"TEXT_MAYBE_CUT": 3} if limit else {})
    assert dict(lake.rows("auto_parts", "sku", "description")) == texts
