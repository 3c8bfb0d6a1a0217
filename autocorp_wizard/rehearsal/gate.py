"""Lets calls pass side by side, and a snapshot or a conditional write alone."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Many may be inside together, or one alone; whoever wants to be alone goes before newcomers."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._inside = 0
        self._alone_wanted = 0
        self._alone = False

    @contextmanager
    def together(self) -> Iterator[None]:
        """Be inside with others."""
        with self._changed:
            self._changed.wait_for(lambda: not self._alone and not self._alone_wanted)
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait until everybody has left, and keep others out."""
        with self._changed:
            self._alone_wanted += 1
            try:
                self._changed.wait_for(lambda: not self._alone and not self._inside)
            finally:
                self._alone_wanted -= 1
                self._changed.notify_all()
            self._alone = True
        try:
            yield
        finally:
            with self._changed:
                self._alone = False
                self._changed.notify_all()
