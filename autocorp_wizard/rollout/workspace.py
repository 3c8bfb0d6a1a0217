"""The place where Terraform works for one plan: a copy of the tree, the variables file, an initialised data directory.

The copy belongs to the plan: what is edited in the source afterwards neither breaks nor changes its apply, and an
installation that cannot be written to works (decisions.md 3).
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autocorp_wizard.adapters.private_file import replace_file
from autocorp_wizard.adapters.provider_lock import environment_lock
from autocorp_wizard.adapters.run_store import RunFiles
from autocorp_wizard.adapters.snapshot import (
    Snapshot,
    content_hash,
    open_snapshot,
    operator_tree,
    packaged_tree,
    take_snapshot,
)
from autocorp_wizard.adapters.terraform import Terraform, init_lock
from autocorp_wizard.adapters.terraform_binary import find_terraform
from autocorp_wizard.adapters.terraform_environment import terraform_environment
from autocorp_wizard.adapters.terraform_mirror import find_mirrors, write_cli_config
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.events import Json
from autocorp_wizard.rollout.bootstrap import backend_config
from autocorp_wizard.rollout.context import PASSWORD, Context
from autocorp_wizard.rollout.terraform_step import capture


@dataclass(frozen=True, slots=True)
class Workspace:
    """A directory with a tree in it and a Terraform that works there."""

    directory: Path
    terraform: Terraform
    snapshot_hash: str

    def without_password(self) -> dict[str, str]:
        """Return Terraform's environment without the source's password, for what does not need it."""
        name = f"TF_VAR_{PASSWORD}"
        return {key: value for key, value in self.terraform.environment.items() if key != name}


def process_environment(environment: Environment) -> dict[str, str]:
    """Return this process's variables, of which Terraform's are chosen; a rehearsal stays off any proxy."""
    variables = dict(os.environ)
    if environment.is_rehearsal:
        for name in ("NO_PROXY", "no_proxy"):
            variables[name] = ",".join(filter(None, (variables.get(name), "127.0.0.1,localhost")))
    return variables


def open_workspace(ctx: Context, snapshot: Snapshot, binary: Path | None = None) -> Workspace:
    """Return the workspace in an existing copy of the tree; without a `binary` an accepted Terraform is looked for."""
    program = binary or find_terraform(ctx.home.make(ctx.home.cache)).path
    variables = process_environment(ctx.environment)
    plugin_cache = ctx.home.make(ctx.home.cache / "plugins")
    cli_config = write_cli_config(ctx.folder / "terraform.rc", find_mirrors(variables), plugin_cache)
    password = ctx.password()
    env = terraform_environment(
        variables,
        ctx.access.terraform_environment(),
        cli_config=cli_config,
        data_dir=ctx.home.make(ctx.folder / "terraform-data"),
        secrets={PASSWORD: password} if password else {},
    )
    return Workspace(snapshot.directory, Terraform(program, snapshot.directory, env), snapshot.hash)


def new_workspace(ctx: Context, extra: Mapping[str, str] | None = None) -> Workspace:
    """Copy the tree (the operator's own where the request names one) into this run and return the workspace there.

    `extra` are files added to the root module of this copy alone; they count for its hash.
    """
    tree = operator_tree(Path(ctx.request.terraform_dir)) if ctx.request.terraform_dir else packaged_tree()
    root = _tree_root(ctx.files)
    variables = process_environment(ctx.environment)
    own_lock = ctx.home.make(ctx.folder) / "provider.lock.hcl"
    snapshot = take_snapshot(
        tree, root, lock_file=environment_lock(tree.lock_file, find_mirrors(variables), own_lock, variables)
    )
    if extra:
        for name, text in extra.items():
            (snapshot.directory / name).write_text(text)
        digest = content_hash(root / snapshot.hash)
        (root / snapshot.hash).rename(root / digest)
        snapshot = open_snapshot(root, digest)
    return open_workspace(ctx, snapshot)


def planned_workspace(ctx: Context, files: RunFiles, snapshot_hash: str, binary: Path) -> Workspace:
    """Return the workspace that a plan run left, with the Terraform that planned it.

    Raises SNAPSHOT-CHANGED where somebody edited the copy of the tree.
    """
    known = binary if binary.is_file() else None
    return open_workspace(ctx, open_snapshot(_tree_root(files), snapshot_hash), known)


def _tree_root(files: RunFiles) -> Path:
    return files.root / "tree"


def write_inputs(ctx: Context, variables: dict[str, Json]) -> str:
    """Write the variables file of this run and return its digest."""
    text = json.dumps(variables, indent=1, sort_keys=True)
    replace_file(ctx.files.tfvars, text)
    return hashlib.sha256(text.encode()).hexdigest()


async def initialise(ctx: Context, workspace: Workspace) -> None:
    """Run `terraform init` where the tree, the backend or Terraform itself is new to this environment."""
    config = backend_config(ctx.environment)
    fingerprint = hashlib.sha256(
        json.dumps([config, workspace.snapshot_hash, str(workspace.terraform.binary)], sort_keys=True).encode()
    ).hexdigest()
    mark = ctx.folder / "terraform-data" / "initialised"
    if mark.exists() and mark.read_text() == fingerprint:
        return
    with ctx.recorder.step("init", "Terraform gets the provider and connects to the remote state") as note:
        backend_file = ctx.files.root / "plan" / "backend.tfbackend"
        replace_file(backend_file, "".join(f"{key} = {json.dumps(value)}\n" for key, value in config.items()))
        mark.unlink(missing_ok=True)
        # A plugin cache is not safe for two at once.
        with init_lock(ctx.home.make(ctx.home.cache / "plugins")):
            await capture(
                ctx.recorder,
                # What an earlier init noted of another lock or key of this state is of no use: the answers count.
                workspace.terraform.init(backend_file, reconfigure=True),
                cwd=workspace.directory,
                env=workspace.terraform.environment,
            )
        replace_file(mark, fingerprint)
        note.text = "ready"
