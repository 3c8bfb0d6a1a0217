"""S3 where the wizard leans on it: owners, policies against real requests, one winner per conditional write."""

import json
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.rehearsal.address import ACCOUNT_ID, FOREIGN_ACCOUNT_ID, CloudAddress
from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rehearsal.faults import CloudControl
from tests.cloud_fixtures import ClientFor

pytestmark = pytest.mark.slow
Unique = Callable[[str], str]


def _code(failed: pytest.ExceptionInfo[ClientError]) -> tuple[int, str]:
    response = failed.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


def test_an_expected_owner_is_checked(client_for: ClientFor, unique: Unique) -> None:
    s3, bucket = client_for("s3"), unique("owned")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"x", ExpectedBucketOwner=ACCOUNT_ID)
    assert s3.get_bucket_versioning(Bucket=bucket, ExpectedBucketOwner=ACCOUNT_ID)
    for ask in (
        lambda: s3.put_object(Bucket=bucket, Key="k", Body=b"y", ExpectedBucketOwner="111111111111"),
        lambda: s3.get_object(Bucket=bucket, Key="k", ExpectedBucketOwner="111111111111"),
        lambda: s3.put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}, ExpectedBucketOwner="111111111111"
        ),
        lambda: s3.copy_object(
            Bucket=bucket, Key="c", CopySource=f"{bucket}/k", ExpectedSourceBucketOwner="111111111111"
        ),
    ):
        with pytest.raises(ClientError) as failed:
            ask()
        assert _code(failed) == (403, "AccessDenied")
    with pytest.raises(ClientError) as failed:
        s3.head_bucket(Bucket=bucket, ExpectedBucketOwner="111111111111")
    assert _code(failed)[0] == 403
    # Refused without being looked at, a large body still gets its answer, not a reset connection.
    with pytest.raises(ClientError) as failed:
        s3.put_object(Bucket=bucket, Key="k", Body=bytes(8_000_000), ExpectedBucketOwner="111111111111")
    assert _code(failed) == (403, "AccessDenied")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"


def test_a_bucket_of_somebody_else_is_closed_and_its_name_taken(
    client_for: ClientFor, unique: Unique, cloud: CloudAddress, cloud_home: Path
) -> None:
    del cloud
    control, s3, bucket = CloudControl(RehearsalCloud(cloud_home)), client_for("s3"), unique("foreign")
    control.create_foreign_bucket(bucket)
    with pytest.raises(ClientError) as failed:
        s3.create_bucket(Bucket=bucket)
    assert _code(failed) == (409, "BucketAlreadyExists")
    for ask in (
        lambda: s3.head_bucket(Bucket=bucket),
        lambda: s3.put_object(Bucket=bucket, Key="k", Body=b""),
        lambda: s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=FOREIGN_ACCOUNT_ID),
        lambda: s3.delete_bucket(Bucket=bucket),
    ):
        with pytest.raises(ClientError) as failed:
            ask()
        assert _code(failed)[0] == 403
    assert bucket not in {found["Name"] for found in s3.list_buckets()["Buckets"]}
    with pytest.raises(WizardError, match="exists"):
        control.create_foreign_bucket(bucket)


def test_our_own_bucket_twice_is_fine_in_the_first_region_and_a_missing_one_is_missing(
    client_for: ClientFor, unique: Unique
) -> None:
    s3, bucket = client_for("s3"), unique("twice")
    s3.create_bucket(Bucket=bucket)
    s3.create_bucket(Bucket=bucket)
    with pytest.raises(ClientError) as failed:
        s3.head_bucket(Bucket=unique("missing"), ExpectedBucketOwner=ACCOUNT_ID)
    assert _code(failed)[0] == 404


def test_a_tls_only_policy_lets_tls_pass_and_an_encryption_policy_judges_the_header(
    client_for: ClientFor, unique: Unique
) -> None:
    s3, bucket = client_for("s3"), unique("judged")
    s3.create_bucket(Bucket=bucket)
    arn = f"arn:aws:s3:::{bucket}"
    deny = {"Effect": "Deny", "Principal": "*"}
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    plain = {"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}}
    old_tls = {"NumericLessThan": {"s3:TlsVersion": "1.2"}}
    statements = [
        deny | {"Action": "s3:*", "Resource": [arn, f"{arn}/*"], "Condition": insecure},
        deny | {"Action": "s3:*", "Resource": [arn, f"{arn}/*"], "Condition": old_tls},
        deny | {"Sid": "Encrypt", "Action": "s3:PutObject", "Resource": f"{arn}/secret/*", "Condition": plain},
        deny | {"Sid": "Keep", "Action": "s3:DeleteObject", "Resource": f"{arn}/kept/*"},
    ]
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))
    for key in ("free/a", "kept/a"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    with pytest.raises(ClientError, match="explicit deny") as failed:
        s3.put_object(Bucket=bucket, Key="secret/a", Body=b"x")
    assert _code(failed) == (403, "AccessDenied")
    s3.put_object(Bucket=bucket, Key="secret/a", Body=b"x", ServerSideEncryption="aws:kms")
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "free/a"}, {"Key": "kept/a"}]})
    assert [deleted["Key"] for deleted in answer["Deleted"]] == ["free/a"]
    assert [(error["Key"], error["Code"]) for error in answer["Errors"]] == [("kept/a", "AccessDenied")]
    with pytest.raises(ClientError, match="Keep"):
        s3.delete_object(Bucket=bucket, Key="kept/a")


def test_a_versioned_bucket_empties_although_markers_lie_before_versions(client_for: ClientFor, unique: Unique) -> None:
    s3, bucket = client_for("s3"), unique("versioned")
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    for _ in range(2):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x")
        s3.delete_object(Bucket=bucket, Key="k")
    listed = s3.list_object_versions(Bucket=bucket)
    # Content first, so that a marker is the last thing left of the key.
    for found in (*listed["Versions"], *listed["DeleteMarkers"]):
        s3.delete_object(Bucket=bucket, Key="k", VersionId=found["VersionId"])
    assert "Versions" not in s3.list_object_versions(Bucket=bucket)
    s3.delete_bucket(Bucket=bucket)


def _lost(error: ClientError, code: str) -> bool:
    if error.response["Error"]["Code"] != code:
        raise error
    return False


def _race(count: int, attempt: Callable[[int], bool]) -> int:
    start = threading.Barrier(count)
    winners: list[int] = []
    failures: list[ClientError] = []

    def run(number: int) -> None:
        start.wait()
        try:
            won = attempt(number)
        except ClientError as error:
            failures.append(error)
        else:
            winners.extend([number] if won else [])

    runners = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert failures == []
    return len(winners)


def test_of_many_who_create_the_same_object_one_wins(client_for: ClientFor, unique: Unique) -> None:
    bucket = unique("race")
    clients = [client_for("s3") for _ in range(12)]
    clients[0].create_bucket(Bucket=bucket)

    def attempt(key: str, number: int) -> bool:
        try:
            clients[number].put_object(Bucket=bucket, Key=key, Body=b"%d" % number, IfNoneMatch="*")
        except ClientError as error:
            return _lost(error, "PreconditionFailed")
        return True

    for round_ in range(8):
        assert _race(12, lambda number, key=f"lock-{round_}": attempt(key, number)) == 1


def test_of_many_who_replace_the_same_version_one_wins(client_for: ClientFor, unique: Unique) -> None:
    bucket = unique("swap")
    clients = [client_for("s3") for _ in range(8)]
    clients[0].create_bucket(Bucket=bucket)
    for _ in range(5):
        etag = clients[0].put_object(Bucket=bucket, Key="k", Body=b"start")["ETag"]

        def attempt(number: int, etag: str = etag) -> bool:
            try:
                clients[number].put_object(Bucket=bucket, Key="k", Body=b"%d" % number, IfMatch=etag)
            except ClientError as error:
                return _lost(error, "PreconditionFailed")
            return True

        assert _race(8, attempt) == 1


def test_of_many_who_take_the_same_lock_item_one_wins(client_for: ClientFor, unique: Unique) -> None:
    table = unique("locks")
    clients = [client_for("dynamodb") for _ in range(8)]
    clients[0].create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for round_ in range(5):

        def attempt(number: int, lock: str = f"lock-{round_}") -> bool:
            try:
                clients[number].put_item(
                    TableName=table,
                    Item={"LockID": {"S": lock}, "Who": {"N": str(number)}},
                    ConditionExpression="attribute_not_exists(LockID)",
                )
            except ClientError as error:
                return _lost(error, "ConditionalCheckFailedException")
            return True

        assert _race(8, attempt) == 1


def test_settings_that_the_stock_emulator_lacks_are_kept(client_for: ClientFor, unique: Unique) -> None:
    s3, bucket = client_for("s3"), unique("tiered")
    s3.create_bucket(Bucket=bucket)
    tiers = {"Id": "all", "Status": "Enabled", "Tierings": [{"Days": 90, "AccessTier": "ARCHIVE_ACCESS"}]}
    s3.put_bucket_intelligent_tiering_configuration(Bucket=bucket, Id="all", IntelligentTieringConfiguration=tiers)
    got = s3.get_bucket_intelligent_tiering_configuration(Bucket=bucket, Id="all")
    assert got["IntelligentTieringConfiguration"] == tiers
    listed = s3.list_bucket_intelligent_tiering_configurations(Bucket=bucket)
    assert listed["IntelligentTieringConfigurationList"] == [tiers]
    s3.delete_bucket_intelligent_tiering_configuration(Bucket=bucket, Id="all")
    with pytest.raises(ClientError) as failed:
        s3.get_bucket_intelligent_tiering_configuration(Bucket=bucket, Id="all")
    assert _code(failed) == (404, "NoSuchConfiguration")
    assert s3.get_bucket_request_payment(Bucket=bucket)["Payer"] == "BucketOwner"
    s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration={"Payer": "Requester"})
    assert s3.get_bucket_request_payment(Bucket=bucket)["Payer"] == "Requester"
    s3.head_bucket(Bucket=bucket)
