"""Rules on the selected tables; each finding names its table."""

from collections.abc import Callable, Iterable
from typing import Final

from autocorp_wizard.core.preflight.record import Audience, Remedy, Seen, failed, passed, warned
from autocorp_wizard.core.preflight.source.facts import Table, Tables, Wanted
from autocorp_wizard.core.preflight.source.remedies import count, quote, quote_table, sql

_LARGE_BYTES, _LARGE_ROWS = 50 << 30, 100_000_000
_KEY_LOBS: Final = frozenset({"text", "bytea", "json", "jsonb", "xml"})


def selection(tables: Tables, _: Wanted) -> Seen:
    """Judge whether the selected tables exist."""
    missing = [each.name for each in tables.tables if not each.exists]
    if not missing:
        return passed(f"{count(len(tables.tables), 'selected table exists', 'selected tables exist')}.")
    remedy = Remedy("Create them, or take them out of dms_tables.", command="autocorp-wizard env edit")
    said = f"{count(len(missing), 'selected table does', 'selected tables do')} not exist."
    return failed(said, remedy, findings=tuple(missing))


def readable(tables: Tables, wanted: Wanted) -> Seen:
    """Judge whether every column of every table may be read."""
    wrong = [each for each in tables.there if any(not column.readable for column in each.columns)]
    if not wrong:
        return passed(f"Every column of {count(len(tables.there), 'table')} may be read.")
    user = quote(wanted.user)
    names = ", ".join(quote_table(each.name) for each in wrong)
    return failed(
        f"{count(len(wrong), 'table has', 'tables have')} columns that {wanted.user} may not read.",
        *sql("Let it read them.", f"GRANT SELECT ON {names} TO {user};", undo=f"REVOKE SELECT ON {names} FROM {user};"),  # noqa: S608  (it is printed for a person, never run)
        findings=tuple(f"{each.name}: {', '.join(c.name for c in each.columns if not c.readable)}" for each in wrong),
    )


def row_security(tables: Tables, wanted: Wanted) -> Seen:
    """Judge row security: a full load would silently hold fewer rows."""
    user = quote(wanted.user)
    return _listed(
        (each for each in tables.there if each.row_security),
        "No row is hidden from the replication user.",
        ("hides rows from the replication user (row security)", "hide rows from the replication user (row security)"),
        lambda _: f"ALTER ROLE {user} BYPASSRLS;",
        "Let this user see all rows.",
        undo=f"ALTER ROLE {user} NOBYPASSRLS;",
    )


def keys(tables: Tables, _: Wanted) -> Seen:
    """Judge whether an update and a delete can be told apart."""
    return _listed(
        (each for each in tables.there if _is_plain(each) and each.identity == "d" and not each.key),
        "Every table has a primary key or another identity.",
        (
            "has no primary key, so its updates and deletes do not arrive",
            "have no primary key, so their updates and deletes do not arrive",
        ),
        lambda each: f"ALTER TABLE {quote_table(each.name)} REPLICA IDENTITY FULL;",
        "Add a primary key, or let every change carry its whole old row (more write-ahead log).",
        undo_of=lambda each: f"ALTER TABLE {quote_table(each.name)} REPLICA IDENTITY DEFAULT;",
    )


def identity(tables: Tables, _: Wanted) -> Seen:
    """Judge identities that are set: nothing fails, full and index warn."""
    nothing = [each for each in tables.there if each.identity == "n"]
    if nothing:
        return _listed(
            nothing,
            "",
            (
                "has REPLICA IDENTITY NOTHING, so its updates and deletes do not arrive",
                "have REPLICA IDENTITY NOTHING, so their updates and deletes do not arrive",
            ),
            lambda each: f"ALTER TABLE {quote_table(each.name)} REPLICA IDENTITY {'DEFAULT' if each.key else 'FULL'};",
            "Let changes carry what identifies the row.",
            undo_of=lambda each: f"ALTER TABLE {quote_table(each.name)} REPLICA IDENTITY NOTHING;",
        )
    special = [each for each in tables.there if each.identity in ("f", "i") and each.key]
    if not special:
        return passed("Changes carry the primary key.")
    return warned(
        f"{count(len(special), 'table has', 'tables have')} a key, and yet another replica identity.",
        *sql(
            "The key is enough.",
            _each(special, lambda t: f"ALTER TABLE {quote_table(t.name)} REPLICA IDENTITY DEFAULT;"),
        ),
        findings=tuple(each.name for each in special),
    )


def unlogged(tables: Tables, _: Wanted) -> Seen:
    """Judge unlogged tables: they never reach the write-ahead log."""
    return _listed(
        (each for each in tables.there if each.persistence == "u"),
        "Every table is logged.",
        ("is unlogged, so none of its changes arrive", "are unlogged, so none of their changes arrive"),
        lambda each: f"ALTER TABLE {quote_table(each.name)} SET LOGGED;",
        "Log them; this rewrites the table under a lock.",
        undo_of=lambda each: f"ALTER TABLE {quote_table(each.name)} SET UNLOGGED;",
    )


def foreign(tables: Tables, _: Wanted) -> Seen:
    """Judge what is no table of this database."""
    wrong = [each for each in tables.there if each.kind in ("f", "m", "v")]
    if not wrong:
        return passed("What is selected is tables of this database.")
    words = {"f": "a foreign table", "m": "a materialised view", "v": "a view: no changes, only a full load"}
    findings = tuple(f"{each.name} is {words[each.kind]}" for each in wrong)
    remedy = Remedy("Take them out of dms_tables.", command="autocorp-wizard env edit")
    worst = failed if any(each.kind != "v" for each in wrong) else warned
    said = f"{count(len(wrong), 'selected name is', 'selected names are')} not in the write-ahead log."
    return worst(said, remedy, findings=findings)


def partitioned(tables: Tables, _: Wanted) -> Seen:
    """Judge partitioned tables: changes carry the leaf's name."""
    wrong = [each for each in tables.there if each.kind == "p"]
    if not wrong:
        return passed("No selected table is partitioned.")
    remedy = Remedy("Name the partitions in dms_tables; a new partition has to be added by hand.")
    said = (
        f"{count(len(wrong), 'selected table is', 'selected tables are')} partitioned; changes carry the leaf's name."
    )
    return warned(said, remedy, findings=tuple(each.name for each in wrong))


def inheritance(tables: Tables, _: Wanted) -> Seen:
    """Judge parents whose children are selected too: their rows would come twice."""
    selected = {each.name for each in tables.there}
    wrong = [(each, set(each.children) & selected) for each in tables.there if each.kind == "r"]
    twice = [f"{each.name} and {', '.join(sorted(children))}" for each, children in wrong if children]
    if not twice:
        return passed("No selected table inherits from another selected one.")
    remedy = Remedy("Select the children only.", command="autocorp-wizard env edit")
    return failed("Rows of children would come twice, with their parent's.", remedy, findings=tuple(twice))


def twins(tables: Tables, _: Wanted) -> Seen:
    """Judge names that differ only in case: Glue and DMS lower them."""
    if not tables.twins:
        return passed("No two table names differ only in case.")
    remedy = Remedy("Rename one of each pair, or leave it out.", Audience.DATABASE)
    return failed("Table names differ only in case; Glue lowers them.", remedy, findings=tables.twins)


def names(tables: Tables, _: Wanted) -> Seen:
    """Judge names that S3, Glue and Athena do not like."""
    odd = [each.name for each in tables.tables if not _is_plain_name(each.name)]
    if not odd:
        return passed("Every name is fit for Glue and Athena.")
    remedy = Remedy("Rename them by a transformation rule, to lower case letters, digits and underscores.")
    return warned(
        f"{count(len(odd), 'name is', 'names are')} not fit for Glue and Athena.", remedy, findings=tuple(odd)
    )


def arrays(tables: Tables, _: Wanted) -> Seen:
    """Judge arrays in tables without a key: DMS suspends such a table."""
    wrong = [each for each in tables.there if not each.key and any(column.kind == "A" for column in each.columns)]
    if not wrong:
        return passed("No table without a key has an array.")
    remedy = Remedy("Give them a primary key.", Audience.DATABASE)
    said = f"{count(len(wrong), 'table has', 'tables have')} an array and no primary key: DMS suspends it."
    return failed(said, remedy, findings=tuple(each.name for each in wrong))


def lob_keys(tables: Tables, _: Wanted) -> Seen:
    """Judge keys of types without a bound."""
    wrong = [
        f"{each.name}: {column.name} ({column.type})"
        for each in tables.there
        for column in each.columns
        if column.name in each.key and column.type in _KEY_LOBS
    ]
    if not wrong:
        return passed("No primary key is of a type without a bound.")
    remedy = Remedy("Give the table a key of a bounded type.", Audience.DATABASE)
    return failed("DMS takes no key of a type without a bound.", remedy, findings=tuple(wrong))


def expressions(tables: Tables, _: Wanted) -> Seen:
    """Judge unique indexes over expressions."""
    wrong = tuple(each.name for each in tables.there if each.expression_index)
    if not wrong:
        return passed("No unique index is over an expression.")
    remedy = Remedy("Use a plain unique index, or leave the table out.", Audience.DATABASE)
    return failed("DMS takes no unique index over an expression.", remedy, findings=wrong)


def deferrable(tables: Tables, _: Wanted) -> Seen:
    """Judge deferrable keys."""
    wrong = tuple(each.name for each in tables.there if each.deferrable)
    if not wrong:
        return passed("No key is deferrable.")
    remedy = Remedy("Make the constraint NOT DEFERRABLE.", Audience.DATABASE)
    return warned("DMS ignores that a key is deferrable.", remedy, findings=wrong)


def sizes(tables: Tables, _: Wanted) -> Seen:
    """Say how large the tables are, and which should be loaded in ranges."""
    total = sum(each.size for each in tables.there)
    large = [each.name for each in tables.there if each.size > _LARGE_BYTES or each.rows > _LARGE_ROWS]
    said = f"{count(len(tables.there), 'table')}, {total / (1 << 20):,.1f} MiB in all."
    if not large:
        return passed(said, bytes=total)
    return warned(f"{said} Large ones load faster in ranges.", Remedy("Load them by ranges."), findings=tuple(large))


def statistics(tables: Tables, _: Wanted) -> Seen:
    """Judge whether the planner's numbers, on which our estimates rest, are fresh."""
    stale = [each for each in tables.there if _is_plain(each) and not each.analysed]
    if not stale:
        return passed("Every table was analysed.")
    return warned(
        f"{count(len(stale), 'table was', 'tables were')} never analysed, so estimates are wrong.",
        *sql("Gather statistics.", _each(stale, lambda each: f"ANALYZE {quote_table(each.name)};")),
        findings=tuple(each.name for each in stale),
    )


def _listed(
    wrong: Iterable[Table],
    fine: str,
    said: tuple[str, str],
    statement: Callable[[Table], str],
    text: str,
    *,
    undo: str = "",
    undo_of: Callable[[Table], str] | None = None,
) -> Seen:
    found = list(wrong)
    if not found:
        return passed(fine)
    taken_back = undo or (" ".join(undo_of(each) for each in found) if undo_of else "")
    return failed(
        f"{len(found)} {'table ' + said[0] if len(found) == 1 else 'tables ' + said[1]}.",
        *sql(text, _each(found, statement), undo=taken_back),
        findings=tuple(each.name for each in found),
    )


def _each(tables: Iterable[Table], statement: Callable[[Table], str]) -> str:
    return "\n".join(dict.fromkeys(statement(each) for each in tables))


def _is_plain(table: Table) -> bool:
    return table.kind in ("r", "p")


def _is_plain_name(name: str) -> bool:
    table = name.partition(".")[2]
    return table == table.lower() and table.replace("_", "a").isalnum() and not table.startswith("awsdms_")
