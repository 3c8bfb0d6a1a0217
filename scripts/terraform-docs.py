#!/usr/bin/env python3
"""Keeps the tables of inputs, outputs and skipped security checks in the Terraform READMEs equal to the HCL.

`--check` only says whether they are.

A README holds the tables between `<!-- BEGIN TABLES -->` and `<!-- END TABLES -->`. Everything else in it is prose.
The root's README lists, between `<!-- BEGIN SKIPS -->` and `<!-- END SKIPS -->`, what the security scanner passes over.
"""

import argparse
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import hcl2
from hcl2.utils import SerializationOptions

TERRAFORM = Path(__file__).resolve().parent.parent / "terraform"
_BLOCK = re.compile(r'^(?:resource|data) "(\w+)" "(\w+)"')
_SKIP = re.compile(r"^\s*#\s*checkov:skip=(\w+):(.+)$")


def main(arguments: list[str]) -> int:
    """Rewrite the READMEs, or compare them; 1 where one is out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 where a README is out of date")
    check = parser.parse_args(arguments).check
    stale = [readme for readme in readmes() if not update(readme, check=check)]
    for readme in stale:
        sys.stderr.write(f"{readme.relative_to(TERRAFORM.parent)}: {'out of date' if check else 'rewritten'}\n")
    if check and stale:
        sys.stderr.write("Run: .venv/bin/python scripts/terraform-docs.py\n")
    return 1 if check and stale else 0


def readmes() -> list[Path]:
    """The READMEs of the root and of every module; one that is missing fails here."""
    directories = [TERRAFORM, *sorted(path for path in (TERRAFORM / "modules").iterdir() if path.is_dir())]
    return [directory / "README.md" for directory in directories]


def update(readme: Path, *, check: bool) -> bool:
    """Return whether `readme` was up to date; rewrite it unless `check`."""
    old = readme.read_text(encoding="utf-8")
    new = _replaced(readme, old, "TABLES", tables(readme.parent))
    if readme.parent == TERRAFORM:
        new = _replaced(readme, new, "SKIPS", _table(("Check", "Resource", "Why it is passed over"), skips()))
    if new != old and not check:
        readme.write_text(new, encoding="utf-8")
    return new == old


def _replaced(readme: Path, text: str, what: str, content: str) -> str:
    begin, end = f"<!-- BEGIN {what} -->", f"<!-- END {what} -->"
    pattern = re.compile(f"{re.escape(begin)}.*{re.escape(end)}", re.DOTALL)
    if pattern.search(text) is None:
        raise SystemExit(f"{readme} has no {begin} … {end}.")
    return pattern.sub(lambda _: f"{begin}\n{content}\n{end}", text)


def skips() -> list[tuple[str, str, str]]:
    """What each resource asks the security scanner to pass over: check, address and reason."""
    found: list[tuple[str, str, str]] = []
    for path in sorted(TERRAFORM.rglob("*.tf")):
        inside = path.parent.relative_to(TERRAFORM).as_posix()
        module = f"module.{path.parent.name}." if inside.startswith("modules/") else ""
        address = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            block, skip = _BLOCK.match(line), _SKIP.match(line)
            if block is not None:
                address = f"{module}{block[1]}.{block[2]}"
            if skip is not None:
                found.append((skip[1], f"`{address}`", _cell(skip[2].strip())))
    return sorted(found)


def tables(directory: Path) -> str:
    """The tables of one directory's variables and outputs, as Markdown."""
    inputs = [
        (f"`{name}`", f"`{_type(body['type'])}`", _default(body), _cell(str(body["description"])))
        for name, body in sorted(blocks(directory / "variables.tf", "variable").items())
    ]
    outputs = [
        (f"`{name}`", _cell(str(body["description"])))
        for name, body in sorted(blocks(directory / "outputs.tf", "output").items())
    ]
    return "\n\n".join(
        [
            "## Inputs",
            _table(("Name", "Type", "Default", "Description"), inputs),
            "## Outputs",
            _table(("Name", "Description"), outputs),
        ]
    )


def blocks(path: Path, kind: str) -> Mapping[str, Mapping[str, object]]:
    """Return the labelled blocks of one kind, by label."""
    options = SerializationOptions(strip_string_quotes=True, with_comments=False)
    with path.open(encoding="utf-8") as source:
        document = hcl2.load(source, serialization_options=options)
    return {name: body for block in document.get(kind, []) for name, body in block.items()}


def _type(value: object) -> str:
    text = str(value)
    text = text[2:-1] if text.startswith("${") else text
    text = re.sub(r"\s+", " ", text).replace("|", "\\|")
    return re.sub(r",? ?\}", " }", text)


def _default(body: Mapping[str, object]) -> str:
    if "default" not in body:
        return "required"
    return f"`{_literal(body['default'])}`"


def _literal(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, list):
        return "[" + ", ".join(_literal(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{}" if not value else "{…}"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = tuple(heads)
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
