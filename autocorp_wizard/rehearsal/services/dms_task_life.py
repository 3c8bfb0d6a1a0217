"""DMS: the life of a replication task: a start makes a real slot and counts real rows; the rest follows the clock."""

from dataclasses import dataclass, field
from typing import Final

from autocorp_wizard.rehearsal.pace import now, speed
from autocorp_wizard.rehearsal.services import dms_source
from autocorp_wizard.rehearsal.services.dms_reach import UnreachableError, check_bucket, login_of
from autocorp_wizard.rehearsal.services.dms_run import Run, figures, schedule, tables_of
from autocorp_wizard.rehearsal.services.dms_source import SlotBusyError, SourceError
from autocorp_wizard.rehearsal.services.dms_store import Document, Fault, Life, RehearsalDms, moment, parsed, text

# At most so often, in seconds of this machine, a running task looks at the source for whoever asks.
_LOOK_EVERY: Final = 0.5
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
        open_run(backend, task)
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
    halt(task, "Stop Reason FATAL_ERROR Error Level FATAL")
    task.failure = f"Last Error {detail} Stop Reason FATAL_ERROR Error Level FATAL"
    task.life = Life("failed")
    tell(backend, task, FAILED, "failure", f"The replication task has failed. {task.failure}")


def tell(backend: RehearsalDms, task: Task, event_id: str, category: str, message: str) -> None:
    backend.note(task.name, "replication-task", category, message, event_id=event_id, arn=task.arn)


def factor_of(task: Task) -> int:
    """Return how many tables the task loads at a time."""
    settings = parsed(str(task.document["ReplicationTaskSettings"]), "task settings")
    found = settings.get("FullLoadSettings")
    most = found.get("MaxFullLoadSubTasks") if isinstance(found, dict) else None
    return most if isinstance(most, int) else 8


def open_run(backend: RehearsalDms, task: Task) -> None:
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


def go_on(task: Task, run: Run) -> None:
    """Resume: tables whose load was cut short are loaded from their first row."""
    begins = task.life.span.ends if task.life.span is not None else now()
    run.started = begins
    run.periods.append((begins, None))
    waiting = [each for each in run.tables if each.trouble == "Table cancelled"]
    for each in waiting:
        each.trouble = ""
    schedule(waiting, begins, speed(), factor_of(task))


def halt(task: Task, reason: str) -> None:
    task.stop_reason, task.stopped_at, task.waits_for_slot = reason, now(), False
    run = task.run
    if run is None:
        return
    if run.periods and run.periods[-1][1] is None:
        run.periods[-1] = (run.periods[-1][0], now())
    for each in run.tables:
        if not each.trouble and (each.load is None or not each.load.over):
            each.trouble = "Table cancelled"


def give_slot_back(backend: RehearsalDms, task: Task) -> None:
    run, task.run = task.run, None
    if run is None:
        return
    try:
        login = login_of(backend, backend.thing("endpoint", task.endpoint_arns[0]))
    except (UnreachableError, Fault):
        return
    dms_source.drop_slot(login, run.slot)


def _selected(task: Task) -> list[tuple[str, str]]:
    rules = parsed(str(task.document["TableMappings"]), "table mappings").get("rules")
    found: list[tuple[str, str]] = []
    for rule in rules if isinstance(rules, list) else []:
        where = rule.get("object-locator") if isinstance(rule, dict) else None
        if isinstance(rule, dict) and isinstance(where, dict) and rule.get("rule-type") == "selection":
            found.append((text(where, "schema-name"), text(where, "table-name")))
    return found
