"""Bucket policies are judged as AWS judges them: conditions count, absent keys too."""

import json

import pytest

from autocorp_wizard.rehearsal.bucketpolicy import PolicyRequest, denial, iam_action

ACCOUNT = "999999999999"
BUCKET = "arn:aws:s3:::lake"


def _policy(**statement: object) -> str:
    base = {"Sid": "Probe", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [BUCKET, f"{BUCKET}/*"]}
    return json.dumps({"Version": "2012-10-17", "Statement": [base | statement]})


def _request(action: str = "s3:PutObject", resource: str = f"{BUCKET}/raw/a", **conditions: str) -> PolicyRequest:
    keys = {name.replace("__", ":").replace("_", "-"): value for name, value in conditions.items()}
    return PolicyRequest(action, resource, f"arn:aws:iam::{ACCOUNT}:user/me", ACCOUNT, keys)


def _denied(policy: str, request: PolicyRequest) -> bool:
    return denial(policy, request) is not None


def test_the_denying_statement_is_named_by_its_sid_or_number() -> None:
    assert denial(_policy(), _request()) == "Probe"
    assert denial(_policy(Sid=""), _request()) == "1"


def test_plain_http_is_denied_and_tls_is_not() -> None:
    policy = _policy(Condition={"Bool": {"aws:SecureTransport": "false"}})
    assert _denied(policy, _request(aws__securetransport="false"))
    assert not _denied(policy, _request(aws__securetransport="true"))


def test_json_booleans_and_numbers_count_like_their_text() -> None:
    policy = _policy(Condition={"Bool": {"aws:SecureTransport": False}})
    assert _denied(policy, _request(aws__securetransport="false"))
    policy = _policy(Condition={"NumericLessThan": {"s3:TlsVersion": 1.2}})
    assert _denied(policy, _request(s3__tlsversion="1.1"))
    assert not _denied(policy, _request(s3__tlsversion="1.3"))


@pytest.mark.parametrize(
    ("operator", "found", "denied"),
    [
        ("StringEquals", "aws:kms", True),
        ("StringEquals", "AES256", False),
        ("StringEquals", None, False),
        ("StringNotEquals", "aws:kms", False),
        ("StringNotEquals", "AES256", True),
        # A negated operator matches when the key is absent: that is how uploads without the header are denied.
        ("StringNotEquals", None, True),
        ("StringNotEqualsIfExists", None, True),
        ("StringEqualsIfExists", None, True),
        ("StringEqualsIgnoreCase", "AWS:KMS", True),
        ("StringLike", "aws:kms", True),
        ("ForAnyValue:StringEquals", "aws:kms", True),
        ("DateGreaterThan", "aws:kms", False),
    ],
)
def test_operators_meet_present_and_absent_keys(operator: str, found: str | None, denied: bool) -> None:
    policy = _policy(Condition={operator: {"s3:x-amz-server-side-encryption": "aws:kms"}})
    request = _request() if found is None else _request(s3__x_amz_server_side_encryption=found)
    assert _denied(policy, request) is denied


def test_null_asks_whether_a_key_is_there() -> None:
    absent = _policy(Condition={"Null": {"s3:x-amz-server-side-encryption": "true"}})
    assert _denied(absent, _request())
    assert not _denied(absent, _request(s3__x_amz_server_side_encryption="AES256"))
    present = _policy(Condition={"Null": {"s3:x-amz-server-side-encryption": "false"}})
    assert not _denied(present, _request())


def test_several_conditions_must_all_hold_and_several_values_any() -> None:
    policy = _policy(
        Condition={"StringEquals": {"s3:x-amz-acl": ["public-read", "public-read-write"]}, "Bool": {"aws:x": "true"}}
    )
    assert _denied(policy, _request(s3__x_amz_acl="public-read", aws__x="true"))
    assert not _denied(policy, _request(s3__x_amz_acl="public-read", aws__x="false"))
    assert not _denied(policy, _request(s3__x_amz_acl="private", aws__x="true"))


def test_addresses_are_compared_as_networks() -> None:
    policy = _policy(Condition={"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "127.0.0.0/8"]}})
    assert not _denied(policy, _request(aws__sourceip="127.0.0.1"))
    assert _denied(policy, _request(aws__sourceip="192.168.1.1"))


def test_actions_and_resources_know_wildcards_and_negation() -> None:
    assert not _denied(_policy(Action="s3:Get*"), _request())
    assert _denied(_policy(Action=["s3:get*", "S3:PUTOBJECT"]), _request())
    assert not _denied(_policy(Resource=f"{BUCKET}/curated/*"), _request())
    assert not _denied(_policy(Resource=BUCKET), _request())
    without_action = json.loads(_policy(NotAction="s3:Get*"))
    del without_action["Statement"][0]["Action"]
    assert _denied(json.dumps(without_action), _request())
    assert not _denied(json.dumps(without_action), _request("s3:GetObject"))
    assert not _denied(_policy(Resource=f"{BUCKET}/raw/[a]"), _request())


def test_principals_are_ours_everybodys_or_somebody_elses() -> None:
    for principal in ("*", {"AWS": "*"}, {"AWS": [ACCOUNT]}, {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}):
        assert _denied(_policy(Principal=principal), _request())
    for principal in ({"Service": "logging.s3.amazonaws.com"}, {"AWS": "arn:aws:iam::111111111111:root"}):
        assert not _denied(_policy(Principal=principal), _request())
    except_us = json.loads(_policy(NotPrincipal={"AWS": f"arn:aws:iam::{ACCOUNT}:user/me"}))
    del except_us["Statement"][0]["Principal"]
    assert not _denied(json.dumps(except_us), _request())


def test_an_allow_denies_nothing_and_one_statement_need_not_be_a_list() -> None:
    assert not _denied(_policy(Effect="Allow"), _request())
    alone = json.loads(_policy())
    alone["Statement"] = alone["Statement"][0]
    assert _denied(json.dumps(alone), _request())


def test_operations_ask_for_the_action_that_iam_knows_them_by() -> None:
    assert iam_action("HeadObject", versioned=False) == "s3:GetObject"
    assert iam_action("HeadObject", versioned=True) == "s3:GetObjectVersion"
    assert iam_action("ListObjectsV2", versioned=False) == "s3:ListBucket"
    assert iam_action("PutBucketPolicy", versioned=False) == "s3:PutBucketPolicy"
