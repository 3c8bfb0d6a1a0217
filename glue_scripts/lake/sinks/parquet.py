"""A curated table as plain Parquet: rewritten whole by each batch, and switched over by one small file.

Same keys, order, deletions and ledger as the Hudi table, for machines without the Hudi bundle. It suits small tables.
"""

import json

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

from glue_scripts.lake.batch import Mode
from glue_scripts.lake.contracts import Contract
from glue_scripts.lake.ledger import Ledger, decode
from glue_scripts.lake.sinks import conformed
from glue_scripts.lake.storage import Storage

_COMMITS = "_commits"
_KEPT = 2


class ParquetSink:
    """The table of `contract` at `path`: `_commits/NUMBER.json` names the directory with the rows of that commit."""

    def __init__(self, spark: SparkSession, contract: Contract, path: str) -> None:
        self._spark = spark
        self._contract = contract
        self._path = path
        self._storage = Storage(spark)

    def recover(self) -> None:
        """Nothing is half done here: a commit is one file that was renamed into its place, or was not."""

    def ledger(self) -> Ledger | None:
        """Return the ledger of the last commit; None where there is no table yet."""
        commit = self._last()
        return decode(commit["ledger"]) if commit else None

    def current(self) -> DataFrame:
        """Return what the table holds now, in the columns of its contract."""
        commit = self._last()
        assert commit is not None, "a table without a commit has no rows to read"  # noqa: S101
        return conformed(self._spark.read.parquet(f"{self._path}/{commit['data']}"), self._contract)

    def commit(self, rows: DataFrame, mode: Mode, ledger: Ledger) -> str:
        """Write the table anew and switch over to it."""
        columns = [name for name, _ in self._contract.curated]
        kept = [*columns, "_change_seq", "_changed_at", "_deleted"]
        frame = rows.select(*kept, f.lit(1).alias("_newer"))
        if mode is Mode.UPSERT:
            there = self.current().select(*columns, "_change_seq", "_changed_at", f.lit(False).alias("_deleted"))
            frame = frame.unionByName(there.withColumn("_newer", f.lit(0)))
        # As Hudi's event-time order: what comes in wins over what is there unless that is newer.
        last = f.max_by(f.struct(*kept), f.struct("_change_seq", "_newer"))
        merged = frame.groupBy(f.col(self._contract.key).alias("_key")).agg(last.alias("_last")).select("_last.*")
        name = f"{ledger.number:08d}"
        # The same number again is the retry of a batch that died before its switch: its rows go.
        merged.where("not _deleted").drop("_deleted").write.mode("overwrite").parquet(f"{self._path}/data-{name}")
        document = {"data": f"data-{name}", "batch": ledger.batch, "ledger": ledger.encode()}
        self._storage.write_whole(f"{self._path}/{_COMMITS}/{name}.json", json.dumps(document))
        self._forget_old()
        return name

    def _last(self) -> dict[str, str] | None:
        names = self._names()
        if not names:
            return None
        document: dict[str, str] = json.loads(self._storage.read(f"{self._path}/{_COMMITS}/{names[-1]}"))
        return document

    def _names(self) -> list[str]:
        return [name for name in self._storage.names(f"{self._path}/{_COMMITS}") if name.endswith(".json")]

    def _forget_old(self) -> None:
        for name in self._names()[:-_KEPT]:
            self._storage.delete(f"{self._path}/data-{name.removesuffix('.json')}")
            self._storage.delete(f"{self._path}/{_COMMITS}/{name}")
