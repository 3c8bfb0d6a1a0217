"""Environments on disk: one YAML file each, written whole or not at all, made to be committed and free of secrets."""

from pathlib import Path

import yaml

from autocorp_wizard.adapters.answers_file import read_answers_file
from autocorp_wizard.adapters.home import Home
from autocorp_wizard.adapters.private_file import replace_file
from autocorp_wizard.core.environment import Environment, name_problems
from autocorp_wizard.core.environment_document import read_answers
from autocorp_wizard.core.errors import UsageError

FILE_NAME = "environment.yaml"

_HEADER = """\
# AutoCorp Wizard: answers of one environment. Holds no secrets and is made to be committed.
# Answers that are not here come from the preset; list them all: autocorp-wizard env show --schema
# The wizard rewrites this file (waivers, secret_counter), so comments of your own do not stay.
"""


class EnvironmentStore:
    """The environments of a home; with `env_file`, the one environment that lies in that file."""

    def __init__(self, home: Home, env_file: Path | None = None) -> None:
        self._home = home
        self._env_file = env_file

    def path(self, name: str) -> Path:
        """Return the file of an environment."""
        return self._env_file or self._home.environment_dir(name) / FILE_NAME

    def exists(self, name: str) -> bool:
        """Whether the environment has a file."""
        return not name_problems(name) and self.path(name).is_file()

    def names(self) -> list[str]:
        """Return the names of all environments, sorted."""
        if self._env_file is not None:
            return [self._read(self._env_file, "").name] if self._env_file.is_file() else []
        if not self._home.environments.is_dir():
            return []
        return sorted(path.parent.name for path in self._home.environments.glob(f"*/{FILE_NAME}"))

    def load(self, name: str) -> Environment:
        """Read an environment.

        Raises UsageError: unknown (with the names there are), malformed (with the line), written by a newer wizard.
        """
        if not self.exists(name):
            raise self._unknown(name)
        environment = self._read(self.path(name), name)
        if environment.name != name:
            raise UsageError(
                "ENVIRONMENT-NAME",
                f"{self.path(name)} describes the environment {environment.name!r}, not {name!r}.",
                why="The name inside the file counts; it is part of every name in AWS.",
                next_step=f"Use --env {environment.name}, or name another file with --env-file.",
            )
        return environment

    def save(self, environment: Environment) -> Path:
        """Write an environment so that a reader sees the old file or the new one, never half of it."""
        path = self.path(environment.name)
        if self._env_file is None:
            self._home.make(path.parent)
        text = _HEADER + yaml.safe_dump(
            environment.as_document(), sort_keys=False, allow_unicode=True, default_flow_style=False, width=110
        )
        write_atomically(path, text, 0o600 if self._env_file is None else 0o644)
        return path

    def delete(self, name: str) -> None:
        """Remove an environment's file. The rest of its folder (records, snapshots) is the caller's business."""
        if not self.exists(name):
            raise self._unknown(name)
        self.path(name).unlink()

    def _read(self, path: Path, name: str) -> Environment:
        document = read_answers_file(path)
        return read_answers(document.values, name, source=str(path), lines=document.lines)

    def _unknown(self, name: str) -> UsageError:
        import difflib

        if self._env_file is not None:
            return UsageError(
                "ENVIRONMENT-UNKNOWN",
                f"There is no environment file {self._env_file}.",
                next_step=f"Create it: autocorp-wizard env new {name} --env-file {self._env_file}",
            )
        names = self.names()
        near = difflib.get_close_matches(name, names, n=1)
        if names:
            why = f"This home has: {', '.join(names)}." + (f" The nearest one is {near[0]!r}." if near else "")
        else:
            why = f"The home {self._home.root} has no environment yet."
        return UsageError(
            "ENVIRONMENT-UNKNOWN",
            f"There is no environment {name!r}.",
            why=why,
            next_step=f"Create it: autocorp-wizard env new {name}",
        )


def write_atomically(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a text file whole or not at all.

    Raises UsageError where that is impossible (no such folder, no permission, disk full); the old file stays.
    """
    try:
        replace_file(path, text, mode)
    except OSError as error:
        raise UsageError(
            "FILE-NOT-WRITTEN",
            f"{path} was not written; what was there before is unchanged.",
            why=f"{error.strerror or error}.",
            next_step="Make room or correct the permissions, then run the command again.",
        ) from error
