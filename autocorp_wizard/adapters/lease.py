"""A lease: whoever holds it is alive. The kernel takes it back when the holder dies, however it dies.

The lease is an flock on a file, so there is no moment in which a dead holder looks alive or the other way round, and
a child process that inherits the descriptor goes on holding it. The file's text (process id, boot, host, time) is for
people; the file's modification time is the heartbeat.
"""

import fcntl
import json
import os
import socket
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Holder:
    """Who took the lease. `boot_id` tells a process id of before a restart from one of after."""

    pid: int
    host: str
    boot_id: str
    at: str
    what: str = ""


class Lease:
    """A held lease. Keep the object alive; `release` gives it back."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self.descriptor = descriptor

    @classmethod
    def acquire(cls, path: Path, *, what: str = "", patience: float = 2.0) -> "Lease | None":
        """Take the lease at `path`, or return None where somebody holds it.

        `patience` (seconds) covers a reader that is just testing it.
        """
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(descriptor)
                    return None
                time.sleep(0.02)
        lease = cls(path, descriptor)
        lease.sign(what)
        return lease

    @classmethod
    def inherited(cls, path: Path, descriptor: int) -> "Lease":
        """Return the lease whose descriptor was handed down by the process that started this one."""
        os.set_inheritable(descriptor, False)
        return cls(path, descriptor)

    def sign(self, what: str = "") -> None:
        """Write who holds the lease now."""
        holder = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "boot_id": boot_id(),
            "at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "what": what,
        }
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, json.dumps(holder).encode(), 0)

    def beat(self) -> None:
        """Leave a sign of life: the file's modification time becomes now."""
        os.utime(self.descriptor)

    def release(self) -> None:
        """Give the lease back."""
        os.close(self.descriptor)


def is_held(path: Path) -> bool:
    """Whether a living process holds the lease at `path`."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def holder(path: Path) -> Holder | None:
    """Return who signed the lease last, held or not; None where nothing readable is there."""
    try:
        document = json.loads(path.read_text())
        return Holder(
            int(document["pid"]),
            str(document["host"]),
            str(document["boot_id"]),
            str(document["at"]),
            str(document.get("what", "")),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def boot_id() -> str:
    """Return something that changes with every start of the machine; empty where the system tells nothing."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
