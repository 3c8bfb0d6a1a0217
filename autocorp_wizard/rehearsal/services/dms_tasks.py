"""DMS: replication tasks. A start makes a real slot on the source and counts real rows; the rest follows the clock."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from autocorp_wizard.core.events import Json
from autocorp_wizard.rehearsal.pace import now, speed
from autocorp_wizard.rehearsal.services import dms_source
from autocorp_wizard.rehearsal.services.dms_endpoints import run_test
from autocorp_wizard.rehearsal.services.dms_reach import UnreachableError, check_bucket, login_of
from autocorp_wizard.rehearsal.services.dms_run import Run, figures, schedule, tables_of
from autocorp_wizard.rehearsal.services.dms_source import SlotBusyError, SourceError
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
    moment,
    paged,
    parsed,
    text,
    texts,
    unique_part,
)

_CREATING, _STARTING, _STOPPING, _MODIFYING, _DELETING, _MOVING = 60.0, 60.0, 60.0, 30.0, 60.0, 120.0
# At most so often, in seconds of this machine, a running task looks at the source for whoever asks.
_LOOK_EVERY: Final = 0.5
_FRESH, _RESUME, _RELOAD = "start-replication", "resume-processing", "reload-target"
_KEPT_LOOKS: Final = 500
# What EventBridge hears of, as DMS numbers it.
STARTED, FAILED, STOPPED = "DMS-EVENT-0069", "DMS-EVENT-0078", "DMS-EVENT-0079"


@dataclass(slots=True)
class Task:
    """A replication task; `run` is there from its first start on."""

    name: str
    arn: str
    instance_arn: str
    endpoint_arns: tuple[str, str]
    document: Document
    life: Life
    born: float = field(default_factory=now)
    run: Run | None = None
    waits_for_slot: bool = False
    failure: str = ""
    stop_reason: str = ""
    stopped_at: float | None = None

    @property
    def status(self) -> str:
        """The status at this moment, as far as the clock alone decides it."""
        return self.life.present


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
    _give_slot_back(backend, task)
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
        _give_slot_back(backend, task)
    if task.run is None:
        _open(backend, task)
    else:
        _go_on(task, task.run)
    _tell(backend, task, STARTED, "state change", "The replication task has started.")
    return {"ReplicationTask": shown(backend, task)}


def stop_task(backend: RehearsalDms, asked: Asked) -> Document:
    """StopReplicationTask."""
    task = task_of(backend, asked)
    refresh(backend, task)
    if task.status not in {"running", "starting"}:
        message = f"Replication Task {task.arn} is not running: it is {task.status}."
        raise Fault("InvalidResourceStateFault", message)
    task.life = Life.passing("stopping", "stopped", _STOPPING)
    _halt(task, "Stop Reason NORMAL")
    _tell(backend, task, STOPPED, "state change", "The replication task has stopped.")
    return {"ReplicationTask": shown(backend, task)}


def shown(backend: RehearsalDms, task: Task, *, bare: bool = False) -> Document:
    """Return a task as it is described; `bare` leaves mappings and settings out."""
    refresh(backend, task)
    run = task.run
    document: Document = {
        **task.document,
        "LastFailureMessage": task.failure or None,
        "ReplicationInstanceArn": task.instance_arn,
        "ReplicationTaskArn": task.arn,
        "ReplicationTaskCreationDate": moment(task.born),
        "SourceEndpointArn": task.endpoint_arns[0],
        "Status": task.status,
        "StopReason": task.stop_reason or None,
        "TargetEndpointArn": task.endpoint_arns[1],
    }
    if bare:
        document = {k: v for k, v in document.items() if k not in {"ReplicationTaskSettings", "TableMappings"}}
    if run is not None:
        began, ended = run.load_began, run.load_ended
        document |= {
            "RecoveryCheckpoint": f"checkpoint:V1#1#{run.position}#0#0#*#0#0",
            "ReplicationTaskStartDate": moment(run.started),
            "ReplicationTaskStats": {
                "ElapsedTimeMillis": int(1000 * ((task.stopped_at or now()) - run.started)),
                "FreshStartDate": moment(run.fresh_start),
                "FullLoadFinishDate": moment(ended) if ended is not None else None,
                "FullLoadProgressPercent": run.progress,
                "FullLoadStartDate": moment(began) if began is not None else None,
                "StartDate": moment(run.started),
                "StopDate": moment(task.stopped_at) if task.stopped_at is not None else None,
                **figures(run.tables),
            },
        }
    return document


def refresh(backend: RehearsalDms, task: Task) -> None:
    """Let a running task look at both ends, at most every half second: changes are counted, lost rights end it."""
    if task.waits_for_slot and task.life.state in {"starting", "running"}:
        _open(backend, task)
    run = task.run
    if run is None or task.status != "running" or now() - run.looked_at < _LOOK_EVERY:
        return
    run.looked_at = now()
    if not run.loads_everything:
        return
    if all(each.trouble for each in run.tables):
        fail(backend, task, "No tables were found at task initialization.")
        return
    try:
        check_bucket(backend, backend.thing("endpoint", task.endpoint_arns[1]))
        login = login_of(backend, backend.thing("endpoint", task.endpoint_arns[0]))
        changes = dms_source.take_changes(login, run.slot)
    except SourceError as error:
        fail(backend, task, f"Failed to read changes from the replication slot; {error}")
        return
    except UnreachableError as error:
        if "Error in S3 bucket" in str(error):
            fail(backend, task, f"Failed to write to the target; {error}")
        # DMS tries a lost source again and again; what shows is the latency.
        run.silent_since = run.silent_since or run.looked_at
        return
    run.silent_since = None
    tables = {each.key: each for each in run.tables}
    for (schema, table, kind), number in changes.items():
        if (schema, table) in tables:
            tables[schema, table].count(kind, number, run.looked_at)
    run.seen.append((run.looked_at, sum(changes.values())))
    del run.seen[:-_KEPT_LOOKS]


def fail(backend: RehearsalDms, task: Task, detail: str) -> None:
    """End a task with an error that DMS does not recover from."""
    _halt(task, "Stop Reason FATAL_ERROR Error Level FATAL")
    task.failure = f"Last Error {detail} Stop Reason FATAL_ERROR Error Level FATAL"
    task.life = Life("failed")
    _tell(backend, task, FAILED, "failure", f"The replication task has failed. {task.failure}")


def _tell(backend: RehearsalDms, task: Task, event_id: str, category: str, message: str) -> None:
    backend.note(task.name, "replication-task", category, message, event_id=event_id, arn=task.arn)


def factor_of(task: Task) -> int:
    """Return how many tables the task loads at a time."""
    settings = parsed(str(task.document["ReplicationTaskSettings"]), "task settings")
    found = settings.get("FullLoadSettings")
    most = found.get("MaxFullLoadSubTasks") if isinstance(found, dict) else None
    return most if isinstance(most, int) else 8


def _open(backend: RehearsalDms, task: Task) -> None:
    """Make the slot, count the rows and lay out the load; where the source refuses, the task fails."""
    tables = _selected(task)
    task.waits_for_slot = False
    try:
        login = login_of(backend, backend.thing("endpoint", task.endpoint_arns[0]))
        opened = dms_source.open_slot(login, tables)
    except SlotBusyError:
        task.waits_for_slot = True
        return
    except (SourceError, UnreachableError) as error:
        fail(backend, task, f"Task error notification received from subtask 0, thread 0; {error}")
        return
    begins = max(now(), task.life.span.ends if task.life.span is not None else 0.0)
    task.run = Run(opened.slot, opened.position, tables_of(opened.rows), begins, begins, [(begins, None)])
    schedule(task.run.tables, begins, speed(), factor_of(task))


def _go_on(task: Task, run: Run) -> None:
    """Resume: tables whose load was cut short are loaded from their first row."""
    begins = task.life.span.ends if task.life.span is not None else now()
    run.started = begins
    run.periods.append((begins, None))
    waiting = [each for each in run.tables if each.trouble == "Table cancelled"]
    for each in waiting:
        each.trouble = ""
    schedule(waiting, begins, speed(), factor_of(task))


def _halt(task: Task, reason: str) -> None:
    task.stop_reason, task.stopped_at, task.waits_for_slot = reason, now(), False
    run = task.run
    if run is None:
        return
    if run.periods and run.periods[-1][1] is None:
        run.periods[-1] = (run.periods[-1][0], now())
    for each in run.tables:
        if not each.trouble and (each.load is None or not each.load.over):
            each.trouble = "Table cancelled"


def _give_slot_back(backend: RehearsalDms, task: Task) -> None:
    run, task.run = task.run, None
    if run is None:
        return
    try:
        login = login_of(backend, backend.thing("endpoint", task.endpoint_arns[0]))
    except (UnreachableError, Fault):
        return
    dms_source.drop_slot(login, run.slot)


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


def _selected(task: Task) -> list[tuple[str, str]]:
    rules = parsed(str(task.document["TableMappings"]), "table mappings").get("rules")
    found: list[tuple[str, str]] = []
    for rule in rules if isinstance(rules, list) else []:
        where = rule.get("object-locator") if isinstance(rule, dict) else None
        if isinstance(rule, dict) and isinstance(where, dict) and rule.get("rule-type") == "selection":
            found.append((text(where, "schema-name"), text(where, "table-name")))
    return found


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
