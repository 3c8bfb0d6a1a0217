"""Where the source's cluster lies: below the home, or, where we are root, where an unprivileged account can reach."""

import json
import os
import pwd
import shutil
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.rehearsal.source_binaries import Binaries

_ACCOUNTS: Final = ("postgres", "nobody")
_PREFIX: Final = "autocorp-rehearsal-"
# Names the home that a place outside it belongs to.
_BELONGS_TO: Final = "home.txt"
_ABANDONED_SECONDS: Final = 600.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where the cluster lies and as whom it runs (None: as ourselves)."""

    base: Path
    account: str | None

    @property
    def data(self) -> Path:
        """Return the data directory."""
        return self.base / "data"


def find_place(home: Path) -> Place:
    """Return a new place for a cluster: below the home, or where the unprivileged account can reach it."""
    if os.geteuid() != 0:
        base = home / "postgres"
        base.mkdir(mode=0o700, exist_ok=True)
        return Place(base, None)
    account = next((name for name in _ACCOUNTS if _exists(name)), None)
    if account is None:
        raise WizardError(
            "REHEARSAL-ACCOUNT",
            "The rehearsal's PostgreSQL cannot run as root, and there is no other account for it.",
            why=f"Neither of the accounts {' and '.join(_ACCOUNTS)} exists.",
            next_step="Run the wizard as an ordinary user, or create one of the accounts.",
        )
    parent = next(filter(is_reachable, _parents()), None)
    if parent is None:
        raise WizardError(
            "REHEARSAL-PLACE",
            "There is no directory that the rehearsal's PostgreSQL could reach.",
            why=f"It runs as {account}, which may enter neither /var/tmp nor {tempfile.gettempdir()}.",
            next_step="Set TMPDIR to a directory that other accounts may enter.",
        )
    _sweep(parent, account)
    base = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    (base / _BELONGS_TO).write_text(str(home))
    give(base, account)
    return Place(base, account)


def _parents() -> list[Path]:
    # /var/tmp first: it outlives a restart of the machine, as the home does.
    return [Path("/var/tmp"), Path(tempfile.gettempdir())]  # noqa: S108


def is_reachable(path: Path) -> bool:
    """Say whether other accounts may enter the directory."""
    return path.is_dir() and all(step.stat().st_mode & 0o001 for step in (path, *path.parents))


def within_reach(place: Place, binaries: Binaries) -> Binaries:
    """Return the binaries, copied beside the cluster if its account cannot enter where they lie."""
    if place.account is None or is_reachable(binaries.directory):
        return binaries
    installation = binaries.directory.parent
    server = place.base / "server"
    # A wheel keeps some libraries beside its package, and its programs look for them there.
    libraries = installation.parent.with_name(f"{installation.parent.name}.libs")
    if not server.exists():
        shutil.copytree(installation, server / installation.parent.name / installation.name, symlinks=True)
        if libraries.is_dir():
            shutil.copytree(libraries, server / libraries.name, symlinks=True)
        for path in (server, *server.rglob("*")):
            give(path, place.account)
    directory = server / installation.parent.name / installation.name / binaries.directory.name
    return replace(binaries, directory=directory)


def remove(place: Place) -> None:
    """Delete the cluster's files."""
    shutil.rmtree(place.base, ignore_errors=True)


def give(path: Path, account: str | None) -> None:
    """Let a file belong to the account that the server runs as."""
    if account is not None:
        entry = pwd.getpwnam(account)
        os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)


def _sweep(parent: Path, account: str) -> None:
    """Delete places whose home is gone: nobody else would. Their servers end by themselves within a minute."""
    owner = pwd.getpwnam(account).pw_uid
    for base in parent.glob(f"{_PREFIX}*"):
        try:
            found = base.lstat()
            if found.st_uid != owner or time.time() - found.st_mtime < _ABANDONED_SECONDS:
                continue
            record = Path((base / _BELONGS_TO).read_text()) / "source.json"
            if record.exists() and json.loads(record.read_text()).get("base") == str(base):
                continue
        except (OSError, ValueError):
            continue
        shutil.rmtree(base, ignore_errors=True)


def _exists(account: str) -> bool:
    try:
        pwd.getpwnam(account)
    except KeyError:
        return False
    return True
