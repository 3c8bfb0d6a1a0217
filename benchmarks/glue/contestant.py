"""One contestant, one workload, one process: `python -m benchmarks.glue.contestant NAME TABLE ROOT RAW FILE…`.

Prints one JSON object: seconds until the engine was ready, seconds of the batch, and the highest heap of the JVM.
"""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

HEAP = "2g"
_BEGAN = time.monotonic()


def _floor(table: str, root: Path, files: Sequence[str]) -> dict[str, object]:
    from benchmarks.glue import floor

    ready = time.monotonic()
    root.mkdir(parents=True, exist_ok=True)
    if table == "csv_customers":
        floor.customers(root / f"{table}.parquet", files[0])
    else:
        floor.orders(root / f"{table}.parquet", files)
    return {"startup": ready - _BEGAN, "seconds": time.monotonic() - ready}


def _spark(name: str, table: str, root: Path, raw: str, files: Sequence[str]) -> dict[str, object]:
    from benchmarks.glue.naive import run_naive
    from glue_scripts.jars import hudi_bundle
    from glue_scripts.lake.arguments import Settings
    from glue_scripts.lake.contracts import CONTRACTS
    from glue_scripts.lake.layout import Zones
    from glue_scripts.lake.pipeline import run
    from glue_scripts.local import local_session

    contract = CONTRACTS[table]
    spark = local_session(None if name == "parquet" else hudi_bundle(), memory=HEAP)
    account: dict[str, object] = {}
    try:
        ready = time.monotonic()
        if name == "naive":
            run_naive(spark, contract, files, str(root / "hudi" / table))
        else:
            zones = Zones(raw, str(root), str(root / "quarantine"))
            account = run(spark, contract, Settings(zones, sink=name)).as_document()
        seconds = time.monotonic() - ready
        assert spark._jvm is not None
        pools = spark._jvm.java.lang.management.ManagementFactory.getMemoryPoolMXBeans()
        heap = sum(pool.getPeakUsage().getUsed() for pool in pools if pool.getType().toString() == "Heap memory")
    finally:
        spark.stop()
    return {"startup": ready - _BEGAN, "seconds": seconds, "heap": heap, "account": account}


def main(arguments: Sequence[str]) -> None:
    """Run it and print what it took."""
    name, table, root, raw, *files = arguments
    took = _floor(table, Path(root), files) if name == "duckdb" else _spark(name, table, Path(root), raw, files)
    print(json.dumps(took))


if __name__ == "__main__":
    main(sys.argv[1:])
