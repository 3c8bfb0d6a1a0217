"""Replication stopped for what AWS refuses while it runs, and gone on afterwards from where it stopped.

AWS modifies no endpoint of a running task, and deletes no task that runs (reference/terraform.md §3.7).
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, cast

from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.events import Action
from autocorp_wizard.core.plan import Plan
from autocorp_wizard.core.statefile import RemoteState
from autocorp_wizard.rollout.context import Context

_TASK: Final = "aws_dms_replication_task"
_ENDPOINTS: Final = frozenset({"aws_dms_endpoint", "aws_dms_s3_endpoint"})
_RUNNING: Final = "running"
# What a task passes through on its way to or from running.
_MOVING: Final = frozenset({"starting", "stopping", "modifying", "testing", "moving"})
# Seconds that AWS may take to stop or to start a task.
_PATIENCE: Final = 1800.0


@dataclass(frozen=True, slots=True)
class Task:
    """A replication task as AWS sees it. `status` is AWS's word (`running`, `stopped`, `ready`, `failed`, ...)."""

    arn: str
    name: str
    status: str


def task_of(ctx: Context, state: RemoteState | None) -> Task | None:
    """Return the replication task that a state holds, as AWS has it now; None where there is none."""
    held = state.of_type(_TASK) if state else ()
    if not held:
        return None
    name = held[0].attributes.get("replication_task_id") or held[0].id
    filters = [{"Name": "replication-task-id", "Values": [name]}]
    try:
        answer = ctx.access.call("dms", "describe_replication_tasks", Filters=filters, WithoutSettings=True)
    except CloudError as error:
        if error.is_missing:
            return None
        raise
    for each in cast("list[dict[str, object]]", answer.get("ReplicationTasks") or []):
        return Task(str(each["ReplicationTaskArn"]), name, str(each.get("Status")))
    return None


def needs_a_pause(plan: Plan) -> bool:
    """Whether a plan changes an endpoint in place, which AWS refuses while a task uses it."""
    return any(c.action is Action.UPDATE and c.resource_type in _ENDPOINTS for c in plan.changes)


@asynccontextmanager
async def paused_for(ctx: Context, plan: Plan, state: RemoteState | None) -> AsyncIterator[None]:
    """Stop replication around an apply that changes an endpoint; it goes on afterwards, also where the apply failed."""
    stopped = await stop_replication(ctx, state) if needs_a_pause(plan) else None
    try:
        yield
    except BaseException:
        if stopped is not None:
            await _go_on_after_failure(ctx, state)
        raise
    if stopped is not None:
        await resume_replication(ctx, state)


async def stop_replication(ctx: Context, state: RemoteState | None) -> Task | None:
    """Stop the task where it runs and wait until it has; returns the task that was stopped."""
    task = task_of(ctx, state)
    if task is not None and task.status in _MOVING:
        task = await _settled(ctx, state, task)
    if task is None or task.status != _RUNNING:
        return None
    with ctx.recorder.step("stop-task", f"Replication stops: task {task.name}") as note:
        ctx.access.call("dms", "stop_replication_task", ReplicationTaskArn=task.arn)
        stopped = await _wait(ctx, state, lambda now: now is None or now.status not in {_RUNNING, *_MOVING})
        note.text = stopped.status if stopped else "gone"
    return task


async def resume_replication(ctx: Context, state: RemoteState | None) -> None:
    """Let a stopped task go on from where it stopped, and see that it runs. Raises TASK-NOT-RUNNING."""
    with ctx.recorder.step("resume-task", "Replication goes on from where it stopped") as note:
        task = task_of(ctx, state)
        if task is not None and task.status in _MOVING:
            task = await _settled(ctx, state, task)
        if task is None:
            note.text = "the task is gone"
            return
        if task.status != _RUNNING:
            ctx.access.call(
                "dms",
                "start_replication_task",
                ReplicationTaskArn=task.arn,
                StartReplicationTaskType="resume-processing",
            )
            before = {task.status, *_MOVING}
            task = await _wait(ctx, state, lambda now: now is None or now.status not in before)
        if task is None or task.status != _RUNNING:
            raise WizardError(
                "TASK-NOT-RUNNING",
                "Replication was stopped for the change and does not run again.",
                why=f"The task is {task.status}." if task else "The task is gone.",
                next_step="Look why, then: autocorp-wizard dms resume",
            )
        note.text = task.status


async def _go_on_after_failure(ctx: Context, state: RemoteState | None) -> None:
    """The failure of the apply is what is told; that replication stands still is said beside it."""
    try:
        await resume_replication(ctx, state)
    except WizardError as error:
        ctx.say(f"Replication was stopped and does not run again: {error.what} autocorp-wizard dms resume")


async def _settled(ctx: Context, state: RemoteState | None, task: Task) -> Task | None:
    ctx.say(f"The task {task.name} is {task.status}; it is waited for.")
    return await _wait(ctx, state, lambda now: now is None or now.status not in _MOVING)


async def _wait(ctx: Context, state: RemoteState | None, enough: Callable[[Task | None], bool]) -> Task | None:
    pause = 0.5 if ctx.environment.is_rehearsal else 5.0
    deadline = time.monotonic() + _PATIENCE
    while True:
        task = task_of(ctx, state)
        if enough(task):
            return task
        if time.monotonic() > deadline:
            raise WizardError(
                "TASK-STUCK",
                f"The replication task stays {task.status if task else 'gone'}.",
                why=f"It was waited for {_PATIENCE / 60:.0f} minutes.",
                next_step="Look at it: autocorp-wizard dms status; then run the same command again.",
            )
        await asyncio.sleep(pause)
