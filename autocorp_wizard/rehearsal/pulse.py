"""When the cloud was last used and last changed, and what follows: saving after changes, ending when idle."""

import threading
from collections.abc import Callable


class Pulse:
    """Safe to use from many threads; `clock` counts seconds and never goes back.

    Changes are to be saved `settle` seconds after the last of them, at the latest `longest` after the first.
    """

    def __init__(
        self, clock: Callable[[], float], idle_limit: float, *, settle: float = 2.0, longest: float = 10.0
    ) -> None:
        self._clock = clock
        self._idle_limit = idle_limit
        self._settle = settle
        self._longest = longest
        self._lock = threading.Lock()
        self._last_use = clock()
        self._last_change = 0.0
        self._unsaved_since: float | None = None

    def used(self) -> None:
        """Note that somebody uses the cloud."""
        with self._lock:
            self._last_use = self._clock()

    def changed(self) -> None:
        """Note a change that is not saved yet."""
        with self._lock:
            self._last_change = self._clock()
            if self._unsaved_since is None:
                self._unsaved_since = self._last_change

    def saved(self) -> None:
        """Note that everything up to now is saved; called while nobody can change anything."""
        with self._lock:
            self._unsaved_since = None

    def has_unsaved(self) -> bool:
        """Say whether there are changes that are not saved."""
        with self._lock:
            return self._unsaved_since is not None

    def wants_save(self) -> bool:
        """Say whether changes have settled, or have been unsaved for too long."""
        with self._lock:
            if self._unsaved_since is None:
                return False
            now = self._clock()
            return now - self._last_change >= self._settle or now - self._unsaved_since >= self._longest

    def is_idle(self) -> bool:
        """Say whether nobody has used the cloud for as long as it waits for."""
        with self._lock:
            return self._clock() - self._last_use >= self._idle_limit
