"""The checklists that the product ships, and what happens to a file with a mistake in it."""

from pathlib import Path

import pytest
import yaml

from autocorp_wizard.adapters.checklist_files import packaged_checklists, read_checklists, read_coverage
from autocorp_wizard.adapters.home import Home
from autocorp_wizard.core.checklist import MANUAL, Step, templates
from autocorp_wizard.core.environment import Environment, rehearsal_environment
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.outputs import OUTPUT_PHASES
from autocorp_wizard.core.presets import Preset
from autocorp_wizard.operate.probes import PROBES
from autocorp_wizard.rollout.looking import template_values
from autocorp_wizard.rollout.preflight import all_checks, look_from

ROOT = Path(__file__).parents[2]
DIRECTORY = packaged_checklists()
CHECKLISTS = read_checklists(DIRECTORY)
STEPS: dict[str, Step] = {step.id: step for checklist in CHECKLISTS for step in checklist.steps}


def _checks() -> frozenset[str]:
    home, quiet = Home(Path("/nowhere")), print
    place = look_from(rehearsal_environment(Preset.DEV), home, quiet, begin=False)
    return frozenset(each.id for each in all_checks(place, home, quiet))


CHECKS = _checks()


def test_the_groups_come_in_the_order_of_the_rollout():
    assert [each.name for each in CHECKLISTS] == [
        "account",
        "source-database",
        "network",
        "agent",
        "after-rollout",
        "operations-daily",
        "operations-weekly",
        "operations-monthly",
        "first-live",
    ]


@pytest.mark.parametrize("step", STEPS.values(), ids=lambda step: step.id)
def test_every_template_can_be_resolved(step: Step):
    known = set(OUTPUT_PHASES) | set(template_values(Environment("dev")))
    assert {name for text in step.texts for name in templates(text)} <= known


@pytest.mark.parametrize("step", STEPS.values(), ids=lambda step: step.id)
def test_every_step_is_proven_by_a_probe_that_exists_or_by_a_person(step: Step):
    assert step.verify == MANUAL or step.verify in PROBES or set(step.verify.split(",")) <= CHECKS


def test_no_probe_is_without_a_step():
    assert set(PROBES) == {
        step.verify for step in STEPS.values() if step.has_probe and not set(step.verify.split(",")) <= CHECKS
    }


@pytest.mark.parametrize(("line", "steps"), read_coverage(DIRECTORY).items(), ids=lambda each: str(each)[:60])
def test_every_line_of_the_assessment_has_steps_that_exist(line: str, steps: tuple[str, ...]):
    assert steps
    assert set(steps) <= set(STEPS)


def test_the_map_holds_every_manual_step_and_ongoing_operation_of_the_assessment():
    lines = read_coverage(DIRECTORY)
    # 5 + 2 + 3 of the service chapters, 1 + 2 + 4 + 3 of the phases, 12 of one-time setup, 4 ongoing operations.
    for sample in (
        "Create DynamoDB table: `terraform-locks`",
        "Note agent ID for Terraform",
        "**Athena:** Optimize queries based on usage patterns",
        "Hudi table schema verification",
        "Initial transfer testing (customers.csv, sales CSVs)",
    ):
        assert sample in lines
    assert len(lines) >= 50


def test_recurring_steps_come_again_and_the_others_belong_to_a_phase():
    intervals = {"operations-daily": (1, 1), "operations-weekly": (7, 7), "operations-monthly": (28, 366)}
    for checklist in CHECKLISTS:
        for step in checklist.steps:
            if checklist.name in intervals:
                least, most = intervals[checklist.name]
                assert least <= step.expires_days <= most, step.id
                assert step.phase == "operate", step.id


def test_first_live_captures_what_it_proves():
    [first_live] = [each for each in CHECKLISTS if each.name == "first-live"]
    for step in first_live.steps:
        assert step.commands, step.id


def test_no_step_asks_for_a_secret_on_a_command_line():
    for step in STEPS.values():
        for command in step.commands:
            lowered = command.text.lower()
            assert "password '" not in lowered, step.id
            assert "--password" not in lowered, step.id
            assert "get-secret-value" not in lowered, step.id


def test_shell_commands_are_shell(tmp_path: Path):
    import subprocess

    for step in STEPS.values():
        for command in step.commands:
            if command.language == "shell":
                done = subprocess.run(["bash", "-n"], input=command.text, text=True, capture_output=True, check=False)
                assert done.returncode == 0, (step.id, done.stderr)


STEP = """
group: one
title: One
order: 1
steps:
  - id: a-step
    title: A step
    phase: dms
    who: operator
    where: here
    why: because
    evidence: a word
    instructions: [do it]
"""


def read(tmp_path: Path, text: str):
    (tmp_path / "one.yaml").write_text(text)
    return read_checklists(tmp_path)


def test_a_small_file_is_read(tmp_path: Path):
    [checklist] = read(tmp_path, STEP)
    assert checklist.steps[0].verify == MANUAL
    assert checklist.steps[0].instructions == ("do it",)


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (("who: operator", "who: nobody"), 9, "'nobody' is none of"),
        (("phase: dms", "phase: five"), 8, "'five' is none of"),
        (("    why: because\n", ""), 6, "'why' is missing"),
        (("    why: because", "    wy: because"), 11, "'wy' is not known"),
        (("    why: because", "    why: ''"), 11, "a text is expected"),
        (("    why: because", "    why: because\n    why: again"), 12, "second time"),
        (("id: a-step", "id: A step"), 6, "is no id"),
        (("    instructions: [do it]\n", ""), 6, "needs instructions or commands"),
        (("    instructions: [do it]", "    instructions: []"), 13, "at least one entry"),
        (("    instructions: [do it]", "    commands: [{what: x, shell: a, sql: b}]"), 13, "either `shell` or `sql`"),
        (("    instructions: [do it]", "    instructions: [do it]\n    expires_days: soon"), 14, "no number of days"),
        (("group: one", "group: two"), 2, "not the file's name"),
        (("steps:", "steps: ["), 0, ""),
        ((STEP, ""), 1, "empty"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(tmp_path: Path, change: tuple[str, str], line: int, words: str):
    with pytest.raises(UsageError) as caught:
        read(tmp_path, STEP.replace(*change))
    assert caught.value.code == "CHECKLIST-MALFORMED"
    assert "one.yaml" in caught.value.what
    assert words in caught.value.what
    if line:
        assert f"line {line}:" in caught.value.what


def test_a_step_that_stands_twice_is_refused(tmp_path: Path):
    (tmp_path / "two.yaml").write_text(STEP.replace("group: one", "group: two"))
    with pytest.raises(UsageError, match=r"stands in one\.yaml already"):
        read(tmp_path, STEP)


def test_every_output_of_the_foundation_is_one_of_the_tree():
    declared = set()
    for line in (ROOT / "terraform" / "outputs.tf").read_text().splitlines():
        if line.startswith("output "):
            declared.add(line.split('"')[1])
    assert declared <= set(OUTPUT_PHASES), "core/outputs.py does not know them"


def test_the_files_are_plain_yaml():
    for path in DIRECTORY.glob("*.yaml"):
        assert yaml.safe_load(path.read_text())
