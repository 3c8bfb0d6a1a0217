"""The Spark session that jobs run in, the same on Glue and locally."""

from collections.abc import Mapping

from pyspark.sql import SparkSession

# Kryo must be there before the context starts: setting it later does not help. On Glue the same is in `--conf`.
HUDI_CONF: Mapping[str, str] = {
    "spark.serializer": "org.apache.spark.serializer.KryoSerializer",
    "spark.kryo.registrator": "org.apache.spark.HoodieSparkKryoRegistrar",
    "spark.sql.extensions": "org.apache.spark.sql.hudi.HoodieSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.hudi.catalog.HoodieCatalog",
}
COMMON_CONF: Mapping[str, str] = {
    "spark.sql.session.timeZone": "UTC",
    # A timestamp of DMS has no zone; it is UTC here, not a type that Hudi cannot merge.
    "spark.sql.parquet.inferTimestampNTZ.enabled": "false",
    # A pruned CSV line is not checked for its number of columns.
    "spark.sql.csv.parser.columnPruning.enabled": "false",
    "spark.sql.hive.convertMetastoreParquet": "false",
}


def build_session(name: str, *, hudi: bool = True, extra: Mapping[str, str] | None = None) -> SparkSession:
    """Return the session of this process, made if there is none. `hudi`: the bundle is on the class path."""
    builder = SparkSession.Builder().appName(name)
    for key, value in {**COMMON_CONF, **(HUDI_CONF if hudi else {}), **(extra or {})}.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()
