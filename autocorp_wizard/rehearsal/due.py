"""What has become due meanwhile: work of emulated services whose time has come is done before anybody looks.

Nothing ticks in the background. A service registers one function; the gateway calls them all before each call.
"""

import threading
from collections.abc import Callable
from typing import Final

_WORK: Final[list[Callable[[], bool]]] = []
_lock = threading.RLock()


def register(settle: Callable[[], bool]) -> None:
    """Have `settle` called before every call to the cloud; it says whether it changed anything, and is quick if not."""
    if settle not in _WORK:
        _WORK.append(settle)


def settle() -> bool:
    """Do all work that is due, one caller at a time; say whether anything changed."""
    if not _WORK:
        return False
    with _lock:
        return sum(work() for work in tuple(_WORK)) > 0
