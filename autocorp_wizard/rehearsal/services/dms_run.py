"""One run of a replication task: which table is loaded when, what changed since, and what ended it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from autocorp_wizard.rehearsal.pace import Span, now
from autocorp_wizard.rehearsal.services.dms_source import ERROR, MISSING

# How fast DMS loads on a small instance: rows a second, and what each table costs besides.
_ROWS_PER_SECOND: Final = 10_000.0
_TABLE_SECONDS: Final = 15.0


@dataclass(slots=True)
class TableRun:
    """One table within a task. `trouble` is a state that the load cannot leave (a missing table, no right to read)."""

    schema: str
    table: str
    rows: int = 0
    trouble: str = ""
    load: Span | None = None
    inserts: int = 0
    updates: int = 0
    deletes: int = 0
    changed_at: float = 0.0
    reloaded: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """Schema and table."""
        return self.schema, self.table

    @property
    def state(self) -> str:
        """The table's state, as DescribeTableStatistics names it."""
        if self.trouble:
            return self.trouble
        if self.load is None or now() < self.load.began:
            return "Before load"
        return "Table completed" if self.load.over else "Full load"

    @property
    def loaded_rows(self) -> int:
        """The rows that were loaded so far."""
        if self.load is None or self.trouble in {MISSING, ERROR}:
            return 0
        return int(self.rows * self.load.share)

    def count(self, kind: str, number: int, at: float) -> None:
        """Add changes that were read from the source."""
        match kind:
            case "INSERT":
                self.inserts += number
            case "UPDATE":
                self.updates += number
            case _:
                self.deletes += number
        self.changed_at = max(self.changed_at, at)


@dataclass(slots=True)
class Run:
    """From the first start to the last stop; `periods` are the times in which the task was running."""

    slot: str
    position: str
    tables: list[TableRun]
    fresh_start: float
    started: float
    periods: list[tuple[float, float | None]] = field(default_factory=list)
    seen: list[tuple[float, int]] = field(default_factory=list)
    looked_at: float = 0.0
    silent_since: float | None = None

    @property
    def load_began(self) -> float | None:
        """When the first table's load began."""
        return min((each.load.began for each in self.tables if each.load), default=None)

    @property
    def load_ended(self) -> float | None:
        """When the last table's load ended; None while it goes on."""
        loads = [each.load for each in self.tables if not each.trouble]
        ends = [each.ends for each in loads if each is not None and each.over]
        return max(ends, default=None) if len(ends) == len(loads) else None

    @property
    def loads_everything(self) -> bool:
        """Whether no table waits for its load any more."""
        return all(each.trouble or (each.load is not None and each.load.over) for each in self.tables)

    @property
    def progress(self) -> int:
        """The full load's progress in percent."""
        wanted = [each for each in self.tables if not each.trouble]
        total = sum(each.rows for each in wanted)
        if self.loads_everything:
            return 100
        return min(99, int(100 * sum(each.loaded_rows for each in wanted) / total)) if total else 0


def tables_of(counted: Mapping[tuple[str, str], int | str]) -> list[TableRun]:
    """Return the tables of a new run with what was counted."""
    return [
        TableRun(schema, table, trouble=found) if isinstance(found, str) else TableRun(schema, table, found)
        for (schema, table), found in counted.items()
    ]


def schedule(tables: Iterable[TableRun], begins: float, factor: float, at_a_time: int) -> None:
    """Lay out the loads of tables from `begins` (epoch seconds) on, so many at a time, the first ones first."""
    lanes = [begins] * max(1, at_a_time)
    for each in tables:
        if each.trouble:
            continue
        lane = lanes.index(min(lanes))
        each.load = Span(lanes[lane], _TABLE_SECONDS + each.rows / _ROWS_PER_SECOND, factor)
        lanes[lane] = each.load.ends


def figures(tables: Sequence[TableRun]) -> dict[str, int]:
    """Return the counters of ReplicationTaskStats."""
    states = [each.state for each in tables]
    return {
        "TablesErrored": sum(state in {ERROR, MISSING} for state in states),
        "TablesLoaded": states.count("Table completed"),
        "TablesLoading": states.count("Full load"),
        "TablesQueued": states.count("Before load") + states.count("Table cancelled"),
    }
