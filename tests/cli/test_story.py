"""The whole story by the installed command: rehearse on a terminal, look at everything, destroy, forget."""

import json

import pexpect
import pytest

from tests.cli.command import PROGRAM, call, environ

PATIENCE = 600


@pytest.mark.slow
def test_a_rollout_is_approved_looked_at_and_destroyed_by_the_installed_command(tmp_path):
    home = tmp_path / "home"
    try:
        _story(home)
    finally:
        call(home, "rehearse", "--reset", "--json")


def _story(home):
    _roll_out_on_a_terminal(home)

    again = call(home, "rehearse", "--until", "foundation", "--plain", "--yes", "--json", timeout=PATIENCE)
    assert again.code == 0, again.err
    events = again.events()
    assert (events[-1]["kind"], events[-1]["outcome"]) == ("run.finished", "succeeded")
    assert len({event["run"] for event in events}) >= 3  # the rollout and its children
    assert "nothing to change" in events[-1]["sentence"]

    rows = call(home, "bootstrap", "--env", "rehearsal", "--verify-only", "--json").document()["rows"]
    assert {row["outcome"] for row in rows} == {"ok"}

    status = call(home, "secret", "status", "--env", "rehearsal", "--json")
    assert (status.code, status.document()["state"]) == (0, "filled")

    exports = call(home, "rehearse", "--exports", "--json").document()
    assert exports["environment"]["AWS_ENDPOINT_URL"] == exports["endpoint_url"]

    number = call(home, "rehearse", "fault", "add", "throttle", "--service", "iam", "--times", "1", "--json").document()
    assert [each["id"] for each in call(home, "rehearse", "fault", "list", "--json").document()["faults"]] == [
        number["id"]
    ]
    assert call(home, "rehearse", "fault", "clear", "--json").document()["cleared"] == 1
    wrong = call(home, "rehearse", "fault", "add", "sulk", "--json")
    assert (wrong.code, wrong.document()["error"]["code"]) == (2, "FAULT-RULE")

    _plan_approve_apply(home)

    shown = call(home, "runs", "show", "--json").document()
    assert shown["status"] == "succeeded"
    for run in call(home, "runs", "list", "--json").document()["runs"]:
        assert call(home, "runs", "replay", run["run"], "--speed", "0", "--json").events()

    refused = call(home, "env", "delete", "rehearsal", "--yes", "--json")
    assert refused.document()["error"]["code"] == "ENVIRONMENT-DEPLOYED"
    unasked = call(home, "destroy", "--env", "rehearsal", "--yes", "--json")
    assert (unasked.code, unasked.document()["error"]["code"]) == (2, "QUESTION-UNANSWERED")
    gone = call(home, "destroy", "--env", "rehearsal", "--confirm", "rehearsal", "--json", timeout=PATIENCE)
    left = [event for event in gone.events() if event["kind"] == "leftover.found"]
    assert [each["name"] for each in left if not each["by_nature"]] == []
    assert gone.code == 0, gone.err
    assert call(home, "env", "list", "--json").document()["environments"][0]["resources"] == 0
    assert call(home, "env", "delete", "rehearsal", "--yes", "--json").code == 0
    assert call(home, "rehearse", "--stop", "--json").document()["was_running"]


def _roll_out_on_a_terminal(home):
    """Approve the one plan of the first phase at the keyboard, in eighty columns."""
    child = pexpect.spawn(
        str(PROGRAM),
        ["--home", str(home), "rehearse", "--plain", "--until", "foundation"],
        env=environ(TERM="xterm-256color"),
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=PATIENCE,
    )
    try:
        child.expect_exact("Risks")
        child.expect_exact("Apply this?")
        child.send("y")
        child.expect_exact("Deployed in rehearsal: foundation")
        child.expect(pexpect.EOF)
    finally:
        child.close()
    assert child.exitstatus == 0


def _plan_approve_apply(home):
    """A change by three commands: edit, plan, apply exactly that plan; the digest works once."""
    assert call(home, "env", "edit", "rehearsal", "--set", 'tags={"Team": "data"}').code == 0
    export = home.parent / "plan.md"
    plan = call(home, "plan", "foundation", "--env", "rehearsal", "--json", "--export", str(export), timeout=PATIENCE)
    document = plan.document()
    assert document["changed"]
    assert document["counts"]["update"] > 10
    assert document["digest"] in export.read_text()

    other = "0" * 64
    unknown = call(home, "apply", "foundation", "--env", "rehearsal", "--approve", other, "--json")
    assert (unknown.code, unknown.document()["error"]["code"]) == (2, "PLAN-UNKNOWN")
    approved = ["apply", "foundation", "--env", "rehearsal", "--approve", document["digest"][:12], "--json"]
    applied = call(home, *approved, timeout=PATIENCE)
    assert applied.code == 0, applied.err
    end = applied.events()[-1]
    assert end["outcome"] == "succeeded"
    used = call(home, *approved)
    assert (used.code, json.loads(used.out)["error"]["code"]) == (2, "PLAN-UNKNOWN")
