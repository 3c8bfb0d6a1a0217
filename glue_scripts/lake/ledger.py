"""What a table has taken in. It rides inside the table's own commit: data and ledger land together or not at all.

The files of old date partitions are dropped from it, so that it stays small: DMS files of a day that lies two delivered
days back are closed, and of those it keeps how many they were (by which a file that comes after all is noticed) and how
far they reach.
"""

import base64
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

KEEP_DAYS = 2
LATE_DAYS = 14


@dataclass(frozen=True, slots=True)
class File:
    """A file that arrived: `name` relative to its zone, `size` in bytes, `modified` in milliseconds since 1970."""

    name: str
    size: int
    modified: int

    @property
    def is_load(self) -> bool:
        """Whether DMS wrote it in a full load. Its name sorts after those of changes, so names never decide order."""
        return self.name.rpartition("/")[2].startswith("LOAD")

    @property
    def day(self) -> str:
        """The date partition it lies in, as 2026/11/25; empty for a file outside of one."""
        parts = self.name.split("/")[-4:-1]
        if [len(part) for part in parts] == [4, 2, 2] and all(part.isdigit() for part in parts):
            return "/".join(parts)
        return ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was taken in; `last` is the highest place in the order of changes that it holds ("" for none)."""

    file: File
    last: str = ""


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A day that is closed: how many files were taken in, and the highest place in the order of changes in them."""

    files: int
    last: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """State of a table after its batch `number`.

    Days before `closed` are closed: `days` says what was taken in of them. `files` are those of the other days. `epoch`
    names the load that everything stems from.
    """

    number: int
    batch: str
    epoch: str = ""
    files: tuple[Taken, ...] = ()
    closed: str = ""
    days: Mapping[str, ClosedDay] = field(default_factory=dict)
    _by_name: Mapping[str, Taken] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {taken.file.name: taken for taken in self.files})

    def since(self, first: str) -> str:
        """Return the earliest day with changes from the place `first` on."""
        return min((name for name, day in self.days.items() if day.last >= first), default=self.closed)

    @property
    def late_since(self) -> str:
        """The earliest of the closed days that are looked at for files that came late."""
        return _days_before(self.closed, LATE_DAYS) if self.closed else ""

    @property
    def newest_day(self) -> str:
        """The newest date partition of which a file was taken in; empty before there is one."""
        return max((taken.file.day for taken in self.files), default="")

    def find(self, name: str) -> Taken | None:
        """Return the entry of file `name`, if it is not closed."""
        return self._by_name.get(name)

    def last_of(self, file: File) -> str:
        """Return how far `file` reaches, or the closed day that it lies in; empty where it was not taken in."""
        known = self.find(file.name)
        if known:
            return known.last
        return self.days[file.day].last if self.has_closed(file) and file.day in self.days else ""

    def has_closed(self, file: File) -> bool:
        """Whether `file` belongs to a day that is closed."""
        return bool(self.closed and file.day) and file.day < self.closed

    def after(self, batch: str, taken: Iterable[Taken], *, epoch: str, anew: bool) -> "Ledger":
        """Return the ledger after one more batch; `anew` where that batch replaced the table's content."""
        entries = {} if anew else {entry.file.name: entry for entry in self.files}
        entries |= {entry.file.name: entry for entry in taken}
        newest = max((entry.file.day for entry in entries.values()), default="")
        closed = "" if anew else self.closed
        if newest:
            closed = max(closed, _days_before(newest, KEEP_DAYS))
        kept = tuple(entry for _, entry in sorted(entries.items()) if not entry.file.day or entry.file.day >= closed)
        dropped: dict[str, list[str]] = defaultdict(list)
        for entry in entries.values():
            if entry.file.day and entry.file.day < closed:
                dropped[entry.file.day].append(entry.last)
        # A closed day that is taken in again is taken in whole.
        days = {} if anew else dict(self.days)
        days |= {day: ClosedDay(len(lasts), max(lasts)) for day, lasts in sorted(dropped.items())}
        return Ledger(self.number + 1, batch, epoch, kept, closed, days)

    def encode(self) -> str:
        """Return it as one line of text for a commit's metadata (compressed: a busy table has hundreds of files)."""
        document = {
            "number": self.number,
            "batch": self.batch,
            "epoch": self.epoch,
            "closed": self.closed,
            "days": {name: [day.files, day.last] for name, day in self.days.items()},
            "files": [[t.file.name, t.file.size, t.file.modified, t.last] for t in self.files],
        }
        packed = zlib.compress(json.dumps(document, sort_keys=True, separators=(",", ":")).encode(), 9)
        return base64.b64encode(packed).decode()


NOTHING_TAKEN = Ledger(0, "")


def decode(text: str) -> Ledger:
    """Return the ledger that `encode` made. Raises ValueError where the text is none."""
    try:
        document = json.loads(zlib.decompress(base64.b64decode(text, validate=True)))
        return Ledger(
            document["number"],
            document["batch"],
            document["epoch"],
            tuple(Taken(File(name, size, modified), last) for name, size, modified, last in document["files"]),
            # Ledgers of before tell nothing of closed days: those are then open once more, and taken in again.
            document["closed"] if "days" in document else "",
            {name: ClosedDay(files, last) for name, (files, last) in document.get("days", {}).items()},
        )
    except (zlib.error, KeyError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"no ledger: {error}") from error


def _days_before(day: str, days: int) -> str:
    year, month, number = (int(part) for part in day.split("/"))
    return (date(year, month, number) - timedelta(days=days)).strftime("%Y/%m/%d")
