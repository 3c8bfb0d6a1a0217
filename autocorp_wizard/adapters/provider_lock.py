"""Whether the committed provider lock file can vouch for the provider that a mirror on this machine holds.

An unpacked provider can be checked by its `h1:` hash alone, and the committed file holds that for some platforms only
(a network install is checked by `zh:` and needs none). Where it cannot vouch, an environment gets a lock file of its
own, written from the mirror after asking.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from autocorp_wizard.adapters.terraform_mirror import REGISTRY, Mirror, Wanted
from autocorp_wizard.core.versions import terraform_platform

# Measured once, so that a provider of several hundred megabytes is not read at every start.
_KNOWN_H1: dict[tuple[str, str], str] = {
    ("5.100.0", "linux_amd64"): "h1:edXOJWE4ORX8Fm+dpVpICzMZJat4AX0VRCAy/xkcOc0=",
    ("5.100.0", "windows_amd64"): "h1:H3mU/7URhP0uCRGK8jeQRKxx2XFzEqLiOq/L2Bbiaxs=",
}


@dataclass(frozen=True, slots=True)
class LockedProvider:
    """One block of a lock file: the full source address, the version and its checksums."""

    address: str
    version: str
    hashes: frozenset[str]


@dataclass(frozen=True, slots=True)
class LockMismatch:
    """Why `terraform init` with the read-only lock file would refuse the provider in `mirror`."""

    mirror: Mirror
    platform: str
    sentence: str


def locked_providers(text: str) -> tuple[LockedProvider, ...]:
    """Return what a `.terraform.lock.hcl` locks."""
    return tuple(
        LockedProvider(
            address,
            "".join(re.findall(r'(?m)^\s*version\s*=\s*"([^"]*)"', body)),
            frozenset(re.findall(r'"((?:h1|zh):[^"]+)"', body)),
        )
        for address, body in re.findall(r'(?ms)^provider\s+"([^"]+)"\s*\{(.*?)^\}', text)
    )


def lock_mismatch(
    lock_text: str, mirrors: Iterable[Mirror], *, wanted: Wanted | None = None, platform: str | None = None
) -> LockMismatch | None:
    """Return why the lock file does not fit what the mirrors hold, None where init will accept it.

    Without a mirror or without a lock nothing stands against it: the registry is asked, or the lock written.
    """
    need, machine = wanted or Wanted(), platform or terraform_platform()
    locked = next((item for item in locked_providers(lock_text) if item.address == need.address), None)
    held = tuple(mirrors)
    if locked is None or not held:
        return None
    fitting = [mirror for mirror in held if locked.version in mirror.versions]
    if not fitting:
        versions = ", ".join(held[0].versions)
        return LockMismatch(
            held[0],
            machine,
            f"The lock file of the tree names {need.source} {locked.version}; {held[0].path} holds {versions}.",
        )
    if any(_hash(mirror, need, locked.version, machine) in locked.hashes for mirror in fitting):
        return None
    return LockMismatch(
        fitting[0],
        machine,
        f"The lock file of the tree holds no checksum by which {need.source} {locked.version} for {machine} "
        f"in {fitting[0].path} could be checked.",
    )


def package_hash(directory: Path) -> str:
    """Return Terraform's `h1:` hash of an unpacked provider: SHA-256 over the sorted list of its files' SHA-256."""
    total = hashlib.sha256()
    files = {path.relative_to(directory).as_posix(): path for path in directory.rglob("*") if path.is_file()}
    for name in sorted(files):
        with files[name].open("rb") as source:
            content = hashlib.file_digest(source, "sha256").hexdigest()
        total.update(f"{content}  {name}\n".encode())
    return "h1:" + base64.b64encode(total.digest()).decode()


def _hash(mirror: Mirror, wanted: Wanted, version: str, platform: str) -> str:
    provider = mirror.path / REGISTRY / wanted.source
    archive = provider / f"terraform-provider-{wanted.source.rpartition('/')[2]}_{version}_{platform}.zip"
    if archive.is_file():
        with archive.open("rb") as source:
            return "zh:" + hashlib.file_digest(source, "sha256").hexdigest()
    return _KNOWN_H1.get((version, platform)) or package_hash(provider / version / platform)
