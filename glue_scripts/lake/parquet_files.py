"""Parquet files as DMS writes them, read in groups of one schema each.

Reading a directory as a whole takes one file's schema and drops a column that came later without a word, and Spark 3.5
cannot read a file under a wider type than its own. So the footers are read first (they are small).
"""

from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from py4j.protocol import Py4JJavaError
from pyspark.sql import DataFrame, SparkSession

from glue_scripts.lake.ledger import File
from glue_scripts.lake.refusals import BatchRefusedError
from glue_scripts.lake.storage import FILE, Storage

_READERS = 8


@dataclass(frozen=True, slots=True)
class Group:
    """Files of one schema: `root` is what their names are relative to, `rows` what their footers count."""

    root: str
    files: tuple[File, ...]
    rows: int

    def read(self, spark: SparkSession) -> DataFrame:
        """Return the rows, with `_file` (its path) and `_row` (its place in the file) beside the columns."""
        paths = [f"{self.root}/{file.name}" for file in self.files]
        return spark.read.parquet(*paths).selectExpr("*", f"{FILE} as _file", "_metadata.row_index as _row")


def group_by_schema(spark: SparkSession, root: str, files: Iterable[File]) -> list[Group]:
    """Return `files` in groups of equal schema, each in the order given.

    Raises BatchRefusedError where a file is no whole Parquet file, or holds a type that Spark does not know.
    """
    storage = Storage(spark)
    given = list(files)
    with ThreadPoolExecutor(_READERS) as pool:
        footers = list(pool.map(lambda file: _footer(spark, storage, f"{root}/{file.name}"), given))
    grouped: dict[str, list[tuple[File, int]]] = defaultdict(list)
    for file, (schema, rows) in zip(given, footers, strict=True):
        grouped[schema].append((file, rows))
    return [
        Group(root, tuple(file for file, _ in members), sum(rows for _, rows in members))
        for _, members in sorted(grouped.items())
    ]


def _footer(spark: SparkSession, storage: Storage, path: str) -> tuple[str, int]:
    """Return schema and number of rows. Data is not looked at."""
    assert spark._jvm is not None  # noqa: S101
    parquet = spark._jvm.org.apache.parquet.hadoop
    try:
        source = parquet.util.HadoopInputFile.fromPath(storage.path(path), storage.configuration)
        reader = parquet.ParquetFileReader.open(source)
        try:
            schema = str(reader.getFooter().getFileMetaData().getSchema().toString())
            rows = int(reader.getRecordCount())
        finally:
            reader.close()
    except Py4JJavaError as error:
        raise BatchRefusedError(
            "FILE-UNREADABLE",
            f"{path} cannot be read as Parquet.",
            why=str(error.java_exception.getMessage()),
            next_step="It may still be being written: the next run looks again. If it stays, put it out of the way.",
        ) from error
    if "(TIME(" in schema:
        raise BatchRefusedError(
            "TYPE-UNKNOWN",
            f"{path} holds a column of type TIME, which Spark cannot read.",
            why="Reading the file would fail as a whole, with all its other columns.",
            next_step="Let DMS deliver the column as text (a transformation rule of the task), then reload the table.",
        )
    return schema, rows
