"""Foundation, Glue and DMS, their state thrown away, come back by import; what a destroy leaves is the written list."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.terraform_environment import terraform_environment
from autocorp_wizard.adapters.terraform_mirror import find_mirrors, write_cli_config
from autocorp_wizard.core.bootstrap import StatePlace
from autocorp_wizard.core.change import Change
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.events import Json, ResourceFinished
from autocorp_wizard.core.imports import Import, import_blocks, rule_for
from autocorp_wizard.core.leftovers import Names
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.plan import Plan, read_plan
from autocorp_wizard.core.terraform_stream import read_line
from autocorp_wizard.rehearsal.address import CloudAddress
from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rollout.bootstrap import backend_config, bootstrap
from autocorp_wizard.rollout.leftovers import find_leftovers
from autocorp_wizard.rollout.lookup import find_import_id, find_in_flight, is_usable
from autocorp_wizard.rollout.state_store import StateStore

pytestmark = [pytest.mark.full]

ROOT = Path(__file__).parents[2]
PASSWORD = "found-nowhere-4711"
ENVIRONMENT = Environment("lost", {"cloud": "rehearsal", "create_secretsmanager_endpoint": True})


@dataclass(frozen=True)
class Deployment:
    """A tree, ready to be run on a cloud of its own."""

    tree: Path
    access: CloudAccess
    variables: dict[str, str]

    def terraform(self, *arguments: str) -> str:
        done = subprocess.run(
            ["terraform", *arguments], cwd=self.tree, env=self.variables, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    def plan(self) -> Plan:
        self.terraform("plan", "-no-color", "-out=saved")
        return read_plan(
            json.loads(self.terraform("show", "-json", "saved")),
            environment=ENVIRONMENT.name,
            stage="foundation",
            phase=Phase.FOUNDATION,
            snapshot_hash="",
            variables={},
        )


def ask(tree: Path, *phases: Phase) -> None:
    """Write the inputs for these phases."""
    given: dict[str, Json] = {
        "postgres_host": "10.1.2.3",
        "postgres_password_counter": 1,
        "postgres_ssl_mode": "require",
    }
    (tree / "lost.auto.tfvars.json").write_text(json.dumps(ENVIRONMENT.tfvars(phases) | given))


@pytest.fixture
def deployment(own_cloud: RehearsalCloud, tmp_path: Path) -> Deployment:
    address: CloudAddress = own_cloud.ensure()
    access = CloudAccess(address.environment(), address.region, address.account_id)
    assert bootstrap(ENVIRONMENT, access, record=lambda _: None).holds
    tree = tmp_path / "tree"
    shutil.copytree(ROOT / "terraform", tree, ignore=shutil.ignore_patterns(".terraform", "tests"))
    shutil.copytree(ROOT / "glue_scripts", tmp_path / "glue_scripts", ignore=shutil.ignore_patterns("__pycache__"))
    ask(tree, Phase.FOUNDATION)
    variables = terraform_environment(
        os.environ,
        access.terraform_environment(),
        cli_config=write_cli_config(tmp_path / "terraform.rc", find_mirrors(os.environ)),
        data_dir=tmp_path / "data",
        secrets={"postgres_password": PASSWORD},
    )
    ready = Deployment(tree, access, variables)
    backend = [
        f"-backend-config={k}={str(v).lower() if v is True else v}" for k, v in backend_config(ENVIRONMENT).items()
    ]
    ready.terraform("init", "-no-color", *backend)
    return ready


def test_a_lost_state_is_rebuilt_and_nothing_is_made_twice(deployment: Deployment) -> None:
    planned: dict[str, Change] = {}
    finished: list[ResourceFinished] = []
    # In two steps, as a rollout does: names of the later phases hang on what the foundation made.
    for phases in ([Phase.FOUNDATION], [Phase.FOUNDATION, Phase.GLUE, Phase.DMS]):
        ask(deployment.tree, *phases)
        planned |= {c.address: c for c in deployment.plan().changes if c.action == "create"}
        finished += [
            event
            for line in deployment.terraform("apply", "-json", "saved").splitlines()
            for event in read_line(line)
            if isinstance(event, ResourceFinished) and event.action == "create"
        ]
    assert {event.address for event in finished} == set(planned)
    ids = {event.address: event.id_value for event in finished}
    place = StatePlace.of(ENVIRONMENT)

    # Every resource is found a second time as if it had been in flight, without the journal's id.
    for address, change in planned.items():
        verdict = find_in_flight(deployment.access, change, ids)
        assert not verdict.inconclusive, f"{address}: {verdict.note}"
        assert verdict.import_id or rule_for(change.resource_type).overwrites, address
    assert all(is_usable(deployment.access, planned[a].resource_type, ids[a]) for a in ids if ".aws_vpc." in a)

    deployment.access.call("s3", "delete_object", Bucket=place.bucket, Key=place.key)
    imports: list[Import] = []
    for event in finished:
        kind = planned[event.address].resource_type
        verdict = find_import_id(deployment.access, kind, event.id_key, event.id_value, planned[event.address].identity)
        assert verdict.import_id or rule_for(kind).why_not, event.address
        if verdict.import_id:
            imports.append(Import(event.address, verdict.import_id))
    (deployment.tree / "recovered_imports.tf").write_text(import_blocks(imports))
    again = deployment.plan()
    made = [change.address for change in again.changes if change.action in {"create", "replace", "delete"}]
    assert made == ["module.secrets.aws_secretsmanager_secret_version.postgres[0]"]
    assert again.counts["import"] == len(finished) - 1
    deployment.terraform("apply", "-no-color", "saved")

    state = StateStore(deployment.access, place)
    raw = state.read_raw()
    assert raw is not None
    assert PASSWORD.encode() not in raw
    rebuilt = state.read()
    assert rebuilt is not None
    assert {resource.address for resource in rebuilt.resources} == set(planned)

    (deployment.tree / "recovered_imports.tf").unlink()
    deployment.terraform("destroy", "-no-color", "-auto-approve")
    after = find_leftovers(ENVIRONMENT, deployment.access)
    assert after.unseen == ()
    assert after.unexpected == ()
    assert place.bucket in {each.name for each in after.found}
    names = Names.of(ENVIRONMENT)
    assert not any(each.name in names.buckets for each in after.found)
