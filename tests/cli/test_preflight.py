"""`preflight` and `waive` as scripts see them, on the rehearsal cloud."""

import json
import os
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from textual.widgets import Button, Input

from autocorp_wizard.adapters.environment_store import EnvironmentStore
from autocorp_wizard.adapters.home import Home
from autocorp_wizard.core.environment import Waiver
from autocorp_wizard.rehearsal.source import SourceDatabase
from autocorp_wizard.rehearsal.source_address import SUPERUSER, connect
from tests.cli.command import call, environ
from tests.cli.preflight_faces import choose, clipboard, found, press_and_look, screen_of, until

PROXY = {"HTTPS_PROXY": "http://proxy.example:3128", "NO_PROXY": "localhost"}

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("preflight-cli")]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    path = tmp_path_factory.mktemp("preflight-home")
    yield path
    call(path, "rehearse", "--stop")


def preflight(home, *arguments):
    return call(home, "preflight", *arguments, "--env", "rehearsal")


def test_a_fresh_rehearsal_has_one_failure_with_its_remedy_and_the_remedy_helps(home):
    done = preflight(home, "--json", "aws.tf.bucket", "pg.wal_level")
    document = done.document()
    assert done.code == 3
    assert document["causes"] == ["aws.tf.bucket"]
    found = {each["id"]: each for each in document["results"]}
    assert found["pg.wal_level"]["status"] == "PASS"
    remedy = found["aws.tf.bucket"]["remediation"][0]["command"].split()
    assert call(home, *remedy[1:]).code == 0
    again = preflight(home, "--json", "--only-failed")
    assert again.code == 0
    assert {each["id"] for each in again.document()["results"]} == {"aws.identity", "aws.tf.bucket"}


def test_packets_go_to_those_who_apply_them(tmp_path):
    given = tmp_path / "home"
    answers = ("cloud=aws", "account_id=123456789012", "region=eu-central-1", "postgres_host=10.20.0.5")
    call(given, "env", "new", "dev", *(word for each in answers for word in ("--set", each)))
    done = call(given, "preflight", "net.operator.proxy", "--env", "dev", "--packets", str(tmp_path / "out"), **PROXY)
    assert done.code == 4
    assert "export NO_PROXY=localhost,10.20.0.5" in (tmp_path / "out" / "operator.md").read_text()
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["operator.md"]


def test_every_form_says_the_same(home):
    told = preflight(home, "--json", "tools").document()["counts"]
    tree = ET.fromstring(preflight(home, "tools", "--format", "junit").out)  # noqa: S314  (our own)
    suite = tree.find("testsuite")
    assert int(suite.get("failures")) == told["FAIL"]
    assert int(suite.get("tests")) == sum(told.values())
    run = json.loads(preflight(home, "tools", "--format", "sarif").out)["runs"][0]
    assert len(run["tool"]["driver"]["rules"]) == sum(told.values())
    assert len(run["results"]) == told["FAIL"] + told["WARN"] + told["INCONCLUSIVE"]
    assert "# Preflight of rehearsal" in preflight(home, "tools", "--format", "markdown").out
    assert "tool.terraform" in preflight(home, "tools").out


def test_a_waiver_lives_in_the_environment_until_its_day(home):
    before = preflight(home, "net.dms.test", "--json")
    assert before.code == 5
    given = ("waive", "net.dms.test", "--env", "rehearsal", "--json")
    done = call(home, *given, "--reason", "tested by hand", "--until", "2099-01-01")
    assert done.document()["waiver"]["reason"] == "tested by hand"
    after = preflight(home, "net.dms.test", "--json")
    assert after.code == 0
    [result] = [each for each in after.document()["results"] if each["id"] == "net.dms.test"]
    assert (result["status"], result["waiver"]["was"]) == ("WAIVED", "INCONCLUSIVE")
    assert call(home, *given, "--revoke").document()["waiver"] is None
    assert preflight(home, "net.dms.test", "--json", "--fail-on", "inconclusive").code == 3


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["preflight", "aws.identiy"], "CHECK-UNKNOWN"),
        (["preflight", "--fail-on", "wran"], "USAGE"),
        (["preflight", "--every", "9"], "USAGE"),
        (["preflight", "--format", "junit"], "USAGE"),
        (["waive", "aws.budgt", "--reason", "x", "--until", "2099-01-01"], "CHECK-UNKNOWN"),
        (["waive", "aws.budget", "--until", "2099-01-01"], "WAIVER-REFUSED"),
        (["waive", "aws.budget", "--reason", "x"], "WAIVER-REFUSED"),
        (["waive", "aws.budget", "--reason", "x", "--until", "soon"], "WAIVER-REFUSED"),
        (["waive", "aws.budget", "--reason", "x", "--until", "2001-01-01"], "WAIVER-REFUSED"),
        (["waive", "aws.identity", "--reason", "x", "--until", "2099-01-01"], "QUESTION-UNANSWERED"),
        (["waive", "aws.budget", "--revoke"], "WAIVER-UNKNOWN"),
    ],
)
def test_each_mistake_has_a_sentence_of_its_own(home, arguments, code):
    done = call(home, *arguments, "--env", "rehearsal", "--json")
    assert done.code == 2
    assert done.document()["error"]["code"] == code
    assert "Traceback" not in done.err


def test_the_list_names_every_check_without_looking(home):
    document = call(home, "preflight", "--list", "--env", "rehearsal", "--json").document()
    names = [each["id"] for each in document["checks"]]
    assert len(names) == len(set(names))
    assert {need for each in document["checks"] for need in each["needs"]} <= set(names)


def test_a_step_that_was_done_and_is_not_so_any_more_has_drifted(tmp_path):
    given = ("--env", "rehearsal")
    try:
        call(tmp_path, "checklist", "done", "account-state-bucket", "--evidence", "made last week", *given)
        done = call(tmp_path, "checklist", "verify", "--all", *given, "--json")
        document = done.document()
    finally:
        call(tmp_path, "rehearse", "--stop")
    assert done.code == 3
    assert document["drifted"] == ["account-state-bucket"]
    found = {each["step"]: each for each in document["steps"]}
    assert found["source-logical-replication"]["holds"] is True
    assert found["account-quotas"]["holds"] is None
    assert "agent-deploy" not in found


@pytest.mark.parametrize("arguments", [[], ["--all", "account-quotas"]])
def test_verify_wants_a_step_or_all(tmp_path, arguments):
    done = call(tmp_path, "checklist", "verify", *arguments, "--env", "rehearsal", "--json")
    assert (done.code, done.document()["error"]["code"]) == (2, "USAGE")


def as_administrator(home, *statements):
    address = SourceDatabase(home).ensure()
    with connect(address, SUPERUSER, address.database) as admin:
        for statement in statements:
            admin.execute(statement.encode())


@pytest.fixture
def spoilt(home):
    """A source with two failures, and an environment with a waiver that ran out and one of a check that is none."""
    store = EnvironmentStore(Home(home))
    call(home, "waive", "aws.budget", "--reason", "x", "--until", "2099-01-01", "--env", "rehearsal")
    saved = store.load("rehearsal")
    over = Waiver("pg.slot_wal_cap", "the disk is small", date(2001, 1, 1), "dba")
    stray = Waiver("pg.none", "once there was one", date(2099, 1, 1), "dba")
    store.save(replace(saved, waivers=(over, stray)))
    as_administrator(
        home,
        "ALTER ROLE dms_replication SET idle_in_transaction_session_timeout = '60s'",
        "ALTER TABLE service REPLICA IDENTITY NOTHING",
    )
    yield home
    store.save(replace(saved, waivers=()))
    as_administrator(home, "ALTER ROLE dms_replication RESET ALL", "ALTER TABLE service REPLICA IDENTITY DEFAULT")


async def test_wizard_and_command_come_to_the_same_and_count_for_each_other(spoilt, monkeypatch, tmp_path):
    as_called = environ()
    for name in set(os.environ) - set(as_called):
        monkeypatch.delenv(name)
    for name, value in as_called.items():
        monkeypatch.setenv(name, value)
    async with screen_of(spoilt, "rehearsal") as (pilot, screen):
        seen, told = screen.report, preflight(spoilt, "--json").document()
        failures = {name for name, each in found(told).items() if each["status"] == "FAIL"}
        assert {"pg.idle_in_txn_timeout", "pg.tbl.ri", "pg.slot_wal_cap"} <= failures
        assert found(told)["pg.slot_wal_cap"]["waiver_expired"] == "2001-01-01"
        assert list(found(seen.as_document())) == list(found(told))
        assert found(seen.as_document()) == found(told)
        assert [each.check.id for each in seen.causes] == told["causes"]
        assert seen.as_document()["counts"] == told["counts"]
        assert list(seen.notes) == told["notes"] == ["A waiver names pg.none, which is no check."]

        # Copied, done literally, looked at again: the wizard's one key each, and the command sees it, too.
        await choose(pilot, screen, "pg.idle_in_txn_timeout")
        await pilot.press("c")
        remedies = found(told)["pg.idle_in_txn_timeout"]["remediation"]
        assert clipboard(pilot) in [each.get("sql") for each in remedies if each["variant"] in ("any", "self-managed")]
        as_administrator(spoilt, clipboard(pilot))
        await press_and_look(pilot, screen, "o")
        assert found(screen.report.as_document())["pg.idle_in_txn_timeout"]["status"] == "PASS"
        assert (
            found(preflight(spoilt, "--json", "pg.idle_in_txn_timeout").document())["pg.idle_in_txn_timeout"]
            == (found(screen.report.as_document())["pg.idle_in_txn_timeout"])
        )

        # Packets are the same files, whoever writes them.
        for folder in ("wizard", "command"):
            (tmp_path / folder).mkdir()
        await pilot.press("x")
        await until(pilot, lambda: pilot.app.screen.query("#folder"))
        pilot.app.screen.query_one("#folder", Input).value = str(tmp_path / "wizard")
        await pilot.press("enter")
        await until(pilot, lambda: list((tmp_path / "wizard").iterdir()) and pilot.app.screen is screen)
        preflight(spoilt, "--packets", str(tmp_path / "command"))
        by_wizard, by_command = (
            {each.name: each.read_text() for each in (tmp_path / name).iterdir()} for name in ("wizard", "command")
        )
        assert by_wizard.keys() == by_command.keys()
        assert by_wizard["source.sql"] == by_command["source.sql"]

        # A waiver given in the wizard is the command's as well; the wizard then says what the command says.
        await choose(pilot, screen, "pg.tbl.ri")
        await pilot.press("w")
        await until(pilot, lambda: pilot.app.screen.query("#reason"))
        pilot.app.screen.query_one("#reason", Input).value = "the table is never written"
        pilot.app.screen.query_one("#until", Input).value = "2099-01-01"
        pilot.app.screen.query_one("#accept", Button).press()
        await until(pilot, lambda: found(screen.report.as_document())["pg.tbl.ri"]["status"] == "WAIVED")
        again = preflight(spoilt, "--json").document()
        assert found(again)["pg.tbl.ri"]["waiver"]["reason"] == "the table is never written"
        await press_and_look(pilot, screen, "g")
        assert found(screen.report.as_document()) == found(again)
        await choose(pilot, screen, "pg.tbl.ri")
        await pilot.press("W")
        await until(pilot, lambda: found(screen.report.as_document())["pg.tbl.ri"]["status"] == "FAIL")
        assert found(preflight(spoilt, "--json", "pg.tbl.ri").document())["pg.tbl.ri"]["status"] == "FAIL"
