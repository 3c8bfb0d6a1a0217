"""What a person likes about the screens: theme, stillness and keys, in `preferences.yaml` of the home.

The file is theirs; the wizard writes only the theme into it, when it is changed on screen.
"""

from pathlib import Path
from typing import Final

import yaml

from autocorp_wizard.adapters.private_file import replace_file
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.likings import Likings

_KEYS: Final = ("theme", "reduced_motion", "keys")
_HEAD: Final = "# Likings of the wizard's screens. It rewrites `theme` when it is changed there; comments go.\n"


def read_preferences(path: Path) -> Likings:
    """Return what a file says, all defaults where there is none; keys as they are printed (`g`, `F7`, `ctrl+r`).

    Raises PREFERENCES-MALFORMED, with the place.
    """
    raw = _mapping(path)
    theme, still, keys = raw.get("theme", ""), raw.get("reduced_motion", False), raw.get("keys") or {}
    if not isinstance(theme, str):
        raise _malformed(path, "`theme` must be the name of a theme.")
    if not isinstance(still, bool):
        raise _malformed(path, "`reduced_motion` must be true or false.")
    if not isinstance(keys, dict):
        raise _malformed(path, "`keys` must map the ids of actions to keys, such as `steps.plan: F7`.")
    return Likings(theme, still, {str(name): _as_keys(path, str(name), value) for name, value in keys.items()})


def keep_theme(path: Path, theme: str) -> None:
    """Write the theme into the file, everything else as it was. Raises UsageError, or OSError for a full disk."""
    raw = _mapping(path)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_file(path, _HEAD + yaml.safe_dump({**raw, "theme": theme}, sort_keys=False, allow_unicode=True))


def _mapping(path: Path) -> dict[str, object]:
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise _malformed(path, f"It cannot be read: {error.strerror or error}.") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark is not None else ""
        raise _malformed(path, f"{where}{getattr(error, 'problem', '') or 'it is no YAML'}.") from error
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise _malformed(path, "It must be a mapping.")
    unknown = [str(key) for key in raw if key not in _KEYS]
    if unknown:
        raise _malformed(path, f"{unknown[0]!r} is unknown; possible are {', '.join(_KEYS)}.")
    return raw


def _as_keys(path: Path, action: str, value: object) -> tuple[str, ...]:
    keys = value if isinstance(value, list) else [value]
    # YAML reads an unquoted digit as a number, which is a key all the same.
    if not keys or not all(isinstance(key, str | int) and not isinstance(key, bool) and str(key) for key in keys):
        raise _malformed(path, f"The keys of {action} must be texts; quote what YAML reads otherwise ('?', 'n', 'y').")
    return tuple(str(key) for key in keys)


def _malformed(path: Path, why: str) -> UsageError:
    return UsageError(
        "PREFERENCES-MALFORMED",
        f"The preferences in {path} cannot be used.",
        why=why,
        next_step="Mend the file, or take it away; docs/keys.md lists the actions and their keys.",
    )
