"""One Spark session for all tests of the jobs; starting one takes longer than most of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from glue_scripts.jars import JarMissingError, hudi_bundle


@pytest.fixture(scope="session")
def bundle() -> Path | None:
    """The real Hudi bundle, where it was fetched."""
    try:
        return hudi_bundle()
    except JarMissingError:
        return None


@pytest.fixture(scope="session")
def spark(bundle: Path | None) -> Iterator[object]:
    """A real Spark at the version of the Glue runtime."""
    pytest.importorskip("pyspark", reason="Spark is not installed: pip install autocorp-wizard[glue]")
    from glue_scripts.local import java_is_here, local_session

    if not java_is_here():
        pytest.skip("Spark needs Java, and there is none on this machine")
    # A compiler that starts fast rather than ends fast: rows are few here, and plans many.
    quick = {"spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"}
    session = local_session(bundle, extra={**quick, "spark.sql.shuffle.partitions": "2"})
    yield session
    session.stop()


@pytest.fixture
def lake(spark, tmp_path: Path):
    """A lake whose tables are plain Parquet."""
    from tests.glue.lakes import Lake

    return Lake(spark, tmp_path)


@pytest.fixture
def hudi_lake(spark, bundle: Path | None, tmp_path: Path):
    """A lake whose tables are in Hudi."""
    from tests.glue.lakes import Lake

    if bundle is None:
        pytest.skip("the Hudi bundle could not be fetched: python -m glue_scripts.jars says why")
    return Lake(spark, tmp_path, sink="hudi")
