"""Workflow runs: the start trigger fires at once, a conditional one as soon as what it waits for has ended.

Everything is worked out when somebody looks, but at the moments at which it would have happened.
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from moto.glue.exceptions import ConcurrentRunsExceededException, EntityNotFoundException

from autocorp_wizard.rehearsal import pace
from autocorp_wizard.rehearsal.services.glue_crawls import enter_finished, start_crawl
from autocorp_wizard.rehearsal.services.glue_runs import RunOrder, final_attempt, repeat_failed, start_run
from autocorp_wizard.rehearsal.services.glue_state import GlueState, WorkflowRun, moment, state_of

if TYPE_CHECKING:
    from moto.glue.models import FakeTrigger, GlueBackend
    from moto.glue.utils import Condition

_CRAWL_STATES = {"COMPLETED": "SUCCEEDED", "STOPPED": "CANCELLED"}
_Outcome = tuple[str, float]


def settle(backend: "GlueBackend") -> None:
    """Bring everything up to now: repeated attempts, catalog entries, triggers that fired meanwhile."""
    fired = True
    while fired:
        repeat_failed(backend)
        enter_finished(backend)
        fired = _fire_due(backend)


def start_workflow(backend: "GlueBackend", name: str, properties: dict[str, str]) -> WorkflowRun:
    """Begin a run of a workflow. Raises EntityNotFoundException or ConcurrentRunsExceededException."""
    workflow = backend.workflows.get(name)
    if workflow is None:
        raise EntityNotFoundException(f"Entity not found: workflow {name}")
    state = state_of(backend)
    runs = state.workflow_runs.setdefault(name, [])
    going = sum(status(state, backend, run) in {"RUNNING", "STOPPING"} for run in runs)
    if workflow.max_concurrent_runs and going >= workflow.max_concurrent_runs:
        raise ConcurrentRunsExceededException(f"Concurrent runs exceeded for workflow {name}")
    run = WorkflowRun(
        f"wr_{secrets.token_hex(32)}",
        name,
        pace.now(),
        {**(workflow.default_run_properties or {}), **properties},
        runs[-1].id if runs else "",
    )
    for trigger in _triggers(backend, name):
        if trigger.trigger_type != "CONDITIONAL":
            run = _fire(backend, run, trigger, None)
    runs.append(run)
    return run


def fire_alone(backend: "GlueBackend", trigger: "FakeTrigger") -> None:
    """Fire a trigger outside of any workflow run."""
    _fire(backend, WorkflowRun("", "", pace.now(), {}), trigger, None)


def run_named(backend: "GlueBackend", name: str, run_id: str) -> WorkflowRun:
    """Return a run of a workflow. Raises EntityNotFoundException."""
    for run in state_of(backend).workflow_runs.get(name, []):
        if run.id == run_id:
            return run
    raise EntityNotFoundException(f"Entity not found: run {run_id} of workflow {name}")


def stop_workflow(backend: "GlueBackend", name: str, run_id: str) -> None:
    """Stop a run of a workflow and what it started."""
    state, found = state_of(backend), run_named(backend, name, run_id)
    runs = state.workflow_runs[name]
    runs[runs.index(found)] = replace(found, stopped_at=pace.now())
    for kind, what, started in found.started:
        if kind == "job":
            state.runs[what] = [
                run.stopped() if run in state.attempts(what, started) and not run.is_over else run
                for run in state.runs[what]
            ]
        else:
            state.crawls[what] = [
                crawl.stopped() if crawl.id == started and not crawl.is_over else crawl for crawl in state.crawls[what]
            ]


def status(state: GlueState, backend: "GlueBackend", run: WorkflowRun) -> str:
    """Return a workflow run's status as Glue names it."""
    ended = all(_outcome(state, backend, each) is not None for each in run.started)
    if run.stopped_at is not None:
        return "STOPPED" if ended else "STOPPING"
    return "COMPLETED" if ended else "RUNNING"


def described(state: GlueState, backend: "GlueBackend", run: WorkflowRun) -> dict[str, object]:
    """Return WorkflowRun as GetWorkflowRun tells it."""
    outcomes = [_outcome(state, backend, each) for each in run.started]
    states = [outcome[0] for outcome in outcomes if outcome is not None]
    said = status(state, backend, run)
    ends = max([run.began, *(outcome[1] for outcome in outcomes if outcome is not None)])
    return {
        "Name": run.workflow,
        "WorkflowRunId": run.id,
        "PreviousRunId": run.previous or None,
        "WorkflowRunProperties": dict(run.properties) or None,
        "StartedOn": moment(run.began),
        "CompletedOn": moment(ends) if said in {"COMPLETED", "STOPPED"} else None,
        "Status": said,
        "Statistics": {
            "TotalActions": len(run.started) + len(run.refused),
            "TimeoutActions": states.count("TIMEOUT"),
            "FailedActions": states.count("FAILED"),
            "StoppedActions": states.count("STOPPED") + states.count("CANCELLED"),
            "SucceededActions": states.count("SUCCEEDED"),
            "RunningActions": outcomes.count(None),
            "ErroredActions": len(run.refused),
            "WaitingActions": 0,
        },
    }


def _fire_due(backend: "GlueBackend") -> bool:
    state, fired = state_of(backend), False
    for runs in state.workflow_runs.values():
        for number, run in enumerate(runs):
            if run.stopped_at is not None:
                continue
            for trigger in _triggers(backend, run.workflow):
                due = _due(state, backend, runs[number], trigger)
                if due is not None:
                    runs[number] = _fire(backend, runs[number], trigger, due)
                    fired = True
    return fired


def _due(state: GlueState, backend: "GlueBackend", run: WorkflowRun, trigger: "FakeTrigger") -> float | None:
    """Return when a conditional trigger was due in a run, None where it is not or fired already."""
    if trigger.name in run.fired or trigger.predicate is None or trigger.state != "ACTIVATED":
        return None
    met = [_met(state, backend, run, condition) for condition in trigger.predicate.conditions]
    times = [at for at in met if at is not None]
    if trigger.predicate.logical.value == "ANY":
        return min(times, default=None)
    return max(times) if times and len(times) == len(met) else None


def _met(state: GlueState, backend: "GlueBackend", run: WorkflowRun, condition: "Condition") -> float | None:
    name = condition.job_name or condition.crawler_name
    wanted = condition.state or condition.crawl_state
    for started in run.started:
        if started[1] == name:
            outcome = _outcome(state, backend, started)
            if outcome is not None and wanted is not None and outcome[0] == wanted.value:
                return outcome[1]
    return None


def _outcome(state: GlueState, backend: "GlueBackend", started: tuple[str, str, str]) -> _Outcome | None:
    """Return how and when something that was started ended; None while it runs."""
    kind, name, run_id = started
    if kind == "job":
        run = final_attempt(state, backend, name, run_id)
        return None if run is None else (run.state, run.ends)
    for crawl in state.crawls.get(name, []):
        if crawl.id == run_id and crawl.is_over:
            return _CRAWL_STATES.get(crawl.state, crawl.state), crawl.ends
    return None


def _fire(backend: "GlueBackend", run: WorkflowRun, trigger: "FakeTrigger", at: float | None) -> WorkflowRun:
    started, refused = list(run.started), list(run.refused)
    watched = _predecessors(backend, run, trigger)
    for action in trigger.actions:
        name = str(action.job_name or action.crawler_name)
        try:
            if action.job_name:
                order = RunOrder(
                    cast("Mapping[str, str]", action.arguments or {}),
                    {"Timeout": action.timeout, "SecurityConfiguration": action.security_configuration},
                    trigger.name,
                    watched,
                    at,
                )
                begun = start_run(backend, backend.get_job(name), order)
                started.append(("job", name, begun.id))
            else:
                crawl = start_crawl(backend, backend.get_crawler(name), at)
                started.append(("crawler", name, crawl.id))
        except (ConcurrentRunsExceededException, EntityNotFoundException) as refusal:
            refused.append(f"{name}: {refusal.message}")
    return replace(run, fired=(*run.fired, trigger.name), started=tuple(started), refused=tuple(refused))


def _predecessors(backend: "GlueBackend", run: WorkflowRun, trigger: "FakeTrigger") -> tuple[tuple[str, str], ...]:
    if trigger.predicate is None:
        return ()
    names = {condition.job_name for condition in trigger.predicate.conditions}
    state = state_of(backend)
    watched = [(name, run_id) for kind, name, run_id in run.started if kind == "job" and name in names]
    return tuple((name, state.attempts(name, run_id)[-1].id) for name, run_id in watched)


def _triggers(backend: "GlueBackend", workflow: str) -> Iterator["FakeTrigger"]:
    for trigger in backend.triggers.values():
        if trigger.workflow_name == workflow:
            yield trigger
