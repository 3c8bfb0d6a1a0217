"""Reads what the rules on a source judge: a few large questions, asked side by side and once each."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from autocorp_wizard.adapters import source_queries as q
from autocorp_wizard.adapters.source_sessions import Sessions, at_once
from autocorp_wizard.core.preflight.source.facts import (
    Activity,
    Column,
    HbaLine,
    Prepared,
    Role,
    Server,
    Setting,
    SlotSeen,
    Table,
    Tables,
    Wanted,
    Writer,
)

if TYPE_CHECKING:
    from psycopg import sql

T = TypeVar("T")

_LOBS: Final = frozenset({"text", "json", "jsonb", "xml", "bytea"})
# A table up to so many bytes is read whole for the longest text, a larger one by a sample of its pages.
_SAMPLED_FROM: Final = 64 << 20


class Once(Generic[T]):
    """An answer that is asked for once, in the background, by whoever comes first."""

    def __init__(self, ask: Callable[[], T], pool: ThreadPoolExecutor) -> None:
        self._ask, self._pool, self._guard = ask, pool, threading.Lock()
        self._future: Future[T] | None = None

    def begin(self) -> "Future[T]":
        """Ask where nobody has."""
        with self._guard:
            if self._future is None:
                self._future = self._pool.submit(self._ask)
            return self._future

    def __call__(self) -> T:
        """Wait for the answer; an error is raised to each who asks."""
        return self.begin().result()


class SourceFacts:
    """The facts of one source. The first question starts all, so that they are answered side by side."""

    def __init__(self, sessions: Sessions, wanted: Wanted) -> None:
        self._sessions, self._wanted = sessions, wanted
        pool = ThreadPoolExecutor(max_workers=3, thread_name_prefix="source")
        self.server = Once(self._server, pool)
        self.role = Once(self._role, pool)
        self.activity = Once(self._activity, pool)
        self.tables = Once(self._tables, pool)

    def begin(self) -> None:
        """Ask everything."""
        for each in (self.activity, self.server, self.tables, self.role):
            each.begin()

    def _server(self) -> Server:
        with self._sessions.session() as source:
            before = time.time()
            one = source.execute(q.SERVER).fetchone()
            skew = 0.0 if one is None else float(one[4]) - (before + time.time()) / 2
            with at_once(source):
                asked = source.execute(q.SETTINGS), source.execute(q.PREPARED)
            # reset_val is what is in force for the role, whatever this session sets for itself.
            settings = {str(name): Setting(str(value), bool(pending)) for name, value, pending in asked[0].fetchall()}
            prepared = tuple(Prepared(*row) for row in asked[1].fetchall())
        with self._sessions.session(inspect=True) as source:
            two = source.execute(q.CONNECTIONS).fetchone()
        if one is None or two is None:
            raise ValueError("the server answered nothing")
        return Server(
            version=int(one[0]),
            settings=settings,
            in_recovery=bool(one[1]),
            encoding=str(one[2]),
            database=str(one[3]),
            skew=skew,
            is_monitor=bool(two[0]),
            physical_senders=int(one[5]),
            senders=int(one[6]),
            slots=int(one[7]),
            decoders=int(one[8]),
            prepared=prepared,
            free_connections=int(two[1]),
            subscriptions=int(one[9]),
            has_pglogical=bool(one[10]),
            encrypted=bool(one[11]),
            tls_version=str(one[12]),
            system_identifier=str(one[13]),
            managed=str(one[14]),
        )

    def _role(self) -> Role:
        schemas = sorted({name.partition(".")[0] for name in self._wanted.tables} | {self._wanted.heartbeat_schema})
        with self._sessions.session() as source:
            with at_once(source):
                asked = source.execute(q.ROLE), source.execute(q.SCHEMAS, (schemas,))
            one, found = asked[0].fetchone(), asked[1].fetchall()
        if one is None:
            raise ValueError("the role is not in pg_roles")
        selected = {name.partition(".")[0] for name in self._wanted.tables}
        lines, reader = self._hba()
        return Role(
            str(one[0]),
            bool(one[1]),
            bool(one[2]),
            None if one[3] is None else float(one[3]),
            int(one[4]),
            int(one[5]),
            lines,
            {str(name): bool(creates) for name, _, creates in found},
            {str(name): bool(uses) for name, uses, _ in found if name in selected},
            bool(one[6]),
            reader,
        )

    def _hba(self) -> tuple[tuple[HbaLine, ...] | None, str]:
        """Return the lines in their order, None where nobody may read them, and as whom that was tried."""
        with self._sessions.session(inspect=True) as source:
            may, name = source.execute(q.MAY_READ_HBA).fetchone() or (False, "")
            if not may:
                return None, str(name)
            lines = source.execute(q.HBA).fetchall()
        return tuple(HbaLine(row[0], row[1], tuple(row[2]), tuple(row[3]), *row[4:]) for row in lines), str(name)

    def _activity(self) -> Activity:
        with self._sessions.session(inspect=True) as source:
            with at_once(source):
                begun, rights = source.execute(q.LSN), source.execute(q.RIGHTS)
            first, (monitor, waldir, recent) = begun.fetchone(), rights.fetchone() or (False, False, False)
            with at_once(source):
                asked = [
                    source.execute(each)
                    for each in (
                        q.SLOTS,
                        q.WRITERS_SEEN if monitor else q.WRITERS_HIDDEN,
                        q.ARCHIVER,
                        q.LEFTOVER,
                        q.USELESS,
                        q.SPILL if recent else q.NOTHING,
                        q.WAL_STEADY if recent else q.NOTHING,
                        q.WALDIR if waldir else q.NOTHING,
                        q.PAUSE,
                        q.LSN,
                    )
                ]
            slots = tuple(SlotSeen(*row) for row in asked[0].fetchall())
            writers = asked[1].fetchall()
            archiver, leftover = asked[2].fetchone(), asked[3].fetchone()
            useless = tuple(str(row[0]) for row in asked[4].fetchall())
            spilled, steady, wal, _, second = (each.fetchone() for each in asked[5:])
        rate = 0.0 if first is None or second is None else (second[0] - first[0]) / max(second[1] - first[1], 0.001)
        return Activity(
            slots,
            tuple(Writer(*row) for row in writers),
            bool(archiver and archiver[0]),
            int(spilled[0]) if spilled else 0,
            int(wal[0]) if wal and wal[0] is not None else None,
            max(rate, 0.0),
            (bool(leftover[0]), bool(leftover[1])) if leftover else None,
            useless,
            float(steady[0]) if steady else None,
        )

    def _tables(self) -> Tables:
        wanted = list(self._wanted.tables)
        with self._sessions.session() as source:
            schemas = sorted({name.partition(".")[0] for name in wanted})
            with at_once(source):
                asked = source.execute(q.TABLES, (wanted,)), source.execute(q.TWINS, (schemas,))
            found = {str(row[0]): row for row in asked[0].fetchall()}
            twins = tuple(str(row[0]) for row in asked[1].fetchall())
            columns: dict[int, list[Column]] = {}
            for row in source.execute(q.COLUMNS, ([int(row[1]) for row in found.values()],)).fetchall():
                columns.setdefault(int(row[0]), []).append(_column(row))
            columns = _measured(source, found, columns)
        return Tables(tuple(_table(name, found.get(name), columns) for name in wanted), twins)


def _table(name: str, row: Any, columns: Mapping[int, list[Column]]) -> Table:  # noqa: ANN401  (a row of the driver)
    if row is None:
        return Table(name, exists=False)
    return Table(
        name,
        True,
        str(row[2]),
        str(row[3]),
        str(row[4]),
        tuple(row[5]),
        bool(row[6]),
        int(row[7]),
        float(row[8]),
        bool(row[9]),
        bool(row[10]),
        bool(row[11]),
        tuple(row[12]),
        tuple(columns.get(int(row[1]), ())),
    )


def _column(row: Any) -> Column:  # noqa: ANN401  (a row of the driver)
    return Column(str(row[1]), str(row[2]), str(row[3]), row[4], row[5], str(row[6] or ""), int(row[7]), bool(row[8]))


def _measured(source: Any, tables: Mapping[str, Any], columns: Mapping[int, list[Column]]) -> dict[int, list[Column]]:  # noqa: ANN401
    """Measure the longest value of the columns without a bound: lengths alone leave the server."""
    from psycopg import sql

    measured = dict(columns)
    wide: dict[int, list[Column]] = {}
    queries: list[sql.Composed] = []
    for name, row in tables.items():
        own = [each for each in columns.get(int(row[1]), ()) if each.type in _LOBS and not each.kind and each.readable]
        if own:
            wide[int(row[1])] = own
            queries.append(_longest_of(name, own, sampled=int(row[7]) >= _SAMPLED_FROM))
    for (oid, own), longest in zip(wide.items(), _asked_at_once(source, queries), strict=True):
        if longest is not None:
            seen = {each.name: int(value) for each, value in zip(own, longest, strict=True)}
            measured[oid] = [replace(each, longest=seen.get(each.name, each.longest)) for each in columns[oid]]
    return measured


def _longest_of(name: str, columns: Sequence[Column], *, sampled: bool) -> "sql.Composed":
    from psycopg import sql

    longest = (
        sql.SQL("COALESCE(max(octet_length({}::text)), 0)").format(sql.Identifier(each.name)) for each in columns
    )
    schema, _, table = name.partition(".")
    return sql.SQL("SELECT {} FROM {} {}").format(
        sql.SQL(", ").join(longest),
        sql.Identifier(schema, table),
        sql.SQL("TABLESAMPLE SYSTEM (1)" if sampled else ""),
    )


def _asked_at_once(source: Any, queries: "Sequence[sql.Composed]") -> list[Any]:  # noqa: ANN401
    """Return a row for each question, None for one that fails: where one does, they are asked singly."""
    import psycopg

    def alone(query: "sql.Composed") -> Any:  # noqa: ANN401
        try:
            return source.execute(query).fetchone()
        except psycopg.Error:
            return None

    try:
        with at_once(source):
            asked = [source.execute(each) for each in queries]
        return [each.fetchone() for each in asked]
    except psycopg.Error:
        return [alone(each) for each in queries]
