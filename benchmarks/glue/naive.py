"""The job that is published again and again: read the folder, drop duplicates, upsert with default options.

It is here to be measured and to fail: it has no order of changes, no ledger, no deletions, no contract. `files` are the
new ones, as a bookmark would hand them over.
"""

from collections.abc import Sequence

from pyspark.sql import DataFrame, SparkSession

from glue_scripts.lake.contracts import Contract, Origin


def run_naive(spark: SparkSession, contract: Contract, files: Sequence[str], path: str) -> None:
    """Upsert what `files` hold into the Hudi table at `path`."""
    if contract.origin is Origin.DATABASE:
        key, newest = contract.key, "dms_ts"
        frame = spark.read.parquet(*files)
    else:
        # Hudi refuses a NULL key, so even the naive job learns to drop those, without a word.
        key, newest = _export_key(contract), _export_key(contract)
        frame = spark.read.option("header", "true").csv(list(files)).where(f"{key} is not null")
    _upsert(frame.dropDuplicates([key]), contract.name, key, newest, path)


def _export_key(contract: Contract) -> str:
    return "email" if contract.name == "csv_customers" else "order_id"


def _upsert(frame: DataFrame, name: str, key: str, newest: str, path: str) -> None:
    (
        frame.write.format("hudi")
        .options(
            **{
                "hoodie.table.name": name,
                "hoodie.datasource.write.operation": "upsert",
                "hoodie.datasource.write.recordkey.field": key,
                "hoodie.datasource.write.precombine.field": newest,
                "hoodie.datasource.write.partitionpath.field": "",
                "hoodie.datasource.write.keygenerator.class": "org.apache.hudi.keygen.NonpartitionedKeyGenerator",
            }
        )
        .mode("append")
        .save(path)
    )
