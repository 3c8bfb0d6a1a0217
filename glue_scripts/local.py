"""Spark on this machine, quiet and small, as the local twin and the tests use it."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from pyspark.sql import SparkSession

from glue_scripts.lake.refusals import BatchRefusedError
from glue_scripts.lake.session import build_session
from glue_scripts.s3_access import s3_conf, trust


def java_is_here() -> bool:
    """Whether Spark will find a Java."""
    return bool(os.environ.get("JAVA_HOME") or shutil.which("java"))


def local_session(
    bundle: Path | None,
    *,
    s3: Sequence[Path] = (),
    cores: int = 2,
    memory: str = "2g",
    extra: Mapping[str, str] | None = None,
) -> SparkSession:
    """Return a session on `cores` cores: with `bundle` it writes Hudi, with the jars `s3` it opens S3.

    Raises BatchRefusedError without a Java.
    """
    if not java_is_here():
        raise BatchRefusedError(
            "JAVA-MISSING",
            "Spark needs Java, and there is none on this machine.",
            next_step="Install Java 17 (as Glue has it), or set JAVA_HOME.",
        )
    # Spark looks for an address of its own in the network; here is all it needs.
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    conf = {
        "spark.master": f"local[{cores}]",
        "spark.driver.memory": memory,
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        # Few cores and a job of seconds: the collector of servers would start threads of its own beside the work.
        "spark.driver.extraJavaOptions": "-XX:+UseParallelGC",
        "spark.sql.shuffle.partitions": str(2 * cores),
        "spark.sql.catalogImplementation": "in-memory",
        **({"spark.jars": ",".join(map(str, jars))} if (jars := [*filter(None, [bundle]), *s3]) else {}),
        **(s3_conf(os.environ) if s3 else {}),
        **(extra or {}),
    }
    with _stdout_to_stderr():
        spark = build_session("autocorp", hudi=bundle is not None, extra=conf)
    spark.sparkContext.setLogLevel("ERROR")
    if s3 and os.environ.get("AWS_CA_BUNDLE"):
        trust(spark, os.environ["AWS_CA_BUNDLE"])
    return spark


@contextmanager
def _stdout_to_stderr() -> Iterator[None]:
    """Start a child whose standard output is our standard error: Java's libraries print what is no result of ours."""
    sys.stdout.flush()
    ours = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(ours, 1)
        os.close(ours)
