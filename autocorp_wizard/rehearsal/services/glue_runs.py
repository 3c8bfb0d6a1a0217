"""Runs of jobs: waiting for workers, working, and an end that role, code and timeout decide."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from moto.glue.exceptions import ConcurrentRunsExceededException

from autocorp_wizard.rehearsal.metrics import MetricPoint
from autocorp_wizard.rehearsal.pace import Span
from autocorp_wizard.rehearsal.services.glue_needs import command_of, job_failure
from autocorp_wizard.rehearsal.services.glue_state import GlueState, JobRun, moment, state_of

if TYPE_CHECKING:
    from moto.glue.models import FakeJob, GlueBackend

# Seconds as on AWS. A job on empty input does little more than come up.
_START_SECONDS: Final = {"FLEX": 60.0, "STANDARD": 25.0}
_WORK_SECONDS: Final = {"glueetl": 75.0, "pythonshell": 20.0}
_FAILING_SECONDS: Final = 12.0
_DEFAULT_TIMEOUT_MINUTES: Final = 480
_DPU: Final = {"G.025X": 0.25, "G.1X": 1.0, "G.2X": 2.0, "G.4X": 4.0, "G.8X": 8.0, "Standard": 1.0, "Z.2X": 2.0}
_METRIC_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class RunOrder:
    """What a run is asked for with, beyond the job's own definition."""

    arguments: Mapping[str, str]
    settings: Mapping[str, object]
    trigger: str = ""
    predecessors: tuple[tuple[str, str], ...] = ()
    at: float | None = None


def start_run(backend: "GlueBackend", job: "FakeJob", order: RunOrder) -> JobRun:
    """Begin a run of a job, now or at a moment that has passed. Raises ConcurrentRunsExceededException."""
    runs = state_of(backend).runs.setdefault(job.name, [])
    going = [run for run in runs if not run.is_over]
    if len(going) >= (job.execution_property or {}).get("MaxConcurrentRuns", 1):
        raise ConcurrentRunsExceededException(f"Concurrent runs exceeded for {job.name}")
    arguments = {**(job.default_arguments or {}), **order.arguments, **(job.non_overridable_arguments or {})}
    settings = {**_defined(job), **{name: value for name, value in order.settings.items() if value is not None}}
    failure = job_failure(job, arguments)
    started = Span.start(_START_SECONDS[str(settings.get("ExecutionClass") or "STANDARD")])
    start = started if order.at is None else replace(started, began=order.at)
    needed = _FAILING_SECONDS if failure else _WORK_SECONDS.get(str(settings["Command"]), 75.0)
    allowed = float(str(settings.get("Timeout") or _DEFAULT_TIMEOUT_MINUTES)) * 60
    run = JobRun(
        id=f"jr_{secrets.token_hex(32)}",
        job=job.name,
        start=start,
        work=Span(start.ends, min(needed, allowed), start.factor),
        trigger=order.trigger,
        failure=failure,
        too_long=needed > allowed,
        arguments=arguments,
        settings=settings,
        predecessors=order.predecessors,
    )
    runs.append(run)
    return run


def repeat_failed(backend: "GlueBackend") -> None:
    """Add the attempts that Glue makes by itself after a failure, as often as the job says."""
    state = state_of(backend)
    for name, runs in state.runs.items():
        job = backend.jobs.get(name)
        while runs and job is not None and runs[-1].state == "FAILED" and runs[-1].attempt < (job.max_retries or 0):
            runs.append(_next_attempt(runs[-1]))


def final_attempt(state: GlueState, backend: "GlueBackend", job: str, run_id: str) -> JobRun | None:
    """Return the attempt that decides what became of a run; None while one may still follow."""
    attempts = state.attempts(job, run_id)
    if not attempts or not attempts[-1].is_over:
        return None
    definition = backend.jobs.get(job)
    may_follow = definition is not None and attempts[-1].attempt < (definition.max_retries or 0)
    return None if attempts[-1].state == "FAILED" and may_follow else attempts[-1]


def described(run: JobRun) -> dict[str, object]:
    """Return JobRun as GetJobRun tells it."""
    state, settings = run.state, run.settings
    return {
        "Id": run.id,
        "Attempt": run.attempt,
        "PreviousRunId": run.previous or None,
        "TriggerName": run.trigger or None,
        "JobName": run.job,
        "JobMode": "SCRIPT",
        "JobRunQueuingEnabled": False,
        "StartedOn": moment(run.start.began),
        "LastModifiedOn": moment(run.ends if run.is_over else run.start.began),
        "CompletedOn": moment(run.ends) if run.is_over else None,
        "JobRunState": state,
        "Arguments": dict(run.arguments),
        "ErrorMessage": failure_of(run),
        "PredecessorRuns": [{"JobName": job, "RunId": run_id} for job, run_id in run.predecessors],
        "AllocatedCapacity": int(_capacity(run)),
        "ExecutionTime": run.execution_seconds,
        "Timeout": settings.get("Timeout") or _DEFAULT_TIMEOUT_MINUTES,
        "MaxCapacity": _capacity(run),
        "WorkerType": settings.get("WorkerType"),
        "NumberOfWorkers": settings.get("NumberOfWorkers"),
        "SecurityConfiguration": settings.get("SecurityConfiguration"),
        "NotificationProperty": settings.get("NotificationProperty") or None,
        "LogGroupName": "/aws-glue/python-jobs" if settings["Command"] == "pythonshell" else "/aws-glue/jobs",
        "GlueVersion": settings.get("GlueVersion"),
        "ExecutionClass": settings.get("ExecutionClass") or None,
        "DPUSeconds": _capacity(run) * run.execution_seconds if _is_metered(run) and run.is_over else None,
    }


def run_points(state: GlueState, since: float, until: float) -> Iterator[MetricPoint]:
    """Yield what runs would send to CloudWatch: progress every 30 s of work, and how each ended."""
    for run in state.every_run():
        if run.settings["Command"] == "pythonshell":
            continue
        steps = int(run.execution_seconds // _METRIC_SECONDS)
        for step in range(1, steps + 1):
            at = run.work.began + step * _METRIC_SECONDS / run.work.factor
            if since <= at < until:
                yield from _progress(run, at, step)
        if run.is_over and since <= run.ends < until and run.stopped_at is None:
            good = run.state == "SUCCEEDED"
            for name, value in (("glue.succeed.ALL", float(good)), ("glue.error.ALL", float(not good))):
                yield from _points(run, name, run.ends, value, {"Type": "count", "ObservabilityGroup": "error"})


def _progress(run: JobRun, at: float, step: int) -> Iterator[MetricPoint]:
    elapsed = step * _METRIC_SECONDS * 1000
    yield from _points(run, "glue.driver.aggregate.elapsedTime", at, elapsed, {"Type": "count"}, unit="Milliseconds")
    yield from _points(run, "glue.driver.aggregate.numFailedTasks", at, 0.0, {"Type": "count"})
    yield from _points(run, "glue.driver.jvm.heap.usage", at, 0.2, {"Type": "gauge"}, unit="Percent")


def _points(
    run: JobRun, name: str, at: float, value: float, dimensions: Mapping[str, str], *, unit: str = "Count"
) -> Iterator[MetricPoint]:
    for run_id in (run.id, "ALL"):
        yield MetricPoint("Glue", name, {"JobName": run.job, "JobRunId": run_id, **dimensions}, at, value, unit)


def _defined(job: "FakeJob") -> dict[str, object]:
    return {
        "Command": command_of(job).get("Name", "glueetl"),
        "Timeout": job.timeout,
        "WorkerType": job.worker_type,
        "NumberOfWorkers": job.number_of_workers,
        "MaxCapacity": job.max_capacity,
        "SecurityConfiguration": job.security_configuration,
        "NotificationProperty": job.notification_property,
        "GlueVersion": job.glue_version,
        "ExecutionClass": vars(job).get("asked_execution_class"),
    }


def _next_attempt(failed: JobRun) -> JobRun:
    first, _, _ = failed.id.partition("_attempt_")
    attempt = failed.attempt + 1
    start = replace(failed.start, began=failed.ends)
    work = replace(failed.work, began=start.ends)
    return replace(failed, id=f"{first}_attempt_{attempt}", attempt=attempt, previous=failed.id, start=start, work=work)


def failure_of(run: JobRun) -> str | None:
    """Return why a run failed, in Glue's words; None for one that did not, or not yet."""
    state = run.state
    if state == "TIMEOUT":
        return f"JobRun timed out after {run.settings.get('Timeout') or _DEFAULT_TIMEOUT_MINUTES} minutes."
    return run.failure if state == "FAILED" else None


def _capacity(run: JobRun) -> float:
    if run.settings.get("WorkerType"):
        return _DPU.get(str(run.settings["WorkerType"]), 1.0) * float(str(run.settings.get("NumberOfWorkers") or 2))
    return float(str(run.settings.get("MaxCapacity") or 10.0))


def _is_metered(run: JobRun) -> bool:
    """Glue tells DPU seconds only where they are not workers times time."""
    return run.settings.get("ExecutionClass") == "FLEX" or run.arguments.get("--enable-auto-scaling") == "true"
