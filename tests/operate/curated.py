"""A curated zone as the jobs leave it on a machine without Hudi, filled from the source by other means than theirs."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import psycopg
import pyarrow as pa
from pyarrow import parquet

Rows = list[dict[str, object]]

# What the jobs make of the source's types.
_TYPES = {
    "integer": pa.int64(),
    "text": pa.string(),
    "character varying": pa.string(),
    "date": pa.date32(),
    "money": pa.decimal128(19, 2),
    "timestamp without time zone": pa.timestamp("us", tz="UTC"),
}


def fill(connection: psycopg.Connection, root: Path, table: str, change: Callable[[Rows], Rows] = lambda rows: rows):
    """Write the table with what the source holds, in any order; `change` is what went wrong on the way."""
    shape = connection.execute(
        "SELECT column_name, data_type, numeric_precision, numeric_scale FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name = %s ORDER BY ordinal_position",
        (table,),
    ).fetchall()
    cells = ", ".join(f"{name}::numeric" if kind == "money" else name for name, kind, *_ in shape)
    names = [name for name, *_ in shape]
    found = connection.execute(f"SELECT {cells} FROM {table}").fetchall()  # noqa: S608
    rows = change([dict(zip(names, row, strict=True)) for row in found])
    Random(1).shuffle(rows)
    schema = pa.schema(
        [
            ("_change_seq", pa.string()),
            *(
                (name, pa.decimal128(precision, scale) if kind == "numeric" else _TYPES[kind])
                for name, kind, precision, scale in shape
            ),
        ]
    )
    place = root / "parquet" / table
    (place / "data-00000001").mkdir(parents=True, exist_ok=True)
    (place / "_commits").mkdir(exist_ok=True)
    whole = pa.Table.from_pylist([{"_change_seq": "0", **row} for row in rows], schema)
    parquet.write_table(whole, place / "data-00000001" / "part-0.parquet")
    (place / "_commits/00000001.json").write_text(json.dumps({"data": "data-00000001"}))
