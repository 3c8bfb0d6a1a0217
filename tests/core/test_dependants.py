"""Which phases an answer goes into, told by the very tree that is deployed, and what an edit of answers means."""

import re
from pathlib import Path

import pytest

from autocorp_wizard.core.dependants import changed_answers, phases_of, touching
from autocorp_wizard.core.edits import changed_inputs, edit_command, input_lines, refuse_renaming
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.fields import SCHEMA
from autocorp_wizard.core.phases import MODULE_PHASES, Phase

TREE = Path(__file__).parents[2] / "terraform"
# Every phase carries them by the provider or by a local that goes everywhere, not by an input of its module.
_EVERYWHERE = {"account_id", "region", "tags", "project_name"}


def wired() -> dict[str, set[Phase]]:
    """The phases that each variable reaches, read off the module blocks of the root (locals one step deep)."""
    text = "\n".join(path.read_text() for path in sorted(TREE.glob("*.tf")))
    local: dict[str, set[str]] = {}
    for name, value in re.findall(r"^  (\w+)\s*=\s*(.*(?:\n    .*|\n  [\])}].*)*)", text, re.M):
        local.setdefault(name, set()).update(re.findall(r"var\.(\w+)", value))
    found: dict[str, set[Phase]] = {}
    for module, body in re.findall(r'^module "(\w+)" \{\n(.*?)^\}', text, re.M | re.S):
        inputs = set(re.findall(r"var\.(\w+)", body))
        for name in re.findall(r"local\.(\w+)", body):
            inputs |= local.get(name, set())
        for each in inputs:
            found.setdefault(each, set()).add(MODULE_PHASES[module])
    return found


def test_every_answer_is_said_to_reach_the_phases_that_the_tree_wires_it_into():
    reached = wired()
    assert len(reached) > 60
    wrong = {
        name: (sorted(reached.get(name, ())), sorted(phases_of(name)))
        for name, each in SCHEMA.by_name.items()
        if each.variable and name not in _EVERYWHERE and reached.get(name, set()) != set(phases_of(name))
    }
    assert wrong == {}


def test_what_terraform_never_sees_reaches_nothing():
    assert phases_of("preset") == phases_of("aws_profile") == phases_of("no_such_answer") == frozenset()
    assert phases_of("region") == frozenset(Phase)


def test_changed_answers_stand_in_the_order_of_the_form_and_know_what_they_touch():
    changed = changed_answers({"dms_multi_az": False, "s3_lifecycle_days": 90}, {"dms_multi_az": True})
    assert [(each.name, each.before, each.after) for each in changed] == [
        ("s3_lifecycle_days", 90, None),
        ("dms_multi_az", False, True),
    ]
    assert touching(changed, Phase.DMS) == ("dms_multi_az",)
    assert touching(changed, Phase.GLUE) == ()


@pytest.fixture
def environment() -> Environment:
    """A complete one."""
    return Environment("dev").with_answers(
        {"account_id": "111122223333", "postgres_host": "db.example.com", "datasync_schedule": "daily"}
    )


def test_an_edit_is_shown_as_a_diff_and_as_the_command_that_does_the_same(environment):
    after = environment.with_answers({"s3_lifecycle_days": 60, "datasync_schedule": None})
    before_days = environment.answers["s3_lifecycle_days"].value
    lines = list(input_lines(changed_inputs(environment, after)))
    assert ("-", f"s3_lifecycle_days = {before_days}") in lines
    assert ("+", "s3_lifecycle_days = 60") in lines
    command = edit_command(environment, after, saved=True)
    assert command == "autocorp-wizard env edit dev --set s3_lifecycle_days=60 --unset datasync_schedule"
    assert edit_command(environment, environment, saved=True) == ""
    assert edit_command(Environment("dev"), environment, saved=False).startswith("autocorp-wizard env new dev --set ")


def test_a_preset_brings_its_defaults_into_the_diff(environment):
    names = [each.name for each in changed_inputs(environment, environment.with_answers({"preset": "prod"}))]
    assert "dms_multi_az" in names
    assert "preset" not in names


def test_an_answer_that_names_are_built_from_is_kept_while_something_exists(environment):
    after = environment.with_answers({"project_name": "other"})
    refuse_renaming(environment, after, 0)
    refuse_renaming(environment, environment.with_answers({"s3_lifecycle_days": 60}), 54)
    with pytest.raises(UsageError, match="project_name cannot change while dev is deployed"):
        refuse_renaming(environment, after, 54)
