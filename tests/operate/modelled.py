"""A cloud of prepared answers behind real boto3 clients: botocore judges every request and every answer by its model.

What nobody prepared is refused, so that a collector cannot call something unseen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.model import OperationModel
from botocore.validate import validate_parameters

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.state_lock import LockInfo
from autocorp_wizard.core.statefile import RemoteState, StateResource
from autocorp_wizard.operate.look import Look, Subject

ACCOUNT = "123456789012"
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TASK = f"arn:aws:dms:eu-central-1:{ACCOUNT}:task:OURTASK"
INSTANCE = f"arn:aws:dms:eu-central-1:{ACCOUNT}:rep:OURS"
SOURCE = f"arn:aws:dms:eu-central-1:{ACCOUNT}:endpoint:SRC"
TARGET = f"arn:aws:dms:eu-central-1:{ACCOUNT}:endpoint:TGT"
AGENT = f"arn:aws:datasync:eu-central-1:{ACCOUNT}:agent/agent-0123456789abcdef0"
TOPIC = f"arn:aws:sns:eu-central-1:{ACCOUNT}:autocorp-dev-alarms"


def task_arn(number: int) -> str:
    """The ARN of a transfer task."""
    return f"arn:aws:datasync:eu-central-1:{ACCOUNT}:task/task-{number:017x}"


OUTPUTS: dict[str, Any] = {
    "data_lake_bucket_id": f"autocorp-datalake-dev-{ACCOUNT}",
    "dms_replication_instance_arn": INSTANCE,
    "dms_replication_instance_id": "autocorp-dev-replication",
    "dms_replication_task_arn": TASK,
    "dms_source_endpoint_arn": SOURCE,
    "dms_target_endpoint_arn": TARGET,
    "glue_catalog_database_name": "autocorp_dev",
    "glue_refresh_job_name": "autocorp-dev-refresh",
    "glue_job_names": {"customers": "autocorp-dev-customers"},
    "glue_raw_database_crawler_name": "autocorp-dev-raw-database",
    "glue_raw_csv_crawler_name": "autocorp-dev-raw-csv",
    "glue_workflow_name": "autocorp-dev-refresh",
    "athena_workgroup_name": "autocorp-dev",
    "datasync_task_arns": {"customers": task_arn(1)},
    "alarm_topic_arn": TOPIC,
    "alarm_names": ["autocorp-dev-dms-lag"],
    "budget_name": "autocorp-dev",
}


@dataclass(frozen=True)
class Refusal:
    """An error answer of AWS."""

    code: str
    message: str = "no"
    status: int = 400


Prepared = Mapping[str, Any] | Refusal | Callable[[Mapping[str, Any]], Mapping[str, Any]]


class ModelledCloud(CloudAccess):
    """The way to prepared answers, by `service:Operation`."""

    def __init__(self, answers: Mapping[str, Prepared]) -> None:
        super().__init__(
            {"AWS_ACCESS_KEY_ID": "AKIDMODELLED", "AWS_SECRET_ACCESS_KEY": "none"}, "eu-central-1", ACCOUNT
        )
        self.answers = dict(answers)
        self.asked: list[str] = []

    def _open(self, service: str) -> BaseClient:
        client = super()._open(service)
        client.meta.events.register("before-parameter-build.*.*", self._hear)
        client.meta.events.register("before-call.*.*", self._answer)
        return client

    @staticmethod
    def _hear(params: Mapping[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["given"] = params

    def _answer(self, model: OperationModel, params: Mapping[str, Any], context: Any, **_: Any) -> tuple[Any, Any]:
        call = f"{model.service_model.service_name}:{model.name}"
        self.asked.append(call)
        prepared = self.answers.get(call, Refusal("NotImplemented", f"nobody prepared {call}", 501))
        if isinstance(prepared, Refusal):
            body = {
                "Error": {"Code": prepared.code, "Message": prepared.message},
                "ResponseMetadata": {"HTTPStatusCode": prepared.status},
            }
            return AWSResponse("", prepared.status, {}, None), body
        answer = dict(prepared(context["given"]) if callable(prepared) else prepared)
        if model.output_shape is not None:
            validate_parameters(answer, model.output_shape)
        return AWSResponse("", 200, {}, None), answer | {"ResponseMetadata": {"HTTPStatusCode": 200}}


@dataclass
class FixedState:
    """A remote state that is as it was given; an exception is raised."""

    outputs: Mapping[str, Any] = field(default_factory=lambda: OUTPUTS)
    addresses: tuple[str, ...] = (
        "module.s3.aws_s3_bucket.lake",
        "module.secrets.aws_secretsmanager_secret.source",
        "module.glue[0].aws_glue_job.refresh",
        "module.dms[0].aws_dms_replication_task.this",
        "module.datasync[0].aws_datasync_task.this",
    )
    held: LockInfo | None = None
    error: Exception | None = None
    location: str = "s3://state/dev"

    def read(self) -> RemoteState | None:
        """Return the state."""
        if self.error is not None:
            raise self.error
        resources = tuple(StateResource(each, each.split(".")[-2], {}) for each in self.addresses)
        return RemoteState(7, "l", "1.11.4", resources, self.outputs) if resources else None

    def lock(self) -> LockInfo | None:
        """Return the lock."""
        if self.error is not None:
            raise self.error
        return self.held


def subject(**changes: Any) -> Subject:
    """The names of the environment dev."""
    return Subject(
        **{
            "environment": "dev",
            "cloud": "aws",
            "preset": "dev",
            "account_id": ACCOUNT,
            "region": "eu-central-1",
            "prefix": "autocorp-dev",
            "secret": "autocorp/dev/postgres/password",
            "state_bucket": "state",
            "agents": (AGENT,),
        }
        | changes
    )


def look(answers: Mapping[str, Prepared], **changes: Any) -> Look:
    """A look at a whole environment with some prepared answers."""
    given: dict[str, Any] = {
        "access": ModelledCloud(answers),
        "subject": subject(),
        "state": FixedState(),
        "outputs": OUTPUTS,
        "phases": frozenset(Phase),
        "now": lambda: NOW,
    }
    return Look(**(given | changes))
