"""A person's likings, checked before the screens open: keys against the table of actions, the theme by name. Pure."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.tui.actions import BY_ID, actions_for, moved
from autocorp_wizard.tui.themes import THEMES

Keys = Mapping[str, tuple[str, ...]]
"""Textual's names of keys by the id of an action."""

# The numbers of the steps are the steps' names.
_FIXED: Final = frozenset({"steps.jump"})
_NAMED: Final = frozenset(
    (
        *("escape", "enter", "tab", "space", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown"),
        *("up", "down", "left", "right"),
        *(f"f{number}" for number in range(1, 25)),
    )
)
_MODIFIED: Final = re.compile(r"^((ctrl|alt|shift)\+)+(?P<key>.+)$")
# Without these nobody gets out of a field, a dialog or a list any more.
_KEPT: Final = frozenset({"enter", "tab", "up", "down", "left", "right"})


def checked(keys: Keys, path: str = "preferences.yaml") -> Keys:
    """Return the keys by Textual's names.

    Raises UsageError KEYS-UNUSABLE: an unknown action (with the nearest), a key that is none, a key that does
    something else on the same screen.
    """
    known = {name: tuple(_named(key, name, path) for key in wanted) for name, wanted in keys.items()}
    for name in known:
        if name not in BY_ID or name in _FIXED:
            near = get_close_matches(name, [each for each in BY_ID if each not in _FIXED], n=1, cutoff=0.4)
            said = "its keys are the numbers of the steps" if name in _FIXED else "there is no such action"
            raise _unusable(path, f"{name}: {said}" + (f"; the nearest is {near[0]}." if near else "."))
    for scope in sorted({action.scope for action in BY_ID.values()}):
        _refuse_clashes(scope, known, path)
    return known


def known_theme(name: str, path: str = "preferences.yaml") -> str:
    """Return the name of a theme of ours, or nothing for nothing. Raises UsageError THEME-UNKNOWN."""
    names = [theme.name for theme in THEMES]
    if not name or name in names:
        return name
    raise UsageError(
        "THEME-UNKNOWN",
        f"There is no theme {name!r}.",
        why=f"It is asked for in {path}.",
        next_step=f"Choose one of {', '.join(names)}.",
    )


def _refuse_clashes(scope: str, keys: Keys, path: str) -> None:
    """Only what was moved can be refused; that some keys of ours mean two things is our own affair."""
    taken: dict[str, str] = {}
    for action in actions_for(scope, "app"):
        for key in moved(action, keys).keys:
            other = taken.setdefault(key, action.id)
            if other != action.id and (other in keys or action.id in keys):
                raise _unusable(path, f"{key} would be both {other} and {action.id}; move one of them.")


def _named(key: str, action: str, path: str) -> str:
    """Return Textual's name of a key: `F7` is `f7`, `Ctrl+R` is `ctrl+r`; one letter stays as it is."""
    from textual.keys import _character_to_key as named  # what Textual itself calls a character; a test names it

    if len(key) == 1 and key.isprintable():
        return named(key)
    lowered = key.lower()
    found = _MODIFIED.match(lowered)
    last = found["key"] if found else lowered
    if lowered not in _KEPT and (last in _NAMED or (found and len(last) == 1)):
        return lowered
    why = "it moves through the screens" if lowered in _KEPT else "there is no such key"
    raise _unusable(path, f"{action} cannot have the key {key!r}: {why}.")


def _unusable(path: str, why: str) -> UsageError:
    return UsageError(
        "KEYS-UNUSABLE",
        f"The keys in {path} cannot be used.",
        why=why,
        next_step="Mend `keys` there; docs/keys.md lists the actions and their keys.",
    )
