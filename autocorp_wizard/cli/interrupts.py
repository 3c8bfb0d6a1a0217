"""Ctrl-C as something that is asked about, not something that strikes anywhere: it is seen between two events."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Self


class Interrupts:
    """While entered, Ctrl-C is only counted; `take` says whether it was pressed since the last time."""

    def __init__(self) -> None:
        self._pressed = False

    def __enter__(self) -> Self:
        """Begin to count."""
        signal.signal(signal.SIGINT, self._count)
        return self

    def __exit__(self, *_: object) -> None:
        """Let Ctrl-C strike again."""
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def take(self) -> bool:
        """Return whether Ctrl-C was pressed since the last call."""
        pressed, self._pressed = self._pressed, False
        return pressed

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Leave Ctrl-C to a question."""
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, self._count)

    def _count(self, number: int, frame: FrameType | None) -> None:
        self._pressed = True
