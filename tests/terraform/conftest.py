"""The tree, planned without AWS, once per session."""

import fcntl
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tests.terraform.handmade import settle
from tests.terraform.workbench import SCRIPTS, Plan, Workbench, offline_root

# Everything that can be asked for, so that every resource and every policy is there to be looked at.
EVERYTHING: Mapping[str, object] = {
    "athena_analyst_principals": ["arn:aws:iam::123456789012:role/analysts"],
    "availability_zones": ["eu-west-1a", "eu-west-1b"],
    "create_datasync_endpoint": True,
    "datasync_agent_arns": ["arn:aws:datasync:eu-west-1:123456789012:agent/agent-0123456789abcdef0"],
    "datasync_agent_cidr_blocks": ["10.20.0.9/32"],
    "enable_dms": True,
    "postgres_ca_certificate_pem": "-----BEGIN CERTIFICATE-----\nb25l\n-----END CERTIFICATE-----\n",
    "datasync_nfs_sources": {"customers": {"server_hostname": "files.example.com", "subdirectory": "/exports/"}},
    "datasync_source_location_arns": {
        "parts": "arn:aws:datasync:eu-west-1:123456789012:location/loc-0123456789abcdef0",
    },
    "enable_datasync": True,
    "postgres_host": "db.example.com",
    "postgres_password_counter": 1,
    "region": "eu-west-1",
    "s3_cors_rules": [{"allowed_methods": ["GET"], "allowed_origins": ["https://reports.example.com"]}],
    "s3_intelligent_tiering_zones": ["curated"],
    "s3_replication": {
        "bucket_arn": "arn:aws:s3:::autocorp-copy",
        "kms_key_arn": "arn:aws:kms:eu-central-1:123456789012:key/copy",
        "region": "eu-central-1",
    },
}


@dataclass(frozen=True, slots=True)
class Settled:
    """A configuration whose state says that all of it exists."""

    bench: Workbench
    variables: Mapping[str, object]
    plan: Plan

    def change(self, **variables: object) -> dict[str, str]:
        """Plan with other values of some inputs; returns what would happen, by address."""
        return self.bench.plan({**self.variables, **variables}, "-refresh=false").actions()

    def change_of_the_lake(self, **variables: object) -> dict[str, str]:
        """As `change`, without monitoring: its alarms, rules and dashboard follow what they watch."""
        changes = self.change(**variables)
        return {address: action for address, action in changes.items() if not address.startswith("module.monitoring.")}


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Settled:
    """Everything that the foundation can hold, as if it had been applied.

    Made once for all workers of a parallel run, since it takes some twenty calls of Terraform; each works on a copy.
    """
    own = tmp_path_factory.mktemp("terraform")
    shared = (own if worker_id == "master" else tmp_path_factory.getbasetemp().parent) / "terraform-settled"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        saved = shared / "settled.json"
        if not saved.exists():
            bench = offline_root(shared / "root")
            plan = settle(bench, EVERYTHING)
            saved.write_text(
                json.dumps({"environment": dict(bench.environment), "plan": plan.document}), encoding="utf-8"
            )
    # The provider in it is a link.
    shutil.copytree(shared / "root", own / "root", symlinks=True)
    shutil.copytree(shared / SCRIPTS.name, own / SCRIPTS.name)
    known = json.loads(saved.read_text(encoding="utf-8"))
    return Settled(Workbench(own / "root", known["environment"]), EVERYTHING, Plan(known["plan"]))
