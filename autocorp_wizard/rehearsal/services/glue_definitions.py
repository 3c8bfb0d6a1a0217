"""Glue's definitions: what the stock service cannot change in place, roles that are checked, names that are taken."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from moto.core.responses import ActionResult, EmptyResult
from moto.glue.exceptions import (
    AlreadyExistsException,
    CrawlerRunningException,
    EntityNotFoundException,
    GlueClientError,
    InvalidInputException,
)
from moto.glue.models import FakeTrigger
from moto.glue.utils import Action, Predicate

from autocorp_wizard.rehearsal.services.glue_crawls import last_crawl
from autocorp_wizard.rehearsal.services.glue_extras import GlueExtras
from autocorp_wizard.rehearsal.services.glue_needs import mistrust
from autocorp_wizard.rehearsal.services.glue_state import Crawl, state_of

if TYPE_CHECKING:
    from moto.glue.models import FakeCrawler, FakeJob

# The attributes of a stock job, by the field of JobUpdate that each comes from.
_JOB_FIELDS: Final = {
    "CodeGenConfigurationNodes": "code_gen_configuration_nodes",
    "Command": "command",
    "Connections": "connections",
    "DefaultArguments": "default_arguments",
    "Description": "description",
    "ExecutionProperty": "execution_property",
    "GlueVersion": "glue_version",
    "LogUri": "log_uri",
    "MaxCapacity": "max_capacity",
    "MaxRetries": "max_retries",
    "NonOverridableArguments": "non_overridable_arguments",
    "NotificationProperty": "notification_property",
    "NumberOfWorkers": "number_of_workers",
    "Role": "role",
    "SecurityConfiguration": "security_configuration",
    "SourceControlDetails": "source_control_details",
    "Timeout": "timeout",
    "WorkerType": "worker_type",
}
_CRAWLER_FIELDS: Final = {
    "Classifiers": "classifiers",
    "Configuration": "configuration",
    "CrawlerSecurityConfiguration": "crawler_security_configuration",
    "DatabaseName": "database_name",
    "Description": "description",
    "LineageConfiguration": "lineage_configuration",
    "RecrawlPolicy": "recrawl_policy",
    "Role": "role",
    "Schedule": "schedule",
    "SchemaChangePolicy": "schema_change_policy",
    "TablePrefix": "table_prefix",
    "Targets": "targets",
}


class GlueDefinitions(GlueExtras):
    """Answers for jobs, crawlers, triggers and workflows as definitions; what runs is in `glue`."""

    # ------------------------------------------------------------------------------------------------ jobs

    def create_job(self) -> ActionResult:
        """Create a job; the same name with another definition is refused."""
        name, wanted = str(self._get_param("Name")), dict(self.parameters)
        self._check_role(wanted, "job", name)
        job = self.glue_backend.jobs.get(name)
        if job is not None:
            if vars(job).get("asked") == wanted:
                return ActionResult({"Name": name})
            code = "IdempotentParameterMismatchException"
            raise GlueClientError(code, f"Job with name: {name} already submitted with different configuration")
        answer = super().create_job()
        job = self.glue_backend.jobs[name]
        vars(job).update(asked=wanted, asked_execution_class=wanted.get("ExecutionClass"))
        return answer

    def update_job(self) -> ActionResult:
        """Put a definition in the place of a job's present one."""
        name, update = str(self._get_param("JobName")), dict(self._get_param("JobUpdate") or {})
        self._check_role(update, "job", name)
        job = self.glue_backend.get_job(name)
        for field, attribute in _JOB_FIELDS.items():
            setattr(job, attribute, update.get(field))
        job.default_arguments = job.default_arguments or {}
        job.execution_property = job.execution_property or {}
        job.last_modified_on = datetime.now(UTC)
        vars(job).update(asked=None, asked_execution_class=update.get("ExecutionClass"))
        return ActionResult({"JobName": name})

    def get_job(self) -> ActionResult:
        """Return a job."""
        return ActionResult({"Job": _job(self.glue_backend.get_job(str(self._get_param("JobName"))))})

    def get_jobs(self) -> ActionResult:
        """Return all jobs, page by page."""
        jobs, token = self.glue_backend.get_jobs(
            next_token=self._get_param("NextToken"), max_results=self._get_int_param("MaxResults")
        )
        return ActionResult({"Jobs": [_job(job) for job in jobs], "NextToken": token})

    def batch_get_jobs(self) -> ActionResult:
        """Return the jobs of some names."""
        names, jobs = list(self._get_param("JobNames")), self.glue_backend.jobs
        found = [_job(jobs[name]) for name in names if name in jobs]
        return ActionResult({"Jobs": found, "JobsNotFound": [name for name in names if name not in jobs]})

    def delete_job(self) -> ActionResult:
        """Delete a job with its runs and tags."""
        name = str(self._get_param("JobName"))
        state_of(self.glue_backend).runs.pop(name, None)
        self._forget_tags("job", name)
        return super().delete_job()

    # ------------------------------------------------------------------------------------------------ crawlers

    def create_crawler(self) -> ActionResult:
        """Create a crawler whose role Glue can assume."""
        self._check_role(self.parameters, "crawler", str(self._get_param("Name")))
        return super().create_crawler()

    def update_crawler(self) -> ActionResult:
        """Change what is named; a crawler that runs is refused."""
        name, given = str(self._get_param("Name")), self.parameters
        self._check_role(given, "crawler", name)
        crawler = self.glue_backend.get_crawler(name)
        if _going(self._crawls(name)):
            raise CrawlerRunningException(f"Crawler with name {name} has already started")
        for field, attribute in _CRAWLER_FIELDS.items():
            if field in given:
                setattr(crawler, attribute, given[field])
        crawler.version += 1
        crawler.last_updated = datetime.now(UTC)
        return EmptyResult()

    def get_crawler(self) -> ActionResult:
        """Return a crawler with its last crawl."""
        return ActionResult({"Crawler": self._crawler(self.glue_backend.get_crawler(str(self._get_param("Name"))))})

    def get_crawlers(self) -> ActionResult:
        """Return all crawlers."""
        return ActionResult({"Crawlers": [self._crawler(each) for each in self.glue_backend.get_crawlers()]})

    def batch_get_crawlers(self) -> ActionResult:
        """Return the crawlers of some names."""
        names, known = list(self._get_param("CrawlerNames")), self.glue_backend.crawlers
        found = [self._crawler(known[name]) for name in names if name in known]
        return ActionResult({"Crawlers": found, "CrawlersNotFound": [name for name in names if name not in known]})

    def delete_crawler(self) -> ActionResult:
        """Delete a crawler that does not run, with its history and tags."""
        name = str(self._get_param("Name"))
        if _going(self._crawls(name)):
            raise CrawlerRunningException(f"Crawler with name {name} has already started")
        answer = super().delete_crawler()
        state_of(self.glue_backend).crawls.pop(name, None)
        self._forget_tags("crawler", name)
        return answer

    def _crawls(self, name: str) -> list[Crawl]:
        return state_of(self.glue_backend).crawls.get(name, [])

    def _crawler(self, crawler: "FakeCrawler") -> dict[str, object]:
        crawls = self._crawls(crawler.name)
        going, ended = _going(crawls), [crawl for crawl in crawls if crawl.is_over]
        document: dict[str, object] = {
            **crawler.as_dict(),
            "State": going.state if going is not None else "READY",
            "CrawlElapsedTime": int(going.span.elapsed * 1000) if going is not None else 0,
            "LastCrawl": last_crawl(ended[-1]) if ended else None,
        }
        if crawler.schedule:
            stopped = crawler.name in state_of(self.glue_backend).unscheduled
            state = "NOT_SCHEDULED" if stopped else "SCHEDULED"
            document["Schedule"] = {"ScheduleExpression": crawler.schedule, "State": state}
        return document

    # ------------------------------------------------------------------------------------------------ triggers

    def create_trigger(self) -> ActionResult:
        """Create a trigger of a new name for jobs that exist."""
        name = str(self._get_param("Name"))
        if name in self.glue_backend.triggers:
            raise AlreadyExistsException(f"Trigger with name {name} already submitted")
        self._check_actions(self._get_param("Actions") or [])
        if self._get_param("StartOnCreation") and self._get_param("Type") == "ON_DEMAND":
            raise InvalidInputException("CreateTrigger", "StartOnCreation is not supported for ON_DEMAND triggers")
        workflow = self._get_param("WorkflowName")
        if workflow and workflow not in self.glue_backend.workflows:
            raise EntityNotFoundException(f"Entity not found: workflow {workflow}")
        predicate = predicate_of(self._get_param("Predicate"))
        if self._get_param("Type") == "CONDITIONAL" and predicate is None:
            raise InvalidInputException("CreateTrigger", "Predicate cannot be null or empty")
        self.glue_backend.create_trigger(
            name=name,
            workflow_name=workflow,
            trigger_type=self._get_param("Type"),
            schedule=self._get_param("Schedule"),
            predicate=predicate,
            actions=[Action(each) for each in self._get_param("Actions") or []],
            description=self._get_param("Description"),
            start_on_creation=self._get_param("StartOnCreation"),
            tags=self._get_param("Tags"),
            event_batching_condition=self._get_param("EventBatchingCondition"),
        )
        return ActionResult({"Name": name})

    def update_trigger(self) -> ActionResult:
        """Change what is named."""
        name, update = str(self._get_param("Name")), dict(self._get_param("TriggerUpdate") or {})
        trigger = self.glue_backend.get_trigger(name)
        self._check_actions(update.get("Actions") or [])
        if "Description" in update:
            trigger.description = update["Description"]
        if "Schedule" in update:
            trigger.schedule = update["Schedule"]
        if "Actions" in update:
            trigger.actions = [Action(each) for each in update["Actions"]]
        if "Predicate" in update:
            trigger.predicate = predicate_of(update["Predicate"])
        if "EventBatchingCondition" in update:
            trigger.event_batching_condition = update["EventBatchingCondition"]
        return ActionResult({"Trigger": trigger.as_dict()})

    def delete_trigger(self) -> ActionResult:
        """Delete a trigger with its tags."""
        self._forget_tags("trigger", str(self._get_param("Name")))
        return super().delete_trigger()

    def batch_get_triggers(self) -> ActionResult:
        """Return the triggers of some names."""
        names, known = list(self._get_param("TriggerNames")), self.glue_backend.triggers
        found: list[FakeTrigger] = [known[name] for name in names if name in known]
        missing = [name for name in names if name not in known]
        return ActionResult({"Triggers": [each.as_dict() for each in found], "TriggersNotFound": missing})

    def _check_actions(self, actions: Sequence[Mapping[str, Any]]) -> None:
        for action in actions:
            job, crawler = action.get("JobName"), action.get("CrawlerName")
            if job and job not in self.glue_backend.jobs:
                raise EntityNotFoundException(f"Entity not found: job {job}")
            if crawler and crawler not in self.glue_backend.crawlers:
                raise EntityNotFoundException(f"Entity not found: crawler {crawler}")

    # ------------------------------------------------------------------------------------------------ workflows

    def create_workflow(self) -> ActionResult:
        """Create a workflow of a new name."""
        name = str(self._get_param("Name"))
        if name in self.glue_backend.workflows:
            raise AlreadyExistsException(f"Workflow with name {name} already exists")
        return super().create_workflow()

    # ------------------------------------------------------------------------------------------------ shared

    def _check_role(self, given: Mapping[str, Any], kind: str, name: str) -> None:
        refused = mistrust(str(given["Role"]), kind, name) if given.get("Role") else ""
        if refused:
            raise InvalidInputException("Create", refused)


def _going(crawls: Sequence[Crawl]) -> Crawl | None:
    return next((crawl for crawl in crawls if not crawl.is_over), None)


def predicate_of(given: Mapping[str, Any] | None) -> Predicate | None:
    """Return a trigger's condition; the stock one insists on words that AWS fills in."""
    asked = given or {}
    conditions = [{"LogicalOperator": "EQUALS", **each} for each in asked.get("Conditions") or []]
    return Predicate({"Logical": asked.get("Logical") or "AND", "Conditions": conditions}) if conditions else None


def _job(job: "FakeJob") -> dict[str, object]:
    # The stock answer makes up an execution class for jobs that were given none.
    return {**job.as_dict(), "ExecutionClass": vars(job).get("asked_execution_class")}
