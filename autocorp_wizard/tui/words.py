"""Numbers and times in the words that every screen uses. Pure functions."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from autocorp_wizard.core.events import Action, Json

_SECONDS: Final = 90
_MINUTES: Final = 90
_HOURS: Final = 36


def clock(seconds: float) -> str:
    """Return a duration as people read it: `9s`, `1m 04s`, `2h 05m`."""
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    if minutes == 0:
        return f"{rest}s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}h {minutes:02d}m" if hours else f"{minutes}m {rest:02d}s"


def ago(then: datetime, now: datetime) -> str:
    """Return how long ago `then` was: `just now`, `5 min ago`, `2 h ago`, `3 days ago`."""
    seconds = max(timedelta(0), now - then).total_seconds()
    if seconds < 10:
        return "just now"
    if seconds < _SECONDS:
        return f"{int(seconds)} s ago"
    minutes = seconds / 60
    if minutes < _MINUTES:
        return f"{round(minutes)} min ago"
    hours = minutes / 60
    if hours < _HOURS:
        return f"{round(hours)} h ago"
    return f"{round(hours / 24)} days ago"


def count(number: int, noun: str) -> str:
    """Return `1 resource`, `2 resources`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def counts(values: Mapping[str, int]) -> str:
    """Return the counts of a plan: `14 create, 2 update`; `no changes` where all are zero."""
    named = [f"{values[action]} {action}" for action in COUNTED if values.get(action)]
    return ", ".join(named) or "no changes"


COUNTED: Final = ("create", "update", "replace", "delete", "import")

SYMBOLS: Final[Mapping[str, str]] = {
    Action.CREATE: "+",
    Action.UPDATE: "~",
    Action.REPLACE: "±",
    Action.DELETE: "-",
    Action.IMPORT: "<",
    Action.READ: "=",
    Action.FORGET: "x",
}

DOING: Final[Mapping[str, str]] = {
    Action.CREATE: "creating",
    Action.UPDATE: "updating",
    Action.REPLACE: "replacing",
    Action.DELETE: "deleting",
    Action.IMPORT: "importing",
    Action.READ: "reading",
}

DONE: Final[Mapping[str, str]] = {
    Action.CREATE: "created",
    Action.UPDATE: "updated",
    Action.REPLACE: "replaced",
    Action.DELETE: "deleted",
    Action.IMPORT: "imported",
    Action.READ: "read",
    Action.FORGET: "forgotten",
}


def plain(value: Json) -> str:
    """Return an output's value as people read it; JSON text is unpacked, texts lose their quotes."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return printable(str(value))
    match value:
        case str():
            return printable(value)
        case list():
            return ", ".join(plain(part) for part in value) or "(none)"
        case dict():
            return ", ".join(f"{key}: {plain(part)}" for key, part in value.items()) or "(none)"
        case _:
            return json.dumps(value)


def cut(text: str, room: int) -> str:
    """Return `text` in at most `room` characters; what is left out at its end is told by an ellipsis."""
    return text if len(text) <= room else text[: room - 1] + "…"


def printable(text: str) -> str:
    """Return `text` on one line without control characters, so that nothing from outside can move the cursor."""
    return "".join(character if character.isprintable() else " " for character in text)
