"""Who took a role of the rehearsal's IAM may do what that role may do; the operator's own key may do all."""

import json
from collections.abc import Callable
from pathlib import Path

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from autocorp_wizard.rehearsal.address import ACCOUNT_ID, CloudAddress
from tests.cloud_fixtures import ClientFor

pytestmark = pytest.mark.slow

TEMPLATE = Path(__file__).parents[2] / "terraform/modules/iam/policies/athena_analyst_policy.json.tftpl"
As = Callable[[str], BaseClient]


def analyst_policy(bucket: str) -> str:
    """The analyst's policy of the tree, filled in by hand."""
    text = TEMPLATE.read_text(encoding="utf-8")
    arn = "arn:aws:{}:us-east-1:" + ACCOUNT_ID
    for name, value in {
        "bucket_arn": f"arn:aws:s3:::{bucket}",
        "curated_database": "lake_curated",
        "glue_arn": arn.format("glue"),
        "key_alias": "alias/lake",
        "key_arn": f"{arn.format('kms')}:key/*",
        "region": "us-east-1",
        "account_id": ACCOUNT_ID,
        "workgroup_arn": f"{arn.format('athena')}:workgroup/lake",
    }.items():
        text = text.replace(f"${{{name}}}", value)
    assert "${" not in text, "the template has inputs that this test does not know"
    return json.dumps(json.loads(text))


@pytest.fixture
def bucket(client_for: ClientFor, unique: Callable[[str], str]) -> str:
    name = unique("lake")
    s3 = client_for("s3")
    s3.create_bucket(Bucket=name)
    for key in ("raw/customers.csv", "curated/customers.parquet"):
        s3.put_object(Bucket=name, Key=key, Body=b"rows")
    return name


@pytest.fixture
def analyst(client_for: ClientFor, unique: Callable[[str], str], cloud: CloudAddress, bucket: str) -> As:
    """Clients of somebody who took the analyst's role."""
    iam, name = client_for("iam"), unique("analyst")
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT_ID}, "Action": "sts:AssumeRole"}],
    }
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=analyst_policy(bucket))
    given = client_for("sts").assume_role(RoleArn=arn, RoleSessionName="somebody")["Credentials"]
    session = boto3.Session(
        given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], region_name=cloud.region
    )
    return lambda service: session.client(service, endpoint_url=cloud.endpoint_url, verify=str(cloud.ca_bundle))


def test_an_analyst_reads_the_curated_zone_and_nothing_else(analyst: As, bucket: str) -> None:
    s3 = analyst("s3")
    assert s3.get_object(Bucket=bucket, Key="curated/customers.parquet")["Body"].read() == b"rows"
    assert s3.list_objects_v2(Bucket=bucket, Prefix="curated/")["KeyCount"] == 1
    for call in (
        lambda: s3.get_object(Bucket=bucket, Key="raw/customers.csv"),
        lambda: s3.list_objects_v2(Bucket=bucket, Prefix="raw/"),
        lambda: s3.put_object(Bucket=bucket, Key="curated/mine", Body=b""),
        lambda: s3.delete_object(Bucket=bucket, Key="curated/customers.parquet"),
        lambda: s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "curated/customers.parquet"}]}),
        lambda: s3.delete_bucket(Bucket=bucket),
        s3.list_buckets,
    ):
        with pytest.raises(ClientError) as refused:
            call()
        assert refused.value.response["Error"]["Code"] == "AccessDenied"
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "code"),
    [
        ("iam", "list_roles", {}, "AccessDenied"),
        ("ec2", "describe_vpcs", {}, "UnauthorizedOperation"),
        ("secretsmanager", "list_secrets", {}, "AccessDeniedException"),
        ("kms", "list_keys", {}, "AccessDeniedException"),
        ("cloudwatch", "describe_alarms", {}, "AccessDenied"),
        ("sns", "publish", {"TopicArn": f"arn:aws:sns:us-east-1:{ACCOUNT_ID}:alarms", "Message": "x"}, "AccessDenied"),
    ],
)
def test_other_services_refuse_an_analyst_in_their_own_words(
    analyst: As, service: str, operation: str, arguments: dict[str, str], code: str
) -> None:
    with pytest.raises(ClientError, match="is not authorized to perform") as refused:
        getattr(analyst(service), operation)(**arguments)
    assert refused.value.response["Error"]["Code"] == code


def test_anybody_may_ask_who_they_are(analyst: As) -> None:
    assert ":assumed-role/analyst-" in analyst("sts").get_caller_identity()["Arn"]


def test_the_operators_own_key_may_do_all(client_for: ClientFor, analyst: As, bucket: str) -> None:
    assert client_for("s3").get_object(Bucket=bucket, Key="raw/customers.csv")["Body"].read() == b"rows"
