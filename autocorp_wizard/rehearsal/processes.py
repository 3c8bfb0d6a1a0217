"""Telling our own processes from strangers that inherited their number, and ending them by it."""

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
_POLL_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True)
class ProcessMark:
    """A process that cannot be mistaken: its number, when it started, and in which boot of the machine."""

    pid: int
    started: str
    boot: str

    def as_document(self) -> dict[str, str | int]:
        """Return the mark as JSON values."""
        return {"pid": self.pid, "started": self.started, "boot": self.boot}


def mark_of(pid: int) -> ProcessMark | None:
    """Return the mark of a live process, None if there is none with that number (or it is a zombie)."""
    if _BOOT_ID.exists():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            boot = _BOOT_ID.read_text().strip()
        except OSError:
            return None
        return None if fields[0] == "Z" else ProcessMark(pid, fields[19], boot)
    answer = subprocess.run(
        ["ps", "-o", "state=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split(maxsplit=1)
    if len(answer) < 2 or answer[0].startswith("Z"):
        return None
    return ProcessMark(pid, answer[1].strip(), "")


def is_alive(mark: ProcessMark) -> bool:
    """Say whether this very process still runs."""
    return mark_of(mark.pid) == mark


def end(mark: ProcessMark, *, patience: float, first: signal.Signals = signal.SIGTERM) -> bool:
    """Ask the process to end, insist after `patience` seconds; say whether it was alive when asked."""
    if not is_alive(mark):
        _reap(mark.pid)
        return False
    for number, seconds in ((first, patience), (signal.SIGKILL, 5.0)):
        try:
            os.kill(mark.pid, number)
        except ProcessLookupError:
            return True
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not is_alive(mark):
                _reap(mark.pid)
                return True
            time.sleep(_POLL_SECONDS)
    return True


def _reap(pid: int) -> None:
    """Take a dead process off the list if it was a child of ours."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
