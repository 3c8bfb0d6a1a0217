"""Fills an empty server: roles whose passwords it never sees, the AutoCorp tables and rows, and who may what."""

from typing import Final, LiteralString

from psycopg import sql

from autocorp_wizard.rehearsal.source_address import (
    DATABASE,
    INSPECTOR_USER,
    REPLICATION_USER,
    SUPERUSER,
    SourceAddress,
    connect,
)
from autocorp_wizard.rehearsal.source_rows import generate
from autocorp_wizard.rehearsal.source_schema import DDL, SERIAL_KEYS

_GRANTS: Final[tuple[LiteralString, ...]] = (
    "GRANT USAGE ON SCHEMA public TO dms_replication, dms_inspector",
    "GRANT SELECT ON ALL TABLES IN SCHEMA public TO dms_replication, dms_inspector",
    "CREATE SCHEMA dms_artifacts AUTHORIZATION dms_replication",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO dms_replication, dms_inspector",
    "GRANT pg_monitor TO dms_inspector",
    "GRANT SELECT ON pg_hba_file_rules TO dms_inspector",
    "GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO dms_inspector",
    "ALTER ROLE dms_inspector SET default_transaction_read_only = on",
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    "REVOKE TEMPORARY ON DATABASE autocorp FROM PUBLIC",
)


def fill(address: SourceAddress, *, rows: int, seed: int) -> None:
    """Make roles, database, tables, rows and grants on a server that has none of them."""
    with connect(address, SUPERUSER, "postgres") as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        for user, attributes in (
            (REPLICATION_USER, sql.SQL("LOGIN REPLICATION CONNECTION LIMIT 20")),
            (INSPECTOR_USER, sql.SQL("LOGIN CONNECTION LIMIT 10")),
        ):
            # Only the verifier is sent, so that no log of the server can hold the password.
            verifier = admin.pgconn.encrypt_password(
                address.password_of(user).encode(), user.encode(), b"scram-sha-256"
            ).decode()
            admin.execute(
                sql.SQL("CREATE ROLE {} {} PASSWORD {}").format(sql.Identifier(user), attributes, sql.Literal(verifier))
            )
    with connect(address, SUPERUSER, DATABASE) as owner:
        owner.autocommit = False
        with owner.transaction():
            owner.execute(DDL)
            for table in generate(rows, seed):
                columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
                into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.table), columns)
                with owner.cursor().copy(into) as copy:
                    for row in table.rows:
                        copy.write_row(row)
            for name, key in SERIAL_KEYS.items():
                owner.execute(
                    sql.SQL("SELECT setval(pg_get_serial_sequence({}, {}), max({})) FROM {}").format(
                        sql.Literal(name), sql.Literal(key), sql.Identifier(key), sql.Identifier(name)
                    )
                )
            for grant in _GRANTS:
                owner.execute(grant)
        owner.autocommit = True
        owner.execute("ANALYZE")
