"""A curated table in Apache Hudi: copy-on-write, unpartitioned, single writer, table version 6 so that Athena reads it.

The ledger rides in the commit's extra metadata. The timeline is read as files: in table version 6 a completed commit is
one JSON document.
"""

import json
from collections.abc import Iterator

from pyspark.sql import DataFrame, SparkSession

from glue_scripts.lake.batch import Mode
from glue_scripts.lake.contracts import Contract
from glue_scripts.lake.ledger import Ledger, decode
from glue_scripts.lake.refusals import BatchRefusedError
from glue_scripts.lake.sinks import conformed
from glue_scripts.lake.storage import Storage

LEDGER_KEY = "_acw_ledger"
_PREFIX = "_acw_"
_OPERATIONS = {Mode.FIRST: "bulk_insert", Mode.UPSERT: "upsert", Mode.REPLACE: "insert_overwrite_table"}


def write_options(contract: Contract, mode: Mode, *, database: str, parallelism: int = 8) -> dict[str, str]:
    """Return Hudi's options for a commit. An empty `database` leaves the catalog alone.

    `parallelism` is that of the session: Hudi's own are a hundred tasks and more, which cost a small table seconds.
    """
    options = {
        "hoodie.table.name": contract.name,
        "hoodie.datasource.write.operation": _OPERATIONS[mode],
        "hoodie.datasource.write.table.type": "COPY_ON_WRITE",
        "hoodie.datasource.write.recordkey.field": contract.key,
        "hoodie.datasource.write.precombine.field": "_change_seq",
        "hoodie.datasource.write.partitionpath.field": "",
        "hoodie.datasource.write.keygenerator.class": "org.apache.hudi.keygen.NonpartitionedKeyGenerator",
        # Not AWSDmsAvroPayload: it ignores the order when it meets the stored row.
        "hoodie.datasource.write.payload.class": "org.apache.hudi.common.model.DefaultHoodieRecordPayload",
        "hoodie.payload.ordering.field": "_change_seq",
        "hoodie.payload.event.time.field": "_change_seq",
        "hoodie.datasource.write.commitmeta.key.prefix": _PREFIX,
        # One row per key arrives here; sorting that out again costs a shuffle.
        "hoodie.combine.before.upsert": "false",
        "hoodie.index.type": "SIMPLE",
        # One table, one writer: a commit that died is rolled back by the next.
        "hoodie.clean.failed.writes.policy": "EAGER",
        "hoodie.cleaner.policy": "KEEP_LATEST_BY_HOURS",
        "hoodie.cleaner.hours.retained": "72",
        # A table is a few files: a server that lists them costs more than it saves.
        "hoodie.embed.timeline.server": "false",
        # Reading and writing a file in two threads pays where there are cores to spare.
        "hoodie.write.executor.type": "SIMPLE",
        # An upsert writes the files that it touches anew: Hudi's gzip costs several times the time for the same size.
        "hoodie.parquet.compression.codec": "zstd",
        "hoodie.simple.index.parallelism": str(parallelism),
        "hoodie.finalize.write.parallelism": str(parallelism),
        "hoodie.rollback.parallelism": str(parallelism),
        # The newest that Athena promises to read; later lines of Hudi would write another one.
        "hoodie.write.table.version": "6",
        "hoodie.write.auto.upgrade": "false",
    }
    if database:
        options |= {
            "hoodie.datasource.hive_sync.enable": "true",
            "hoodie.datasource.hive_sync.mode": "hms",
            "hoodie.datasource.hive_sync.use_jdbc": "false",
            "hoodie.datasource.hive_sync.database": database,
            "hoodie.datasource.hive_sync.table": contract.name,
            "hoodie.datasource.hive_sync.partition_extractor_class": "org.apache.hudi.hive.NonPartitionedExtractor",
            "hoodie.datasource.meta_sync.condition.sync": "true",
        }
    return options


class HudiSink:
    """The table of `contract` at `path`."""

    def __init__(self, spark: SparkSession, contract: Contract, path: str, *, database: str = "") -> None:
        self._spark = spark
        self._contract = contract
        self._path = path
        self._storage = Storage(spark)
        self._database = database

    def recover(self) -> None:
        """Reopen a commit whose completing file is empty, so that Hudi rolls it back at the next write.

        A disk, unlike S3, has that file before its content. Hudi would take the commit for complete, yet nothing would
        say what it has taken in.
        """
        for name, content in self._completed():
            if content:
                return
            self._storage.delete(f"{self._path}/.hoodie/{name}")

    def ledger(self) -> Ledger | None:
        """Return the ledger of the last commit of ours; None where no commit was ever completed.

        Raises BatchRefusedError where the table has commits, but none of them is ours: somebody else writes it.
        """
        foreign = ""
        for name, document in self._commits():
            metadata = document.get("extraMetadata")
            if isinstance(metadata, dict) and isinstance(metadata.get(LEDGER_KEY), str):
                return decode(metadata[LEDGER_KEY])
            foreign = name
        if foreign:
            raise BatchRefusedError(
                "LEDGER-MISSING",
                f"{self._path} has commits, but none says what it has taken in.",
                why=f"The commit {foreign} and those before it were not made by this job.",
                next_step="Move the table out of the way; the job builds it anew from the raw files.",
            )
        return None

    def current(self) -> DataFrame:
        """Return what the table holds now, in the columns of its contract."""
        return conformed(self._spark.read.format("hudi").load(self._path), self._contract)

    def commit(self, rows: DataFrame, mode: Mode, ledger: Ledger) -> str:
        """Write `rows` in one commit with `ledger` in it. Raises BatchRefusedError where Hudi did not complete it."""
        if mode is not Mode.UPSERT:
            # Only an upsert applies deletions; there is nothing here that they could meet.
            rows = rows.where("not _deleted")
        frame = rows.withColumnRenamed("_deleted", "_hoodie_is_deleted")
        options = write_options(
            self._contract,
            mode,
            database=self._database,
            parallelism=2 * self._spark.sparkContext.defaultParallelism,
        )
        # A first load that died left no completed commit: overwriting it cannot lose or double anything.
        save_mode = "overwrite" if mode is Mode.FIRST else "append"
        (
            frame.write.format("hudi")
            .options(**options)
            .option(LEDGER_KEY, ledger.encode())
            .mode(save_mode)
            .save(self._path)
        )
        for name, document in self._commits():
            metadata = document.get("extraMetadata")
            if isinstance(metadata, dict) and metadata.get(LEDGER_KEY) == ledger.encode():
                return name
        raise BatchRefusedError(
            "COMMIT-MISSING",
            f"{self._contract.name}: Hudi ended without the commit of batch {ledger.number}.",
            why="Writing some of the files failed; Hudi rolls the attempt back at the next run.",
            next_step="Look into the job's log and run it again.",
        )

    def _commits(self) -> Iterator[tuple[str, dict[str, object]]]:
        """Yield (instant, content) of completed commits, newest first."""
        for name, content in self._completed():
            document = json.loads(content) if content else None
            if isinstance(document, dict):
                yield name.partition(".")[0], document

    def _completed(self) -> Iterator[tuple[str, bytes]]:
        """Yield (name, content) of the files that complete a commit, newest first; see `recover` for an empty one."""
        timeline = f"{self._path}/.hoodie"
        names = [name for name in self._storage.names(timeline) if name.endswith((".commit", ".replacecommit"))]
        for name in sorted(names, reverse=True):
            yield name, self._storage.read(f"{timeline}/{name}")
