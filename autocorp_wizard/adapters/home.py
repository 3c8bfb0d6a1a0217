"""The one directory that everything the program writes lies under; nobody but its owner can look inside.

Two homes never meet: ports, sockets and state of one are unknown to the other.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autocorp_wizard.core.errors import UsageError

HOME_VARIABLE = "AUTOCORP_HOME"


@dataclass(frozen=True, slots=True)
class Home:
    """The paths under one home. Directories are made (mode 0700) when they are first asked for by `make`."""

    root: Path

    @classmethod
    def resolve(cls, given: str | Path | None = None, environ: Mapping[str, str] | None = None) -> "Home":
        """Return the home that `--home`, else AUTOCORP_HOME, else the platform's state directory names."""
        variables = os.environ if environ is None else environ
        chosen = given or variables.get(HOME_VARIABLE) or ""
        if not chosen:
            from platformdirs import user_state_path

            return cls(user_state_path("autocorp-wizard", appauthor=False))
        return cls(Path(chosen).expanduser().absolute())

    @property
    def environments(self) -> Path:
        """Where the environments' files and folders lie."""
        return self.root / "environments"

    def environment_dir(self, name: str) -> Path:
        """The folder of one environment: its file, Terraform data, snapshots, recorded state."""
        return self.environments / name

    @property
    def preferences(self) -> Path:
        """What a person likes about the screens; it need not be there."""
        return self.root / "preferences.yaml"

    @property
    def runs(self) -> Path:
        """The journals, one folder per run."""
        return self.root / "runs"

    def run_dir(self, run: str) -> Path:
        """The folder of one run."""
        return self.runs / run

    @property
    def rehearsal(self) -> Path:
        """The rehearsal cloud's own folder."""
        return self.root / "rehearsal"

    @property
    def cache(self) -> Path:
        """What can be thrown away: provider plugins, a downloaded Terraform."""
        return self.root / "cache"

    @property
    def logs(self) -> Path:
        """The program's own logs, for the case of a bug."""
        return self.root / "logs"

    def make(self, directory: Path | None = None) -> Path:
        """Create the home (and a directory in it), readable by its owner alone, and return it.

        Raises UsageError where it cannot be created or written.
        """
        wanted = directory or self.root
        try:
            for each in [self.root, *[p for p in reversed(wanted.parents) if self.root in p.parents], wanted]:
                each.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not os.access(wanted, os.W_OK | os.X_OK):
                raise PermissionError(13, "Permission denied")
        except OSError as error:
            raise UsageError(
                "HOME-UNUSABLE",
                f"The directory {wanted} cannot be used.",
                why=f"{error.strerror or error}.",
                next_step="Name another one with --home DIR or AUTOCORP_HOME, or correct its owner and permissions.",
            ) from error
        return wanted
