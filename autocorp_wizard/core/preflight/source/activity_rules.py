"""Rules on what goes on: slots of others, open transactions, the write-ahead log, leftovers of an earlier task."""

from typing import Final

from autocorp_wizard.core.preflight.record import Audience, Remedy, Seen, failed, passed, unsure, warned
from autocorp_wizard.core.preflight.source.facts import Activity, SlotSeen, Wanted
from autocorp_wizard.core.preflight.source.remedies import count, setting, sql

_GIB: Final = 1 << 30
_OLD_XMIN: Final = 50_000_000
_WARN_AGE, _FAIL_AGE = 60.0, 600.0


def orphans(activity: Activity, wanted: Wanted) -> Seen:
    """Judge slots that nobody reads: they keep the write-ahead log for ever."""
    idle = [each for each in activity.slots if not each.active and not _lost(each)]
    own = next((each for each in idle if each.database == wanted.database and each.plugin == wanted.plugin), None)
    if wanted.replicating and own is not None and len(idle) == 1 and own.retained <= _GIB:
        return passed(f"{own.name} has no reader at this moment; it is taken for the task's own.")
    if not idle:
        return passed("No replication slot is without a reader.")
    findings = tuple(
        f"{each.name} ({each.plugin}, {each.database}) holds back {each.retained / (1 << 20):,.1f} MiB" for each in idle
    )
    said = f"{count(len(idle), 'replication slot')} without a reader {'keeps' if len(idle) == 1 else 'keep'} the log."
    grave = any(each.retained > _GIB or each.xmin_age > _OLD_XMIN for each in idle)
    return (failed if grave else warned)(said, *_drop(idle), findings=findings)


def lost(activity: Activity, _: Wanted) -> Seen:
    """Judge slots that have lost their place."""
    dead = [each for each in activity.slots if _lost(each)]
    if not dead:
        return passed("No replication slot has lost its place.")
    findings = tuple(f"{each.name}: {each.wal_status}" for each in dead)
    return warned(f"{count(len(dead), 'dead slot')} still counted.", *_drop(dead), findings=findings)


def writers(activity: Activity, _: Wanted, *, patience: float = _WARN_AGE) -> Seen:
    """Judge transactions that hold an id, in any database: making a slot waits for them; `patience` in seconds."""
    if not activity.writers:
        return passed("No open transaction would keep the replication slot waiting.")
    hidden = [each for each in activity.writers if each.age is None]
    if hidden:
        return warned(
            f"{count(len(hidden), 'open transaction')} of unknown age would keep the replication slot waiting.",
            *_end([each.pid for each in hidden]),
            findings=tuple(f"process {each.pid}" for each in hidden),
        )
    oldest = max(each.age or 0.0 for each in activity.writers)
    if oldest <= patience:
        return passed(f"The oldest of {count(len(activity.writers), 'open transaction')} is {oldest:.0f} s old.")
    old = [each for each in activity.writers if (each.age or 0.0) > patience]
    said = f"A transaction is open for {_span(oldest)}; the replication slot waits for its end."
    findings = tuple(f"process {each.pid}: {each.user} in {each.database}, {each.age:,.0f} s" for each in old)
    remedies = _end([each.pid for each in old])
    return (failed if oldest > _FAIL_AGE else warned)(said, *remedies, findings=findings)


def rate(activity: Activity, wanted: Wanted) -> Seen:
    """Say how fast the write-ahead log grows, and what that means for an outage."""
    steady = activity.wal_steady
    usual = "" if steady is None else f", by {steady / 1024:,.1f} KiB a second since its statistics began"
    return passed(
        f"The write-ahead log grows by {activity.wal_rate / 1024:,.1f} KiB a second just now{usual}; "
        f"{wanted.outage_hours:g} hours of outage would hold back {_needed(activity, wanted) / _GIB:,.1f} GiB.",
        bytes_per_second=round(activity.wal_rate),
        steady_bytes_per_second=None if steady is None else round(steady),
    )


def _needed(activity: Activity, wanted: Wanted) -> float:
    rate = activity.wal_rate if activity.wal_steady is None else activity.wal_steady
    return rate * wanted.outage_hours * 3600


def disk(activity: Activity, wanted: Wanted) -> Seen:
    """Judge whether the disk bears an outage. SQL does not show what is free: somebody says it, or looks."""
    need, free = _needed(activity, wanted), wanted.wal_free_bytes
    there = "" if activity.wal_bytes is None else f" The log has {activity.wal_bytes / (1 << 20):,.0f} MiB today."
    look = Remedy("Look at the disk of the write-ahead log (df), and put an alarm on it.", Audience.DATABASE)
    needed = f"{need / _GIB:,.1f} GiB must be free for {wanted.outage_hours:g} hours without replication"
    bytes_needed = round(need)
    if free is None:
        answer = Remedy(
            "Then tell the wizard how many GB are free.",
            command="autocorp-wizard env edit --set postgres_wal_free_gb=N",
        )
        return unsure(f"{needed}; what is free cannot be seen by SQL.{there}", look, answer, needed_bytes=bytes_needed)
    said = f"{needed}; {free / _GIB:,.1f} GiB are.{there}"
    if free >= 2 * need:
        return passed(said, needed_bytes=bytes_needed, free_bytes=free)
    more = Remedy("Give the write-ahead log more disk, and put an alarm on it.", Audience.DATABASE)
    if free >= need or activity.wal_steady is None:
        sampled = "" if activity.wal_steady is not None else " That is the pace of half a second: look again."
        return warned(f"{said}{sampled}", more, needed_bytes=bytes_needed, free_bytes=free)
    return failed(said, more, needed_bytes=bytes_needed, free_bytes=free)


def archiver(activity: Activity, _: Wanted) -> Seen:
    """Judge the archiving of the log: what is not archived stays."""
    if not activity.archiver_failing:
        return passed("Archiving of the write-ahead log does not fail.")
    remedy = Remedy("Mend archive_command; what is not archived stays on the disk.", Audience.DATABASE)
    return warned("Archiving of the write-ahead log fails.", remedy)


def spill(activity: Activity, _: Wanted) -> Seen:
    """Judge whether decoding spills to disk."""
    if not activity.spilled:
        return passed("No decoding has spilled to disk.")
    return warned(
        f"Decoding has spilled {activity.spilled / (1 << 20):,.0f} MiB to disk: large transactions come late.",
        *setting("logical_decoding_work_mem", "256MB", "Give decoding more memory."),
    )


def leftovers(activity: Activity, _: Wanted) -> Seen:
    """Judge what an earlier DMS task left in the database."""
    if activity.leftover_trigger is None:
        return passed("No event trigger of an earlier DMS task is here.")
    definer, has_table = activity.leftover_trigger
    if definer and has_table:
        return passed("An event trigger of an earlier DMS task is here, and works for everybody.")
    why = "its table is gone, so every CREATE TABLE fails" if not has_table else "it fails for every other user's DDL"
    return failed(
        f"An event trigger of an earlier DMS task is here: {why}.",
        *sql(
            "Drop what the task left, in this order.",
            "DROP EVENT TRIGGER awsdms_intercept_ddl;\nDROP FUNCTION IF EXISTS awsdms_intercept_ddl();\n"
            "DROP TABLE IF EXISTS awsdms_ddl_audit;",
        ),
    )


def publications(activity: Activity, _: Wanted) -> Seen:
    """Judge publications over tables without an identity: they break the application's own updates."""
    if not activity.useless_publications:
        return passed("No publication covers a table without a replica identity.")
    remedy = Remedy("Give the tables a primary key, or take them out of the publication.", Audience.DATABASE)
    return warned(
        "A publication covers a table without a replica identity, so the application's own updates fail.",
        remedy,
        findings=activity.useless_publications,
    )


def _span(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _lost(slot: SlotSeen) -> bool:
    return slot.wal_status in ("lost", "unreserved")


def _drop(slots: list[SlotSeen]) -> tuple[Remedy, ...]:
    statement = "\n".join(f"SELECT pg_drop_replication_slot('{each.name}');" for each in slots)
    return sql("Drop it once its owner agrees.", statement, risk="Whoever reads the slot later has to start anew.")


def _end(pids: list[int]) -> tuple[Remedy, ...]:
    statement = "\n".join(f"SELECT pg_terminate_backend({pid});" for pid in pids)
    return sql("Let it be committed, or end it.", statement, risk="Ending it rolls the transaction back.")
