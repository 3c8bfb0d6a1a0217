"""One resolved AWS identity for everything that the wizard, Terraform's backend and its provider do.

Built from what the environment says and from nothing else: where explicit variables are given (the rehearsal cloud),
no file, profile or variable of the operator's is read. Every S3 request carries the account that is expected to own
the bucket. boto3 is loaded with the first client, never at import.
"""

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, cast, overload

from autocorp_wizard.adapters.aws_errors import CloudError, explain, is_cloud_exception
from autocorp_wizard.adapters.aws_session import Source, open_session
from autocorp_wizard.adapters.aws_terraform import variables_for_terraform
from autocorp_wizard.core.identity import Identity

if TYPE_CHECKING:
    from boto3.session import Session
    from botocore.client import BaseClient
    from types_boto3_athena.client import AthenaClient
    from types_boto3_budgets.client import BudgetsClient
    from types_boto3_cloudwatch.client import CloudWatchClient
    from types_boto3_datasync.client import DataSyncClient
    from types_boto3_dms.client import DatabaseMigrationServiceClient
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_ec2.client import EC2Client
    from types_boto3_glue.client import GlueClient
    from types_boto3_iam.client import IAMClient
    from types_boto3_kms.client import KMSClient
    from types_boto3_s3.client import S3Client
    from types_boto3_secretsmanager.client import SecretsManagerClient
    from types_boto3_sns.client import SNSClient
    from types_boto3_sts.client import STSClient

# IAM's prefix of a service where botocore calls it differently.
_PREFIXES: Final = {"resourcegroupstaggingapi": "tag", "budgets": "budgets"}


class CloudAccess:
    """The way to one account and one region.

    `environment_variables` are the only variables that are looked at. `ambient=True` (a real account) lets the usual
    chain of AWS be asked when they hold neither keys nor a profile; without it, missing keys are an error.
    `private_dir` is where a configuration file for Terraform may be written (mode 0600, no keys in it).
    """

    def __init__(
        self,
        environment_variables: Mapping[str, str],
        region: str,
        account_id: str,
        profile: str = "",
        role_arn: str = "",
        *,
        ambient: bool = False,
        private_dir: Path | None = None,
    ) -> None:
        self.region: Final = region
        self.account_id: Final = account_id
        self._source: Final = Source(
            {k: v for k, v in environment_variables.items() if k.startswith("AWS_")}, region, profile, role_arn, ambient
        )
        self._private_dir: Final = private_dir
        self._clients: Final[dict[str, BaseClient]] = {}
        self._guard: Final = threading.Lock()
        self._session: Session | None = None

    @property
    def who(self) -> str:
        """The identity in words: the role, the profile, or nothing."""
        return self._source.who

    @overload
    def client(self, service: Literal["s3"]) -> "S3Client": ...
    @overload
    def client(self, service: Literal["sts"]) -> "STSClient": ...
    @overload
    def client(self, service: Literal["dynamodb"]) -> "DynamoDBClient": ...
    @overload
    def client(self, service: Literal["iam"]) -> "IAMClient": ...
    @overload
    def client(self, service: Literal["ec2"]) -> "EC2Client": ...
    @overload
    def client(self, service: Literal["kms"]) -> "KMSClient": ...
    @overload
    def client(self, service: Literal["secretsmanager"]) -> "SecretsManagerClient": ...
    @overload
    def client(self, service: Literal["athena"]) -> "AthenaClient": ...
    @overload
    def client(self, service: Literal["budgets"]) -> "BudgetsClient": ...
    @overload
    def client(self, service: Literal["cloudwatch"]) -> "CloudWatchClient": ...
    @overload
    def client(self, service: Literal["datasync"]) -> "DataSyncClient": ...
    @overload
    def client(self, service: Literal["dms"]) -> "DatabaseMigrationServiceClient": ...
    @overload
    def client(self, service: Literal["glue"]) -> "GlueClient": ...
    @overload
    def client(self, service: Literal["sns"]) -> "SNSClient": ...
    @overload
    def client(self, service: str) -> "BaseClient": ...
    def client(self, service: str) -> "BaseClient":
        """Return the client of a service, made once.

        Raises WizardError where there are no credentials. The client itself raises botocore's errors: call it within
        `plainly(service)`, or use `call`.
        """
        with self._guard:
            known = self._clients.get(service)
            if known is None:
                with self.plainly(service):
                    known = self._clients[service] = self._open(service)
            return known

    def call(self, service: str, operation: str, **parameters: object) -> dict[str, object]:
        """Call one operation by its name in Python (`describe_key`) and return the answer.

        Raises CloudError in the catalogue's words.
        """
        client = self.client(service)
        with self.plainly(service):
            return cast("dict[str, object]", getattr(client, operation)(**parameters))

    def pages(self, service: str, operation: str, **parameters: object) -> Iterator[dict[str, object]]:
        """Call an operation that answers in pages, and return one page after the other. Raises as `call`."""
        client = self.client(service)
        with self.plainly(service):
            if not client.can_paginate(operation):
                yield cast("dict[str, object]", getattr(client, operation)(**parameters))
                return
            for page in client.get_paginator(operation).paginate(**parameters):
                yield cast("dict[str, object]", page)

    @contextmanager
    def plainly(self, service: str) -> Iterator[None]:
        """Turn botocore's errors within the block into CloudError, in the catalogue's words."""
        try:
            yield
        except Exception as error:
            if isinstance(error, CloudError) or not is_cloud_exception(error):
                raise
            raise explain(error, service=_PREFIXES.get(service, service), who=self.who) from error

    def identity(self) -> Identity:
        """Ask STS who we are. Raises AUTH-MISSING, AUTH-EXPIRED, NET-UNREACHABLE and the like."""
        sts = self.client("sts")
        with self.plainly("sts"):
            answer = sts.get_caller_identity()
        return Identity(answer["Account"], answer["Arn"], self._expiry())

    def terraform_environment(self) -> dict[str, str]:
        """Return the AWS_* variables for Terraform's process, such that its SDK can renew what it is given.

        The caller adds them to an environment without other AWS_* variables (decisions.md 9).
        """
        return variables_for_terraform(self._source, self._private_dir)

    def _open(self, service: str) -> "BaseClient":
        if self._session is None:
            self._session = open_session(self._source)
            self._session.events.register("provide-client-params.s3", self._expect_our_bucket)  # type: ignore[arg-type]
        return cast("BaseClient", self._session.client(service, **self._source.client_options(service)))  # type: ignore[call-overload]

    def _expect_our_bucket(self, params: dict[str, object], model: object, **_: object) -> dict[str, object] | None:
        """Add the expected owner to every S3 request that can carry one, so that no code path can forget it."""
        shape = getattr(model, "input_shape", None)
        if shape is None or "ExpectedBucketOwner" not in shape.members or "ExpectedBucketOwner" in params:
            return None
        return params | {"ExpectedBucketOwner": self.account_id}

    def _expiry(self) -> datetime | None:
        credentials = self._session.get_credentials() if self._session is not None else None
        # No public name exists for it; absent on credentials that do not end.
        expiry = getattr(credentials, "_expiry_time", None)
        return expiry if isinstance(expiry, datetime) else None


def operator_variables() -> dict[str, str]:
    """Return the operator's own AWS_* variables, for a real account that names neither profile nor role."""
    return {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
