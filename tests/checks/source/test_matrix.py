"""Every misconfiguration has exactly one root cause, and what is printed against it, done literally, mends it."""

from dataclasses import dataclass, replace

import pytest

from autocorp_wizard.core.preflight.record import Status
from tests.checks.source.bench import Bench, failures

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("source-bench")]

R = "dms_replication"
LEFTOVER = (
    "CREATE FUNCTION awsdms_intercept_ddl() RETURNS event_trigger LANGUAGE plpgsql {definer} AS 'BEGIN END'",
    "CREATE EVENT TRIGGER awsdms_intercept_ddl ON ddl_command_end EXECUTE FUNCTION awsdms_intercept_ddl()",
)
DROP_LEFTOVER = (
    "DROP EVENT TRIGGER IF EXISTS awsdms_intercept_ddl",
    "DROP FUNCTION IF EXISTS awsdms_intercept_ddl()",
    "DROP TABLE IF EXISTS awsdms_ddl_audit",
)


@dataclass(frozen=True)
class Case:
    """What is done to the server, which check says so, and how it is given back."""

    id: str
    check: str
    spoil: tuple[str, ...] = ()
    undo: tuple[str, ...] = ()
    restart: bool = False
    hold: tuple[str, ...] = ()
    database: str = ""
    hba: str = ""
    status: Status = Status.FAIL
    full: bool = True


def role_setting(id_: str, check: str, setting: str, **more: object) -> Case:
    return Case(id_, check, (f"ALTER ROLE {R} SET {setting}",), **more)


SYSTEM = "ALTER SYSTEM SET "
CASES = (
    Case("wal-level-replica", "pg.wal_level", (SYSTEM + "wal_level = 'replica'",), restart=True, full=False),
    Case("slots-full", "pg.slots.free", (SYSTEM + "max_replication_slots = 2",),
         ("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots",), restart=True),
    Case("no-slots-at-all", "pg.slots.free", (SYSTEM + "max_replication_slots = 0",), restart=True),
    Case("no-senders-at-all", "pg.senders.free", (SYSTEM + "max_wal_senders = 0",), restart=True),
    role_setting("sender-timeout-of-the-role", "pg.wal_sender_timeout", "wal_sender_timeout = '5s'", full=False),
    Case("sender-timeout-of-the-server", "pg.wal_sender_timeout", (SYSTEM + "wal_sender_timeout = '2s'",
         "SELECT pg_reload_conf()")),
    role_setting("sender-timeout-too-long", "pg.wal_sender_timeout", "wal_sender_timeout = '1h'", status=Status.WARN),
    role_setting("idle-timeout-of-the-role", "pg.idle_in_txn_timeout", "idle_in_transaction_session_timeout = '60s'"),
    Case("idle-timeout-of-the-server", "pg.idle_in_txn_timeout",
         (SYSTEM + "idle_in_transaction_session_timeout = '5min'", "SELECT pg_reload_conf()")),
    role_setting("idle-timeout-long", "pg.idle_in_txn_timeout", "idle_in_transaction_session_timeout = '1h'",
                 status=Status.WARN),
    role_setting("statement-timeout", "pg.stmt_timeout", "statement_timeout = '1h'", status=Status.WARN),
    Case("lock-timeout-of-the-server", "pg.stmt_timeout", (SYSTEM + "lock_timeout = '30s'", "SELECT pg_reload_conf()"),
         status=Status.WARN),
    role_setting("read-only-role", "pg.readonly", "default_transaction_read_only = on"),
    Case("read-only-role-in-its-database", "pg.readonly",
         (f"ALTER ROLE {R} IN DATABASE autocorp SET default_transaction_read_only = on",)),
    Case("read-only-database", "pg.readonly", ("ALTER DATABASE autocorp SET default_transaction_read_only = on",),
         ("ALTER DATABASE autocorp RESET default_transaction_read_only",), full=False),
    Case("read-only-server", "pg.readonly", (SYSTEM + "default_transaction_read_only = on",
         "SELECT pg_reload_conf()")),
    Case("sender-timeout-of-the-role-in-its-database", "pg.wal_sender_timeout",
         (f"ALTER ROLE {R} IN DATABASE autocorp SET wal_sender_timeout = '5s'",)),
    Case("slot-capped", "pg.slot_wal_cap", (SYSTEM + "max_slot_wal_keep_size = '100MB'", "SELECT pg_reload_conf()")),
    Case("few-connections", "pg.max_connections", (SYSTEM + "max_connections = 10",), restart=True),
    Case("writer-in-another-database", "pg.slot.probe", hold=("SELECT txid_current()",), database="postgres",
         full=False),
    Case("writer-in-the-database", "pg.slot.probe", hold=("SELECT txid_current()",)),
    Case("writer-on-a-table", "pg.slot.probe", hold=("UPDATE customers SET customer_id = customer_id",)),
    Case("prepared-transaction", "pg.slot.probe", (SYSTEM + "max_prepared_transactions = 5",), restart=True,
         hold=("SELECT txid_current()", "PREPARE TRANSACTION 'left over'")),
    Case("role-without-replication", "pg.role.replication", (f"ALTER ROLE {R} NOREPLICATION",),
         (f"ALTER ROLE {R} REPLICATION",), full=False),
    Case("schema-not-usable", "pg.priv.usage", (f"REVOKE USAGE ON SCHEMA public FROM {R}, PUBLIC",),
         ("GRANT USAGE ON SCHEMA public TO PUBLIC",)),
    Case("table-not-readable", "pg.priv.select", ("REVOKE SELECT ON customers FROM dms_replication",),
         (f"GRANT SELECT ON customers TO {R}",), full=False),
    Case("two-tables-not-readable", "pg.priv.select", ("REVOKE SELECT ON customers, service FROM dms_replication",),
         (f"GRANT SELECT ON customers, service TO {R}",)),
    Case("column-not-readable", "pg.priv.select",
         ("REVOKE SELECT ON service FROM dms_replication", f"GRANT SELECT (serviceid) ON service TO {R}"),
         (f"GRANT SELECT ON service TO {R}",)),
    Case("row-security", "pg.rls", ("ALTER TABLE customers ENABLE ROW LEVEL SECURITY",),
         ("ALTER TABLE customers DISABLE ROW LEVEL SECURITY", f"ALTER ROLE {R} NOBYPASSRLS"), full=False),
    Case("row-security-with-a-policy", "pg.rls",
         ("ALTER TABLE service ENABLE ROW LEVEL SECURITY", "CREATE POLICY visible ON service USING (serviceid < '5')"),
         ("DROP POLICY visible ON service", "ALTER TABLE service DISABLE ROW LEVEL SECURITY",
          f"ALTER ROLE {R} NOBYPASSRLS")),
    Case("identity-nothing", "pg.tbl.ri", ("ALTER TABLE customers REPLICA IDENTITY NOTHING",),
         ("ALTER TABLE customers REPLICA IDENTITY DEFAULT",), full=False),
    Case("identity-nothing-twice", "pg.tbl.ri",
         ("ALTER TABLE customers REPLICA IDENTITY NOTHING", "ALTER TABLE service REPLICA IDENTITY NOTHING"),
         ("ALTER TABLE customers REPLICA IDENTITY DEFAULT", "ALTER TABLE service REPLICA IDENTITY DEFAULT")),
    Case("identity-full-beside-a-key", "pg.tbl.ri", ("ALTER TABLE customers REPLICA IDENTITY FULL",),
         ("ALTER TABLE customers REPLICA IDENTITY DEFAULT",), status=Status.WARN),
    Case("no-heartbeat-schema", "pg.heartbeat", ("DROP SCHEMA dms_artifacts",),
         ("DROP SCHEMA IF EXISTS dms_artifacts", f"CREATE SCHEMA dms_artifacts AUTHORIZATION {R}")),
    Case("heartbeat-schema-of-another", "pg.heartbeat",
         ("ALTER SCHEMA dms_artifacts OWNER TO postgres",), (f"ALTER SCHEMA dms_artifacts OWNER TO {R}",)),
    Case("leftover-trigger-of-the-invoker", "pg.ddl.leftover",
         ("CREATE TABLE awsdms_ddl_audit ()", *(each.format(definer="") for each in LEFTOVER)), DROP_LEFTOVER),
    Case("leftover-trigger-without-its-table", "pg.ddl.leftover",
         tuple(each.format(definer="SECURITY DEFINER") for each in LEFTOVER), DROP_LEFTOVER, full=False),
    Case("connection-limit-of-the-role", "pg.auth.validuntil", (f"ALTER ROLE {R} CONNECTION LIMIT 5",),
         (f"ALTER ROLE {R} CONNECTION LIMIT 20",)),
    Case("connection-limit-of-the-database", "pg.auth.validuntil", ("ALTER DATABASE autocorp CONNECTION LIMIT 8",),
         ("ALTER DATABASE autocorp CONNECTION LIMIT -1",)),
    Case("login-runs-out", "pg.auth.validuntil",
         (f"DO $$BEGIN EXECUTE format('ALTER ROLE {R} VALID UNTIL %L', now() + interval '20 days')\\; END$$",),
         (f"ALTER ROLE {R} VALID UNTIL 'infinity' CONNECTION LIMIT 20",), status=Status.WARN),
    Case("role-that-may-not-log-in", "pg.auth.login", (f"ALTER ROLE {R} NOLOGIN",), (f"ALTER ROLE {R} LOGIN",)),
    Case("database-that-lets-nobody-in", "pg.auth.login", ("ALTER DATABASE autocorp ALLOW_CONNECTIONS false",),
         ("ALTER DATABASE autocorp ALLOW_CONNECTIONS true",), database="postgres"),
    Case("role-that-may-not-connect", "pg.auth.login", ("REVOKE CONNECT ON DATABASE autocorp FROM PUBLIC",),
         ("GRANT CONNECT ON DATABASE autocorp TO PUBLIC",)),
    Case("no-line-in-pg-hba", "pg.wire", hba="host all postgres 127.0.0.1/32 scram-sha-256\n"
         "host all dms_inspector 127.0.0.1/32 scram-sha-256\n", full=False),
    Case("line-that-rejects", "pg.wire", hba=f"host all {R} 127.0.0.1/32 reject\n"
         "host all all 127.0.0.1/32 scram-sha-256\n"),
    Case("line-for-another-database", "pg.wire", hba="host all postgres 127.0.0.1/32 scram-sha-256\n"
         f"host lake {R} 127.0.0.1/32 scram-sha-256\nhost all dms_inspector 127.0.0.1/32 scram-sha-256\n"),
    Case("slot-without-a-reader", "pg.slot.orphans",
         ("SELECT pg_create_logical_replication_slot('forgotten', 'test_decoding')",),
         ("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots",), status=Status.WARN),
    Case("table-later-not-readable", "pg.role.fresh",
         ("ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT ON TABLES FROM dms_replication, dms_inspector",),
         (f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {R}, dms_inspector",),
         status=Status.WARN),
    Case("tls-switched-off", "pg.tls.offered", (SYSTEM + "ssl = off", "SELECT pg_reload_conf()")),
    Case("superuser", "pg.role.super", (f"ALTER ROLE {R} SUPERUSER",), (f"ALTER ROLE {R} NOSUPERUSER",),
         status=Status.WARN),
    Case("no-key", "pg.tbl.pk",
         ("CREATE TABLE extra (a int)", f"GRANT SELECT ON extra TO {R}", "ANALYZE extra"), ("DROP TABLE extra",)),
    Case("unlogged", "pg.tbl.unlogged",
         ("CREATE UNLOGGED TABLE extra (a int PRIMARY KEY)", f"GRANT SELECT ON extra TO {R}", "ANALYZE extra"),
         ("DROP TABLE extra",), full=False),
    Case("never-analysed", "pg.stats.fresh",
         ("CREATE TABLE extra (a int PRIMARY KEY)", f"GRANT SELECT ON extra TO {R}"), ("DROP TABLE extra",),
         status=Status.WARN),
)  # fmt: skip


def marked() -> list[object]:
    return [pytest.param(case, id=case.id, marks=[pytest.mark.full] if case.full else []) for case in CASES]


def test_the_matrix_is_large_enough() -> None:
    assert len(CASES) >= 40
    assert len({case.check for case in CASES}) >= 20


@pytest.mark.parametrize("case", marked())
def test_one_root_cause_and_its_remedy_helps(case: Case, bench: Bench) -> None:
    wanted = bench.wanted()
    if any("extra" in each for each in case.spoil):
        wanted = replace(wanted, tables=(*wanted.tables, "public.extra"))
    try:
        bench.sql(*(each.replace("\\;", ";") for each in case.spoil), database=case.database if case.spoil else "")
        if case.restart:
            bench.restart()
        if case.id == "slots-full":
            bench.sql("SELECT pg_create_physical_replication_slot('one')",
                      "SELECT pg_create_physical_replication_slot('two')")  # fmt: skip
        if case.hold:
            bench.hold(*case.hold, database=case.database)
        if case.hba:
            bench.hba(case.hba)
        seen = bench.look(wanted=wanted)
        assert failures(seen) == ([case.check] if case.status is Status.FAIL else [])
        found = seen[case.check]
        assert found.status is case.status, found.seen.summary
        bench.apply(found.seen.remedies, case.database)
        after = bench.look(wanted=wanted)
        assert failures(after) == []
        assert after[case.check].status in (Status.PASS, Status.WARN), after[case.check].seen.summary
        if case.status is Status.WARN:
            assert after[case.check].status is Status.PASS
    finally:
        bench.restore(case.undo, case.database)
