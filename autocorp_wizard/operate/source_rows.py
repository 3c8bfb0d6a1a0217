"""Rows of the source, as replication sees them: one snapshot for all tables, sorted by key, read as they come."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, LiteralString

from autocorp_wizard.core.errors import InconclusiveError
from autocorp_wizard.core.reconciliation import Row

if TYPE_CHECKING:
    import psycopg
    from psycopg import sql

_AT_ONCE: Final = 5_000
_SHAPE: Final[LiteralString] = """
    SELECT a.attname, format_type(a.atttypid, NULL), coalesce(a.attnum = ANY(i.indkey), false)
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
    WHERE n.nspname = 'public' AND c.relname = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"""
# What the driver returns as the value that replication delivers; everything else is compared by its text.
_PLAIN: Final = frozenset(
    {"smallint", "integer", "bigint", "numeric", "text", "character varying", "boolean", "date",
     "timestamp without time zone", "timestamp with time zone"}
)  # fmt: skip
_TEXTS: Final = frozenset({"text", "character varying", "character"})


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A table of the source: the key first, then the other columns, each with its type."""

    name: str
    columns: tuple[tuple[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns, the key first."""
        return tuple(name for name, _ in self.columns)


@contextmanager
def snapshot(connection: "psycopg.Connection") -> Iterator[None]:
    """Look at one state of the database within the block, whatever is changed meanwhile."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # Sorting a large table takes longer than a probe may.
        connection.execute("SET LOCAL statement_timeout = '10min'")
        # Text and the zone of timestamps must not depend on how the server is set up.
        connection.execute("SET LOCAL timezone = 'UTC'")
        yield


def shape_of(connection: "psycopg.Connection", table: str) -> SourceTable:
    """Return what columns a table has. Raises InconclusiveError where it is not there, or has no key of one column."""
    found = [(str(name), str(kind), bool(key)) for name, kind, key in connection.execute(_SHAPE, (table,)).fetchall()]
    keys = [(name, kind) for name, kind, key in found if key]
    if len(keys) != 1:
        why = f"Its primary key has {len(keys)} columns." if found else "It is not there, or not to be seen."
        raise InconclusiveError(
            "SOURCE-TABLE-UNSEEN",
            f"The table {table} of the source cannot be compared.",
            why=why,
            next_step="Look at the table, and at what the replication role may read.",
        )
    return SourceTable(table, (*keys, *((name, kind) for name, kind, key in found if not key)))


def rows_of(connection: "psycopg.Connection", table: SourceTable) -> Iterator[Row]:
    """Yield the rows, sorted by key. To be read within `snapshot`."""
    from psycopg import sql

    key, kind = table.columns[0]
    order = sql.SQL("{} COLLATE {}" if kind in _TEXTS else "{}").format(sql.Identifier(key), sql.Identifier("C"))
    query = sql.SQL("SELECT {} FROM public.{} ORDER BY {}").format(
        sql.SQL(", ").join(_cell(name, kind) for name, kind in table.columns), sql.Identifier(table.name), order
    )
    with connection.cursor(name="autocorp_compare") as cursor:
        cursor.itersize = _AT_ONCE
        cursor.execute(query)
        yield from cursor


def _cell(name: str, kind: str) -> "sql.Composed":
    from psycopg import sql

    if kind == "money":
        # Its text depends on the server's locale; as a number it is what replication delivers.
        return sql.SQL("{}::numeric").format(sql.Identifier(name))
    return sql.SQL("{}" if kind in _PLAIN else "{}::text").format(sql.Identifier(name))
