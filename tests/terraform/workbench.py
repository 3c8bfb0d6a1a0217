"""Terraform with the real provider and no network: copies of the tree that are planned with dummy keys."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autocorp_wizard.adapters.terraform_mirror import find_mirrors, write_cli_config
from glue_scripts.build import build

TREE = Path(__file__).resolve().parents[2] / "terraform"
SCRIPTS = TREE.parent / "glue_scripts"

ACCOUNT = "123456789012"

# What lets a plan of new things happen without a single call.
OFFLINE_PROVIDER = """provider "aws" {
  access_key                  = "offline"
  secret_key                  = "offline"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
"""


@dataclass(frozen=True, slots=True)
class Workbench:
    """A directory with a configuration in it, initialised; everything lies below `directory`."""

    directory: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str, check: bool = True, extra: Mapping[str, str] | None = None) -> str:
        """Run Terraform and return what it printed; without `check` a failure is returned as well."""
        done = subprocess.run(
            ["terraform", *arguments],
            cwd=self.directory,
            env={**self.environment, **(extra or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
        if check and done.returncode != 0:
            raise AssertionError(
                f"terraform {' '.join(arguments)} failed:\n{done.stdout[-4000:]}\n{done.stderr[-6000:]}"
            )
        return done.stdout + done.stderr

    def plan(self, variables: Mapping[str, object], *options: str, extra: Mapping[str, str] | None = None) -> "Plan":
        """Plan with `variables` and return the plan as data."""
        (self.directory / "test.auto.tfvars.json").write_text(json.dumps(variables), encoding="utf-8")
        self.run("plan", "-input=false", "-no-color", "-out=test.tfplan", *options, extra=extra)
        return Plan(json.loads(self.run("show", "-json", "test.tfplan")))


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as `terraform show -json` tells it."""

    document: Mapping[str, object]

    def changes(self) -> dict[str, Mapping[str, object]]:
        """Each managed resource's entry, by address."""
        entries = self.document.get("resource_changes", [])
        assert isinstance(entries, list)
        return {entry["address"]: entry for entry in entries if entry["mode"] == "managed"}

    def actions(self) -> dict[str, str]:
        """What happens to each resource that does not stay as it is: create, update, delete or replace."""
        said: dict[str, str] = {}
        for address, entry in self.changes().items():
            change = entry["change"]
            assert isinstance(change, Mapping)
            actions: Sequence[str] = change["actions"]
            if list(actions) != ["no-op"]:
                said[address] = "replace" if len(actions) > 1 else actions[0]
        return said

    def after(self, address: str) -> Mapping[str, object]:
        """The planned attributes of one resource, as far as they are known."""
        change = self.changes()[address]["change"]
        assert isinstance(change, Mapping)
        after = change["after"]
        assert isinstance(after, Mapping)
        return after


def offline_root(directory: Path) -> Workbench:
    """Copy the tree to `directory` so that it plans without AWS, and initialise it; the state is a local file.

    Only what asks AWS who and where one is gets replaced by an answer. Give `availability_zones` in the variables.
    """
    copy_tree(directory)
    (directory / "backend_override.tf").write_text('terraform {\n  backend "local" {}\n}\n', encoding="utf-8")
    _replace(directory / "providers.tf", 'provider "aws" {\n', OFFLINE_PROVIDER)
    _replace(directory / "main.tf", 'data "aws_caller_identity" "current" {}\n', "")
    _replace(directory / "main.tf", 'data "aws_partition" "current" {}\n', "")
    _replace(directory / "main.tf", "data.aws_caller_identity.current.account_id", f'"{ACCOUNT}"')
    _replace(directory / "main.tf", "data.aws_partition.current.partition", '"aws"')
    return initialised(directory, {"AWS_EC2_METADATA_DISABLED": "true"})


def copy_tree(directory: Path) -> None:
    """Copy the tree to `directory`, and beside it the jobs with their library built, as a snapshot holds them."""
    shutil.copytree(TREE, directory, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".terraform", "*.tfstate*"))
    beside = directory.parent / SCRIPTS.name
    shutil.copytree(SCRIPTS, beside, dirs_exist_ok=True, ignore=shutil.ignore_patterns("dist", "__pycache__"))
    build(beside)


def initialised(directory: Path, cloud: Mapping[str, str]) -> Workbench:
    """Initialise the configuration in `directory`, with the provider as the wizard finds it and `cloud`'s variables."""
    cache = directory.parent / "plugin-cache"
    config = write_cli_config(directory.parent / "cli.tfrc", find_mirrors(), cache)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(directory.parent),
        "TF_CLI_CONFIG_FILE": str(config),
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
        **cloud,
    }
    bench = Workbench(directory, environment)
    bench.run("init", "-input=false", "-no-color", "-lockfile=readonly")
    return bench


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name} no longer holds {old!r} once"
    path.write_text(text.replace(old, new), encoding="utf-8")
