"""Reads what the rules on a source judge: a few large questions, asked side by side and once each."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Final, Generic, LiteralString, TypeVar

from autocorp_wizard.adapters.source_sessions import Sessions
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

T = TypeVar("T")

_SETTINGS: Final[LiteralString] = "SELECT name, COALESCE(reset_val, setting), pending_restart FROM pg_settings"
_SERVER: Final[LiteralString] = """
    SELECT current_setting('server_version_num')::int, pg_is_in_recovery(),
      (SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()), current_database(),
      extract(epoch FROM clock_timestamp())::float8,
      (SELECT count(*) FROM pg_stat_replication r LEFT JOIN pg_replication_slots s ON s.active_pid = r.pid
        WHERE s.slot_type IS DISTINCT FROM 'logical'),
      (SELECT count(*) FROM pg_stat_replication), (SELECT count(*) FROM pg_replication_slots),
      (SELECT count(*) FROM pg_replication_slots WHERE slot_type = 'logical' AND active AND NOT temporary
        AND database = current_database()),
      (SELECT count(*) FROM pg_stat_subscription),
      EXISTS (SELECT FROM pg_extension WHERE extname = 'pglogical'),
      COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false),
      COALESCE((SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()), ''),
      (SELECT system_identifier::text FROM pg_control_system()),
      CASE WHEN EXISTS (SELECT FROM pg_settings WHERE name = 'rds.logical_replication')
        THEN CASE WHEN EXISTS (SELECT FROM pg_proc WHERE proname = 'aurora_version') THEN 'aurora' ELSE 'rds' END
        ELSE '' END"""
_CONNECTIONS: Final[LiteralString] = """
    SELECT pg_has_role('pg_read_all_stats', 'MEMBER') OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')"""
_PREPARED: Final[LiteralString] = """
    SELECT gid, database, extract(epoch FROM now() - prepared)::float8 FROM pg_prepared_xacts ORDER BY prepared"""
_ROLE: Final[LiteralString] = """
    SELECT rolname, rolsuper, rolreplication OR EXISTS (
        SELECT FROM pg_roles m WHERE m.rolname IN ('rds_replication', 'rds_superuser')
          AND pg_has_role(r.oid, m.oid, 'member')),
      CASE WHEN rolvaliduntil IS NULL OR rolvaliduntil = 'infinity' THEN NULL
        ELSE extract(epoch FROM rolvaliduntil - now())::float8 END,
      rolconnlimit, (SELECT datconnlimit FROM pg_database WHERE datname = current_database()),
      (SELECT count(*) FROM pg_default_acl d, aclexplode(d.defaclacl) a
        WHERE d.defaclobjtype = 'r' AND a.privilege_type = 'SELECT' AND a.grantee IN (0, r.oid)) > 0
        OR pg_has_role(r.oid, 'pg_read_all_data', 'member')
    FROM pg_roles r WHERE rolname = current_user"""
_SCHEMAS: Final[LiteralString] = """
    SELECT nspname, has_schema_privilege(oid, 'USAGE'), has_schema_privilege(oid, 'CREATE') FROM pg_namespace
    WHERE nspname = ANY(%s)"""
_MAY_READ_HBA: Final[LiteralString] = """
    SELECT has_function_privilege('pg_hba_file_rules()', 'EXECUTE')
      AND has_table_privilege('pg_hba_file_rules', 'SELECT'), current_user::text"""
_HBA: Final[LiteralString] = """
    SELECT line_number, COALESCE(type, ''), COALESCE(database, '{}'), COALESCE(user_name, '{}'),
      COALESCE(address, ''), COALESCE(netmask, ''), COALESCE(auth_method, ''), COALESCE(error, '')
    FROM pg_hba_file_rules"""
_SLOTS: Final[LiteralString] = """
    SELECT slot_name, plugin, COALESCE(database, ''), active, COALESCE(wal_status, ''),
      CASE WHEN pg_is_in_recovery() THEN 0
        ELSE COALESCE(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint END, COALESCE(age(catalog_xmin), 0)
    FROM pg_replication_slots WHERE slot_type = 'logical' ORDER BY slot_name"""
_WRITERS_SEEN: Final[LiteralString] = """
    SELECT pid, extract(epoch FROM now() - xact_start)::float8, usename, datname FROM pg_stat_activity
    WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid() AND backend_type = 'client backend' ORDER BY xact_start"""
_WRITERS_HIDDEN: Final[LiteralString] = """
    SELECT pid, NULL::float8, '', '' FROM pg_locks
    WHERE locktype = 'transactionid' AND granted AND pid IS NOT NULL AND pid <> pg_backend_pid()"""
_ARCHIVER: Final[LiteralString] = """
    SELECT last_failed_time IS NOT NULL AND last_failed_time > COALESCE(last_archived_time, '-infinity')
    FROM pg_stat_archiver"""
_SPILL: Final[LiteralString] = "SELECT COALESCE(sum(spill_bytes), 0)::bigint FROM pg_stat_replication_slots"
_LSN: Final[LiteralString] = """
    SELECT CASE WHEN pg_is_in_recovery() THEN 0 ELSE pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') END::float8,
      extract(epoch FROM clock_timestamp())::float8"""
# A pace of less than an hour says little about the usual one.
_WAL_STEADY: Final[LiteralString] = """
    SELECT wal_bytes::float8 / extract(epoch FROM clock_timestamp() - stats_reset)::float8 FROM pg_stat_wal
    WHERE stats_reset < clock_timestamp() - interval '1 hour'"""
_LEFTOVER: Final[LiteralString] = """
    SELECT p.prosecdef, to_regclass(quote_ident(n.nspname) || '.awsdms_ddl_audit') IS NOT NULL
    FROM pg_event_trigger t JOIN pg_proc p ON p.oid = t.evtfoid JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE t.evtname = 'awsdms_intercept_ddl'"""
_USELESS: Final[LiteralString] = """
    SELECT p.pubname || ': ' || p.schemaname || '.' || p.tablename
    FROM pg_publication_tables p JOIN pg_namespace n ON n.nspname = p.schemaname
    JOIN pg_class c ON c.relname = p.tablename AND c.relnamespace = n.oid
    WHERE c.relreplident = 'n' OR (c.relreplident = 'd'
      AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)) ORDER BY 1"""
_TABLES: Final[LiteralString] = """
    SELECT n.nspname || '.' || c.relname, c.oid::bigint, c.relkind::text, c.relpersistence::text, c.relreplident::text,
      COALESCE((SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_index i JOIN pg_attribute a
        ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey) WHERE i.indrelid = c.oid AND i.indisprimary), '{}'),
      row_security_active(c.oid), pg_table_size(c.oid), c.reltuples::float8,
      c.reltuples >= 0 OR EXISTS (SELECT FROM pg_stat_all_tables s WHERE s.relid = c.oid
        AND COALESCE(s.last_analyze, s.last_autoanalyze) IS NOT NULL),
      EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indexprs IS NOT NULL),
      EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype IN ('p', 'u') AND k.condeferrable),
      COALESCE((SELECT array_agg(cn.nspname || '.' || ch.relname) FROM pg_inherits h
        JOIN pg_class ch ON ch.oid = h.inhrelid
        JOIN pg_namespace cn ON cn.oid = ch.relnamespace WHERE h.inhparent = c.oid), '{}')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname || '.' || c.relname = ANY(%s) AND c.relkind IN ('r', 'p', 'f', 'v', 'm')"""
_COLUMNS: Final[LiteralString] = """
    SELECT a.attrelid::bigint, a.attname, b.typname,
      CASE WHEN t.typcategory = 'A' THEN 'A' WHEN b.typtype = 'e' THEN 'e' ELSE '' END,
      CASE WHEN b.typname IN ('varchar', 'bpchar') AND m.typmod >= 4 THEN m.typmod - 4 END,
      CASE WHEN b.typname = 'numeric' AND m.typmod >= 4 THEN ((m.typmod - 4) >> 16) & 65535 END,
      a.attgenerated::text, COALESCE((SELECT max(length(e.enumlabel)) FROM pg_enum e WHERE e.enumtypid = b.oid), 0),
      has_column_privilege(a.attrelid, a.attnum, 'SELECT')
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
    CROSS JOIN LATERAL (SELECT CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END AS typmod) m
    WHERE a.attrelid = ANY(%s) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum"""
_TWINS: Final[LiteralString] = """
    SELECT string_agg(n.nspname || '.' || c.relname, ' and ' ORDER BY c.relname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY(%s) GROUP BY n.nspname, lower(c.relname) HAVING count(*) > 1"""
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
            # reset_val is what is in force for the role, whatever this session sets for itself.
            settings = {
                str(name): Setting(str(value), bool(pending))
                for name, value, pending in source.execute(_SETTINGS).fetchall()
            }
            before = time.time()
            one = source.execute(_SERVER).fetchone()
            skew = 0.0 if one is None else float(one[4]) - (before + time.time()) / 2
            prepared = tuple(Prepared(*row) for row in source.execute(_PREPARED).fetchall())
        with self._sessions.session(inspect=True) as source:
            two = source.execute(_CONNECTIONS).fetchone()
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
            one = source.execute(_ROLE).fetchone()
            found = source.execute(_SCHEMAS, (schemas,)).fetchall()
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
            may, name = source.execute(_MAY_READ_HBA).fetchone() or (False, "")
            if not may:
                return None, str(name)
            lines = source.execute(_HBA).fetchall()
        return tuple(HbaLine(row[0], row[1], tuple(row[2]), tuple(row[3]), *row[4:]) for row in lines), str(name)

    def _activity(self) -> Activity:
        with self._sessions.session(inspect=True) as source:
            first = source.execute(_LSN).fetchone()
            monitor = source.execute(
                "SELECT pg_has_role('pg_read_all_stats', 'MEMBER') OR rolsuper, "
                "has_function_privilege('pg_ls_waldir()', 'EXECUTE'), "
                "current_setting('server_version_num')::int >= 140000 "
                "FROM pg_roles WHERE rolname = current_user"
            ).fetchone() or (False, False, False)
            slots = tuple(SlotSeen(*row) for row in source.execute(_SLOTS).fetchall())
            writers = source.execute(_WRITERS_SEEN if monitor[0] else _WRITERS_HIDDEN).fetchall()
            archiver = source.execute(_ARCHIVER).fetchone()
            spilled = source.execute(_SPILL).fetchone() if monitor[2] else None
            steady = source.execute(_WAL_STEADY).fetchone() if monitor[2] else None
            wal = source.execute("SELECT sum(size)::bigint FROM pg_ls_waldir()").fetchone() if monitor[1] else None
            leftover = source.execute(_LEFTOVER).fetchone()
            useless = tuple(str(row[0]) for row in source.execute(_USELESS).fetchall())
            source.execute("SELECT pg_sleep(0.5)")
            second = source.execute(_LSN).fetchone()
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
            found = {str(row[0]): row for row in source.execute(_TABLES, (wanted,)).fetchall()}
            columns: dict[int, list[Column]] = {}
            for row in source.execute(_COLUMNS, ([int(row[1]) for row in found.values()],)).fetchall():
                columns.setdefault(int(row[0]), []).append(_column(row))
            schemas = sorted({name.partition(".")[0] for name in wanted})
            twins = tuple(str(row[0]) for row in source.execute(_TWINS, (schemas,)).fetchall())
            tables = tuple(self._table(source, name, found.get(name), columns) for name in wanted)
        return Tables(tables, twins)

    def _table(self, source: Any, name: str, row: Any, columns: dict[int, list[Column]]) -> Table:  # noqa: ANN401
        if row is None:
            return Table(name, exists=False)
        own = columns.get(int(row[1]), [])
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
            tuple(_measured(source, name, int(row[7]), own)),
        )


def _column(row: Any) -> Column:  # noqa: ANN401  (a row of the driver)
    return Column(str(row[1]), str(row[2]), str(row[3]), row[4], row[5], str(row[6] or ""), int(row[7]), bool(row[8]))


def _measured(source: Any, name: str, size: int, columns: list[Column]) -> list[Column]:  # noqa: ANN401
    """Measure the longest value of the columns without a bound: lengths alone leave the server."""
    import psycopg
    from psycopg import sql

    wide = [each for each in columns if each.type in _LOBS and each.kind == "" and each.readable]
    if not wide:
        return columns
    schema, _, table = name.partition(".")
    query = sql.SQL("SELECT {} FROM {} {}").format(
        sql.SQL(", ").join(
            sql.SQL("COALESCE(max(octet_length({}::text)), 0)").format(sql.Identifier(each.name)) for each in wide
        ),
        sql.Identifier(schema, table),
        sql.SQL("" if size < _SAMPLED_FROM else "TABLESAMPLE SYSTEM (1)"),
    )
    try:
        longest = source.execute(query).fetchone()
    except psycopg.Error:
        return columns
    seen = {each.name: int(value) for each, value in zip(wide, longest, strict=True)}
    return [replace(each, longest=seen[each.name]) if each.name in seen else each for each in columns]
