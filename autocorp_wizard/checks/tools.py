"""Checks of this machine: Terraform, its provider, the tree, disk, and settings that change behaviour in silence."""

import locale
import os
import platform
import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final

from autocorp_wizard.adapters.process import capture_briefly
from autocorp_wizard.adapters.provider_lock import lock_mismatch
from autocorp_wizard.adapters.terraform_binary import find_terraform
from autocorp_wizard.adapters.terraform_mirror import find_mirrors
from autocorp_wizard.checks.place import Place
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.preflight.record import (
    Check,
    Group,
    Remedy,
    Seen,
    Status,
    Vantage,
    failed,
    passed,
    skipped,
    unsure,
    warned,
)

_ALL: Final = frozenset({"foundation", "glue", "dms", "datasync"})
_GIB: Final = 1024**3
# The AWS provider alone is several hundred megabytes unpacked.
_DISK_NEEDED: Final = 2 * _GIB
# Variables that change what Terraform does without a word. The wizard gives it an environment of its own.
_SILENT: Final = ("TF_WORKSPACE", "TF_DATA_DIR", "TF_LOG", "TF_LOG_PATH", "TF_CLI_CONFIG_FILE", "TF_REATTACH_PROVIDERS")
# File systems whose locks cannot be relied on.
_REMOTE: Final = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "9p", "afs"})
_TRACKED_SECRETS: Final = ("*.tfstate", "*.tfstate.*", "*.pem", "*.key", ".env")


def tool_checks(place: Place) -> tuple[Check, ...]:
    """Return the checks of this machine."""
    check = partial(Check, group=Group.TOOLS, vantage=Vantage.LAPTOP)
    return (
        check("tool.terraform", "Terraform is there", probe=partial(terraform, place), phases=_ALL),
        check("tool.tf.config", "Nothing changes Terraform in silence", probe=partial(terraform_settings, place)),
        check("tool.tf.providers", "The AWS provider can be had", probe=partial(providers, place), phases=_ALL),
        check(
            "tool.tf.fmt",
            "The tree is as it was written",
            probe=partial(formatted, place),
            needs=("tool.terraform",),
            does_not_prove="that a plan succeeds",
            timeout=30.0,
        ),
        check("tool.disk", "There is room on the disks", probe=partial(disk, place), phases=_ALL, volatile=True),
        check("tool.workdir", "The home can be written to and locked", probe=partial(workdir, place), phases=_ALL),
        check("tool.git", "No state and no key is under version control", probe=partial(git, place)),
        check("tool.python", "Python and the terminal fit", probe=partial(python, place)),
        check("tool.aws_profile", "One way to credentials, not two", probe=partial(aws_profile, place)),
        check("tool.libpq", "The database driver works", probe=libpq),
    )


def terraform(place: Place) -> Seen:
    """Look for a Terraform that this wizard can drive."""
    try:
        found = find_terraform(place.cache, place.environ)
    except WizardError as error:
        return failed(f"{error.what} {error.why}".strip(), Remedy(error.next_step), code=error.code)
    return passed(f"Terraform {found.version}, {found.origin}.", version=found.version, path=str(found.path))


def terraform_settings(place: Place) -> Seen:
    """Look for variables that change what Terraform does; the wizard's own runs do not inherit them."""
    names = sorted(
        name
        for name in place.environ
        if name in _SILENT or (name.startswith(("TF_VAR_", "TF_CLI_ARGS")) and place.environ[name])
    )
    if not names:
        return passed("No variable of Terraform's is set.")
    return warned(
        f"Set here: {', '.join(names)}. The wizard does not pass them on; a terraform of your own obeys them.",
        Remedy("Unset them.", command=f"unset {' '.join(names)}"),
    )


def providers(place: Place) -> Seen:
    """Look for a mirror that fits the lock file; where there is none, Terraform asks its registry."""
    lock = place.tree / ".terraform.lock.hcl"
    if not lock.is_file():
        return warned("The tree has no lock file; whatever provider comes first would be taken.")
    try:
        mirrors = find_mirrors(place.environ)
    except WizardError as error:
        return failed(error.what, Remedy(error.next_step), code=error.code)
    if not mirrors:
        return unsure(
            "No copy of the AWS provider is on this machine; Terraform will ask its registry.",
            Remedy(
                "Where this machine cannot reach the registry, make a copy on one that can.",
                command="terraform providers mirror DIRECTORY, then set AUTOCORP_TF_PLUGIN_DIR=DIRECTORY",
            ),
            resolves_at="the first plan",
        )
    mismatch = lock_mismatch(lock.read_text("utf-8"), mirrors)
    if mismatch is not None:
        return warned(
            mismatch.sentence,
            Remedy("Where you trust that copy, run the next plan once with AUTOCORP_TRUST_PROVIDER=1."),
        )
    return passed(f"hashicorp/aws {mirrors[0].versions[0]} in {mirrors[0].path}, which the lock file vouches for.")


def formatted(place: Place) -> Seen:
    """Let Terraform look whether the tree's files are in its own form: an edit by hand shows."""
    found = find_terraform(place.cache, place.environ)
    variables = {"PATH": place.environ.get("PATH", ""), "HOME": place.environ.get("HOME", "/")}
    done = capture_briefly(
        [str(found.path), "fmt", "-check", "-recursive", "-list=true"], cwd=place.tree, env=variables, timeout=25.0
    )
    if done.exit_code == 0:
        return passed("Every file is in Terraform's own form.")
    files = tuple(done.stdout.split())
    if not files:
        return failed(f"Terraform cannot read the tree: {done.stderr.strip()[:200]}", Remedy("Restore the tree."))
    return warned(f"{files[0]} was edited and not formatted.", Remedy("terraform fmt -recursive"), findings=files)


def disk(place: Place) -> Seen:
    """Compare free space with what a provider and a plan need."""
    temporary = place.environ.get("TMPDIR") or "/tmp"  # noqa: S108  (where Terraform unpacks)
    places = {str(_existing(each)) for each in (place.home, place.cache, Path(temporary))}
    free = {each: shutil.disk_usage(each).free for each in sorted(places)}
    findings = tuple(f"{path}: {count / _GIB:.1f} GiB free" for path, count in free.items())
    short = [each for each, count in free.items() if count < _DISK_NEEDED]
    if short:
        return failed(
            f"Less than 2 GiB is free in {short[0]}.",
            Remedy("Free some space, or take another home with --home."),
            findings=findings,
        )
    return Seen(Status.PASS, f"At least {min(free.values()) / _GIB:.0f} GiB are free.", {}, findings)


def _existing(path: Path) -> Path:
    while not path.exists() and path != path.parent:
        path = path.parent
    return path


def workdir(place: Place) -> Seen:
    """Look whether the home can be written to and whether its file system knows locks."""
    where = _existing(place.home)
    if not os.access(where, os.W_OK | os.X_OK):
        return failed(f"{where} cannot be written to.", Remedy("Take another home with --home."))
    kind = file_system(where)
    if kind in _REMOTE:
        return warned(f"{where} lies on {kind}, whose locks cannot be relied on.", Remedy("Take a local home: --home."))
    return passed(f"{where} can be written to{f' ({kind})' if kind else ''}.")


def file_system(path: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """Return the type of the file system that holds `path`; empty where nobody says (macOS)."""
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    real, best, kind = os.path.realpath(path), "", ""
    for line in lines:
        fields = line.split()
        if len(fields) < 3:
            continue
        point = fields[1].encode().decode("unicode_escape")
        if len(point) >= len(best) and (real == point or real.startswith(point.rstrip("/") + "/")):
            best, kind = point, fields[2]
    return kind


def git(place: Place) -> Seen:
    """Look whether states or keys are tracked where the operator works."""
    program = shutil.which("git", path=place.environ.get("PATH"))
    if program is None:
        return skipped("git is not installed here.")
    variables = {"PATH": place.environ.get("PATH", ""), "HOME": place.environ.get("HOME", "/")}
    tracked = capture_briefly(
        [program, "ls-files", "--", *_TRACKED_SECRETS], cwd=place.working, env=variables, timeout=10.0
    )
    if tracked.exit_code != 0:
        return skipped("This is no git repository.")
    files = tuple(tracked.stdout.split("\n")[:-1])
    if files:
        return failed(
            f"{files[0]} is under version control.",
            Remedy("Take it out, and change what it gives away.", command=f"git rm --cached {files[0]}"),
            findings=files,
        )
    if place.environment.is_rehearsal:
        return passed("No state and no key is tracked.")
    changed = capture_briefly([program, "status", "--porcelain"], cwd=place.working, env=variables, timeout=10.0)
    count = len(changed.stdout.splitlines())
    if count:
        return warned(
            f"{count} file{' is' if count == 1 else 's are'} not committed.", Remedy("Commit before a rollout.")
        )
    return passed("Everything is committed; no state and no key is tracked.")


def python(place: Place) -> Seen:
    """Look at Python and at whether the terminal can show what the wizard draws."""
    encoding = locale.getpreferredencoding(do_setlocale=False)
    said = f"Python {platform.python_version()}, {encoding}"
    if "utf" not in encoding.lower().replace("-", ""):
        return warned(f"{said}: some signs will be shown as codes.", Remedy("Set LC_ALL=C.UTF-8 or the like."))
    if place.environ.get("TERM") == "dumb":
        return warned(f"{said}; the terminal is dumb: only --plain works.", Remedy("Use another terminal."))
    return passed(f"{said}.")


def aws_profile(place: Place) -> Seen:
    """Look whether keys in the environment and a profile contradict each other."""
    if place.environment.is_rehearsal:
        return skipped("A rehearsal has credentials of its own.")
    profile = place.environment.aws_profile or place.environ.get("AWS_PROFILE", "")
    if profile and place.environ.get("AWS_ACCESS_KEY_ID"):
        taken = f"profile {profile}" if place.environment.aws_profile else "the keys"
        return warned(
            f"Keys are set in AWS_ACCESS_KEY_ID and profile {profile} is named; {taken} will be taken.",
            Remedy("Unset one of them.", command="unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN"),
        )
    return passed(f"Credentials come from {_origin(place.environ, profile)}.")


def _origin(environ: Mapping[str, str], profile: str) -> str:
    if profile:
        return f"profile {profile}"
    return "the environment's variables" if environ.get("AWS_ACCESS_KEY_ID") else "the SDK's own search"


def libpq() -> Seen:
    """Load the driver and say what it can."""
    from psycopg import pq

    version = pq.version()
    said = f"psycopg ({pq.__impl__}) with libpq {version // 10000}.{version % 10000}"
    if version < 160000:
        return passed(f"{said}; it does not know sslrootcert=system.", libpq=version)
    return passed(f"{said}.", libpq=version)
