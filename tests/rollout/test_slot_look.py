"""After a destroy the source is looked at: a slot that DMS left is named with the statement that drops it."""

from pathlib import Path

import pytest

from autocorp_wizard.core.environment import Environment
from autocorp_wizard.rehearsal.source import SourceDatabase
from autocorp_wizard.rehearsal.source_address import connect
from autocorp_wizard.rollout.context import PASSWORD, Context
from autocorp_wizard.rollout.slot_look import SlotLook, find_slots
from tests.rollout.staging import context

LEFT = "autocorprehearsa_00016402_0a1b2c3d_4e5f_6071_8293_a4b5c6d7e8f9"
SOMEBODY_ELSES = "debezium"


def looking(tmp_path: Path, host: str, port: int, password: str, *, database: str = "a", user: str = "u") -> Context:
    answers = {"cloud": "rehearsal", "postgres_host": host, "postgres_port": port}
    answers |= {"postgres_database": database, "postgres_username": user}
    ctx, _, _ = context(tmp_path, environment=Environment("rehearsal", answers))
    ctx.secrets[PASSWORD] = password
    return ctx


def test_nobody_could_look_without_a_password_or_a_host(tmp_path: Path) -> None:
    assert "password" in find_slots(looking(tmp_path, "db.example.org", 5432, "")).unseen[0]
    nowhere, _, _ = context(tmp_path, environment=Environment("dev", {"cloud": "aws"}))
    assert "host" in find_slots(nowhere).unseen[0]


def test_a_source_that_does_not_answer_was_not_looked_at(tmp_path: Path) -> None:
    look = find_slots(looking(tmp_path, "127.0.0.1", 1, "secret"))
    assert look.found == ()
    assert "secret" not in look.unseen[0]


@pytest.mark.slow
def test_a_slot_that_dms_left_is_named_and_anybody_elses_is_not(own_source: SourceDatabase, tmp_path: Path) -> None:
    address = own_source.ensure()
    user = address.replication_user
    password = address.password_of(user)
    asked = looking(tmp_path, address.host, address.port, password, database=address.database, user=user)
    assert find_slots(asked) == SlotLook()
    with connect(address, user, address.database) as session:
        for name in (LEFT, SOMEBODY_ELSES):
            session.execute("SELECT pg_create_logical_replication_slot(%s, 'test_decoding')", (name,))
    (left,) = find_slots(asked).found
    assert left.name == f"replication slot {LEFT}"
    assert not left.by_nature
    assert f"pg_drop_replication_slot('{LEFT}')" in left.sentence
