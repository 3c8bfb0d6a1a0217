"""What a running task does with the source: a slot of its own, the rows of each table, and the changes since.

The slot is a real one, made and read with `test_decoding` as DMS does it, so what stays behind stays behind here too.
"""

import re
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from autocorp_wizard.rehearsal.services.dms_reach import Login, connected

if TYPE_CHECKING:
    import psycopg

_CHANGE: Final = re.compile(
    r"^table (?P<table>(?:\"[^\"]+\"|[^.\"]+)\.(?:\"[^\"]+\"|[^:\"]+)): (?P<kind>INSERT|UPDATE|DELETE):"
)
# As many changes as one look takes from the slot; the next look takes more.
_AT_ONCE: Final = 200_000
_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz234567"

MISSING: Final = "Table does not exist"
ERROR: Final = "Table error"


class SourceError(Exception):
    """The source refused something that the task cannot do without; the message is PostgreSQL's."""


class SlotBusyError(Exception):
    """Transactions that are open on the source keep the slot from being made; DMS waits for them."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A slot that was made, its starting point, and how many rows each table has (or why it cannot be read)."""

    slot: str
    position: str
    rows: Mapping[tuple[str, str], int | str]


def open_slot(login: Login, tables: Sequence[tuple[str, str]]) -> Opened:
    """Make a slot and count the tables. Raises UnreachableError, SourceError, SlotBusyError."""
    import psycopg

    with connected(login) as source:
        try:
            oid = source.execute("SELECT oid FROM pg_database WHERE datname = current_database()").fetchone()
            drawn = "".join(secrets.choice(_ALPHABET) for _ in range(16))
            slot = f"{drawn}_{int(oid[0]) if oid else 0:08d}_{secrets.token_hex(16)}"
            made = source.execute(
                "SELECT lsn FROM pg_create_logical_replication_slot(%s, 'test_decoding')", (slot,)
            ).fetchone()
        except psycopg.errors.QueryCanceled as error:
            raise SlotBusyError from error
        except psycopg.Error as error:
            raise SourceError(" ".join(str(error).split())) from error
        rows = {table: _count(source, *table) for table in tables}
        return Opened(slot, str(made[0]) if made else "", rows)


def count(login: Login, tables: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int | str]:
    """Count tables anew. Raises UnreachableError."""
    with connected(login) as source:
        return {table: _count(source, *table) for table in tables}


def _count(source: "psycopg.Connection", schema: str, table: str) -> int | str:
    import psycopg
    from psycopg import sql

    known = source.execute(
        "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = %s AND c.relname = %s AND c.relkind IN ('r', 'p')",
        (schema, table),
    ).fetchone()
    if known is None:
        return MISSING
    try:
        found = source.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))).fetchone()
    except psycopg.Error:
        return ERROR
    return int(found[0]) if found else 0


def take_changes(login: Login, slot: str) -> Counter[tuple[str, str, str]]:
    """Take what was committed since the last time; counts by schema, table and INSERT, UPDATE or DELETE.

    Raises UnreachableError where the source does not answer, SourceError where the slot is no use any more.
    """
    import psycopg

    found: Counter[tuple[str, str, str]] = Counter()
    with connected(login) as source:
        try:
            changes = source.execute(
                "SELECT data FROM pg_logical_slot_get_changes(%s, NULL, %s, 'include-xids', 'false')", (slot, _AT_ONCE)
            )
            for (line,) in changes:
                change = _CHANGE.match(line)
                if change is not None:
                    schema, _, table = change["table"].replace('"', "").partition(".")
                    found[schema, table, change["kind"]] += 1
        except psycopg.errors.ObjectInUse:
            return found
        except psycopg.errors.QueryCanceled:
            return found
        except psycopg.Error as error:
            raise SourceError(" ".join(str(error).split())) from error
    return found


def drop_slot(login: Login, slot: str) -> None:
    """Drop the slot where that is possible; where it is not it stays on the source, as it does after DMS."""
    import psycopg

    from autocorp_wizard.rehearsal.services.dms_reach import UnreachableError

    try:
        with connected(login) as source:
            source.execute("SELECT pg_drop_replication_slot(%s)", (slot,))
    except (psycopg.Error, UnreachableError):
        return
