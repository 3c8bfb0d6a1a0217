"""After a destroy: what stays by nature is told from what should be gone, and a refused look is no clean bill."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import botocore.session
import pytest
from botocore import xform_name
from botocore.model import StructureShape
from botocore.validate import ParamValidator
from moto import mock_aws

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.imports import Import
from autocorp_wizard.core.leftovers import WRITTEN_LIST, Names, Stays
from autocorp_wizard.core.statefile import RemoteState, StateResource
from autocorp_wizard.rollout import leftovers
from autocorp_wizard.rollout.emptying import bucket_names, empty_buckets, inventory
from autocorp_wizard.rollout.leftover_kinds import KINDS, Listing
from autocorp_wizard.rollout.leftovers import find_leftovers
from autocorp_wizard.rollout.restoring import KEY_ADDRESS, SECRET_ADDRESS, restore_deleted

ACCOUNT = "123456789012"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE000000000", "AWS_SECRET_ACCESS_KEY": "throw-away"}
DEV = Environment("dev", {"cloud": "aws", "account_id": ACCOUNT, "region": "us-east-1"})
TAGS = {"Project": DEV.project_name, "Environment": "dev"}
NAMES = Names.of(DEV)


# Plain moto lists these; the rest is listed by the rehearsal cloud's extensions (tests/rollout/test_lost_state.py).
LISTED = {"get_databases", "list_jobs", "list_crawlers", "list_topics", "describe_alarms"}


@pytest.fixture
def access(monkeypatch: pytest.MonkeyPatch) -> Iterator[CloudAccess]:
    monkeypatch.setattr(leftovers, "KINDS", tuple(kind for kind in KINDS if kind.operation in LISTED))
    monkeypatch.setattr(leftovers, "_agents", lambda *_: iter(()))
    with mock_aws():
        yield CloudAccess(KEYS, "us-east-1", ACCOUNT)


def pairs(tags: dict[str, str], key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    return [{key: k, value: v} for k, v in tags.items()]


def make_key(**extra: str) -> str:
    kms = boto3.client("kms", region_name="us-east-1")
    return kms.create_key(Tags=pairs(TAGS | extra, "TagKey", "TagValue"))["KeyMetadata"]["KeyId"]  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.operation)
def test_a_listing_speaks_the_services_language(kind: Listing) -> None:
    model = botocore.session.get_session().get_service_model(kind.service)
    known = model.operation_model(next(n for n in model.operation_names if xform_name(n) == kind.operation))
    assert known.output_shape is not None
    entry = known.output_shape.members[kind.entries].member
    assert not kind.name or {kind.name, kind.leaving[0] or kind.name} <= set(entry.members)
    given = dict.fromkeys(kind.parameters, "x" * 12)
    assert ParamValidator().validate(given, known.input_shape or StructureShape("Nothing", {})).generate_report() == ""


def test_what_the_later_phases_left_is_named_and_a_neighbours_is_not(access: CloudAccess) -> None:
    glue, sns = (boto3.client(name, region_name="us-east-1") for name in ("glue", "sns"))
    mine, theirs = NAMES.prefix, f"{NAMES.prefix}2"
    for prefix in (mine, theirs):
        glue.create_database(DatabaseInput={"Name": f"{prefix}_raw".replace("-", "_")})
        glue.create_job(Name=f"{prefix}-customers", Role="r", Command={"Name": "glueetl"})
        sns.create_topic(Name=f"{prefix}-alarms")
    left = {each.name for each in find_leftovers(DEV, access).unexpected}
    assert left == {f"{mine}_raw".replace("-", "_"), f"{mine}-customers", f"{mine}-alarms"}


def test_after_a_clean_destroy_only_the_written_list_stays(access: CloudAccess) -> None:
    kms, secrets = (boto3.client(name, region_name="us-east-1") for name in ("kms", "secretsmanager"))
    key = make_key()
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    secrets.create_secret(Name=NAMES.secret, SecretString="x")
    secrets.delete_secret(SecretId=NAMES.secret, RecoveryWindowInDays=7)
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket=DEV.state_bucket)
    s3.put_object(Bucket=DEV.state_bucket, Key="backups/dev/x.tfstate", Body=b"")
    boto3.client("logs", region_name="us-east-1").create_log_group(logGroupName=f"dms-tasks-{NAMES.prefix}-replication")

    after = find_leftovers(DEV, access)

    assert after.unseen == ()
    assert after.unexpected == ()
    assert {each.name for each in after.found} == {
        key,
        NAMES.secret,
        DEV.state_bucket,
        f"{DEV.state_bucket}/backups/dev/",
        f"dms-tasks-{NAMES.prefix}-replication",
    }


def test_what_should_be_gone_is_named(access: CloudAccess) -> None:
    key = make_key()
    boto3.client("kms", region_name="us-east-1").create_alias(AliasName=NAMES.key_alias, TargetKeyId=key)
    boto3.client("s3", region_name="us-east-1").create_bucket(Bucket=NAMES.buckets[0])
    iam = boto3.client("iam")
    iam.create_role(RoleName=f"{NAMES.prefix}-glue-job", AssumeRolePolicyDocument="{}")
    iam.create_role(RoleName="dms-vpc-role", AssumeRolePolicyDocument="{}", Tags=pairs(TAGS))  # type: ignore[arg-type]
    ec2 = boto3.client("ec2", region_name="us-east-1")
    tags = [{"ResourceType": "vpc", "Tags": pairs(TAGS)}]
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/24", TagSpecifications=tags)["Vpc"]["VpcId"]  # type: ignore[arg-type]

    after = find_leftovers(DEV, access)

    wanted = {key, NAMES.key_alias, NAMES.buckets[0], f"{NAMES.prefix}-glue-job", "dms-vpc-role", vpc}
    assert {each.name for each in after.unexpected} == wanted


def test_what_belongs_to_others_is_not_ours(access: CloudAccess) -> None:
    kms = boto3.client("kms", region_name="us-east-1")
    kms.create_key(Tags=pairs(TAGS | {"Environment": "prod"}, "TagKey", "TagValue"))  # type: ignore[arg-type]
    ec2 = boto3.client("ec2", region_name="us-east-1")
    tags = [{"ResourceType": "vpc", "Tags": pairs({"Project": "other", "Environment": "dev"})}]
    ec2.create_vpc(CidrBlock="10.0.0.0/24", TagSpecifications=tags)  # type: ignore[arg-type]
    iam = boto3.client("iam")
    iam.create_role(RoleName="dms-vpc-role", AssumeRolePolicyDocument="{}", Tags=pairs(TAGS | {"Environment": "prod"}))  # type: ignore[arg-type]
    iam.create_role(RoleName=f"{NAMES.prefix}2-glue-job", AssumeRolePolicyDocument="{}")
    assert find_leftovers(DEV, access).found == ()


def test_a_refused_look_is_told(access: CloudAccess) -> None:
    class Denied(CloudAccess):
        def pages(self, service: str, operation: str, **parameters: object) -> Iterator[dict[str, object]]:
            if service == "kms":
                raise CloudError("AUTH-DENIED", "AWS refused kms:ListKeys.", aws_code="AccessDenied", status=403)
            return super().pages(service, operation, **parameters)

    after = find_leftovers(DEV, Denied(KEYS, "us-east-1", ACCOUNT))
    assert after.unseen == ("keys: AWS refused kms:ListKeys.",)


def test_every_reason_to_stay_is_written_down() -> None:
    assert set(WRITTEN_LIST) == set(Stays)


@pytest.fixture
def lake(access: CloudAccess) -> str:
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="lake")
    s3.put_bucket_versioning(Bucket="lake", VersioningConfiguration={"Status": "Enabled"})
    for number in range(3):
        s3.put_object(Bucket="lake", Key=f"raw/{number}", Body=b"12345")
        s3.put_object(Bucket="lake", Key=f"raw/{number}", Body=b"1234567")
    s3.delete_object(Bucket="lake", Key="raw/0")
    return "lake"


def test_the_inventory_says_what_a_destroy_loses(access: CloudAccess, lake: str) -> None:
    [content] = inventory(access, [lake, "gone-already"])
    assert (content.objects, content.versions, content.size, content.whole) == (2, 5, 36, True)
    assert "2 objects" in content.sentence
    [none] = inventory(access, [lake], pages=0)
    assert not none.whole


def test_every_version_and_marker_goes(access: CloudAccess, lake: str) -> None:
    said: list[str] = []
    assert empty_buckets(access, [lake, "gone-already"], said.append) == 7
    boto3.client("s3", region_name="us-east-1").delete_bucket(Bucket=lake)
    assert said == ["lake: 7 objects and versions deleted."]


def test_what_s3_keeps_is_an_error(access: CloudAccess, lake: str) -> None:
    class Locked(CloudAccess):
        def call(self, service: str, operation: str, **parameters: object) -> dict[str, object]:
            if operation == "delete_objects":
                return {"Errors": [{"Key": "raw/1", "Code": "AccessDenied", "Message": "object lock"}]}
            return super().call(service, operation, **parameters)

    with pytest.raises(WizardError, match="object lock"):
        empty_buckets(Locked(KEYS, "us-east-1", ACCOUNT), [lake], print)


def test_the_states_buckets_are_those_that_go() -> None:
    state = RemoteState(
        1,
        "l",
        "1.11.4",
        (
            StateResource("module.s3.aws_s3_bucket.lake", "aws_s3_bucket", {"id": "lake", "bucket": "lake"}),
            StateResource("module.kms.aws_kms_key.lake", "aws_kms_key", {"id": "k"}),
        ),
    )
    assert bucket_names(state) == ("lake",)


def test_a_secret_that_waits_for_its_deletion_comes_back_with_its_key(access: CloudAccess) -> None:
    kms, secrets = (boto3.client(name, region_name="us-east-1") for name in ("kms", "secretsmanager"))
    key = make_key()
    arn = secrets.create_secret(Name=NAMES.secret, SecretString="x", KmsKeyId=key)["ARN"]
    secrets.delete_secret(SecretId=NAMES.secret, RecoveryWindowInDays=7)
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)

    assert restore_deleted(DEV, access, print) == (Import(KEY_ADDRESS, key), Import(SECRET_ADDRESS, arn))

    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"
    assert "DeletedDate" not in secrets.describe_secret(SecretId=NAMES.secret)
    assert restore_deleted(DEV, access, print) == ()


def test_a_key_of_somebody_else_is_left_alone(access: CloudAccess) -> None:
    kms, secrets = (boto3.client(name, region_name="us-east-1") for name in ("kms", "secretsmanager"))
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    arn = secrets.create_secret(Name=NAMES.secret, SecretString="x", KmsKeyId=key)["ARN"]
    secrets.delete_secret(SecretId=NAMES.secret, RecoveryWindowInDays=7)
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert restore_deleted(DEV, access, print) == (Import(SECRET_ADDRESS, arn),)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"


def test_without_a_waiting_secret_nothing_is_restored(access: CloudAccess) -> None:
    assert restore_deleted(DEV, access, print) == ()


@pytest.mark.parametrize("address", [SECRET_ADDRESS, KEY_ADDRESS])
def test_what_is_restored_has_that_address_in_the_tree(address: str) -> None:
    _, module, kind, name = address.split(".")
    text = (Path(__file__).parents[2] / "terraform" / "modules" / module / "main.tf").read_text()
    assert f'resource "{kind}" "{name}"' in text
