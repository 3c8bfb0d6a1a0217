"""A foundation for DMS on a rehearsal cloud, made without Terraform: network, roles, secret, bucket, and their test."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autocorp_wizard.rehearsal.address import ACCOUNT_ID, REGION
from autocorp_wizard.rehearsal.source import SourceAddress

TABLES = (
    "auto_parts",
    "customers",
    "sales_order",
    "sales_order_parts",
    "sales_order_services",
    "service",
    "service_parts",
)
_TRUST = {"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}}


def trust(service: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
        "Condition": _TRUST,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def policy(*statements: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **each} for each in statements]})


@dataclass(frozen=True)
class Lake:
    """Everything that an endpoint needs, by ARN, and clients of the cloud it lies in."""

    clients: Callable[[str], Any]
    name: str
    bucket: str
    secret: str
    reader: str
    writer: str
    subnets: list[str]

    @property
    def dms(self) -> Any:
        return self.clients("dms")

    def let_read(self, *actions: str) -> None:
        """Say what the reader of the secret may do."""
        statements = [{"Action": list(actions), "Resource": "*"}] if actions else []
        self.clients("iam").put_role_policy(
            RoleName=self.reader.rpartition("/")[2],
            PolicyName="reads",
            PolicyDocument=policy(*statements or [{"Action": "sts:GetCallerIdentity", "Resource": "*"}]),
        )

    def let_write(self, *actions: str, prefix: str = "raw/database") -> None:
        """Say what the writer may do below a prefix; listing is allowed for that prefix only."""
        bucket = f"arn:aws:s3:::{self.bucket}"
        listing = {"StringLike": {"s3:prefix": [prefix, f"{prefix}/*"]}}
        self.clients("iam").put_role_policy(
            RoleName=self.writer.rpartition("/")[2],
            PolicyName="writes",
            PolicyDocument=policy(
                {"Action": list(actions), "Resource": f"{bucket}/{prefix}/*"},
                {"Action": "s3:ListBucket", "Resource": bucket, "Condition": listing},
            ),
        )

    def tell(self, **changes: object) -> None:
        """Write the secret anew with some of its fields changed."""
        secrets = self.clients("secretsmanager")
        value = json.loads(secrets.get_secret_value(SecretId=self.secret)["SecretString"])
        secrets.put_secret_value(SecretId=self.secret, SecretString=json.dumps(value | changes))


def make_lake(clients: Callable[[str], Any], source: SourceAddress, name: str) -> Lake:
    """Make roles, secret, bucket and network, and the account's role where it is not there yet."""
    iam, ec2 = clients("iam"), clients("ec2")
    account_role = "dms-vpc-role"
    if account_role not in {role["RoleName"] for role in iam.list_roles()["Roles"]}:
        iam.create_role(RoleName=account_role, AssumeRolePolicyDocument=trust("dms.amazonaws.com"))
        iam.attach_role_policy(
            RoleName=account_role, PolicyArn="arn:aws:iam::aws:policy/service-role/AmazonDMSVPCManagementRole"
        )
    reader = iam.create_role(RoleName=f"{name}-reader", AssumeRolePolicyDocument=trust(f"dms.{REGION}.amazonaws.com"))[
        "Role"
    ]["Arn"]
    writer = iam.create_role(RoleName=f"{name}-writer", AssumeRolePolicyDocument=trust("dms.amazonaws.com"))
    bucket = f"{name}-lake"
    clients("s3").create_bucket(Bucket=bucket)
    value = {
        "host": source.host,
        "port": source.port,
        "dbname": source.database,
        "username": source.replication_user,
        "password": source.password_of(source.replication_user),
    }
    secret = clients("secretsmanager").create_secret(Name=f"{name}/source", SecretString=json.dumps(value))["ARN"]
    vpc = ec2.create_vpc(CidrBlock="10.70.0.0/22")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.70.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")["Subnet"][
            "SubnetId"
        ]
        for number, zone in enumerate("ab")
    ]
    lake = Lake(clients, name, bucket, secret, reader, writer["Role"]["Arn"], subnets)
    lake.let_read("secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret")
    lake.let_write("s3:PutObject", "s3:DeleteObject")
    return lake


def make_instance(lake: Lake, **more: object) -> str:
    """Make subnet group and instance; returns the instance's ARN once it is available."""
    lake.dms.create_replication_subnet_group(
        ReplicationSubnetGroupIdentifier=lake.name,
        ReplicationSubnetGroupDescription="for a test",
        SubnetIds=lake.subnets,
    )
    made = lake.dms.create_replication_instance(
        ReplicationInstanceIdentifier=lake.name,
        ReplicationInstanceClass="dms.t3.medium",
        ReplicationSubnetGroupIdentifier=lake.name,
        **more,
    )
    arn: str = made["ReplicationInstance"]["ReplicationInstanceArn"]
    until(lambda: instance(lake, arn)["ReplicationInstanceStatus"] == "available")
    return arn


def instance(lake: Lake, arn: str) -> dict[str, Any]:
    filters = [{"Name": "replication-instance-arn", "Values": [arn]}]
    found: dict[str, Any] = lake.dms.describe_replication_instances(Filters=filters)["ReplicationInstances"][0]
    return found


def make_ends(lake: Lake, **settings: object) -> tuple[str, str]:
    """Make both endpoints; returns their ARNs."""
    source = lake.dms.create_endpoint(
        EndpointIdentifier=f"{lake.name}-source",
        EndpointType="source",
        EngineName="postgres",
        DatabaseName="autocorp",
        PostgreSQLSettings={"SecretsManagerAccessRoleArn": lake.reader, "SecretsManagerSecretId": lake.secret},
        **settings,
    )
    target = lake.dms.create_endpoint(
        EndpointIdentifier=f"{lake.name}-target",
        EndpointType="target",
        EngineName="s3",
        S3Settings={
            "ServiceAccessRoleArn": lake.writer,
            "BucketName": lake.bucket,
            "BucketFolder": "raw/database",
            "ExpectedBucketOwner": ACCOUNT_ID,
        },
    )
    return source["Endpoint"]["EndpointArn"], target["Endpoint"]["EndpointArn"]


def make_task(lake: Lake, ends: tuple[str, str], on: str, name: str = "", tables: tuple[str, ...] = TABLES) -> str:
    """Make a task for tables of public; returns its ARN once it is ready."""
    rules = [
        {
            "rule-type": "selection",
            "rule-id": str(number),
            "rule-name": f"include-{table}",
            "object-locator": {"schema-name": "public", "table-name": table},
            "rule-action": "include",
        }
        for number, table in enumerate(tables, start=1)
    ]
    made = lake.dms.create_replication_task(
        ReplicationTaskIdentifier=name or f"{lake.name}-cdc",
        SourceEndpointArn=ends[0],
        TargetEndpointArn=ends[1],
        ReplicationInstanceArn=on,
        MigrationType="full-load-and-cdc",
        TableMappings=json.dumps({"rules": rules}),
        ReplicationTaskSettings=json.dumps({"Logging": {"EnableLogging": True}}),
        ResourceIdentifier=name or f"{lake.name}-cdc",
    )
    arn: str = made["ReplicationTask"]["ReplicationTaskArn"]
    until(lambda: task(lake, arn)["Status"] == "ready")
    return arn


def task(lake: Lake, arn: str) -> dict[str, Any]:
    filters = [{"Name": "replication-task-arn", "Values": [arn]}]
    found: dict[str, Any] = lake.dms.describe_replication_tasks(Filters=filters)["ReplicationTasks"][0]
    return found


def tables(lake: Lake, arn: str) -> dict[str, dict[str, Any]]:
    found = lake.dms.describe_table_statistics(ReplicationTaskArn=arn)["TableStatistics"]
    return {each["TableName"]: each for each in found}


def connection_of(lake: Lake, on: str, end: str) -> tuple[str, str]:
    """Test a connection; returns the verdict and the failure's message."""
    lake.dms.test_connection(ReplicationInstanceArn=on, EndpointArn=end)
    filters = [{"Name": "endpoint-arn", "Values": [end]}]

    def verdict() -> dict[str, Any]:
        found: dict[str, Any] = lake.dms.describe_connections(Filters=filters)["Connections"][0]
        return found

    until(lambda: verdict()["Status"] != "testing")
    return verdict()["Status"], verdict().get("LastFailureMessage", "")


def until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    """Look until something holds: the cloud has its own clock."""
    deadline = time.monotonic() + seconds
    for _ in _looks():
        if holds():
            return
        assert time.monotonic() < deadline, "it did not come to pass"


def _looks() -> Iterator[None]:
    while True:
        yield None
