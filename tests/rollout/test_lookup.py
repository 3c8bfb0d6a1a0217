"""What was in flight is found by name or tag, told from what does not exist, and never guessed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import boto3
import pytest
from moto import mock_aws

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.rollout.lookup import Verdict, find_import_id, find_in_flight, is_usable

ACCOUNT = "123456789012"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE000000000", "AWS_SECRET_ACCESS_KEY": "throw-away"}


@dataclass(frozen=True)
class Planned:
    address: str
    resource_type: str
    identity: Mapping[str, str] = field(default_factory=dict)


@pytest.fixture
def access() -> Iterator[CloudAccess]:
    with mock_aws():
        yield CloudAccess(KEYS, "us-east-1", ACCOUNT)


def planned(kind: str, **identity: str) -> Planned:
    return Planned(f"module.m.{kind}.this[0]", kind, {k.replace("__", "."): v for k, v in identity.items()})


def make_vpc(name: str) -> str:
    ec2 = boto3.client("ec2", region_name="us-east-1")
    tags = [{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": name}]}]
    return ec2.create_vpc(CidrBlock="10.0.0.0/24", TagSpecifications=tags)["Vpc"]["VpcId"]


def test_a_network_is_found_by_its_name_tag(access: CloudAccess) -> None:
    made = make_vpc("autocorp-dev-vpc")
    make_vpc("autocorp-prod-vpc")
    assert find_in_flight(access, planned("aws_vpc", tags__Name="autocorp-dev-vpc")) == Verdict(made)


def test_nothing_of_that_name_means_it_was_never_made(access: CloudAccess) -> None:
    assert find_in_flight(access, planned("aws_vpc", tags__Name="autocorp-dev-vpc")) == Verdict()
    assert find_in_flight(access, planned("aws_iam_role", name="nobody")) == Verdict()
    assert find_in_flight(access, planned("aws_secretsmanager_secret", name="nothing")) == Verdict()
    assert find_in_flight(access, planned("aws_s3_bucket", bucket="no-such-bucket-here")) == Verdict()
    assert find_in_flight(access, planned("aws_glue_job", name="nothing")) == Verdict()


def test_two_of_one_name_are_not_guessed_between(access: CloudAccess) -> None:
    make_vpc("twin")
    make_vpc("twin")
    verdict = find_in_flight(access, planned("aws_vpc", tags__Name="twin"))
    assert verdict.inconclusive
    assert not verdict.import_id


def test_what_has_a_name_is_found_by_it(access: CloudAccess) -> None:
    boto3.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}")
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="lake")
    secret = boto3.client("secretsmanager", region_name="us-east-1").create_secret(Name="s", SecretString="x")["ARN"]
    boto3.client("glue", region_name="us-east-1").create_database(DatabaseInput={"Name": "raw"})
    assert find_in_flight(access, planned("aws_iam_role", name="r")).import_id == "r"
    assert find_in_flight(access, planned("aws_s3_bucket", bucket="lake")).import_id == "lake"
    assert find_in_flight(access, planned("aws_secretsmanager_secret", name="s")).import_id == secret
    assert find_in_flight(access, planned("aws_glue_catalog_database", name="raw")).import_id == f"{ACCOUNT}:raw"


def test_a_key_is_found_by_tag_unless_it_is_on_its_way_out(access: CloudAccess) -> None:
    kms = boto3.client("kms", region_name="us-east-1")
    tags = [{"TagKey": "Name", "TagValue": "autocorp-dev-key"}]
    old = kms.create_key(Tags=tags)["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=old, PendingWindowInDays=7)
    assert find_in_flight(access, planned("aws_kms_key", tags__Name="autocorp-dev-key")) == Verdict()
    new = kms.create_key(Tags=tags)["KeyMetadata"]["KeyId"]
    assert find_in_flight(access, planned("aws_kms_key", tags__Name="autocorp-dev-key")).import_id == new


def test_a_secret_in_its_recovery_window_does_not_exist_for_terraform(access: CloudAccess) -> None:
    client = boto3.client("secretsmanager", region_name="us-east-1")
    client.create_secret(Name="s", SecretString="x")
    client.delete_secret(SecretId="s", RecoveryWindowInDays=7)
    assert find_in_flight(access, planned("aws_secretsmanager_secret", name="s")) == Verdict()


def test_a_setting_that_is_written_again_needs_no_look(access: CloudAccess) -> None:
    verdict = find_in_flight(access, planned("aws_s3_bucket_versioning"))
    assert (verdict.import_id, verdict.inconclusive) == ("", False)
    assert "overwrites" in verdict.note


def test_an_unknown_name_or_type_is_no_claim(access: CloudAccess) -> None:
    assert find_in_flight(access, planned("aws_vpc")).inconclusive
    assert find_in_flight(access, planned("aws_never_heard_of", name="x")).inconclusive


def test_a_denied_look_is_no_claim() -> None:
    class Denied(CloudAccess):
        def call(self, service: str, operation: str, **parameters: object) -> dict[str, object]:
            raise CloudError("AUTH-DENIED", "AWS refused it.", aws_code="AccessDenied", status=403)

        def pages(self, service: str, operation: str, **parameters: object) -> Iterator[dict[str, object]]:
            yield self.call(service, operation)

    denied = Denied(KEYS, "us-east-1", ACCOUNT)
    assert find_in_flight(denied, planned("aws_iam_role", name="r")).inconclusive
    assert is_usable(denied, "aws_iam_role", "r") is False


@pytest.fixture
def association(access: CloudAccess) -> tuple[str, str, str]:
    ec2 = boto3.client("ec2", region_name="us-east-1")
    vpc = make_vpc("v")
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/25")["Subnet"]["SubnetId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    return ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)["AssociationId"], subnet, table


def test_an_association_is_imported_by_its_two_ends(access: CloudAccess, association: tuple[str, str, str]) -> None:
    own, subnet, table = association
    kind = "aws_route_table_association"
    assert find_import_id(access, kind, "id", own, {}) == Verdict(f"{subnet}/{table}")
    change = Planned(f'module.network.{kind}.private["0"]', kind)
    existing = {'module.network.aws_subnet.private["0"]': subnet}
    assert find_in_flight(access, change, existing) == Verdict(f"{subnet}/{table}")
    assert find_in_flight(access, change).inconclusive


def test_a_finished_resource_needs_no_question(access: CloudAccess) -> None:
    assert find_import_id(access, "aws_vpc", "id", "vpc-1", {}) == Verdict("vpc-1")
    assert find_import_id(access, "aws_secretsmanager_secret_version", "id", "a|b", {}).import_id == ""


def test_only_what_is_ready_is_kept(access: CloudAccess) -> None:
    vpc = make_vpc("v")
    assert is_usable(access, "aws_vpc", vpc)
    assert not is_usable(access, "aws_vpc", "vpc-0123456789abcdef0")
    kms = boto3.client("kms", region_name="us-east-1")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    assert is_usable(access, "aws_kms_key", key)
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert not is_usable(access, "aws_kms_key", key)
    assert not is_usable(access, "aws_s3_bucket_versioning", "lake")


def test_what_hangs_on_something_unknown_before_the_apply_is_found_through_its_neighbour(access: CloudAccess) -> None:
    athena = boto3.client("athena", region_name="us-east-1")
    athena.create_work_group(Name="autocorp-dev")
    made = athena.create_named_query(Name="q", Database="d", QueryString="SELECT 1", WorkGroup="autocorp-dev")
    address = 'module.athena[0].aws_athena_named_query.question["best.customers"]'
    change = Planned(address, "aws_athena_named_query", {"name": "q"})
    existing = {"module.athena[0].aws_athena_workgroup.this": "autocorp-dev"}
    assert find_in_flight(access, change, {}).inconclusive
    assert find_in_flight(access, change, existing) == Verdict(made["NamedQueryId"])
