"""Putting right what a run left behind that died: attach, unsaved state, lock, taints, and a lost state, in that order.

Nothing is applied here. What exists without being in the state is remembered for import, and the next plan, which a
person reviews, finishes the work.
"""

import asyncio
import socket
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from autocorp_wizard.adapters.journal import JournalWriter, read_journal
from autocorp_wizard.adapters.lease import Lease
from autocorp_wizard.adapters.run_store import RunFiles, RunRecord
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.errors import ExitCode, WizardError
from autocorp_wizard.core.state_lock import LockInfo
from autocorp_wizard.core.statefile import RemoteState
from autocorp_wizard.rollout.context import Context
from autocorp_wizard.rollout.rebuilding import rebuild, untaint
from autocorp_wizard.rollout.recovery_need import (
    errored_states,
    lost_runs,
    settle,
    terraform_lives,
    terraform_pid,
    unsettled_runs,
)
from autocorp_wizard.rollout.terraform_step import RawOutput, capture
from autocorp_wizard.rollout.workspace import Workspace, initialise, new_workspace

# How far the clocks of the lock's text and of our journal may lie apart.
_SLACK = timedelta(minutes=2)


async def recover_operation(ctx: Context) -> int:
    """Put right what earlier runs of this environment left behind; returns how many runs it looked at."""
    left = list(reversed(unsettled_runs(ctx.store, ctx.environment.name)))
    for record in [*left, *(each for each in lost_runs(ctx.store, ctx.environment.name) if each not in left)]:
        await _attach(ctx, record)
    if not ctx.state_store.bucket_exists():
        settle(ctx.files)
        return len(left)
    workspace = new_workspace(ctx)
    await initialise(ctx, workspace)
    await _unlock(ctx, workspace, left)
    await _push_unsaved(ctx, workspace, left)
    state = ctx.state_store.read()
    await untaint(ctx, workspace, state)
    await rebuild(ctx, state, left)
    ctx.remember_applied()
    settle(ctx.files)
    return len(left)


async def _attach(ctx: Context, record: RunRecord) -> None:
    """Wait for a Terraform that outlived its runner, and write the end that the dead runner could not write."""
    files = ctx.store.files(record.run)
    taken = Lease.acquire(files.lease, what=ctx.files.run)
    if taken is None:
        raise WizardError(
            "RUN-BUSY",
            f"The run {record.run} is alive after all.",
            next_step=f"Watch it with: autocorp-wizard runs attach {record.run}",
        )
    try:
        with ctx.recorder.step("attach", f"Reading what the run {record.run} did to its end") as note:
            if terraform_lives(files):
                sentence = f"Its Terraform (process {terraform_pid(files)}) is still at work and is waited for."
                ctx.recorder.record(ev.RecoveryFound(finding="attach", sentence=sentence))
            note.text = await _read_to_the_end(ctx, files)
    finally:
        taken.release()


async def _read_to_the_end(ctx: Context, files: RunFiles) -> str:
    finished = any(isinstance(e.event, ev.RunFinished) for e in read_journal(files.journal))
    summary: ev.SummaryReported | None = None
    writer = None if finished else JournalWriter(files.journal, files.run)
    try:
        while True:
            alive = terraform_lives(files)
            for path in sorted(files.raw.glob("*.jsonl")):
                for event in RawOutput(path).events():
                    clean = ctx.recorder.discretion.event(event)
                    if writer:
                        writer.append(clean)
                    if isinstance(clean, ev.SummaryReported) and clean.operation != "plan":
                        summary = clean
                    if isinstance(clean, (ev.ResourceFinished, ev.ResourceFailed)):
                        ctx.say(f"{files.run}: {clean.address} {clean.KIND.split('.')[1]}")
            if not alive:
                break
            await asyncio.sleep(0.2)
            ctx.recorder.stop_if_wished()
        for path in files.raw.glob("*.jsonl"):
            RawOutput(path).forget()
        said = "Terraform finished its work by itself." if summary else "It ended without an end."
        if finished:
            said = "It wrote its own end."
        if writer:
            counts = (
                {"create": summary.add, "update": summary.change, "delete": summary.remove, "import": summary.import_}
                if summary
                else {}
            )
            writer.append(
                ev.RunFinished(
                    outcome=ev.Outcome.LOST,
                    exit_code=int(ExitCode.FAILED),
                    counts=counts,
                    sentence=f"The runner died. {said}",
                )
            )
    finally:
        if writer:
            writer.close()
    return said


async def _unlock(ctx: Context, workspace: Workspace, left: Iterable[RunRecord]) -> None:
    """Break a lock that a dead run of this machine holds; anybody else's only when asked to.

    It comes before the unsaved state is pushed, because the push takes the lock itself.
    """
    locks = ctx.state_store.locks()
    for lock in locks:
        ctx.recorder.record(ev.RecoveryFound(finding="lock", sentence=lock.sentence))
    others = [lock for lock in locks if not _is_ours(ctx, lock, left)]
    if others and not ctx.request.unlock:
        raise WizardError(
            "STATE-LOCKED",
            others[0].sentence,
            why="No dead run of this machine explains the lock, so its holder may be alive.",
            next_step="Ask the holder. If that process is dead: autocorp-wizard runs recover --unlock",
        )
    for lock in locks:
        with ctx.recorder.step("unlock", "The lock of a dead process is given back"):
            await _force_unlock(ctx, workspace, lock)
        sentence = "The lock was given back; its holder is dead."
        ctx.recorder.record(ev.RecoveryDone(finding="lock", sentence=sentence))


async def _force_unlock(ctx: Context, workspace: Workspace, lock: LockInfo) -> None:
    terraform = workspace.terraform
    argv = terraform.force_unlock(lock.id)
    try:
        await capture(ctx.recorder, argv, cwd=workspace.directory, env=terraform.environment)
    except WizardError:
        # Where only the file or only the table held it, Terraform gives that back and calls it a failure all the same.
        if any(each.id == lock.id for each in ctx.state_store.locks()):
            raise


def _is_ours(ctx: Context, lock: LockInfo, left: Iterable[RunRecord]) -> bool:
    if lock.host != socket.gethostname():
        return False
    created = lock.created
    for record in left:
        if record.started_at is None or created is None:
            continue
        last = ctx.store.state(ctx.store.files(record.run)).last_at or datetime.now(UTC)
        if record.started_at - _SLACK <= created <= last + _SLACK:
            return True
    return False


async def _push_unsaved(ctx: Context, workspace: Workspace, left: Iterable[RunRecord]) -> None:
    for record in left:
        for path in errored_states(ctx.store.files(record.run)):
            await _push(ctx, workspace, path)


async def _push(ctx: Context, workspace: Workspace, path: Path) -> None:
    sentence = "A state that could not be saved lies on this machine."
    ctx.recorder.record(ev.RecoveryFound(finding="errored-state", sentence=sentence))
    with ctx.recorder.step("push", "The unsaved state goes to the state bucket") as note:
        ctx.state_store.back_up(datetime.now(UTC))
        unsaved, remote = RemoteState.parse(path.read_text()), ctx.state_store.read()
        if remote is not None and remote.lineage == unsaved.lineage and remote.serial >= unsaved.serial:
            note.text = "the bucket has it already, or newer"
        else:
            await capture(
                ctx.recorder,
                workspace.terraform.state_push(path),
                cwd=workspace.directory,
                env=workspace.terraform.environment,
            )
            note.text = f"serial {unsaved.serial}"
        path.rename(path.with_suffix(".tfstate.pushed"))
    ctx.recorder.record(ev.RecoveryDone(finding="errored-state", sentence="The unsaved state is in the bucket now."))
