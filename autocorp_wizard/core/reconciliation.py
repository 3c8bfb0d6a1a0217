"""Two copies of one table, compared row by row: the source's and the lake's.

Both sides come sorted by key, so nothing but a row of each is held at a time. A value has one canonical text whatever
type it came in (15, 15.00 and a 64-bit 15 are one number; NULL is not an empty text), so checksums are equal exactly
where all values are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from hashlib import blake2b
from typing import Final

from autocorp_wizard.core.events import Json
from autocorp_wizard.core.status import stamp

Value = str | int | Decimal | bool | date | datetime | time | None
Row = Sequence[Value]
_MODULUS: Final = 1 << 128


class Standing(StrEnum):
    """How a table stands."""

    EQUAL = "equal"
    DIFFERENT = "different"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Side:
    """One copy: number of rows, checksum of its keys and of its whole rows. The order of rows is of no matter."""

    rows: int
    keys: str
    checksum: str

    def as_document(self) -> dict[str, Json]:
        """Return it for `--json`."""
        return {"rows": self.rows, "keys": self.keys, "checksum": self.checksum}


@dataclass(frozen=True, slots=True)
class Disagreement:
    """The first row, in the order of keys, that differs. `columns`: name, value in the source, value in the lake."""

    key: str
    what: str
    columns: tuple[tuple[str, str | None, str | None], ...] = ()

    def as_document(self, *, values: bool) -> dict[str, Json]:
        """Return it for `--json`; what the rows hold only where it was asked for."""
        found: dict[str, Json] = {"key": self.key, "what": self.what, "columns": [name for name, _, _ in self.columns]}
        if values:
            found["values"] = {name: {"source": source, "lake": lake} for name, source, lake in self.columns}
        return found


@dataclass(frozen=True, slots=True)
class TableResult:
    """How one table stands. `missing` rows lack in the lake, `extra` ones are only there, `changed` ones differ.

    `commit` and `at` are the lake's last commit; what the source changed since then cannot be there yet.
    """

    table: str
    standing: Standing
    sentence: str
    source: Side | None = None
    lake: Side | None = None
    missing: int = 0
    extra: int = 0
    changed: int = 0
    first: Disagreement | None = None
    commit: str = ""
    at: datetime | None = None

    def as_document(self, *, values: bool) -> dict[str, Json]:
        """Return it for `--json`."""
        return {
            "table": self.table,
            "standing": self.standing.value,
            "sentence": self.sentence,
            "source": self.source.as_document() if self.source else None,
            "lake": self.lake.as_document() if self.lake else None,
            "missing": self.missing,
            "extra": self.extra,
            "changed": self.changed,
            "first": self.first.as_document(values=values) if self.first else None,
            "commit": self.commit or None,
            "at": stamp(self.at) if self.at else None,
        }


def canonical(value: Value) -> str | None:
    """Return the one text of a value; None for NULL. Timestamps without a zone are UTC."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        # Not normalize(): it rounds to the context's precision.
        text = format(value, "f")
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text == "-0" else text
    if isinstance(value, datetime):
        moment = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        return moment.isoformat(sep=" ", timespec="microseconds")
    return value.isoformat()


def order_of(value: Value) -> tuple[int, int, str]:
    """Return what a key is sorted by: numbers as numbers, texts by their code points (as COLLATE "C" does)."""
    return (0, value, "") if isinstance(value, int) else (1, 0, canonical(value) or "")


@dataclass
class _Tally:
    """Adds up a side as its rows pass by."""

    rows: int = 0
    keys: int = 0
    whole: int = 0

    def add(self, row: Sequence[str | None]) -> bytes:
        digest = _digest(row)
        self.rows += 1
        self.keys = (self.keys + int.from_bytes(_digest(row[:1]))) % _MODULUS
        self.whole = (self.whole + int.from_bytes(digest)) % _MODULUS
        return digest

    def side(self) -> Side:
        return Side(self.rows, f"{self.keys:032x}", f"{self.whole:032x}")


def _digest(row: Sequence[str | None]) -> bytes:
    # Lengths stand before the texts, so that no text can look like the border between two.
    joined = "".join("-" if cell is None else f"{len(cell)}:{cell}" for cell in row)
    return blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=16).digest()


@dataclass
class Comparison:
    """Compares the rows of a table as they come; the key is the first of `columns`."""

    table: str
    columns: Sequence[str]
    _source: _Tally = field(default_factory=_Tally)
    _lake: _Tally = field(default_factory=_Tally)
    _counts: dict[str, int] = field(default_factory=lambda: {"missing": 0, "extra": 0, "changed": 0})
    _first: Disagreement | None = None

    def run(self, source: Iterator[Row], lake: Iterator[Row], *, commit: str, at: datetime | None) -> TableResult:
        """Read both sides to their end and return how the table stands. Raises ValueError where one is not sorted."""
        ours, theirs = _Side(source, "source"), _Side(lake, "lake")
        last: Value = None
        while ours.row is not None or theirs.row is not None:
            if theirs.row is None or (ours.row is not None and ours.place < theirs.place):
                self._note("missing", ours.take(self._source)[0], "It is in the source and not in the lake.")
            elif ours.row is None or theirs.place < ours.place:
                twice = theirs.row[0] == last
                what = "It is there more than once." if twice else "It is in the lake and not in the source."
                self._note("extra", theirs.take(self._lake)[0], what)
            else:
                last = theirs.row[0]
                self._pair(*ours.take(self._source), *theirs.take(self._lake))
        return self._result(commit, at)

    def _pair(self, mine: "Cells", digest: bytes, other: "Cells", theirs: bytes) -> None:
        if digest == theirs:
            return
        differing = tuple(
            (name, left, right) for name, left, right in zip(self.columns, mine, other, strict=True) if left != right
        )
        names = ", ".join(name for name, _, _ in differing)
        self._note("changed", mine, f"It differs in {names}.", differing)

    def _note(
        self, kind: str, row: "Cells", what: str, columns: tuple[tuple[str, str | None, str | None], ...] = ()
    ) -> None:
        self._counts[kind] += 1
        if self._first is None:
            self._first = Disagreement(row[0] or "NULL", what, columns)

    def _result(self, commit: str, at: datetime | None) -> TableResult:
        source, lake = self._source.side(), self._lake.side()
        standing = Standing.DIFFERENT if self._first else Standing.EQUAL
        return TableResult(
            self.table, standing, self._sentence(source, lake), source, lake, **self._counts, first=self._first,
            commit=commit, at=at,
        )  # fmt: skip

    def _sentence(self, source: Side, lake: Side) -> str:
        if self._first is None:
            return f"{_rows(source.rows)}, equal in every value."
        words = {"missing": "missing in the lake", "extra": "only in the lake", "changed": "different"}
        counts = ", ".join(f"{count:,} {words[kind]}" for kind, count in self._counts.items() if count)
        first = f"First at {self.columns[0]} {self._first.key}: {self._first.what}"
        return f"{_rows(source.rows)} in the source, {lake.rows:,} in the lake: {counts}. {first}"


Cells = Sequence[str | None]


class _Side:
    """The next row of a side, and where it stands among the keys."""

    def __init__(self, rows: Iterator[Row], name: str) -> None:
        self._rows = rows
        self._name = name
        self.row: Row | None = None
        self.place: tuple[int, int, str] = (-1, 0, "")
        self._next()

    def take(self, tally: _Tally) -> tuple[Cells, bytes]:
        """Return the row's canonical cells and its digest, and go on to the next."""
        assert self.row is not None  # noqa: S101  asked by the caller
        cells = [canonical(value) for value in self.row]
        self._next()
        return cells, tally.add(cells)

    def _next(self) -> None:
        self.row = next(self._rows, None)
        if self.row is not None:
            place = order_of(self.row[0])
            # Equal keys may follow each other: a doubled row of the lake is what this is to find.
            if place < self.place:
                raise ValueError(f"the rows of the {self._name} are not sorted: {self.row[0]!r}")
            self.place = place


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def unseen(table: str, sentence: str) -> TableResult:
    """Return the result of a table that could not be looked at."""
    return TableResult(table, Standing.UNSEEN, sentence)
