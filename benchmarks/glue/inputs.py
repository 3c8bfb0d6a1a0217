"""The files that all contestants read: replicated orders as DMS writes them, and the customers' export with 3 % dirt.

Orders are made by SQL from their number alone, so the same scale gives the same rows everywhere.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.glue.generator.exports import CUSTOMERS, Manifest, write_export, write_manifest

ORDERS = 1_000_000
CHANGES = 200_000
CUSTOMER_ROWS = 1_200_000
LOAD_FILE = "load/database/public/sales_order/LOAD00000001.parquet"
CHANGES_FOLDER = "database/public/sales_order/2026/11/20"
EXPORT_FILE = "export/csv/customers/customers.csv"
_CHANGE_FILES = 20
_SEED = 20261126


@dataclass(frozen=True, slots=True)
class Mix:
    """Shares of updates and deletions among the changes; the rest are inserts."""

    folder: str
    updates: float
    deletes: float = 0.0


MIXES = (Mix("updates-1", 0.01), Mix("updates-20", 0.20), Mix("updates-100", 1.0), Mix("deletes-5", 0.75, 0.05))

# An order from its number `n` and a salt that tells its states apart.
_ORDER = """
    {n}::INTEGER AS order_id,
    (1 + hash({n}, 'c') % 1149)::INTEGER AS customer_id,
    TIMESTAMP '2021-06-07' + INTERVAL (hash({n}, 'd') % 112000000) SECOND AS order_date,
    'INV-' || (2021 + hash({n}, 'd') % 4) || '-' || lpad({n}::VARCHAR, 8, '0') AS invoice_number,
    ['Credit Card', 'Cash', 'Debit Card', 'Bank Transfer'][1 + (hash({n}, 'p') % 4)::INTEGER] AS payment_method,
    ((hash({n}, {salt}) % 99400 + 500) / 100)::DECIMAL(12,2) AS subtotal,
    ((hash({n}, {salt}) % 99400 + 500) * 8 // 100 / 100)::DECIMAL(12,2) AS tax,
    ((hash({n}, {salt}) % 99400 + 500) * 108 // 100 / 100)::DECIMAL(12,2) AS total_amount,
    ['Parts', 'Service', 'Mixed'][1 + (hash({n}, 't') % 3)::INTEGER] AS order_type,
    CASE WHEN hash({n}, {salt}, 's') % 20 = 0 THEN 'Pending' ELSE 'Completed' END AS status,
    CASE WHEN hash({n}, 'n') % 20 = 0 THEN 'note of order ' || {n} END AS notes,
    TIMESTAMP '2021-06-07' + INTERVAL (hash({n}, 'd') % 112000000) SECOND AS created_at,
    TIMESTAMP '2026-11-20 08:00:00' + INTERVAL ({salt}) MILLISECOND AS updated_at"""
_AS_DMS_WRITES = "(FORMAT parquet, CODEC 'gzip', ROW_GROUP_SIZE 10240, PARQUET_VERSION v1)"


def order_columns() -> tuple[str, ...]:
    """Return the columns of an order."""
    return tuple(line.rpartition(" AS ")[2].strip(", ") for line in _ORDER.splitlines() if " AS " in line)


def make(root: Path, scale: float) -> Manifest:
    """Write raw zones below `root` (load/, one per mix, export/) and return the export's manifest.

    `scale` 1 is a million orders, 200,000 changes, 1.2 million customers. A mix's zone holds the load's file as well.
    """
    shutil.rmtree(root, ignore_errors=True)
    orders, changes = max(100, int(ORDERS * scale)), max(50, int(CHANGES * scale))
    with duckdb.connect(config={"threads": 2}) as db:
        _load(db, root / LOAD_FILE, orders)
        for mix in MIXES:
            _changes(db, root / mix.folder, mix, orders, changes)
            # The very same file, with its time: it is known to a table that took in the load.
            os.link(root / LOAD_FILE, root / mix.folder / LOAD_FILE.removeprefix("load/"))
    export = root / EXPORT_FILE
    export.parent.mkdir(parents=True)
    count = max(1000, int(CUSTOMER_ROWS * scale))
    manifest = write_export(export, CUSTOMERS, count, seed=_SEED)
    write_manifest(root / "customers.manifest.json", manifest)
    return manifest


def _load(db: duckdb.DuckDBPyConnection, path: Path, orders: int) -> None:
    path.parent.mkdir(parents=True)
    columns = _ORDER.format(n="n", salt="0")
    rows = f"SELECT 'I' AS Op, {columns}, '2026-11-20 08:00:00.000000' AS dms_ts, '' AS AR_H_CHANGE_SEQ"
    db.execute(f"COPY ({rows} FROM range(1, {orders} + 1) t(n)) TO '{path}' {_AS_DMS_WRITES}")


def _changes(db: duckdb.DuckDBPyConnection, root: Path, mix: Mix, orders: int, changes: int) -> None:
    """Updates fall on the first four fifths of the orders (some more than once), deletions on the others, once each.

    Three changes in a row share their transaction, hence their commit time.
    """
    place = root / CHANGES_FOLDER
    place.mkdir(parents=True)
    kept = orders * 4 // 5
    db.execute(f"""
        CREATE OR REPLACE TABLE change AS
        WITH kind AS (
            SELECT c, CASE WHEN (c * 2654435761) % 10000 < {mix.deletes} * 10000 THEN 'D'
                           WHEN (c * 2654435761) % 10000 < {mix.deletes + mix.updates} * 10000 THEN 'U'
                           ELSE 'I' END AS op
            FROM range(1, {changes} + 1) t(c)),
        nth AS (SELECT c, op, row_number() OVER (PARTITION BY op ORDER BY c) AS i FROM kind),
        keyed AS (
            SELECT c, op, CASE op WHEN 'U' THEN 1 + hash(c, 'u') % {kept} WHEN 'D' THEN {kept} + i
                          ELSE {orders} + i END AS n
            FROM nth)
        SELECT op AS Op, {_ORDER.format(n="n", salt="c")},
               strftime(TIMESTAMP '2026-11-20 08:01:00' + INTERVAL (c // 3) MILLISECOND, '%Y-%m-%d %H:%M:%S.%f')
                   AS dms_ts,
               '2026112008010000' || lpad(c::VARCHAR, 19, '0') AS AR_H_CHANGE_SEQ, c
        FROM keyed ORDER BY c""")
    keyed = {"Op", "order_id", "dms_ts", "AR_H_CHANGE_SEQ"}
    columns = ["Op", *order_columns(), "dms_ts", "AR_H_CHANGE_SEQ"]
    # A deletion carries the key and nothing else.
    cells = ", ".join(name if name in keyed else f"CASE WHEN Op <> 'D' THEN {name} END AS {name}" for name in columns)
    each = -(-changes // _CHANGE_FILES)
    for number in range(_CHANGE_FILES):
        first, last = number * each + 1, (number + 1) * each
        name = f"{place}/20261120-0801{number:02d}000.parquet"
        rows = f"SELECT {cells} FROM change WHERE c BETWEEN {first} AND {last} ORDER BY c"
        if first <= changes:
            db.execute(f"COPY ({rows}) TO '{name}' {_AS_DMS_WRITES}")
