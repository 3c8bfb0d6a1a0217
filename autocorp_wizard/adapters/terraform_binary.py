"""Finds a Terraform that this wizard can drive, and installs the pinned release where there is none.

An own installation lies in the wizard's cache and touches nothing else on the machine.
"""

import hashlib
import json
import os
import shutil
import ssl
import tempfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from autocorp_wizard.adapters.process import capture_briefly
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.versions import TERRAFORM, parse_version, terraform_platform

PINNED = "1.11.4"
RELEASES = "https://releases.hashicorp.com"
BINARY_VARIABLE = "AUTOCORP_TERRAFORM"

_INSTALL_HINT = "Run `autocorp-wizard` at a terminal or with --yes to let it install Terraform {version} for you alone"


@dataclass(frozen=True, slots=True)
class TerraformBinary:
    """A Terraform that was asked for its version; `origin` says where it was found."""

    path: Path
    version: str
    origin: str = ""


def find_terraform(cache: Path, environ: Mapping[str, str] | None = None) -> TerraformBinary:
    """Return the first Terraform of an accepted version: named by AUTOCORP_TERRAFORM, on PATH, or our own in `cache`.

    Raises WizardError TERRAFORM-MISSING, or TERRAFORM-TOO-OLD / TERRAFORM-TOO-NEW where only others are there, or
    TERRAFORM-BROKEN where one is there that does not answer.
    """
    env = os.environ if environ is None else environ
    named = env.get(BINARY_VARIABLE)
    if named:
        return _accepted(_ask(Path(named).expanduser(), f"named by {BINARY_VARIABLE}", env))
    refused: WizardError | None = None
    on_path = shutil.which("terraform", path=env.get("PATH"))
    own = installed_path(cache)
    for path, origin in ((on_path and Path(on_path), "found on PATH"), (own, "installed by the wizard")):
        if not path or not path.is_file():
            continue
        try:
            return _accepted(_ask(path, origin, env))
        except WizardError as error:
            refused = refused or error
    if refused is not None:
        raise refused
    raise WizardError(
        "TERRAFORM-MISSING",
        f"There is no terraform on PATH, and none in {own.parent}.",
        why=f"The wizard drives Terraform itself ({TERRAFORM}).",
        next_step=_INSTALL_HINT.format(version=PINNED)
        + f", or install it and put it on PATH, or set {BINARY_VARIABLE}.",
    )


def installed_path(cache: Path) -> Path:
    """Return where the wizard's own Terraform lies once it is installed."""
    return cache / "terraform" / PINNED / "terraform"


def install_terraform(
    cache: Path,
    say: Callable[[str], None],
    *,
    base_url: str = RELEASES,
    environ: Mapping[str, str] | None = None,
    platform: str | None = None,
) -> TerraformBinary:
    """Download the pinned release, compare it with its published checksum, and install it into `cache`, or not at all.

    Proxy and CA settings of the environment are used. Raises WizardError TERRAFORM-DOWNLOAD or TERRAFORM-CHECKSUM.
    """
    env = os.environ if environ is None else environ
    name = f"terraform_{PINNED}_{platform or terraform_platform()}.zip"
    release = f"{base_url.rstrip('/')}/terraform/{PINNED}"
    target = installed_path(cache)
    target.parent.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    context = _tls(env)
    with tempfile.TemporaryDirectory(dir=target.parent.parent, prefix=".installing-") as scratch:
        say(f"Downloading Terraform {PINNED} ({release}/{name})")
        sums = _fetch(f"{release}/terraform_{PINNED}_SHA256SUMS", context).decode("ascii", "replace")
        wanted = _published(sums, name)
        archive = Path(scratch) / name
        archive.write_bytes(_fetch(f"{release}/{name}", context))
        found = hashlib.sha256(archive.read_bytes()).hexdigest()
        if found != wanted:
            raise WizardError(
                "TERRAFORM-CHECKSUM",
                f"{name} is not the file that was published: SHA-256 {found}, published {wanted}.",
                why="The download was cut, changed on the way, or a proxy answered in its place.",
                next_step="Try again; if it stays, install Terraform by hand. Nothing was installed.",
            )
        say("Its SHA-256 is the published one")
        _unpack(archive, target, Path(scratch))
    say(f"Installed {target}")
    return _accepted(_ask(target, "installed by the wizard", env))


def _ask(path: Path, origin: str, env: Mapping[str, str]) -> TerraformBinary:
    environment = {key: env[key] for key in ("PATH", "HOME", "TMPDIR") if key in env}
    environment |= {"CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
    why = ""
    try:
        # From the root directory, where no project's lock file can add to the answer.
        done = capture_briefly((str(path), "version", "-json"), cwd=Path("/"), env=environment)
        if done.exit_code == 0:
            answer = json.loads(done.stdout)
            if isinstance(answer, dict) and parse_version(str(answer.get("terraform_version"))) is not None:
                return TerraformBinary(path, str(answer["terraform_version"]), origin)
        why = (done.stderr or done.stdout).strip()[:200]
    except ValueError:
        why = "Its answer is not JSON."
    except WizardError as error:
        why = error.why or error.what
    raise WizardError(
        "TERRAFORM-BROKEN",
        f"{path} ({origin}) does not answer `terraform version -json`.",
        why=why,
        next_step=f"Repair it, take it off PATH, or name another one with {BINARY_VARIABLE}.",
    )


def _accepted(binary: TerraformBinary) -> TerraformBinary:
    if binary.version in TERRAFORM:
        return binary
    numbers = parse_version(binary.version)
    too_old = numbers is None or numbers < TERRAFORM.low
    raise WizardError(
        "TERRAFORM-TOO-OLD" if too_old else "TERRAFORM-TOO-NEW",
        f"{binary.path} ({binary.origin}) is Terraform {binary.version}; this wizard needs {TERRAFORM}.",
        why="The tree keeps the source's password out of the state, which Terraform can since 1.11."
        if too_old
        else "A new major version may plan and print differently, and nothing was tested with it.",
        next_step=_INSTALL_HINT.format(version=PINNED) + f", or name a fitting one with {BINARY_VARIABLE}.",
    )


def _tls(env: Mapping[str, str]) -> ssl.SSLContext:
    context = ssl.create_default_context()
    for name in ("SSL_CERT_FILE", "AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
        bundle = env.get(name)
        if bundle and Path(bundle).is_file():
            context.load_verify_locations(bundle)
    return context


def _fetch(url: str, context: ssl.SSLContext) -> bytes:
    why = ""
    try:
        _refuse_plain(url)
        with urllib.request.urlopen(url, timeout=60, context=context) as answer:  # noqa: S310  (checked just above)
            _refuse_plain(answer.geturl())
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        why = f"The server answered {error.code} {error.reason}."
    except OSError as error:
        why = str(error)
    raise WizardError(
        "TERRAFORM-DOWNLOAD",
        f"{url} could not be fetched.",
        why=why,
        next_step="Set HTTPS_PROXY (and SSL_CERT_FILE for a company CA) where the network needs them, "
        f"or install Terraform {PINNED} by hand and put it on PATH.",
    )


def _refuse_plain(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "::1", "localhost"}:
        raise OSError(f"{url} is not fetched over TLS")


def _published(sums: str, name: str) -> str:
    for line in sums.splitlines():
        checksum, _, file = line.partition("  ")
        if file.strip() == name and len(checksum) == 64:
            return checksum.lower()
    raise WizardError(
        "TERRAFORM-PLATFORM",
        f"The release has no {name}.",
        why="HashiCorp publishes no Terraform for this kind of machine.",
        next_step="Run the wizard on Linux or macOS, amd64 or arm64.",
    )


def _unpack(archive: Path, target: Path, scratch: Path) -> None:
    try:
        with zipfile.ZipFile(archive) as package, package.open("terraform") as source:
            fresh = scratch / "terraform"
            with fresh.open("wb") as sink:
                shutil.copyfileobj(source, sink)
    except (zipfile.BadZipFile, KeyError) as error:
        raise WizardError(
            "TERRAFORM-CHECKSUM", f"{archive.name} holds no terraform program.", why=str(error), next_step="Try again."
        ) from error
    fresh.chmod(0o755)
    target.parent.mkdir(exist_ok=True, mode=0o755)
    fresh.replace(target)
