"""Where a PostgreSQL server can be had on this machine: the system's, else one that a Python wheel carries."""

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from autocorp_wizard.adapters import process
from autocorp_wizard.core.errors import WizardError

_OLDEST: Final = 12
_USUAL: Final = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/usr/local/pgsql/bin",
)
_NEEDED: Final = ("initdb", "postgres")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A directory with `initdb` and `postgres` of one major version."""

    directory: Path
    major: int


def find_binaries(environ: Mapping[str, str] | None = None) -> Binaries:
    """Return the newest usable server; raises WizardError if there is none.

    `AUTOCORP_POSTGRES_BIN` names a directory and is then the only one looked at.
    """
    variables = os.environ if environ is None else environ
    chosen = variables.get("AUTOCORP_POSTGRES_BIN")
    candidates = [Path(chosen)] if chosen else [*_of_the_system(variables), *_carried_by_a_wheel()]
    found = [binaries for directory in dict.fromkeys(candidates) if (binaries := _look(directory)) is not None]
    for binaries in found:
        if binaries.major >= _OLDEST:
            return binaries
    seen = ", ".join(str(directory) for directory in dict.fromkeys(candidates)) or "the usual places"
    raise WizardError(
        "REHEARSAL-POSTGRES",
        "The rehearsal finds no PostgreSQL server for its source database.",
        why=f"Neither initdb nor postgres (version {_OLDEST} or newer) lies in {seen}.",
        next_step="Install your system's postgresql package, or `pip install 'autocorp-wizard[postgres]'`.",
    )


def _of_the_system(variables: Mapping[str, str]) -> Iterator[Path]:
    usual = [directory for pattern in _USUAL for directory in Path("/").glob(pattern.lstrip("/"))]
    yield from sorted(usual, key=_numbers, reverse=True)
    for name in ("postgres", "pg_config"):
        program = shutil.which(name, path=variables.get("PATH"))
        if program is not None:
            yield Path(program).resolve().parent


def _carried_by_a_wheel() -> Iterator[Path]:
    carried = find_spec("pgserver")
    if carried is not None and carried.origin is not None:
        yield Path(carried.origin).parent / "pginstall" / "bin"


def _numbers(directory: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", str(directory))]


def _look(directory: Path) -> Binaries | None:
    if not all(os.access(directory / name, os.X_OK) for name in _NEEDED):
        return None
    try:
        asked = process.run([str(directory / "postgres"), "--version"], cwd=Path("/"), env={}, timeout=20)
    except WizardError:
        return None
    version = re.search(r"\b(\d+)(?:\.\d+)?", asked.stdout)
    return None if asked.exit_code or version is None else Binaries(directory, int(version.group(1)))
