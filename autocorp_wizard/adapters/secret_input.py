"""Where the source's password comes from: stdin, a file descriptor, a named variable, PGPASSWORD or PGPASSFILE.

Never an argument, which any process on the machine could read. What a hidden prompt returned goes through `accept`.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final

from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import UsageError

# PostgreSQL refuses longer ones; more than that is no password but the wrong file.
_LIMIT: Final = 1024


def accept(text: str) -> str:
    """Return a password as it was typed or read, without the newline at its end.

    Raises SECRET-EMPTY or SECRET-UNFIT; the message never repeats the text.
    """
    secret = text.removesuffix("\n").removesuffix("\r")
    if not secret:
        raise UsageError(
            "SECRET-EMPTY",
            "The password is empty.",
            next_step="Give it at the hidden prompt, or with --stdin, --fd N or --from-env NAME.",
        )
    if len(secret) > _LIMIT or any(character in secret for character in "\0\n\r"):
        raise UsageError(
            "SECRET-UNFIT",
            "What was given cannot be a password.",
            why=f"A password is one line of at most {_LIMIT} characters.",
            next_step="Look whether the right file or variable was named.",
        )
    return secret


def from_stream(stream: BinaryIO) -> str:
    """Read a password to the end of a stream (`--stdin`). Raises as `accept`."""
    # One more than allowed is enough to see that it is too long.
    raw = stream.read(4 * _LIMIT + 3)
    try:
        return accept(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise UsageError(
            "SECRET-UNFIT", "What was given cannot be a password.", why="It is no text in UTF-8."
        ) from error


def from_descriptor(number: int) -> str:
    """Read a password from an open file descriptor (`--fd`), and close it. Raises SECRET-FD, and as `accept`."""
    try:
        with os.fdopen(number, "rb") as stream:
            return from_stream(stream)
    except OSError as error:
        raise UsageError(
            "SECRET-FD",
            f"The file descriptor {number} cannot be read.",
            why=f"{error.strerror}.",
            next_step=f"Open it in the same command, for example: ... --fd {number} {number}< FILE",
        ) from error


def from_variable(name: str, environ: Mapping[str, str]) -> str:
    """Return the password that a named environment variable holds (`--from-env`). Raises as `accept`."""
    if name not in environ:
        raise UsageError(
            "SECRET-VARIABLE",
            f"There is no environment variable {name}.",
            next_step="Name the one that holds the password, or leave --from-env out to be asked.",
        )
    return accept(environ[name])


def for_source(environment: Environment, environ: Mapping[str, str]) -> str:
    """Return the password of an environment's source as `from_postgres` finds it for the answers; raises as that."""
    answers = environment.answers
    return from_postgres(
        environ,
        host=str(answers["postgres_host"].value or ""),
        port=int(str(answers["postgres_port"].value)),
        database=str(answers["postgres_database"].value),
        user=str(answers["postgres_username"].value),
    )


def from_postgres(environ: Mapping[str, str], *, host: str, port: int, database: str, user: str) -> str:
    """Return what PostgreSQL's own tools would use: PGPASSWORD, else the matching line of PGPASSFILE or ~/.pgpass.

    Empty where there is none. Raises SECRET-FILE-OPEN for a password file that others can read, as libpq ignores it.
    """
    given = environ.get("PGPASSWORD", "")
    if given:
        return accept(given)
    named = environ.get("PGPASSFILE", "")
    home = environ.get("HOME", "")
    if not named and not home:
        return ""
    path = Path(named) if named else Path(home) / ".pgpass"
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            return ""
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        return ""
    wanted = (host, str(port), database, user)
    for line in lines:
        fields = list(_fields(line))
        if len(fields) < 5 or line.lstrip().startswith("#"):
            continue
        if all(field in ("*", value) for field, value in zip(fields, wanted, strict=False)):
            if mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise UsageError(
                    "SECRET-FILE-OPEN",
                    f"The password file {path} can be read by others.",
                    why="PostgreSQL's own tools ignore such a file.",
                    next_step=f"Close it with: chmod 600 {path}",
                )
            return accept(fields[4])
    return ""


def _fields(line: str) -> Iterator[str]:
    """Split a line of a password file at its colons; a backslash takes the next character as it is."""
    field: list[str] = []
    characters = iter(line)
    for character in characters:
        if character == "\\":
            field.append(next(characters, ""))
        elif character == ":":
            yield "".join(field)
            field.clear()
        else:
            field.append(character)
    yield "".join(field)
