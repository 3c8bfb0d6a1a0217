"""What a table has taken in. It rides inside the table's own commit: data and ledger land together or not at all.

The files of old date partitions are dropped from it, so that it stays small: DMS files of a day that lies two delivered
days back are closed, and of those only the number of files is kept, by which a file that comes after all is noticed.
"""

import base64
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

KEEP_DAYS = 2


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
class Ledger:
    """State of a table after its batch `number`. `closed`: every file of an earlier day is taken in, up to the place
    `closed_last`, as many as `closed_files` says for it; `files` are the others. `epoch` names the load that everything
    stems from."""

    number: int
    batch: str
    epoch: str = ""
    files: tuple[Taken, ...] = ()
    closed: str = ""
    closed_last: str = ""
    closed_files: Mapping[str, int] = field(default_factory=dict)

    @property
    def newest_day(self) -> str:
        """The newest date partition of which a file was taken in; empty before there is one."""
        return max((taken.file.day for taken in self.files), default="")

    def find(self, name: str) -> Taken | None:
        """Return the entry of file `name`, if it is not closed."""
        return next((taken for taken in self.files if taken.file.name == name), None)

    def has_closed(self, file: File) -> bool:
        """Whether `file` belongs to a day that is closed."""
        return bool(self.closed and file.day) and file.day < self.closed

    def after(self, batch: str, taken: Iterable[Taken], *, epoch: str, anew: bool) -> "Ledger":
        """Return the ledger after one more batch; `anew` where that batch replaced the table's content."""
        entries = {} if anew else {entry.file.name: entry for entry in self.files}
        entries |= {entry.file.name: entry for entry in taken}
        days = [entry.file.day for entry in entries.values() if entry.file.day]
        closed = "" if anew else self.closed
        if days:
            closed = max(closed, _days_before(max(days), KEEP_DAYS))
        kept = tuple(entry for _, entry in sorted(entries.items()) if not entry.file.day or entry.file.day >= closed)
        dropped = [entry for entry in entries.values() if entry.file.day and entry.file.day < closed]
        closed_last = max(["" if anew else self.closed_last, *(entry.last for entry in dropped)])
        # A closed day that is taken in again is taken in whole.
        closed_files = {**({} if anew else self.closed_files), **Counter(entry.file.day for entry in dropped)}
        return Ledger(self.number + 1, batch, epoch, kept, closed, closed_last, closed_files)

    def encode(self) -> str:
        """Return it as one line of text for a commit's metadata (compressed: a busy table has hundreds of files)."""
        document = {
            "number": self.number,
            "batch": self.batch,
            "epoch": self.epoch,
            "closed": self.closed,
            "closed_last": self.closed_last,
            "closed_files": dict(self.closed_files),
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
            document["closed"],
            document["closed_last"],
            # Ledgers of before have none: then every closed day counts as grown, and is read once more.
            document.get("closed_files", {}),
        )
    except (zlib.error, KeyError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"no ledger: {error}") from error


def _days_before(day: str, days: int) -> str:
    year, month, number = (int(part) for part in day.split("/"))
    return (date(year, month, number) - timedelta(days=days)).strftime("%Y/%m/%d")
