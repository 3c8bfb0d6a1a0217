"""Terraform works as the role that the environment names, in backend and provider, by a session that it can renew."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.terraform_environment import terraform_environment
from autocorp_wizard.adapters.terraform_mirror import find_mirrors, write_cli_config
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.rehearsal.address import CloudAddress
from autocorp_wizard.rollout.bootstrap import backend_config, bootstrap

pytestmark = pytest.mark.slow

CONFIGURATION = """
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
  backend "s3" {}
}
data "aws_caller_identity" "me" {}
output "me" { value = data.aws_caller_identity.me.arn }
"""


def test_backend_and_provider_assume_the_role_by_themselves(cloud: CloudAddress, tmp_path: Path) -> None:
    environment = Environment("roles", {"cloud": "rehearsal", "state_bucket": "state-of-the-role-test"})
    role = f"arn:aws:iam::{cloud.account_id}:role/deployer"
    access = CloudAccess(
        cloud.environment(), cloud.region, cloud.account_id, role_arn=role, ambient=True, private_dir=tmp_path / "aws"
    )
    assert access.identity().arn.endswith(":assumed-role/deployer/autocorp-wizard")
    assert bootstrap(environment, access, record=lambda _: None).holds
    variables = terraform_environment(
        os.environ,
        access.terraform_environment(),
        cli_config=write_cli_config(tmp_path / "terraform.rc", find_mirrors(os.environ)),
        data_dir=tmp_path / "data",
    )
    assert not {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} & set(variables)
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "main.tf").write_text(CONFIGURATION)

    def terraform(*arguments: str) -> str:
        done = subprocess.run(
            ["terraform", *arguments], cwd=tree, env=variables, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    backend = {key: json.dumps(value).strip('"') for key, value in backend_config(environment).items()}
    terraform("init", "-no-color", *(f"-backend-config={key}={value}" for key, value in backend.items()))
    terraform("apply", "-no-color", "-auto-approve")
    assert json.loads(terraform("output", "-json"))["me"]["value"].endswith(":assumed-role/deployer/autocorp-wizard")
