"""Spark on this machine, quiet and small, as the local twin and the tests use it."""

import os
from collections.abc import Mapping
from pathlib import Path

from pyspark.sql import SparkSession

from glue_scripts.lake.session import build_session


def local_session(
    bundle: Path | None, *, cores: int = 2, memory: str = "2g", extra: Mapping[str, str] | None = None
) -> SparkSession:
    """Return a session on `cores` cores; with `bundle` it writes Hudi."""
    # Spark looks for an address of its own in the network; here is all it needs.
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    conf = {
        "spark.master": f"local[{cores}]",
        "spark.driver.memory": memory,
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": str(2 * cores),
        "spark.sql.catalogImplementation": "in-memory",
        **({"spark.jars": str(bundle)} if bundle else {}),
        **(extra or {}),
    }
    spark = build_session("autocorp", hudi=bundle is not None, extra=conf)
    spark.sparkContext.setLogLevel("ERROR")
    return spark
