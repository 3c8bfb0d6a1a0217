"""Terraform's argument lists, as pure values: this module starts nothing.

The lists are built by python-terraform, which knows how options are written; what it cannot do on Terraform 1.11
(streaming, signals, a child environment, destroy, named outputs) is why adapters/process.py starts every process.
"""

import fcntl
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from python_terraform import IsFlagged, IsNotFlagged
from python_terraform import Terraform as PythonTerraform

from autocorp_wizard.core.errors import WizardError

PARALLELISM = 10
LOCK_TIMEOUT = "60s"


class _Options(PythonTerraform):  # type: ignore[misc]  # the package is untyped
    """python-terraform without its habit of opening a local state file when it is made."""

    def read_state_file(self, file_path: str | None = None) -> None:
        """Read nothing: the state is remote and read by us."""


@dataclass(frozen=True, slots=True)
class Terraform:
    """Terraform `binary`, run in `directory` (a snapshot) with exactly `environment`.

    Every method returns an argument list. Variables never travel in it: plain ones by a tfvars file, secrets by
    `TF_VAR_` in `environment`.
    """

    binary: Path
    directory: Path
    environment: Mapping[str, str]

    def init(
        self,
        backend_config: Path | Mapping[str, str] | None = None,
        *,
        backend: bool = True,
        reconfigure: bool = False,
        own_lock_file: bool = False,
    ) -> tuple[str, ...]:
        """Initialise. The lock file is read-only unless the environment keeps its own.

        A backend is given as a file or as settings without secrets. The stream may hold plain text lines even with
        `-json`, when a backend is first configured.
        """
        config: list[str] = []
        if isinstance(backend_config, Path):
            config = [str(backend_config)]
        elif backend_config is not None:
            config = [f"{key}={value}" for key, value in backend_config.items()]
        return self._argv(
            "init",
            input=False,
            no_color=IsFlagged,
            json=IsFlagged,
            backend=None if backend else False,
            reconfigure=_flag(reconfigure),
            lockfile=None if own_lock_file else "readonly",
            backend_config=config,
        )

    def plan(
        self,
        out: Path,
        var_file: Path | Sequence[Path] = (),
        *,
        destroy: bool = False,
        refresh_only: bool = False,
        refresh: bool = True,
        generate_config_out: Path | None = None,
        replace: Sequence[str] = (),
        targets: Sequence[str] = (),
        parallelism: int = PARALLELISM,
        lock_timeout: str = LOCK_TIMEOUT,
    ) -> tuple[str, ...]:
        """Plan into the file `out`. Exit codes: 0 no change, 2 changes (also of outputs only), 1 error.

        `targets` exists for recovery alone; phases are flags, never targets.
        """
        files = [var_file] if isinstance(var_file, Path) else list(var_file)
        return self._argv(
            "plan",
            input=False,
            no_color=IsFlagged,
            json=IsFlagged,
            detailed_exitcode=IsFlagged,
            lock_timeout=lock_timeout,
            parallelism=parallelism,
            destroy=_flag(destroy),
            refresh_only=_flag(refresh_only),
            refresh=None if refresh else False,
            generate_config_out=None if generate_config_out is None else str(generate_config_out),
            var_file=[str(path) for path in files],
            replace=list(replace),
            target=list(targets),
            out=str(out),
        )

    def apply(
        self, plan_file: Path, *, parallelism: int = PARALLELISM, lock_timeout: str = LOCK_TIMEOUT
    ) -> tuple[str, ...]:
        """Apply a saved plan, a destroying one as well; Terraform never asks for a saved plan."""
        return self._argv(
            "apply",
            str(plan_file),
            input=False,
            no_color=IsFlagged,
            json=IsFlagged,
            lock_timeout=lock_timeout,
            parallelism=parallelism,
        )

    def show(self, plan_file: Path | None = None) -> tuple[str, ...]:
        """Print a saved plan (without one: the state) as one JSON document. It holds sensitive values in clear."""
        return self._argv("show", *([] if plan_file is None else [str(plan_file)]), no_color=IsFlagged, json=IsFlagged)

    def state_pull(self) -> tuple[str, ...]:
        """Print the remote state."""
        return self._argv("state pull")

    def state_push(self, file: Path, *, lock_timeout: str = LOCK_TIMEOUT) -> tuple[str, ...]:
        """Upload a state file. Terraform refuses another lineage or an older serial, and it is never forced here."""
        return self._argv("state push", str(file), lock_timeout=lock_timeout)

    def state_list(self) -> tuple[str, ...]:
        """Print the addresses in the state, one a line."""
        return self._argv("state list")

    def force_unlock(self, lock_id: str) -> tuple[str, ...]:
        """Release somebody's lock; Terraform refuses an id that is not the lock's."""
        return self._argv("force-unlock", lock_id, force=IsFlagged)

    def untaint(self, address: str, *, lock_timeout: str = LOCK_TIMEOUT) -> tuple[str, ...]:
        """Take the mark off a resource that an interrupted create left tainted."""
        return self._argv("untaint", address, no_color=IsFlagged, lock_timeout=lock_timeout)

    def output(self) -> tuple[str, ...]:
        """Print all outputs as one JSON document, sensitive ones in clear."""
        return self._argv("output", no_color=IsFlagged, json=IsFlagged)

    def version(self) -> tuple[str, ...]:
        """Print version and platform as one JSON document."""
        return self._argv("version", json=IsFlagged)

    def validate(self) -> tuple[str, ...]:
        """Check the configuration; prints one JSON document, not a stream."""
        return self._argv("validate", no_color=IsFlagged, json=IsFlagged)

    def providers_lock(self, mirror: Path, platform: str) -> tuple[str, ...]:
        """Write the lock file in `directory` anew from a provider mirror on this disk, for one platform."""
        return self._argv("providers lock", no_color=IsFlagged, fs_mirror=str(mirror), platform=[platform])

    def _argv(self, command: str, *arguments: str, **options: object) -> tuple[str, ...]:
        builder = _Options(terraform_bin_path=str(self.binary))
        return tuple(cast("list[str]", builder.generate_cmd_string(command, *arguments, **options)))


@contextmanager
def init_lock(cache: Path, *, timeout: float = 600.0) -> Iterator[None]:
    """Hold the one right to run `terraform init` with the plugin cache under `cache` (a directory that exists).

    Terraform's plugin cache is not safe for two inits at once. Waits by polling up to `timeout` seconds, then raises
    WizardError; the kernel frees the lock when its holder dies.
    """
    descriptor = os.open(cache / "init.lock", os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + timeout
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise WizardError(
                        "INIT-BUSY",
                        f"Another terraform init has been using {cache} for more than {timeout:.0f} s.",
                        why="The provider cache is not safe for two inits at once, so they take turns.",
                        next_step="Wait for the other run (autocorp-wizard runs list), then try again.",
                    ) from None
                time.sleep(0.05)
        yield
    finally:
        os.close(descriptor)


def _flag(on: bool) -> object:
    return IsFlagged if on else IsNotFlagged
