"""The agents, and per export the transfer task and its newest execution."""

from typing import TYPE_CHECKING

from autocorp_wizard.core import status_rules as rules
from autocorp_wizard.core.status import Judged, Level
from autocorp_wizard.operate.look import Look, Sheet

if TYPE_CHECKING:
    from types_boto3_datasync.type_defs import DescribeTaskExecutionResponseTypeDef


def fill(look: Look, sheet: Sheet) -> None:
    """Ask for each agent, each task and the newest execution of each."""
    _agents(look, sheet)
    tasks = look.output_map("datasync_task_arns")
    if not tasks:
        sheet.lacking("tasks", "Tasks", "datasync_task_arns")
    good = 0
    for export, arn in sorted(tasks.items()):
        fine = _task(look, sheet, export, arn)
        good += _execution(look, sheet, export, arn) and fine
    if tasks and good == len(tasks):
        words = f"{good} exports transferred and verified"
        sheet.add("exports", "Exports", Judged(Level.OK, words), "datasync:DescribeTaskExecution", value=good)


def _agents(look: Look, sheet: Sheet) -> None:
    call = "datasync:DescribeAgent"
    if not look.subject.agents:
        sheet.add("agent", "Agent", Judged(Level.WARN, "no agent named in the environment"), call)
    for number, arn in enumerate(look.subject.agents, 1):
        name = "agent" if number == 1 else f"agent_{number}"
        with sheet.asking(name, "Agent", call):
            found = look.access.client("datasync").describe_agent(AgentArn=arn)
            status = found.get("Status", "")
            sheet.add(name, "Agent", rules.agent(status), call, value=status, at=found.get("LastConnectionTime"))


def _task(look: Look, sheet: Sheet, export: str, arn: str) -> bool:
    call = "datasync:DescribeTask"
    fine = False
    with sheet.asking(f"task:{export}", f"Task {export}", call):
        found = look.access.client("datasync").describe_task(TaskArn=arn)
        schedule = found.get("ScheduleDetails", {})
        judged = rules.transfer_task(
            found.get("Status", ""),
            schedule.get("DisabledBy", ""),
            schedule.get("DisabledReason", ""),
            found.get("ErrorDetail", ""),
        )
        fine = judged.level is Level.OK
        said = Judged(judged.level, f"{export}: {judged.sentence}")
        sheet.add(f"task:{export}", f"Task {export}", said, call, value=found.get("Status"), detail=fine)
    return fine


def _execution(look: Look, sheet: Sheet, export: str, arn: str) -> bool:
    call = "datasync:DescribeTaskExecution"
    name, title = f"transfer:{export}", f"Transfer {export}"
    status = ""
    fine = False
    with sheet.asking(name, title, call):
        found = _newest_execution(look, arn)
        if found is None:
            sheet.add(name, title, Judged(Level.WARN, f"{export}: no transfer yet"), "datasync:ListTaskExecutions")
            return False
        result, status = found.get("Result", {}), found.get("Status", "")
        judged = rules.execution(
            status,
            found.get("FilesTransferred", 0),
            found.get("EstimatedFilesToTransfer", 0),
            result.get("ErrorDetail", "") or result.get("ErrorCode", ""),
        )
        fine = judged.level is Level.OK
        sheet.add(
            name,
            title,
            Judged(judged.level, f"{export}: {judged.sentence}"),
            call,
            value={
                "status": status,
                "files": found.get("FilesTransferred", 0),
                "bytes": found.get("BytesTransferred", 0),
            },
            at=found.get("EndTime") or found.get("StartTime"),
            detail=fine,
        )
    return fine and status == "SUCCESS"


def _newest_execution(look: Look, task_arn: str) -> "DescribeTaskExecutionResponseTypeDef | None":
    """Return the newest execution of a task, None for none.

    The listing holds no times and promises no order, only that it has one: the newest is its first or its last.
    """
    client = look.access.client("datasync")
    found = [
        each["TaskExecutionArn"]
        for page in client.get_paginator("list_task_executions").paginate(TaskArn=task_arn)
        for each in page.get("TaskExecutions", [])
        if "TaskExecutionArn" in each
    ]
    ends = [client.describe_task_execution(TaskExecutionArn=arn) for arn in dict.fromkeys([*found[:1], *found[-1:]])]
    return max(ends, key=lambda each: each["StartTime"]) if ends else None
