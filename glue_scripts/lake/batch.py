"""Which files a batch takes in: the listing minus the ledger, with an eye on reloads and late changes."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain

from glue_scripts.lake.contracts import Contract, Origin
from glue_scripts.lake.ledger import File, Ledger
from glue_scripts.lake.refusals import BatchRefusedError

FIRST_EPOCH = "1"


class Mode(StrEnum):
    """How a batch meets what the table holds."""

    FIRST = "first"  # there is no table yet
    UPSERT = "upsert"  # changes onto what is there
    REPLACE = "replace"  # a reload: its rows instead of what is there, in one commit


@dataclass(frozen=True, slots=True)
class Epoch:
    """A load that was announced by its marker; files older than `started` (milliseconds since 1970) are not of it."""

    name: str
    started: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """What one run takes in. No files: there is nothing to do."""

    mode: Mode
    epoch: str
    files: tuple[File, ...]

    @property
    def identity(self) -> str:
        """Names the batch by its input: the same files give the same name."""
        lines = sorted(f"{file.name}\0{file.size}\0{file.modified}" for file in self.files)
        return hashlib.sha256("\n".join([self.epoch, *lines]).encode()).hexdigest()[:24]


def of_epoch(listing: Iterable[File], marker: Epoch | None) -> list[File]:
    """Return the files that are not older than the load that `marker` announces."""
    return [file for file in listing if marker is None or file.modified >= marker.started]


def plan(contract: Contract, listing: Iterable[File], ledger: Ledger | None, marker: Epoch | None) -> Batch:
    """Return the batch that is due.

    Raises BatchRefusedError where files of a load are other than those taken in and no marker announces a reload, or
    where a file of changes is another one.
    """
    files = of_epoch(listing, marker)
    epoch = marker.name if marker else (ledger.epoch if ledger else FIRST_EPOCH)
    if ledger is None:
        return Batch(Mode.FIRST, epoch, _ordered(files))
    if epoch != ledger.epoch:
        # The reload may have announced itself before its first file is there: the old content stays until then.
        return Batch(Mode.REPLACE, epoch, _ordered(files))
    fresh = []
    for file in files:
        known = ledger.find(file.name)
        if (known and known.file == file) or (known is None and ledger.has_closed(file)):
            continue
        if known and file.is_load and contract.origin is Origin.DATABASE:
            raise BatchRefusedError(
                "EPOCH-UNANNOUNCED",
                f"{contract.name}: the load file {file.name} is another one than was taken in.",
                why="The table was loaded again, so what the lake holds and what follows belong to different loads.",
                next_step="Announce the reload (autocorp-wizard dms reload does it by itself); nothing was changed.",
            )
        if known and contract.origin is Origin.DATABASE and known.file.size != file.size:
            raise BatchRefusedError(
                "FILE-REWRITTEN",
                f"{contract.name}: {file.name} holds something else than was taken in from it.",
                why="DMS never writes a file of changes twice: a second task writes into this folder, or a person did.",
                next_step="Stop the other writer, then reload the table (autocorp-wizard dms reload).",
            )
        fresh.append(file)
    return Batch(Mode.UPSERT, epoch, _ordered(fresh))


def in_order(
    batch: Batch,
    ledger: Ledger,
    first_change: Callable[[Batch], str],
    listing: Callable[[str], Iterable[File]],
) -> Batch:
    """Return the batch widened by what must be taken in with it for the order of changes to hold.

    `first_change` says where a batch begins in the order of changes ("" where it holds none), `listing` gives the files
    of a day and those after it.
    """
    if begins_a_day(batch, ledger):
        batch = with_late(batch, listing(ledger.late_since), ledger)
    first = first_change(batch)
    return with_overtaken(batch, first, listing(ledger.since(first)), ledger) if first else batch


def with_overtaken(batch: Batch, first: str, listing: Iterable[File], ledger: Ledger) -> Batch:
    """Return the batch widened by the files that hold changes from the place `first` on.

    A change that arrives after later ones were taken in (a late file, a replay after a restart) must not be judged
    alone: a row deleted since would come back, because a deletion leaves nothing in the table to compare with. So it is
    taken in together with everything from it on, and the collapse decides.
    """
    chosen = {file.name: file for file in batch.files}
    for file in listing:
        if ledger.last_of(file) >= first:
            chosen.setdefault(file.name, file)
    return Batch(batch.mode, batch.epoch, _ordered(chosen.values()))


def begins_a_day(batch: Batch, ledger: Ledger) -> bool:
    """Whether the batch is the first with changes of a new day: then closed days are looked at too."""
    return max((file.day for file in batch.files), default="") > ledger.newest_day


def with_late(batch: Batch, listing: Iterable[File], ledger: Ledger) -> Batch:
    """Return the batch widened by the closed days of which `listing` has more files than were taken in.

    Which of their files came late is not known any more, so it is all of them; taking one in again does no harm.
    """
    closed: dict[str, list[File]] = defaultdict(list)
    for file in listing:
        if ledger.has_closed(file):
            closed[file.day].append(file)
    grown = [files for day, files in closed.items() if day not in ledger.days or len(files) > ledger.days[day].files]
    return Batch(batch.mode, batch.epoch, _ordered({*batch.files, *chain.from_iterable(grown)}))


def read_marker(text: str, path: str) -> Epoch:
    """Return the epoch that a marker announces: {"epoch": "NAME", "started": "2026-11-25T10:00:00Z" (optional)}.

    `started` is when the reload began, as ISO 8601 with a zone. Raises BatchRefusedError where the text is no marker.
    """
    try:
        document = json.loads(text)
        name = str(document["epoch"]).strip()
        started = datetime.fromisoformat(document["started"]) if "started" in document else None
        if not name or (started is not None and started.tzinfo is None):
            raise ValueError(text)
    except (ValueError, KeyError, TypeError) as error:
        raise BatchRefusedError(
            "EPOCH-UNREADABLE",
            f"{path} is no epoch marker.",
            why='A marker is a JSON object with "epoch" (a name) and, if known, "started" (ISO 8601 with a zone).',
            next_step="Write it again with autocorp-wizard dms reload, or remove it.",
        ) from error
    return Epoch(name, int(started.timestamp() * 1000) if started else 0)


def _ordered(files: Iterable[File]) -> tuple[File, ...]:
    return tuple(sorted(files, key=lambda file: file.name))
