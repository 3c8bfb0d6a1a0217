"""The monitoring module on the rehearsal cloud, whatever phases there are: names of other modules are its inputs."""

import shutil
from pathlib import Path

import pytest

from autocorp_wizard.rehearsal.address import ACCOUNT_ID
from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from tests.cloud_fixtures import ClientFor
from tests.terraform.workbench import TREE, Workbench, initialised

pytestmark = pytest.mark.slow

ROOT = """
terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = "us-east-1"

  default_tags {
    tags = { CostCenter = var.cost_center }
  }
}

variable "alarm_email_addresses" {
  default = []
}

variable "budget_limit_usd" {
  default = 95
}

variable "budget_environment_tag" {
  default = null
}

variable "cost_center" {
  default = "4711"
}

variable "datasync" {
  type    = object({ task_arns = map(string) })
  default = null
}

variable "dms" {
  type    = object({ instance_id = string, replicating = bool, task_resource_id = string })
  default = null
}

variable "glue" {
  type    = object({ crawler_names = set(string), job_names = set(string), workgroup_name = string })
  default = null
}

variable "missing_data_is_alarm" {
  default = false
}

variable "trail" {
  default = false
}

locals {
  account_id = "ACCOUNT"
  trail_arn  = var.trail ? "arn:aws:cloudtrail:us-east-1:ACCOUNT:trail/autocorp-dev-audit" : null
}

module "kms" {
  source = "./modules/kms"

  account_id           = local.account_id
  alarm_topic_arn      = "arn:aws:sns:us-east-1:ACCOUNT:autocorp-dev-alarms"
  audit_trail_arn      = local.trail_arn
  deletion_window_days = 7
  name_prefix          = "autocorp-dev"
  region               = "us-east-1"
}

resource "aws_s3_bucket" "logs" {
  bucket        = "autocorp-logs-dev"
  force_destroy = true
}

module "monitoring" {
  source = "./modules/monitoring"

  account_id            = local.account_id
  alarm_email_addresses = var.alarm_email_addresses
  audit_trail = var.trail ? {
    bucket_name       = aws_s3_bucket.logs.id
    name              = "autocorp-dev-audit"
    reader_role_arn   = "arn:aws:iam::ACCOUNT:role/autocorp-dev-dms-secret-reader"
    secret_arn_prefix = "arn:aws:secretsmanager:us-east-1:ACCOUNT:secret:autocorp/dev/postgres/password-"
    secret_name       = "autocorp/dev/postgres/password"
  } : null
  budget_environment_tag = var.budget_environment_tag
  budget_limit_usd       = var.budget_limit_usd
  datasync               = var.datasync
  dms                    = var.dms
  glue                   = var.glue
  kms_key_arn            = module.kms.key_arn
  lake_bucket_name       = "autocorp-datalake-dev"
  missing_data_is_alarm  = var.missing_data_is_alarm
  name_prefix            = "autocorp-dev"
  region                 = "us-east-1"
  topic_name             = "autocorp-dev-alarms"
}
"""

GLUE = {"crawler_names": ["autocorp-dev-raw"], "job_names": ["autocorp-dev-refresh"], "workgroup_name": "autocorp-dev"}
DMS = {"instance_id": "autocorp-dev-replication", "replicating": True, "task_resource_id": "autocorp-dev-cdc"}
DATASYNC = {"task_arns": {"parts": f"arn:aws:datasync:us-east-1:{ACCOUNT_ID}:task/task-0123456789abcdef0"}}
EVERYTHING: dict[str, object] = {
    "alarm_email_addresses": ["on-call@example.com"],
    "datasync": DATASYNC,
    "dms": DMS,
    "glue": GLUE,
    "missing_data_is_alarm": True,
    "trail": True,
}


class Watched:
    """The module on a cloud of its own."""

    def __init__(self, bench: Workbench) -> None:
        self._bench = bench

    def apply(self, variables: dict[str, object]) -> set[str]:
        """Apply; returns what kinds of change it took. Afterwards nothing must be left to change."""
        done = set(self._bench.plan(variables, "-input=false").actions().values())
        self._bench.run("apply", "-input=false", "-no-color", "test.tfplan")
        assert self._bench.plan(variables, "-input=false").actions() == {}
        return done

    def destroy(self) -> None:
        self._bench.run("apply", "-destroy", "-auto-approve", "-input=false", "-no-color")


@pytest.fixture
def watched(tmp_path: Path, own_cloud: RehearsalCloud) -> Watched:
    directory = tmp_path / "root"
    shutil.copytree(TREE / "modules", directory / "modules")
    shutil.copy(TREE / ".terraform.lock.hcl", directory)
    (directory / "main.tf").write_text(ROOT.replace("ACCOUNT", ACCOUNT_ID), encoding="utf-8")
    return Watched(initialised(directory, own_cloud.ensure().environment()))


def test_everything_is_watched_and_goes_without_a_rest(
    watched: Watched, own_cloud: RehearsalCloud, client_for: ClientFor
) -> None:
    assert watched.apply(EVERYTHING) == {"create"}
    address = own_cloud.ensure()
    cloudwatch = client_for("cloudwatch", address=address)
    states = {
        alarm["AlarmName"].removeprefix("autocorp-dev-"): alarm["StateValue"]
        for alarm in cloudwatch.describe_alarms()["MetricAlarms"]
    }
    assert states.pop("dms-cdc-latency-source") == states.pop("dms-cdc-latency-target") == "ALARM", "silence is lag"
    assert {states.pop(f"dms-instance-{each}") for each in ("cpu", "memory", "storage", "swap")} == {
        "INSUFFICIENT_DATA"
    }
    assert states == dict.fromkeys(
        (
            "athena-failed-queries-ddl",
            "athena-failed-queries-dml",
            "athena-slow-queries",
            "datasync-failed-runs",
            "dms-task-stopped",
            "glue-failed-runs",
        ),
        "OK",
    )
    watched.destroy()
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []
    assert cloudwatch.list_dashboards()["DashboardEntries"] == []
    assert client_for("sns", address=address).list_topics()["Topics"] == []
    assert client_for("events", address=address).list_rules()["Rules"] == []
    assert client_for("budgets", address=address).describe_budgets(AccountId=ACCOUNT_ID)["Budgets"] == []
    assert client_for("cloudtrail", address=address).describe_trails()["trailList"] == []


@pytest.mark.full
def test_phases_come_and_go_one_by_one_and_the_rest_changes_in_place(watched: Watched) -> None:
    assert watched.apply({}) == {"create"}
    for phases in ({"glue": GLUE}, {"glue": GLUE, "dms": DMS}, {"glue": GLUE, "dms": DMS, "datasync": DATASYNC}):
        assert watched.apply(phases) == {"create", "update"}, "the dashboard follows"
    changed: dict[str, object] = {
        "alarm_email_addresses": ["on-call@example.com"],
        "budget_environment_tag": "dev",
        "budget_limit_usd": 120,
        "cost_center": "4712",
    }
    assert watched.apply({"glue": GLUE, "dms": DMS, "datasync": DATASYNC, **changed}) == {"create", "update"}
    assert watched.apply({"datasync": DATASYNC, **changed}) == {"delete", "update"}
    assert watched.apply({"dms": {**DMS, "replicating": False}, **changed}) == {"create", "delete", "update"}
    watched.destroy()
