"""Whether the committed provider lock file can vouch for the provider that a mirror on this machine holds.

An unpacked provider can be checked by its `h1:` hash alone, and the committed file holds that for some platforms only
(a network install is checked by `zh:` and needs none). Where it cannot vouch, an environment gets a lock file of its
own, written from the mirror after asking.
"""

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from autocorp_wizard.adapters.terraform_mirror import REGISTRY, Mirror, Wanted
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.versions import terraform_platform

TRUST_VARIABLE = "AUTOCORP_TRUST_MIRROR"

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


def environment_lock(tree_lock: Path, mirrors: Iterable[Mirror], own: Path, environ: Mapping[str, str]) -> bytes | None:
    """Return the lock file that stands in for the tree's in one environment, None where the tree's own will do.

    `own` is the environment's file. It is used again while it fits, and written only where TRUST_VARIABLE says that
    the operator trusts the mirror. Otherwise raises WizardError PROVIDER-UNVERIFIED, which says how to answer.
    """
    held = tuple(mirrors)
    committed = tree_lock.read_text(encoding="utf-8") if tree_lock.is_file() else ""
    mismatch = lock_mismatch(committed, held)
    if mismatch is None:
        return None
    if own.is_file() and lock_mismatch(own.read_text(encoding="utf-8"), held) is None:
        return own.read_bytes()
    if environ.get(TRUST_VARIABLE) != "1":
        raise WizardError(
            "PROVIDER-UNVERIFIED",
            mismatch.sentence,
            why="Terraform refuses a provider that its lock file cannot vouch for.",
            next_step=f"If you trust what lies there, run the command once with {TRUST_VARIABLE}=1: the environment "
            f"then gets a lock file of its own. Or move {mismatch.mirror.path} away, and the registry is asked.",
        )
    own.write_text(own_lock(committed, mismatch), encoding="utf-8")
    return own.read_bytes()


def own_lock(text: str, mismatch: LockMismatch) -> str:
    """Return the tree's lock file with the provider as the mirror holds it: its version and its checksum."""
    address = Wanted().address
    version = next((item.version for item in locked_providers(text) if item.address == address), "")
    held = version if version in mismatch.mirror.versions else mismatch.mirror.versions[0]
    fresh = f'    "{_hash(mismatch.mirror, Wanted(), held, mismatch.platform)}",\n'

    def rewritten(found: re.Match[str]) -> str:
        body = re.sub(r'(?m)^(\s*version\s*=\s*)"[^"]*"', rf'\1"{held}"', found[0])
        # The checksums of another version vouch for nothing here.
        known = r"\1" if held != version else r"\1\2"
        return re.sub(r"(?s)(hashes\s*=\s*\[\n)(.*?)(?=^\s*\])", lambda m: m.expand(known) + fresh, body, flags=re.M)

    return re.sub(rf'(?ms)^provider\s+"{re.escape(address)}"\s*\{{.*?^\}}', rewritten, text)


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
