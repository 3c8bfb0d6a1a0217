"""Bad input: a sentence that says what, why and what to do; the documented code; nothing half-written."""

import os

import pytest

from tests.cli.command import call, inside, put_run


@pytest.fixture(autouse=True)
def _nothing_of_the_operators(monkeypatch):
    for name in list(os.environ):
        if name.startswith(("AWS_", "TF_", "AUTOCORP_", "PG")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)


CASES = [
    (["plan", "foundation", "--env", "nowhere"], "ENVIRONMENT-UNKNOWN"),
    (["plan", "foundation"], "ENVIRONMENT-MISSING"),
    (["plan", "fundation", "--env", "dev"], "PHASE-UNKNOWN"),
    (["plan", "5", "--env", "dev"], "PHASE-UNKNOWN"),
    (["rehearse", "--speed", "0", "--yes"], "SPEED-REFUSED"),
    (["rehearse", "--speed", "nan", "--yes"], "SPEED-REFUSED"),
    (["rehearse", "--speed", "fast", "--yes"], "USAGE"),
    (["apply", "all", "--env", "dev", "--approve", "0" * 64], "APPROVE-ALL"),
    (["apply", "foundation", "--env", "rehearsal", "--approve", "xyz"], "DIGEST-MALFORMED"),
    (["apply", "foundation", "--env", "rehearsal", "--approve", "0" * 64], "PLAN-UNKNOWN"),
    (["apply", "foundation", "--env", "rehearsal"], "QUESTION-UNANSWERED"),
    (["destroy", "--env", "rehearsal", "--confirm", "wrong"], "CONFIRM-MISMATCH"),
    (["env", "new", "Dev"], "NAME-REFUSED"),
    (["env", "new", "a" * 21], "NAME-REFUSED"),
    (["env", "new"], "QUESTION-UNANSWERED"),
    (["env", "new", "dev"], "QUESTION-UNANSWERED"),
    (["env", "new", "dev", "--yes"], "QUESTION-UNANSWERED"),
    (["env", "new", "dev", "--set", "regoin=us-east-1"], "ANSWER-UNKNOWN"),
    (["env", "new", "dev", "--set", "region=us-esat-1"], "ANSWER-REFUSED"),
    (["env", "new", "dev", "--set", "postgres_password=hunter2"], "ANSWER-UNKNOWN"),
    (["env", "new", "dev", "--set", "postgres_port=five"], "ANSWER-REFUSED"),
    (["env", "new", "dev", "--set", "region"], "USAGE"),
    (["env", "new", "dev", "--answers", "/nonexistent.yaml"], "ANSWERS-UNREADABLE"),
    (["env", "show", "nowhere"], "ENVIRONMENT-UNKNOWN"),
    (["env", "show", "one", "--env", "two"], "ENVIRONMENT-TWICE"),
    (["env", "delete", "nowhere", "--yes"], "ENVIRONMENT-UNKNOWN"),
    (["env", "edit", "rehearsal"], "QUESTION-UNANSWERED"),
    (["runs", "show"], "RUN-UNKNOWN"),
    (["runs", "show", "nothing"], "RUN-UNKNOWN"),
    (["runs", "attach"], "RUN-UNKNOWN"),
    (["runs", "cancel"], "RUN-UNKNOWN"),
    (["runs", "recover"], "ENVIRONMENT-MISSING"),
    (["rehearse", "--plain"], "QUESTION-UNANSWERED"),
    (["rehearse", "--stop", "--reset"], "USAGE"),
    (["rehearse", "--until", "later", "--yes"], "PHASE-UNKNOWN"),
    (["rehearse", "--preset", "huge"], "USAGE"),
    (["bootstrap", "--adopt", "--verify-only"], "USAGE"),
    (["policy", "deploy", "--env", "rehearsal", "--part", "99"], "POLICY-PART"),
    (["secret", "set", "--env", "rehearsal", "--stdin"], "SECRET-BUILT-IN"),
    (["secret", "set", "--env", "nowhere"], "ENVIRONMENT-UNKNOWN"),
    (["plan"], "USAGE"),
    (["plan", "foundation", "--bogus"], "USAGE"),
    (["pln"], "COMMAND-UNKNOWN"),
    (["preflight"], "ENVIRONMENT-MISSING"),
    (["drift"], "COMMAND-UNKNOWN"),
    ([], "COMMAND-MISSING"),
]


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("arguments", "code"), CASES, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_bad_input_is_refused_with_a_sentence_and_exit_2(arguments, code, home, capsys):
    done = inside(capsys, home, *arguments, "--json")
    assert done.code == 2, done.err
    error = done.document()["error"]
    assert error["code"] == code
    assert error["what"].endswith((".", "?"))
    assert error["next_step"]
    assert "hunter2" not in done.out + done.err
    plain = inside(capsys, home, *arguments)
    assert (plain.code, plain.out) == (2, "")
    assert plain.err.splitlines()[0].startswith(("Error: ", "Environment: "))
    assert f"[{code}]" in plain.err
    assert not list(home.rglob("*")) or {p.name for p in home.rglob("*") if p.is_file()} <= {"environment.yaml"}


@pytest.mark.parametrize(
    "case",
    [
        ("region: eu-west-1\npreset: [dev\n", "yaml", "line 3", "ANSWERS-MALFORMED"),
        ("region: us-east-1\npostgress_host: db\n", "yaml", "line 2", "ANSWER-UNKNOWN"),
        ("region: us-east-1\npostgres_password: hunter2\n", "yaml", "line 2", "ANSWER-SECRET"),
        ("postgres_port: many\n", "yaml", "line 1", "ANSWER-REFUSED"),
        ('{"region": "us-east-1",,}', "json", "line 1", "ANSWERS-MALFORMED"),
        ("schema: autocorp-wizard/environment/9\n", "yaml", "format 9", "ENVIRONMENT-NEWER"),
    ],
)
def test_a_bad_answers_file_is_refused_with_file_and_line_and_nothing_is_written(case, home, tmp_path):
    text, suffix, where, code = case
    file = tmp_path / f"answers.{suffix}"
    file.write_text(text)
    done = call(home, "env", "new", "dev", "--answers", str(file), "--json")
    error = done.document()["error"]
    assert (done.code, error["code"]) == (2, code)
    assert str(file) in error["what"]
    assert where in error["what"]
    assert "hunter2" not in done.out + done.err
    assert not home.exists()


def test_names_that_are_too_long_together_are_refused(home):
    sets = ["project_name=" + "a" * 20, "region=ap-southeast-1", "account_id=123456789012"]
    done = call(home, "env", "new", "dev", *[part for each in sets for part in ("--set", each)], "--json")
    error = done.document()["error"]
    assert error["code"] == "NAME-TOO-LONG"
    assert "63" in error["why"]


def test_an_environment_is_not_made_twice(home):
    call(home, "env", "new", "dev", "--set", "cloud=rehearsal")
    before = (home / "environments/dev/environment.yaml").read_text()
    done = call(home, "env", "new", "dev", "--set", "cloud=rehearsal", "--json")
    assert (done.code, done.document()["error"]["code"]) == (2, "ENVIRONMENT-EXISTS")
    assert (home / "environments/dev/environment.yaml").read_text() == before


def test_with_several_environments_one_must_be_named(home):
    for name in ("dev", "prod"):
        call(home, "env", "new", name, "--set", "cloud=rehearsal")
    done = call(home, "plan", "foundation", "--json")
    assert done.document()["error"]["code"] == "QUESTION-UNANSWERED"
    assert "--env NAME" in done.document()["error"]["next_step"]


def test_a_journal_of_a_newer_wizard_is_refused_with_a_sentence(home):
    run = put_run(home, "apply.jsonl")
    journal = home / "runs" / run / "journal.jsonl"
    journal.write_text(journal.read_text().replace('"v":1', '"v":2'))
    done = call(home, "runs", "show", run, "--json")
    assert done.document()["error"]["code"] == "JOURNAL-NEWER"
    assert done.code in (2, 3)


def test_a_journal_that_was_cut_in_a_line_is_read_up_to_there(home):
    run = put_run(home, "apply.jsonl")
    journal = home / "runs" / run / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-40])
    shown = call(home, "runs", "show", run, "--json").document()
    assert shown["status"] == "lost"
    assert shown["done"] == 3


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_cannot_be_written_is_a_sentence(tmp_path):
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    done = call(locked / "home", "env", "new", "dev", "--set", "cloud=rehearsal", "--json")
    assert done.document()["error"]["code"] == "HOME-UNUSABLE"


def test_a_home_that_is_a_file_is_a_sentence(tmp_path):
    (tmp_path / "home").write_text("")
    done = call(tmp_path / "home", "env", "new", "dev", "--set", "cloud=rehearsal", "--json")
    assert (done.code, done.document()["error"]["code"]) == (2, "HOME-UNUSABLE")


@pytest.mark.parametrize("arguments", [["plan", "foundation", "--env", "nowhere"], ["pln"], ["plan", "--bogus"]])
def test_the_installed_command_ends_with_the_same_code(arguments, home):
    done = call(home, *arguments, "--json")
    assert done.code == 2
    assert done.document()["error"]["exit_code"] == 2


def test_a_bug_says_where_the_log_is_and_shows_no_traceback(home, monkeypatch, capsys):
    from autocorp_wizard.cli import app
    from autocorp_wizard.cli.commands import version

    def broken(settings):
        raise ZeroDivisionError("the bug")

    monkeypatch.setattr(version, "_terraform", broken)
    code = app.run(["--home", str(home), "version", "--json"], lambda settings, environment: 0)
    captured = capsys.readouterr()
    assert code == 1
    (log,) = (home / "logs").iterdir()
    assert str(log) in captured.out
    assert "Traceback" not in captured.out + captured.err
    assert "ZeroDivisionError" in log.read_text()
