"""Dirty exports reconcile to their manifests: every kind that was injected is found, and the counts add up."""

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.glue.generator.exports import (
    CUSTOMERS,
    ORDERS,
    PART_LINES,
    Manifest,
    Subject,
    identity_of,
    write_export,
)
from tests.glue.lakes import Lake

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("spark")]

WINDOW = (date(2021, 6, 7), date(2024, 12, 31))


def export(lake: Lake, subject: Subject, count: int, **options: object) -> Manifest:
    """Write an export into the raw zone."""
    place = lake.root / "raw/csv" / subject.name
    place.mkdir(parents=True, exist_ok=True)
    return write_export(place / f"{subject.name}.csv", subject, count, seed=20261126, **options)  # type: ignore[arg-type]


def reconcile(lake: Lake, subject: Subject, manifest: Manifest) -> None:
    """Run the batch and compare everything that it says and keeps with the manifest."""
    table = f"csv_{subject.name}"
    account = lake.run(table, window=WINDOW)
    assert manifest.adds_up
    assert dict(account.set_aside) == dict(manifest.set_aside)
    assert (account.read, account.written, account.folded) == (manifest.read, manifest.written, manifest.folded)
    assert account.deleted == 0
    assert dict(account.warnings) == {code: count for code, count in manifest.warnings.items() if count}
    found: dict[str, Counter[tuple[str, ...]]] = {}
    for row in lake.set_aside(table):
        identity = identity_of(subject, str(row["raw"]))
        reasons = tuple(row["reasons"])  # type: ignore[arg-type]
        # A row whose cells do not fit its columns has further reasons by accident; what counts is the first.
        reasons = reasons[:1] if reasons[0] == "ROW_MALFORMED:*" else reasons
        found.setdefault(identity, Counter())[reasons] += 1
    assert found == manifest.reasons
    assert {kind.name for kind in subject.kinds} <= set(manifest.kinds), "every kind was injected"


def order_of(cells: dict[str, str]) -> tuple[object, ...]:
    def amount(name: str) -> Decimal | None:
        return Decimal(cells[name]) if cells[name] else None

    return (
        int(cells["order_id"]),
        int(cells["customer_id"]),
        datetime.fromisoformat(cells["order_date"]),
        cells["invoice_number"],
        cells["payment_method"] or None,
        amount("subtotal"),
        amount("tax"),
        amount("total_amount"),
        cells["order_type"] or None,
        cells["status"] or None,
        cells["notes"] or None,
    )


ORDER_COLUMNS = (
    "order_id", "customer_id", "order_date", "invoice_number", "payment_method", "subtotal", "tax", "total_amount",
    "order_type", "status", "notes",
)  # fmt: skip


@pytest.mark.parametrize(
    "options",
    [{}, {"newline": "\r\n", "bom": True, "ends_in_half_line": True}],
    ids=["plain", "from another system, half written"],
)
def test_a_dirty_export_of_orders_reconciles_to_its_manifest(lake: Lake, options: dict[str, object]):
    manifest = export(lake, ORDERS, 3000, least=3, keep=True, **options)
    reconcile(lake, ORDERS, manifest)
    assert lake.rows("csv_sales_orders", *ORDER_COLUMNS) == sorted(map(order_of, manifest.expected.values()), key=repr)


def test_a_dirty_export_of_customers_reconciles_to_its_manifest(lake: Lake):
    manifest = export(lake, CUSTOMERS, 2000, least=3, keep=True)
    reconcile(lake, CUSTOMERS, manifest)
    meant = sorted(
        ((cells["email"].lower(), cells["first_name"], cells["phone"] or None, cells["city"]))
        for cells in manifest.expected.values()
    )
    assert lake.rows("csv_customers", "email_key", "first_name", "phone", "city") == sorted(meant, key=repr)


def test_a_dirty_export_of_lines_reconciles_to_its_manifest(lake: Lake):
    reconcile(lake, PART_LINES, export(lake, PART_LINES, 2000, least=3))


@pytest.mark.full
def test_a_dirty_export_of_100000_orders_reconciles_to_its_manifest_in_hudi(hudi_lake: Lake):
    manifest = export(hudi_lake, ORDERS, 100_000, least=10, keep=True)
    reconcile(hudi_lake, ORDERS, manifest)
    rows = hudi_lake.rows("csv_sales_orders", *ORDER_COLUMNS)
    assert rows == sorted(map(order_of, manifest.expected.values()), key=repr)


def test_the_generator_is_the_same_for_the_same_seed(tmp_path: Path):
    first, again, other = (tmp_path / name for name in ("a.csv", "b.csv", "c.csv"))
    manifests = [write_export(path, ORDERS, 500, seed=seed) for path, seed in ((first, 1), (again, 1), (other, 2))]
    assert first.read_bytes() == again.read_bytes() != other.read_bytes()
    assert manifests[0] == manifests[1]
    assert all(manifest.adds_up for manifest in manifests)
