"""DMS: what may be asked of replication tasks."""

import json
from collections.abc import Mapping
from typing import Final

from autocorp_wizard.core.events import Json
from autocorp_wizard.rehearsal.services.dms_endpoints import run_test
from autocorp_wizard.rehearsal.services.dms_store import (
    GONE,
    QUOTAS,
    Action,
    Asked,
    Document,
    Fault,
    Life,
    RehearsalDms,
    filtered,
    given,
    paged,
    parsed,
    text,
    texts,
    unique_part,
)
from autocorp_wizard.rehearsal.services.dms_task_life import (
    STARTED,
    STOPPED,
    Task,
    give_slot_back,
    go_on,
    halt,
    open_run,
    refresh,
    shown,
    tell,
)

_CREATING, _STARTING, _STOPPING, _MODIFYING, _DELETING, _MOVING = 60.0, 60.0, 60.0, 30.0, 60.0, 120.0
_FRESH, _RESUME, _RELOAD = "start-replication", "resume-processing", "reload-target"


def create_task(backend: RehearsalDms, asked: Asked) -> Document:
    """CreateReplicationTask."""
    name = text(asked, "ReplicationTaskIdentifier").lower()
    instance = backend.thing("rep", text(asked, "ReplicationInstanceArn"))
    ends = (text(asked, "SourceEndpointArn"), text(asked, "TargetEndpointArn"))
    for end, kind in zip(ends, ("SOURCE", "TARGET"), strict=True):
        if backend.thing("endpoint", end).document["EndpointType"] != kind:
            raise Fault("InvalidParameterValueException", f"Endpoint {end} is not a {kind.lower()} endpoint.")
    if instance.life.present != "available":
        raise Fault("InvalidResourceStateFault", f"Replication Instance {instance.name} is not available.")
    arn = backend.arn("task", unique_part(asked))
    living = _living(backend)
    if any(each.name == name or each.arn == arn for each in living):
        raise Fault("ResourceAlreadyExistsFault", f"Replication Task {name} already exists.")
    if len(living) >= QUOTAS["ReplicationTasks"]:
        raise Fault("ResourceQuotaExceededFault", f"You have reached the quota of {QUOTAS['ReplicationTasks']} tasks.")
    document: Document = {"MigrationType": text(asked, "MigrationType"), "ReplicationTaskIdentifier": name}
    life = Life.passing("creating", "ready", _CREATING)
    task = Task(name, arn, instance.arn, ends, document, life)
    _settle(backend, task, asked)
    backend.tasks[arn] = task
    backend.tag(arn, asked)
    backend.note(name, "replication-task", "creation", "The replication task has been created.")
    return {"ReplicationTask": shown(backend, task)}


def modify_task(backend: RehearsalDms, asked: Asked) -> Document:
    """ModifyReplicationTask: of a task that does not run."""
    task = task_of(backend, asked)
    state = task.status
    if state not in {"ready", "stopped", "failed"}:
        raise Fault("InvalidResourceStateFault", f"Replication Task {task.arn} is {state} and cannot be modified.")
    _settle(backend, task, asked)
    if "MigrationType" in asked:
        task.document["MigrationType"] = text(asked, "MigrationType")
    task.life = Life.passing("modifying", state, _MODIFYING)
    backend.note(task.name, "replication-task", "configuration change", "The replication task has been modified.")
    return {"ReplicationTask": shown(backend, task)}


def move_task(backend: RehearsalDms, asked: Asked) -> Document:
    """MoveReplicationTask: to another instance; of a task that does not run."""
    task = task_of(backend, asked)
    state = task.status
    target = backend.thing("rep", text(asked, "TargetReplicationInstanceArn"))
    if state not in {"ready", "stopped", "failed"}:
        raise Fault("InvalidResourceStateFault", f"Replication Task {task.arn} is {state} and cannot be moved.")
    task.instance_arn = target.arn
    task.life = Life.passing("moving", state, _MOVING)
    return {"ReplicationTask": shown(backend, task)}


def describe_tasks(backend: RehearsalDms, asked: Asked) -> Document:
    """DescribeReplicationTasks."""
    bare = asked.get("WithoutSettings") is True
    tasks = [shown(backend, each, bare=bare) for each in _living(backend)]
    fields = {
        "replication-task-arn": "ReplicationTaskArn",
        "replication-task-id": "ReplicationTaskIdentifier",
        "migration-type": "MigrationType",
        "replication-instance-arn": "ReplicationInstanceArn",
    }
    ends = [each for each in _filters(asked) if text(each, "Name") == "endpoint-arn"]
    for each in ends:
        wanted = set(texts(each, "Values"))
        tasks = [task for task in tasks if {task["SourceEndpointArn"], task["TargetEndpointArn"]} & wanted]
    others: list[Json] = [dict(each) for each in _filters(asked) if each not in ends]
    missing = "No Replication Tasks found matching provided filters."
    found = filtered(tasks, {**asked, "Filters": others}, fields, missing)
    if ends and not found:
        raise Fault("ResourceNotFoundFault", missing)
    return paged(found, asked, "ReplicationTasks")


def delete_task(backend: RehearsalDms, asked: Asked) -> Document:
    """DeleteReplicationTask: its slot is dropped where the source lets it."""
    task = task_of(backend, asked)
    if task.status not in {"ready", "stopped", "failed"}:
        message = f"Replication Task {task.arn} is {task.status}: stop it before it is deleted."
        raise Fault("InvalidResourceStateFault", message)
    give_slot_back(backend, task)
    task.life = Life.passing("deleting", GONE, _DELETING)
    backend.note(task.name, "replication-task", "deletion", "The replication task has been deleted.")
    return {"ReplicationTask": shown(backend, task)}


def start_task(backend: RehearsalDms, asked: Asked) -> Document:
    """StartReplicationTask: a first start, a resumption, or everything anew."""
    task = task_of(backend, asked)
    kind, state = text(asked, "StartReplicationTaskType"), task.status
    if state not in {"ready", "stopped", "failed"}:
        raise Fault("InvalidResourceStateFault", f"Replication Task cannot be started, it is {state}: {task.arn}")
    if kind not in {_FRESH, _RESUME, _RELOAD}:
        raise Fault("InvalidParameterValueException", f"Invalid StartReplicationTaskType {kind}.")
    if kind == _FRESH and task.run is not None:
        message = "Start Type : START_REPLICATION, valid only for tasks running for the first time"
        raise Fault("InvalidResourceStateFault", message)
    if kind != _FRESH and task.run is None:
        name = kind.upper().replace("-", "_")
        raise Fault("InvalidResourceStateFault", f"Start Type : {name}, invalid for tasks that have never run")
    _need_tested_ends(backend, task)
    task.failure, task.stop_reason, task.stopped_at = "", "", None
    task.life = Life.passing("starting", "running", _STARTING)
    if kind == _RELOAD:
        give_slot_back(backend, task)
    if task.run is None:
        open_run(backend, task)
    else:
        go_on(task, task.run)
    tell(backend, task, STARTED, "state change", "The replication task has started.")
    return {"ReplicationTask": shown(backend, task)}


def stop_task(backend: RehearsalDms, asked: Asked) -> Document:
    """StopReplicationTask."""
    task = task_of(backend, asked)
    refresh(backend, task)
    if task.status not in {"running", "starting"}:
        message = f"Replication Task {task.arn} is not running: it is {task.status}."
        raise Fault("InvalidResourceStateFault", message)
    task.life = Life.passing("stopping", "stopped", _STOPPING)
    halt(task, "Stop Reason NORMAL")
    tell(backend, task, STOPPED, "state change", "The replication task has stopped.")
    return {"ReplicationTask": shown(backend, task)}


def _need_tested_ends(backend: RehearsalDms, task: Task) -> None:
    """DMS tests an end that was never tested, or whose test failed; a task with such an end does not start."""
    instance = backend.thing("rep", task.instance_arn)
    if instance.life.present != "available":
        raise Fault("InvalidResourceStateFault", f"Replication Instance {instance.name} is not available.")
    for arn in task.endpoint_arns:
        endpoint = backend.thing("endpoint", arn)
        test = backend.tests.get((instance.arn, arn))
        if test is None or test.life.present == "failed":
            test = run_test(backend, instance, endpoint, seconds=0.0)
        if test.document["LastFailureMessage"]:
            message = (
                f"Test connection for endpoint {endpoint.name} and replication instance {instance.name} should be "
                "successful for starting the replication task"
            )
            raise Fault("InvalidResourceStateFault", message)


def _settle(backend: RehearsalDms, task: Task, asked: Asked) -> None:
    """Take over mappings and settings; settings come back with what DMS adds to them."""
    task.document |= given(asked, "CdcStartPosition", "CdcStopPosition", "TaskData", "TableMappings")
    if "TableMappings" in asked:
        mappings = parsed(text(asked, "TableMappings"), "table mappings")
        if not isinstance(mappings.get("rules"), list) or not mappings["rules"]:
            raise Fault("InvalidParameterValueException", "Invalid table mappings document: it has no rules.")
    settings = parsed(text(asked, "ReplicationTaskSettings") or "{}", "task settings")
    if settings or "ReplicationTaskSettings" not in task.document:
        logging = settings.get("Logging")
        if isinstance(logging, dict) and logging.get("EnableLogging") is True:
            settings["Logging"] = {
                **logging,
                "CloudWatchLogGroup": f"dms-tasks-{backend.thing('rep', task.instance_arn).name}",
                "CloudWatchLogStream": f"dms-task-{task.arn.rpartition(':')[2]}",
            }
        settings.setdefault("FailTaskWhenCleanTaskResourceFailed", False)
        task.document["ReplicationTaskSettings"] = json.dumps(settings)


def _filters(asked: Asked) -> list[Mapping[str, Json]]:
    found = asked.get("Filters")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _living(backend: RehearsalDms) -> list[Task]:
    for arn in [arn for arn, task in backend.tasks.items() if task.status == GONE]:
        del backend.tasks[arn]
        backend.tagger.delete_all_tags_for_resource(arn)
    return list(backend.tasks.values())


def task_of(backend: RehearsalDms, asked: Asked) -> Task:
    """Return the task that a call names. Raises ResourceNotFoundFault."""
    arn = text(asked, "ReplicationTaskArn")
    found = next((each for each in _living(backend) if each.arn == arn), None)
    if found is None:
        raise Fault("ResourceNotFoundFault", f"Replication Task {arn} could not be found.")
    return found


ACTIONS: Final[Mapping[str, Action]] = {
    "CreateReplicationTask": create_task,
    "DeleteReplicationTask": delete_task,
    "DescribeReplicationTasks": describe_tasks,
    "ModifyReplicationTask": modify_task,
    "MoveReplicationTask": move_task,
    "StartReplicationTask": start_task,
    "StopReplicationTask": stop_task,
}
