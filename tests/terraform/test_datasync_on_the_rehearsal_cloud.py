"""The datasync module on the rehearsal cloud, with an activated agent: applied, transferring, changed in place."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.client import BaseClient

from autocorp_wizard.adapters.datasync_agent import fetch_key
from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rehearsal.source_exports import SHARE_HOST, SHARE_PATH
from tests.cloud_fixtures import ClientFor
from tests.terraform.workbench import TREE, Workbench, initialised

pytestmark = pytest.mark.slow

LAKE = "autocorp-datalake-dev-999999999999"
FILES = {
    "customers": "customers.csv",
    "parts": "sales_order_parts.csv",
    "sales_orders": "sales_orders.csv",
    "services": "sales_order_services.csv",
}

# The tree's own key, roles and module around a plain bucket: what a whole foundation adds does not touch transfers.
ROOT = f"""
variable "agents" {{ type = set(string) }}
variable "host" {{
  type    = string
  default = "{SHARE_HOST}"
}}
variable "limit" {{
  type    = number
  default = -1
}}
variable "schedule" {{
  type    = string
  default = "daily"
}}
variable "report" {{
  type    = string
  default = "errors"
}}

module "kms" {{
  source               = "{TREE}/modules/kms"
  account_id           = "999999999999"
  alarm_topic_arn      = "arn:aws:sns:us-east-1:999999999999:autocorp-dev-alarms"
  deletion_window_days = 7
  name_prefix          = "autocorp-dev"
  region               = "us-east-1"
}}

module "iam" {{
  source                     = "{TREE}/modules/iam"
  account_id                 = "999999999999"
  athena_workgroup_name      = "autocorp-dev"
  create_dms_account_roles   = false
  glue_curated_database_name = "autocorp_dev_curated"
  glue_raw_database_name     = "autocorp_dev_raw"
  kms_key_alias              = module.kms.key_alias
  lake_bucket_name           = "{LAKE}"
  metrics_namespace          = "autocorp/dev"
  name_prefix                = "autocorp-dev"
  region                     = "us-east-1"
  secret_name                = "autocorp/dev/postgres/password"
}}

resource "aws_s3_bucket" "lake" {{
  bucket        = "{LAKE}"
  force_destroy = true
}}

module "datasync" {{
  source           = "{TREE}/modules/datasync"
  account_id       = "999999999999"
  agent_arns       = var.agents
  bytes_per_second = var.limit
  kms_key_arn      = module.kms.key_arn
  lake_bucket_id   = aws_s3_bucket.lake.id
  log_level        = "TRANSFER"
  name_prefix      = "autocorp-dev"
  region           = "us-east-1"
  role_arn         = module.iam.datasync_role_arn
  schedule         = var.schedule
  task_report      = var.report
  nfs_sources = {{
    for export in ["customers", "parts", "sales_orders", "services"] :
    export => {{ server_hostname = var.host, subdirectory = "{SHARE_PATH}" }}
  }}
}}

output "tasks" {{ value = module.datasync.task_arns }}
"""


class Transfers:
    """The module on a cloud of its own, with an agent that is online."""

    def __init__(self, bench: Workbench, agent: str, datasync: BaseClient, s3: BaseClient) -> None:
        self.bench = bench
        self.agent = agent
        self.datasync = datasync
        self.s3 = s3

    def options(self, *more: str) -> list[str]:
        return ["-input=false", "-no-color", f'-var=agents=["{self.agent}"]', *more]

    def apply(self, *more: str) -> str:
        return self.bench.run("apply", "-auto-approve", *self.options(*more))

    def planned(self, *more: str) -> dict[str, str]:
        """What a plan would change."""
        self.bench.run("plan", *self.options(*more), "-out=again.tfplan")
        document = json.loads(self.bench.run("show", "-json", "again.tfplan"))
        return {
            change["address"]: "/".join(change["change"]["actions"])
            for change in document.get("resource_changes", [])
            if change["change"]["actions"] not in (["no-op"], ["read"])
        }

    def tasks(self) -> dict[str, str]:
        return dict(json.loads(self.bench.run("output", "-json", "tasks")))

    def run_all(self) -> dict[str, dict[str, object]]:
        """Start every task and wait for the ends."""
        started = {
            export: self.datasync.start_task_execution(TaskArn=arn)["TaskExecutionArn"]
            for export, arn in self.tasks().items()
        }
        return {export: self.ended(arn) for export, arn in started.items()}

    def ended(self, arn: str) -> dict[str, object]:
        return until(
            lambda: self.datasync.describe_task_execution(TaskExecutionArn=arn),
            lambda found: found["Status"] in ("SUCCESS", "ERROR"),
        )

    def objects(self, prefix: str) -> dict[str, int]:
        listed = self.s3.list_objects_v2(Bucket=LAKE, Prefix=prefix).get("Contents", [])
        return {each["Key"]: each["Size"] for each in listed}


def until(
    ask: Callable[[], dict[str, object]], enough: Callable[[dict[str, object]], bool], seconds: float = 60
) -> dict[str, object]:
    deadline = time.monotonic() + seconds
    while not enough(found := ask()):
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    return found


@pytest.fixture
def transfers(own_cloud: RehearsalCloud, tmp_path: Path, client_for: ClientFor) -> Transfers:
    address = own_cloud.ensure()
    datasync = client_for("datasync", address=address)
    key = fetch_key(own_cloud.agent_address(), "us-east-1").key
    agent = datasync.create_agent(ActivationKey=key, AgentName="autocorp-dev-agent")["AgentArn"]
    until(lambda: datasync.describe_agent(AgentArn=agent), lambda found: found["Status"] == "ONLINE")
    root = tmp_path / "root"
    root.mkdir()
    (root / "main.tf").write_text(ROOT, encoding="utf-8")
    lock = (TREE / ".terraform.lock.hcl").read_text(encoding="utf-8")
    (root / ".terraform.lock.hcl").write_text(
        re.sub(r"(?m)^  constraints = .*", '  constraints = ">= 5.100.0"', lock), encoding="utf-8"
    )
    return Transfers(initialised(root, address.environment()), agent, datasync, client_for("s3", address=address))


def test_the_exports_arrive_where_they_belong_and_a_second_run_has_nothing_to_do(
    transfers: Transfers, own_cloud: RehearsalCloud, tmp_path: Path
) -> None:
    assert "Apply complete!" in transfers.apply()
    assert transfers.planned() == {}

    share = tmp_path / "own-home" / "rehearsal" / "exports"
    sizes = {export: (share / file).stat().st_size for export, file in FILES.items()}
    first = transfers.run_all()
    for export, run in first.items():
        assert run["Status"] == "SUCCESS", run
        assert run["FilesTransferred"] == run["EstimatedFilesToTransfer"] == run["FilesVerified"] == 1
        assert run["BytesTransferred"] == run["BytesWritten"] == sizes[export]
        result = run["Result"]
        assert isinstance(result, dict)
        assert (result["TransferStatus"], result["VerifyStatus"]) == ("SUCCESS", "SUCCESS")
    assert transfers.objects("raw/csv/") == {
        f"raw/csv/{export}/{file}": sizes[export] for export, file in FILES.items()
    }
    assert len(transfers.objects("logs/datasync/Summary-Reports/")) == 4
    head = transfers.s3.head_object(Bucket=LAKE, Key="raw/csv/customers/customers.csv")
    assert head["Metadata"]["file-mtime"].endswith("ns")

    (share / "customers.csv").write_text("first_name\nAda\n", encoding="utf-8")
    (share / "unrelated.csv").write_text("x\n", encoding="utf-8")
    second = transfers.run_all()
    assert {export: run["FilesTransferred"] for export, run in second.items()} == {
        "customers": 1,
        "parts": 0,
        "sales_orders": 0,
        "services": 0,
    }
    assert transfers.objects("raw/csv/customers/") == {"raw/csv/customers/customers.csv": 15}

    in_place = [
        "-var=limit=1048576",
        "-var=schedule=hourly",
        "-var=report=all",
    ]
    assert transfers.planned(*in_place) == {
        f'module.datasync.aws_datasync_task.export["{export}"]': "update" for export in FILES
    }
    transfers.apply(*in_place)
    assert transfers.planned(*in_place) == {}
    task = transfers.datasync.describe_task(TaskArn=transfers.tasks()["parts"])
    assert task["Schedule"] == {"ScheduleExpression": "cron(15 * * * ? *)", "Status": "ENABLED"}
    assert task["Options"]["BytesPerSecond"] == 1048576

    transfers.bench.run("apply", "-destroy", "-auto-approve", *transfers.options(*in_place))
    assert transfers.datasync.list_tasks()["Tasks"] == []
    assert transfers.datasync.list_locations()["Locations"] == []
    assert [agent["AgentArn"] for agent in transfers.datasync.list_agents()["Agents"]] == [transfers.agent]
