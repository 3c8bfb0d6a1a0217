"""What the options of every command say, gathered from before and after the command's name."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from autocorp_wizard.adapters.home import Home
from autocorp_wizard.cli.console import Console

if TYPE_CHECKING:
    from autocorp_wizard.adapters.environment_store import EnvironmentStore
    from autocorp_wizard.core.environment import Environment
    from autocorp_wizard.rollout.engine import Engine

ENVIRONMENT_VARIABLE = "AUTOCORP_ENV"

# Opens the full-screen wizard and returns the exit code; handed in by __main__, which alone knows that face.


class OpenWizard(Protocol):
    """Opens the full-screen wizard and returns its exit code."""

    def __call__(self, settings: "Settings", environment: "Environment | None", *, dashboard: bool = False) -> int:
        """Open it, on an environment where one is given, on its dashboard where that is wanted."""


@dataclass
class Settings:
    """The common options. Values are those given last on the command line, else the variables', else defaults."""

    open_wizard: OpenWizard
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    home_option: str = ""
    env_option: str = ""
    env_file: str = ""
    json: bool = False
    plain: bool = False
    yes: bool = False
    no_color: bool = False
    no_mouse: bool = False
    quiet: bool = False
    verbose: bool = False
    command: str = ""

    @cached_property
    def console(self) -> Console:
        """The one place that writes."""
        return Console(
            json=self.json,
            quiet=self.quiet,
            verbose=self.verbose,
            color=not self.no_color and not self.environ.get("NO_COLOR") and self.environ.get("TERM") != "dumb",
        )

    @cached_property
    def home(self) -> Home:
        """The home of this call."""
        return Home.resolve(self.home_option, self.environ)

    @cached_property
    def store(self) -> "EnvironmentStore":
        """The environments of this home (or the one file)."""
        from autocorp_wizard.adapters.environment_store import EnvironmentStore

        return EnvironmentStore(self.home, Path(self.env_file).absolute() if self.env_file else None)

    @cached_property
    def engine(self) -> "Engine":
        """The engine of this home."""
        from autocorp_wizard.rollout.engine import Engine

        return Engine(self.home)

    @property
    def env_name(self) -> str:
        """The environment that --env or AUTOCORP_ENV names; empty for none."""
        return self.env_option or self.environ.get(ENVIRONMENT_VARIABLE, "")

    @property
    def env_file_absolute(self) -> str:
        """The path of --env-file as a runner in another directory finds it; empty for none."""
        return absolute(self.env_file)

    @property
    def can_ask(self) -> bool:
        """Whether a person can be asked: a terminal on both ends, and no machine that waits for JSON."""
        ends = (sys.stdin, sys.stdout)  # None where a service started us without them
        is_terminal = all(end is not None and end.isatty() for end in ends)
        return is_terminal and not self.json and self.environ.get("TERM") != "dumb"


def absolute(path: str) -> str:
    """Return a path as a runner in another directory finds it; empty stays empty."""
    return str(Path(path).expanduser().absolute()) if path else ""
