"""CSV exports as DataSync delivers them: text cells by name, with the place of each row in its file.

The header of each file decides which cell is which; Spark is given all cells as text and marks a line whose number of
cells is wrong. A line ends at its line break: one within quotation marks makes two malformed rows (they are set aside).
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as t

from glue_scripts.lake.contracts import Contract
from glue_scripts.lake.ledger import File
from glue_scripts.lake.refusals import BatchRefusedError
from glue_scripts.lake.storage import FILE, Storage

MALFORMED = "_malformed"
_HEADER_LIMIT = 65_536
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Exports:
    """The rows of some files: contract columns as text, `_malformed` (the line, where it is), `_file`, `_position`."""

    frame: DataFrame
    rows: int
    unknown: tuple[str, ...]


def read_exports(spark: SparkSession, contract: Contract, root: str, files: Iterable[File]) -> Exports:
    """Return what `files` hold. Raises BatchRefusedError where a header does not fit, or is no UTF-8."""
    storage = Storage(spark)
    by_header: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for file in files:
        path = f"{root}/{file.name}"
        by_header[_header(contract, path, storage.read(path, limit=_HEADER_LIMIT))].append(path)
    frames = [_read(spark, contract, header, paths) for header, paths in sorted(by_header.items())]
    known = {column.name for column in contract.columns}
    unknown = sorted({name for header in by_header for name in header} - known)
    paths = [path for members in by_header.values() for path in members]
    # A blank line is no row. What Spark takes for blank are characters up to the space, hence this pattern.
    lines = spark.read.text(paths).where(r"value rlike '[^\\x00-\\x20]'").count()
    return Exports(reduce(DataFrame.unionByName, frames), lines - len(paths), tuple(unknown))


def _header(contract: Contract, path: str, beginning: bytes) -> tuple[str, ...]:
    line = beginning.splitlines()[0] if beginning.strip() else b""
    try:
        cells = next(csv.reader(io.StringIO(line.decode("utf-8").removeprefix(_BOM))), [])
    except UnicodeDecodeError:
        cells = []
    names = tuple(cell.strip().lower() for cell in cells)
    missing = [column.name for column in contract.columns if column.required and column.name not in names]
    if missing or len(set(names)) != len(names):
        raise BatchRefusedError(
            "HEADER-REFUSED",
            f"{path} has no header that fits {contract.name}.",
            why=f"Missing: {', '.join(missing)}." if missing else "A column is named twice.",
            next_step="Its first line must name the columns, separated by commas, in UTF-8; deliver the file again.",
        )
    return names


def _read(spark: SparkSession, contract: Contract, header: tuple[str, ...], paths: list[str]) -> DataFrame:
    schema = t.StructType([t.StructField(name, t.StringType()) for name in (*header, MALFORMED)])
    frame = spark.read.csv(
        paths,
        schema=schema,
        header=True,
        mode="PERMISSIVE",
        columnNameOfCorruptRecord=MALFORMED,
        quote='"',
        escape='"',
        encoding="UTF-8",
    )
    names = [f"`{c.name}`" if c.name in header else f"try_cast(null as string) as `{c.name}`" for c in contract.columns]
    # The place of a row: where its block starts, and its place among the rows of the block (the high bits of the
    # number are the task's, and a block is read by one task).
    position = (
        f"concat({FILE}, '#', lpad(try_cast(_metadata.file_block_start as string), 15, '0'), '#', "
        "lpad(try_cast(monotonically_increasing_id() as string), 20, '0'))"
    )
    return frame.selectExpr(*names, MALFORMED, f"{FILE} as _file", f"{position} as _position")
