"""Phase glue proves itself: every job ends green with the code and settings it has now, on whatever input there is.

Jobs of single tables first and together, then the one that refreshes all, then the one that judges quality: they write
the same tables, and a table has one writer at a time.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.errors import InconclusiveError, WizardError
from autocorp_wizard.core.job_run import JobRun, failure, read_run
from autocorp_wizard.core.proofs import Proof, Proven
from autocorp_wizard.rollout.access import Say
from autocorp_wizard.rollout.context import Context

# What a wave of jobs may take on AWS: workers, the work, and one repetition by Glue itself.
WAVE_SECONDS: Final = 2_700.0
# Glue begins another attempt within a minute or never.
_ATTEMPT_SECONDS: Final = 90.0
_REST_AWS, _REST_REHEARSAL = 15.0, 0.5
_BUSY: Final = "TABLE-BUSY"
_BUSY_AGAIN: Final = 3


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it is defined now; `changed` is when that began."""

    key: str
    name: str
    changed: datetime
    retries: int


@dataclass(slots=True)
class _Watched:
    """A job that is to be proven, and the run that may do it."""

    job: Job
    run: JobRun | None = None
    failed_at: float = 0.0
    busy: int = 0


async def first_job_runs(ctx: Context) -> Proof:
    """Start every job whose newest run proves nothing about its present definition, and wait for all of them.

    Raises GLUE-RUN-FAILED with Glue's message, or GLUE-RUN-SLOW where the time is not enough.
    """
    waves = _waves(ctx)
    proven: dict[str, JobRun] = {}
    fresh = 0
    with ctx.recorder.step("first-job-runs", f"{sum(map(len, waves))} Glue jobs run once") as note:
        rest = _REST_REHEARSAL if ctx.environment.is_rehearsal else _REST_AWS
        for wave in waves:
            jobs = [_job(ctx.access, key, name) for key, name in wave]
            due = [job for job in jobs if not _settled(ctx.access, job, proven)]
            fresh += len(due)
            proven |= await _prove(ctx, due, rest)
        note.text = f"{len(proven)} green, {fresh} of them run now"
    return Proof(
        "first-job-runs",
        Proven.PROVEN,
        f"Every Glue job ended green: {len(proven)} jobs, {fresh} of them run now.",
        (*(f"{key}: green in {run.seconds} s" for key, run in proven.items()), _tables_sentence(ctx)),
    )


def _waves(ctx: Context) -> tuple[tuple[tuple[str, str], ...], ...]:
    """Return the jobs in waves, each with its key. Raises GLUE-NOT-APPLIED where the state names none."""
    state = ctx.state_store.read()
    outputs = dict(state.outputs or {}) if state is not None else {}
    tables, whole = outputs.get("glue_job_names"), outputs.get("glue_refresh_job_name")
    if not isinstance(tables, Mapping) or not tables or not whole:
        raise WizardError(
            "GLUE-NOT-APPLIED",
            "The state names no Glue jobs.",
            why="Phase 2 (glue) is not applied, or not to its end.",
            next_step="Apply it: autocorp-wizard apply glue",
        )
    single = tuple((key, str(name)) for key, name in sorted(tables.items()))
    quality = outputs.get("glue_quality_job_name")
    last = ((("evaluate_quality", str(quality)),),) if quality else ()
    return (single, (("refresh_all", str(whole)),), *last)


def _tables_sentence(ctx: Context) -> str:
    if ctx.environment.is_rehearsal:
        return "tables in the catalog: not proven here, jobs move no rows in the rehearsal yet"
    return "tables in the catalog: not proven yet, they appear after the first load"


def _job(access: CloudAccess, key: str, name: str) -> Job:
    found = cast("Mapping[str, object]", access.call("glue", "get_job", JobName=name)["Job"])
    changed = found["LastModifiedOn"]
    if not isinstance(changed, datetime):
        raise TypeError("LastModifiedOn is no moment")
    return Job(key, name, changed, int(str(found.get("MaxRetries") or 0)))


def _settled(access: CloudAccess, job: Job, proven: dict[str, JobRun]) -> bool:
    newest = next(_runs(access, job.name, 1), None)
    if newest is None or not newest.proves(job.changed):
        return False
    proven[job.key] = newest
    return True


async def _prove(ctx: Context, jobs: list[Job], rest: float) -> dict[str, JobRun]:
    """Start the jobs and wait until each has ended well. Raises what they failed with, once all have ended."""
    watched = [_Watched(job) for job in jobs]
    proven: dict[str, JobRun] = {}
    failed: list[JobRun] = []
    until = time.monotonic() + WAVE_SECONDS
    while watched:
        ctx.recorder.stop_if_wished()
        for each in list(watched):
            ended = _look(ctx.access, each, ctx.say)
            if ended is None:
                continue
            watched.remove(each)
            if ended.succeeded:
                proven[each.job.key] = ended
                ctx.say(f"{each.job.name}: green in {ended.seconds} s ({len(watched)} still running)")
            else:
                failed.append(ended)
                ctx.say(f"{each.job.name}: {ended.state}: {ended.message}")
        if watched and time.monotonic() > until:
            raise _slow(watched)
        if watched:
            await asyncio.sleep(rest)
    if failed:
        raise failure(tuple(failed))
    return {job.key: proven[job.key] for job in jobs}


def _look(access: CloudAccess, watched: _Watched, say: Say) -> JobRun | None:
    """Start the job where nothing runs that could prove it; returns the run that decided, None while it goes on."""
    job, newest = watched.job, next(_runs(access, watched.job.name, 1), None)
    if watched.run is None:
        if newest is None or not newest.is_going:
            watched.run = _start(access, job)
            say(f"{job.name}: started")
        else:
            # Somebody else's, or the schedule's; it proves as much as ours.
            watched.run = newest
        return None
    return None if newest is None or newest.is_going or _goes_on(watched, newest) else newest


def _goes_on(watched: _Watched, ended: JobRun) -> bool:
    """Whether another run follows one that ended: Glue's own repetition, or ours where it proved nothing."""
    job = watched.job
    if ended.succeeded:
        # Where it ran with what the job was before, it must run again.
        again = not ended.proves(job.changed)
    elif ended.state == "FAILED" and ended.attempt < job.retries:
        watched.failed_at = watched.failed_at or time.monotonic()
        if time.monotonic() - watched.failed_at < _ATTEMPT_SECONDS:
            return True
        again = False
    else:
        again = _BUSY in ended.message and watched.busy < _BUSY_AGAIN
        watched.busy += again
    if again:
        watched.run, watched.failed_at = None, 0.0
    return again


def _start(access: CloudAccess, job: Job) -> JobRun | None:
    """Start a run; None where another one was a moment faster, which is then watched."""
    try:
        run_id = str(access.call("glue", "start_job_run", JobName=job.name)["JobRunId"])
    except CloudError as error:
        if error.aws_code == "ConcurrentRunsExceededException":
            return None
        raise
    answer = access.call("glue", "get_job_run", JobName=job.name, RunId=run_id)
    return read_run(cast("Mapping[str, object]", answer["JobRun"]))


def _runs(access: CloudAccess, name: str, most: int) -> Iterator[JobRun]:
    """Yield a job's runs, newest first."""
    answer = access.call("glue", "get_job_runs", JobName=name, MaxResults=most)
    for document in cast("list[Mapping[str, object]]", answer.get("JobRuns", [])):
        yield read_run(document)


def _slow(watched: list[_Watched]) -> InconclusiveError:
    names = ", ".join(each.job.name for each in watched)
    return InconclusiveError(
        "GLUE-RUN-SLOW",
        f"After {WAVE_SECONDS / 60:.0f} minutes these jobs have not ended: {names}.",
        why="Glue may be short of workers, or the account's limit of concurrent runs is reached.",
        next_step="They go on by themselves. Look again: autocorp-wizard apply glue",
    )
