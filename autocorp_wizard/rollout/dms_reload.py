"""Loading tables anew: the jobs' schedule rests meanwhile, and a marker tells them that a new epoch has begun."""

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, cast

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.errors import UsageError, WizardError
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.replication import Replication, TableReport, TaskReport
from autocorp_wizard.rollout.access import Say
from autocorp_wizard.rollout.dms_task import begin, loaded
from autocorp_wizard.rollout.replication import Waiting, look

# The only objects that the wizard writes under raw/ (decisions.md 14).
MARKERS: Final = "raw/database/_epochs"
_AT_ONCE: Final = 10


@dataclass(frozen=True, slots=True)
class Reloaded:
    """A table that was loaded anew, and the marker that says so."""

    table: TableReport
    epoch: str
    marker: str


def chosen(replication: Replication, names: Sequence[str]) -> tuple[str, ...]:
    """Return the tables meant, as SCHEMA.TABLE: all without a name. Raises DMS-TABLE-UNKNOWN."""
    known = {each.partition(".")[2]: each for each in replication.tables} | {each: each for each in replication.tables}
    for name in names:
        if name not in known:
            raise UsageError(
                "DMS-TABLE-UNKNOWN",
                f"Replication has no table {name!r}.",
                next_step="Name one of: " + ", ".join(each.partition(".")[2] for each in replication.tables),
            )
    return tuple(dict.fromkeys(known[name] for name in names)) or replication.tables


async def reload(
    access: CloudAccess,
    replication: Replication,
    tables: tuple[str, ...],
    wait: Waiting,
    say: Say,
    *,
    workflow: str = "",
) -> tuple[Reloaded, ...]:
    """Load tables anew and announce the new epoch of each, once all of them are complete.

    `workflow` is the jobs', whose schedule rests meanwhile. A task that does not run can only load everything. Raises
    DMS-RELOAD-ALL, DMS's failure, and what AWS refuses; without the marker the jobs refuse the new files, so a reload
    that was cut short is simply repeated.
    """
    before = look(access, replication)
    running = before.status == "running"
    if not running and set(tables) != set(replication.tables):
        raise UsageError(
            "DMS-RELOAD-ALL",
            f"The task is {before.status}: single tables can be loaded anew only while it runs.",
            next_step="Let it run first (autocorp-wizard dms resume), or load all of them: autocorp-wizard dms reload",
        )
    epoch = datetime.now(UTC)
    async with schedule_at_rest(access, workflow, say):
        say(f"Loading {len(tables)} tables anew")
        if running:
            _reload_tables(access, replication, tables)
        else:
            await begin(access, replication, "reload-target", wait)
        report = await loaded(access, replication, tables, wait, say, earlier=before if running else None)
        return tuple(_announce(access, replication, report, tables, epoch))


@asynccontextmanager
async def schedule_at_rest(access: CloudAccess, workflow: str, say: Say) -> AsyncIterator[None]:
    """Keep the jobs' scheduled triggers from firing within the block; those that were active are active afterwards."""
    stopped = [name for name in _scheduled(access, workflow) if workflow]
    for name in stopped:
        access.call("glue", "stop_trigger", Name=name)
    if stopped:
        say(f"The schedule rests: {', '.join(stopped)}")
    try:
        yield
    finally:
        for name in stopped:
            access.call("glue", "start_trigger", Name=name)
        if stopped:
            say("The schedule runs again")


def _scheduled(access: CloudAccess, workflow: str) -> Iterator[str]:
    if not workflow:
        return
    for page in access.pages("glue", "get_triggers"):
        for trigger in cast("list[dict[str, object]]", page.get("Triggers") or []):
            ours = trigger.get("WorkflowName") == workflow
            if ours and trigger.get("Type") == "SCHEDULED" and trigger.get("State") == "ACTIVATED":
                yield str(trigger["Name"])


def _reload_tables(access: CloudAccess, replication: Replication, tables: tuple[str, ...]) -> None:
    for first in range(0, len(tables), _AT_ONCE):
        some = tables[first : first + _AT_ONCE]
        wanted = [{"SchemaName": each.partition(".")[0], "TableName": each.partition(".")[2]} for each in some]
        try:
            access.call(
                "dms",
                "reload_tables",
                ReplicationTaskArn=replication.task_arn,
                TablesToReload=wanted,
                ReloadOption="data-reload",
            )
        except CloudError as error:
            if error.aws_code != "InvalidResourceStateFault":
                raise
            raise WizardError(
                "DMS-STATE",
                "DMS refuses to load tables anew in the task's present state.",
                why=error.details or error.why,
                next_step="Wait until the task runs and its full load is over, then try again.",
            ) from error


def marker_of(replication: Replication, table: TableReport, began: datetime) -> tuple[str, dict[str, Json]]:
    """Return the place and the content of a table's marker, as glue_scripts/lake reads it.

    It reads `epoch` and `started`, which is cut to the second: a file of the reload must never look older than it.
    """
    return f"{MARKERS}/{table.name.partition('.')[2]}.json", {
        "schema": "autocorp-wizard/epoch/1",
        "table": table.name,
        "epoch": f"{began:%Y%m%dT%H%M%SZ}",
        "started": f"{began:%Y-%m-%dT%H:%M:%SZ}",
        "task": replication.task_arn,
        "rows": table.rows,
    }


def _announce(
    access: CloudAccess, replication: Replication, report: TaskReport, tables: tuple[str, ...], began: datetime
) -> Iterator[Reloaded]:
    for table in report.tables:
        if table.name not in tables:
            continue
        key, marker = marker_of(replication, table, began)
        access.call(
            "s3",
            "put_object",
            Bucket=replication.bucket,
            Key=key,
            Body=json.dumps(marker).encode(),
            ContentType="application/json",
        )
        yield Reloaded(table, str(marker["epoch"]), f"s3://{replication.bucket}/{key}")
