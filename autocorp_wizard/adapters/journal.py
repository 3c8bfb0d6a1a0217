"""The journal of one run: a file with one event per line, written by one process and read by anybody.

A line is written in one piece before anyone acts on it. A reader never trusts the last line until its newline is
there; a writer that continues a journal removes a line that was cut.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.events import Envelope, Event, JournalTooNewError

# The longest line that is looked for at the end of a journal, in bytes.
_LAST_LINE = 262_144


class Clock(Protocol):
    """Tells the time (UTC)."""

    def __call__(self) -> datetime: ...


def utc_now() -> datetime:
    """The system's clock."""
    return datetime.now(UTC)


class JournalWriter:
    """Appends events to a run's journal and numbers them without gaps."""

    def __init__(self, path: Path, run: str, *, clock: Clock = utc_now) -> None:
        self.path = path
        self.run = run
        self._clock = clock
        self._seq = _mend(path)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    @property
    def seq(self) -> int:
        """The number of the last event written."""
        return self._seq

    def append(self, event: Event) -> Envelope:
        """Write one event and return it with its place.

        Raises WizardError DISK-FULL where the disk refuses it; nothing half-written stays behind.
        """
        envelope = Envelope(self._seq + 1, self._clock(), self.run, event)
        line = envelope.to_json().encode() + b"\n"
        before = os.fstat(self._descriptor).st_size
        try:
            written = os.write(self._descriptor, line)
            if written < len(line):
                os.ftruncate(self._descriptor, before)
                raise OSError(28, "No space left on device")
        except OSError as error:
            raise WizardError(
                "DISK-FULL" if error.errno == 28 else "JOURNAL-WRITE",
                f"The journal {self.path} cannot be written.",
                why=str(error.strerror or error),
                next_step="Make room on that disk (or name another home with --home), then run: runs recover.",
            ) from error
        self._seq += 1
        return envelope

    def sync(self) -> None:
        """Make what was written survive a power cut."""
        os.fsync(self._descriptor)

    def close(self) -> None:
        """Sync and close."""
        self.sync()
        os.close(self._descriptor)


class JournalReader:
    """Reads a journal from where it stopped the last time; `damaged` counts whole lines that are no events."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.damaged = 0
        self._offset = 0

    def read(self) -> list[Envelope]:
        """Return the events that were completed since the last call.

        Raises JournalTooNewError where a newer wizard wrote it.
        """
        try:
            with self.path.open("rb") as file:
                file.seek(self._offset)
                data = file.read()
        except FileNotFoundError:
            return []
        end = data.rfind(b"\n") + 1
        self._offset += end
        return list(self._parse(data[:end]))

    def _parse(self, data: bytes) -> Iterator[Envelope]:
        for line in data.splitlines():
            try:
                yield Envelope.from_json(line)
            except JournalTooNewError:
                raise
            except ValueError:
                self.damaged += 1


def read_journal(path: Path) -> list[Envelope]:
    """Return all whole events of the journal at `path`."""
    return JournalReader(path).read()


def last_event(path: Path) -> Envelope | None:
    """Return the last whole event without reading the rest; None for an empty or missing journal."""
    try:
        with path.open("rb") as file:
            file.seek(0, os.SEEK_END)
            size = file.tell()
            file.seek(max(0, size - _LAST_LINE))
            data = file.read()
    except FileNotFoundError:
        return None
    lines = data[: data.rfind(b"\n") + 1].splitlines()
    try:
        return Envelope.from_json(lines[-1]) if lines else None
    except JournalTooNewError:
        raise
    except ValueError:
        return None


def _mend(path: Path) -> int:
    """Cut off a half-written last line and return the last sequence number in the file."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return 0
    end = data.rfind(b"\n") + 1
    if end < len(data):
        os.truncate(path, end)
    events = read_journal(path)
    return events[-1].seq if events else 0
