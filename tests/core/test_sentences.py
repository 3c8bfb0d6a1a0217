"""One plain sentence for every change, also of types that nobody thought of."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocorp_wizard.adapters.snapshot import packaged_tree
from autocorp_wizard.core.events import Action
from autocorp_wizard.core.sentences import changed_words, sentence
from autocorp_wizard.core.wordings import WORDINGS

TYPES = sorted(
    {
        name
        for path in packaged_tree().terraform.rglob("*.tf")
        for name in re.findall(r'(?m)^resource "([a-z0-9_]+)"', path.read_text())
    }
)


@pytest.mark.parametrize("of_type", TYPES)
def test_every_type_of_the_tree_has_words_of_its_own(of_type: str):
    assert of_type in WORDINGS


@pytest.mark.parametrize(
    ("action", "of_type", "values", "said"),
    [
        (Action.CREATE, "aws_s3_bucket", {"bucket": "lake"}, "Creates the bucket lake."),
        (Action.CREATE, "aws_s3_bucket_versioning", {}, "Keeps earlier versions of the objects in bucket x."),
        (Action.CREATE, "aws_vpc", {"tags": {"Name": "dev-vpc"}}, "Creates the network (VPC) dev-vpc."),
        (Action.DELETE, "aws_iam_role", {"name": "glue"}, "Deletes the role glue."),
        (Action.FORGET, "aws_iam_role", {"name": "glue"}, "Lets go of the role glue; it stays in the account."),
        (Action.IMPORT, "aws_iam_role", {"name": "glue"}, "Takes over the role glue, which exists already."),
        (
            Action.CREATE,
            "aws_vpc_security_group_ingress_rule",
            {"description": "Source database", "cidr_ipv4": "10.0.0.0/8"},
            'Creates the incoming rule "Source database" (10.0.0.0/8).',
        ),
        (Action.CREATE, "aws_dms_replication_config", {"name": "r"}, "Creates the dms replication config r."),
        (Action.CREATE, "random_pet", {}, "Creates the random pet x."),
    ],
)
def test_a_change_reads_as_a_person_would_say_it(action: Action, of_type: str, values: dict[str, object], said: str):
    before, after = ({}, values) if action is not Action.DELETE else (values, {})
    assert sentence(action, of_type, "x", before, after) == said


def test_an_update_names_what_changes_in_words_and_not_too_much_of_it():
    changed = ["assume_role_policy.Statement[0].Action", "tags.Name", "tags_all.Name", "max_session_duration"]
    assert sentence(Action.UPDATE, "aws_iam_role", "x", {"name": "glue"}, {"name": "glue"}, changed=changed) == (
        "Changes the role glue: who may take the role, its tags and max session duration."
    )
    assert changed_words(["a", "b", "c", "d", "e", "f"]) == "a, b, c and 3 other attributes"
    assert changed_words([]) == ""


def test_the_reason_follows():
    said = sentence(Action.REPLACE, "aws_vpc", "x", {}, {}, reason="is replaced because that was asked for")
    assert said == "Replaces the network (VPC) x. It is replaced because that was asked for."


@given(
    st.sampled_from(list(Action)),
    st.sampled_from([*WORDINGS, "aws_new_thing", "other"]),
    st.dictionaries(st.sampled_from(["name", "bucket", "tags", "description"]), st.text(max_size=5) | st.none()),
)
def test_there_is_always_a_whole_sentence(action: Action, of_type: str, values: dict[str, object]):
    said = sentence(action, of_type, "label", values, values)
    assert said[0].isupper()
    assert said.endswith(".")
    assert "{" not in said or "{" in "".join(str(value) for value in values.values())
