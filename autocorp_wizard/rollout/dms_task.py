"""Phase dms proves itself: both connections tested by DMS, then the full load awaited, with the rows of each table."""

import time
from typing import Final

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.dms_causes import error_of
from autocorp_wizard.core.errors import InconclusiveError, WizardError
from autocorp_wizard.core.proofs import Proof, Proven
from autocorp_wizard.core.replication import RESTING, Replication, TaskReport, trouble
from autocorp_wizard.rollout.access import Say
from autocorp_wizard.rollout.context import Context
from autocorp_wizard.rollout.dms_connections import EndTest, test_ends
from autocorp_wizard.rollout.replication import Waiting, look, replication_of, resting, waiting

# What AWS may take: a test, a start or a stop, and a load in which nothing moves.
TEST_SECONDS: Final = 600.0
TURN_SECONDS: Final = 1_800.0
STILL_SECONDS: Final = 1_800.0


async def test_connections(ctx: Context) -> Proof:
    """Have DMS test both ends. Raises the cause of the first that failed, in the catalogue's words."""
    replication = replication_of(ctx.environment, ctx.state_store.read())
    with ctx.recorder.step("dms-test", "DMS tests its way to the source and to the lake") as note:
        tests = await test_ends(ctx.access, replication, waiting(ctx.environment, TEST_SECONDS, resting(ctx)))
        raise_failure(tests)
        note.text = "source and target reached"
    return Proof(
        "connections",
        Proven.PROVEN,
        "DMS reached the source and the lake from where it runs.",
        tuple(f"{test.end}: {test.endpoint} reached" for test in tests),
    )


def raise_failure(tests: tuple[EndTest, ...]) -> None:
    """Raise the first failed end as an error; where both failed the second is named as well."""
    failed = [test for test in tests if not test.passed]
    if not failed:
        return
    error = error_of(failed[0].message, f"The {failed[0].end}'s connection test failed")
    others = " ".join(str(error_of(test.message, f"The {test.end}'s failed too")) for test in failed[1:])
    raise WizardError(
        error.code,
        error.what,
        why=" ".join(filter(None, (error.why, others))),
        next_step=error.next_step,
        details="\n".join(test.message for test in failed),
    )


async def await_full_load(ctx: Context) -> Proof:
    """Wait until the task runs and every table is loaded; the rows are those that DMS reports."""
    replication = replication_of(ctx.environment, ctx.state_store.read())
    with ctx.recorder.step("full-load", f"DMS loads {len(replication.tables)} tables") as note:
        await set_going(ctx.access, replication, waiting(ctx.environment, TURN_SECONDS, resting(ctx)), ctx.say)
        wait = waiting(ctx.environment, STILL_SECONDS, resting(ctx))
        report = await loaded(ctx.access, replication, replication.tables, wait, ctx.say)
        note.text = f"{len(replication.tables)} tables, {report.rows:,} rows"
    return Proof(
        "full-load",
        Proven.PROVEN,
        f"DMS reports every table loaded and goes on with changes: {len(replication.tables)} tables, "
        f"{report.rows:,} rows.",
        tuple(f"{each.name}: {each.rows:,} rows" for each in report.tables if each.name in replication.tables),
    )


async def loaded(
    access: CloudAccess,
    replication: Replication,
    tables: tuple[str, ...],
    wait: Waiting,
    say: Say,
    *,
    earlier: TaskReport | None = None,
) -> TaskReport:
    """Wait until the given tables are complete, anew since the report `earlier`.

    Raises DMS's failure, or DMS-LOAD-STILL where nothing has moved for as long as `wait` allows.
    """
    done: set[str] = set()
    seen: object = None
    moved = time.monotonic()
    while True:
        report = look(access, replication)
        wrong = trouble(report, tables)
        if wrong is not None:
            raise wrong
        for table in report.tables:
            if table.name in tables and table.name not in done and table.is_complete_since(earlier):
                done.add(table.name)
                say(f"{table.name}: {table.rows:,} rows loaded ({len(done)} of {len(tables)} tables)")
        if report.status == "running" and done.issuperset(tables):
            return report
        if report != seen:
            seen, moved = report, time.monotonic()
        if time.monotonic() - moved > wait.within:
            raise InconclusiveError(
                "DMS-LOAD-STILL",
                f"The full load has not moved for {wait.within:.0f} s: {len(done)} of {len(tables)} tables are done.",
                why=f"The task is {report.status} at {report.progress} %. An open transaction on the source holds back "
                "the start of a load.",
                next_step="End long transactions on the source; the load goes on by itself. Look: autocorp-wizard "
                "dms slot",
            )
        await wait.rest(wait.every)


async def stop(access: CloudAccess, replication: Replication, wait: Waiting) -> str:
    """Stop the task, which keeps its slot and its place; returns the status before. Raises what DMS refuses."""
    before = look(access, replication).status
    if before in RESTING:
        return before
    _call(access, "stop_replication_task", replication)
    await _turned(access, replication, frozenset({"stopped", "failed"}), wait)
    return before


async def resume(access: CloudAccess, replication: Replication, wait: Waiting) -> str:
    """Let a stopped or failed task go on where it was; returns the status before. Raises what DMS refuses."""
    before = look(access, replication).status
    if before in {"running", "starting"}:
        return before
    if before == "ready":
        raise WizardError(
            "DMS-NEVER-STARTED",
            "The replication task was never started, so there is nothing to resume.",
            why="The first start is a plan of its own, reviewed like any other.",
            next_step="Start it: autocorp-wizard dms start",
        )
    await begin(access, replication, "resume-processing", wait)
    return before


async def set_going(access: CloudAccess, replication: Replication, wait: Waiting, say: Say) -> None:
    """Let a failed task try again, so that asking again finishes; a task that a person stopped stays stopped."""
    report = look(access, replication)
    if report.status not in RESTING or not (report.status == "failed" or report.failure):
        return
    say(f"The replication task had {report.status}; it is started again")
    try:
        await begin(access, replication, "resume-processing", wait)
    except WizardError as error:
        if "never run" not in error.why:
            raise
        await begin(access, replication, "start-replication", wait)


async def begin(access: CloudAccess, replication: Replication, kind: str, wait: Waiting) -> None:
    """Start the task in one of DMS's ways and wait until it runs. Raises what it failed with."""
    _call(access, "start_replication_task", replication, StartReplicationTaskType=kind)
    report = await _turned(access, replication, frozenset({"running", "failed", "stopped"}), wait)
    wrong = trouble(report, ())
    if wrong is not None:
        raise wrong


async def _turned(access: CloudAccess, replication: Replication, wanted: frozenset[str], wait: Waiting) -> TaskReport:
    deadline = time.monotonic() + wait.within
    while True:
        report = look(access, replication)
        if report.status in wanted:
            return report
        if time.monotonic() > deadline:
            raise InconclusiveError(
                "DMS-TURN-LATE",
                f"The replication task is still {report.status} after {wait.within:.0f} s.",
                why="DMS waits for open transactions on the source, or is slow today.",
                next_step="Look again later: autocorp-wizard dms test, autocorp-wizard dms slot",
            )
        await wait.rest(wait.every)


def _call(access: CloudAccess, operation: str, replication: Replication, **parameters: object) -> None:
    try:
        access.call("dms", operation, ReplicationTaskArn=replication.task_arn, **parameters)
    except CloudError as error:
        if error.aws_code != "InvalidResourceStateFault":
            raise
        said = error.details or error.why
        untested = "should be successful for starting" in said
        raise WizardError(
            "DMS-STATE",
            "DMS refuses that in the task's present state.",
            why=said,
            next_step="Test the connections first: autocorp-wizard dms test" if untested else "Look, then try again.",
        ) from error
