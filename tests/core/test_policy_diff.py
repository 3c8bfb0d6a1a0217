"""Whether a policy allows more than another is decided by what it grants, not by how it is written."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocorp_wizard.core.policy_diff import allows_everything, grants, opens_to_anyone, widened


def policy(*statements: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: object, resource: object = "arn:aws:s3:::lake/*", **more: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def test_another_action_another_resource_and_another_principal_are_named():
    before = policy(allow("s3:GetObject"))
    assert widened(before, policy(allow(["s3:GetObject", "s3:PutObject"]))) == (
        "allows s3:PutObject on arn:aws:s3:::lake/*",
    )
    assert widened(before, policy(allow("s3:GetObject", ["arn:aws:s3:::lake/*", "*"]))) == (
        "allows s3:GetObject on everything",
    )
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "glue.amazonaws.com"}}
    more = {**trust, "Principal": {"Service": "glue.amazonaws.com", "AWS": "arn:aws:iam::1:root"}}
    assert widened(policy(trust), policy(more)) == ("allows sts:AssumeRole to AWS:arn:aws:iam::1:root",)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (policy(allow(["a:X", "a:Y"])), policy(allow("a:Y"), allow("a:X"))),
        (policy(allow("s3:Get*")), policy(allow("s3:GetObject"))),
        (policy(allow("s3:*", "*")), policy(allow("s3:GetObject", "arn:aws:s3:::lake/raw/*"))),
        (policy(allow("S3:GetObject")), policy(allow("s3:getobject"))),
        (policy(allow("a:X")), policy(allow("a:X", Condition={"StringEquals": {"aws:SourceAccount": "1"}}))),
        (policy(allow("a:X", Sid="One")), policy(allow("a:X", Sid="Two"))),
        (policy(allow("a:X"), allow("a:Y")), policy(allow("a:X"))),
        (policy(), policy({"Effect": "Deny", "Action": "*", "Resource": "*"})),
    ],
)
def test_the_same_in_other_words_and_less_than_before_are_not_wider(before: str, after: str):
    assert widened(before, after) == ()


def test_a_condition_that_goes_and_a_deny_that_goes_open_a_door():
    held = policy(allow("a:X", Condition={"StringEquals": {"aws:SourceAccount": "1"}}))
    assert widened(held, policy(allow("a:X"))) == ("allows a:X on arn:aws:s3:::lake/*",)
    denied = policy({"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Principal": "*"})
    assert widened(denied, policy()) == ("no longer denies s3:* on everything",)


def test_a_value_more_in_a_condition_is_another_condition():
    one = policy(allow("a:X", Condition={"StringLike": {"s3:prefix": ["raw/csv"]}}))
    two = policy(allow("a:X", Condition={"StringLike": {"s3:prefix": ["raw/csv", "raw/*"]}}))
    assert widened(one, two) != ()
    assert widened(two, two) == ()


def test_what_is_allowed_by_exception_is_compared_as_it_stands():
    before = policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})
    assert widened(before, before) == ()
    assert widened(before, policy({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"})) != ()


def test_a_document_that_cannot_be_read_counts_when_it_changes():
    assert widened("{broken", "{broken") == ()
    assert widened("{broken", policy(allow("a:X"))) == ("it cannot be compared with what was there",)
    assert grants(None) == ()


def test_a_long_list_is_cut_and_says_how_much_more_there_is():
    assert widened(policy(), policy(allow([f"a:{n}" for n in range(9)])))[-1] == "and 6 more"


def test_open_to_anyone_means_every_principal_without_a_condition():
    everyone = allow("s3:GetObject", Principal="*")
    assert opens_to_anyone(policy(everyone))
    assert opens_to_anyone(policy({**everyone, "Principal": {"AWS": "*"}}))
    assert not opens_to_anyone(policy({**everyone, "Condition": {"StringEquals": {"aws:SourceVpce": "x"}}}))
    assert not opens_to_anyone(policy({**everyone, "Effect": "Deny"}))
    assert allows_everything(policy(allow("*", "*")))
    assert not allows_everything(policy(allow("s3:*", "*")))


names = st.sampled_from(["s3:GetObject", "s3:PutObject", "s3:*", "*", "kms:Decrypt"])
places = st.sampled_from(["*", "arn:aws:s3:::lake/*", "arn:aws:s3:::lake/raw/*", "arn:aws:s3:::other/*"])
statements = st.builds(
    lambda action, resource, effect: {"Effect": effect, "Action": action, "Resource": resource},
    st.lists(names, min_size=1, max_size=3),
    st.lists(places, min_size=1, max_size=2),
    st.sampled_from(["Allow", "Allow", "Deny"]),
)
policies = st.lists(statements, max_size=4)


@given(policies)
def test_no_policy_is_wider_than_itself_in_any_order(rules: list[dict[str, object]]):
    assert widened(policy(*rules), policy(*rules[::-1])) == ()


@given(policies, statements.filter(lambda rule: rule["Effect"] == "Allow"))
def test_taking_an_allow_away_is_never_wider(rules: list[dict[str, object]], gone: dict[str, object]):
    assert widened(policy(*rules, gone), policy(*rules)) == ()


@given(policies)
def test_allowing_something_new_is_always_named(rules: list[dict[str, object]]):
    narrower = [rule for rule in rules if rule["Effect"] == "Deny" or "*" not in rule["Action"]]
    assert widened(policy(*narrower), policy(*narrower, allow("iam:PassRole", "*"))) == (
        "allows iam:PassRole on everything",
    )
