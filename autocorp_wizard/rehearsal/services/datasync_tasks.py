"""DataSync's actions on tasks and on their executions."""

import secrets
from typing import Final

from moto.core.responses import ActionResult

from autocorp_wizard.rehearsal.services.datasync_call import DataSyncCall
from autocorp_wizard.rehearsal.services.datasync_models import (
    MAX_QUEUED,
    MAX_TASKS,
    DataSyncRefusal,
    Settings,
    Task,
    new_arn,
    tags_of,
)
from autocorp_wizard.rehearsal.services.datasync_runs import Execution

_DEFINITION: Final = ("Includes", "Excludes", "TaskReportConfig")
_UPDATABLE: Final = (
    "Options",
    "Excludes",
    "Schedule",
    "Name",
    "CloudWatchLogGroupArn",
    "Includes",
    "ManifestConfig",
    "TaskReportConfig",
)


class TaskActions(DataSyncCall):
    """Create, describe, change, list and delete tasks."""

    def create_task(self) -> ActionResult:
        """Make a task between two locations."""
        sent = self.checked()
        source = self.known(self.here.places, str(sent["SourceLocationArn"]), "Location")
        destination = self.known(self.here.places, str(sent["DestinationLocationArn"]), "Location")
        if (source.kind == "s3") == (destination.kind == "s3"):
            raise DataSyncRefusal("The rehearsal transfers from a share to a bucket only.", "InvalidRequest")
        _check_options(sent)
        if len(self.here.transfers) >= MAX_TASKS:
            message = f"You have reached the limit of {MAX_TASKS} tasks in this region."
            raise DataSyncRefusal(message, "LimitExceeded", "TaskLimitExceeded")
        settings: Settings = {name: sent[name] for name in (*_UPDATABLE, "TaskMode") if name in sent}
        arn = new_arn(self.region, "task", "task")
        task = Task(arn, source.arn, destination.arn, settings, tags_of(sent.get("Tags")))
        task.disabled_by = "USER" if (settings.get("Schedule") or {}).get("Status") == "DISABLED" else ""
        self.here.transfers[arn] = task
        return ActionResult({"TaskArn": arn})

    def describe_task(self) -> ActionResult:
        """Describe a task."""
        task = self.task()
        status, code, detail = self.here.task_status(task)
        live = [run.arn for run in self.here.runs.values() if run.task_arn == task.arn and not run.is_over]
        known = task.settings
        return ActionResult(
            {
                "TaskArn": task.arn,
                "Name": task.name,
                "Status": status,
                "CurrentTaskExecutionArn": live[0] if live else None,
                "SourceLocationArn": task.source,
                "DestinationLocationArn": task.destination,
                "CloudWatchLogGroupArn": known.get("CloudWatchLogGroupArn") or None,
                "Options": task.options,
                "Includes": known.get("Includes") or [],
                "Excludes": known.get("Excludes") or [],
                "Schedule": task.schedule(),
                "ScheduleDetails": task.schedule_details(),
                "TaskReportConfig": known.get("TaskReportConfig"),
                "TaskMode": task.mode,
                "CreationTime": task.created,
                "ErrorCode": code or None,
                "ErrorDetail": detail or None,
            }
        )

    def update_task(self) -> ActionResult:
        """Change a task in place."""
        sent = self.checked()
        task = self.task()
        _check_options({"Options": {**task.options, **(sent.get("Options") or {})}})
        task.change({name: sent[name] for name in _UPDATABLE if name in sent})
        return ActionResult({})

    def list_tasks(self) -> ActionResult:
        """List tasks."""
        tasks = [
            {"TaskArn": each.arn, "Name": each.name, "Status": self.here.task_status(each)[0], "TaskMode": each.mode}
            for each in self.here.transfers.values()
        ]
        return self.page("Tasks", tasks)

    def delete_task(self) -> ActionResult:
        """Forget a task that does not run."""
        task = self.task()
        if any(run.task_arn == task.arn and not run.is_over for run in self.here.runs.values()):
            raise DataSyncRefusal(f"Task {task.arn} is running.", "InvalidRequest", "TaskInUse")
        del self.here.transfers[task.arn]
        for arn in [run.arn for run in self.here.runs.values() if run.task_arn == task.arn]:
            del self.here.runs[arn]
        return ActionResult({})


class ExecutionActions(DataSyncCall):
    """Start, describe, list, change and cancel executions."""

    def start_task_execution(self) -> ActionResult:
        """Start a task, or queue it behind what runs on the same agents."""
        sent = self.checked()
        task = self.task()
        if not task.creating.over:
            raise DataSyncRefusal(f"Task {task.arn} is being created.", "InvalidRequest", "TaskNotAvailable")
        options = {**task.options, **(sent.get("OverrideOptions") or {})}
        _check_options({"Options": options})
        definition: Settings = {name: sent.get(name, task.settings.get(name)) for name in _DEFINITION}
        definition["Options"] = options
        agents = self.here.places[task.source].agents
        live = [run for run in self.here.runs.values() if not run.is_over]
        busy = [run for run in live if run.task_arn == task.arn or set(run.agents) & set(agents)]
        if busy and options["TaskQueueing"] == "DISABLED":
            message = f"Task {task.arn} cannot run now: {busy[0].arn} is using its agent, and queueing is disabled."
            raise DataSyncRefusal(message, "InvalidRequest", "TaskQueueingDisabled")
        if sum(run.task_arn == task.arn and run.status == "QUEUED" for run in live) >= MAX_QUEUED:
            message = f"{MAX_QUEUED} executions of task {task.arn} are queued already."
            raise DataSyncRefusal(message, "LimitExceeded", "QueueLimitExceeded")
        arn = f"{task.arn}/execution/exec-0{secrets.token_hex(8)}"
        self.here.runs[arn] = Execution(arn, task.arn, task.mode, definition, agents, tags_of(sent.get("Tags")))
        self.here.settle()
        return ActionResult({"TaskExecutionArn": arn})

    def describe_task_execution(self) -> ActionResult:
        """Describe an execution."""
        return ActionResult(self.run().as_document())

    def list_task_executions(self) -> ActionResult:
        """List executions, of one task or all."""
        wanted = self.checked().get("TaskArn")
        runs = [
            {"TaskExecutionArn": each.arn, "Status": each.status, "TaskMode": each.mode}
            for each in self.here.runs.values()
            if wanted in (None, each.task_arn)
        ]
        return self.page("TaskExecutions", runs)

    def update_task_execution(self) -> ActionResult:
        """Change the bandwidth limit of an execution on its way."""
        options: Settings = self.checked()["Options"]
        run = self.run()
        if run.is_over:
            raise DataSyncRefusal(f"Task execution {run.arn} has ended.", "InvalidRequest")
        if set(options) - {"BytesPerSecond"}:
            raise DataSyncRefusal("Only BytesPerSecond can be changed while a task runs.", "InvalidRequest")
        run.definition = {**run.definition, "Options": {**run.definition["Options"], **options}}
        return ActionResult({})

    def cancel_task_execution(self) -> ActionResult:
        """Stop an execution."""
        run = self.run()
        if run.is_over or run.cancelling is not None:
            message = f"Task execution {run.arn} cannot be cancelled in its current status: {run.status}"
            raise DataSyncRefusal(message, "InvalidRequest")
        run.cancel()
        return ActionResult({})


def _check_options(sent: Settings) -> None:
    options = sent.get("Options") or {}
    if options.get("PreserveDeletedFiles") == "REMOVE" and options.get("TransferMode") == "ALL":
        raise DataSyncRefusal("PreserveDeletedFiles REMOVE cannot be used with TransferMode ALL.", "InvalidRequest")
    if (options.get("Atime") == "BEST_EFFORT") != (options.get("Mtime") == "PRESERVE") and "Atime" in options:
        raise DataSyncRefusal("Atime BEST_EFFORT and Mtime PRESERVE belong together.", "InvalidRequest")
    limit = int(options.get("BytesPerSecond", -1))
    if limit != -1 and limit <= 0:
        raise DataSyncRefusal("BytesPerSecond is -1 or a positive number.", "InvalidRequest")
