"""YAML and JSON files of answers: read with the line of every key, so that a refusal can point at it.

Scalars are taken by the kind of their field and not by YAML's guesses: an account id keeps its leading zero, and the
region `no` is text.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from autocorp_wizard.core.answers import Kind
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.fields import SCHEMA

# Far above any real file; a wrong path (a disk image, a device) must not be read into memory.
_SIZE_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class AnswersDocument:
    """What a file says: values by key and the line (from 1) that each key stands in."""

    values: Mapping[str, Json]
    lines: Mapping[str, int]


def read_answers_file(path: Path) -> AnswersDocument:
    """Read a file of answers.

    Raises UsageError that says the file, the line, and what to do: missing, not text, malformed, a key twice.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(_SIZE_LIMIT + 1)
    except OSError as error:
        raise UsageError(
            "ANSWERS-UNREADABLE",
            f"{path} cannot be read.",
            why=f"{error.strerror or error}.",
            next_step="Check the path and its permissions.",
        ) from error
    try:
        if len(raw) > _SIZE_LIMIT:
            raise ValueError
        text = raw.decode("utf-8-sig")
    except ValueError:
        raise UsageError(
            "ANSWERS-MALFORMED",
            f"{path} is no file of answers.",
            why="It is not UTF-8 text of a reasonable size.",
            next_step="Name a YAML or JSON file; list the possible answers with: autocorp-wizard env show --schema",
        ) from None
    if path.suffix.lower() == ".json":
        _check_json(path, text)
    return _read_yaml(path, text)


def _check_json(path: Path, text: str) -> None:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise _malformed(path, error.lineno, f"{error.msg} (column {error.colno})") from error


def _read_yaml(path: Path, text: str) -> AnswersDocument:
    # JSON may indent by tabs, which YAML refuses; outside strings a tab is blank in both.
    source = text.replace("\t", " ") if path.suffix.lower() == ".json" else text
    try:
        root = yaml.compose(source, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise _malformed(path, mark.line + 1 if mark else 0, str(error.problem or error.context or "")) from error
    except yaml.YAMLError as error:
        raise _malformed(path, 0, str(error).splitlines()[0]) from error
    if root is None:
        return AnswersDocument({}, {})
    if not isinstance(root, yaml.MappingNode):
        raise _malformed(path, root.start_mark.line + 1, "the file is no list of `name: value` lines")
    values: dict[str, Json] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in root.value:
        line = key_node.start_mark.line + 1
        key = str(key_node.value)
        if key in lines:
            raise _malformed(path, line, f"{key!r} stands here for the second time (first in line {lines[key]})")
        lines[key] = line
        values[key] = _value(path, key, value_node)
    return AnswersDocument(values, lines)


def _value(path: Path, key: str, node: yaml.Node) -> Json:
    known = SCHEMA.by_name.get(key)
    as_text = key in ("schema", "name") or (known is not None and known.kind in (Kind.TEXT, Kind.CHOICE))
    if as_text and isinstance(node, yaml.ScalarNode) and node.tag != "tag:yaml.org,2002:null":
        return str(node.value)
    return _plain(path, node)


def _plain(path: Path, node: yaml.Node) -> Json:
    """Return a node as a JSON value; dates stay text."""
    match node:
        case yaml.MappingNode():
            return {str(key.value): _plain(path, value) for key, value in node.value}
        case yaml.SequenceNode():
            return [_plain(path, value) for value in node.value]
        case _:
            kind = node.tag.rsplit(":", 1)[-1]
            if kind not in ("null", "bool", "int", "float"):
                return str(node.value)
            try:
                value: Json = yaml.SafeLoader("").construct_object(node)
            except ValueError as error:
                raise _malformed(path, node.start_mark.line + 1, str(error)) from error
            return value


def _malformed(path: Path, line: int, why: str) -> UsageError:
    kind = "JSON" if path.suffix.lower() == ".json" else "YAML"
    place = f"{path}, line {line}" if line else str(path)
    return UsageError(
        "ANSWERS-MALFORMED",
        f"{place}: this is not valid {kind}.",
        why=f"{why[:1].upper()}{why[1:]}.",
        next_step="Correct the line and run the command again; nothing was written.",
    )
