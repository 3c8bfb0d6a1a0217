"""The floor: the same contract in DuckDB, one process and no cluster. Its table is one Parquet file."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from benchmarks.glue.inputs import order_columns
from glue_scripts.lake.contracts import CONTRACTS

_THREADS = 2
_BLANKS = r"'^[\s\x{A0}]+|[\s\x{A0}]+$'"


def orders(table: Path, files: Sequence[str]) -> None:
    """Take new files of orders in: the last change of each key, onto what the table holds."""
    names = order_columns()
    row = ", ".join(f"{name} := {name}" for name in names)
    place = "(AR_H_CHANGE_SEQ, filename, file_row_number)"
    with duckdb.connect(config={"threads": _THREADS}) as db:
        db.execute(f"""
            CREATE TEMP TABLE newest AS
            SELECT last.* FROM (
                SELECT arg_max(struct_pack(Op := Op, {row}), {place}) AS last
                FROM read_parquet({list(files)}, filename=true, file_row_number=true) GROUP BY order_id)""")
        kept = f"SELECT {', '.join(names)} FROM newest WHERE Op <> 'D'"
        if table.exists():
            kept += f" UNION ALL SELECT * FROM '{table}' old WHERE order_id NOT IN (SELECT order_id FROM newest)"
        _write(db, kept, table)


def customers(table: Path, file: str) -> None:
    """Take an export of customers in: the rules of the contract, then the last valid row of each key."""
    contract = CONTRACTS["csv_customers"]
    cells = ", ".join(f"nullif(regexp_replace({c.name}, {_BLANKS}, '', 'g'), '') AS {c.name}" for c in contract.columns)
    rules = [f"{c.name} IS NOT NULL" for c in contract.columns if c.required]
    rules += [f"coalesce(length({c.name}), 0) <= {c.length}" for c in contract.columns]
    row = ", ".join(f"{c.name} := {c.name}" for c in contract.columns)
    names = {c.name: "VARCHAR" for c in contract.columns}
    with duckdb.connect(config={"threads": _THREADS}) as db:
        _write(
            db,
            f"""SELECT email_key, last.* FROM (
                SELECT lower(email) AS email_key, arg_max(struct_pack({row}), place) AS last
                FROM (SELECT {cells}, row_number() OVER () AS place
                      FROM read_csv('{file}', columns={names}, header=true, delim=',', quote='"', escape='"',
                                    auto_detect=false, ignore_errors=true, null_padding=false, strict_mode=true))
                WHERE {" AND ".join(rules)} GROUP BY 1)""",
            table,
        )


def _write(db: duckdb.DuckDBPyConnection, query: str, table: Path) -> None:
    aside = table.with_suffix(".writing")
    db.execute(f"COPY ({query}) TO '{aside}' (FORMAT parquet, CODEC 'gzip')")
    aside.rename(table)
