"""What a resource's name will be where it is that of another resource of the same plan.

A bucket's settings name their bucket by reference, which is not known before the bucket is made; the configuration
inside the plan says which one it is, and that one's name is known.
"""

import re
from collections.abc import Iterator, Mapping

from autocorp_wizard.core.events import Json
from autocorp_wizard.core.sentences import object_name
from autocorp_wizard.core.wordings import WORDINGS

_INDEX = re.compile(r"\[[^\]]*\]")
_RESOURCE = re.compile(r"^([a-z][a-z0-9_]*)\.([A-Za-z_][\w-]*)")


class References:
    """Answers for the resources of one plan document (`terraform show -json`)."""

    def __init__(self, document: Mapping[str, Json]) -> None:
        self._expressions = dict(_expressions((), _mapping(_mapping(document.get("configuration")).get("root_module"))))
        self._names: dict[str, str] = {}
        changes = document.get("resource_changes")
        for item in changes if isinstance(changes, list) else []:
            entry = _mapping(item)
            wording = WORDINGS.get(str(entry.get("type")))
            change = _mapping(entry.get("change"))
            known = wording and object_name(wording.keys, _mapping(change.get("after")), _mapping(change.get("before")))
            if known:
                # Of several with one label the first stands for all; a reference to one of them has no index here.
                self._names.setdefault(_place(str(entry.get("address"))), known)

    def name(self, address: str, resource_type: str) -> str:
        """Return the name that the resource at `address` gets from another one, empty where none is found."""
        wording = WORDINGS.get(resource_type)
        place = _place(address)
        module = place[: -len(f"{resource_type}.{place.rpartition('.')[2]}")]
        for key in wording.keys if wording else ():
            for reference in self._expressions.get(place, {}).get(key, ()):
                found = _RESOURCE.match(reference)
                name = self._names.get(f"{module}{found[1]}.{found[2]}", "") if found else ""
                if name:
                    return name
        return ""


def _expressions(path: tuple[str, ...], module: Mapping[str, Json]) -> Iterator[tuple[str, dict[str, tuple[str, ...]]]]:
    """Yield (place, attribute -> references) for each resource of a module and of the modules in it."""
    resources = module.get("resources")
    for item in resources if isinstance(resources, list) else []:
        resource = _mapping(item)
        place = "".join(f"module.{name}." for name in path) + f"{resource.get('type')}.{resource.get('name')}"
        yield place, {key: _references(value) for key, value in _mapping(resource.get("expressions")).items()}
    for name, call in _mapping(module.get("module_calls")).items():
        yield from _expressions((*path, name), _mapping(_mapping(call).get("module")))


def _references(expression: Json) -> tuple[str, ...]:
    found = _mapping(expression).get("references")
    return tuple(str(item) for item in found) if isinstance(found, list) else ()


def _place(address: str) -> str:
    return _INDEX.sub("", address)


def _mapping(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
