"""A job that writes to Hudi is killed for real, its JVM with it, as soon as a trace of its commit appears."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from glue_scripts.lake.contracts import CONTRACTS
from tests.glue.generator.changes import Changes, Fault, make_up
from tests.glue.lakes import Lake
from tests.glue.test_reconciliation import set_aside

pytestmark = [pytest.mark.full, pytest.mark.xdist_group("spark")]

REPOSITORY = Path(__file__).parents[2]
SERVICE = CONTRACTS["service"]
# What appears on the way to a commit, in this order: a pattern below the lake's root.
TRACES = {
    "the lease is taken": "curated/_leases/service.json",
    "rows are being set aside": "quarantine/service/*",
    "the commit is requested": "curated/hudi/service/.hoodie/*.requested",
    "the commit is under way": "curated/hudi/service/.hoodie/*.inflight",
    "a file is marked as being written": "curated/hudi/service/.hoodie/.temp/*/*",
    "the first data file is begun": "curated/hudi/service/*.parquet",
    "the metadata table follows": "curated/hudi/service/.hoodie/metadata/.hoodie/*.deltacommit.inflight",
    "the commit is complete": "curated/hudi/service/.hoodie/*.commit",
}


def start(lake: Lake) -> subprocess.Popen[bytes]:
    roots = [f"--{zone}={lake.root}/{zone}" for zone in ("raw", "curated", "quarantine")]
    command = [sys.executable, "-m", "glue_scripts.run", "service", *roots]
    return subprocess.Popen(
        command, cwd=REPOSITORY, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def kill_when(process: subprocess.Popen[bytes], seen: Callable[[], bool]) -> None:
    """Kill the process and its JVM as soon as `seen`; fail where it ended before that."""
    try:
        while not seen():
            try:
                process.wait(0.003)
            except subprocess.TimeoutExpired:
                continue
            pytest.fail(f"the run ended by itself with {process.returncode}")
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def history() -> Changes:
    faults = frozenset(Fault) - {Fault.NO_SEQUENCE}
    return make_up(SERVICE, keys=200, changes=400, batches=1, seed=4, faults=faults)


# Nothing of the load is set aside.
CASES = [(trace, batch) for trace in TRACES for batch in (0, 1) if batch or trace != "rows are being set aside"]


@pytest.mark.parametrize(
    ("trace", "batch"), CASES, ids=[f"{trace}, {'changes' if batch else 'first load'}" for trace, batch in CASES]
)
def test_a_job_that_is_killed_leaves_the_table_before_or_after_and_is_done_again(
    hudi_lake: Lake, trace: str, batch: int
):
    lake, made = hudi_lake, history()
    before: dict[object, dict[str, object]] = {}
    for number, (_, after) in enumerate(zip(made.deliver(lake.root / "raw"), made.stations, strict=True)):
        if number == batch:
            for lease in lake.root.glob(TRACES["the lease is taken"]):  # a disk keeps the file, and frees the lock
                lease.unlink()
            there = set(lake.root.glob(TRACES[trace]))
            kill_when(start(lake), lambda: bool(set(lake.root.glob(TRACES[trace])) - there))  # noqa: B023
            # Where the file that completes the commit was still empty, readers see the commit and the job does not.
            assert lake.held(SERVICE) in ((before, after) if trace == "the commit is complete" else (before,))
        lake.run("service")
        assert lake.held(SERVICE) == after
        before = after
    assert set_aside(lake, made) == made.set_aside
