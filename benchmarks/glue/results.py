"""What a contestant's table holds, as one figure: the same for the same rows, whoever wrote them."""

import json
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from benchmarks.glue.inputs import order_columns
from glue_scripts.lake.contracts import CONTRACTS

# What the sinks and Hudi add is no part of the contract.
_CUSTOMERS = ("email_key", *(column.name for column in CONTRACTS["csv_customers"].columns))


@dataclass(frozen=True, slots=True)
class Content:
    """Number of rows and the sum of their hashes (the order of rows does not matter, a doubled row does)."""

    rows: int
    digest: str


def columns_of(table: str) -> tuple[str, ...]:
    """Return the columns that are compared."""
    return _CUSTOMERS if table == "csv_customers" else order_columns()


def content_of(contestant: str, table: str, root: Path) -> Content | None:
    """Return what the contestant's table below `root` holds; None where its columns are not those of the contract."""
    rows = _read(contestant, table, root)
    if not set(columns_of(table)) <= set(rows.column_names):
        return None
    return digest(rows.select(list(columns_of(table))))


def digest(rows: pa.Table) -> Content:
    """Return the content of `rows`. Integers are widened and times are taken as UTC, as the contract has them."""
    fields = []
    for field in rows.schema:
        wide = field.type
        if pa.types.is_integer(wide):
            wide = pa.int64()
        elif pa.types.is_timestamp(wide):
            wide = pa.timestamp("us")
        elif pa.types.is_large_string(wide) or pa.types.is_string_view(wide):
            wide = pa.string()
        fields.append(pa.field(field.name, wide))
    rows = rows.cast(pa.schema(fields))
    with duckdb.connect() as db:
        names = ", ".join(field.name for field in fields)
        (found,) = db.execute(f"SELECT count(*), sum(hash({names})::HUGEINT) FROM rows").fetchall()
    return Content(int(found[0]), f"{int(found[1] or 0):x}")


def expected_orders(load: str, changes: list[str]) -> Content:
    """Return what the table must hold: for every order its last state, unless that is a deletion."""
    names = ", ".join(order_columns())
    files = [load, *changes]
    with duckdb.connect(config={"threads": 2}) as db:
        # A row of the load has no place in the order of changes, so it comes first.
        rows = db.sql(f"""
            SELECT {names} FROM (
                SELECT *, row_number() OVER (PARTITION BY order_id ORDER BY AR_H_CHANGE_SEQ DESC) AS nth
                FROM read_parquet({files})) WHERE nth = 1 AND Op <> 'D'""").to_arrow_table()
        return digest(rows)


def _read(contestant: str, table: str, root: Path) -> pa.Table:
    if contestant == "duckdb":
        return _parquet(root / f"{table}.parquet")
    if contestant == "parquet":
        place = root / "parquet" / table
        commit = json.loads(max(place.glob("_commits/*.json")).read_text())
        return _parquet(place / commit["data"])
    from hudi import HudiTableBuilder

    batches = HudiTableBuilder.from_base_uri(str(root / "hudi" / table)).build().read()
    return pa.Table.from_batches(batches)


def _parquet(path: Path) -> pa.Table:
    from pyarrow import parquet

    return parquet.read_table(path)
