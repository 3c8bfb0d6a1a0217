"""Rules on the replication user: what it may do, for how long, and what is prepared for it."""

from typing import Final

from autocorp_wizard.core.preflight.record import (
    Audience,
    Remedy,
    Seen,
    Variant,
    failed,
    passed,
    warned,
)
from autocorp_wizard.core.preflight.source.facts import Role, Wanted
from autocorp_wizard.core.preflight.source.remedies import quote, sql

_DAY: Final = 86_400.0
# Connections that a full load takes: eight tables at a time, and what steers them.
_LOAD: Final = 12


def may_replicate(role: Role, _: Wanted) -> Seen:
    """Judge the right to replicate."""
    if role.is_super or role.may_replicate:
        return passed(f"{role.name} may replicate.")
    name = quote(role.name)
    managed = tuple(
        Remedy("Let it replicate.", Audience.DATABASE, each, sql=f"GRANT rds_replication TO {name};",
               undo=f"REVOKE rds_replication FROM {name};")
        for each in (Variant.RDS, Variant.AURORA)
    )  # fmt: skip
    own = Remedy("Let it replicate.", Audience.DATABASE, Variant.SELF_MANAGED, sql=f"ALTER ROLE {name} REPLICATION;",
                 undo=f"ALTER ROLE {name} NOREPLICATION;")  # fmt: skip
    return failed(f"{role.name} may not replicate.", own, *managed)


def is_super(role: Role, wanted: Wanted) -> Seen:
    """Say what it means that the user is no superuser."""
    if role.is_super:
        return warned(
            f"{role.name} is a superuser: it may do more than replication needs.",
            *sql("Take it away once replication is set up.", f"ALTER ROLE {quote(role.name)} NOSUPERUSER;"),
        )
    kept = "DDL is not captured" if not wanted.captures_ddl else "the objects that capture DDL must be made beforehand"
    return passed(f"{role.name} is no superuser; that is enough, because {kept}.")


def validity(role: Role, wanted: Wanted) -> Seen:
    """Judge until when the user may log in, and how often at a time."""
    remedies = sql(
        "Let the login outlive the task.",
        f"ALTER ROLE {quote(role.name)} VALID UNTIL 'infinity' CONNECTION LIMIT -1;",
    )
    if 0 <= role.connection_limit < _LOAD:
        said = f"This user may have {role.connection_limit} connections at a time; a full load takes twelve."
        return failed(said, *remedies)
    if 0 <= role.database_limit < _LOAD:
        said = f"The database may have {role.database_limit} connections at a time; a full load takes twelve."
        statement = f"ALTER DATABASE {quote(wanted.database)} CONNECTION LIMIT -1;"
        return failed(said, *sql("Lift the limit.", statement))
    if role.valid_for is None:
        return passed("The login does not run out.")
    days = role.valid_for / _DAY
    if days < 0:
        return failed(f"The password ran out {-days:.0f} days ago.", *remedies)
    return (
        warned(f"The login runs out in {days:.0f} days.", *remedies)
        if days < 90
        else passed(f"The login is good for {days:.0f} days.")
    )


def usage(role: Role, _: Wanted) -> Seen:
    """Judge the use of the schemas."""
    wrong = sorted(name for name, usable in role.usable_schemas.items() if not usable)
    if not wrong:
        return passed("Its schemas can be used.")
    statement = "\n".join(f"GRANT USAGE ON SCHEMA {quote(name)} TO {quote(role.name)};" for name in wrong)
    undo = " ".join(f"REVOKE USAGE ON SCHEMA {quote(name)} FROM {quote(role.name)};" for name in wrong)
    return failed(f"{role.name} may not use {', '.join(wrong)}.", *sql("Let it look into it.", statement, undo=undo))


def heartbeat(role: Role, wanted: Wanted) -> Seen:
    """Judge whether DMS can make the table of its heartbeat."""
    if role.creates_in.get(wanted.heartbeat_schema):
        return passed(f"The heartbeat's table can be made in {wanted.heartbeat_schema}.")
    schema = quote(wanted.heartbeat_schema)
    statement = f"CREATE SCHEMA IF NOT EXISTS {schema};\nGRANT USAGE, CREATE ON SCHEMA {schema} TO {quote(role.name)};"
    return failed(
        f"{role.name} may not create a table in {wanted.heartbeat_schema}, so the heartbeat fails and an idle slot "
        "fills the disk.",
        *sql("Let it create its one table there.", statement,
             undo=f"REVOKE CREATE ON SCHEMA {schema} FROM {quote(role.name)};"),
    )  # fmt: skip


def future_tables(role: Role, _: Wanted) -> Seen:
    """Judge whether tables that come later can be read."""
    if role.is_super or role.future_grants:
        return passed("Tables that come later can be read as well.")
    name = quote(role.name)
    schemas = sorted(role.usable_schemas) or ["public"]
    statement = "\n".join(
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {quote(each)} GRANT SELECT ON TABLES TO {name};" for each in schemas
    )
    return warned("A table that is added later could not be read.", *sql("Run it as the tables' owner.", statement))
