"""CSV exports as DataSync delivers them: text cells by name, with the place of each row in its file.

The header of each file decides which cell is which; all cells are text, and a line whose number of cells is wrong is
marked. A line ends at its line break: one within quotation marks makes two malformed rows (they are set aside).
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

from glue_scripts.lake import rules
from glue_scripts.lake.contracts import Contract
from glue_scripts.lake.ledger import File
from glue_scripts.lake.refusals import BatchRefusedError
from glue_scripts.lake.storage import FILE, Storage

MALFORMED = "_malformed"
_HEADER_LIMIT = 65_536
_BOM = "\ufeff"
# A blank line is no row; Spark takes characters up to the space for blank.
_BLANK = r"^[\x00-\x20]*$"
# The last cell starts with a quotation mark that is never closed: by the number of its cells the line may be whole, but
# the text goes on in the next one.
_UNCLOSED = r'^(?:(?:"[^"]*+(?:""[^"]*+)*+"[^,]*+|[^",][^,]*+|),)*+"[^"]*+(?:""[^"]*+)*+$'
_PARSER = {"mode": "PERMISSIVE", "columnNameOfCorruptRecord": MALFORMED, "quote": '"', "escape": '"'}


@dataclass(frozen=True, slots=True)
class Exports:
    """The rows of some files: contract columns as text, `_malformed` (the line, where it is), `_file`, `_position`."""

    frame: DataFrame
    rows: int
    unknown: tuple[str, ...]


def read_exports(spark: SparkSession, contract: Contract, root: str, files: Iterable[File]) -> Exports:
    """Return what `files` hold. Raises BatchRefusedError where a header does not fit, or is no UTF-8."""
    storage = Storage(spark)
    by_header: dict[tuple[str, tuple[str, ...]], list[str]] = defaultdict(list)
    for file in files:
        path = f"{root}/{file.name}"
        by_header[_header(contract, path, storage.read(path, limit=_HEADER_LIMIT))].append(path)
    groups = [(names, _lines(spark, line, paths)) for (line, names), paths in sorted(by_header.items())]
    frames = [_parsed(contract, names, lines) for names, lines in groups]
    known = {column.name for column in contract.columns}
    unknown = sorted({name for names, _ in groups for name in names} - known)
    return Exports(reduce(DataFrame.unionByName, frames), sum(lines.count() for _, lines in groups), tuple(unknown))


def _header(contract: Contract, path: str, beginning: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the first line of a file, and the columns that it names."""
    first = beginning.splitlines()[0] if beginning.strip() else b""
    try:
        line = first.decode("utf-8").removeprefix(_BOM)
        cells = next(csv.reader(io.StringIO(line)), [])
    except UnicodeDecodeError:
        line, cells = "", []
    names = tuple(cell.strip().lower() for cell in cells)
    missing = [column.name for column in contract.columns if column.required and column.name not in names]
    if missing or len(set(names)) != len(names):
        raise BatchRefusedError(
            "HEADER-REFUSED",
            f"{path} has no header that fits {contract.name}.",
            why=f"Missing: {', '.join(missing)}." if missing else "A column is named twice.",
            next_step="Its first line must name the columns, separated by commas, in UTF-8; deliver the file again.",
        )
    return line, names


def _lines(spark: SparkSession, header: str, paths: list[str]) -> DataFrame:
    """Return the lines that are rows. The header is none, nor is it where files were strung together."""
    lines = spark.read.text(paths).selectExpr(f"regexp_replace(value, '^{_BOM}', '') as _line", "_metadata")
    return lines.where(f"_line <> {rules.literal(header)} and not _line rlike {rules.literal(_BLANK)}")


def _parsed(contract: Contract, header: tuple[str, ...], lines: DataFrame) -> DataFrame:
    schema = ", ".join(f"{rules.quoted(name.replace('`', '``'))} string" for name in (*header, MALFORMED))
    cells = f.from_csv("_line", schema, _PARSER)
    names = [
        f"_cells.`{c.name}`" if c.name in header else f"try_cast(null as string) as `{c.name}`"
        for c in contract.columns
    ]
    # The place of a row: where its block starts, and its place among the rows of the block (the high bits of the
    # number are the task's, and a block is read by one task).
    position = (
        f"concat({FILE}, '#', lpad(try_cast(_metadata.file_block_start as string), 15, '0'), '#', "
        "lpad(try_cast(monotonically_increasing_id() as string), 20, '0'))"
    )
    unclosed = f"contains(_line, '\"') and _line rlike {rules.literal(_UNCLOSED)}"
    return lines.withColumn("_cells", cells).selectExpr(
        *names,
        f"coalesce(_cells.{MALFORMED}, case when {unclosed} then _line end) as {MALFORMED}",
        f"{FILE} as _file",
        f"{position} as _position",
    )
