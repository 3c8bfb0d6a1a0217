"""Evidence of manual steps on disk: a small file per record, named by its own hash, and the files that were handed in.

Records are only ever added. Each names the one before it, so that a missing or a changed one is seen; two people's
records are put together by simply having both. Texts are redacted before they are kept.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final, cast

from autocorp_wizard.adapters.private_file import replace_file
from autocorp_wizard.core.checklist import EvidenceFile, Kind, Record
from autocorp_wizard.core.errors import UsageError, WizardError
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.redaction import Redactor

# A screenshot or a log fits; a dump does not belong here.
FILE_LIMIT: Final = 5_000_000
TEXT_LIMIT: Final = 20_000
_RECORDS, _FILES = "records", "files"


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was taken in; `redacted` says that secrets in it were struck out, `readable` that it is text."""

    file: EvidenceFile
    redacted: bool
    readable: bool


class EvidenceStore:
    """The evidence of one environment, in a private folder of its own."""

    def __init__(self, folder: Path, redactor: Redactor | None = None) -> None:
        self.folder: Final = folder
        self._redactor: Final = redactor or Redactor()

    def records(self) -> tuple[Record, ...]:
        """Return all records, oldest first.

        Raises EVIDENCE-CHANGED for a record that is not what its name says, EVIDENCE-UNREADABLE without permission.
        """
        found = [self._read(path) for path in sorted((self.folder / _RECORDS).glob("*.json"))]
        return tuple(sorted(found, key=lambda record: (record.at, record.id)))

    def names(self) -> frozenset[str]:
        """Return everything that is here as `records/ID.json` and `files/SHA256`, as a team shares it."""
        return frozenset(
            f"{kind}/{path.name}"
            for kind in (_RECORDS, _FILES)
            for path in (self.folder / kind).glob("*")
            if not path.name.startswith(".")
        )

    def add(
        self,
        step: str,
        kind: Kind,
        who: str,
        at: datetime,
        *,
        text: str = "",
        probe: str = "",
        details: tuple[str, ...] = (),
        file: EvidenceFile | None = None,
    ) -> Record:
        """Write a record and return it; texts are redacted. Raises EVIDENCE-NOT-WRITTEN."""
        before = self.records()
        if before and timedelta() <= before[-1].at - at < timedelta(seconds=1):
            # Two records of one moment keep their order.
            at = before[-1].at + timedelta(microseconds=1)
        record = Record(
            id="",
            step=step,
            kind=kind,
            at=at.astimezone(UTC),
            who=who,
            text=self._redactor.text(text)[:TEXT_LIMIT],
            probe=probe,
            details=tuple(self._redactor.text(each) for each in details),
            file=file,
            previous=before[-1].id if before else "",
        )
        body = _body(record)
        record = replace(record, id=_id(record, body))
        self._write(_RECORDS, f"{record.id}.json", body)
        return record

    def keep(self, path: Path) -> Kept:
        """Take a file in, under its hash; text is redacted first.

        Raises UsageError: missing, no file, empty, too large, unreadable.
        """
        try:
            if not path.is_file():
                raise _refused(path, "It is no file." if path.exists() else "It does not exist.")
            with path.open("rb") as file:
                content = file.read(FILE_LIMIT + 1)
        except OSError as error:
            raise _refused(path, f"{error.strerror or error}.") from error
        return self._keep(path.name, content, str(path), lambda why: _refused(path, why))

    def keep_output(self, command: str, output: str) -> Kept:
        """Take in what a command said, under its hash; redacted first. Raises UsageError: empty, too large."""

        def refused(why: str) -> UsageError:
            return UsageError(
                "EVIDENCE-COMMAND",
                "What the command said cannot be kept as evidence.",
                why=why,
                next_step="Let it say less, or give a sentence: --evidence TEXT",
            )

        return self._keep("output.txt", output.encode(), f"The output of `{command}`", refused)

    def _keep(self, name: str, content: bytes, what: str, refused: Callable[[str], UsageError]) -> Kept:
        if not content.strip():
            raise UsageError(
                "EVIDENCE-EMPTY",
                f"{self._redactor.text(what)} is empty.",
                why="What is empty shows nothing.",
                next_step="Name what has content, or give a sentence: --evidence TEXT",
            )
        if len(content) > FILE_LIMIT:
            raise refused(f"It is larger than {FILE_LIMIT // 1_000_000} MB.")
        try:
            clean, readable = self._redactor.text(content.decode("utf-8")).encode(), True
        except UnicodeDecodeError:
            clean, readable = content, False
        digest = hashlib.sha256(clean).hexdigest()
        self._write(_FILES, digest, clean)
        return Kept(EvidenceFile(name, digest, len(clean)), clean != content, readable)

    def clean(self, text: str) -> str:
        """Return a text without the secrets that are known."""
        return self._redactor.text(text)

    def read_raw(self, name: str) -> bytes:
        """Return the content of one of `names()`."""
        return (self.folder / name).read_bytes()

    def take_over(self, name: str, body: bytes) -> None:
        """Add what another operator shared. Raises EVIDENCE-CHANGED where it is not what its name says."""
        kind, _, file = name.partition("/")
        if kind == _RECORDS and file == f"{Path(file).stem}.json":
            _check(file, body, f"shared {name}")
        elif kind == _FILES and file == hashlib.sha256(body).hexdigest():
            pass
        else:
            raise _changed(f"shared {name}")
        self._write(kind, file, body)

    def gaps(self) -> tuple[str, ...]:
        """Return the ids of records that others name as the one before them, and that are not here."""
        found = self.records()
        known = {record.id for record in found}
        return tuple(sorted({r.previous for r in found if r.previous and r.previous not in known}))

    def _read(self, path: Path) -> Record:
        try:
            body = path.read_bytes()
        except OSError as error:
            raise WizardError(
                "EVIDENCE-UNREADABLE",
                f"{path} cannot be read.",
                why=f"{error.strerror or error}.",
                next_step="Correct its permissions, then run the command again.",
            ) from error
        return _check(path.name, body, str(path))

    def _write(self, kind: str, name: str, body: bytes) -> None:
        folder = self.folder / kind
        try:
            for each in (self.folder, folder):
                each.mkdir(mode=0o700, parents=True, exist_ok=True)
            replace_file(folder / name, body)
        except OSError as error:
            raise WizardError(
                "EVIDENCE-NOT-WRITTEN",
                f"The evidence was not written to {folder}.",
                why=f"{error.strerror or error}.",
                next_step="Make room or correct the permissions, then run the command again; nothing was recorded.",
            ) from error


def _body(record: Record) -> bytes:
    document: dict[str, Json] = {
        "v": 1,
        "step": record.step,
        "kind": record.kind.value,
        "at": record.at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "who": record.who,
        "text": record.text,
        "probe": record.probe,
        "details": list[Json](record.details),
        "file": {"name": record.file.name, "sha256": record.file.sha256, "size": record.file.size}
        if record.file
        else None,
        "previous": record.previous,
    }
    return (json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def _id(record: Record, body: bytes) -> str:
    return f"{record.at:%Y%m%dT%H%M%S}-{record.step}-{hashlib.sha256(body).hexdigest()[:16]}"


@lru_cache(maxsize=2048)  # screens that count what waits ask for the same records every few seconds
def _check(name: str, body: bytes, place: str) -> Record:
    """Return the record in a file whose name carries the hash of its content."""
    try:
        raw = cast("dict[str, Json]", json.loads(body))
        file = cast("dict[str, Json] | None", raw["file"])
        record = Record(
            id="",
            step=str(raw["step"]),
            kind=Kind(str(raw["kind"])),
            at=datetime.fromisoformat(str(raw["at"])).astimezone(UTC),
            who=str(raw["who"]),
            text=str(raw["text"]),
            probe=str(raw["probe"]),
            details=tuple(map(str, cast("list[Json]", raw["details"]))),
            file=EvidenceFile(str(file["name"]), str(file["sha256"]), int(str(file["size"]))) if file else None,
            previous=str(raw["previous"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise _changed(place) from error
    found = replace(record, id=_id(record, body))
    if f"{found.id}.json" != name:
        raise _changed(place)
    return found


def _changed(place: str) -> WizardError:
    return WizardError(
        "EVIDENCE-CHANGED",
        f"{place} is not what was recorded.",
        why="A record's name carries the hash of its content, and the two differ.",
        next_step="Put the original back (the state bucket keeps its versions), or remove the file; then run again.",
    )


def _refused(path: Path, why: str) -> UsageError:
    return UsageError(
        "EVIDENCE-FILE",
        f"{path} cannot be kept as evidence.",
        why=why,
        next_step=f"Name a file of at most {FILE_LIMIT // 1_000_000} MB, or give a sentence: --evidence TEXT",
    )
