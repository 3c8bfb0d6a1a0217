"""What an answer is: its kind, its default and where its value came from, and why a value is refused.

A `Field` is data; the command line, the answers file, the form on the screen and `env show --schema` read the same
ones (core/fields.py lists them). A refusal always has a reason and a remedy.
"""

import difflib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.presets import PRESETS, Preset


class Kind(StrEnum):
    """The type of an answer, named as in JSON Schema where that has a name."""

    TEXT = "string"
    WHOLE = "integer"
    FLAG = "boolean"
    LIST = "list"
    MAP = "map"
    CHOICE = "choice"


class Origin(StrEnum):
    """Where a value came from."""

    GIVEN = "given"
    DETECTED = "detected"
    PRESET = "preset"
    DEFAULT = "default"


class Group(StrEnum):
    """The pages of the form, in the order they are asked."""

    ENVIRONMENT = "Environment"
    ACCOUNT = "Account and region"
    SOURCE = "Source database"
    NETWORK = "Network"
    STORAGE = "Storage"
    SECURITY = "Keys, roles and secrets"
    GLUE = "Glue and Athena"
    DMS = "Replication"
    DATASYNC = "File transfer"
    MONITORING = "Alarms and costs"
    STATE = "Remote state"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a value is not accepted and what would be."""

    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A refused answer: `name` is the key, `what` a sentence, `line` the place in the file (0: unknown)."""

    name: str
    what: str
    why: str
    remedy: str
    code: str = "ANSWER-REFUSED"
    line: int = 0


Check = Callable[[Json], Refusal | None]


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `variable` says whether it is an input of the Terraform root under the same name.

    `asked` tells the questions that `env new` puts from those that have a good default; `help` says what it is,
    `why` why we ask. A nullable field may be left out even where it has no default.
    """

    name: str
    kind: Kind
    group: Group
    help: str
    why: str
    example: Json
    default: Json = None
    choices: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    nullable: bool = False
    variable: bool = True
    asked: bool = False
    only_cloud: str = ""

    def default_for(self, preset: Preset) -> tuple[Json, Origin]:
        """Return the value this field has when nobody answers it, and whether the preset or the schema says so."""
        values = PRESETS[preset]
        if self.name in values:
            return values[self.name], Origin.PRESET
        return self.default, Origin.DEFAULT

    def as_document(self) -> dict[str, Json]:
        """Return the field as `env show --schema --json` prints it."""
        return {
            "name": self.name,
            "type": self.kind.value,
            "group": self.group.value,
            "help": self.help,
            "why": self.why,
            "example": self.example,
            "default": {preset.value: self.default_for(preset)[0] for preset in Preset},
            "choices": list(self.choices),
            "nullable": self.nullable,
            "terraform_variable": self.variable,
            "asked": self.asked,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """A field with its value and where the value came from."""

    field: Field
    value: Json
    origin: Origin


@dataclass(frozen=True, slots=True)
class Schema:
    """All fields by name, in the order they are asked."""

    fields: tuple[Field, ...]
    by_name: Mapping[str, Field] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {each.name: each for each in self.fields})

    def __getitem__(self, name: str) -> Field:
        """Return the field `name`; raises UsageError that names the nearest one."""
        known = self.by_name.get(name)
        if known is None:
            problem = self.unknown(name)
            raise UsageError("ANSWER-UNKNOWN", problem.what, why=problem.why, next_step=problem.remedy)
        return known

    def unknown(self, name: str) -> Problem:
        """Say what is wrong with a key that is no field: a secret, or a typing mistake with the nearest key."""
        if is_secret_name(name):
            return Problem(
                name,
                f"{name!r} is a secret, and an answers file holds none.",
                "The file is made to be shared and committed.",
                "Remove the line. The source's password goes in by `autocorp-wizard secret set`, AWS credentials by "
                "the AWS profile or role that `aws_profile` or `aws_role_arn` names.",
                "ANSWER-SECRET",
            )
        near = difflib.get_close_matches(name.lower().replace("-", "_"), self.by_name, n=1, cutoff=0.5)
        return Problem(
            name,
            f"There is no answer called {name!r}.",
            f"The nearest one is {near[0]!r}." if near else "No answer has a name like it.",
            "Correct the name, or list them all: autocorp-wizard env show --schema",
            "ANSWER-UNKNOWN",
        )

    def check(self, given: Mapping[str, Json], lines: Mapping[str, int] | None = None) -> tuple[Problem, ...]:
        """Return what is wrong with given answers, each on its own; empty when all may be used."""
        at = lines or {}
        found: list[Problem] = []
        for name, value in given.items():
            known = self.by_name.get(name)
            problem = self.unknown(name) if known is None else refuse(known, value)
            if problem is not None:
                found.append(replace(problem, line=at.get(name, 0)))
        return tuple(found)

    def resolve(self, given: Mapping[str, Json], preset: Preset, detected: Iterable[str] = ()) -> dict[str, Answer]:
        """Return every field with its value: what was given or detected, else the preset's or the default."""
        seen = frozenset(detected)
        answers: dict[str, Answer] = {}
        for each in self.fields:
            if each.name in given:
                origin = Origin.DETECTED if each.name in seen else Origin.GIVEN
                answers[each.name] = Answer(each, given[each.name], origin)
            else:
                answers[each.name] = Answer(each, *each.default_for(preset))
        return answers


# Words that mark a key as a secret; the fields of the schema themselves are known names and never get here.
_SECRET_WORDS = ("password", "passwd", "passphrase", "secret", "token", "access_key", "credential", "private_key")


def is_secret_name(name: str) -> bool:
    """Whether a key that is no field asks for a secret value."""
    lowered = name.lower().replace("-", "_")
    return any(word in lowered for word in _SECRET_WORDS)


def refuse(known: Field, value: Json) -> Problem | None:
    """Return why `value` cannot be the answer to a field, or None when it can."""
    refusal = _wrong_kind(known, value)
    if refusal is None and value is not None:
        refusal = next((found for check in known.checks if (found := check(value)) is not None), None)
    if refusal is None:
        return None
    shown = json.dumps(value, ensure_ascii=False)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return Problem(known.name, f"{known.name} cannot be {shown}.", refusal.why, refusal.remedy)


def _wrong_kind(known: Field, value: Json) -> Refusal | None:
    example = f"For example: {json.dumps(known.example, ensure_ascii=False)}"
    if value is None:
        return None if known.nullable else Refusal("It needs a value.", example)
    match known.kind:
        case Kind.FLAG:
            ok, wanted = isinstance(value, bool), "true or false"
        case Kind.WHOLE:
            ok, wanted = isinstance(value, int) and not isinstance(value, bool), "a whole number"
        case Kind.LIST:
            ok, wanted = isinstance(value, list), "a list"
        case Kind.MAP:
            ok, wanted = isinstance(value, dict), "a map of names to values"
        case Kind.CHOICE:
            ok, wanted = value in known.choices, "one of " + ", ".join(known.choices)
            near = difflib.get_close_matches(str(value), known.choices, n=1)
            if not ok and near:
                return Refusal(f"It is {wanted}.", f"Did you mean {near[0]}?")
        case _:
            ok, wanted = isinstance(value, str) and value != "", "text"
    return None if ok else Refusal(f"It is {wanted}.", example)


def parse(known: Field, text: str) -> Json:
    """Turn what a person typed into a value of the field's kind (lists by commas, maps as JSON, nothing as null).

    Raises UsageError where it cannot be one; whether the value is acceptable is `refuse`'s business.
    """
    text = text.strip()
    if text in ("", "null") and known.nullable:
        return None
    try:
        match known.kind:
            case Kind.FLAG:
                return _FLAG_WORDS[text.lower()]
            case Kind.WHOLE:
                return int(text)
            case Kind.MAP:
                return _json(text)
            case Kind.LIST:
                return (
                    _json(text) if text.startswith("[") else [part.strip() for part in text.split(",") if part.strip()]
                )
            case _:
                return text
    except (KeyError, ValueError):
        problem = _wrong_kind(known, {} if known.kind is not Kind.MAP else "")
        raise UsageError(
            "ANSWER-REFUSED",
            f"{known.name} cannot be {text!r}.",
            why=problem.why if problem else "",
            next_step=problem.remedy if problem else "",
        ) from None


_FLAG_WORDS = {"true": True, "yes": True, "y": True, "on": True, "false": False, "no": False, "n": False, "off": False}


def _json(text: str) -> Json:
    document: Json = json.loads(text)
    return document


def show(value: Json) -> str:
    """Return a value as a person would type it; `parse` reads it back."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() if all(isinstance(part, str) for part in value):
            return ", ".join(str(part) for part in value)
        case list() | dict():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def raise_problems(problems: tuple[Problem, ...], source: str = "") -> None:
    """Raise one UsageError that names every problem, with file and line where they are known; none: return."""
    if not problems:
        return
    first, rest = problems[0], problems[1:]
    others = " Also: " + " ".join(f"{_place(each, source)}{each.what} {each.why}" for each in rest) if rest else ""
    raise UsageError(
        first.code, f"{_place(first, source)}{first.what}", why=f"{first.why}{others}", next_step=first.remedy
    )


def _place(problem: Problem, source: str) -> str:
    if not source:
        return ""
    return f"{source}, line {problem.line}: " if problem.line else f"{source}: "
