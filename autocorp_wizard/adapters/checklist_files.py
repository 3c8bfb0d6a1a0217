"""The checklists on disk: YAML read strictly, so that a mistake in a file is named with its line and never skipped."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

import yaml

import autocorp_wizard
from autocorp_wizard.core.checklist import STEP_ID, Checklist, Command, Moment, Step, Who
from autocorp_wizard.core.errors import UsageError

DIRECTORY: Final = "checklists"
# Which steps stand for which line of the assessment; no checklist itself.
COVERAGE: Final = "assessment.yaml"

_REQUIRED: Final = frozenset({"id", "title", "phase", "who", "where", "why", "evidence"})
_KEYS: Final = _REQUIRED | {"verify", "values", "instructions", "commands", "expires_days"}
_LANGUAGES: Final = ("shell", "sql")

Word = TypeVar("Word", bound=StrEnum)


def packaged_checklists() -> Path:
    """Return the directory of the checklists: within the installed package, or beside it in a checkout."""
    package = Path(autocorp_wizard.__file__).parent
    for root in (package / "_tree", package.parent):
        if (root / DIRECTORY).is_dir():
            return root / DIRECTORY
    raise UsageError(
        "CHECKLISTS-MISSING",
        "This installation holds no checklists.",
        why=f"There is no directory {DIRECTORY} in {package / '_tree'}.",
        next_step="Install autocorp-wizard again.",
    )


def read_checklists(directory: Path) -> tuple[Checklist, ...]:
    """Read all checklists of a directory, in the order of their `order`.

    Raises UsageError CHECKLIST-MALFORMED with file and line; also for a step id that stands twice.
    """
    read: list[tuple[int, Checklist]] = []
    seen: dict[str, str] = {}
    for path in sorted(directory.glob("*.yaml")):
        if path.name == COVERAGE:
            continue
        page = _Page.open(path)
        order, checklist = _checklist(page)
        read.append((order, checklist))
        for step in checklist.steps:
            if step.id in seen:
                raise page.error(page.root, f"the step {step.id!r} stands in {seen[step.id]} already")
            seen[step.id] = path.name
    return tuple(checklist for _, checklist in sorted(read, key=lambda each: (each[0], each[1].name)))


def read_coverage(directory: Path) -> dict[str, tuple[str, ...]]:
    """Read which steps stand for which line of the assessment."""
    page = _Page.open(directory / COVERAGE)
    entries = page.mapping(page.root, frozenset({"lines"}), frozenset({"lines"}))["lines"]
    covered: dict[str, tuple[str, ...]] = {}
    for node in page.sequence(entries):
        entry = page.mapping(node, frozenset({"line", "steps"}), frozenset({"line", "steps"}))
        line = page.text(entry["line"])
        if line in covered:
            raise page.error(node, f"the line {line!r} stands here for the second time")
        covered[line] = tuple(page.text(each) for each in page.sequence(entry["steps"]))
    return covered


@dataclass(frozen=True, slots=True)
class _Page:
    """One file: its nodes keep the lines that they stand in."""

    path: Path
    root: yaml.Node

    @classmethod
    def open(cls, path: Path) -> "_Page":
        try:
            root = yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader)
        except (OSError, ValueError) as error:
            raise _malformed(path, 0, f"it cannot be read ({error})") from error
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            raise _malformed(path, mark.line + 1 if mark else 0, str(error.problem or "it is no YAML")) from error
        if root is None:
            raise _malformed(path, 1, "the file is empty")
        return cls(path, root)

    def error(self, node: yaml.Node, why: str) -> UsageError:
        return _malformed(self.path, node.start_mark.line + 1, why)

    def mapping(self, node: yaml.Node, known: frozenset[str], required: frozenset[str]) -> dict[str, yaml.Node]:
        found = self.pairs(node)
        for name, each in found.items():
            if name not in known:
                raise self.error(each, f"the key {name!r} is not known; known are {', '.join(sorted(known))}")
        lacking = required - set(found)
        if lacking:
            raise self.error(node, f"the key {sorted(lacking)[0]!r} is missing")
        return found

    def pairs(self, node: yaml.Node) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            raise self.error(node, "a list of `name: value` lines is expected here")
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = self.text(key)
            if name in found:
                raise self.error(key, f"the key {name!r} stands here for the second time")
            found[name] = value
        return found

    def sequence(self, node: yaml.Node) -> list[yaml.Node]:
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            raise self.error(node, "a list of at least one entry is expected here")
        return list(node.value)

    def text(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode) or not str(node.value).strip():
            raise self.error(node, "a text is expected here")
        return str(node.value).strip()

    def number(self, node: yaml.Node) -> int:
        text = self.text(node)
        if not text.isdecimal() or int(text) == 0:
            raise self.error(node, f"{text!r} is no number of days")
        return int(text)

    def word(self, node: yaml.Node, words: type[Word]) -> Word:
        text = self.text(node)
        try:
            return words(text)
        except ValueError:
            raise self.error(node, f"{text!r} is none of {', '.join(words)}") from None


def _checklist(page: _Page) -> tuple[int, Checklist]:
    keys = frozenset({"group", "title", "order", "steps"})
    found = page.mapping(page.root, keys, keys)
    name = page.text(found["group"])
    if name != page.path.stem:
        raise page.error(found["group"], f"the group {name!r} is not the file's name")
    steps = tuple(_step(page, node) for node in page.sequence(found["steps"]))
    ids = [step.id for step in steps]
    twice = next((each for each in ids if ids.count(each) > 1), None)
    if twice is not None:
        raise page.error(found["steps"], f"the step {twice!r} stands here twice")
    return page.number(found["order"]), Checklist(name, page.text(found["title"]), steps)


def _step(page: _Page, node: yaml.Node) -> Step:
    found = page.mapping(node, _KEYS, _REQUIRED)
    if "instructions" not in found and "commands" not in found:
        raise page.error(node, "a step needs instructions or commands")
    step_id = page.text(found["id"])
    if not STEP_ID.match(step_id):
        raise page.error(found["id"], f"{step_id!r} is no id: small letters, digits and single dashes")
    return Step(
        id=step_id,
        title=page.text(found["title"]),
        phase=page.word(found["phase"], Moment),
        who=page.word(found["who"], Who),
        where=page.text(found["where"]),
        why=page.text(found["why"]),
        evidence=page.text(found["evidence"]),
        verify=page.text(found["verify"]) if "verify" in found else "manual",
        values={k: page.text(v) for k, v in page.pairs(found["values"]).items()} if "values" in found else {},
        instructions=tuple(map(page.text, page.sequence(found["instructions"]))) if "instructions" in found else (),
        commands=tuple(_command(page, n) for n in page.sequence(found["commands"])) if "commands" in found else (),
        expires_days=page.number(found["expires_days"]) if "expires_days" in found else 0,
    )


def _command(page: _Page, node: yaml.Node) -> Command:
    found = page.mapping(node, frozenset({"what", *_LANGUAGES}), frozenset({"what"}))
    languages = [each for each in _LANGUAGES if each in found]
    if len(languages) != 1:
        raise page.error(node, "a command is either `shell` or `sql`")
    return Command(page.text(found["what"]), languages[0], page.text(found[languages[0]]))


def _malformed(path: Path, line: int, why: str) -> UsageError:
    place = f"{path}, line {line}" if line else str(path)
    return UsageError(
        "CHECKLIST-MALFORMED",
        f"{place}: {why}.",
        next_step="Correct the file (it is part of the installation), then run the command again.",
    )
