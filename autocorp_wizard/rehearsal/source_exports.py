"""The folder of CSV exports that the pretend agent shares: small and clean, from the same rows as the database.

The files are written once; after that they are the operator's to change, as on a real share.
"""

import csv
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from autocorp_wizard.rehearsal.source_rows import DEFAULT_ORDERS, DEFAULT_SEED, TableRows, Value, generate

# Under which host name and path the pretend agent finds the folder; it reaches no other share.
SHARE_HOST: Final = "exports.rehearsal.internal"
SHARE_PATH: Final = "/exports/"

# File -> table and its columns, with the export's name where the two differ.
_FILES: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "customers.csv": (
        "customers",
        {
            "first_name": "first_name",
            "last_name": "last_name",
            "email": "email",
            "phone": "phone",
            "address": "address",
            "city": "city",
            "state": "state",
            "zip_code": "zip",
        },
    ),
    "sales_orders.csv": (
        "sales_order",
        {
            name: name
            for name in (
                "order_id",
                "customer_id",
                "order_date",
                "invoice_number",
                "payment_method",
                "subtotal",
                "tax",
                "total_amount",
                "order_type",
                "status",
                "notes",
            )
        },
    ),
    "sales_order_parts.csv": (
        "sales_order_parts",
        {name: name for name in ("order_id", "sku", "part_description", "quantity", "unit_price", "line_total")},
    ),
    "sales_order_services.csv": (
        "sales_order_services",
        {
            name: name
            for name in (
                "order_id",
                "serviceid",
                "service_description",
                "quantity",
                "labor_minutes",
                "labor_cost",
                "parts_cost",
                "line_total",
            )
        },
    ),
}

_folder: Path | None = None


def share(folder: Path) -> None:
    """Let `folder` be what the pretend agent of this process shares."""
    global _folder  # noqa: PLW0603  (one cloud per process)
    _folder = folder


def shared_folder() -> Path | None:
    """Return the shared folder, its files written if they were not yet; None where nothing is shared."""
    if _folder is not None:
        ensure(_folder)
    return _folder


def ensure(folder: Path) -> None:
    """Write the exports into `folder` unless it is there already."""
    if folder.is_dir():
        return
    rows, seed = _size(folder.parent / "source.json")
    draft = folder.with_name(f".{folder.name}.{os.getpid()}")
    draft.mkdir(mode=0o700, parents=True, exist_ok=True)
    tables = {table.table: table for table in generate(rows, seed)}
    for name, (table, columns) in _FILES.items():
        _write(draft / name, tables[table], columns)
    draft.rename(folder)


def _size(record: Path) -> tuple[int, int]:
    """Return orders and seed of the source database, so that both tell the same story."""
    try:
        found = json.loads(record.read_text())
        return int(found["rows"]), int(found["seed"])
    except (OSError, ValueError, KeyError, TypeError):
        return DEFAULT_ORDERS, DEFAULT_SEED


def _write(path: Path, table: TableRows, columns: Mapping[str, str]) -> None:
    places = [table.columns.index(name) for name in columns]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns.values())
        writer.writerows([_cell(row[place]) for place in places] for row in _rows(table))


def _rows(table: TableRows) -> Iterable[tuple[Value, ...]]:
    return table.rows


def _cell(value: Value) -> str:
    return "" if value is None else str(value)
