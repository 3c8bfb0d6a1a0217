"""Remedies for a source: by SQL on a server of one's own, by parameter group where AWS runs it."""

from autocorp_wizard.core.preflight.record import Audience, Remedy, Restart, Variant
from autocorp_wizard.core.preflight.source.facts import Wanted


def sql(
    text: str, statement: str, *, restart: Restart = Restart.NONE, undo: str = "", risk: str = ""
) -> tuple[Remedy, ...]:
    """Return a remedy by SQL that is the same wherever the server runs."""
    return (Remedy(text, Audience.DATABASE, Variant.ANY, sql=statement, restart=restart, undo=undo, risk=risk),)


def setting(
    name: str, value: str, why: str, *, restart: bool = False, parameter: str = "", managed_value: str = ""
) -> tuple[Remedy, ...]:
    """Return the remedies that change a server's setting: ALTER SYSTEM, or the parameter group."""
    needed = Restart.RESTART if restart else Restart.RELOAD
    group = f"{parameter or name} = {managed_value or value}"
    managed = tuple(
        Remedy(f"{why} In the parameter group: {group}.", Audience.DATABASE, each, config=group, restart=needed)
        for each in (Variant.RDS, Variant.AURORA)
    )
    return (
        Remedy(
            why,
            Audience.DATABASE,
            Variant.SELF_MANAGED,
            sql=f"ALTER SYSTEM SET {name} = '{value}';",
            restart=needed,
            undo=f"ALTER SYSTEM RESET {name};",
        ),
        *managed,
    )


def of_role(wanted: Wanted, name: str, value: str, why: str, *, first: str = "") -> tuple[Remedy, ...]:
    """Return the remedy that changes a setting for the replication user alone: nothing restarts, nobody else notices.

    In its database, because what is set there for a role wins over every other place. `first` is a statement before it.
    """
    where = f"ALTER ROLE {quote(wanted.user)} IN DATABASE {quote(wanted.database)}"
    return sql(why, f"{first}{where} SET {name} = '{value}';", undo=f"{where} RESET {name};")


def quote(name: str) -> str:
    """Quote an identifier where PostgreSQL needs it."""
    if name and name.replace("_", "a").isalnum() and name == name.lower() and not name[0].isdigit():
        return name
    return '"' + name.replace('"', '""') + '"'


def quote_table(name: str) -> str:
    """Quote SCHEMA.TABLE."""
    schema, _, table = name.partition(".")
    return f"{quote(schema)}.{quote(table)}"


def count(number: int, one: str, many: str = "") -> str:
    """Say a number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
