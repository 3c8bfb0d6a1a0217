"""Glue: definitions that change in place, quality rulesets, and runs that live (see glue_state).

The data plane is not emulated: a job on empty input ends as it would on AWS and moves nothing, rulesets are kept and
not evaluated, and schedules do not fire by themselves.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

import moto.glue.urls
from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult, EmptyResult
from moto.glue.exceptions import (
    CrawlerNotRunningException,
    CrawlerRunningException,
    GlueClientError,
    InvalidInputException,
    JobRunNotFoundException,
)
from moto.glue.models import glue_backends
from moto.glue.utils import FilterField, FilterOperator, validate_crawl_filters

from autocorp_wizard.rehearsal.address import ACCOUNT_ID, REGION
from autocorp_wizard.rehearsal.metrics import MetricPoint, StateChange
from autocorp_wizard.rehearsal.services import glue_events
from autocorp_wizard.rehearsal.services import glue_workflows as workflows
from autocorp_wizard.rehearsal.services.glue_crawls import history, metrics, start_crawl
from autocorp_wizard.rehearsal.services.glue_definitions import GlueDefinitions
from autocorp_wizard.rehearsal.services.glue_runs import RunOrder, described, run_points, start_run
from autocorp_wizard.rehearsal.services.glue_state import GlueState, JobRun, WorkflowRun, state_of

_PAGE: Final = 200
_RUN_SETTINGS: Final = (
    "ExecutionClass",
    "MaxCapacity",
    "NotificationProperty",
    "NumberOfWorkers",
    "SecurityConfiguration",
    "Timeout",
    "WorkerType",
)


class RehearsalGlue(GlueDefinitions):
    """Answers for runs of jobs, crawlers and workflows."""

    def call_action(self) -> TYPE_RESPONSE:
        """Answer one call, after everything that happened since the last one."""
        workflows.settle(self.glue_backend)
        return super().call_action()

    @property
    def _state(self) -> GlueState:
        return state_of(self.glue_backend)

    # ------------------------------------------------------------------------------------------------ jobs

    def start_job_run(self) -> ActionResult:
        """Begin a run."""
        given = self.parameters
        if given.get("AllocatedCapacity") and given.get("MaxCapacity"):
            raise InvalidInputException("StartJobRun", "Please set only Allocated Capacity or Max Capacity")
        job = self.glue_backend.get_job(str(given["JobName"]))
        settings = {name: given.get(name) for name in _RUN_SETTINGS}
        run = start_run(self.glue_backend, job, RunOrder(given.get("Arguments") or {}, settings))
        return ActionResult({"JobRunId": run.id})

    def get_job_run(self) -> ActionResult:
        """Return a run."""
        return ActionResult({"JobRun": described(self._run(str(self._get_param("RunId"))))})

    def get_job_runs(self) -> ActionResult:
        """Return a job's runs, newest first."""
        job = self.glue_backend.get_job(str(self._get_param("JobName")))
        page, token = self._page(list(reversed(self._state.runs.get(job.name, []))), "RunId")
        return ActionResult({"JobRuns": [described(run) for run in page], "NextToken": token})

    def batch_stop_job_run(self) -> ActionResult:
        """Stop runs of a job."""
        job = self.glue_backend.get_job(str(self._get_param("JobName")))
        runs = self._state.runs.get(job.name, [])
        stopped, errors = [], []
        for run_id in self._get_param("JobRunIds"):
            place = {"JobName": job.name, "JobRunId": run_id}
            number = next((number for number, run in enumerate(runs) if run.id == run_id), None)
            if number is None:
                detail = {"ErrorCode": "EntityNotFoundException", "ErrorMessage": f"Job run {run_id} not found."}
                errors.append({**place, "ErrorDetail": detail})
            elif runs[number].is_over or runs[number].stopped_at is not None:
                message = f"Job run {run_id} is in {runs[number].state} state."
                errors.append({**place, "ErrorDetail": {"ErrorCode": "InvalidInputException", "ErrorMessage": message}})
            else:
                runs[number] = runs[number].stopped()
                stopped.append(place)
        return ActionResult({"SuccessfulSubmissions": stopped, "Errors": errors})

    def _run(self, run_id: str) -> JobRun:
        job = self.glue_backend.get_job(str(self._get_param("JobName")))
        for run in self._state.runs.get(job.name, []):
            if run.id == run_id:
                return run
        raise JobRunNotFoundException(run_id)

    # ------------------------------------------------------------------------------------------------ crawlers

    def start_crawler(self) -> ActionResult:
        """Begin a crawl."""
        crawler = self.glue_backend.get_crawler(str(self._get_param("Name")))
        if any(not crawl.is_over for crawl in self._crawls(crawler.name)):
            raise CrawlerRunningException(f"Crawler with name {crawler.name} has already started")
        start_crawl(self.glue_backend, crawler)
        return EmptyResult()

    def stop_crawler(self) -> ActionResult:
        """Stop the crawl that runs."""
        name = self.glue_backend.get_crawler(str(self._get_param("Name"))).name
        crawls = self._crawls(name)
        if not crawls or crawls[-1].is_over:
            raise CrawlerNotRunningException(f"Crawler with name {name} isn't running")
        if crawls[-1].state == "STOPPING":
            raise GlueClientError("CrawlerStoppingException", f"Crawler with name {name} is stopping")
        crawls[-1] = crawls[-1].stopped()
        return EmptyResult()

    def list_crawls(self) -> ActionResult:
        """Return a crawler's runs, newest first."""
        name = self.glue_backend.get_crawler(str(self._get_param("CrawlerName"))).name
        crawls = [history(crawl) for crawl in reversed(self._crawls(name))]
        for each in validate_crawl_filters(self._get_param("Filters") or []):
            field = {FilterField.CRAWL_ID: "CrawlId", FilterField.STATE: "State"}.get(each.field_name)
            if field is None or each.operator not in {FilterOperator.EQ, FilterOperator.NE}:
                # Refused rather than ignored: a filter that filters nothing would be believed.
                raise NotImplementedError
            equal = each.operator is FilterOperator.EQ
            crawls = [crawl for crawl in crawls if (crawl[field] == each.field_value) is equal]
        page, token = self._page(crawls, "CrawlId", 20)
        return ActionResult({"Crawls": page, "NextToken": token})

    def get_crawler_metrics(self) -> ActionResult:
        """Return figures of crawlers."""
        names = self._get_param("CrawlerNameList") or list(self.glue_backend.crawlers)
        known = [name for name in names if name in self.glue_backend.crawlers]
        return ActionResult({"CrawlerMetricsList": [metrics(self._state, name) for name in known]})

    def start_crawler_schedule(self) -> ActionResult:
        """Let a crawler run on its schedule again."""
        self._state.unscheduled.discard(self._scheduled_crawler())
        return EmptyResult()

    def stop_crawler_schedule(self) -> ActionResult:
        """Keep a crawler from running on its schedule."""
        self._state.unscheduled.add(self._scheduled_crawler())
        return EmptyResult()

    def _scheduled_crawler(self) -> str:
        crawler = self.glue_backend.get_crawler(str(self._get_param("CrawlerName")))
        if not crawler.schedule:
            raise GlueClientError("NoScheduleException", f"Crawler with name {crawler.name} has no schedule")
        return str(crawler.name)

    # ------------------------------------------------------------------------------------------------ triggers

    def start_trigger(self) -> ActionResult:
        """Activate a trigger; one that is fired on demand fires at once."""
        trigger = self.glue_backend.get_trigger(str(self._get_param("Name")))
        if trigger.trigger_type == "ON_DEMAND":
            if trigger.workflow_name:
                workflows.start_workflow(self.glue_backend, trigger.workflow_name, {})
            else:
                workflows.fire_alone(self.glue_backend, trigger)
            return ActionResult({"Name": trigger.name})
        return super().start_trigger()

    # ------------------------------------------------------------------------------------------------ workflows

    def start_workflow_run(self) -> ActionResult:
        """Begin a run of a workflow."""
        properties = dict(self._get_param("RunProperties") or {})
        run = workflows.start_workflow(self.glue_backend, str(self._get_param("Name")), properties)
        return ActionResult({"RunId": run.id})

    def stop_workflow_run(self) -> ActionResult:
        """Stop a run of a workflow."""
        workflows.stop_workflow(self.glue_backend, str(self._get_param("Name")), str(self._get_param("RunId")))
        return EmptyResult()

    def get_workflow(self) -> ActionResult:
        """Return a workflow with its last run."""
        return ActionResult({"Workflow": self._workflow(str(self._get_param("Name")))})

    def batch_get_workflows(self) -> ActionResult:
        """Return the workflows of some names."""
        names, known = list(self._get_param("Names")), self.glue_backend.workflows
        found = [self._workflow(name) for name in names if name in known]
        return ActionResult({"Workflows": found, "MissingWorkflows": [name for name in names if name not in known]})

    def get_workflow_run(self) -> ActionResult:
        """Return a run of a workflow with what became of its actions."""
        return ActionResult({"Run": self._described(self._workflow_run())})

    def get_workflow_runs(self) -> ActionResult:
        """Return a workflow's runs, newest first."""
        name = str(self._get_param("Name"))
        self.glue_backend.get_workflow(name)
        page, token = self._page(list(reversed(self._state.workflow_runs.get(name, []))), "RunId", 100)
        return ActionResult({"Runs": [self._described(run) for run in page], "NextToken": token})

    def get_workflow_run_properties(self) -> ActionResult:
        """Return what a run was started with."""
        return ActionResult({"RunProperties": dict(self._workflow_run().properties)})

    def put_workflow_run_properties(self) -> ActionResult:
        """Add to what a run was started with."""
        found, runs = self._workflow_run(), self._state.workflow_runs[str(self._get_param("Name"))]
        properties = {**found.properties, **self._get_param("RunProperties")}
        runs[runs.index(found)] = replace(found, properties=properties)
        return EmptyResult()

    def delete_workflow(self) -> ActionResult:
        """Delete a workflow with its history."""
        self._state.workflow_runs.pop(str(self._get_param("Name")), None)
        return super().delete_workflow()

    def _workflow(self, name: str) -> dict[str, object]:
        document: dict[str, object] = dict(self.glue_backend.get_workflow(name))
        runs = self._state.workflow_runs.get(name)
        return {**document, "LastRun": self._described(runs[-1]) if runs else None}

    def _workflow_run(self) -> WorkflowRun:
        return workflows.run_named(self.glue_backend, str(self._get_param("Name")), str(self._get_param("RunId")))

    def _described(self, run: WorkflowRun) -> dict[str, object]:
        return workflows.described(self._state, self.glue_backend, run)

    # ------------------------------------------------------------------------------------------------ shared

    def _page(self, items: list[Any], what: str, default: int = _PAGE) -> tuple[list[Any], str | None]:
        """Cut one page out of a listing; the token is the place where the next one begins."""
        size = int(self._get_param("MaxResults") or default)
        token = str(self._get_param("NextToken") or "0")
        if not token.isdigit() or not 1 <= size <= 1000:
            raise InvalidInputException(what, f"Invalid pagination of {what}s")
        begin = int(token)
        following = str(begin + size) if begin + size < len(items) else None
        return items[begin : begin + size], following


def metric_points(since: float, until: float) -> Iterable[MetricPoint]:
    """Return what Glue would have sent to CloudWatch in that time."""
    return list(run_points(_settled(), since, until))


def state_changes(since: float, until: float) -> Iterable[StateChange]:
    """Return what Glue would have told EventBridge in that time."""
    return list(glue_events.changes(_settled(), since, until))


def _settled() -> GlueState:
    regions: Mapping[str, Any] = glue_backends[ACCOUNT_ID]
    backend = regions[REGION]
    workflows.settle(backend)
    return state_of(backend)


def install() -> None:
    """Put the extended service in the stock one's place."""
    moto.glue.urls.url_paths["{0}/$"] = RehearsalGlue.dispatch
