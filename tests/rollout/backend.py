"""Terraform by hand on a backend of the rehearsal cloud: a configuration without a provider, and its arguments."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.rehearsal.address import CloudAddress
from autocorp_wizard.rollout.bootstrap import backend_config

CONFIGURATION = """
terraform {
  backend "s3" {}
}
resource "terraform_data" "thing" { input = "kept" }
output "thing" { value = terraform_data.thing.output }
"""


def access(cloud: CloudAddress, account: str | None = None) -> CloudAccess:
    """Return the way to the cloud, as the operator of an account."""
    return CloudAccess(cloud.environment(), cloud.region, account or cloud.account_id)


def environment(name: str, **given: str) -> Environment:
    """Return an environment on the rehearsal cloud."""
    return Environment(name, {"cloud": "rehearsal"} | given)


def surroundings(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a Terraform that reaches the cloud by `variables`."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    settings = {"TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", "TF_INPUT": "0", "NO_PROXY": "127.0.0.1"}
    return kept | settings | dict(variables)


def terraform(directory: Path, variables: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one Terraform command to its end."""
    return subprocess.run(
        ["terraform", *arguments],
        cwd=directory,
        env=surroundings(variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def init_arguments(environment: Environment) -> list[str]:
    """Return what `terraform init` must be told to keep its state where the environment says."""
    return [
        f"-backend-config={key}={json.dumps(value).strip(chr(34))}"
        for key, value in backend_config(environment).items()
    ]
