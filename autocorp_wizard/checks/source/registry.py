"""Every check of the source, in the order in which it is shown."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar

from autocorp_wizard.adapters.source_facts import Once, SourceFacts
from autocorp_wizard.adapters.source_sessions import SourceLogin
from autocorp_wizard.checks.source import slot
from autocorp_wizard.checks.source.reach import Reach
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.preflight.record import Check, Group, Seen, SideEffect, Vantage
from autocorp_wizard.core.preflight.source import activity_rules as on_activity
from autocorp_wizard.core.preflight.source import column_rules as on_columns
from autocorp_wizard.core.preflight.source import hba_rules as on_hba
from autocorp_wizard.core.preflight.source import peer_rules as on_peer
from autocorp_wizard.core.preflight.source import role_rules as on_role
from autocorp_wizard.core.preflight.source import server_rules as on_server
from autocorp_wizard.core.preflight.source import table_rules as on_tables
from autocorp_wizard.core.preflight.source.facts import Wanted

T = TypeVar("T")
_DMS: Final = frozenset({"dms"})
_IN: Final = ("pg.auth.login",)
_PROVES: Final = "what this computer saw, as the replication user"
_NOT: Final = "that DMS reaches the source: its connection test shows that"


@dataclass(frozen=True, slots=True)
class _Rule:
    id: str
    title: str
    judge: Callable[..., Seen]
    volatile: bool = False
    integrity: bool = False
    needs: tuple[str, ...] = ()


_SERVER: Final = (
    _Rule("pg.version", "DMS knows this version", on_server.version),
    _Rule("pg.minor", "The output plugin is allowed", on_server.plugin_allowed),
    _Rule("pg.primary", "It is the primary", on_server.primary),
    _Rule("pg.readonly", "The user may write its heartbeat", on_server.read_only),
    _Rule("pg.clock", "The clocks agree", on_server.clock),
    _Rule("pg.encoding", "The database is UTF8", on_server.encoding),
    _Rule("pg.timezone", "The time zone is known", on_server.timezone),
    _Rule("pg.tls.version", "The session is encrypted as it should", on_server.encrypted),
    _Rule("pg.wal_level", "The log holds what replication needs", on_server.wal_level),
    _Rule("pg.slots.free", "A replication slot is free", on_server.slots_free, volatile=True),
    _Rule("pg.senders.free", "A walsender is free", on_server.senders_free, volatile=True),
    _Rule("pg.wal_sender_timeout", "No timeout ends replication", on_server.sender_timeout),
    _Rule("pg.idle_in_txn_timeout", "Idling in a transaction is allowed", on_server.idle_timeout),
    _Rule("pg.stmt_timeout", "No timeout ends a long read", on_server.statement_timeouts),
    _Rule("pg.slot_wal_cap", "A slot keeps what it needs", on_server.slot_wal_cap),
    _Rule("pg.slot_idle_cap", "A paused task keeps its slot", on_server.slot_idle_cap),
    _Rule("pg.wal_keep", "What wal_keep_size is for", on_server.wal_keep),
    _Rule("pg.worker_processes", "Worker processes", on_server.workers),
    _Rule("pg.decoding_mem", "Memory of decoding", on_server.decoding_memory),
    _Rule("pg.sync_commit", "Commits are as AWS wants them", on_server.sync_commit),
    _Rule("pg.prepared", "No prepared transaction is open", on_server.prepared, volatile=True),
    _Rule("pg.max_connections", "Connections are free", on_server.connections, volatile=True),
    _Rule("pg.preload.pglogical", "DMS chooses the plugin we mean", on_server.pglogical),
    _Rule("pg.ha.failover", "What a failover does to the slot", on_server.failover),
    _Rule("pg.subscriber", "DDL from elsewhere", on_server.subscriber),
)
_ROLE: Final = (
    _Rule("pg.auth.validuntil", "The login outlives the task", on_role.validity),
    _Rule("pg.hba.errors", "pg_hba.conf has no faulty line", on_hba.errors),
    _Rule("pg.hba.cidr", "DMS's network is let in", on_hba.network, needs=("pg.tls.required",)),
    _Rule("pg.role.replication", "The user may replicate", on_role.may_replicate),
    _Rule("pg.role.super", "The user has few rights", on_role.is_super),
    _Rule("pg.priv.usage", "Its schemas can be used", on_role.usage),
    _Rule("pg.heartbeat", "The heartbeat can be written", on_role.heartbeat),
    _Rule("pg.role.fresh", "Later tables can be read", on_role.future_tables),
)
_ACTIVITY: Final = (
    _Rule("pg.slot.orphans", "No slot is without a reader", on_activity.orphans, volatile=True),
    _Rule("pg.slot.lost", "No slot has lost its place", on_activity.lost),
    _Rule("pg.txn.long", "No transaction holds the slot back", on_activity.writers, volatile=True),
    _Rule("pg.wal.rate", "How fast the log grows", on_activity.rate),
    _Rule("pg.wal.disk", "The disk bears an outage", on_activity.disk),
    _Rule("pg.archiver", "Archiving works", on_activity.archiver),
    _Rule("pg.bigtx", "Decoding stays in memory", on_activity.spill),
    _Rule("pg.ddl.leftover", "Nothing is left of an earlier task", on_activity.leftovers),
    _Rule("pg.tbl.nopub", "No publication breaks the application", on_activity.publications),
)
_TABLES: Final = (
    _Rule("pg.selection", "The selected tables exist", on_tables.selection),
    _Rule("pg.priv.select", "Every column can be read", on_tables.readable),
    _Rule("pg.rls", "No row is hidden", on_tables.row_security, integrity=True),
    _Rule("pg.tbl.pk", "Every table has a key", on_tables.keys),
    _Rule("pg.tbl.ri", "Changes carry the key", on_tables.identity),
    _Rule("pg.tbl.unlogged", "Every table is logged", on_tables.unlogged, integrity=True),
    _Rule("pg.tbl.foreign", "They are tables of this database", on_tables.foreign),
    _Rule("pg.tbl.partitioned", "Partitions", on_tables.partitioned),
    _Rule("pg.tbl.inherits", "No row comes twice", on_tables.inheritance),
    _Rule("pg.tbl.case", "No names differ only in case", on_tables.twins),
    _Rule("pg.tbl.names", "Names are fit for Glue", on_tables.names),
    _Rule("pg.tbl.array_nopk", "Arrays have a key beside them", on_tables.arrays, needs=("pg.tbl.pk",)),
    _Rule("pg.tbl.lobpk", "Keys are bounded", on_tables.lob_keys),
    _Rule("pg.tbl.exprunique", "Unique indexes are plain", on_tables.expressions),
    _Rule("pg.tbl.deferrable", "Keys are not deferrable", on_tables.deferrable),
    _Rule("pg.size.total", "How large the tables are", on_tables.sizes),
    _Rule("pg.stats.fresh", "Statistics are fresh", on_tables.statistics),
    _Rule("pg.col.lob", "No text is cut", on_columns.lobs, integrity=True),
    _Rule("pg.col.oid_lob", "No large objects", on_columns.large_objects),
    _Rule("pg.col.postgis", "No PostGIS types", on_columns.geometry),
    _Rule("pg.col.numeric", "Numbers keep their digits", on_columns.numerics),
    _Rule("pg.col.varchar", "Texts have a length", on_columns.varchars),
    _Rule("pg.col.generated", "Generated columns arrive", on_columns.generated),
    _Rule("pg.col.enum", "Labels are short", on_columns.enums),
    _Rule("pg.col.unlisted", "DMS knows every type", on_columns.unlisted),
    _Rule("pg.col.bool", "How booleans arrive", on_columns.booleans),
)


class _Source:
    """A source that is made out when the first check asks; an error is raised to each that asks."""

    def __init__(self, prepare: Callable[[], tuple[SourceLogin, Wanted]]) -> None:
        self._prepare, self._guard = prepare, threading.Lock()
        self._made: tuple[Reach, SourceFacts] | WizardError | None = None

    def __call__(self) -> tuple[Reach, SourceFacts]:
        with self._guard:
            if self._made is None:
                try:
                    login, wanted = self._prepare()
                    reach = Reach(login, wanted)
                    self._made = (reach, SourceFacts(reach.sessions, wanted))
                except WizardError as error:
                    self._made = error
        if isinstance(self._made, WizardError):
            raise self._made
        return self._made

    def release(self) -> None:
        """End the sessions, where there are any."""
        with self._guard:
            if isinstance(self._made, tuple):
                self._made[0].sessions.close()


def source_checks(prepare: Callable[[], tuple[SourceLogin, Wanted]]) -> tuple[Check, ...]:
    """Return every check of a source. Nothing is asked, not even `prepare`, before the first of them runs."""
    source = _Source(prepare)
    check = partial(Check, group=Group.SOURCE, proves=_PROVES, does_not_prove=_NOT, release=source.release)

    def asked(probe: Callable[[Reach], Seen]) -> Callable[[], Seen]:
        return lambda: probe(source()[0])

    here = partial(check, vantage=Vantage.LAPTOP)

    def rules(listed: tuple[_Rule, ...], of: Callable[[SourceFacts], Once[T]]) -> tuple[Check, ...]:
        return tuple(
            here(
                each.id,
                each.title,
                probe=partial(_judge, source, each, of),
                needs=_IN + each.needs,
                phases=_DMS,
                volatile=each.volatile,
                integrity=each.integrity,
                timeout=20.0,
            )
            for each in listed
        )

    return (
        here("pg.dns", "Its name has an address", probe=asked(Reach.dns), phases=_DMS),
        here("pg.tcp", "Its port is open", probe=asked(Reach.tcp), needs=("pg.dns",), phases=_DMS),
        here("pg.wire", "PostgreSQL answers", probe=asked(Reach.wire), needs=("pg.tcp",), phases=_DMS),
        here("pg.tls.offered", "TLS is offered", probe=asked(Reach.tls_offered), needs=("pg.wire",), phases=_DMS),
        here("pg.tls.cert", "Its certificate is good", probe=asked(Reach.tls_certificate), needs=("pg.tls.offered",)),
        here(
            "pg.tls.required",
            "DMS is let in as it comes",
            probe=asked(Reach.plain_text),
            needs=("pg.wire",),
            phases=_DMS,
        ),
        here("pg.auth.method", "Passwords are hashed", probe=asked(Reach.method), needs=("pg.wire",)),
        here(
            "pg.auth.login",
            "The replication user can log in",
            probe=asked(Reach.log_in),
            needs=("pg.wire", "pg.tls.offered", "pg.tls.cert"),
            phases=_DMS,
            integrity=True,
        ),
        here("pg.pooler", "No pooler is in between", probe=asked(Reach.pooler), needs=_IN, phases=_DMS),
        *rules(_SERVER, lambda facts: facts.server),
        *rules(_ROLE, lambda facts: facts.role),
        here(
            "pg.hba.repl",
            "A replication connection is let in",
            probe=asked(Reach.walsender),
            phases=_DMS,
            needs=("pg.auth.login", "pg.pooler", "pg.role.replication", "pg.senders.free", "pg.primary"),
        ),
        here(
            "pg.stable_peer",
            "It is the server that is meant",
            probe=lambda: _same_server(*source()),
            phases=_DMS,
            needs=("pg.hba.repl",),
            integrity=True,
        ),
        *rules(_ACTIVITY, lambda facts: facts.activity),
        here(
            "pg.slot.probe",
            "A slot can be made",
            probe=lambda: slot.probe(*source()),
            needs=(
                "pg.auth.login",
                "pg.wal_level",
                "pg.slots.free",
                "pg.role.replication",
                "pg.prepared",
                "pg.txn.long",
                "pg.primary",
                "pg.minor",
            ),
            phases=_DMS,
            side_effects=SideEffect.TEMPORARY_SLOT,
            volatile=True,
            integrity=True,
            timeout=15.0,
        ),
        *rules(_TABLES, lambda facts: facts.tables),
    )


def _judge(source: _Source, rule: _Rule, of: Callable[[SourceFacts], Once[T]]) -> Seen:
    reach, facts = source()
    facts.begin()
    return rule.judge(of(facts)(), reach.wanted)


def _same_server(reach: Reach, facts: SourceFacts) -> Seen:
    return on_peer.stable_peer(facts.server(), reach.wanted, reach.walsender_identifier)
