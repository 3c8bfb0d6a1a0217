"""Terraform's state as data."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.statefile import RemoteState


def state(*resources: dict[str, object], **fields: object) -> str:
    base = {"version": 4, "serial": 7, "lineage": "a-b", "terraform_version": "1.11.4", "outputs": {}}
    return json.dumps(base | {"resources": list(resources)} | fields)


def resource(kind: str, name: str, *instances: dict[str, object], **fields: object) -> dict[str, object]:
    return {"mode": "managed", "type": kind, "name": name, "instances": list(instances)} | fields


def test_addresses_are_those_that_terraform_prints() -> None:
    read = RemoteState.parse(
        state(
            resource("aws_kms_key", "lake", {"attributes": {"id": "k"}}, module="module.kms"),
            resource(
                "aws_subnet",
                "private",
                *({"index_key": n, "attributes": {}} for n in (0, 1)),
                module="module.network[0]",
            ),
            resource("aws_s3_object", "script", {"index_key": 'a"b', "attributes": {}}),
        )
    )
    assert [each.address for each in read.resources] == [
        "module.kms.aws_kms_key.lake",
        "module.network[0].aws_subnet.private[0]",
        "module.network[0].aws_subnet.private[1]",
        'aws_s3_object.script["a\\"b"]',
    ]


def test_data_sources_and_deposed_objects_are_not_resources() -> None:
    read = RemoteState.parse(
        state(
            resource("aws_region", "here", {"attributes": {"id": "r"}}, mode="data"),
            resource(
                "aws_vpc", "lake", {"attributes": {"id": "old"}, "deposed": "12ab"}, {"attributes": {"id": "new"}}
            ),
        )
    )
    assert [each.id for each in read.resources] == ["new"]


def test_taint_and_needed_attributes_are_kept_and_nothing_else() -> None:
    attributes = {"id": "arn|v", "secret_string": "never", "secret_string_wo_version": 42, "force_destroy": False}
    read = RemoteState.parse(
        state(resource("aws_secretsmanager_secret_version", "p", {"attributes": attributes, "status": "tainted"}))
    )
    [only] = read.resources
    assert dict(only.attributes) == {"id": "arn|v", "secret_string_wo_version": "42", "force_destroy": "false"}
    assert read.tainted == ("aws_secretsmanager_secret_version.p",)
    assert "never" not in repr(read)


def test_phases_follow_from_the_modules() -> None:
    read = RemoteState.parse(
        state(
            resource("aws_s3_bucket", "lake", {"attributes": {}}, module="module.s3"),
            resource("aws_glue_job", "j", {"attributes": {}}, module="module.glue[0]"),
            resource("aws_x", "own", {"attributes": {}}),
            outputs={"data_lake_bucket_id": {"value": "b", "type": "string"}},
        )
    )
    assert read.phases == {Phase.FOUNDATION, Phase.GLUE}
    expected = {Phase.FOUNDATION: ["data_lake_bucket_id"], Phase.GLUE: ["glue_catalog_database_name"]}
    assert read.whole_phases(expected) == {Phase.FOUNDATION}


def test_sensitive_outputs_are_left_out() -> None:
    read = RemoteState.parse(
        state(outputs={"a": {"value": 1, "type": "number"}, "b": {"value": "x", "type": "string", "sensitive": True}})
    )
    assert read.outputs == {"a": 1}
    assert read.is_empty


def test_a_newer_format_is_refused() -> None:
    with pytest.raises(WizardError) as caught:
        RemoteState.parse(state(version=5))
    assert caught.value.code == "STATE-NEWER"


@given(st.text() | st.binary() | st.sampled_from(["[]", "null", "{}", '{"version":4}', '{"version":"x"}']))
def test_what_is_no_state_is_said_to_be_none(text: str | bytes) -> None:
    with pytest.raises(WizardError) as caught:
        RemoteState.parse(text)
    assert caught.value.code in {"STATE-UNREADABLE", "STATE-NEWER"}
