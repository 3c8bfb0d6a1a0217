"""`dms` as scripts see it, where there is nothing to replicate yet and where there is."""

import json

import pytest

from autocorp_wizard.rehearsal.source import SourceDatabase
from tests.cli.command import call


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


def test_a_slot_is_not_looked_for_at_a_source_that_nobody_named(home):
    call(home, "env", "new", "dev", "--set", "account_id=123456789012", "--yes")
    done = call(home, "dms", "slot", "--env", "dev", "--json")
    assert done.code == 2
    assert done.document()["error"]["code"] == "SECRET-HOST"


def test_a_source_that_does_not_answer_is_inconclusive(home):
    call(home, "env", "new", "dev", "--set", "account_id=123456789012", "--yes", "--set", "postgres_host=127.0.0.1")
    call(home, "env", "edit", "dev", "--set", "postgres_port=1")
    done = call(home, "dms", "slot", "--env", "dev", "--json", PGPASSWORD="planted-5d1")
    assert done.code == 5
    assert done.document()["error"]["code"] == "SOURCE-UNSEEN"
    assert "planted-5d1" not in done.out + done.err


def test_the_start_needs_an_approval(home):
    call(home, "env", "new", "dev", "--set", "account_id=123456789012", "--yes")
    done = call(home, "dms", "start", "--env", "dev", "--json")
    assert done.code == 2
    assert "--approve DIGEST" in json.loads(done.out)["error"]["next_step"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [["test"], ["stop", "--yes"], ["resume"], ["reload", "customers", "--confirm", "rehearsal"]],
    ids=" ".join,
)
def test_before_phase_3_there_is_nothing_to_handle(arguments, cloud_home, cloud):
    done = call(cloud_home, "dms", *arguments, "--env", "rehearsal", "--json")
    assert done.code == 2
    assert done.document()["error"]["code"] == "DMS-TOO-EARLY"


@pytest.mark.slow
def test_the_slots_of_the_built_in_source_are_told_with_the_statement_that_drops_them(cloud_home, source):
    from autocorp_wizard.rehearsal.source_address import SUPERUSER, connect

    made = "abcdefghijklmnop_00016384_0a1b"
    assert SourceDatabase(cloud_home).find() == source
    with connect(source, SUPERUSER, source.database) as owner:
        owner.execute("SELECT pg_create_logical_replication_slot(%s, 'test_decoding')", (made,))
        try:
            done = call(cloud_home, "dms", "slot", "--env", "rehearsal", "--json")
            plain = call(cloud_home, "dms", "slot", "--env", "rehearsal")
        finally:
            owner.execute("SELECT pg_drop_replication_slot(%s)", (made,))
    (found,) = done.document()["slots"]
    assert (found["name"], found["by_dms"], found["active"]) == (made, True, False)
    assert found["drop"] == f"SELECT pg_drop_replication_slot('{made}');"
    assert found["drop"] in plain.out
