"""The first transfer: every task runs once as it is defined now, and DataSync's counts and verdict are looked at."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.proofs import Proof, Proven
from autocorp_wizard.rollout.context import Context

_OVER: Final = ("SUCCESS", "ERROR")
# What an execution inherits of its task's definition; where it differs, the task was changed since.
_DEFINITION: Final = ("Options", "Includes", "Excludes")
_Document = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Run:
    export: str
    task: str
    arn: str
    earlier: bool


async def first_transfer(ctx: Context) -> Proof:
    """Have each export transferred and verified once by its task as it is defined now; waits for the end.

    Raises TRANSFER-NONE where there is no task, TRANSFER-FAILED with DataSync's own words, TRANSFER-UNVERIFIED.
    """
    tasks = _tasks(ctx)
    if not tasks:
        raise WizardError(
            "TRANSFER-NONE",
            "There is no DataSync task yet.",
            why="Tasks come with the datasync phase, one for each export that has a source.",
            next_step=f"First: autocorp-wizard apply datasync --env {ctx.environment.name}",
        )
    with ctx.recorder.step("first-transfer", "Each export is transferred and verified once") as note:
        runs = [_begin(ctx, export, task) for export, task in sorted(tasks.items())]
        rows = tuple([_judged(run, await _ended(ctx, run)) for run in runs])
        note.text = f"{len(rows)} exports"
    return Proof("first-transfer", Proven.PROVEN, f"{len(rows)} exports were transferred and verified.", rows)


def _tasks(ctx: Context) -> dict[str, str]:
    """Return the tasks of the environment by export, as the state's outputs tell them."""
    state = ctx.state_store.read()
    found = (state.outputs or {}).get("datasync_task_arns") if state is not None else None
    return {str(export): str(arn) for export, arn in found.items()} if isinstance(found, dict) else {}


def _begin(ctx: Context, export: str, task: str) -> _Run:
    """Return an execution of the present definition that succeeded or is on its way, else start one."""
    ctx.recorder.stop_if_wished()
    defined = ctx.access.call("datasync", "describe_task", TaskArn=task)
    live = ""
    for page in ctx.access.pages("datasync", "list_task_executions", TaskArn=task):
        for entry in cast("list[_Document]", page.get("TaskExecutions") or []):
            arn, status = str(entry["TaskExecutionArn"]), str(entry["Status"])
            if status in ("ERROR", "CANCELLING"):
                continue
            found = ctx.access.call("datasync", "describe_task_execution", TaskExecutionArn=arn)
            if not _is_of(found, defined):
                continue
            if status == "SUCCESS" and _files(found):
                return _Run(export, task, arn, earlier=True)
            live = arn if status not in _OVER else live
    if live:
        ctx.say(f"{export}: a transfer is on its way")
        return _Run(export, task, live, earlier=False)
    ctx.say(f"{export}: the transfer begins")
    started = ctx.access.call("datasync", "start_task_execution", TaskArn=task)
    return _Run(export, task, str(started["TaskExecutionArn"]), earlier=False)


def _is_of(execution: _Document, task: _Document) -> bool:
    return all((execution.get(part) or None) == (task.get(part) or None) for part in _DEFINITION)


async def _ended(ctx: Context, run: _Run) -> _Document:
    """Wait for the end of an execution, saying each state that it reaches."""
    pause = 0.25 if ctx.environment.is_rehearsal else 10.0
    seen = ""
    while True:
        ctx.recorder.stop_if_wished()
        found = ctx.access.call("datasync", "describe_task_execution", TaskExecutionArn=run.arn)
        status = str(found["Status"])
        if status in _OVER:
            return found
        if status != seen:
            ctx.say(f"{run.export}: {status.lower()}")
            seen = status
        await asyncio.sleep(pause)


def _judged(run: _Run, found: _Document) -> str:
    """Return what a successful transfer amounts to, in a line. Raises TRANSFER-*."""
    result = cast("_Document", found.get("Result") or {})
    if found["Status"] != "SUCCESS":
        raise _failed(run, result)
    if result.get("VerifyStatus") == "ERROR":
        raise WizardError(
            "TRANSFER-UNVERIFIED",
            f"The transfer of {run.export} was not verified.",
            why=str(result.get("ErrorDetail") or "DataSync found a difference between share and bucket."),
            next_step="Files that are written during a transfer differ; transfer them again when they are complete.",
        )
    if not _files(found):
        raise WizardError(
            "TRANSFER-EMPTY",
            f"The transfer of {run.export} found no file.",
            why="Nothing on its share matches the include pattern of its task.",
            next_step="Look at the share; where the file has another name: datasync_include_patterns (env edit).",
        )
    numbers = {name: int(str(found.get(name) or 0)) for name in ("FilesTransferred", "BytesWritten", "FilesVerified")}
    known = int(str(found.get("FilesSkipped") or 0))
    earlier = ", from an earlier run" if run.earlier else ""
    return (
        f"{run.export}: {numbers['FilesTransferred']} files transferred ({numbers['BytesWritten']:,} bytes), "
        f"{numbers['FilesVerified']} verified, {known} there already{earlier}"
    )


def _files(found: _Document) -> int:
    return int(str(found.get("FilesTransferred") or 0)) + int(str(found.get("FilesSkipped") or 0))


# What DataSync's codes mean for whoever has to act; the first sign that stands in code or detail counts.
_REMEDIES: Final[tuple[tuple[str, str], ...]] = (
    ("Agent", "Look at the agent: autocorp-wizard agent status; where it is lost: autocorp-wizard agent replace"),
    ("Mount", "Let the share be exported to the agent's address, and look at datasync_nfs_sources (env edit)."),
    ("S3", "The role must be able to list and write the bucket's raw/csv/: plan and apply the foundation again."),
    ("Verif", "Files that are written during a transfer differ; transfer them again when they are complete."),
    ("Cancel", "Somebody cancelled it; run the same command again."),
)


def _failed(run: _Run, result: _Document) -> WizardError:
    code, detail = str(result.get("ErrorCode") or "unknown"), str(result.get("ErrorDetail") or "")
    text = f"{code} {detail}"
    return WizardError(
        "TRANSFER-FAILED",
        f"The transfer of {run.export} failed ({code}).",
        why=detail or "DataSync gave no reason.",
        next_step=next((remedy for sign, remedy in _REMEDIES if sign in text), "Look into the task's log group."),
        details=f"{run.arn}: {text}",
    )
