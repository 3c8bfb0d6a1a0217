"""Where a password comes from: a hidden prompt, stdin, a descriptor, a variable; never an argument."""

import sys
from typing import TYPE_CHECKING

from autocorp_wizard.adapters import secret_input
from autocorp_wizard.cli import questions
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import UsageError

if TYPE_CHECKING:
    from autocorp_wizard.cli.settings import Settings

# The name under which a runner takes the password.
PASSWORD = "postgres_password"  # noqa: S105  (the name of a variable)


def ambient(settings: "Settings", environment: Environment) -> dict[str, str]:
    """Return what PGPASSWORD or PGPASSFILE tell, as a run takes it; nothing where they do not, or need not."""
    if environment.source_is_built_in:
        return {}
    password = secret_input.for_source(environment, settings.environ)
    return {PASSWORD: password} if password else {}


def ask(settings: "Settings", environment: Environment, *, stdin: bool, fd: int | None, variable: str) -> str:
    """Return the password from the way that was chosen, else from PostgreSQL's own, else from a hidden prompt."""
    given = _chosen(settings, stdin=stdin, fd=fd, variable=variable)
    if given:
        return given
    found = secret_input.for_source(environment, settings.environ)
    if found:
        settings.console.hint("The password comes from PGPASSWORD or the PostgreSQL password file.")
        return found
    user = environment.answers["postgres_username"].value
    return _typed_twice(
        settings, f"Password of {user} at the source (hidden):", "--stdin, --fd N, --from-env NAME or PGPASSWORD"
    )


def ask_for_shares(settings: "Settings", *, stdin: bool, fd: int | None, variable: str) -> str:
    """Return the password of the SMB shares from the way that was chosen, else from a hidden prompt."""
    given = _chosen(settings, stdin=stdin, fd=fd, variable=variable)
    return given or _typed_twice(
        settings, "Password of the SMB shares' user (hidden):", "--stdin, --fd N or --from-env NAME"
    )


def _chosen(settings: "Settings", *, stdin: bool, fd: int | None, variable: str) -> str:
    if sum((stdin, fd is not None, bool(variable))) > 1:
        raise UsageError(
            "USAGE",
            "--stdin, --fd and --from-env exclude each other.",
            why="There is one password.",
            next_step="Name one of them.",
        )
    if stdin:
        return secret_input.from_stream(sys.stdin.buffer)
    if fd is not None:
        return secret_input.from_descriptor(fd)
    if variable:
        return secret_input.from_variable(variable, settings.environ)
    return ""


def _typed_twice(settings: "Settings", question: str, option: str) -> str:
    first = questions.hidden(settings, question, option=option)
    again = questions.hidden(settings, "Once more:", option="--stdin")
    if first != again:
        raise UsageError("SECRET-DIFFERS", "The two passwords differ.", next_step="Run the command again.")
    return secret_input.accept(first)
