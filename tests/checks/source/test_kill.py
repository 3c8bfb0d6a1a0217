"""Whoever kills the preflight leaves nothing on the source: no slot and no session, once the server noticed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from autocorp_wizard.adapters.source_sessions import APPLICATION
from autocorp_wizard.core.preflight.record import Status
from autocorp_wizard.rehearsal.source_address import SUPERUSER, connect
from tests.checks.source.bench import Bench

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("source-bench")]

# The login comes on stdin; a line on stdout says that the next step is the probe.
_PROBER = """
import json, sys
from autocorp_wizard.adapters.source_sessions import SourceLogin
from autocorp_wizard.checks.engine import run_checks
from autocorp_wizard.checks.source.registry import source_checks
from autocorp_wizard.core.preflight.source.facts import Wanted
told = json.loads(sys.stdin.readline())
told["wanted"]["tables"] = tuple(told["wanted"]["tables"])
login, wanted = SourceLogin(**told["login"]), Wanted(**told["wanted"])
print("ready", flush=True)
while True:
    run_checks(source_checks(lambda: (login, wanted)))
"""
_NOTICED_SECONDS = 20.0


def prober(bench: Bench) -> subprocess.Popen[str]:
    """Start a process that runs all checks again and again."""
    root = Path(__file__).parents[3]
    process = subprocess.Popen(
        [sys.executable, "-c", _PROBER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root
    )
    told = {"login": asdict(bench.login()), "wanted": asdict(bench.wanted())}
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(told) + "\n")
    process.stdin.flush()
    assert process.stdout.readline() == "ready\n"
    return process


def kill(process: subprocess.Popen[str]) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()


def on_the_source(bench: Bench) -> tuple[list[str], list[str]]:
    """The sessions of the preflight, and its slots."""
    with connect(bench.address, SUPERUSER, bench.address.database) as admin:
        sessions = admin.execute(
            "SELECT query FROM pg_stat_activity WHERE application_name = %s", (APPLICATION,)
        ).fetchall()
        slots = admin.execute("SELECT slot_name FROM pg_replication_slots").fetchall()
    return [str(row[0]) for row in sessions], [str(row[0]) for row in slots]


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    """Look until something holds, at most so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_a_kill_while_the_slot_waits_leaves_nothing(bench: Bench) -> None:
    try:
        bench.hold("CREATE TEMPORARY TABLE waiting (a int)")
        process = prober(bench)
        try:
            # The control: there is a slot, and a session that waits to make it.
            assert within(30.0, lambda: any("create_logical" in each for each in on_the_source(bench)[0]))
            assert on_the_source(bench)[1]
        finally:
            kill(process)
        assert within(_NOTICED_SECONDS, lambda: on_the_source(bench) == ([], []))
    finally:
        bench.restore(())
    assert bench.look()["pg.slot.probe"].status is Status.PASS


@pytest.mark.parametrize("moment", [0.0, 0.07, 0.15, 0.3, pytest.param(0.6, marks=pytest.mark.full)])
def test_a_kill_at_any_moment_leaves_nothing(bench: Bench, moment: float) -> None:
    process = prober(bench)
    try:
        within(moment, lambda: False)
    finally:
        kill(process)
    assert within(_NOTICED_SECONDS, lambda: on_the_source(bench) == ([], []))
