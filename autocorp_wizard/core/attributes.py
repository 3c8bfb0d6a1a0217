"""What changes inside a resource, attribute by attribute, from the JSON form of a plan.

Sensitive values are masked and never kept; values that AWS decides are marked unknown. JSON kept in strings (policies,
task settings) is compared inside, so that a person sees the statement that changed and not two walls of text.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias, cast

from autocorp_wizard.core.events import Json

SENSITIVE = "(sensitive value)"
UNKNOWN = "(known after apply)"

Part: TypeAlias = str | int
_PLAIN = re.compile(r"^[A-Za-z_][A-Za-z0-9_-]*$")


@dataclass(frozen=True, slots=True)
class AttributeChange:
    """One attribute: its path (`rule[0].expiration[0].days`), before and after.

    `known` is False where AWS decides the new value; `sensitive` where both values are masked. None means absent.
    """

    path: str
    before: Json
    after: Json
    sensitive: bool = False
    known: bool = True

    @property
    def before_text(self) -> str:
        """The old value for people; empty where there was none."""
        return "" if self.before is None else value_text(self.before)

    @property
    def after_text(self) -> str:
        """The new value for people; empty where there is none."""
        return UNKNOWN if not self.known else "" if self.after is None else value_text(self.after)

    def as_document(self) -> dict[str, Json]:
        """Return the JSON object of `plan --json`."""
        return {
            "path": self.path,
            "before": self.before,
            "after": self.after,
            "sensitive": self.sensitive,
            "known": self.known,
        }


def attribute_changes(change: dict[str, Json]) -> tuple[AttributeChange, ...]:
    """Return the attribute changes of one `change` object of `terraform show -json`, in the schema's order."""
    found = list(
        _walk(
            (),
            change.get("before"),
            change.get("after"),
            change.get("after_unknown"),
            (change.get("before_sensitive"), change.get("after_sensitive")),
        )
    )
    paths = {item.path for item in found}
    # Each own tag is listed once more among all tags; only the ones that the provider adds are news there.
    return tuple(
        item
        for item in found
        if not (item.path.startswith("tags_all") and item.path.replace("tags_all", "tags", 1) in paths)
    )


def masked(value: Json, sensitive: Json) -> Json:
    """Return `value` with everything that `sensitive` marks replaced by SENSITIVE."""
    if sensitive is True:
        return None if value is None else SENSITIVE
    if isinstance(value, dict) and isinstance(sensitive, dict):
        return {key: masked(inner, sensitive.get(key)) for key, inner in value.items()}
    if isinstance(value, list) and isinstance(sensitive, list):
        return [masked(inner, _at(sensitive, index)) for index, inner in enumerate(value)]
    return value


def path_text(parts: tuple[Part, ...]) -> str:
    """Return `("rule", 0, "a b")` as `rule[0]["a b"]`."""
    text = ""
    for part in parts:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _PLAIN.match(part):
            text += f".{part}" if text else part
        else:
            text += f"[{json.dumps(part, ensure_ascii=False)}]"
    return text


def value_text(value: Json) -> str:
    """Return a value in one line: strings as they are, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def parsed(value: Json) -> dict[str, Json] | list[Json] | None:
    """Return the JSON document that a string holds, None where it holds none."""
    if not isinstance(value, str) or value[:1] not in ("{", "["):
        return None
    try:
        document = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Json] | list[Json]", document) if isinstance(document, dict | list) else None


def _walk(
    path: tuple[Part, ...], before: Json, after: Json, unknown: Json, sensitive: tuple[Json, Json]
) -> Iterator[AttributeChange]:
    if True in sensitive:
        if before != after or _any(unknown):
            yield _masked_change(path, before, after, known=not _any(unknown))
        return
    if unknown is True:
        yield AttributeChange(path_text(path), masked(before, sensitive[0]), None, known=False)
        return
    inner_before, inner_after = parsed(before), parsed(after)
    if inner_before is not None and inner_after is not None:
        before, after = inner_before, inner_after
    if _all_in(dict, before, after, unknown):
        yield from _walk_mapping(path, before, after, unknown, sensitive)
    elif _all_in(list, before, after, unknown) and not _scalars(before, after):
        yield from _walk_list(path, before, after, unknown, sensitive)
    elif before != after and not (_empty(before) and _empty(after)):
        hidden = _any(sensitive[0]) or _any(sensitive[1])
        shown = _with_unknown(masked(after, sensitive[1]), unknown)
        yield AttributeChange(path_text(path), masked(before, sensitive[0]), shown, sensitive=hidden)


def _walk_mapping(
    path: tuple[Part, ...], before: Json, after: Json, unknown: Json, sensitive: tuple[Json, Json]
) -> Iterator[AttributeChange]:
    sides = [side for side in (before, after, unknown) if isinstance(side, dict)]
    for key in dict.fromkeys(key for side in sides for key in side):
        marks = (_in(sensitive[0], key), _in(sensitive[1], key))
        yield from _walk((*path, key), _in(before, key), _in(after, key), _in(unknown, key), marks)


def _walk_list(
    path: tuple[Part, ...], before: Json, after: Json, unknown: Json, sensitive: tuple[Json, Json]
) -> Iterator[AttributeChange]:
    """Pair the elements of two lists: equal ones first (a set has no order), the rest in order."""
    left = list(range(len(before))) if isinstance(before, list) else []
    length = max(len(side) if isinstance(side, list) else 0 for side in (after, unknown))
    right: list[int] = []
    for index in range(length):
        same = next((i for i in left if _at(before, i) == _at(after, index) and not _any(_at(unknown, index))), None)
        if same is None or (_at(sensitive[0], same) is True) != (_at(sensitive[1], index) is True):
            right.append(index)
        else:
            left.remove(same)
    for position in range(max(len(left), len(right))):
        old = left[position] if position < len(left) else None
        new = right[position] if position < len(right) else None
        yield from _walk(
            (*path, new if new is not None else old or 0),
            None if old is None else _at(before, old),
            None if new is None else _at(after, new),
            None if new is None else _at(unknown, new),
            (
                None if old is None else _at(sensitive[0], old),
                None if new is None else _at(sensitive[1], new),
            ),
        )


def _masked_change(path: tuple[Part, ...], before: Json, after: Json, *, known: bool) -> AttributeChange:
    return AttributeChange(
        path_text(path),
        None if before is None else SENSITIVE,
        None if after is None else SENSITIVE,
        sensitive=True,
        known=known,
    )


def _with_unknown(value: Json, unknown: Json) -> Json:
    if isinstance(value, list) and isinstance(unknown, list):
        return [UNKNOWN if _at(unknown, index) is True else inner for index, inner in enumerate(value)]
    return value


def _all_in(kind: type, *sides: Json) -> bool:
    """Whether at least one side is of `kind` and no side is anything else but absent (or not unknown)."""
    present = [side for side in sides if side is not None and side is not False]
    return bool(present) and all(isinstance(side, kind) for side in present)


def _scalars(*sides: Json) -> bool:
    values = [value for side in sides if isinstance(side, list) for value in side]
    return bool(values) and not any(isinstance(value, dict | list) for value in values)


def _any(unknown: Json) -> bool:
    if isinstance(unknown, dict):
        return any(_any(value) for value in unknown.values())
    if isinstance(unknown, list):
        return any(_any(value) for value in unknown)
    return unknown is True


def _empty(value: Json) -> bool:
    return value is None or (isinstance(value, str | list | dict) and not value)


def _in(side: Json, key: str) -> Json:
    return side.get(key) if isinstance(side, dict) else None


def _at(side: Json, index: int) -> Json:
    return side[index] if isinstance(side, list) and index < len(side) else None
