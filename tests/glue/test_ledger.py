"""What a table has taken in, as it rides in its commits."""

import base64
import json
import zlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glue_scripts.lake.ledger import NOTHING_TAKEN, ClosedDay, File, Ledger, Taken, decode

names = st.text(st.characters(blacklist_categories=["Cs"]), min_size=1, max_size=40)
entries = st.builds(Taken, st.builds(File, names, st.integers(0, 10**12), st.integers(0, 10**14)), names)


days = st.dictionaries(names, st.builds(ClosedDay, st.integers(0, 10**6), names))


@given(st.integers(0, 10**6), names, names, st.lists(entries).map(tuple), days)
def test_it_comes_back_as_it_was_written(
    number: int, batch: str, epoch: str, files: tuple[Taken, ...], days: dict[str, ClosedDay]
):
    ledger = Ledger(number, batch, epoch, files, "2026/11/20", days)
    assert decode(ledger.encode()) == ledger
    assert "\n" not in ledger.encode()


@pytest.mark.parametrize("text", ["", "x", "eJw=", "bm8="])
def test_other_text_is_no_ledger(text: str):
    with pytest.raises(ValueError):
        decode(text)


def test_days_that_lie_two_delivered_days_back_are_closed():
    def file(day: int) -> Taken:
        return Taken(File(f"t/2026/11/{day:02d}/x.parquet", 1, 1), f"1-{day}")

    load = Taken(File("t/LOAD00000001.parquet", 1, 1))
    ledger = NOTHING_TAKEN.after("a", [load, file(10), file(11)], epoch="1", anew=False)
    assert ledger.files == (file(10), file(11), load)
    ledger = ledger.after("b", [file(13)], epoch="1", anew=False)
    assert (ledger.number, ledger.closed, ledger.late_since) == (2, "2026/11/11", "2026/10/28")
    assert ledger.files == (file(11), file(13), load)
    assert ledger.days == {"2026/11/10": ClosedDay(1, "1-10")}
    assert ledger.has_closed(file(10).file)
    assert not ledger.has_closed(file(11).file)
    assert not ledger.has_closed(load.file)


def test_a_replaced_table_remembers_nothing_of_the_old_load():
    old = NOTHING_TAKEN.after("a", [Taken(File("t/2026/11/10/x.parquet", 1, 1), "1-9")], epoch="1", anew=False)
    new = old.after("b", [Taken(File("t/LOAD00000001.parquet", 1, 9))], epoch="2", anew=True)
    assert (new.number, new.epoch, len(new.files), new.closed, new.days) == (2, "2", 1, "", {})


def test_a_day_of_flushes_every_minute_stays_small_in_a_commit():
    day = [Taken(File(f"t/2026/11/20/20261120-{n:09d}.parquet", 40_000 + n, n), f"1{n:035d}") for n in range(1440)]
    assert len(NOTHING_TAKEN.after("a", day, epoch="1", anew=False).encode()) < 40_000


def test_years_of_closed_days_stay_small_in_a_commit():
    names = [(date(2024, 1, 1) + timedelta(days=n)).strftime("%Y/%m/%d") for n in range(3 * 365)]
    days = {name: ClosedDay(1440, f"1{name.replace('/', '')}235959{n:021d}") for n, name in enumerate(names)}
    assert len(Ledger(1, "a", "1", (), "2027/01/01", days).encode()) < 40_000


def test_a_ledger_that_tells_nothing_of_closed_days_has_none():
    document = {"number": 4, "batch": "b", "epoch": "1", "closed": "2026/11/20", "closed_last": "1-9", "files": []}
    text = base64.b64encode(zlib.compress(json.dumps(document).encode())).decode()
    assert decode(text) == Ledger(4, "b", "1")
