"""What DataSync knows in one region, the pretend agent's book, and how transfers move on when their time has come."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import moto.datasync.urls
from moto.datasync.models import DataSyncBackend, datasync_backends

from autocorp_wizard.rehearsal.address import ACCOUNT_ID, REGION
from autocorp_wizard.rehearsal.agent_book import AgentBook
from autocorp_wizard.rehearsal.metrics import MetricPoint
from autocorp_wizard.rehearsal.services import datasync_transfer
from autocorp_wizard.rehearsal.services.datasync_models import Agent, Location, Task
from autocorp_wizard.rehearsal.services.datasync_runs import Execution, Surroundings, start_what_may


class RehearsalDataSync(DataSyncBackend):
    """What exists in one region; the machine that the pretend agent runs on belongs to the home region's backend."""

    _url_module = moto.datasync.urls

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.book = AgentBook()
        self.agents: dict[str, Agent] = {}
        self.places: dict[str, Location] = {}
        self.transfers: dict[str, Task] = {}
        self.runs: dict[str, Execution] = {}

    def settle(self) -> bool:
        """Let executions take every step that is due; say whether anything changed."""
        changed = False
        while True:
            live = [run for run in self.runs.values() if not run.is_over]
            if not live:
                return changed
            moved = start_what_may(list(self.runs.values()))
            for run in live:
                around = self.surroundings(run.task_arn)
                moved = (around is not None and run.advance(around)) or moved
            if not moved:
                return changed
            changed = True

    def surroundings(self, task_arn: str) -> Surroundings | None:
        """Return what a task works with, None where a part of it is gone."""
        task = self.transfers.get(task_arn)
        source = self.places.get(task.source) if task is not None else None
        destination = self.places.get(task.destination) if task is not None else None
        if task is None or source is None or destination is None:
            return None
        return Surroundings(task, source, destination, self.agents, self.is_reachable)

    def is_reachable(self, agent: Agent) -> bool:
        """Whether an agent's machine would do something now."""
        return agent.is_reachable(the_book().machine(agent.key.machine))

    def is_online(self, agent: Agent) -> bool:
        """Whether DataSync shows an agent as online."""
        return agent.is_online(the_book().machine(agent.key.machine))

    def task_status(self, task: Task) -> tuple[str, str, str]:
        """Return a task's status, and error code and detail where it cannot be used."""
        live = [run for run in self.runs.values() if run.task_arn == task.arn and not run.is_over]
        if any(run.status != "QUEUED" for run in live):
            return "RUNNING", "", ""
        if live:
            return "QUEUED", "", ""
        if not task.creating.over:
            return "CREATING", "", ""
        around = self.surroundings(task.arn)
        for arn in around.source.agents if around is not None else ():
            agent = self.agents.get(arn)
            if agent is None or not self.is_online(agent):
                return "UNAVAILABLE", "AgentOffline", f"The agent {arn} is offline."
        try:
            if around is not None:
                datasync_transfer.folder_of(around.source)
        except datasync_transfer.TransferError as failure:
            return "UNAVAILABLE", failure.code, failure.detail
        return "AVAILABLE", "", ""


def the_book() -> AgentBook:
    """Return the pretend agent's book."""
    book: AgentBook = _backend(REGION).book
    return book


def _backend(region: str) -> RehearsalDataSync:
    backend: Any = datasync_backends[ACCOUNT_ID][region]
    found: RehearsalDataSync = backend
    return found


def every_region() -> Sequence[RehearsalDataSync]:
    """Return what DataSync knows, region by region."""
    backends: Sequence[Any] = [each for account in datasync_backends.values() for each in list(account.values())]
    return backends


def settle() -> bool:
    return sum(each.settle() for each in every_region()) > 0


def metric_points(since: float, until: float) -> Iterable[MetricPoint]:
    """Return the figures of executions that ended between two moments, by task and by agent."""
    for backend in every_region():
        yield from points_of(backend.runs.values(), since, until)


def points_of(runs: Iterable[Execution], since: float, until: float) -> Iterator[MetricPoint]:
    """Yield the figures of executions that ended between two moments."""
    for run in runs:
        if run.ended_at is None or not since <= run.ended_at < until:
            continue
        dimensions = [{"TaskId": run.task_arn.rpartition("/")[2]}]
        dimensions += [{"AgentId": arn.rpartition("/")[2]} for arn in run.agents]
        for name, value, unit in run.figures():
            for each in dimensions:
                yield MetricPoint("AWS/DataSync", name, each, run.ended_at, value, unit)
