"""What DataSync tells EventBridge: each step of an execution, and that a task cannot run for its agent is offline."""

from collections.abc import Iterator
from typing import Final

from autocorp_wizard.rehearsal.agent_book import SILENCE_SECONDS
from autocorp_wizard.rehearsal.metrics import StateChange
from autocorp_wizard.rehearsal.pace import Span, now
from autocorp_wizard.rehearsal.services.datasync_runs import Execution
from autocorp_wizard.rehearsal.services.datasync_state import RehearsalDataSync, every_region, the_book

_EXECUTION: Final = "DataSync Task Execution State Change"
_TASK: Final = "DataSync Task State Change"


def state_changes(since: float, until: float) -> Iterator[StateChange]:
    """Yield what happened from `since` (included) to `until`, in epoch seconds."""
    for backend in every_region():
        happened = [*_steps(backend), *_lost_tasks(backend)]
        yield from (change for change in happened if since <= change.at < until)


def _steps(backend: RehearsalDataSync) -> Iterator[StateChange]:
    for run in backend.runs.values():
        for state, at in _states(run):
            yield StateChange("aws.datasync", _EXECUTION, (run.arn,), {"State": state}, at)


def _states(run: Execution) -> Iterator[tuple[str, float]]:
    yield "QUEUED", run.queued_at
    for state, span in (
        ("LAUNCHING", run.launching),
        ("PREPARING", run.preparing),
        ("TRANSFERRING", run.transferring),
        ("VERIFYING", run.verifying),
        ("CANCELLING", run.cancelling),
    ):
        if span is not None:
            yield state, span.began
    if run.ended_at is not None:
        yield run.status, run.ended_at


def _lost_tasks(backend: RehearsalDataSync) -> Iterator[StateChange]:
    """Yield each task whose agent's patience of silence is over; of a lost folder nobody knows the moment."""
    for task in backend.transfers.values():
        source = backend.places.get(task.source)
        for arn in source.agents if source is not None else ():
            agent = backend.agents.get(arn)
            silent = the_book().machine(agent.key.machine).silent if agent is not None else None
            if silent is None:
                continue
            lost = max(task.creating.ends, Span(silent.began, SILENCE_SECONDS, silent.factor).ends)
            if lost <= now():
                yield StateChange("aws.datasync", _TASK, (task.arn,), {"State": "UNAVAILABLE"}, lost)
                break
