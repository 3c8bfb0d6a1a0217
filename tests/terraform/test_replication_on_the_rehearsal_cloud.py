"""Replication by plain Terraform on the rehearsal cloud: made, changed, started, loaded, and gone without a rest."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rehearsal.source import SourceAddress, SourceDatabase
from autocorp_wizard.rehearsal.source_address import SUPERUSER, connect
from tests.cloud_fixtures import ClientFor
from tests.rehearsal.replicating import TABLES, until
from tests.terraform.test_on_the_rehearsal_cloud import Deployment
from tests.terraform.workbench import TREE, initialised

# Some five minutes each: the provider looks at an instance and at a task every half minute and not sooner.
pytestmark = pytest.mark.full


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SourceAddress]:
    """The source in the home of `own_cloud`."""
    made = SourceDatabase(tmp_path / "own-home", rows=60)
    yield made.ensure()
    made.remove()


def _inputs(database: SourceAddress, preset: str) -> list[str]:
    found = [
        f"-var=postgres_host={database.host}",
        f"-var=postgres_port={database.port}",
        "-var=postgres_password_counter=1",
        "-var=enable_glue=false",  # only the tree of Terraform is copied, not the jobs
        "-var=enable_dms=true",
        "-var=force_destroy=true",
    ]
    if preset == "prod" and database.tls:
        # With everything: the authority's certificate is imported, and the server's name is really verified.
        return [*found, f"-var=postgres_ca_certificate_pem={database.ca_bundle.read_text()}"]
    return [*found, "-var=postgres_ssl_mode=none"]


@pytest.mark.parametrize("preset", ["dev", "staging", "prod"])
def test_replication_is_made_changed_started_and_removed(
    preset: str, tmp_path: Path, own_cloud: RehearsalCloud, database: SourceAddress, client_for: ClientFor
) -> None:
    address = own_cloud.ensure()
    directory = tmp_path / "root"
    shutil.copytree(TREE, directory, ignore=shutil.ignore_patterns(".terraform", "*.tfstate*"))
    (directory / "backend_override.tf").write_text('terraform {\n  backend "local" {}\n}\n', encoding="utf-8")
    deployment = Deployment(initialised(directory, address.environment()), preset)
    inputs = _inputs(database, preset)
    dms = client_for("dms", address=address)

    said = deployment.apply(*inputs, password=database.password_of(database.replication_user))
    assert "Warning:" not in said
    assert deployment.replanned(*inputs) == {}
    (instance,) = dms.describe_replication_instances()["ReplicationInstances"]
    assert (instance["ReplicationInstanceStatus"], instance["MultiAZ"]) == ("available", preset == "prod")
    (task,) = dms.describe_replication_tasks()["ReplicationTasks"]
    assert task["Status"] == "ready"
    assert task["ReplicationTaskArn"].endswith(f":task:autocorp-{preset}-cdc")

    # The role may list its prefix only, and that is enough.
    ends = [each["EndpointArn"] for each in dms.describe_endpoints()["Endpoints"]]
    for end in ends:
        dms.test_connection(ReplicationInstanceArn=instance["ReplicationInstanceArn"], EndpointArn=end)
    until(lambda: {each["Status"] for each in dms.describe_connections()["Connections"]} == {"successful"})

    changed = [*inputs, "-var=dms_cdc_max_batch_interval_seconds=90", "-var=dms_lob_max_size_kb=64"]
    deployment.apply(*changed)
    assert deployment.replanned(*changed) == {}

    started = [*changed, "-var=dms_start_replication=true"]
    deployment.apply(*started)
    assert deployment.replanned(*started) == {}
    arn = task["ReplicationTaskArn"]

    def tables() -> dict[str, tuple[str, int]]:
        found = dms.describe_table_statistics(ReplicationTaskArn=arn)["TableStatistics"]
        return {each["TableName"]: (each["TableState"], each["FullLoadRows"]) for each in found}

    until(lambda: {state for state, _ in tables().values()} == {"Table completed"})
    with connect(database, SUPERUSER, database.database) as owner:
        assert {name: rows for name, (_, rows) in tables().items()} == {name: _rows(owner, name) for name in TABLES}
        deployment.destroy(*started)
        assert owner.execute("SELECT slot_name FROM pg_replication_slots").fetchall() == []
    assert deployment.state()["resources"] == []
    assert dms.describe_replication_instances()["ReplicationInstances"] == []
    assert dms.describe_endpoints()["Endpoints"] == []
    assert dms.describe_certificates()["Certificates"] == []
    logs = client_for("logs", address=address).describe_log_groups()["logGroups"]
    assert json.dumps(logs, default=str).count("dms-tasks") == 0


def _rows(owner: psycopg.Connection, table: str) -> int:
    found = owner.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608  (names of our own)
    return int(found[0]) if found else -1
