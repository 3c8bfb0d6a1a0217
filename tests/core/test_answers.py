"""Answers: what is accepted, what is refused, and what a person is told."""

from pathlib import Path

import hcl2
import pytest
from hypothesis import given as sampled
from hypothesis import strategies as st

from autocorp_wizard.core import answers
from autocorp_wizard.core.answers import Kind, Origin
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.fields import SCHEMA
from autocorp_wizard.core.presets import PRESETS, Preset
from autocorp_wizard.core.regions import REGIONS

TERRAFORM = Path(__file__).parents[2] / "terraform"

# Written by the wizard and asked of nobody.
DERIVED = {
    "dms_start_replication",
    "enable_datasync",
    "enable_dms",
    "enable_glue",
    "environment",
    "postgres_password",
    "postgres_password_counter",
}

KINDS = {
    "string": {Kind.TEXT, Kind.CHOICE},
    "number": {Kind.WHOLE},
    "bool": {Kind.FLAG},
    "list": {Kind.LIST},
    "set": {Kind.LIST},
    "map": {Kind.MAP},
    "object": {Kind.MAP},
}


def plain(value):
    """An HCL literal as a Python value."""
    return value.strip('"') if isinstance(value, str) else value


@pytest.fixture(scope="module")
def variables():
    path = TERRAFORM / "variables.tf"
    if not path.exists():
        pytest.skip("the Terraform tree is not in this checkout")
    with path.open() as file:
        document = hcl2.load(file)
    return {name.strip('"'): body for block in document["variable"] for name, body in block.items()}


def test_every_terraform_input_is_a_question_or_derived_by_the_wizard(variables):
    asked = {field.name for field in SCHEMA.fields if field.variable}
    assert asked == set(variables) - DERIVED


def test_kinds_agree_with_the_types_of_the_terraform_inputs(variables):
    for field in SCHEMA.fields:
        if field.variable:
            constraint = str(variables[field.name]["type"]).strip("${}").split("(")[0].strip()
            assert field.kind in KINDS[constraint], field.name


def test_defaults_agree_with_the_terraform_inputs(variables):
    for field in SCHEMA.fields:
        if field.variable:
            default = variables[field.name].get("default")
            default = [plain(each) for each in default] if isinstance(default, list) else plain(default)
            assert field.default == (None if default == "null" else default), field.name


@pytest.mark.parametrize("preset", list(Preset))
def test_presets_agree_with_the_tfvars_files(preset, variables):
    with (TERRAFORM / "environments" / f"{preset.value}.tfvars").open() as file:
        document = {name: plain(value) for name, value in hcl2.load(file).items() if not name.startswith("__")}
    assert document.pop("environment") == preset.value
    assert dict(PRESETS[preset]) == document


def test_regions_are_those_of_the_sdk():
    import botocore.session

    session = botocore.session.Session()
    known = {
        region
        for partition in ("aws", "aws-cn", "aws-us-gov")
        for region in session.get_available_regions("s3", partition_name=partition)
    }
    assert known == REGIONS


def test_every_question_has_help_a_reason_and_an_example_that_it_accepts():
    for field in SCHEMA.fields:
        assert field.help.endswith("."), field.name
        assert field.why.endswith("."), field.name
        assert answers.refuse(field, field.example) is None, field.name


@pytest.mark.parametrize("preset", list(Preset))
def test_every_default_is_an_answer_that_would_be_accepted(preset):
    for field in SCHEMA.fields:
        value, _ = field.default_for(preset)
        assert answers.refuse(field, value) is None, field.name


def test_presets_answer_only_questions_that_exist():
    for values in PRESETS.values():
        assert set(values) <= set(SCHEMA.by_name)


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [("postgress_host", "postgres_host"), ("regoin", "region"), ("lifecycle_days", "s3_lifecycle_days")],
)
def test_an_unknown_key_names_the_nearest_one(wrong, nearest):
    (problem,) = SCHEMA.check({wrong: "x"})
    assert nearest in problem.why
    assert problem.code == "ANSWER-UNKNOWN"


@pytest.mark.parametrize("name", ["postgres_password", "aws_secret_access_key", "smb-password", "api_token"])
def test_a_secret_in_the_answers_is_refused_with_its_right_place(name):
    (problem,) = SCHEMA.check({name: "hunter2"})
    assert problem.code == "ANSWER-SECRET"
    assert "secret set" in problem.remedy
    assert "hunter2" not in f"{problem.what}{problem.why}{problem.remedy}"


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("account_id", "1234", "12 digits"),
        ("region", "us-esat-1", "no region"),
        ("postgres_port", 70000, "1 to 65535"),
        ("postgres_port", "5432", "a whole number"),
        ("postgres_port", True, "a whole number"),
        ("postgres_host", "postgres://u:p@db/x", "address only"),
        ("postgres_host", "db.example.com:5432", "port"),
        ("project_name", "Auto_Corp", "lower-case"),
        ("project_name", "a" * 21, "21 characters"),
        ("project_name", "a", "1 characters"),
        ("project_name", "auto--corp", "single hyphens"),
        ("vpc_cidr", "10.60.0.1/22", "IPv4 network"),
        ("vpc_cidr", "10.0.0.0/8", "/8"),
        ("secret_recovery_window_days", 3, "7 to 30 days, or 0"),
        ("glue_crawler_schedule", "daily", "cron("),
        ("glue_crawler_schedule", "cron(0 2 * * * *)", "question mark"),
        ("s3_encryption", "SSE_KMS", "one of SSE-KMS, SSE-S3"),
        ("tags", {"Project": "x"}, "set by the wizard"),
        ("tags", {"Team": 7}, "no text"),
        ("s3_intelligent_tiering_zones", ["curatd"], "none of"),
        ("s3_replication", {"bucket_arn": "x"}, "no bucket's ARN"),
        ("s3_cors_rules", [{"allowed_methods": ["GET"]}], "at least one method and one origin"),
        ("datasync_agent_arns", ["agent-1"], "DataSync agent"),
        ("preset", "production", "one of dev, staging, prod"),
    ],
)
def test_a_refused_value_comes_with_a_reason_and_a_remedy(name, value, why):
    (problem,) = SCHEMA.check({name: value})
    assert why in problem.why
    assert problem.remedy


def test_a_wrong_choice_names_the_nearest():
    (problem,) = SCHEMA.check({"preset": "stagin"})
    assert problem.remedy == "Did you mean staging?"


def test_a_value_says_where_it_came_from():
    resolved = SCHEMA.resolve({"region": "eu-west-1", "account_id": "123456789012"}, Preset.DEV, ["account_id"])
    assert resolved["region"].origin is Origin.GIVEN
    assert resolved["account_id"].origin is Origin.DETECTED
    assert resolved["force_destroy"].origin is Origin.PRESET
    assert resolved["postgres_port"].origin is Origin.DEFAULT


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("postgres_port", " 5433 ", 5433),
        ("force_destroy", "yes", True),
        ("force_destroy", "FALSE", False),
        ("availability_zones", "us-east-1a, us-east-1b", ["us-east-1a", "us-east-1b"]),
        ("availability_zones", "", []),
        ("tags", '{"CostCenter": "4711"}', {"CostCenter": "4711"}),
        ("vpc_id", "", None),
        ("postgres_host", "db", "db"),
    ],
)
def test_what_a_person_types_becomes_a_value(name, text, value):
    assert answers.parse(SCHEMA[name], text) == value


def test_text_that_is_no_number_is_refused_with_an_example():
    with pytest.raises(UsageError) as caught:
        answers.parse(SCHEMA["postgres_port"], "five")
    assert "whole number" in caught.value.why
    assert "5432" in caught.value.next_step


@sampled(st.sampled_from(SCHEMA.fields), st.sampled_from(list(Preset)))
def test_what_is_shown_reads_back_as_the_same_value(field, preset):
    for value in (field.example, field.default_for(preset)[0]):
        if value is not None:
            assert answers.parse(field, answers.show(value)) == value
