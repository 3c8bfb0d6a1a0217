"""`verify data`: the source and the lake, table by table, in one snapshot of the source."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from autocorp_wizard.core.errors import ExitCode, InconclusiveError, WizardError
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.reconciliation import Comparison, Row, Standing, TableResult, unseen
from autocorp_wizard.core.status import stamp
from autocorp_wizard.operate.source_rows import rows_of, shape_of, snapshot

if TYPE_CHECKING:
    import psycopg


class Curated(Protocol):
    """A curated table that was read."""

    @property
    def commit(self) -> str: ...

    @property
    def at(self) -> datetime | None: ...

    @property
    def columns(self) -> tuple[str, ...]: ...

    def rows(self, columns: Sequence[str]) -> Iterator[Row]: ...


ReadCurated = Callable[[str], Curated]


@dataclass(frozen=True, slots=True)
class DataReport:
    """How all tables stand."""

    environment: str
    lake: str
    at: datetime
    tables: tuple[TableResult, ...]

    @property
    def verdict(self) -> str:
        """`different` where a table is, else `inconclusive` where one could not be looked at, else `equal`."""
        standings = {each.standing for each in self.tables}
        if Standing.DIFFERENT in standings:
            return "different"
        return "equal" if standings == {Standing.EQUAL} else "inconclusive"

    @property
    def exit_code(self) -> ExitCode:
        """The code that the command ends with."""
        codes = {"different": ExitCode.FAILED, "inconclusive": ExitCode.INCONCLUSIVE}
        return codes.get(self.verdict, ExitCode.OK)

    def as_document(self, *, values: bool = False) -> dict[str, Json]:
        """Return it for `--json`; what rows hold only where `values` asks for it."""
        return {
            "schema": "autocorp-wizard/verify-data/1",
            "environment": self.environment,
            "lake": self.lake,
            "at": stamp(self.at),
            "verdict": self.verdict,
            "tables": [each.as_document(values=values) for each in self.tables],
        }


def compare_tables(connection: "psycopg.Connection", read: ReadCurated, tables: Sequence[str]) -> Iterator[TableResult]:
    """Yield how each table stands; one that cannot be looked at does not stop the others."""
    with snapshot(connection):
        for table in tables:
            try:
                yield _compare(connection, read, table)
            except WizardError as error:
                yield unseen(table, " ".join(filter(None, (error.what, error.why))))


def _compare(connection: "psycopg.Connection", read: ReadCurated, table: str) -> TableResult:
    import psycopg

    curated = read(table)
    try:
        # A savepoint: what the source refuses for one table leaves the snapshot to the others.
        with connection.transaction():
            shape = shape_of(connection, table)
            lacking = [name for name in shape.names if name not in curated.columns]
            if lacking:
                return TableResult(
                    table,
                    Standing.DIFFERENT,
                    f"The lake lacks the {'column' if len(lacking) == 1 else 'columns'} {', '.join(lacking)}.",
                    commit=curated.commit,
                    at=curated.at,
                )
            comparison = Comparison(table, shape.names)
            lake = curated.rows(shape.names)
            return comparison.run(rows_of(connection, shape), lake, commit=curated.commit, at=curated.at)
    except psycopg.Error as error:
        raise InconclusiveError(
            "SOURCE-TABLE-UNSEEN",
            f"The table {table} of the source cannot be read.",
            why=str(error).strip().splitlines()[0],
            next_step="Look at what the replication role may read.",
        ) from error
