"""Reading an environment from the document that its file, or an answers file, holds.

A document that cannot be understood whole is refused whole, with file and line; nothing is half-read.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from autocorp_wizard.core.answers import Problem, raise_problems
from autocorp_wizard.core.environment import FILE_SCHEMA, FILE_VERSION, Environment, Waiver
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.fields import SCHEMA

# Keys of an environment's file that are no answers.
BOOKKEEPING = ("schema", "name", "secret_counter", "waivers", "detected")


def read_answers(
    document: Mapping[str, Json], name: str, *, source: str = "", lines: Mapping[str, int] | None = None
) -> Environment:
    """Return the environment that an answers file or an environment's file describes.

    `name` is used where the document has none. Raises UsageError that names file and line: a newer format, a wrong
    or unknown answer, a secret.
    """
    _check_version(document.get("schema"), source)
    given = {key: value for key, value in document.items() if key not in BOOKKEEPING and value is not None}
    counter = document.get("secret_counter", 0)
    detected = document.get("detected") or []
    environment = Environment(
        name=str(document.get("name") or name),
        given=given,
        detected=frozenset(str(each) for each in detected) if isinstance(detected, list) else frozenset(),
        secret_counter=counter if isinstance(counter, int) and not isinstance(counter, bool) else -1,
    )
    wrong = list(SCHEMA.check(given, lines))
    if environment.secret_counter < 0:
        wrong.append(
            Problem(
                "secret_counter",
                f"secret_counter cannot be {counter!r}.",
                "It is a whole number, 0 or more.",
                "Write back the number from the last committed version of the file.",
                line=(lines or {}).get("secret_counter", 0),
            )
        )
    raise_problems(tuple(wrong), source)
    environment = replace(environment, waivers=_waivers(document.get("waivers"), source))
    raise_problems(environment.problems(lines), source)
    return environment


def _check_version(schema: Json, source: str) -> None:
    if schema is None:
        return
    found = re.fullmatch(re.escape(FILE_SCHEMA) + r"(\d+)", str(schema))
    if found is None:
        raise UsageError(
            "ENVIRONMENT-FORMAT",
            f"{source or 'The file'} is no environment file: its schema is {schema!r}.",
            why=f"An environment's file says {FILE_SCHEMA}{FILE_VERSION}.",
            next_step="Name the right file with --env-file, or remove the line where the file is a plain answers file.",
        )
    if int(found[1]) > FILE_VERSION:
        raise UsageError(
            "ENVIRONMENT-NEWER",
            f"{source or 'The file'} has format {found[1]}; this wizard reads format {FILE_VERSION}.",
            why="A newer autocorp-wizard wrote it.",
            next_step="Upgrade autocorp-wizard on this machine, then run the command again.",
        )


def _waivers(value: Json, source: str) -> tuple[Waiver, ...]:
    waivers: list[Waiver] = []
    for entry in value if isinstance(value, list) else ([] if value is None else [value]):
        try:
            if not isinstance(entry, dict):
                raise ValueError("each waiver is a map")
            empty = next((key for key in ("check", "reason") if not str(entry[key] or "").strip()), "")
            if empty:
                raise ValueError(f"{empty!r} is empty")
            waivers.append(
                Waiver(
                    str(entry["check"]),
                    str(entry["reason"]),
                    date.fromisoformat(str(entry["until"])),
                    str(entry.get("by", "")),
                )
            )
        except (KeyError, ValueError) as error:
            missing = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)
            raise UsageError(
                "WAIVER-REFUSED",
                f"{source or 'The file'}: a waiver cannot be read ({missing}).",
                why="A waiver says check, reason and until (a date such as 2026-12-31).",
                next_step="Correct the waiver, or remove it from the file.",
            ) from error
    return tuple(waivers)
