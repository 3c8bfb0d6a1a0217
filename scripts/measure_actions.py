"""Measure which API actions each resource type of the tree asks for, and write them down as data.

Runs bootstrap, plan, apply, a change of everything that can change in place, a second plan and a destroy with real
Terraform and the real provider on a rehearsal cloud of its own. Terraform's provider log says which resource type a
request was made for; the cloud's access log says what everything together asked for. The result is
autocorp_wizard/rollout/measured_actions.json, which `policy deploy` is generated from.

    .venv/bin/python scripts/measure_actions.py
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.datasync_agent import fetch_key
from autocorp_wizard.adapters.terraform_environment import terraform_environment
from autocorp_wizard.adapters.terraform_mirror import find_mirrors, write_cli_config
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.phases import AVAILABLE
from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rehearsal.source import SourceAddress, SourceDatabase
from autocorp_wizard.rehearsal.source_exports import SHARE_HOST, SHARE_PATH
from autocorp_wizard.rollout.bootstrap import backend_config, bootstrap

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "autocorp_wizard" / "rollout" / "measured_actions.json"

_REPLICA: dict[str, Json] = {
    "bucket_arn": "arn:aws:s3:::measured-replica",
    "kms_key_arn": "arn:aws:kms:us-east-1:999999999999:key/00000000-0000-0000-0000-000000000000",
}
# Every option that makes a resource of its own, so that every type of the tree is seen.
EVERYTHING: dict[str, Json] = {
    "alarm_email_addresses": ["measured@example.com"],
    "athena_analyst_principals": ["999999999999"],
    "create_datasync_endpoint": True,
    "create_secretsmanager_endpoint": True,
    "datasync_agent_cidr_blocks": ["10.9.0.0/24"],
    "datasync_nfs_sources": {"customers": {"server_hostname": SHARE_HOST, "subdirectory": SHARE_PATH}},
    "enable_datasync": True,
    "enable_secret_audit_trail": True,
    "force_destroy": True,
    "enable_dms": True,
    "postgres_password_counter": 1,
    "s3_cors_rules": [{"allowed_methods": ["GET"], "allowed_origins": ["https://example.com"]}],
    "s3_encryption": "SSE-KMS",
    "s3_replication": _REPLICA | {"zones": ["curated"]},
    "secret_recovery_window_days": 0,
}
# What can change in place: an update of every kind of resource, tags added and taken away.
CHANGED: dict[str, Json] = {
    "alarm_email_addresses": ["other@example.com"],
    "athena_analyst_principals": ["999999999999", "888888888888"],
    "datasync_log_retention_days": 14,
    "datasync_nfs_sources": {
        "customers": {"server_hostname": SHARE_HOST, "subdirectory": SHARE_PATH, "version": "NFS3"}
    },
    "datasync_schedule": "hourly",
    "dms_cdc_max_batch_interval_seconds": 90,
    "dms_instance_class": "dms.t3.large",
    "dms_lob_max_size_kb": 64,
    "dms_log_retention_days": 7,
    "budget_limit_usd": 700,
    "cdc_latency_alarm_seconds": 600,
    "athena_scan_limit_gb": 20,
    "glue_crawler_schedule": "cron(0 3 * * ? *)",
    "glue_job_timeout_minutes": 45,
    "glue_refresh_schedule": "cron(0/30 * * * ? *)",
    "kms_deletion_window_days": 14,
    "postgres_password_counter": 2,
    "postgres_ssl_mode": "require",
    "s3_access_logs_expiration_days": 30,
    "s3_cors_rules": [{"allowed_methods": ["GET", "HEAD"], "allowed_origins": ["https://example.com"]}],
    "s3_lifecycle_days": 60,
    "s3_replication": _REPLICA | {"zones": ["curated", "raw"]},
    "secret_recovery_window_days": 7,
    "single_zone_endpoints": False,
    "tags": {"Team": "data"},
}


def main() -> None:
    """Measure in a directory of its own, and write the result."""
    with tempfile.TemporaryDirectory(prefix="measure-") as scratch:
        home = Path(scratch) / "home"
        cloud = RehearsalCloud(home)
        try:
            by_type, in_all = measure(cloud, Path(scratch), home=home)
        finally:
            cloud.stop()
            SourceDatabase(home).remove()
    write(by_type, in_all)
    sys.stdout.write(f"{len(by_type)} resource types, {len(in_all)} operations: {RESULT}\n")


def write(by_type: Mapping[str, set[str]], in_all: set[str]) -> None:
    """Add a measurement to what is known: a run that saw less takes nothing away."""
    known = json.loads(RESULT.read_text()) if RESULT.exists() else {"by_type": {}, "in_all": []}
    kinds = {*known["by_type"], *by_type}
    document = {
        "about": "Written by scripts/measure_actions.py: operations as SERVICE:Operation, by resource type.",
        "by_type": {kind: sorted({*known["by_type"].get(kind, []), *by_type.get(kind, ())}) for kind in sorted(kinds)},
        "in_all": sorted({*known["in_all"], *in_all}),
    }
    RESULT.write_text(json.dumps(document, indent=1) + "\n")


def measure(cloud: RehearsalCloud, scratch: Path, *, home: Path) -> tuple[dict[str, set[str]], set[str]]:
    """Run the cycle; return the operations by resource type, and all operations that the cloud was asked for."""
    address = cloud.ensure(lambda line: print(line, file=sys.stderr))
    environment = Environment("measure", {"cloud": "rehearsal", "lock_table": "terraform-locks"})
    access = CloudAccess(address.environment(), environment.region, address.account_id)
    bootstrap(environment, access, record=lambda event: print(event, file=sys.stderr))
    access.call("s3", "create_bucket", Bucket="measured-replica")
    versioned = {"Status": "Enabled"}
    access.call("s3", "put_bucket_versioning", Bucket="measured-replica", VersioningConfiguration=versioned)
    tree = scratch / "tree" / "terraform"
    shutil.copytree(ROOT / "terraform", tree, ignore=shutil.ignore_patterns(".terraform"))
    shutil.copytree(ROOT / "glue_scripts", tree.parent / "glue_scripts", ignore=shutil.ignore_patterns("__pycache__"))
    logs = scratch / "provider.log"
    source = SourceDatabase(home, rows=60).ensure(lambda line: print(line, file=sys.stderr))
    variables = environment.tfvars(AVAILABLE) | EVERYTHING | _reached(source)
    variables |= {"datasync_agent_arns": [_agent(cloud, access)]}
    terraform = _Terraform(tree, scratch, access, logs, source.password_of(source.replication_user))
    terraform.run("init", *(f"-backend-config={k}={_plain(v)}" for k, v in backend_config(environment).items()))
    # DMS changes no end of a task that runs, so it is started in a step of its own, and stopped in another.
    changed = variables | CHANGED
    for step in (variables, changed, changed | {"dms_start_replication": True}, changed, variables):
        (tree / "measure.auto.tfvars.json").write_text(json.dumps(step))
        terraform.run("apply", "-auto-approve")
    terraform.run("plan")
    terraform.run("destroy", "-auto-approve")
    access_log = (home / "rehearsal" / "cloud.log").read_text()
    return _by_type(logs.read_text().splitlines()), set(_asked(access_log.splitlines()))


def _agent(cloud: RehearsalCloud, access: CloudAccess) -> str:
    key = fetch_key(cloud.agent_address(), access.region).key
    return str(access.call("datasync", "create_agent", ActivationKey=key, AgentName="measure-agent")["AgentArn"])


def _reached(source: SourceAddress) -> dict[str, Json]:
    """Return the inputs that lead DMS to the rehearsal's source, over TLS where it speaks that."""
    found: dict[str, Json] = {"postgres_host": source.host, "postgres_port": source.port, "postgres_ssl_mode": "none"}
    if source.tls:
        found |= {"postgres_ssl_mode": "verify-full", "postgres_ca_certificate_pem": source.ca_bundle.read_text()}
    return found


class _Terraform:
    def __init__(self, tree: Path, scratch: Path, access: CloudAccess, logs: Path, password: str) -> None:
        self._tree = tree
        config = write_cli_config(scratch / "terraform.rc", find_mirrors(os.environ))
        self._environment = terraform_environment(
            os.environ,
            access.terraform_environment(),
            cli_config=config,
            data_dir=scratch / "data",
            secrets={"postgres_password": password},
        ) | {"TF_LOG_PROVIDER": "DEBUG", "TF_LOG_PATH": str(logs)}

    def run(self, *arguments: str) -> None:
        """Run one command; Terraform's words go to stderr."""
        print("terraform", *arguments, file=sys.stderr)
        subprocess.run(
            ["terraform", *arguments, "-no-color"], cwd=self._tree, env=self._environment, check=True, stdout=sys.stderr
        )


_RESOURCE = re.compile(r"\btf_resource_type=(\w+)")
_METHOD = re.compile(r"\brpc\.method=(\w+)")
_SERVICE = re.compile(r'\brpc\.service=(?:"([^"]+)"|(\S+))')


def _by_type(lines: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        kind, method, service = (pattern.search(line) for pattern in (_RESOURCE, _METHOD, _SERVICE))
        if kind and method and service:
            name = (service[1] or service[2]).replace(" ", "").lower()
            found[kind[1]].add(f"{name}:{method[1]}")
    return dict(found)


def _asked(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        words = line.split()
        if "rehearsal.access" in words:
            call = words[words.index("rehearsal.access") + 2]
            if ":" in call:
                yield call


def _plain(value: str | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else value


if __name__ == "__main__":
    main()
