"""What changes inside a resource: readable, complete, and without a secret."""

import json

from hypothesis import given
from hypothesis import strategies as st

from autocorp_wizard.core.attributes import SENSITIVE, UNKNOWN, AttributeChange, attribute_changes, masked


def changes(before: object, after: object, unknown: object = None, marks: tuple[object, object] = ({}, {})):
    return attribute_changes(
        {
            "before": before,
            "after": after,
            "after_unknown": unknown or {},
            "before_sensitive": marks[0],
            "after_sensitive": marks[1],
        }
    )


def test_a_nested_value_is_named_by_its_path():
    assert changes({"rule": [{"id": "a", "days": 90}]}, {"rule": [{"id": "a", "days": 30}]}) == (
        AttributeChange("rule[0].days", 90, 30),
    )
    assert changes({"m": {"a b": 1}}, {"m": {"a b": 2}})[0].path == 'm["a b"]'


def test_a_create_lists_what_is_set_and_leaves_out_what_is_empty():
    found = changes(None, {"bucket": "lake", "acl": None, "tags": {}, "rules": [], "cors": ""}, {"arn": True})
    assert [(item.path, item.after_text) for item in found] == [("bucket", "lake"), ("arn", UNKNOWN)]


def test_what_aws_decides_is_not_known_before_the_apply():
    (change,) = changes({"version": "3"}, {}, {"version": True})
    assert (change.before, change.after, change.known) == ("3", None, False)
    assert change.after_text == UNKNOWN


def test_a_sensitive_value_is_masked_on_both_sides_and_only_shown_when_it_changes():
    marks = ({"password": True}, {"password": True})
    assert changes({"password": "hunter2"}, {"password": "hunter2"}, None, marks) == ()
    assert changes({"password": "hunter2"}, {"password": "hunter3"}, None, marks) == (
        AttributeChange("password", SENSITIVE, SENSITIVE, sensitive=True),
    )


def test_a_value_that_only_one_side_calls_sensitive_is_masked_all_the_same():
    (change,) = changes({"password": "hunter2"}, {"password": "hunter2x"}, None, ({"password": True}, {}))
    assert "hunter2" not in repr(change)


def test_a_policy_is_compared_statement_by_statement():
    def policy(action: str) -> str:
        return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": [action]}]})

    assert changes({"policy": policy("s3:GetObject")}, {"policy": policy("s3:*")}) == (
        AttributeChange("policy.Statement[0].Action", ["s3:GetObject"], ["s3:*"]),
    )


def test_elements_that_only_moved_in_a_set_are_no_change():
    rules = [{"port": 1}, {"port": 2}, {"port": 3}]
    assert changes({"rules": rules}, {"rules": rules[::-1]}) == ()
    assert changes({"rules": rules}, {"rules": [{"port": 0}, *rules]}) == (AttributeChange("rules[0].port", None, 0),)


def test_a_list_of_plain_values_is_shown_as_one():
    assert changes({"ids": ["a", "b"]}, {"ids": ["b", "c"]}) == (AttributeChange("ids", ["a", "b"], ["b", "c"]),)
    (partly,) = changes({"ids": ["a"]}, {"ids": ["a", None]}, {"ids": [False, True]})
    assert partly.after == ["a", UNKNOWN]


def test_a_tag_that_changed_is_listed_once():
    before, after = (
        {"tags": {"Name": "a"}, "tags_all": {"Name": "a"}},
        {"tags": {"Name": "b"}, "tags_all": {"Name": "b"}},
    )
    assert [item.path for item in changes(before, after)] == ["tags.Name"]
    assert [item.path for item in changes({"tags_all": {"Env": "a"}}, {"tags_all": {"Env": "b"}})] == ["tags_all.Env"]


leaves = st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=5)
documents = st.dictionaries(
    st.text(max_size=4),
    st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_size=4,
)


def marked(value: object, draw) -> object:
    if isinstance(value, dict):
        return True if draw(st.integers(0, 9)) == 0 else {key: marked(inner, draw) for key, inner in value.items()}
    if isinstance(value, list):
        return [marked(inner, draw) for inner in value]
    return draw(st.booleans())


@given(documents)
def test_equal_objects_have_no_changes(document: dict[str, object]):
    assert changes(document, document) == ()


@given(documents, documents)
def test_any_two_objects_can_be_compared(before: dict[str, object], after: dict[str, object]):
    for change in changes(before, after):
        assert change.before != change.after


@given(st.data(), documents)
def test_no_marked_text_ever_shows(data: st.DataObject, document: dict[str, object]):
    def secrets(value: object) -> object:
        if isinstance(value, dict):
            return {key: secrets(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [secrets(inner) for inner in value]
        return f"hunter2{value}"

    before = secrets(document)
    marks = {
        key: marked(value, data.draw) if isinstance(value, dict | list) else True for key, value in document.items()
    }
    hidden = masked(before, marks)

    def visible(value: object, mark: object) -> int:
        if mark is True:
            return 0
        if isinstance(value, dict):
            return sum(visible(inner, mark.get(key)) for key, inner in value.items())
        if isinstance(value, list):
            return sum(visible(inner, mark[index]) for index, inner in enumerate(value))
        return 1

    shown = "".join(f"{item.before_text}{item.after_text}" for item in changes(before, None, None, (marks, {})))
    assert json.dumps(hidden).count("hunter2") == shown.count("hunter2") == visible(before, marks)
