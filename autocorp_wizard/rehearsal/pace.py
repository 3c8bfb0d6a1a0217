"""How fast things happen in the rehearsal cloud: spans as on AWS, shortened by one factor that `--speed` sets.

States are computed from the moment something began, never stepped by who happens to look, so an unwatched run ends
as well. A span keeps the factor it began with.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from autocorp_wizard.core.errors import UsageError

DEFAULT_SPEED: Final = 60.0
MAX_SPEED: Final = 10_000.0
_speed = DEFAULT_SPEED
_file: Path | None = None
_held = threading.local()


def remember_in(path: Path) -> None:
    """Keep the factor in a file, and take up what an earlier process left there."""
    global _file, _speed  # noqa: PLW0603  (one cloud per process)
    _file = path
    try:
        _speed = _checked(float(path.read_text(encoding="ascii")))
    except (OSError, ValueError):
        _speed = DEFAULT_SPEED


def checked(given: object) -> float:
    """Return a factor that somebody asked for. Raises UsageError SPEED-REFUSED where it is none."""
    try:
        return _checked(float(str(given)))
    except ValueError as cause:
        raise UsageError(
            "SPEED-REFUSED",
            f"{given} is no speed of the rehearsal cloud.",
            why=f"It lies between 1 (as on AWS) and {MAX_SPEED:,.0f}.",
            next_step=f"Name such a number; without one it is {DEFAULT_SPEED:.0f}.",
        ) from cause


def set_speed(factor: float) -> None:
    """Let what begins from now on happen `factor` times as fast as on AWS. Raises ValueError outside 1 to 10,000."""
    global _speed  # noqa: PLW0603
    _speed = _checked(factor)
    if _file is not None:
        _file.write_text(f"{_speed}\n", encoding="ascii")


def speed() -> float:
    """Return the factor in force."""
    return _speed


def now() -> float:
    """Return the time in seconds since the epoch; the one clock of all emulated states."""
    moment: float | None = getattr(_held, "moment", None)
    return time.time() if moment is None else moment


@contextmanager
def one_moment() -> Iterator[None]:
    """Hold the clock for this thread: what is looked at twice within a call must not have moved on in between."""
    _held.moment = time.time()
    try:
        yield
    finally:
        _held.moment = None


@dataclass(frozen=True, slots=True)
class Span:
    """Something that began at `began` (epoch seconds) and would take `seconds` on AWS."""

    began: float
    seconds: float
    factor: float

    @classmethod
    def start(cls, seconds: float) -> "Span":
        """Begin now, at the pace in force."""
        return cls(now(), seconds, _speed)

    @property
    def ends(self) -> float:
        """When it is over, in epoch seconds."""
        return self.began + self.seconds / self.factor

    @property
    def over(self) -> bool:
        """Whether it is over."""
        return now() >= self.ends

    @property
    def share(self) -> float:
        """How much of it is behind, 0 to 1."""
        return min(1.0, max(0.0, self.elapsed / self.seconds)) if self.seconds > 0 else 1.0

    @property
    def elapsed(self) -> float:
        """The seconds that would have passed on AWS, at most `seconds`."""
        return min(self.seconds, max(0.0, now() - self.began) * self.factor)


def _checked(factor: float) -> float:
    if not 1 <= factor <= MAX_SPEED:
        raise ValueError(f"a speed lies between 1 (as on AWS) and {MAX_SPEED:.0f}, not {factor}")
    return factor
