"""Real Terraform keeps its state on the rehearsal cloud, set up by the environment alone: no skip_* switch at all."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from autocorp_wizard.rehearsal.address import CloudAddress
from tests.cloud_fixtures import ClientFor

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("terraform") is None, reason="there is no terraform on this machine"),
]

ROOT = """
terraform {
  backend "s3" {}
}
resource "terraform_data" "probe" {
  input = "kept"
}
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def terraform(cloud: CloudAddress, tmp_path: Path) -> Run:
    work = tmp_path / "root"
    work.mkdir()
    (work / "main.tf").write_text(ROOT)
    configuration = tmp_path / "terraformrc"
    configuration.write_text("disable_checkpoint = true\n")
    environment = cloud.beside() | {"TF_CLI_CONFIG_FILE": str(configuration), "TF_IN_AUTOMATION": "1"}

    def run(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = ["terraform", *arguments, "-no-color"]
        done = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0 or not check, done.stderr
        return done

    return run


@pytest.fixture
def bucket(client_for: ClientFor, unique: Callable[[str], str]) -> str:
    name = unique("state")
    client_for("s3").create_bucket(Bucket=name)
    client_for("s3").put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def _init(terraform: Run, bucket: str, *more: str) -> None:
    settings = [f"bucket={bucket}", "key=env/terraform.tfstate", "region=us-east-1", "encrypt=true", *more]
    terraform("init", "-input=false", *[f"-backend-config={setting}" for setting in settings])


def test_state_is_kept_with_a_lock_object(terraform: Run, bucket: str, client_for: ClientFor) -> None:
    _init(terraform, bucket, "use_lockfile=true")
    terraform("apply", "-auto-approve", "-input=false")
    assert terraform("plan", "-detailed-exitcode", "-input=false").returncode == 0
    s3 = client_for("s3")
    state = json.loads(s3.get_object(Bucket=bucket, Key="env/terraform.tfstate")["Body"].read())
    assert [resource["type"] for resource in state["resources"]] == ["terraform_data"]
    held = {"ID": "11111111-2222-3333-4444-555555555555", "Operation": "OperationTypeApply", "Who": "somebody@else"}
    s3.put_object(Bucket=bucket, Key="env/terraform.tfstate.tflock", Body=json.dumps(held).encode())
    refused = terraform("plan", "-input=false", check=False)
    assert refused.returncode == 1
    assert "Error acquiring the state lock" in refused.stderr
    assert "somebody@else" in refused.stderr
    terraform("force-unlock", "-force", held["ID"])
    terraform("destroy", "-auto-approve", "-input=false")


def test_state_is_kept_with_a_lock_table(
    terraform: Run, bucket: str, client_for: ClientFor, unique: Callable[[str], str]
) -> None:
    dynamodb, table = client_for("dynamodb"), unique("terraform-locks")
    dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    _init(terraform, bucket, f"dynamodb_table={table}")
    terraform("apply", "-auto-approve", "-input=false")
    assert terraform("plan", "-detailed-exitcode", "-input=false").returncode == 0
    items = dynamodb.scan(TableName=table)["Items"]
    assert [item["LockID"]["S"] for item in items] == [f"{bucket}/env/terraform.tfstate-md5"]
