"""Asking DMS, by its API, about what the tree made: whose endpoints and task these are, and how the task does."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, cast

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import UsageError, WizardError
from autocorp_wizard.core.replication import Replication, TaskReport
from autocorp_wizard.core.statefile import RemoteState
from autocorp_wizard.rollout.context import Context

Rest = Callable[[float], Awaitable[None]]

_SLICE: Final = 0.2


def replication_of(environment: Environment, state: RemoteState | None) -> Replication:
    """Return what the state knows of phase dms. Raises DMS-TOO-EARLY where it is not applied."""
    found = Replication.of(state.outputs if state is not None else None)
    if found is None:
        raise UsageError(
            "DMS-TOO-EARLY",
            f"There is no replication in {environment.name} yet.",
            why="Phase 3 (dms) makes it.",
            next_step=f"First: autocorp-wizard apply dms --env {environment.name}",
        )
    return found


@dataclass(frozen=True, slots=True)
class Waiting:
    """How to wait: `rest` sleeps, `every` is the time between two looks and `within` the most, in seconds."""

    rest: Rest
    every: float
    within: float


def waiting(environment: Environment, seconds: float, rest: Rest = asyncio.sleep) -> Waiting:
    """Return how to wait for what may take so many seconds on AWS; a rehearsal's minutes are seconds.

    A machine that swaps gets a minute even where the cloud is quick.
    """
    if environment.is_rehearsal:
        return Waiting(rest, 0.5, max(seconds / 10, 60.0))
    return Waiting(rest, 10.0, seconds)


def resting(ctx: Context) -> Rest:
    """Return a way to wait that hears when somebody asks the run to stop."""

    async def rest(seconds: float) -> None:
        left = seconds
        while left > 0:
            ctx.recorder.stop_if_wished()
            await asyncio.sleep(min(left, _SLICE))
            left -= _SLICE
        ctx.recorder.stop_if_wished()

    return rest


def look(access: CloudAccess, replication: Replication) -> TaskReport:
    """Ask DMS about the task and its tables. Raises DMS-TASK-MISSING where it is gone, and what AWS refuses."""
    filters = [{"Name": "replication-task-arn", "Values": [replication.task_arn]}]
    try:
        answer = access.call("dms", "describe_replication_tasks", Filters=filters, WithoutSettings=True)
    except CloudError as error:
        if not error.is_missing:
            raise
        answer = {}
    tasks = cast("list[dict[str, object]]", answer.get("ReplicationTasks") or [])
    if not tasks:
        raise WizardError(
            "DMS-TASK-MISSING",
            f"The replication task {replication.task_id} does not exist any more.",
            why="It was deleted outside Terraform.",
            next_step="Let Terraform make it again: autocorp-wizard apply dms",
        )
    tables: list[dict[str, object]] = []
    for page in access.pages("dms", "describe_table_statistics", ReplicationTaskArn=replication.task_arn):
        tables += cast("list[dict[str, object]]", page.get("TableStatistics") or [])
    return TaskReport.of(tasks[0], tables)
