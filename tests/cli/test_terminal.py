"""On a terminal: questions with their defaults, Ctrl-C, the display that redraws itself, eighty columns."""

import re
import shutil

import pexpect
import pytest
import yaml

from autocorp_wizard.adapters.lease import Lease
from tests.cli.command import PROGRAM, call, environ, put_run

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>]")
PATIENCE = 60


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def terminal(home):
    opened = []

    def open_terminal(*arguments, columns=80, **extra):
        child = pexpect.spawn(
            str(PROGRAM),
            ["--home", str(home), *arguments],
            env=environ(**{"TERM": "xterm-256color", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", **extra}),
            dimensions=(24, columns),
            encoding="utf-8",
            timeout=PATIENCE,
        )
        opened.append(child)
        return child

    yield open_terminal
    for child in opened:
        child.close(force=True)


def ended(child):
    """The exit code, after everything was read."""
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus


def answer(child, question, text=""):
    """Wait for a question to be drawn, then type an answer; prompt_toolkit asks the terminal where its cursor is."""
    child.expect_exact(question)
    child.send(f"{text}\r")


def test_a_new_environment_is_asked_question_by_question(terminal, home):
    child = terminal("env", "new", "dev")
    answer(child, "preset")
    answer(child, "cloud")
    answer(child, "project_name")
    child.expect_exact("account_id")
    child.send("12\r")
    child.expect_exact("12 digits")  # the reason, at once
    child.send("3456789012\r")
    for name in ("region", "aws_profile", "postgres_host", "postgres_database", "postgres_username"):
        answer(child, name)
    for name in ("create_vpc", "vpc_cidr", "s3_lifecycle_days", "alarm_email_addresses"):
        answer(child, name)
    child.expect_exact("is written to")
    assert ended(child) == 0
    saved = yaml.safe_load((home / "environments/dev/environment.yaml").read_text())
    assert saved["account_id"] == "123456789012"
    assert call(home, "env", "show", "dev", "--json").code == 0


def test_a_question_says_where_its_default_comes_from_and_why_it_is_asked(terminal):
    child = terminal("env", "new", "dev", "--set", "cloud=rehearsal", columns=100)
    answer(child, "preset")
    answer(child, "cloud")
    child.expect_exact("tells ours apart")
    child.expect_exact("(default)")
    child.sendcontrol("c")
    assert ended(child) == 130


def test_ctrl_c_at_a_question_changes_nothing(terminal, home):
    child = terminal("env", "new", "dev")
    child.expect_exact("preset")
    child.sendcontrol("c")
    child.expect_exact("nothing was changed")
    assert ended(child) == 130
    assert not (home / "environments").exists()


def test_deleting_asks_and_no_is_the_default(terminal, home):
    call(home, "env", "new", "dev", "--set", "cloud=rehearsal")
    child = terminal("env", "delete", "dev")
    answer(child, "Delete the answers of dev")
    assert ended(child) == 130
    assert (home / "environments/dev/environment.yaml").exists()


@pytest.fixture
def running(home):
    """A run that is going on: a journal without an end, and somebody who holds its lease."""
    run = put_run(home, "apply-lost.jsonl")
    folder = home / "runs" / run
    (folder / "control").mkdir()
    lease = Lease.acquire(folder / "lease", what=run)
    assert lease is not None
    yield run
    lease.release()


def test_ctrl_c_while_watching_asks_and_leaving_leaves_the_run_alone(terminal, running, home):
    child = terminal("runs", "attach")
    child.expect_exact("aws_iam_role.role")
    child.sendcontrol("c")
    child.expect_exact("leave it running")
    child.send("\x1b[B\r")
    child.expect_exact("goes on without this display")
    assert ended(child) == 130
    assert not (home / "runs" / running / "control" / "cancel").exists()


def test_ctrl_c_while_watching_may_stop_the_run_once(terminal, running, home):
    child = terminal("runs", "attach")
    child.expect_exact("aws_iam_role.role")
    child.sendcontrol("c")
    child.expect_exact("stop it safely")
    child.send("\x1b[B\x1b[B\r")
    child.expect_exact("Stopping safely")
    assert (home / "runs" / running / "control" / "cancel").read_text() == "stop"
    child.sendcontrol("c")
    child.expect_exact("is stopping without this display")
    assert ended(child) == 130


def test_a_running_display_names_what_is_at_work_and_fits_the_terminal(terminal, running):
    child = terminal("runs", "attach")
    child.expect_exact("1/2")
    child.expect_exact("creating module.s3.aws_s3_bucket.lake")
    child.sendcontrol("c")
    child.expect_exact("leave it running")
    child.send("\x1b[B\r")
    assert ended(child) == 130


def test_without_colour_and_redrawing_a_terminal_gets_steady_lines(terminal, home):
    put_run(home, "apply.jsonl")
    child = terminal("runs", "attach", "1f2e", "--plain", "--no-color")
    assert ended(child) == 0
    assert not ANSI.search(child.before)
    assert "created in 10 s (3/3)" in child.before


def test_tables_fit_eighty_columns(terminal, home):
    for journal in ("apply", "apply-failed", "bootstrap", "destroy"):
        put_run(home, f"{journal}.jsonl")
    child = terminal("runs", "list")
    assert ended(child) == 0
    assert max(len(ANSI.sub("", line)) for line in child.before.splitlines()) <= 80


def test_quiet_and_plain_work_where_the_terminal_is_dumb(terminal, home):
    put_run(home, "apply.jsonl")
    child = terminal("runs", "attach", "1f2e", TERM="dumb")
    assert ended(child) == 0
    assert "\x1b" not in child.before


def test_the_wizard_opens_without_a_command(terminal):
    child = terminal()
    child.expect_exact("\x1b[?1049h")  # the other screen
    child.close(force=True)


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash on this machine")
def test_the_completion_script_completes_commands(home):
    script = call(home, "completion", "bash").out
    child = pexpect.spawn(
        "bash", ["--norc", "-i"], env=environ(TERM="dumb", PS1="$ "), encoding="utf-8", timeout=PATIENCE
    )
    try:
        file = home.parent / "completion.bash"
        file.write_text(script)
        child.sendline(f'export PATH="{PROGRAM.parent}:$PATH"; source {file}; echo ready-$((1+1))')
        child.expect_exact("ready-2")
        child.send("autocorp-wizard boot\t")
        child.expect_exact("bootstrap")
    finally:
        child.close(force=True)
