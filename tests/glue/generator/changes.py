"""DMS-shaped batches of one replicated table: a load, then files of changes, with what DMS does to those who trust it.

The manifest is kept while the changes are made up, one after the other, as the database would: it shares no code with
the job. Values are random, of the types that DMS writes for the column (an amount of `money` as a decimal(38,4)).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from random import Random

import pyarrow as pa
from pyarrow import parquet

from glue_scripts.lake.columns import Column, Kind
from glue_scripts.lake.contracts import Contract

Row = dict[str, object]
_DAY = datetime(2026, 11, 20, 8)  # noqa: DTZ001  (DMS writes times without a zone, in UTC)
_CONTROL = {"Op": pa.string(), "dms_ts": pa.string(), "AR_H_CHANGE_SEQ": pa.string()}


class Fault(StrEnum):
    """What befalls the delivery."""

    LOAD_WITHOUT_OP = "the load has no Op"
    TIES = "changes of one transaction share their commit time"
    NO_SEQUENCE = "the task adds no change sequence"
    TWICE = "a file of changes is delivered again under another name"
    WIDER_INTEGERS = "integers of some files are 64 bits wide"
    NEW_COLUMN = "later files hold a column that no contract knows"
    REQUIRED_NULL = "a required column is NULL in some changes"
    KEY_NULL = "the key is NULL in some changes"
    OVERLAP = "the load holds changes that are delivered again"


@dataclass
class Delivered:
    """A file: its name below the table's folder, its rows, and how they are written."""

    name: str
    rows: list[Row]
    wide: bool = False
    new_column: bool = False
    without: frozenset[str] = frozenset()


@dataclass
class Changes:
    """What was made up: `batches` of files (the first is the load), `truth` by key, and what must be said of it.

    `stations` are the truth after each batch; the last one is `truth`.
    """

    contract: Contract
    batches: list[list[Delivered]] = field(default_factory=list)
    truth: dict[object, Row] = field(default_factory=dict)
    stations: list[dict[object, Row]] = field(default_factory=list)
    set_aside: int = 0
    faults: dict[Fault, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Rows in all files."""
        return sum(len(file.rows) for batch in self.batches for file in batch)

    def deliver(self, raw: Path) -> Iterator[list[Path]]:
        """Write one batch after the other below the raw zone `raw`, and yield what was written."""
        for batch in self.batches:
            yield [_write(raw / "database/public" / self.contract.name, self.contract, file) for file in batch]


def make_up(
    contract: Contract,
    *,
    keys: int,
    changes: int,
    batches: int,
    seed: int,
    faults: frozenset[Fault] = frozenset(Fault),
    days: int = 1,
) -> Changes:
    """Return a load of `keys` rows and `changes` changes in `batches` batches of two files each.

    Half of the changes are updates, the others deletions and inserts; a deleted key may come again. They are committed
    on `days` days (at most ten), the same number on each, and lie in the folder of the day on which their file begins.
    """
    dice = Random(seed)
    made = Changes(contract)
    without = frozenset({"Op"}) if Fault.LOAD_WITHOUT_OP in faults else frozenset()
    _count(made, Fault.LOAD_WITHOUT_OP, len(without))
    rows = [_row(contract, dice, number) for number in range(1, keys + 1)]
    made.truth = {row[contract.key]: row for row in rows}
    load = [{"Op": "I", "dms_ts": _stamp(0), "AR_H_CHANGE_SEQ": "", **row} for row in rows]
    made.batches.append([Delivered("LOAD00000001.parquet", load, without=without)])
    each = -(-changes // (2 * batches))
    log = _log(
        made,
        dice,
        keys,
        [number * days // (changes + 1) for number in range(changes + 1)],
        faults=faults,
        station=2 * each,
    )
    if Fault.OVERLAP in faults:
        # A change that was committed while the load ran is in the load already, and comes again.
        for change in log[:3]:
            loaded = next((row for row in load if row[contract.key] == change[contract.key]), None)
            if loaded is not None and change["Op"] == "U" and not _is_dirt(contract, change):
                loaded |= _told(change)
                _count(made, Fault.OVERLAP, 1)
    dull = frozenset({"AR_H_CHANGE_SEQ"}) if Fault.NO_SEQUENCE in faults else frozenset()
    _count(made, Fault.NO_SEQUENCE, len(dull))
    made.stations.insert(0, {row[contract.key]: _told(row) for row in load})
    files = [log[first : first + each] for first in range(0, len(log), each)]
    for number, part in enumerate(files):
        day = _DAY.day + (number * each + 1) * days // (changes + 1)
        name = f"2026/11/{day}/202611{day}-08{number // 60:02d}{number % 60:02d}000.parquet"
        wide = Fault.WIDER_INTEGERS in faults and number % 3 == 1
        new = Fault.NEW_COLUMN in faults and number > len(files) // 2
        _count(made, Fault.WIDER_INTEGERS, wide)
        _count(made, Fault.NEW_COLUMN, new)
        file = Delivered(name, part, wide, new, dull)
        if number % 2 == 0:
            made.batches.append([])
        made.batches[-1].append(file)
        if Fault.TWICE in faults and number % 4 == 1:
            again = name.replace("000.parquet", "500.parquet")
            made.batches[-1].append(Delivered(again, part, wide, new, dull))
            made.set_aside += sum(_is_dirt(contract, row) for row in part)
            _count(made, Fault.TWICE, 1)
    return made


def _told(row: Row) -> Row:
    return {name: cell for name, cell in row.items() if name not in _CONTROL}


def _log(
    made: Changes, dice: Random, keys: int, days: list[int], *, faults: frozenset[Fault], station: int
) -> list[Row]:
    """Return the changes in the order in which they were committed, and let the truth follow them.

    `days` says for each change (the first is number 1) on which day that was. The truth is kept every `station`
    changes, and at the end.
    """
    contract, log = made.contract, []
    gone: list[object] = []
    newest = keys
    for number, day in enumerate(days[1:], start=1):
        if number > 1 and (number - 1) % station == 0:
            made.stations.append(dict(made.truth))
        chance = dice.random()
        control: Row = {
            "dms_ts": _stamp(_moment(number, faults), day),
            "AR_H_CHANGE_SEQ": f"202611{_DAY.day + day}08{number:025d}",
        }
        if chance < 0.5 and made.truth:
            key = dice.choice(list(made.truth))
            row = {**_row(contract, dice, 0), contract.key: key}
            log.append({"Op": "U", **control, **row})
        elif chance < 0.7 and made.truth:
            key = dice.choice(list(made.truth))
            del made.truth[key]
            gone.append(key)
            # PostgreSQL tells the key and nothing else.
            log.append({"Op": "D", **control, **dict.fromkeys(c.name for c in contract.columns), contract.key: key})
            continue
        else:
            newest += 1
            again = bool(gone) and dice.random() < 0.4
            row = _row(contract, dice, newest)
            if again:
                row[contract.key] = gone.pop()
            log.append({"Op": "I", **control, **row})
        broken = _break(made, log[-1], dice, faults)
        if not broken:
            made.truth[row[contract.key]] = row
    made.stations.append(dict(made.truth))
    _count(made, Fault.TIES, Fault.TIES in faults)
    return log


def _break(made: Changes, change: Row, dice: Random, faults: frozenset[Fault]) -> bool:
    """Spoil one change in forty; True where it cannot be let in."""
    chosen = dice.choice([Fault.REQUIRED_NULL, Fault.KEY_NULL]) if dice.random() < 1 / 40 else None
    required = [c.name for c in made.contract.columns if c.required and c.name != made.contract.key]
    if chosen not in faults or (chosen is Fault.REQUIRED_NULL and not required):
        return False
    change[dice.choice(required) if chosen is Fault.REQUIRED_NULL else made.contract.key] = None
    made.set_aside += 1
    _count(made, chosen, 1)
    return True


def _is_dirt(contract: Contract, row: Row) -> bool:
    needed = [c.name for c in contract.columns if c.required and (row["Op"] != "D" or c.name == contract.key)]
    return any(row[name] is None for name in needed)


def _count(made: Changes, fault: Fault, times: int) -> None:
    if times:
        made.faults[fault] = made.faults.get(fault, 0) + times


def _moment(number: int, faults: frozenset[Fault]) -> int:
    """Milliseconds since the load; three changes share a transaction."""
    return 60_000 + (number // 3 * 3 if Fault.TIES in faults else number)


def _stamp(milliseconds: int, day: int = 0) -> str:
    return (_DAY + timedelta(days=day, milliseconds=milliseconds)).isoformat(" ", timespec="microseconds")


def _row(contract: Contract, dice: Random, number: int) -> Row:
    row = {c.name: _value(c, dice) for c in contract.columns}
    key = next(c for c in contract.columns if c.name == contract.key)
    row[contract.key] = number if key.kind is Kind.INTEGER else f"K-{number:06d}"
    return row


def _value(column: Column, dice: Random) -> object:
    if not column.required and dice.random() < 0.1:
        return None
    if column.kind is Kind.TEXT:
        return dice.choice(("", "plain", 'Ümläut, "quoted"', "line\nbreak", "NULL", "0", " blank "))
    if column.kind is Kind.INTEGER:
        return dice.randrange(-(2**31), 2**31)
    if column.kind is Kind.AMOUNT:
        return Decimal(dice.randrange(-(10**9), 10**9)).scaleb(-2)
    if column.kind is Kind.DATE:
        return date(2020, 1, 1) + timedelta(days=dice.randrange(3000))
    return datetime(2020, 1, 1) + timedelta(microseconds=dice.randrange(10**14))  # noqa: DTZ001


def _write(folder: Path, contract: Contract, file: Delivered) -> Path:
    fields = [pa.field(name, kind) for name, kind in _CONTROL.items() if name not in file.without]
    fields += [pa.field(c.name, _type(c, wide=file.wide)) for c in contract.columns]
    fields += [pa.field("added_later", pa.string())] if file.new_column else []
    rows = [{"added_later": "x", **row} for row in file.rows]
    path = folder / file.name
    path.parent.mkdir(parents=True, exist_ok=True)
    table = pa.Table.from_pylist(rows, pa.schema(fields))
    parquet.write_table(table, path, compression="gzip", version="1.0", row_group_size=10_024)
    return path


def _type(column: Column, *, wide: bool) -> pa.DataType:
    if column.kind is Kind.AMOUNT:
        return pa.decimal128(38, 4) if column.digits == 19 else pa.decimal128(column.digits, 2)
    return {
        Kind.TEXT: pa.string(),
        Kind.INTEGER: pa.int64() if wide else pa.int32(),
        Kind.DATE: pa.date32(),
        Kind.MOMENT: pa.timestamp("us"),
    }[column.kind]
