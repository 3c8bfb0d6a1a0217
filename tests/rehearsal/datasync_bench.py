"""A cloud of one's own with a bucket and a role that DataSync may use, for tests of agents and transfers."""

import json
import time
from collections.abc import Callable
from pathlib import Path

from botocore.client import BaseClient

from autocorp_wizard.adapters.datasync_agent import fetch_key
from autocorp_wizard.core.datasync_rules import EXPORTS
from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rehearsal.faults import CloudControl
from autocorp_wizard.rehearsal.source_exports import SHARE_HOST, SHARE_PATH
from tests.cloud_fixtures import ClientFor

LAKE = "lake-of-this-test"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "datasync.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
ALLOWED: dict[str, object] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
            "Resource": f"arn:aws:s3:::{LAKE}",
        },
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": f"arn:aws:s3:::{LAKE}/raw/csv/*"},
        {"Effect": "Allow", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{LAKE}/logs/datasync/*"},
    ],
}


class Bench:
    """Clients of the cloud, its bucket and role."""

    def __init__(self, cloud: RehearsalCloud, home: Path, client_for: ClientFor) -> None:
        self.cloud = cloud
        address = cloud.ensure()
        self.control = CloudControl(cloud)
        self.datasync: BaseClient = client_for("datasync", address=address)
        self.s3: BaseClient = client_for("s3", address=address)
        self.iam: BaseClient = client_for("iam", address=address)
        self.share = home / "rehearsal" / "exports"
        self.s3.create_bucket(Bucket=LAKE)
        made = self.iam.create_role(RoleName="transfers", AssumeRolePolicyDocument=json.dumps(TRUST))
        self.role = str(made["Role"]["Arn"])
        self.allow(ALLOWED)

    def allow(self, policy: dict[str, object]) -> None:
        """Give the role this policy."""
        self.iam.put_role_policy(RoleName="transfers", PolicyName="inline", PolicyDocument=json.dumps(policy))

    def agent(self) -> str:
        """Activate the pretend agent and wait until it is online."""
        key = fetch_key(self.cloud.agent_address(), "us-east-1").key
        arn = str(self.datasync.create_agent(ActivationKey=key, AgentName="bench")["AgentArn"])
        self.until_agent_is("ONLINE", arn)
        return arn

    def until_agent_is(self, status: str, arn: str) -> None:
        """Wait for an agent's status."""
        until(lambda: self.datasync.describe_agent(AgentArn=arn), lambda found: found["Status"] == status)

    def nfs(self, agent: str, *, host: str = SHARE_HOST, path: str = SHARE_PATH) -> str:
        """Make a source location."""
        return str(
            self.datasync.create_location_nfs(
                ServerHostname=host, Subdirectory=path, OnPremConfig={"AgentArns": [agent]}
            )["LocationArn"]
        )

    def bucket(self, export: str) -> str:
        """Make a destination location."""
        return str(
            self.datasync.create_location_s3(
                S3BucketArn=f"arn:aws:s3:::{LAKE}",
                Subdirectory=f"/raw/csv/{export}/",
                S3Config={"BucketAccessRoleArn": self.role},
            )["LocationArn"]
        )

    def task(
        self,
        agent: str,
        export: str,
        *,
        host: str = SHARE_HOST,
        include: str = "",
        report: bool = False,
        **options: object,
    ) -> str:
        """Make a task of an export, and wait until it is no longer being created."""
        more: dict[str, object] = {}
        if report:
            s3 = {"S3BucketArn": f"arn:aws:s3:::{LAKE}", "Subdirectory": "logs/datasync/"}
            more["TaskReportConfig"] = {
                "Destination": {"S3": s3 | {"BucketAccessRoleArn": self.role}},
                "OutputType": "STANDARD",
                "ReportLevel": "ERRORS_ONLY",
            }
        arn = str(
            self.datasync.create_task(
                SourceLocationArn=self.nfs(agent, host=host),
                DestinationLocationArn=self.bucket(export),
                Name=export,
                Includes=[{"FilterType": "SIMPLE_PATTERN", "Value": include or f"/{EXPORTS[export]}"}],
                Options={"VerifyMode": "ONLY_FILES_TRANSFERRED", **options},
                **more,
            )["TaskArn"]
        )
        until(lambda: self.datasync.describe_task(TaskArn=arn), lambda found: found["Status"] != "CREATING")
        return arn

    def start(self, task: str, **more: object) -> str:
        """Start an execution."""
        return str(self.datasync.start_task_execution(TaskArn=task, **more)["TaskExecutionArn"])

    def run(self, arn: str) -> dict[str, object]:
        """Describe an execution."""
        return dict(self.datasync.describe_task_execution(TaskExecutionArn=arn))

    def ended(self, arn: str) -> dict[str, object]:
        """Wait for an execution's end."""
        return until(lambda: self.run(arn), lambda found: found["Status"] in ("SUCCESS", "ERROR"))

    def objects(self, prefix: str = "") -> dict[str, int]:
        """What lies in the bucket, with its size."""
        listed = self.s3.list_objects_v2(Bucket=LAKE, Prefix=prefix).get("Contents", [])
        return {each["Key"]: each["Size"] for each in listed}


def until(
    ask: Callable[[], dict[str, object]], enough: Callable[[dict[str, object]], bool], seconds: float = 40
) -> dict[str, object]:
    """Ask until it is enough."""
    deadline = time.monotonic() + seconds
    while not enough(found := ask()):
        assert time.monotonic() < deadline, found
        time.sleep(0.05)
    return found
