"""The preflight is a light guest: three sessions at most, each used for many questions, none left when it has gone."""

import threading
import time

import pytest

from autocorp_wizard.adapters.source_sessions import APPLICATION, Sessions
from autocorp_wizard.core.preflight.record import Status
from autocorp_wizard.rehearsal.source_address import SUPERUSER, connect
from tests.checks.source.bench import Bench, failures

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("source-bench")]


def pids(bench: Bench) -> set[int]:
    with connect(bench.address, SUPERUSER, bench.address.database) as admin:
        found = admin.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", (APPLICATION,)).fetchall()
    return {int(row[0]) for row in found}


def gone(bench: Bench) -> bool:
    """A server ends a session a moment after its client closed it."""
    end = time.monotonic() + 10
    while pids(bench):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_at_most_three_at_a_time_few_in_all_and_none_afterwards(bench: Bench) -> None:
    over = threading.Event()
    seen: list[set[int]] = []

    def watch() -> None:
        with connect(bench.address, SUPERUSER, bench.address.database) as admin:
            while not over.is_set():
                found = admin.execute(
                    "SELECT pid FROM pg_stat_activity WHERE application_name = %s", (APPLICATION,)
                ).fetchall()
                seen.append({int(row[0]) for row in found})

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        found = bench.look()
    finally:
        over.set()
        watcher.join()
    assert failures(found) == []
    assert found["pg.slot.probe"].status is Status.PASS
    assert 1 <= max(len(each) for each in seen) <= 3
    # Those of the user, the inspector, the walsender and the probe: not one for each of 70 checks.
    assert len(set.union(*seen)) <= 8
    assert gone(bench)


def test_a_session_is_used_again_and_a_broken_one_is_not(bench: Bench) -> None:
    sessions = Sessions(bench.login())
    try:
        with sessions.session() as first:
            one = first.info.backend_pid
        with sessions.session() as again:
            assert again.info.backend_pid == one
            assert again.execute("SHOW default_transaction_read_only").fetchone() == ("on",)
        with sessions.session(inspect=True) as inspector:
            assert inspector.info.user == bench.address.inspector_user
        with pytest.raises(ZeroDivisionError), sessions.session() as used:
            raise ZeroDivisionError
        with sessions.session() as fresh:
            assert fresh.info.backend_pid != one
        assert used.closed
    finally:
        sessions.close()
    with sessions.session():
        assert len(pids(bench)) >= 1
    assert gone(bench)


def test_who_comes_fourth_waits_and_an_idle_one_of_another_user_makes_room(bench: Bench) -> None:
    sessions = Sessions(bench.login())
    served = threading.Event()

    def fourth() -> None:
        with sessions.session(inspect=True):
            served.set()

    waiting = threading.Thread(target=fourth)
    try:
        with sessions.session(), sessions.session():
            with sessions.session():
                waiting.start()
                assert not served.wait(0.3)
            assert served.wait(10)
            assert len(pids(bench)) <= 3
    finally:
        waiting.join()
        sessions.close()
    assert gone(bench)
