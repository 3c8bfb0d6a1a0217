"""What a reader of a plan looks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocorp_wizard.core.attributes import AttributeChange
from autocorp_wizard.core.change import Change, Risk
from autocorp_wizard.core.events import Action
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.plan_query import TERMS, Query, haystack_of

BUCKET = Change(
    "module.s3.aws_s3_bucket.lake",
    Action.REPLACE,
    module="module.s3",
    phase=Phase.FOUNDATION,
    resource_type="aws_s3_bucket",
    name="lake",
    provider_name="aws",
    sentence="the bucket of the data lake",
    attributes=(AttributeChange("bucket", "old", "new"),),
)
LOSS = (Risk("data-loss", BUCKET.address, "Everything in it goes."),)


def found(text: str, risks: tuple[Risk, ...] = LOSS) -> bool:
    return Query.parse(text).leaves(BUCKET, risks, haystack_of(BUCKET))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bucket",
        "data LAKE",
        "risk:any",
        "risk:data",
        "risk:data-loss action:replace phase:foundation module:s3 type:s3_bucket type:aws_s3 attribute:bucket lake",
        "-risk:none",
        "-secret",
        "risk:",
    ],
)
def test_a_query_leaves_what_all_of_its_terms_fit(text):
    assert found(text)


@pytest.mark.parametrize(
    "text",
    ["secret", "risk:none", "risk:costs-more", "-risk:any", "action:create", "phase:dms lake", "-lake", "type:s3x"],
)
def test_a_query_hides_what_one_term_does_not_fit(text):
    assert not found(text)


def test_without_a_risk_only_none_fits():
    assert found("risk:none", ())
    assert not found("risk:any", ())


def test_a_colon_that_names_no_field_is_text_like_any_other():
    assert Query.parse("arn:aws:s3").terms[0].field == ""
    assert not found("arn:aws:s3")


@given(st.text(max_size=40))
def test_any_text_can_be_typed(text):
    Query.parse(text).leaves(BUCKET, LOSS, haystack_of(BUCKET))


@given(st.sampled_from(sorted(TERMS)), st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8))
def test_a_minus_turns_a_term_around(field, value):
    assert found(f"{field}:{value}") is not found(f"-{field}:{value}")
