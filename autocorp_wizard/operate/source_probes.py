"""Probes that ask the source database itself, as the replication user and reading only."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, LiteralString

from autocorp_wizard.operate.finding import Finding
from autocorp_wizard.operate.look import Look

TABLES: Final = (
    "auto_parts",
    "customers",
    "sales_order",
    "sales_order_parts",
    "sales_order_services",
    "service",
    "service_parts",
)
# More write-ahead log than this, held back by one slot, is worth a look before the disk is full.
HELD_BYTES: Final = 1 << 30
_LEAST_TIMEOUT_MS, _MOST_TIMEOUT_MS = 10_000, 300_000

_SETTINGS: Final[LiteralString] = """
    SELECT name, setting, pending_restart FROM pg_settings WHERE name IN
    ('wal_level', 'max_replication_slots', 'max_wal_senders', 'wal_sender_timeout',
     'idle_in_transaction_session_timeout')"""
_SLOTS: Final[LiteralString] = """
    SELECT slot_name, active, COALESCE(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint
    FROM pg_replication_slots WHERE slot_type = 'logical' AND database = current_database() ORDER BY slot_name"""
_ROLE: Final[LiteralString] = """
    SELECT rolname, rolsuper OR rolreplication OR EXISTS (
      SELECT FROM pg_roles managed WHERE managed.rolname IN ('rds_replication', 'rds_superuser')
      AND pg_has_role(r.oid, managed.oid, 'member'))
    FROM pg_roles r WHERE rolname = current_user"""
_READABLE: Final[LiteralString] = """
    SELECT c.relname, has_table_privilege(c.oid, 'SELECT'),
      c.relreplident IN ('f', 'i') OR EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary),
      row_security_active(c.oid)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname = ANY(%s)"""
_BUSY: Final[LiteralString] = (
    "SELECT (SELECT count(*) FROM pg_replication_slots), (SELECT count(*) FROM pg_stat_replication)"
)
_TLS: Final[LiteralString] = "SELECT ssl, COALESCE(version, '') FROM pg_stat_ssl WHERE pid = pg_backend_pid()"

Rows = Sequence[Sequence[object]]
Ask = Callable[..., Rows]


def wal_level(ask: Ask) -> Finding:
    """Logical decoding is on, and not only after a restart that is still owed."""
    _, value, pending = _settings(ask)["wal_level"]
    if value == "logical":
        return Finding(True, "wal_level is logical.")
    owed = " A restart is owed." if pending else ""
    return Finding(False, f"wal_level is {value}, not logical.{owed}")


def room(ask: Ask) -> Finding:
    """There is a slot and a sender for the task: free ones, or those that it holds already."""
    settings = _settings(ask)
    [[slots, senders]] = ask(_BUSY)
    ours = any(active for _, active, _ in ask(_SLOTS))
    free_slots = int(str(settings["max_replication_slots"][1])) - int(str(slots))
    free_senders = int(str(settings["max_wal_senders"][1])) - int(str(senders))
    details = (f"{free_slots} replication slots free", f"{free_senders} senders free")
    if ours or (free_slots >= 1 and free_senders >= 1):
        return Finding(True, f"There is room: {details[0]}, {details[1]}.", details)
    return Finding(False, f"There is no room for the task: {details[0]}, {details[1]}.", details)


def timeouts(ask: Ask) -> Finding:
    """No timeout of the server ends the replication's connections."""
    settings = _settings(ask)
    sender = int(str(settings["wal_sender_timeout"][1]))
    idle = int(str(settings["idle_in_transaction_session_timeout"][1]))
    details = (f"wal_sender_timeout {sender} ms", f"idle_in_transaction_session_timeout {idle} ms")
    wrong = []
    if sender and not _LEAST_TIMEOUT_MS <= sender <= _MOST_TIMEOUT_MS:
        wrong.append("wal_sender_timeout must be 0, or from 10 s to 5 min")
    if idle:
        wrong.append("idle_in_transaction_session_timeout must be 0 for this role")
    return Finding(not wrong, ("; ".join(wrong) or "The timeouts suit replication") + ".", details)


def role(ask: Ask) -> Finding:
    """The role may replicate."""
    [[name, may]] = ask(_ROLE)
    return Finding(bool(may), f"The role {name} may{'' if may else ' not'} replicate.")


def tables(ask: Ask) -> Finding:
    """The seven tables exist, can be read whole, and changes in them can be told apart."""
    found = {
        str(name): (bool(reads), bool(key), bool(rows)) for name, reads, key, rows in ask(_READABLE, (list(TABLES),))
    }
    details = []
    for name in TABLES:
        reads, key, hidden = found.get(name, (False, False, False))
        if name not in found:
            details.append(f"{name}: does not exist")
        elif not reads:
            details.append(f"{name}: the role may not read it")
        elif not key:
            details.append(f"{name}: has neither a primary key nor a replica identity")
        elif hidden:
            details.append(f"{name}: row security hides rows from the role")
    if details:
        return Finding(False, f"{len(details)} of {len(TABLES)} tables are not ready.", tuple(details))
    return Finding(True, f"All {len(TABLES)} tables can be read and have a key.")


def slot(ask: Ask) -> Finding:
    """The task's slot exists and is in use."""
    slots = ask(_SLOTS)
    details = _slot_lines(slots)
    active = [str(name) for name, in_use, _ in slots if in_use]
    if active:
        return Finding(True, f"In use: {', '.join(active)}.", details)
    return Finding(
        False, "A slot exists, but nothing reads from it." if slots else "There is no logical slot.", details
    )


def no_orphan(ask: Ask) -> Finding:
    """No slot without a reader holds back the write-ahead log."""
    idle = [row for row in ask(_SLOTS) if not row[1]]
    if not idle:
        return Finding(True, "No slot is without a reader.")
    return Finding(False, "A slot without a reader fills the source's disk.", _slot_lines(idle))


def held_back(ask: Ask) -> Finding:
    """The slots hold back little of the write-ahead log."""
    slots = ask(_SLOTS)
    held = max((int(str(size)) for _, _, size in slots), default=0)
    return Finding(held <= HELD_BYTES, f"The slots hold back at most {held / (1 << 20):,.1f} MiB.", _slot_lines(slots))


def tls(ask: Ask) -> Finding:
    """The connection to the source is encrypted."""
    [[encrypted, version]] = ask(_TLS)
    return Finding(
        bool(encrypted), f"The connection is encrypted ({version})." if encrypted else "It is not encrypted."
    )


SOURCE_PROBES: Final[Mapping[str, Callable[[Ask], Finding]]] = {
    "source-wal-level": wal_level,
    "source-room": room,
    "source-timeouts": timeouts,
    "source-role": role,
    "source-tables": tables,
    "source-slot": slot,
    "source-no-orphan-slot": no_orphan,
    "source-wal-held": held_back,
    "source-tls": tls,
}


def ask_source(look: Look, probe: Callable[[Ask], Finding]) -> Finding:
    """Connect and let a probe ask. Raises InconclusiveError where the source cannot be reached."""
    import psycopg

    if look.source is None:
        return Finding(None, "There is no way to the source from here.")
    with look.source() as connection:

        def ask(query: LiteralString, parameters: Sequence[object] = ()) -> Rows:
            return connection.execute(query, parameters or None).fetchall()

        try:
            return probe(ask)
        except psycopg.Error as error:
            return Finding(None, f"The source refused the question: {str(error).strip().splitlines()[0]}")


def _settings(ask: Ask) -> dict[str, tuple[str, str, bool]]:
    return {str(name): (str(name), str(value), bool(pending)) for name, value, pending in ask(_SETTINGS)}


def _slot_lines(slots: Rows) -> tuple[str, ...]:
    return tuple(
        f"{name}: {'in use' if active else 'not in use'}, holds {int(str(held)) / (1 << 20):,.1f} MiB"
        for name, active, held in slots
    )
