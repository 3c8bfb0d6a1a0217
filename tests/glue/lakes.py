"""Raw files as DMS and DataSync leave them, written by Spark, and a lake of one's own to run batches in."""

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pyspark.sql import SparkSession

from glue_scripts.lake.account import Account
from glue_scripts.lake.arguments import Settings
from glue_scripts.lake.contracts import CONTRACTS, Contract
from glue_scripts.lake.layout import Zones
from glue_scripts.lake.pipeline import run
from glue_scripts.lake.sinks import Sink
from glue_scripts.lake.sinks.hudi import HudiSink
from glue_scripts.lake.sinks.parquet import ParquetSink

Row = Mapping[str, object]
LOADED_AT = "2026-11-20 08:00:00.000000"
SERVICE = "serviceid string, service string, category string, labor_minutes int, labor_cost decimal(38,4)"
CONTROL = "Op string, dms_ts string, AR_H_CHANGE_SEQ string"


def sequence(number: int) -> str:
    """A change sequence as DMS adds it: 16 digits of time, 19 of record."""
    return f"2026112008{number // 100:06d}{number:019d}"


@dataclass
class Lake:
    """Zones under `root`; files get ascending times, as if each were delivered a second after the one before."""

    spark: SparkSession
    root: Path
    sink: str = "parquet"
    clock: int = field(default=1_790_000_000)

    @property
    def zones(self) -> Zones:
        return Zones(*(f"{self.root}/{zone}" for zone in ("raw", "curated", "quarantine")))

    def changes(self, table: str, name: str, rows: Sequence[Row], schema: str) -> Path:
        """Write one Parquet file `name` (below the table's folder) with columns and types of `schema`."""
        frame = self.spark.createDataFrame([dict(row) for row in rows], schema)
        target = self.root / "raw/database/public" / table / name
        aside = self.root / "writing"
        frame.coalesce(1).write.mode("overwrite").option("compression", "gzip").parquet(str(aside))
        target.parent.mkdir(parents=True, exist_ok=True)
        (part,) = aside.glob("part-*.parquet")
        shutil.move(part, target)
        return self._stamp(target)

    def export(self, folder: str, name: str, text: str | bytes) -> Path:
        """Write one CSV file."""
        target = self.root / "raw/csv" / folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self._stamp(target)

    def run(self, table: str, **settings: object) -> Account:
        """Run one batch."""
        return run(self.spark, CONTRACTS[table], self.settings(**settings))

    def settings(self, **settings: object) -> Settings:
        return Settings(self.zones, **{"sink": self.sink, **settings})  # type: ignore[arg-type]

    def table(self, name: str) -> Sink:
        """The curated table's sink."""
        path = self.zones.table(CONTRACTS[name], self.sink)
        kind = HudiSink if self.sink == "hudi" else ParquetSink
        return kind(self.spark, CONTRACTS[name], path)

    def rows(self, name: str, *columns: str) -> list[tuple[object, ...]]:
        """What the curated table holds, sorted by the first of `columns`."""
        return sorted((tuple(row) for row in self.table(name).current().select(*columns).collect()), key=repr)

    def held(self, contract: Contract) -> dict[object, dict[str, object]]:
        """What the curated table holds, by key; nothing before its first commit."""
        if self.table(contract.name).ledger() is None:
            return {}
        names = [column.name for column in contract.columns]
        rows = [dict(zip(names, row, strict=True)) for row in self.rows(contract.name, *names)]
        found = {row[contract.key]: row for row in rows}
        assert len(found) == len(rows), "a key is there twice"
        return found

    def set_aside(self, name: str) -> list[dict[str, object]]:
        """Everything in quarantine of table `name`."""
        found = self.spark.read.parquet(f"{self.zones.quarantine}/{name}/batch=*")
        return [row.asDict() for row in found.orderBy("file", "position").collect()]

    def _stamp(self, path: Path) -> Path:
        self.clock += 1
        os.utime(path, (self.clock, self.clock))
        return path


def service(
    key: str, cost: object = "10.00", *, op: str = "I", seq: int | None = None, at: str = LOADED_AT, **more: object
):
    """A row of table service with the columns that DMS adds."""
    from decimal import Decimal

    row: dict[str, object] = {
        "Op": op,
        "dms_ts": at,
        "AR_H_CHANGE_SEQ": None if seq is None else sequence(seq),
        "serviceid": key,
        "service": f"Service {key}",
        "category": "Brakes",
        "labor_minutes": 30,
        "labor_cost": Decimal(str(cost)) if cost is not None else None,
    }
    return {**row, **more}


def deletion(key: str, *, seq: int | None, at: str = LOADED_AT) -> dict[str, object]:
    """A deletion as PostgreSQL delivers it: the key and nothing else."""
    blank = dict.fromkeys(("service", "category", "labor_minutes", "labor_cost"))
    return {**service(key, None, op="D", seq=seq, at=at), **blank}
