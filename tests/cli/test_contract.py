"""The command line as scripts see it: documents by schema, exit codes, options before and after the name."""

import json
import shutil
import subprocess
from decimal import Decimal

import pytest

from autocorp_wizard.cli.app import COMMANDS, application
from tests.cli.command import PROGRAM, SCHEMAS, call, environ, inside, put_run


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def deployed(home):
    """A home with an environment, and records of what was deployed in it."""
    call(home, "env", "new", "dev", "--set", "account_id=123456789012", "--yes")
    (home / "environments" / "dev" / "applied.json").write_text(
        json.dumps(
            {"phases": ["foundation"], "serial": 7, "resources": 50, "at": "2026-03-01T10:01:15Z", "outputs": {}}
        )
    )
    return home


def all_commands(group=application, path=()):
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        yield (*path, name), command
        if hasattr(command, "list_commands"):
            yield from all_commands(command, (*path, name))


@pytest.mark.parametrize("path", [path for path, _ in all_commands()], ids=" ".join)
def test_every_command_has_help_with_an_example_and_the_common_options(path, home, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    done = inside(capsys, home, *path, "--help")
    assert done.code == 0
    assert "Example:\n" in done.out
    assert f"autocorp-wizard {path[0]}" in done.out.split("Example:\n")[1]
    assert "--json" in done.out
    assert max(len(line) for line in done.out.split("Example:\n")[0].splitlines()) <= 80


def test_help_lists_what_works_and_nothing_else(home):
    listed = call(home, "--help").out.split("Commands:\n")[1].split("\n\n")[0]
    names = [line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line[2] != " "]
    assert names == list(COMMANDS)
    assert not {"drift", "scan", "report"} & set(names)


@pytest.mark.parametrize(
    "arguments",
    [
        ["version", "--json"],
        ["--json", "version"],
        ["env", "list", "--json"],
        ["env", "--json", "show", "--schema"],
        ["env", "show", "rehearsal", "--json"],
        ["env", "new", "dev", "--set", "cloud=rehearsal", "--json"],
        ["env", "new", "dev", "--set", "account_id=012345678901", "--json", "--yes"],
        ["completion", "bash", "--json"],
        ["completion", "fish", "--json"],
        ["runs", "list", "--json"],
        ["policy", "deploy", "--env", "rehearsal", "--json"],
        ["policy", "read-only", "--env", "rehearsal", "--part", "1", "--json"],
        ["rehearse", "--stop", "--json"],
    ],
    ids=" ".join,
)
def test_a_command_that_answers_prints_one_document_of_its_schema(arguments, home):
    done = call(home, *arguments)
    assert done.code == 0, done.err
    document = done.document()
    words = [word for word in arguments if not word.startswith("-")]
    assert document["schema"].startswith(f"autocorp-wizard/{words[0]}")


def test_editing_and_deleting_answer_with_documents(home):
    call(home, "env", "new", "dev", "--set", "cloud=rehearsal")
    edited = call(home, "env", "edit", "dev", "--set", "s3_lifecycle_days=9", "--json").document()
    assert edited["changed"] == ["s3_lifecycle_days"]
    assert edited["tfvars"]["s3_lifecycle_days"] == 9
    back = call(home, "env", "edit", "dev", "--unset", "s3_lifecycle_days", "--json").document()
    assert back["tfvars"]["s3_lifecycle_days"] == 0
    assert call(home, "env", "delete", "dev", "--yes", "--json").document()["name"] == "dev"
    assert call(home, "env", "list", "--json").document()["environments"] == []


def test_an_environment_file_of_its_own_leaves_the_home_alone(home, tmp_path):
    file = tmp_path / "dev.yaml"
    made = call(home, "env", "new", "dev", "--env-file", str(file), "--set", "account_id=123456789012", "--yes")
    assert made.code == 0, made.err
    assert f"--env dev --env-file {file}" in made.err  # the next command can be copied
    assert "password" not in file.read_text()
    shown = call(home, "--env-file", str(file), "--env", "dev", "env", "show", "--json").document()
    assert shown["path"] == str(file)
    assert not (home / "environments").exists()


def test_a_second_rehearsal_leaves_the_account_wide_roles_to_the_first(home):
    call(home, "env", "new", "one", "--set", "cloud=rehearsal")
    second = call(home, "env", "new", "two", "--set", "cloud=rehearsal", "--json").document()
    assert second["tfvars"]["create_dms_account_roles"] is False
    assert {"name": "create_dms_account_roles", "value": False, "origin": "detected"} in second["answers"]


def test_options_count_before_and_after_the_name_and_the_last_one_wins(home, tmp_path):
    before = call(tmp_path / "other", "--home", str(home), "version", "--json").document()
    after = call(tmp_path / "other", "version", "--json", "--home", str(home)).document()
    assert before["home"] == after["home"] == str(home)


def test_the_home_comes_from_its_variable_too(tmp_path):
    done = subprocess.run(
        [str(PROGRAM), "version", "--json"],
        capture_output=True,
        text=True,
        check=True,
        env=environ(AUTOCORP_HOME=str(tmp_path / "h")),
    )
    assert json.loads(done.stdout)["home"] == str(tmp_path / "h")


@pytest.mark.parametrize("journal", ["apply", "apply-failed", "apply-lost", "bootstrap", "destroy"])
def test_a_recorded_run_is_listed_shown_and_replayed_as_its_schemas_say(journal, home):
    run = put_run(home, f"{journal}.jsonl")
    listed = call(home, "runs", "list", "--json").document()["runs"]
    assert [each["run"] for each in listed] == [run]
    shown = call(home, "runs", "show", run, "--json").document()
    assert shown["status"] == listed[0]["status"]
    events = call(home, "runs", "replay", run, "--speed", "0", "--json").events()
    assert events[0]["kind"] == "run.started"
    assert call(home, "runs", "replay", run[-4:], "--speed", "0").code == 0


@pytest.mark.parametrize(
    ("journal", "code", "outcome"),
    [("apply", 0, "succeeded"), ("apply-failed", 3, "failed"), ("apply-lost", 3, "lost")],
)
def test_attaching_to_a_run_ends_with_its_end_and_its_code(journal, code, outcome, home):
    run = put_run(home, f"{journal}.jsonl")
    done = call(home, "runs", "attach", run, "--json")
    assert done.code == code
    assert done.events()[-1]["outcome"] == outcome
    plain = call(home, "runs", "attach", run)
    assert plain.code == code
    assert ("Error:" in plain.err) == (code != 0)


def test_a_lost_run_is_told_from_a_finished_one(home):
    run = put_run(home, "apply-lost.jsonl")
    assert "lost" in call(home, "runs", "list").out
    assert "runs recover" in call(home, "runs", "show", run).err


def test_cancelling_a_run_that_is_over_is_refused(home):
    run = put_run(home, "apply.jsonl")
    done = call(home, "runs", "cancel", run, "--json")
    assert done.code == 2
    assert done.document()["error"]["code"] == "RUN-OVER"


def test_an_environment_that_is_deployed_is_neither_deleted_nor_renamed(deployed):
    refused = call(deployed, "env", "delete", "dev", "--yes", "--json")
    assert (refused.code, refused.document()["error"]["code"]) == (2, "ENVIRONMENT-DEPLOYED")
    renamed = call(deployed, "env", "edit", "dev", "--set", "project_name=other", "--json")
    assert (renamed.code, renamed.document()["error"]["code"]) == (2, "ENVIRONMENT-DEPLOYED")
    assert call(deployed, "env", "edit", "dev", "--set", "s3_lifecycle_days=3").code == 0


def test_the_applied_phases_are_shown(deployed):
    assert call(deployed, "env", "list", "--json").document()["environments"][0]["applied"] == ["foundation"]
    assert "foundation (50 resources" in call(deployed, "env", "show", "dev").out


def test_quiet_leaves_results_and_errors_only(home):
    done = call(home, "env", "new", "dev", "--set", "cloud=rehearsal", "--quiet")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert call(home, "env", "list", "-q").out.startswith("name")


def test_a_reader_that_leaves_is_no_error(home):
    put_run(home, "apply.jsonl")
    line = f"{PROGRAM} --home {home} env show --schema | head -1"
    done = subprocess.run(
        ["/bin/bash", "-c", f"set -o pipefail; {line}"], capture_output=True, text=True, check=False, env=environ()
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_colour_never_reaches_a_pipe(home):
    put_run(home, "apply-failed.jsonl")
    for arguments in (["runs", "list"], ["runs", "replay", "2a3b", "--speed", "0"], ["--help"]):
        done = call(home, *arguments, FORCE_COLOR="", TERM="xterm-256color")
        assert "\x1b" not in done.out + done.err


def test_every_schema_belongs_to_a_document_that_the_program_prints():
    import re
    from pathlib import Path

    import autocorp_wizard

    root = Path(autocorp_wizard.__file__).parent
    modules = [
        *root.glob("cli/**/*.py"),
        root / "core/plan.py",
        root / "core/status.py",
        root / "core/preflight/report.py",
        root / "rehearsal/exports.py",
    ]
    modules.append(root / "operate/data_check.py")
    source = "\n".join(path.read_text() for path in modules)
    printed = set(re.findall(r"autocorp-wizard/([a-z-]+)/1", source)) - {"environment"}
    printed |= {"env-new", "env-show", "env-edit"} if "autocorp-wizard/{command_name}/1" in source else set()
    known = {path.stem for path in SCHEMAS.glob("*.json")} - {"event"}
    assert known == printed


def test_terraform_is_not_found_is_a_sentence(home, tmp_path):
    call(home, "env", "new", "dev", "--set", "cloud=rehearsal")
    tools = tmp_path / "bin"
    tools.mkdir()
    for tool in ("bash", "sh"):
        (tools / tool).symlink_to(shutil.which(tool))
    done = call(home, "plan", "foundation", "--json", PATH=str(tools))
    assert done.document()["error"]["code"] == "TERRAFORM-MISSING"
    assert "Traceback" not in done.err


@pytest.mark.slow
def test_two_environments_are_compared_and_one_that_cannot_be_reached_says_why(home):
    call(home, "env", "new", "one", "--set", "cloud=rehearsal", "--set", "glue_worker_type=G.2X", "--yes")
    call(home, "env", "new", "two", "--set", "account_id=123456789012", "--yes")
    try:
        found = call(home, "env", "diff", "one", "two", "--json").document()
        shown = call(home, "env", "diff", "one", "two")
    finally:
        call(home, "rehearse", "--stop")
    assert {"glue_worker_type", "cloud"} <= {each["name"] for each in found["answers"]}
    assert found["first"] == {"name": "one", "count": 0, "source": "an empty state", "reason": ""}
    assert found["second"]["count"] is None
    assert "two: its resources are not known." in shown.out
    assert call(home, "env", "diff", "one", "three").code == 2


def test_what_a_month_costs_is_told_line_by_line_and_compared(home):
    call(home, "env", "new", "dev", "--set", "account_id=123456789012", "--set", "dms_multi_az=true", "--yes")
    call(home, "env", "new", "prod", "--set", "account_id=123456789012", "--set", "preset=prod", "--yes")
    found = call(home, "cost", "--env", "dev", "--compare", "prod", "--json").document()
    assert found["not_counted"] == [{"name": "dms_multi_az", "preset": False, "answer": True}]
    amounts = [Decimal(line["expected"].removesuffix(" USD")) for line in found["lines"]]
    assert abs(sum(amounts) - Decimal(found["total"]["expected"].removesuffix(" USD"))) < Decimal("0.01")
    assert len({line["id"] for line in found["lines"]}) == len(found["lines"])
    assert [each["environment"] for each in found["compared"]] == ["prod"]
    shown = call(home, "cost", "--env", "dev", "--compare", "prod")
    assert "not counted: dms_multi_az is yes, the preset's is no" in shown.out
    assert "smaller lines" in shown.out
    assert "smaller lines" not in call(home, "cost", "--env", "dev", "-v").out
    assert call(home, "cost", "--env", "dev", "--compare", "moon").code == 2
