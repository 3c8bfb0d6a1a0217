"""DMS: what a task tells about its tables, and the loading of single tables anew."""

from collections.abc import Mapping
from typing import Final, cast

from autocorp_wizard.core.events import Json
from autocorp_wizard.rehearsal.pace import now, speed
from autocorp_wizard.rehearsal.services import dms_source
from autocorp_wizard.rehearsal.services.dms_reach import UnreachableError, login_of
from autocorp_wizard.rehearsal.services.dms_run import TableRun, schedule
from autocorp_wizard.rehearsal.services.dms_store import (
    Action,
    Asked,
    Document,
    Fault,
    RehearsalDms,
    filtered,
    moment,
    paged,
    text,
)
from autocorp_wizard.rehearsal.services.dms_task_life import factor_of, refresh
from autocorp_wizard.rehearsal.services.dms_tasks import task_of


def describe_table_statistics(backend: RehearsalDms, asked: Asked) -> Document:
    """DescribeTableStatistics: empty until a task was started."""
    task = task_of(backend, asked)
    refresh(backend, task)
    fields = {"schema-name": "SchemaName", "table-name": "TableName", "table-state": "TableState"}
    tables = task.run.tables if task.run is not None else []
    found = filtered([_shown(each) for each in tables], asked, fields)
    return {"ReplicationTaskArn": task.arn, **paged(found, asked, "TableStatistics")}


def reload_tables(backend: RehearsalDms, asked: Asked) -> Document:
    """ReloadTables: of a running task whose full load has begun."""
    task = task_of(backend, asked)
    refresh(backend, task)
    run = task.run
    if task.status != "running" or run is None:
        message = f"Replication Task {task.arn} is not running, so its tables cannot be reloaded."
        raise Fault("InvalidResourceStateFault", message)
    wanted = [
        (text(each, "SchemaName"), text(each, "TableName"))
        for each in cast("list[dict[str, Json]]", asked.get("TablesToReload") or [])
    ]
    known = {each.key: each for each in run.tables}
    for schema, table in wanted:
        if (schema, table) not in known:
            raise Fault("ResourceNotFoundFault", f"Table {schema}.{table} is not part of task {task.arn}.")
    try:
        login = login_of(backend, backend.thing("endpoint", task.endpoint_arns[0]))
        counted = dms_source.count(login, wanted)
    except UnreachableError as error:
        raise Fault("InvalidResourceStateFault", f"The source could not be reached: {error}") from error
    for key, found in counted.items():
        table_run = known[key]
        table_run.trouble = found if isinstance(found, str) else ""
        table_run.rows = 0 if isinstance(found, str) else found
        table_run.inserts = table_run.updates = table_run.deletes = 0
        table_run.reloaded = True
    schedule([known[key] for key in counted], now(), speed(), factor_of(task))
    return {"ReplicationTaskArn": task.arn}


def _shown(table: TableRun) -> Document:
    load = table.load
    began = load.began if load is not None and load.began <= now() else None
    ended = load.ends if load is not None and load.over else None
    latest = max((at for at in (table.changed_at, ended or 0.0, began or 0.0) if at), default=None)
    return {
        "AppliedDdls": 0,
        "AppliedDeletes": table.deletes,
        "AppliedInserts": table.inserts,
        "AppliedUpdates": table.updates,
        "Ddls": 0,
        "Deletes": table.deletes,
        "FullLoadCondtnlChkFailedRows": 0,
        "FullLoadEndTime": moment(ended) if ended is not None else None,
        "FullLoadErrorRows": 0,
        "FullLoadReloaded": table.reloaded,
        "FullLoadRows": table.loaded_rows,
        "FullLoadStartTime": moment(began) if began is not None else None,
        "Inserts": table.inserts,
        "LastUpdateTime": moment(latest) if latest is not None else None,
        "SchemaName": table.schema,
        "TableName": table.table,
        "TableState": table.state,
        "Updates": table.updates,
        "ValidationFailedRecords": 0,
        "ValidationPendingRecords": 0,
        "ValidationState": "Not enabled",
        "ValidationSuspendedRecords": 0,
    }


ACTIONS: Final[Mapping[str, Action]] = {
    "DescribeTableStatistics": describe_table_statistics,
    "ReloadTables": reload_tables,
}
