"""Random histories: whatever arrives when, twice or late, and wherever a run dies, a table ends as its source.

What chooses the files of a batch and what remembers them is the real thing; rows and table are a model of what the
collapse and the sink promise (the last change of a batch wins; a row in the table yields to what is not older).
"""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glue_scripts.lake.batch import Batch, Mode, in_order, plan
from glue_scripts.lake.contracts import CONTRACTS
from glue_scripts.lake.ledger import NOTHING_TAKEN, File, Ledger, Taken, decode

CONTRACT = CONTRACTS["service"]
LOADED = "0"


@dataclass(frozen=True)
class Change:
    """One change of a row: its place in the order of changes, its key, and whether it deletes."""

    place: str
    key: int
    deletes: bool = False


@dataclass
class World:
    """Files that have arrived, with their rows, and a table with its ledger; both change in one step or not at all."""

    files: dict[File, tuple[Change, ...]] = field(default_factory=dict)
    table: dict[int, str] = field(default_factory=dict)
    ledger: Ledger | None = None

    def deliver(self, name: str, rows: tuple[Change, ...]) -> None:
        self.files[File(f"service/{name}.parquet", len(rows) + 1, len(self.files) + 1)] = rows

    def expected(self) -> dict[int, str]:
        """What a source would hold after the changes that have arrived so far, each once and in order."""
        last = {row.key: row for row in sorted((row for rows in self.files.values() for row in rows), key=_place)}
        return {key: row.place for key, row in last.items() if not row.deletes}

    def run(self, *, dies: bool = False) -> bool:
        """Run one batch as the pipeline does; return whether it committed."""

        def listing(since: str) -> list[File]:
            return [file for file in self.files if not file.day or file.day >= since]

        def first_change(batch: Batch) -> str:
            return min((row.place for file in batch.files for row in self.files[file]), default="")

        batch = plan(CONTRACT, listing(self.ledger.closed if self.ledger else ""), self.ledger, None)
        if not batch.files:
            return False
        if self.ledger:
            batch = in_order(batch, self.ledger, first_change, listing)
        last: dict[int, Change] = {}
        for row in sorted((row for file in batch.files for row in self.files[file]), key=_place):
            last[row.key] = row
        table = dict(self.table)
        for row in last.values():
            if batch.mode is Mode.UPSERT and table.get(row.key, "") > row.place:
                continue
            table.pop(row.key, None)
            if not row.deletes:
                table[row.key] = row.place
        taken = [Taken(file, _last_place(self.files[file])) for file in batch.files]
        ledger = (self.ledger or NOTHING_TAKEN).after(
            batch.identity, taken, epoch=batch.epoch, anew=self.ledger is None
        )
        if dies:
            return False
        self.table, self.ledger = table, decode(ledger.encode())
        return True


def _place(change: Change) -> str:
    return change.place


def _last_place(rows: tuple[Change, ...]) -> str:
    return max((row.place for row in rows if row.place != LOADED), default="")


def _truth(loaded: set[int], log: list[Change]) -> dict[int, str]:
    """Every change once and in order: what the source holds."""
    rows = dict.fromkeys(loaded, LOADED)
    for change in log:
        rows.pop(change.key, None)
        if not change.deletes:
            rows[change.key] = change.place
    return rows


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_random_history_ends_as_its_source_does(data: st.DataObject):
    loaded = data.draw(st.sets(st.integers(0, 3)), label="loaded")
    steps = data.draw(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=30), label="log")
    log = [Change(f"1-{place:05d}", key, deletes) for place, (key, deletes) in enumerate(steps)]
    world = World()
    half = data.draw(st.integers(0, len(loaded)), label="rows in the load's first file")
    pieces = sorted(loaded)
    world.deliver("LOAD00000001", tuple(Change(LOADED, key) for key in pieces[:half]))
    second = tuple(Change(LOADED, key) for key in pieces[half:])

    start, day, waiting = 0, 1, [("LOAD00000002", second)]
    for number in range(data.draw(st.integers(1, 14), label="files")):
        # A restart of the task repeats what it had delivered, file by file, from an earlier change on.
        start -= data.draw(st.sampled_from([0, 0, 0, 1, 3, start]), label="changes gone back")
        start = max(start, 0)
        end = start + data.draw(st.integers(1, 4), label="changes in the file")
        waiting.append((f"2026/11/{day:02d}/file-{number:03d}", tuple(log[start:end])))
        start = min(end, len(log))
        if data.draw(st.booleans(), label="all arrive before the next day"):
            # Within a day files may be seen in any order, with runs in between that may die.
            for name, content in data.draw(st.permutations(waiting), label="order of arrival"):
                world.deliver(name, content)
                if data.draw(st.booleans(), label="a run"):
                    dies = data.draw(st.booleans(), label="that dies")
                    world.run(dies=dies)
                    # A restart heals itself by repeating everything that follows; until then, nothing may be wrong.
                    assert dies or world.table == world.expected()
            waiting.clear()
            day += data.draw(st.integers(0, 3), label="days that pass")
    waiting.append((f"2026/11/{day:02d}/rest", tuple(log[start:])))
    for name, content in waiting:
        world.deliver(name, content)
    world.run()
    assert world.table == _truth(loaded, log)
    assert not world.run(), "everything was taken in: nothing is committed again"


@pytest.mark.parametrize("later", [1, 2, 9], ids=["the same day", "the next day", "a day after it was closed"])
def test_a_repeated_insert_does_not_bring_a_deleted_row_back(later: int):
    insert, delete = Change("1-00000", 1), Change("1-00001", 1, deletes=True)
    world = World()
    world.deliver("LOAD00000001", ())
    world.deliver("2026/11/01/insert", (insert,))
    world.deliver("2026/11/01/remove", (delete,))
    assert world.run()
    world.deliver(f"2026/11/{later:02d}/other", (Change("1-00002", 2),))
    assert world.run()
    assert world.ledger is not None
    assert bool(world.ledger.closed > "2026/11/01") is (later > 3)
    world.deliver(f"2026/11/{later:02d}/repeated", (insert,))
    assert world.run()
    assert world.table == {2: "1-00002"}


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_files_that_come_after_their_day_was_closed_are_taken_in_with_the_next_day(data: st.DataObject):
    steps = data.draw(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=30), label="log")
    log = [Change(f"1-{place:05d}", key, deletes) for place, (key, deletes) in enumerate(steps)]
    world = World()
    world.deliver("LOAD00000001", tuple(Change(LOADED, key) for key in range(2)))
    late = []
    for number, first in enumerate(range(0, len(log), 3)):
        file = f"2026/11/{number + 1:02d}/file", tuple(log[first : first + 3])
        if data.draw(st.booleans(), label=f"day {number + 1} is late"):
            late.append(file)
        else:
            world.deliver(*file)
            world.run()
    for name, rows in data.draw(st.permutations(late), label="order of the late ones"):
        world.deliver(name, rows)
        dies = data.draw(st.booleans(), label="a run that dies")
        world.run(dies=dies)
    world.deliver("2026/11/20/new day", ())
    world.run()
    assert world.table == _truth({0, 1}, log)
    assert not world.run(), "everything was taken in: nothing is committed again"
