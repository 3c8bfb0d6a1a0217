"""Snapshots of the Terraform tree: a run plans and applies in a private copy named by its content (decisions.md 3).

A source file edited after planning cannot change the apply, and a read-only installation works.
"""

import hashlib
import os
import runpy
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import autocorp_wizard
from autocorp_wizard.core.errors import UsageError, WizardError

TERRAFORM_DIRECTORY = "terraform"
GLUE_SCRIPTS = "glue_scripts"
LOCK_FILE = ".terraform.lock.hcl"

_EXCLUDED_DIRECTORIES = frozenset(
    {".terraform", ".git", "tests", "__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", "node_modules"}
)
_EXCLUDED_FILES = (
    "*.tfstate",
    "*.tfstate.*",
    "*.tfplan",
    ".terraform.tfstate.lock.info",
    "*.secret.tfvars",
    "*.tftest.hcl",
    "crash.log",
    "*.pyc",
    "*~",
    "*.swp",
    ".#*",
    ".DS_Store",
)


@dataclass(frozen=True, slots=True)
class Tree:
    """What a snapshot is taken of: the Terraform root and the directories beside it that the root refers to.

    `beside` maps a name in the snapshot (`glue_scripts`) to a file or directory; `origin` is for people.
    """

    terraform: Path
    beside: tuple[tuple[str, Path], ...] = ()
    origin: str = ""

    @property
    def lock_file(self) -> Path:
        """The provider lock file that the tree was released with; it need not exist."""
        return self.terraform / LOCK_FILE


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A copy of a tree. `hash` is 64 hex digits over names and content; Terraform runs in `directory`."""

    hash: str
    directory: Path


def packaged_tree() -> Tree:
    """Return the tree that came with this program: inside the wheel, or beside the package in a checkout.

    Raises WizardError where neither is there (a broken installation).
    """
    package = Path(autocorp_wizard.__file__).resolve().parent
    for root, origin in ((package / "_tree", "the installed package"), (package.parent, "the checkout")):
        if _is_root_module(root / TERRAFORM_DIRECTORY):
            return _tree(root / TERRAFORM_DIRECTORY, root, origin)
    raise WizardError(
        "TREE-MISSING",
        f"The Terraform tree is missing from this installation ({package}).",
        why="It is part of the package, so the installation is incomplete.",
        next_step="Install autocorp-wizard again, or name a tree with --terraform-dir.",
    )


def operator_tree(directory: Path) -> Tree:
    """Return the tree that `--terraform-dir` names. Raises UsageError where it holds no Terraform configuration."""
    root = directory.expanduser().resolve()
    if not _is_root_module(root):
        raise UsageError(
            "TREE-NOT-FOUND",
            f"{directory} holds no Terraform configuration.",
            why="There is no .tf file in it." if root.is_dir() else "It is no directory.",
            next_step="Give --terraform-dir the directory of the root module, the one with main.tf.",
        )
    return _tree(root, root.parent, str(root))


def take_snapshot(tree: Tree, destination_root: Path, *, lock_file: bytes | None = None) -> Snapshot:
    """Copy `tree` to `destination_root/HASH/terraform` and return it; an intact one with that hash is used again.

    Use one root per environment: where the state cannot be saved, Terraform leaves `errored.tfstate` in the directory
    it runs in. `lock_file` stands in for the tree's own provider lock (an environment on another platform has its
    own). The copy is made aside and renamed, so a snapshot is whole or not there. Raises WizardError where the disk is
    full or the home cannot be written.
    """
    try:
        destination_root.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = Path(tempfile.mkdtemp(dir=destination_root, prefix=".taking-"))
        try:
            _copy(tree.terraform, fresh / TERRAFORM_DIRECTORY)
            for name, source in tree.beside:
                _copy(source, fresh / name)
            _pack_library(fresh / GLUE_SCRIPTS)
            if lock_file is not None:
                (fresh / TERRAFORM_DIRECTORY / LOCK_FILE).write_bytes(lock_file)
            digest = content_hash(fresh)
            kept = destination_root / digest
            if kept.exists() and content_hash(kept) != digest:
                # Somebody edited it; what is named by its content must hold that content.
                kept.rename(fresh / "edited")
            if not kept.exists():
                shutil.rmtree(fresh / "edited", ignore_errors=True)
                _settle(fresh, kept)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    except OSError as error:
        raise WizardError(
            "SNAPSHOT-FAILED",
            f"The Terraform tree ({tree.origin or tree.terraform}) could not be copied to {destination_root}.",
            why=f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}.",
            next_step="Make room or rights there, or choose another --home. Nothing was started.",
        ) from error
    return Snapshot(digest, kept / TERRAFORM_DIRECTORY)


def open_snapshot(destination_root: Path, digest: str) -> Snapshot:
    """Return the snapshot that a plan was made in, after checking that it still holds what its name says.

    Raises WizardError SNAPSHOT-CHANGED where it is gone or was edited: the approval was for something else.
    """
    kept = destination_root / digest
    if not kept.is_dir() or content_hash(kept) != digest:
        raise WizardError(
            "SNAPSHOT-CHANGED",
            f"The copy of the Terraform tree that was planned in ({digest[:12]}) is gone or was edited.",
            why="What was approved is bound to that copy's content.",
            next_step="Plan again and approve the new plan.",
        )
    return Snapshot(digest, kept / TERRAFORM_DIRECTORY)


def content_hash(directory: Path) -> str:
    """Return the SHA-256 over names, content and the executable bit of the files that belong to a tree."""
    total = hashlib.sha256()
    for name, path in sorted(_files(directory)):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{name}\0{int(os.access(path, os.X_OK))}\0{content}\n".encode())
    return total.hexdigest()


def _settle(fresh: Path, kept: Path) -> None:
    try:
        fresh.rename(kept)
    except OSError:
        if not kept.is_dir():  # otherwise another run was a moment faster with the same content
            raise


def _tree(terraform: Path, around: Path, origin: str) -> Tree:
    scripts = around / GLUE_SCRIPTS
    return Tree(terraform, ((GLUE_SCRIPTS, scripts),) if scripts.exists() else (), origin)


def _pack_library(scripts: Path) -> None:
    """Build the jobs' library of a copy from the sources in the copy, with the script that came with them.

    One that was built before may be older than the sources. A tree of the operator's own may have another way to build
    it; then it is taken as it is, and a precondition of the tree names the command where it is missing.
    """
    script = scripts / "build.py"
    if script.is_file():
        runpy.run_path(str(script))["build"](scripts)


def _is_root_module(directory: Path) -> bool:
    return directory.is_dir() and any(directory.glob("*.tf"))


def _copy(source: Path, target: Path) -> None:
    if source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(source, target)
        return
    target.mkdir(parents=True, mode=0o700)
    for name, path in _files(source):
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(path, copy)
        copy.chmod(0o700 if os.access(path, os.X_OK) else 0o600)


def _files(directory: Path) -> Iterator[tuple[str, Path]]:
    """Yield (relative name, path) of what belongs to a tree. Links are followed; a circle of links is entered once."""
    entered: set[str] = set()
    for current, directories, files in os.walk(directory, followlinks=True):
        here = os.path.realpath(current)
        if here in entered:
            directories.clear()
            continue
        entered.add(here)
        directories[:] = sorted(name for name in directories if name not in _EXCLUDED_DIRECTORIES)
        for name in files:
            path = Path(current) / name
            if path.is_file() and not any(fnmatch(name, pattern) for pattern in _EXCLUDED_FILES):
                yield path.relative_to(directory).as_posix(), path
