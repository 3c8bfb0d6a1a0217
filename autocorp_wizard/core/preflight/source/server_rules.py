"""Rules on the server and its settings (reference: PostgreSQL as a source of AWS DMS; sizes and times in the text)."""

from typing import Final

from autocorp_wizard.core.events import Json
from autocorp_wizard.core.preflight.record import Audience, Remedy, Restart, Seen, failed, passed, unsure, warned
from autocorp_wizard.core.preflight.source.facts import LOGICAL_SLOTS_SINCE, Server, Wanted
from autocorp_wizard.core.preflight.source.remedies import count, of_role, setting, sql

# The DMS engine that knows a major version's write-ahead log.
ENGINES: Final = {13: "3.4.3", 14: "3.4.7", 15: "3.5.1", 16: "3.5.3", 17: "3.6.1"}
_NEWEST: Final = max(ENGINES)
_LEAST_SENDER_MS, _MOST_SENDER_MS = 10_000, 300_000
_IDLE_LEAST_MS: Final = 600_000
_FEW_CONNECTIONS, _TOO_FEW_CONNECTIONS = 15, 8


def version(server: Server, _: Wanted) -> Seen:
    """Judge whether DMS knows this version."""
    major = server.version // 10_000
    if server.version < LOGICAL_SLOTS_SINCE:
        return failed(
            f"PostgreSQL {server.version} has no logical decoding; DMS needs 9.4 or newer.",
            Remedy("Upgrade PostgreSQL.", Audience.DATABASE),
            version=server.version,
        )
    if major > _NEWEST:
        return warned(
            f"PostgreSQL {major} is newer than the documentation of DMS that we hold (up to {_NEWEST}).",
            Remedy("Ask AWS which DMS engine supports it, and rehearse a load before the real one."),
            version=server.version,
        )
    needs = ENGINES.get(major)
    said = f"; DMS engine {needs} or newer reads it" if needs else ""
    return passed(f"PostgreSQL {major}{said}.", version=server.version)


def plugin_allowed(server: Server, wanted: Wanted) -> Seen:
    """Judge the list of output plugins that newer minor versions keep."""
    found = server.settings.get("output_plugin_libraries")
    if found is None:
        return passed("This minor version keeps no list of allowed output plugins; a security update will bring it.")
    allowed = [each.strip() for each in found.value.split(",")]
    if wanted.plugin in allowed:
        return passed(f"{wanted.plugin} is an allowed output plugin.", allowed=found.value)
    return failed(
        f"{wanted.plugin} is not among the allowed output plugins ({found.value}).",
        *setting(
            "output_plugin_libraries",
            ", ".join([*allowed, wanted.plugin]),
            f"Allow {wanted.plugin}; a reload is enough.",
        ),
        allowed=found.value,
    )


def primary(server: Server, _: Wanted) -> Seen:
    """Judge whether this is the server that is written to."""
    if not server.in_recovery:
        return passed("The server is a primary.")
    return failed(
        "The server is a standby: DMS cannot make its replication slot there.",
        Remedy("Give the primary's address as postgres_host.", command="autocorp-wizard env edit"),
    )


def clock(server: Server, _: Wanted) -> Seen:
    """Judge the difference between the server's clock and this machine's."""
    if abs(server.skew) <= 5:
        return passed(
            f"Its clock differs from this machine's by {abs(server.skew):.1f} s.", skew_s=round(server.skew, 2)
        )
    return warned(
        f"Its clock differs from this machine's by {abs(server.skew):.0f} s, so latencies and date folders mislead.",
        Remedy("Let both follow a time server (NTP).", Audience.DATABASE),
        skew_s=round(server.skew, 2),
    )


def encoding(server: Server, _: Wanted) -> Seen:
    """Judge the database's encoding."""
    if server.encoding == "UTF8":
        return passed("The database is UTF8.")
    said = f"The database is {server.encoding}; texts may be lost on the way to Parquet."
    remedy = Remedy("Move the data into a database with encoding UTF8.", Audience.DATABASE)
    return failed(said, remedy) if server.encoding == "SQL_ASCII" else warned(said, remedy)


def read_only(server: Server, wanted: Wanted) -> Seen:
    """Judge whether the role may write its heartbeat."""
    if server.settings["default_transaction_read_only"].value == "off":
        return passed("The replication user's transactions may write, as the heartbeat needs.")
    return failed(
        "The replication user's transactions are read-only, so DMS cannot write its heartbeat.",
        # Where the database itself is read-only, so is the administrator's session, until it says otherwise.
        *of_role(
            wanted,
            "default_transaction_read_only",
            "off",
            "Let this user write; it has few rights anyway.",
            first="SET default_transaction_read_only = off;\n",
        ),
    )


def wal_level(server: Server, _: Wanted) -> Seen:
    """Judge whether the write-ahead log holds what logical decoding needs."""
    found = server.settings["wal_level"]
    if found.value == "logical":
        return passed("wal_level is logical.", wal_level=found.value)
    owed = " A restart is owed: the new value waits for it." if found.pending else ""
    remedies = setting(
        "wal_level", "logical", "Let the write-ahead log hold what logical decoding needs.", restart=True,
        parameter="rds.logical_replication", managed_value="1",
    )  # fmt: skip
    if found.pending:
        text = "Restart PostgreSQL; nothing else is missing."
        remedies = (Remedy(text, Audience.DATABASE, restart=Restart.RESTART), *remedies)
    return failed(f"wal_level is {found.value}, not logical.{owed}", *remedies, wal_level=found.value)


def slots_free(server: Server, wanted: Wanted) -> Seen:
    """Judge whether a replication slot is free, or held already."""
    most = server.number("max_replication_slots")
    free = most - server.slots
    evidence: dict[str, Json] = {"max_replication_slots": most, "used": server.slots}
    if wanted.replicating and server.decoders:
        return passed("The task holds its slot already.", **evidence)
    if free > wanted.tasks:
        return passed(f"{count(free, 'replication slot')} of {most} {'is' if free == 1 else 'are'} free.", **evidence)
    remedies = setting(
        "max_replication_slots", str(max(10, server.slots + wanted.tasks + 1)), "Make room for slots.", restart=True
    )
    if free >= wanted.tasks:
        return warned(
            "One replication slot is free, which leaves none for a second try.", *remedies, findings=(), **evidence
        )
    return failed(f"All {most} replication slots are in use.", *remedies, findings=(), **evidence)


def senders_free(server: Server, wanted: Wanted) -> Seen:
    """Judge whether a walsender is free, or held already."""
    most = server.number("max_wal_senders")
    free = most - server.senders
    evidence: dict[str, Json] = {"max_wal_senders": most, "used": server.senders}
    if wanted.replicating and server.decoders:
        return passed("The task has its walsender already.", **evidence)
    if free > wanted.tasks:
        return passed(f"{count(free, 'walsender')} of {most} {'is' if free == 1 else 'are'} free.", **evidence)
    remedies = setting(
        "max_wal_senders", str(max(10, server.senders + wanted.tasks + 2)), "Make room for walsenders.", restart=True
    )
    if free >= wanted.tasks:
        return warned("One walsender is free, which leaves none for a second try.", *remedies, findings=(), **evidence)
    return failed(f"All {most} walsenders are in use.", *remedies, findings=(), **evidence)


def sender_timeout(server: Server, wanted: Wanted) -> Seen:
    """Judge wal_sender_timeout as it is in force for the role (milliseconds)."""
    value = server.number("wal_sender_timeout")
    remedies = of_role(wanted, "wal_sender_timeout", "60s", "Set it for this user alone; nothing restarts.")
    if value == 0 or _LEAST_SENDER_MS <= value <= _MOST_SENDER_MS:
        return passed(f"wal_sender_timeout is {value / 1000:g} s for this user.", milliseconds=value)
    if value < _LEAST_SENDER_MS:
        said = f"wal_sender_timeout is {value / 1000:g} s for this user; below 10 s a DMS task fails."
        return failed(said, *remedies, milliseconds=value)
    said = f"wal_sender_timeout is {value / 1000:g} s for this user; above 5 min a failover is noticed late."
    return warned(said, *remedies, milliseconds=value)


def idle_timeout(server: Server, wanted: Wanted) -> Seen:
    """Judge idle_in_transaction_session_timeout as it is in force for the role (milliseconds)."""
    name = "idle_in_transaction_session_timeout"
    value = server.number(name)
    if value == 0:
        return passed(f"{name} is off for this user.")
    remedies = of_role(wanted, name, "0", "Switch it off for this user alone; nothing restarts.")
    said = f"{name} is {value / 1000:g} s for this user, and DMS idles inside transactions."
    return failed(said, *remedies) if value < _IDLE_LEAST_MS else warned(said, *remedies)


def statement_timeouts(server: Server, wanted: Wanted) -> Seen:
    """Judge the timeouts that would end a long read of the full load."""
    names = ("statement_timeout", "lock_timeout", "idle_session_timeout")
    wrong = [name for name in names if server.number(name)]
    if not wrong:
        return passed("No timeout ends a long read of this user.")
    remedies = [remedy for name in wrong for remedy in of_role(wanted, name, "0", f"Switch {name} off for it.")]
    return warned(f"{' and '.join(wrong)} may end a long read of the full load.", *remedies)


def slot_wal_cap(server: Server, wanted: Wanted) -> Seen:
    """Judge max_slot_wal_keep_size (megabytes, -1 unbounded)."""
    found = server.settings.get("max_slot_wal_keep_size")
    if found is None or found.number == -1:
        return passed("Slots may hold back the write-ahead log without a cap; the disk is the limit.")
    cap = found.number << 20
    said = f"A slot is lost once it holds back more than {found.number:,} MB (max_slot_wal_keep_size)."
    remedies = setting(
        "max_slot_wal_keep_size", "-1", f"Lift the cap, or raise it to {wanted.outage_hours:g} hours of log."
    )
    return failed(said, *remedies) if cap < 1 << 30 else warned(said, *remedies)


def slot_idle_cap(server: Server, _: Wanted) -> Seen:
    """Judge idle_replication_slot_timeout (PostgreSQL 18 and newer)."""
    value = server.number("idle_replication_slot_timeout")
    if not value:
        return passed("No slot is given up for being idle.")
    return warned(
        "A paused task loses its slot after idle_replication_slot_timeout.",
        *setting("idle_replication_slot_timeout", "0", "Keep slots of a paused task."),
    )


def wal_keep(server: Server, _: Wanted) -> Seen:
    """Say what wal_keep_size does not do."""
    return passed(
        f"wal_keep_size is {server.number('wal_keep_size')} MB; it is for standbys, a slot keeps its own log."
    )


def decoding_memory(server: Server, _: Wanted) -> Seen:
    """Say how much memory decoding may take before it spills (kilobytes)."""
    value = server.number("logical_decoding_work_mem")
    if not value:
        return passed("This version decodes without logical_decoding_work_mem.")
    return passed(f"Decoding keeps up to {value / 1024:g} MB of a transaction in memory, and spills the rest to disk.")


def sync_commit(server: Server, _: Wanted) -> Seen:
    """Judge synchronous_commit, which Aurora needs on."""
    value = server.settings["synchronous_commit"].value
    if server.managed == "aurora" and value != "on":
        return failed(
            f"synchronous_commit is {value}; Aurora needs it on.", *setting("synchronous_commit", "on", "Set it.")
        )
    return passed(f"synchronous_commit is {value}.")


def prepared(server: Server, _: Wanted) -> Seen:
    """Judge prepared transactions: the slot waits for them."""
    if not server.prepared:
        return passed("No prepared transaction is open.")
    findings = tuple(f"{each.gid} in {each.database}, {each.age:,.0f} s old" for each in server.prepared)
    statement = "\n".join(f"ROLLBACK PREPARED '{each.gid.replace(chr(39), chr(39) * 2)}';" for each in server.prepared)
    said = f"{count(len(server.prepared), 'prepared transaction')} would keep the replication slot waiting."
    risk = "What the transaction did is lost; COMMIT PREPARED keeps it. Run it in the database that is named."
    remedies = sql("End each in its own database, with its owner's consent.", statement, risk=risk)
    old = any(each.age > 60 for each in server.prepared)
    return (failed if old else warned)(said, *remedies, findings=findings)


def connections(server: Server, _: Wanted) -> Seen:
    """Judge how many connections are free (a full load takes eight, and some more)."""
    free = server.free_connections
    if not server.is_monitor:
        return unsure(f"About {free} connections are free, but this user does not see the sessions of others.")
    if free >= _FEW_CONNECTIONS:
        return passed(f"{free} connections are free.", free=free)
    said = (
        f"Only {count(free, 'connection')} {'is' if free == 1 else 'are'} free; a full load takes eight and some more."
    )
    most = str(server.number("max_connections") + 20)
    remedies = setting("max_connections", most, "Make room for connections.", restart=True)
    return failed(said, *remedies, free=free) if free < _TOO_FEW_CONNECTIONS else warned(said, *remedies, free=free)


def pglogical(server: Server, _: Wanted) -> Seen:
    """Judge whether DMS might choose another plugin."""
    if not server.has_pglogical:
        return passed("pglogical is not installed, so DMS uses test_decoding.")
    return warned(
        "pglogical is installed; unless told otherwise DMS prefers it, and it knows no full replica identity.",
        Remedy("Pin PluginName to test-decoding on the source endpoint."),
    )


def failover(server: Server, wanted: Wanted) -> Seen:
    """Judge whether a failover would lose the slot."""
    standbys = server.physical_senders
    if not standbys:
        return passed("No standby follows this server, so no failover can lose the slot.")
    if server.version >= 170_000:
        return passed(f"{count(standbys, 'standby', 'standbys')}; PostgreSQL 17 can keep slots there (failover slots).")
    return warned(
        f"{count(standbys, 'standby follows', 'standbys follow')}; a failover loses the replication slot, and the full "
        "load starts again.",
        Remedy("Plan for a reload after a failover: autocorp-wizard dms reload", Audience.DATABASE),
    )


def subscriber(server: Server, wanted: Wanted) -> Seen:
    """Judge whether replicated DDL would be missed."""
    if not server.subscriptions or not wanted.captures_ddl:
        return passed(f"{count(server.subscriptions, 'subscription')}; DDL is not captured.")
    return warned(
        "This database subscribes to another; its event trigger does not fire for replicated DDL.",
        *sql("Let it fire always.", "ALTER EVENT TRIGGER awsdms_intercept_ddl ENABLE ALWAYS;"),
    )


def workers(server: Server, _: Wanted) -> Seen:
    """Say how max_worker_processes stands (a rule of AWS for RDS only)."""
    return passed(f"max_worker_processes is {server.number('max_worker_processes')}; only RDS has a rule on it.")


def timezone(server: Server, _: Wanted) -> Seen:
    """Say the time zone."""
    return passed(f"TimeZone is {server.settings['TimeZone'].value}; infinite timestamps would be clamped by DMS.")


def encrypted(server: Server, wanted: Wanted) -> Seen:
    """Judge the encryption of our own session."""
    if not server.encrypted:
        return (
            passed("The session is not encrypted, as ssl_mode none wants it.")
            if wanted.ssl_mode == "none"
            else failed(
                f"The session is not encrypted, but DMS is to use ssl_mode {wanted.ssl_mode}.",
                *setting("ssl", "on", "Offer TLS, with a server certificate and key."),
            )
        )
    if server.tls_version in ("TLSv1.2", "TLSv1.3"):
        return passed(f"The session speaks {server.tls_version}.")
    return failed(
        f"The session speaks {server.tls_version}; DMS wants TLS 1.2 or newer.",
        *setting("ssl_min_protocol_version", "TLSv1.2", "Refuse older protocols."),
    )
