"""Bootstrap: made from nothing, recognised the second time, mended when adopted, never forced on somebody else's."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import boto3
import pytest
from moto import mock_aws
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.bootstrap import Row
from autocorp_wizard.core.errors import UsageError, WizardError
from autocorp_wizard.core.events import Event, SettingChecked
from autocorp_wizard.rollout.bootstrap import BootstrapResult, backend_config, bootstrap

ACCOUNT = "123456789012"


@dataclass(frozen=True)
class Deployment:
    """As much of an environment as bootstrap asks for."""

    name: str = "dev"
    account_id: str = ACCOUNT
    region: str = "us-east-1"
    project_name: str = "autocorp"
    lock_table: str = ""
    state_kms_key_arn: str = ""
    state_bucket: str = "autocorp-terraform-state-123456789012-us-east-1"
    state_key: str = "datalake/dev/terraform.tfstate"


@pytest.fixture(autouse=True)
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # The stock emulator obeys a Deny whatever its condition says; the rehearsal cloud judges it properly.
    monkeypatch.setattr(FakeBucket, "get_permission", lambda *_: PermissionResult.NEUTRAL)
    with mock_aws():
        yield


def access(region: str = "us-east-1") -> CloudAccess:
    return CloudAccess(
        {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE000000000", "AWS_SECRET_ACCESS_KEY": "throw-away"}, region, ACCOUNT
    )


class Patience:
    """A clock that only counts."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, seconds: float) -> None:
        self.seconds += seconds


def run(
    environment: Deployment | None = None, mode: str = "create", cloud: CloudAccess | None = None, **settings: object
) -> tuple[BootstrapResult, list[Event]]:
    environment = environment or Deployment()
    events: list[Event] = []
    settings.setdefault("pause", Patience())
    result = bootstrap(
        environment,
        cloud or access(environment.region),
        mode=mode,
        record=events.append,
        **settings,  # type: ignore[arg-type]
    )
    return result, events


def outcomes(rows: tuple[Row, ...]) -> dict[str, str]:
    return {row.name: row.outcome.value for row in rows}


SETTINGS = ["bucket", "tags", "ownership", "public-access", "versioning", "encryption", "policy", "lifecycle"]
TABLE = ["lock-table", "lock-table-tags", "lock-table-billing", "lock-table-encryption"]
TABLE += ["lock-table-protection", "lock-table-recovery"]


def test_an_empty_account_gets_bucket_and_settings() -> None:
    result, events = run()
    assert [row.name for row in result.rows] == SETTINGS
    assert result.holds
    assert set(outcomes(result.rows).values()) <= {"ok", "changed"}
    assert [event.name for event in events if isinstance(event, SettingChecked)] == SETTINGS
    s3 = boto3.client("s3", region_name="us-east-1")
    name = Deployment().state_bucket
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    block = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    policy = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])
    assert [statement["Effect"] for statement in policy["Statement"]] == ["Deny", "Deny"]


def test_a_second_run_finds_everything_and_writes_nothing() -> None:
    run()
    again, _ = run()
    assert set(outcomes(again.rows).values()) == {"ok"}
    assert {row.action.value for row in again.rows} == {"none"}


def test_another_environment_shares_the_bucket() -> None:
    run()
    staging, _ = run(Deployment(name="staging", state_key="datalake/staging/terraform.tfstate"))
    assert set(outcomes(staging.rows).values()) == {"ok"}


@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1", "us-west-2"])
def test_the_bucket_lands_in_its_region(region: str) -> None:
    run(Deployment(region=region))
    found = boto3.client("s3", region_name=region).get_bucket_location(Bucket=Deployment().state_bucket)
    assert (found.get("LocationConstraint") or "us-east-1") == region


def test_a_bucket_in_another_region_is_not_taken() -> None:
    run(Deployment(region="eu-central-1"))
    with pytest.raises(WizardError) as caught:
        run(Deployment(region="us-west-2"))
    assert caught.value.code == "BACKEND-ELSEWHERE"


def test_verify_only_changes_nothing() -> None:
    result, _ = run(mode="verify")
    assert not result.holds
    assert set(outcomes(result.rows).values()) == {"differs"}
    assert boto3.client("s3", region_name="us-east-1").list_buckets()["Buckets"] == []


def test_verify_only_names_the_setting_that_differs() -> None:
    run()
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.put_bucket_versioning(Bucket=Deployment().state_bucket, VersioningConfiguration={"Status": "Suspended"})
    result, _ = run(mode="verify")
    assert [(row.name, row.found) for row in result.rows if row.outcome.value == "differs"] == [
        ("versioning", "Suspended")
    ]
    assert s3.get_bucket_versioning(Bucket=Deployment().state_bucket)["Status"] == "Suspended"


def somebodys_bucket() -> None:
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket=Deployment().state_bucket)
    s3.put_object(Bucket=Deployment().state_bucket, Key="theirs", Body=b"x")


def test_a_bucket_the_wizard_did_not_make_is_refused_with_three_doors() -> None:
    somebodys_bucket()
    with pytest.raises(UsageError) as caught:
        run()
    assert caught.value.code == "BACKEND-NOT-OURS"
    assert all(door in caught.value.next_step for door in ("--adopt", "--verify-only", "env edit"))
    s3 = boto3.client("s3", region_name="us-east-1")
    assert "Status" not in s3.get_bucket_versioning(Bucket=Deployment().state_bucket)


def test_adoption_mends_and_keeps_what_is_there() -> None:
    somebodys_bucket()
    name = Deployment().state_bucket
    s3 = boto3.client("s3", region_name="us-east-1")
    theirs = {
        "Sid": "Theirs",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:Put*",
        "Resource": f"arn:aws:s3:::{name}/no",
    }
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [theirs]}))
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": "Owner", "Value": "finance"}]})
    rule = {"ID": "theirs", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 3}}
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [rule]})  # type: ignore[list-item]

    result, _ = run(mode="adopt")

    assert result.holds
    assert result.changed >= 4
    policy = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])
    assert policy["Statement"][0]["Sid"] == "Theirs"
    assert len(policy["Statement"]) == 3
    assert {"Key": "Owner", "Value": "finance"} in s3.get_bucket_tagging(Bucket=name)["TagSet"]
    rules = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    assert "theirs" in [each["ID"] for each in rules]
    assert s3.get_object(Bucket=name, Key="theirs")["Body"].read() == b"x"
    assert set(outcomes(run()[0].rows).values()) == {"ok"}


def test_our_own_policy_statement_is_renewed_not_doubled() -> None:
    run()
    s3 = boto3.client("s3", region_name="us-east-1")
    name = Deployment().state_bucket
    policy = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])
    policy["Statement"][1]["Condition"]["StringNotEquals"]["aws:PrincipalAccount"] = "000000000000"
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
    assert outcomes(run()[0].rows)["policy"] == "changed"
    assert len(json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])["Statement"]) == 2


class Breaking(CloudAccess):
    """A cloud that fails at the Nth write, as one that is killed or denied there does."""

    def __init__(self, at: int) -> None:
        super().__init__(
            {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE000000000", "AWS_SECRET_ACCESS_KEY": "throw-away"}, "us-east-1", ACCOUNT
        )
        self.left = at

    def call(self, service: str, operation: str, **parameters: object) -> dict[str, object]:
        if operation.startswith(("create_", "put_", "update_", "tag_")):
            self.left -= 1
            if self.left < 0:
                raise CloudError("AUTH-DENIED", "AWS refused it.", aws_code="AccessDenied", status=403)
        return super().call(service, operation, **parameters)


@pytest.mark.parametrize("at", range(9))
def test_a_run_that_broke_anywhere_is_finished_by_the_next(at: int) -> None:
    environment = Deployment(lock_table="terraform-locks")
    events: list[Event] = []
    with pytest.raises(CloudError):
        bootstrap(environment, Breaking(at), mode="create", record=events.append, pause=Patience())
    last = events[-1]
    assert isinstance(last, SettingChecked)
    assert last.outcome == "failed"
    result, _ = run(environment)
    assert result.holds


def test_a_bucket_of_another_account_is_never_touched() -> None:
    class Foreign(CloudAccess):
        def call(self, service: str, operation: str, **parameters: object) -> dict[str, object]:
            assert operation == "head_bucket"
            raise CloudError("AUTH-DENIED", "Forbidden.", aws_code="403", status=403)

    foreign = Foreign({"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE000000000", "AWS_SECRET_ACCESS_KEY": "x"}, "us-east-1", ACCOUNT)
    with pytest.raises(CloudError) as caught:
        run(mode="adopt", cloud=foreign)
    assert caught.value.code == "BACKEND-FOREIGN"


def test_a_bucket_of_ours_that_may_not_be_seen_is_a_denial() -> None:
    run()

    class Blind(CloudAccess):
        def call(self, service: str, operation: str, **parameters: object) -> dict[str, object]:
            raise CloudError("AUTH-DENIED", "AWS refused s3:ListBucket.", aws_code="403", status=403)

    blind = Blind({"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE000000000", "AWS_SECRET_ACCESS_KEY": "x"}, "us-east-1", ACCOUNT)
    with pytest.raises(CloudError) as caught:
        run(cloud=blind)
    assert caught.value.code == "AUTH-DENIED"


class Late(CloudAccess):
    """A region that has not heard of the new bucket yet for some reads."""

    deaf = 3

    def call(self, service: str, operation: str, **parameters: object) -> dict[str, object]:
        answer = super().call(service, operation, **parameters) if operation.startswith("create_") else None
        if answer is None and self.made and self.deaf:
            self.deaf -= 1
            raise CloudError("CLOUD-ERROR", "Not found.", aws_code="NoSuchBucket", status=404)
        self.made = self.made or answer is not None
        return answer if answer is not None else super().call(service, operation, **parameters)

    made = False


def test_a_fresh_bucket_is_waited_for() -> None:
    late = Late({"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE000000000", "AWS_SECRET_ACCESS_KEY": "x"}, "us-east-1", ACCOUNT)
    patience = Patience()
    result, _ = run(cloud=late, pause=patience)
    assert result.holds
    assert patience.seconds > 0


def test_a_setting_that_does_not_stick_is_not_called_done(monkeypatch: pytest.MonkeyPatch) -> None:
    class Undoing(CloudAccess):
        def call(self, service: str, operation: str, **parameters: object) -> dict[str, object]:
            return {} if operation == "put_bucket_versioning" else super().call(service, operation, **parameters)

    undone = Undoing({"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE000000000", "AWS_SECRET_ACCESS_KEY": "x"}, "us-east-1", ACCOUNT)
    with pytest.raises(WizardError) as caught:
        run(cloud=undone)
    assert caught.value.code == "BOOTSTRAP-UNPROVEN"


def test_the_lock_table_is_an_option() -> None:
    environment = Deployment(lock_table="terraform-locks")
    result, _ = run(environment)
    assert [row.name for row in result.rows] == SETTINGS + TABLE
    assert result.holds
    table = boto3.client("dynamodb", region_name="us-east-1").describe_table(TableName="terraform-locks")["Table"]
    assert table["KeySchema"] == [{"AttributeName": "LockID", "KeyType": "HASH"}]
    assert table["DeletionProtectionEnabled"] is True
    assert set(outcomes(run(environment)[0].rows).values()) == {"ok"}


def test_a_table_that_is_still_busy_is_waited_for() -> None:
    class Busy(CloudAccess):
        left = 2

        def call(self, service: str, operation: str, **parameters: object) -> dict[str, object]:
            if operation == "update_continuous_backups" and self.left:
                self.left -= 1
                code = "ContinuousBackupsUnavailableException"
                raise CloudError("CLOUD-ERROR", "Backups are being enabled.", aws_code=code, status=400)
            return super().call(service, operation, **parameters)

    busy = Busy({"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE000000000", "AWS_SECRET_ACCESS_KEY": "x"}, "us-east-1", ACCOUNT)
    patience = Patience()
    result, _ = run(Deployment(lock_table="terraform-locks"), cloud=busy, pause=patience)
    assert result.holds
    assert patience.seconds > 0


def plain_table(key: str) -> None:
    boto3.client("dynamodb", region_name="us-east-1").create_table(
        TableName="terraform-locks",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
        # The emulator cannot switch it on later.
        SSESpecification={"Enabled": True},
    )


def test_somebodys_lock_table_is_adopted_only_when_asked() -> None:
    plain_table("LockID")
    environment = Deployment(lock_table="terraform-locks")
    with pytest.raises(UsageError, match="terraform-locks"):
        run(environment)
    result, _ = run(environment, mode="adopt")
    assert result.holds
    assert outcomes(result.rows)["lock-table-billing"] == "changed"


def test_a_table_that_cannot_hold_a_lock_is_refused() -> None:
    plain_table("id")
    with pytest.raises(UsageError) as caught:
        run(Deployment(lock_table="terraform-locks"), mode="adopt")
    assert caught.value.code == "LOCK-TABLE-UNFIT"


def test_encryption_with_a_key_of_the_account_is_an_option() -> None:
    key = boto3.client("kms", region_name="us-east-1").create_key()["KeyMetadata"]["Arn"]
    environment = Deployment(state_kms_key_arn=key)
    result, _ = run(environment)
    assert outcomes(result.rows)["encryption"] == "changed"
    assert set(outcomes(run(environment)[0].rows).values()) == {"ok"}
    assert backend_config(environment)["kms_key_id"] == key


def test_the_backend_has_no_switch_of_an_emulator() -> None:
    assert backend_config(Deployment()) == {
        "bucket": Deployment().state_bucket,
        "key": "datalake/dev/terraform.tfstate",
        "region": "us-east-1",
        "encrypt": True,
        "use_lockfile": True,
    }
    assert backend_config(replace(Deployment(), lock_table="terraform-locks"))["dynamodb_table"] == "terraform-locks"
