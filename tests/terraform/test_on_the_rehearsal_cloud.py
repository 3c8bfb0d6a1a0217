"""The foundation on the rehearsal cloud: applied, planned again without a change, destroyed without a rest."""

import json
from pathlib import Path

import pytest

from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from tests.cloud_fixtures import ClientFor
from tests.terraform.workbench import Workbench, copy_tree, initialised

pytestmark = pytest.mark.slow

PASSWORD = "planted-9f1c"


class Deployment:
    """One preset of the tree on a cloud of its own."""

    def __init__(self, bench: Workbench, preset: str) -> None:
        self.bench = bench
        self.options = ["-input=false", "-no-color", f"-var-file=environments/{preset}.tfvars"]

    def apply(self, *options: str, password: str = "", check: bool = True) -> str:
        return self.bench.run("apply", "-auto-approve", *self.options, *options, extra=_password(password), check=check)

    def replanned(self, *options: str) -> dict[str, str]:
        """What a plan of the same inputs would still change."""
        self.bench.run("plan", *self.options, *options, "-out=again.tfplan")
        document = json.loads(self.bench.run("show", "-json", "again.tfplan"))
        return {
            change["address"]: "/".join(change["change"]["actions"])
            for change in document.get("resource_changes", [])
            if change["change"]["actions"] not in (["no-op"], ["read"])
        }

    def destroy(self, *options: str) -> str:
        return self.bench.run("apply", "-destroy", "-auto-approve", *self.options, *options)

    def state(self) -> dict[str, object]:
        return dict(json.loads((self.bench.directory / "terraform.tfstate").read_text(encoding="utf-8")))


def _password(password: str) -> dict[str, str]:
    return {"TF_VAR_postgres_password": password} if password else {}


@pytest.fixture
def deployment(request: pytest.FixtureRequest, tmp_path: Path, own_cloud: RehearsalCloud) -> Deployment:
    """The preset named by the test's parameter, initialised against a cloud of its own."""
    directory = tmp_path / "root"
    copy_tree(directory)
    (directory / "backend_override.tf").write_text('terraform {\n  backend "local" {}\n}\n', encoding="utf-8")
    return Deployment(initialised(directory, own_cloud.ensure().environment()), request.param)


# Tags of everything, and what can change in place.
LARGE_CHANGE = [
    "-var=force_destroy=true",
    '-var=tags={"Team":"lake"}',
    "-var=athena_scan_limit_gb=20",
    "-var=glue_crawler_schedule=cron(0 3 * * ? *)",
    "-var=glue_job_timeout_minutes=45",
    "-var=glue_number_of_workers=4",
    "-var=glue_refresh_enabled=true",
    "-var=glue_refresh_schedule=cron(0/10 * * * ? *)",
    "-var=glue_version=5.1",
    "-var=glue_worker_type=G.2X",
    "-var=s3_logs_expiration_days=60",
]

PRESETS = [
    "dev",
    pytest.param("staging", marks=pytest.mark.full),
    pytest.param("prod", marks=pytest.mark.full),
]


@pytest.mark.parametrize("deployment", PRESETS, indirect=True)
def test_a_preset_applies_replans_empty_and_goes_without_a_rest(
    deployment: Deployment, own_cloud: RehearsalCloud, client_for: ClientFor
) -> None:
    said = deployment.apply()
    assert "Apply complete!" in said
    assert "Warning:" not in said
    assert deployment.replanned() == {}
    # Access logs are delivered meanwhile, so a bucket is emptied by a destroy only where that was said before.
    assert "Apply complete!" in deployment.apply(*LARGE_CHANGE)
    assert deployment.replanned(*LARGE_CHANGE) == {}
    assert "Apply complete!" in deployment.destroy(*LARGE_CHANGE)
    assert deployment.state()["resources"] == []
    address = own_cloud.ensure()
    assert client_for("s3", address=address).list_buckets()["Buckets"] == []
    assert client_for("iam", address=address).list_roles()["Roles"] == []
    vpcs = client_for("ec2", address=address).describe_vpcs()["Vpcs"]
    assert [vpc for vpc in vpcs if not vpc["IsDefault"]] == []
    glue, athena = client_for("glue", address=address), client_for("athena", address=address)
    assert glue.get_jobs()["Jobs"] == glue.get_crawlers()["Crawlers"] == glue.get_triggers()["Triggers"] == []
    assert glue.list_workflows()["Workflows"] == glue.get_databases()["DatabaseList"] == []
    assert glue.list_data_quality_rulesets()["Rulesets"] == glue.get_connections()["ConnectionList"] == []
    assert glue.get_security_configurations()["SecurityConfigurations"] == []
    assert [group["Name"] for group in athena.list_work_groups()["WorkGroups"]] == ["primary"]


@pytest.mark.full
@pytest.mark.parametrize("deployment", ["dev"], indirect=True)
def test_a_secret_gets_its_value_and_never_loses_it_to_a_missing_password(
    deployment: Deployment, own_cloud: RehearsalCloud, client_for: ClientFor
) -> None:
    known = ["-var=create_vpc=false", "-var=postgres_host=db.example.com", "-var=postgres_password_counter=1"]
    deployment.apply(*known, password=PASSWORD)
    secrets = client_for("secretsmanager", address=own_cloud.ensure())

    def value() -> dict[str, object]:
        return dict(json.loads(secrets.get_secret_value(SecretId="autocorp/dev/postgres/password")["SecretString"]))

    expected = {
        "engine": "postgres",
        "host": "db.example.com",
        "port": 5432,
        "dbname": "autocorp",
        "username": "dms_replication",
        "password": PASSWORD,
    }
    assert value() == expected
    assert PASSWORD not in (deployment.bench.directory / "terraform.tfstate").read_text(encoding="utf-8")
    assert deployment.replanned(*known) == {}, "later plans need no password"

    moved = [option.replace("db.example.com", "other.example.com") for option in known]
    version = "module.secrets.aws_secretsmanager_secret_version.postgres[0]"
    assert deployment.replanned(*moved) == {version: "create/delete"}, "at no moment is there no value"
    assert "You must provide either SecretString or SecretBinary" in deployment.apply(*moved, check=False)
    assert value() == expected, "a refused version leaves the old one"

    deployment.apply(*moved, password=f"{PASSWORD}-new")
    assert value() == {**expected, "host": "other.example.com", "password": f"{PASSWORD}-new"}
    assert deployment.replanned(*moved) == {}
    deployment.destroy(*moved)
