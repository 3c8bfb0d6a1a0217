"""An environment: its names, what Terraform gets, and what AWS would refuse."""

from datetime import date

import pytest

from autocorp_wizard.core.environment import REHEARSALS, Cloud, Environment, Waiver, rehearsal_environment
from autocorp_wizard.core.environment_document import read_answers
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.presets import Preset

GIVEN = {"cloud": "aws", "account_id": "123456789012", "region": "eu-central-1"}


def test_state_lies_in_a_bucket_named_after_project_account_and_region():
    environment = Environment("dev", GIVEN)
    assert environment.state_bucket == "autocorp-terraform-state-123456789012-eu-central-1"
    assert environment.state_key == "datalake/dev/terraform.tfstate"


def test_tfvars_always_write_all_flags_and_no_secret():
    values = Environment("dev", GIVEN, secret_counter=2).tfvars([Phase.FOUNDATION])
    assert (values["enable_glue"], values["enable_dms"], values["enable_datasync"]) == (False, False, False)
    assert values["postgres_password_counter"] == 2
    assert "postgres_password" not in values
    assert values["environment"] == "dev"
    assert None not in values.values()
    assert "preset" not in values


def test_presets_make_environments_that_differ():
    documents = [Environment("x1", GIVEN | {"preset": preset.value}).variables for preset in Preset]
    assert documents[0] != documents[1] != documents[2] != documents[0]


def test_a_given_answer_wins_over_the_preset():
    assert Environment("dev", GIVEN | {"s3_lifecycle_days": 5}).variables["s3_lifecycle_days"] == 5


@pytest.mark.parametrize("preset", list(Preset))
def test_a_rehearsal_of_every_preset_is_sound_and_touches_no_operator_identity(preset):
    environment = rehearsal_environment(preset)
    assert environment.problems() == ()
    assert environment.name == REHEARSALS[preset]
    assert environment.cloud is Cloud.REHEARSAL
    assert environment.source_is_built_in
    assert (environment.aws_profile, environment.aws_role_arn) == ("", "")
    assert environment.variables["account_id"] == "999999999999"


def test_a_rehearsal_that_names_a_host_uses_that_source():
    environment = rehearsal_environment(Preset.DEV).with_answers({"postgres_host": "127.0.0.1"})
    assert not environment.source_is_built_in


def test_names_that_are_legal_alone_but_too_long_together_are_refused():
    environment = Environment("dev", GIVEN | {"project_name": "a" * 20, "region": "ap-southeast-1"})
    (problem,) = environment.problems()
    assert problem.code == "NAME-TOO-LONG"
    assert "64 characters" in problem.why
    assert "by 1 character." in problem.remedy


def test_a_chosen_state_bucket_takes_that_limit_away():
    environment = Environment(
        "dev", GIVEN | {"project_name": "a" * 20, "region": "ap-southeast-1", "state_bucket": "our-state"}
    )
    assert environment.problems() == ()


@pytest.mark.parametrize("name", ["Dev", "1dev", "dev-", "-dev", "de--v", "d", "d" * 21, "dév", "a_b", "../x", ""])
def test_a_name_that_aws_would_refuse_is_refused(name):
    assert [problem.code for problem in Environment(name, GIVEN).problems()] == ["NAME-REFUSED"]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"vpc_id": "vpc-0a"}, "vpc_id"),
        ({"subnet_ids": ["subnet-0a", "subnet-0b"]}, "subnet_ids"),
        ({"availability_zones": ["us-east-1a", "us-east-1b"]}, "availability_zones"),
        ({"create_datasync_endpoint": True}, "create_datasync_endpoint"),
        ({"s3_intelligent_tiering_zones": ["raw"], "s3_lifecycle_days": 90}, "s3_intelligent_tiering_zones"),
        ({"s3_replication": {"bucket_arn": "arn:aws:s3:::copy"}}, "s3_replication"),
        ({"create_vpc": False, "vpc_id": "vpc-0a", "subnet_ids": ["subnet-0a", "subnet-0b"]}, "route_table_ids"),
    ],
)
def test_answers_that_exclude_each_other_are_found_before_terraform_is_asked(changes, where):
    assert where in [problem.name for problem in Environment("dev", GIVEN | changes).problems()]


def test_an_answer_can_be_taken_back():
    environment = Environment("dev", GIVEN).with_answers({"postgres_host": "db"}).with_answers({"postgres_host": None})
    assert "postgres_host" not in environment.given


def test_a_detected_answer_that_is_given_anew_is_given():
    environment = Environment("dev").with_answers({"region": "eu-west-1"}, ["region"])
    assert environment.answers["region"].origin == "detected"
    assert environment.with_answers({"region": "eu-west-2"}).answers["region"].origin == "given"


def test_the_fingerprint_sees_a_changed_answer_and_a_written_password_only():
    environment = Environment("dev", GIVEN)
    assert environment.fingerprint == Environment("dev", dict(reversed(GIVEN.items()))).fingerprint
    assert environment.fingerprint != environment.with_answers({"s3_lifecycle_days": 1}).fingerprint
    assert environment.fingerprint != environment.with_secret_written().fingerprint


def test_a_document_reads_back_as_the_same_environment():
    environment = Environment(
        "dev",
        GIVEN | {"postgres_host": "db", "tags": {"Team": "data"}},
        frozenset({"region"}),
        3,
        (Waiver("PG-001", "known", date(2026, 12, 31), "kim"),),
    )
    assert read_answers(environment.as_document(), "other") == environment


def test_a_waiver_ends_on_its_day():
    waiver = Waiver("PG-001", "known", date(2026, 12, 31))
    assert waiver.holds(date(2026, 12, 31))
    assert not waiver.holds(date(2027, 1, 1))


def test_a_file_of_a_newer_wizard_is_refused_with_a_sentence():
    with pytest.raises(UsageError) as caught:
        read_answers({"schema": "autocorp-wizard/environment/2"}, "dev", source="dev.yaml")
    assert "format 2" in caught.value.what
    assert "Upgrade" in caught.value.next_step


@pytest.mark.parametrize(
    "document",
    [
        {"schema": "something/else"},
        {"secret_counter": "three"},
        {"waivers": [{"check": "X"}]},
        {"waivers": ["X"]},
        {"waivers": [{"check": "X", "reason": "y", "until": "soon"}]},
    ],
)
def test_broken_bookkeeping_is_refused(document):
    with pytest.raises(UsageError):
        read_answers(document, "dev", source="dev.yaml")


@pytest.mark.parametrize(
    ("waiver", "words"),
    [
        ("aws.budget", "each waiver is a map"),
        ({"reason": "y", "until": "2026-12-31"}, "'check' is missing"),
        ({"check": "aws.budget", "until": "2026-12-31"}, "'reason' is missing"),
        ({"check": "aws.budget", "reason": "y"}, "'until' is missing"),
        ({"check": "aws.budget", "reason": "y", "until": "soon"}, "Invalid isoformat string: 'soon'"),
        ({"check": "aws.budget", "reason": "y", "until": "2026-02-30"}, "day is out of range"),
        ({"check": "aws.budget", "reason": " ", "until": "2026-12-31"}, "'reason' is empty"),
        ({"check": "", "reason": "y", "until": "2026-12-31"}, "'check' is empty"),
    ],
)
def test_a_malformed_waiver_is_named_with_what_is_wrong(waiver, words):
    with pytest.raises(UsageError) as caught:
        read_answers({"waivers": [waiver]}, "dev", source="dev.yaml")
    assert caught.value.code == "WAIVER-REFUSED"
    assert "dev.yaml" in caught.value.what
    assert words in caught.value.what
    assert "2026-12-31" in caught.value.why
