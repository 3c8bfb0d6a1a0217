"""One plain sentence per change: what happens, to what, and why where Terraform says why."""

from collections.abc import Iterable, Mapping

from autocorp_wizard.core.events import Action, Json
from autocorp_wizard.core.wordings import ATTRIBUTES, WORDINGS, Wording

_VERBS: dict[Action, str] = {
    Action.CREATE: "Creates",
    Action.UPDATE: "Changes",
    Action.REPLACE: "Replaces",
    Action.DELETE: "Deletes",
    Action.IMPORT: "Takes over",
    Action.FORGET: "Lets go of",
    Action.READ: "Reads",
    Action.NOOP: "Keeps",
}
_MOST_NAMED = 4


def sentence(
    action: Action,
    resource_type: str,
    label: str,
    before: Mapping[str, Json],
    after: Mapping[str, Json],
    *,
    changed: Iterable[str] = (),
    reason: str = "",
) -> str:
    """Return the sentence for a change.

    `label` is the resource's own name in the tree, used where AWS's name is not known yet; `changed` are the paths of
    the changed attributes; `reason` is a clause such as "is replaced because engine_name changes".
    """
    wording = WORDINGS.get(resource_type) or Wording(_plain_type(resource_type))
    name = full_name(wording, label, after, before)
    if action is Action.CREATE and wording.create:
        return wording.create.format(name=name)
    if action is Action.DELETE and wording.delete:
        return _joined(wording.delete.format(name=name), reason)
    text = f"{_VERBS[action]} the {wording.noun} {name}"
    if action is Action.UPDATE:
        what = changed_words(changed)
        text += f": {what}" if what else ""
    elif action is Action.FORGET:
        text += "; it stays in the account"
    elif action is Action.IMPORT:
        text += ", which exists already"
    return _joined(f"{text}.", reason)


def changed_words(paths: Iterable[str]) -> str:
    """Return the changed attributes in words: the outermost names, each once."""
    words = list(dict.fromkeys(ATTRIBUTES.get(name, name.replace("_", " ")) for name in map(_outermost, paths)))
    if len(words) > _MOST_NAMED:
        words[_MOST_NAMED - 1 :] = [f"{len(words) - _MOST_NAMED + 1} other attributes"]
    return ", ".join(words[:-1]) + (" and " if len(words) > 1 else "") + words[-1] if words else ""


def full_name(wording: Wording, label: str, *sides: Mapping[str, Json]) -> str:
    """Return what an object is called in a sentence: its name or, where that is not known yet, its label."""
    name = object_name(wording.keys, *sides)
    name = f'"{name}"' if name and wording.quoted else name or label
    detail = object_name(wording.details, *sides)
    return f"{name} ({detail})" if detail else name


def object_name(keys: Iterable[str], *sides: Mapping[str, Json]) -> str:
    """Return the first known name of an object; a key may reach into a map (`tags.Name`)."""
    for key in keys:
        outer, _, inner = key.partition(".")
        for side in sides:
            value = side.get(outer)
            if inner:
                value = value.get(inner) if isinstance(value, dict) else None
            if isinstance(value, str) and value:
                return value
    return ""


def _joined(text: str, reason: str) -> str:
    return f"{text} It {reason}." if reason else text


def _outermost(path: str) -> str:
    return path.replace("[", ".").split(".", 1)[0]


def _plain_type(resource_type: str) -> str:
    """`aws_dms_replication_config` -> `dms replication config`."""
    provider, _, rest = resource_type.partition("_")
    return (rest if provider == "aws" and rest else resource_type).replace("_", " ")
