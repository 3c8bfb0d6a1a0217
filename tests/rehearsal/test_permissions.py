"""A role may do what its policies allow, to whom its trust policy speaks, and nothing else."""

import json

import pytest

from autocorp_wizard.rehearsal import permissions
from autocorp_wizard.rehearsal.address import ACCOUNT_ID

TRUST = {
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "dms.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT_ID}},
    }
}
POLICY = {
    "Statement": [
        {"Effect": "Allow", "Action": "s3:*Object", "Resource": "arn:aws:s3:::lake/raw/*"},
        {
            "Effect": "Allow",
            "Action": ["s3:ListBucket"],
            "Resource": "arn:aws:s3:::lake",
            "Condition": {"StringLike": {"s3:prefix": ["raw/*"]}},
        },
        {"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"},
    ]
}


@pytest.fixture(scope="module")
def role() -> str:
    from moto.iam.models import iam_backends

    backend = iam_backends[ACCOUNT_ID]["aws"]
    made = backend.create_role("judged", json.dumps(TRUST), "/", None, "", [], "3600")
    made.put_policy("inline", json.dumps(POLICY))
    return str(made.arn)


@pytest.mark.parametrize(
    ("action", "resource", "conditions"),
    [
        ("s3:PutObject", "arn:aws:s3:::lake/raw/a", {}),
        ("s3:ListBucket", "arn:aws:s3:::lake", {"s3:prefix": "raw/database"}),
    ],
)
def test_what_a_policy_allows_is_allowed(role, action, resource, conditions):
    assert permissions.denial(role, action, resource, conditions) is None


@pytest.mark.parametrize(
    ("action", "resource", "reason"),
    [
        (
            "s3:PutObject",
            "arn:aws:s3:::lake/curated/a",
            "because no identity-based policy allows the s3:PutObject action",
        ),
        ("s3:ListBucket", "arn:aws:s3:::lake", "because no identity-based policy allows"),
        ("s3:DeleteObject", "arn:aws:s3:::lake/raw/a", "with an explicit deny"),
    ],
)
def test_anything_else_is_denied_in_the_words_of_aws(role, action, resource, reason):
    assert reason in str(permissions.denial(role, action, resource))


def test_a_role_that_is_not_there_may_nothing():
    assert "does not exist" in str(permissions.denial("arn:aws:iam::1:role/none", "s3:GetObject", "*"))


def test_only_the_trusted_service_assumes_a_role(role):
    source = f"arn:aws:dms:us-east-1:{ACCOUNT_ID}:task:X"
    assert permissions.distrust(role, "dms.amazonaws.com", source) is None
    assert "not able to assume" in str(permissions.distrust(role, "glue.amazonaws.com", source))
