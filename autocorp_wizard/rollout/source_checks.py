"""Checks of the source database, asked by the probes that the checklists use, with what helps beside each."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from autocorp_wizard.core.preflight.record import (
    Audience,
    Check,
    Group,
    Remedy,
    Restart,
    Seen,
    Status,
    Vantage,
    Variant,
    unsure,
)
from autocorp_wizard.operate.look import Look
from autocorp_wizard.operate.probes import look_with

_DMS: Final = frozenset({"dms"})
_CONNECTED: Final = "pg.auth.login"
_PROVES: Final = "what this computer saw, as the replication user"
_NOT: Final = "that DMS reaches the source: its connection test shows that"


@dataclass(frozen=True, slots=True)
class _Bridge:
    id: str
    title: str
    probe: str
    remedies: Callable[[str], tuple[Remedy, ...]]
    volatile: bool = False
    worst: Status = Status.FAIL


def _sql(text: str, sql: str, restart: Restart = Restart.NONE, undo: str = "") -> Remedy:
    return Remedy(text, Audience.DATABASE, Variant.SELF_MANAGED, sql=sql, restart=restart, undo=undo)


def _rds(text: str, restart: Restart = Restart.NONE) -> tuple[Remedy, ...]:
    return tuple(Remedy(text, Audience.DATABASE, each, restart=restart) for each in (Variant.RDS, Variant.AURORA))


_BRIDGES: Final = (
    _Bridge(
        _CONNECTED,
        "The replication user can log in",
        "source-tls",
        lambda user: (),
    ),
    _Bridge(
        "pg.wal_level",
        "The source writes what replication needs",
        "source-wal-level",
        lambda user: (
            _sql(
                "Switch logical decoding on; it takes a restart.",
                "ALTER SYSTEM SET wal_level = 'logical';",
                Restart.RESTART,
                "ALTER SYSTEM RESET wal_level;",
            ),
            *_rds("Set rds.logical_replication = 1 in the parameter group and reboot.", Restart.RESTART),
        ),
    ),
    _Bridge(
        "pg.slots.free",
        "A slot and a sender are free",
        "source-room",
        lambda user: (
            _sql(
                "Make room for the task's slot and sender; it takes a restart.",
                "ALTER SYSTEM SET max_replication_slots = 10;\nALTER SYSTEM SET max_wal_senders = 10;",
                Restart.RESTART,
                "ALTER SYSTEM RESET max_replication_slots; ALTER SYSTEM RESET max_wal_senders;",
            ),
            *_rds(
                "Raise max_replication_slots and max_wal_senders in the parameter group and reboot.", Restart.RESTART
            ),
        ),
        volatile=True,
    ),
    _Bridge(
        "pg.role.replication",
        "The user may replicate",
        "source-role",
        lambda user: (
            _sql(
                "Let the user replicate.", f"ALTER ROLE {user} REPLICATION;", undo=f"ALTER ROLE {user} NOREPLICATION;"
            ),
            *_rds(f"GRANT rds_replication TO {user};"),
        ),
    ),
    _Bridge(
        "pg.wal_sender_timeout",
        "No timeout ends replication",
        "source-timeouts",
        lambda user: (
            _sql(
                "Set both for this user alone; nothing restarts.",
                f"ALTER ROLE {user} SET wal_sender_timeout = '60s';\n"
                f"ALTER ROLE {user} SET idle_in_transaction_session_timeout = 0;",
                undo=f"ALTER ROLE {user} RESET wal_sender_timeout; "
                f"ALTER ROLE {user} RESET idle_in_transaction_session_timeout;",
            ),
        ),
    ),
    _Bridge(
        "pg.priv.select",
        "Every table can be read whole and has a key",
        "source-tables",
        lambda user: (
            _sql(
                "Let the user read; where row security hides rows, also ALTER ROLE ... BYPASSRLS; a table without a "
                "key needs a primary key or REPLICA IDENTITY FULL.",
                f"GRANT USAGE ON SCHEMA public TO {user};\nGRANT SELECT ON ALL TABLES IN SCHEMA public TO {user};",
                undo=f"REVOKE SELECT ON ALL TABLES IN SCHEMA public FROM {user};",  # noqa: S608  (the same)
            ),
        ),
    ),
    _Bridge(
        "pg.slot.orphans",
        "No slot without a reader fills the disk",
        "source-no-orphan-slot",
        lambda user: (
            _sql(
                "After its owner agreed, drop what nobody reads.",
                "SELECT slot_name, pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active;",
            ),
        ),
        volatile=True,
        worst=Status.WARN,
    ),
)


def source_checks(look: Callable[[], Look], user: str) -> tuple[Check, ...]:
    """Return the checks of the source; `user` is the replication user."""
    return tuple(
        Check(
            each.id,
            each.title,
            Group.SOURCE,
            Vantage.LAPTOP,
            probe=partial(_ask, look, each, user),
            needs=() if each.id == _CONNECTED else (_CONNECTED,),
            proves=_PROVES,
            does_not_prove=_NOT,
            phases=_DMS,
            volatile=each.volatile,
            lane="source",
        )
        for each in _BRIDGES
    )


def _ask(look: Callable[[], Look], bridge: _Bridge, user: str) -> Seen:
    found = look_with(bridge.probe, look())
    if found.holds is None:
        return unsure(found.sentence)
    if bridge.id == _CONNECTED:
        # Reaching the question is the answer here; an unencrypted session on loopback or in a VPC is no fault of it.
        return Seen(Status.PASS, f"{user} logged in. {found.sentence}")
    if found.holds:
        return Seen(Status.PASS, found.sentence, {}, found.details)
    return Seen(bridge.worst, found.sentence, {}, found.details, bridge.remedies(user))
