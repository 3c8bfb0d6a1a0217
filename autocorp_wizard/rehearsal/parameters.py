"""What AWS refuses before it looks at anything: parameters that the service's own model does not allow.

The models are botocore's; the words are those of AWS's request validation.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

# Words of Java's regular expressions that Python spells otherwise.
_SPELLINGS: Final = ((r"\p{Zs}", " "), (r"\z", r"\Z"))


def problem(service: str, action: str, parameters: Mapping[str, object]) -> str | None:
    """Return why AWS would refuse `parameters` (`1 validation error detected: ...`), None where it would not."""
    shape = _model(service).operation_model(action).input_shape
    found = list(_structure(shape, parameters, "")) if shape is not None else []
    if not found:
        return None
    word = "error" if len(found) == 1 else "errors"
    return f"{len(found)} validation {word} detected: {'; '.join(found)}"


@lru_cache(maxsize=8)
def _model(service: str) -> "ServiceModel":
    from botocore.session import get_session

    return get_session().get_service_model(service)


def _structure(shape: "StructureShape", value: Mapping[str, object], path: str) -> Iterator[str]:
    for name, member in shape.members.items():
        where = f"{path}.{_lowered(name)}".lstrip(".")
        given = value.get(name)
        if given is None:
            if name in shape.required_members:
                yield f"Value null at '{where}' failed to satisfy constraint: Member must not be null"
            continue
        yield from _member(member, given, where)


def _member(shape: "Shape", value: object, path: str) -> Iterator[str]:
    match shape.type_name:
        case "structure" if isinstance(value, Mapping):
            yield from _structure(_as_structure(shape), value, path)
        case "list" if isinstance(value, list):
            yield from _length(shape, len(value), f"Value '{value}' at '{path}'")
            for number, each in enumerate(value, start=1):
                yield from _member(_as_list(shape).member, each, f"{path}.{number}.member")
        case "map" if isinstance(value, Mapping):
            for key, each in value.items():
                yield from _member(_as_map(shape).value, each, f"{path}.{key}.member")
        case "string" if isinstance(value, str):
            yield from _text(shape, value, path)
        case "string" | "structure" | "list" | "map":
            yield f"Value '{value}' at '{path}' failed to satisfy constraint: Member must be a {shape.type_name}"
        case _:
            return


def _text(shape: "Shape", value: str, path: str) -> Iterator[str]:
    shown = "***" if shape.metadata.get("sensitive") else value
    said = f"Value '{shown}' at '{path}'"
    allowed = shape.metadata.get("enum")
    if allowed and value not in allowed:
        yield f"{said} failed to satisfy constraint: Member must satisfy enum value set: [{', '.join(allowed)}]"
    pattern = shape.metadata.get("pattern")
    if pattern and not _compiled(pattern).search(value):
        yield f"{said} failed to satisfy constraint: Member must satisfy regular expression pattern: {pattern}"
    yield from _length(shape, len(value), said)


def _length(shape: "Shape", length: int, said: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and length < least:
        yield f"{said} failed to satisfy constraint: Member must have length greater than or equal to {least}"
    if most is not None and length > most:
        yield f"{said} failed to satisfy constraint: Member must have length less than or equal to {most}"


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    for java, python in _SPELLINGS:
        pattern = pattern.replace(java, python)
    return re.compile(pattern)


def _lowered(name: str) -> str:
    return name[:1].lower() + name[1:]


def _as_structure(shape: "Shape") -> "StructureShape":
    return shape  # type: ignore[return-value]  # told by its type_name


def _as_list(shape: "Shape") -> "ListShape":
    return shape  # type: ignore[return-value]


def _as_map(shape: "Shape") -> "MapShape":
    return shape  # type: ignore[return-value]
