"""One batch of one table: plan, read, judge, collapse, account, commit."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial

from pyspark.sql import DataFrame, SparkSession

from glue_scripts.lake.account import Account
from glue_scripts.lake.arguments import Settings
from glue_scripts.lake.batch import Batch, Mode, in_order, of_epoch, plan, read_marker
from glue_scripts.lake.changes import Judged, read_changes
from glue_scripts.lake.cleaning import judge
from glue_scripts.lake.collapse import absent, accepted, last_per_key, newest_lines
from glue_scripts.lake.contracts import Contract, KeyRule, Origin
from glue_scripts.lake.csv_files import read_exports
from glue_scripts.lake.lease import held_lease
from glue_scripts.lake.ledger import NOTHING_TAKEN, File, Taken
from glue_scripts.lake.parquet_files import group_by_schema
from glue_scripts.lake.sinks import Sink
from glue_scripts.lake.sinks.hudi import HudiSink
from glue_scripts.lake.sinks.parquet import ParquetSink
from glue_scripts.lake.storage import Storage
from glue_scripts.lake.verdicts import Verdicts, verdicts_of

NOTHING_ARRIVED = "No files have arrived yet: nothing was written."
NOTHING_NEW = "Every file was taken in before: nothing was written."
NOTHING_LEFT = "The files that were taken in are gone, and no others are there: nothing was written, the rows stay."


def run(spark: SparkSession, contract: Contract, settings: Settings) -> Account:
    """Take in what has arrived for one table and return the account of it.

    Raises BatchRefusedError where that cannot be done right; the table is then as it was.
    """
    began = time.monotonic()
    with held_lease(settings.zones.lease(contract)) as confirm:
        account = _run(spark, contract, settings, confirm)
    return replace(account, seconds=time.monotonic() - began)


def _run(spark: SparkSession, contract: Contract, settings: Settings, confirm: Callable[[], None]) -> Account:
    storage, zones = Storage(spark), settings.zones
    sink = _sink(spark, contract, settings)
    sink.recover()
    ledger = sink.ledger()
    text = storage.read_if_there(zones.epoch_marker(contract)) if contract.origin is Origin.DATABASE else None
    marker = read_marker(text, zones.epoch_marker(contract)) if text is not None else None

    @cache
    def listing(since: str) -> list[File]:
        return of_epoch(_listing(storage, contract, settings, since), marker)

    # A reload starts from nothing, so it looks at days that the old epoch had closed too.
    reload = marker is not None and ledger is not None and marker.name != ledger.epoch
    arrived = listing("" if ledger is None or reload else ledger.closed)
    batch = plan(contract, arrived, ledger, marker)
    if not batch.files:
        nothing = NOTHING_LEFT if ledger and ledger.files else NOTHING_ARRIVED
        return Account(contract.name, note=NOTHING_NEW if arrived else nothing)

    look = cache(partial(_judged, spark, contract, settings))
    if ledger is not None and batch.mode is Mode.UPSERT and contract.origin is Origin.DATABASE:
        batch = in_order(batch, ledger, lambda each: look(each)[1].first_change, listing)
    judged, verdicts = look(batch)
    number = (ledger or NOTHING_TAKEN).number + 1
    with _collapsed(judged.frame, contract) as merged:
        account = _account(contract, judged, verdicts, batch, merged)
        account.check()
        account.judge(settings.breaker)
        rows = merged.drop("_merged")
        snapshot = settings.snapshot and contract.origin is Origin.EXPORT
        if batch.mode is Mode.UPSERT and (contract.key_rule is KeyRule.LINE or snapshot) and account.written:
            gone = absent(sink.current(), rows, contract, snapshot=snapshot)
            rows = rows.unionByName(gone)
            account = replace(account, absent=gone.count())
        _set_aside(judged.frame, zones.set_aside(contract, number), storage, some=bool(account.set_aside))
        uris = {storage.uri(f"{zones.incoming(contract)}/{file.name}"): file for file in batch.files}
        taken = [Taken(file, verdicts.taken.get(uri, "")) for uri, file in uris.items()]
        anew = batch.mode is not Mode.UPSERT
        entered = (ledger or NOTHING_TAKEN).after(batch.identity, taken, epoch=batch.epoch, anew=anew)
        confirm()
        return replace(account, commit=sink.commit(rows, batch.mode, entered))


def _sink(spark: SparkSession, contract: Contract, settings: Settings) -> Sink:
    path = settings.zones.table(contract, settings.sink)
    if settings.sink == "parquet":
        return ParquetSink(spark, contract, path)
    return HudiSink(spark, contract, path, database=settings.database)


def _listing(storage: Storage, contract: Contract, settings: Settings, since: str) -> list[File]:
    """Return the files of the table, without those of days before `since`."""

    def enter(name: str) -> bool:
        return not name.replace("/", "").isdigit() or name >= since[: len(name)]

    root = settings.zones.incoming(contract)
    return [file for folder in contract.folders for file in storage.files(root, folder, enter=enter)]


def _judged(spark: SparkSession, contract: Contract, settings: Settings, batch: Batch) -> tuple[Judged, Verdicts]:
    root = settings.zones.incoming(contract)
    if contract.origin is Origin.DATABASE:
        judged = read_changes(
            spark, contract, group_by_schema(spark, root, batch.files), lob_max_size=settings.lob_max_size
        )
    else:
        storage = Storage(spark)
        arrived = {storage.uri(f"{root}/{file.name}"): file.modified for file in batch.files}
        exports = read_exports(spark, contract, root, batch.files)
        today = datetime.now(UTC).date()
        judged = judge(contract, exports, arrived, window=settings.window, today=today)
    verdicts = verdicts_of(judged.frame)
    verdicts.check(contract)
    return judged, verdicts


@contextmanager
def _collapsed(frame: DataFrame, contract: Contract) -> Iterator[DataFrame]:
    """Give one row per key. It is counted and written, so it is kept between the two."""
    rows = accepted(frame)
    if contract.key_rule is KeyRule.LINE:
        rows = newest_lines(rows, contract)
    merged = last_per_key(rows, contract).persist()
    try:
        yield merged
    finally:
        merged.unpersist()


def _account(contract: Contract, judged: Judged, verdicts: Verdicts, batch: Batch, merged: DataFrame) -> Account:
    """Count what became of the rows. What was read is what the files themselves say they hold."""
    aside = sum(verdicts.set_aside.values())
    (row,) = merged.selectExpr(
        "coalesce(sum(if(_deleted, 0, 1)), 0) as written",
        "coalesce(sum(if(_deleted, 1, 0)), 0) as deleted",
        "coalesce(sum(_merged), 0) as merged",
    ).collect()
    folded = row["merged"] - row["written"] - row["deleted"]
    if contract.key_rule is KeyRule.LINE:
        # Lines of an order that a newer file of the same batch holds too.
        folded += verdicts.read - aside - row["merged"]
    return Account(
        contract.name,
        read=judged.rows,
        written=row["written"],
        deleted=row["deleted"],
        folded=folded,
        set_aside=verdicts.set_aside,
        warnings=verdicts.warnings,
        unknown=judged.unknown,
        files=len(batch.files),
    )


def _set_aside(frame: DataFrame, directory: str, storage: Storage, *, some: bool) -> None:
    """Write what is set aside, with its reasons and as it was read; nothing of an attempt that died stays there."""
    if not some:
        storage.delete(directory)
        return
    (
        frame.where("size(_reasons) > 0")
        .selectExpr(
            "_file as file", "_position as position", "_reasons as reasons", "_raw as raw", "_changed_at as arrived"
        )
        .write.mode("overwrite")
        .parquet(directory)
    )
