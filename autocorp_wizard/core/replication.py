"""Replication as it is told: the task, its tables and how far each is; judged without asking anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self, cast

from autocorp_wizard.core.dms_causes import error_of
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.events import Json

COMPLETED: Final = "Table completed"
_BROKEN: Final = frozenset({"Table error", "Table does not exist", "Table cancelled"})
# States in which a task does not run and will not by itself.
RESTING: Final = frozenset({"ready", "stopped", "failed", "failed-move"})


@dataclass(frozen=True, slots=True)
class Replication:
    """What the outputs of the tree tell about phase dms. `tables` are SCHEMA.TABLE."""

    instance_arn: str
    source_arn: str
    target_arn: str
    task_arn: str
    task_id: str
    bucket: str
    tables: tuple[str, ...]
    started: bool

    @classmethod
    def of(cls, outputs: Mapping[str, Json] | None) -> Self | None:
        """Read the outputs of a state; None where the phase is not applied."""
        found = outputs or {}
        if not found.get("dms_replication_task_arn"):
            return None
        tables = found.get("dms_tables")
        return cls(
            instance_arn=str(found["dms_replication_instance_arn"]),
            source_arn=str(found["dms_source_endpoint_arn"]),
            target_arn=str(found["dms_target_endpoint_arn"]),
            task_arn=str(found["dms_replication_task_arn"]),
            task_id=str(found["dms_replication_task_id"]),
            bucket=str(found.get("data_lake_bucket_id") or ""),
            tables=tuple(str(each) for each in tables) if isinstance(tables, list) else (),
            started=found.get("dms_replication_started") is True,
        )


@dataclass(frozen=True, slots=True)
class TableReport:
    """One table as DescribeTableStatistics tells it; `rows` are those of the full load, `loaded_at` its end, if any."""

    name: str
    state: str
    rows: int
    inserts: int
    updates: int
    deletes: int
    loaded_at: str = ""

    def is_complete_since(self, earlier: "TaskReport | None") -> bool:
        """Whether its load is complete, and not the one that an earlier report saw complete already."""
        before = earlier.table(self.name) if earlier is not None else None
        return self.state == COMPLETED and (before is None or self.loaded_at != before.loaded_at)

    @classmethod
    def of(cls, entry: Mapping[str, object]) -> Self:
        """Read one entry of TableStatistics."""

        def number(name: str) -> int:
            return int(str(entry.get(name) or 0))

        return cls(
            f"{entry.get('SchemaName')}.{entry.get('TableName')}",
            str(entry.get("TableState") or ""),
            number("FullLoadRows"),
            number("Inserts"),
            number("Updates"),
            number("Deletes"),
            str(entry.get("FullLoadEndTime") or ""),
        )


@dataclass(frozen=True, slots=True)
class TaskReport:
    """A task with its tables at one moment."""

    status: str
    failure: str
    stop_reason: str
    progress: int
    tables: tuple[TableReport, ...]

    @classmethod
    def of(cls, task: Mapping[str, object], tables: Sequence[Mapping[str, object]]) -> Self:
        """Read a task and its TableStatistics."""
        stats = cast("Mapping[str, object]", task.get("ReplicationTaskStats") or {})
        return cls(
            str(task.get("Status") or ""),
            str(task.get("LastFailureMessage") or ""),
            str(task.get("StopReason") or ""),
            int(str(stats.get("FullLoadProgressPercent") or 0)),
            tuple(sorted((TableReport.of(each) for each in tables), key=lambda each: each.name)),
        )

    def table(self, name: str) -> TableReport | None:
        """Return one table by SCHEMA.TABLE."""
        return next((each for each in self.tables if each.name == name), None)

    @property
    def rows(self) -> int:
        """All rows of the full load so far."""
        return sum(each.rows for each in self.tables)


def trouble(report: TaskReport, expected: Sequence[str]) -> WizardError | None:
    """Return what keeps a started task from loading every expected table; None while nothing does."""
    if report.status == "failed" or (report.status in RESTING and report.failure):
        return error_of(report.failure or report.stop_reason, "The replication task failed")
    if report.status in RESTING:
        return WizardError(
            "DMS-NOT-RUNNING",
            f"The replication task is {report.status}, so nothing is loaded.",
            why=report.stop_reason,
            next_step="Let it run: autocorp-wizard dms start (the first time), dms resume (later).",
        )
    broken = [each for each in report.tables if each.name in expected and each.state in _BROKEN]
    if broken:
        names = ", ".join(f"{each.name} ({each.state.lower()})" for each in broken)
        return WizardError(
            "DMS-TABLE-FAILED",
            f"{len(broken)} of {len(expected)} tables cannot be loaded: {names}.",
            why="It is not there, or replication's login may not read it. "
            + (f"DMS says: {report.failure}" if report.failure else "The task's log says more."),
            next_step="Put it right on the source, then: autocorp-wizard dms reload "
            + " ".join(each.name.partition(".")[2] for each in broken),
        )
    return None
