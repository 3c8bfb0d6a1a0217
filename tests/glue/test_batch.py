"""Which files a batch takes in."""

import pytest

from glue_scripts.lake.batch import Epoch, Mode, begins_a_day, plan, read_marker, with_late, with_overtaken
from glue_scripts.lake.contracts import CONTRACTS
from glue_scripts.lake.ledger import NOTHING_TAKEN, File, Ledger, Taken, decode
from glue_scripts.lake.refusals import BatchRefusedError

SERVICE = CONTRACTS["service"]
ORDERS = CONTRACTS["csv_sales_orders"]
RELOADED = Epoch("2", started=1_000)
LOAD = File("service/LOAD00000001.parquet", 100, 1)


def change(day: int, name: str = "a", size: int = 10, modified: int = 5) -> File:
    return File(f"service/2026/11/{day:02d}/202611{day:02d}-{name}.parquet", size, modified)


def ledger(*files: File, last: str = "1", epoch: str = "1") -> Ledger:
    return NOTHING_TAKEN.after("b", [Taken(f, "" if f.is_load else last) for f in files], epoch=epoch, anew=False)


def test_the_first_batch_takes_everything():
    batch = plan(SERVICE, [change(20), LOAD], None, None)
    assert (batch.mode, batch.files, batch.epoch) == (Mode.FIRST, (change(20), LOAD), "1")


def test_without_files_there_is_nothing_to_do():
    assert plan(SERVICE, [], None, None).files == ()
    assert plan(SERVICE, [LOAD], ledger(LOAD), None).files == ()


def test_only_what_the_ledger_lacks_is_taken():
    batch = plan(SERVICE, [LOAD, change(20), change(21)], ledger(LOAD, change(20)), None)
    assert (batch.mode, batch.files) == (Mode.UPSERT, (change(21),))


def test_a_late_file_is_found_though_its_name_is_older():
    assert plan(SERVICE, [change(20, "a"), change(20, "b")], ledger(change(20, "b")), None).files == (change(20, "a"),)


def test_another_load_without_an_announcement_is_refused():
    again = File(LOAD.name, 100, 99)
    with pytest.raises(BatchRefusedError) as refused:
        plan(SERVICE, [again], ledger(LOAD), None)
    assert refused.value.code == "EPOCH-UNANNOUNCED"
    assert "reload" in refused.value.next_step


def test_an_announced_reload_replaces_the_table_with_what_came_since():
    fresh = File(LOAD.name, 120, 2_000)
    batch = plan(SERVICE, [fresh, change(20)], ledger(LOAD), RELOADED)
    assert (batch.mode, batch.epoch, batch.files) == (Mode.REPLACE, "2", (fresh,))


def test_a_reload_that_was_taken_in_is_followed_by_ordinary_batches():
    after = ledger(LOAD, epoch="2")
    assert plan(SERVICE, [LOAD, change(20)], after, Epoch("2")).mode is Mode.UPSERT


def test_a_newer_export_of_the_same_name_is_taken_in():
    old, new = File("sales_orders/sales_orders.csv", 1, 1), File("sales_orders/sales_orders.csv", 1, 2)
    assert plan(ORDERS, [new], ledger(old), None).files == (new,)


def test_the_batch_is_named_by_its_input():
    one = plan(SERVICE, [LOAD, change(20)], None, None)
    assert one.identity == plan(SERVICE, [change(20), LOAD], None, None).identity
    assert one.identity != plan(SERVICE, [LOAD, change(20, size=11)], None, None).identity


def test_a_change_that_was_overtaken_is_taken_in_with_everything_from_it_on():
    early, late, later = change(20, "a"), change(20, "b"), change(20, "c")
    known = NOTHING_TAKEN.after("x", [Taken(LOAD), Taken(early, "1-10"), Taken(later, "1-30")], epoch="1", anew=False)
    batch = plan(SERVICE, [LOAD, early, late, later], known, None)
    assert batch.files == (late,)
    assert with_overtaken(batch, "1-20", [LOAD, early, late, later], known).files == (late, later)
    assert with_overtaken(batch, "1-31", [LOAD, early, late, later], known) == batch


def test_a_load_that_arrives_in_pieces_is_not_read_again():
    second = File("service/LOAD00000002.parquet", 100, 2)
    known = NOTHING_TAKEN.after("x", [Taken(LOAD)], epoch="1", anew=False)
    batch = plan(SERVICE, [LOAD, second], known, None)
    assert with_overtaken(batch, "0", [LOAD, second], known).files == (second,)


def test_a_change_of_a_closed_day_brings_back_that_day_and_those_after_it():
    days = [change(day) for day in (1, 2, 20)]
    known = decode(NOTHING_TAKEN.after("x", [Taken(f, f"1-{f.day}") for f in days], epoch="1", anew=False).encode())
    assert known.closed == "2026/11/18"
    assert [known.since(f"1-2026/11/{day:02d}") for day in (1, 2, 3)] == ["2026/11/01", "2026/11/02", "2026/11/18"]
    listing = [*days, change(19)]
    batch = plan(SERVICE, listing, known, None)
    assert with_overtaken(batch, "1-2026/11/01", listing, known).files == (*days[:2], change(19), days[2])
    assert with_overtaken(batch, "1-2026/11/02", listing, known).files == (days[1], change(19), days[2])
    assert with_overtaken(batch, "1-2026/11/03", listing, known).files == (change(19), days[2])


def test_closed_days_are_looked_at_when_a_new_one_begins():
    known = ledger(LOAD, change(20, "a"))
    assert begins_a_day(plan(SERVICE, [LOAD, change(21)], known, None), known)
    assert not begins_a_day(plan(SERVICE, [LOAD, change(20, "b")], known, None), known)
    assert not begins_a_day(plan(SERVICE, [LOAD, File("service/LOAD00000002.parquet", 1, 1)], known, None), known)


def test_a_closed_day_that_has_grown_is_taken_in_again_as_a_whole():
    days = [change(day, name) for day in (1, 2, 20) for name in "ab"]
    known = decode(ledger(*days).encode())
    assert {name: day.files for name, day in known.days.items()} == {"2026/11/01": 2, "2026/11/02": 2}
    batch = plan(SERVICE, [*days, change(21)], known, None)
    assert with_late(batch, [*days, change(21)], known) == batch
    late = [*days, change(2, "late"), change(3, "of a day that had none"), change(21)]
    grown = with_late(batch, late, known)
    assert grown.files == (
        change(2, "a"),
        change(2, "b"),
        change(2, "late"),
        change(3, "of a day that had none"),
        change(21),
    )
    after = known.after("c", [Taken(file, "1") for file in grown.files], epoch="1", anew=False)
    assert {name: day.files for name, day in after.days.items()} == {
        "2026/11/01": 2,
        "2026/11/02": 3,
        "2026/11/03": 1,
    }
    assert with_late(batch, late, after) == batch


def test_a_marker_says_which_load_it_announces_and_since_when():
    assert read_marker('{"epoch": "2", "started": "1970-01-01T00:00:02Z"}', "m") == Epoch("2", 2_000)
    assert read_marker('{"epoch": 3}', "m") == Epoch("3", 0)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"epoch": " "}', '{"epoch": "2", "started": "2026-11-20 10:00"}'])
def test_what_is_no_marker_is_refused(text: str):
    with pytest.raises(BatchRefusedError, match="EPOCH-UNREADABLE"):
        read_marker(text, "raw/database/_epochs/service.json")
