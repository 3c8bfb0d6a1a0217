"""One contestant, one workload, one process: `python -m benchmarks.glue.contestant NAME TABLE ROOT RAW FILE…`.

Prints one JSON object: seconds until the engine was ready, seconds of the batch, CPU seconds of the batch (which a busy
machine does not stretch), and the most memory that the engine's process held.
"""

import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

HEAP = "2g"
_BEGAN = time.monotonic()


def _cpu(pid: int) -> float:
    """CPU seconds that the process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak(pid: int) -> int:
    """The most memory that the process held, in bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def _floor(table: str, root: Path, files: Sequence[str]) -> dict[str, object]:
    from benchmarks.glue import floor

    ready, busy = time.monotonic(), _cpu(os.getpid())
    root.mkdir(parents=True, exist_ok=True)
    if table == "csv_customers":
        floor.customers(root / f"{table}.parquet", files[0])
    else:
        floor.orders(root / f"{table}.parquet", files)
    took = {"startup": ready - _BEGAN, "seconds": time.monotonic() - ready}
    return {**took, "cpu": _cpu(os.getpid()) - busy, "memory": _peak(os.getpid())}


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
    java = spark.sparkContext._gateway.proc.pid
    account: dict[str, object] = {}
    try:
        ready, busy = time.monotonic(), _cpu(java)
        if name == "naive":
            run_naive(spark, contract, files, str(root / "hudi" / table))
        else:
            zones = Zones(raw, str(root), str(root / "quarantine"))
            account = run(spark, contract, Settings(zones, sink=name)).as_document()
        took = {"startup": ready - _BEGAN, "seconds": time.monotonic() - ready}
        return {**took, "cpu": _cpu(java) - busy, "memory": _peak(java), "account": account}
    finally:
        spark.stop()


def main(arguments: Sequence[str]) -> None:
    """Run it and print what it took."""
    name, table, root, raw, *files = arguments
    took = _floor(table, Path(root), files) if name == "duckdb" else _spark(name, table, Path(root), raw, files)
    print(json.dumps(took))


if __name__ == "__main__":
    main(sys.argv[1:])
