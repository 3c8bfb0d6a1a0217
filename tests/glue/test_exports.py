"""CSV exports: what is repaired, what is set aside, and tables of their own; on real Spark and the Parquet sink."""

import json
from datetime import datetime
from decimal import Decimal

import pytest

from glue_scripts.lake.refusals import BatchRefusedError
from tests.glue.lakes import Lake

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("spark")]

HEADER = (
    "order_id,customer_id,order_date,invoice_number,payment_method,subtotal,tax,total_amount,order_type,status,notes"
)
GOOD = "7,2023-05-01 10:00:00,INV-2023-000001,Cash,100.00,8.00,108.00,Parts,Completed,"
LINES = "order_id,sku,part_description,quantity,unit_price,line_total"


def orders(*lines: str) -> str:
    return "\n".join([HEADER, *lines]) + "\n"


# order_id → what the rest of the row is like, and the reason that it must get (None: let in).
DIRT = {
    1: (GOOD, None),
    2: (GOOD.replace("7,", ",", 1), "REQUIRED_MISSING:customer_id"),
    3: (GOOD.replace("2023-05-01 10:00:00", ""), "REQUIRED_MISSING:order_date"),
    4: (GOOD.replace("INV-2023-000001", ""), "REQUIRED_MISSING:invoice_number"),
    5: (GOOD.replace("108.00", ""), "REQUIRED_MISSING:total_amount"),
    6: (GOOD.replace("2023-05-01", "2023-13-01"), "DATE_UNPARSEABLE:order_date"),
    7: (GOOD.replace("2023-05-01", "2023-02-30"), "DATE_UNPARSEABLE:order_date"),
    8: (GOOD.replace("2023-05-01 10:00:00", "May 1st"), "DATE_UNPARSEABLE:order_date"),
    9: (GOOD.replace("2023-05-01", "2023/05/01"), "DATE_UNPARSEABLE:order_date"),
    10: (GOOD.replace("2023-05-01", "01-05-2023"), "DATE_UNPARSEABLE:order_date"),
    11: (GOOD.replace("10:00:00", "25:00:00"), "DATE_UNPARSEABLE:order_date"),
    12: (GOOD.replace("2023-05-01 10:00:00", "2023"), "DATE_UNPARSEABLE:order_date"),
    13: (GOOD.replace("2023-05-01", "2025-01-01"), "DATE_OUT_OF_WINDOW:order_date"),
    14: (GOOD.replace("2023-05-01", "2021-06-06"), "DATE_OUT_OF_WINDOW:order_date"),
    15: (GOOD.replace("108.00", "-108.00"), "AMOUNT_NEGATIVE:total_amount"),
    16: (GOOD.replace("108.00", '"1.234,56"'), "AMOUNT_UNPARSEABLE:total_amount"),
    17: (GOOD.replace("Parts", "Gift"), "VALUE_UNKNOWN:order_type"),
    18: (GOOD.replace("7,", "seven,", 1), "NUMBER_UNPARSEABLE:customer_id"),
    19: (GOOD.replace("Cash", "C" * 51), "TEXT_TOO_LONG:payment_method"),
    20: ("7,2023-05-01 10:00:00,INV", "ROW_MALFORMED:*"),
    21: (f"{GOOD},one too many", "ROW_MALFORMED:*"),
    22: (GOOD.replace("Completed", "Compl\ufffdted"), "ENCODING_BROKEN:status"),
    23: (GOOD.replace("2023-05-01", "2024-12-31"), None),
    24: (GOOD.replace("2023-05-01", "2021-06-07"), None),
    25: (GOOD.replace("7,", " 7 ,", 1), None),
    26: (GOOD.replace("108.00", '"$1,234.50"').replace("8.00,", ",", 1), None),
}


@pytest.mark.parametrize("ansi", ["false", "true"])
def test_every_kind_of_dirt_gets_its_reason_and_the_counts_add_up(lake: Lake, ansi: str):
    lines = [f"{key},{rest}" for key, (rest, _) in DIRT.items()]
    lake.export("sales_orders", "sales_orders.csv", orders(*lines, "", f"1,{GOOD.replace('Cash', 'Debit Card')}"))
    lake.spark.conf.set("spark.sql.ansi.enabled", ansi)
    try:
        account = lake.run("csv_sales_orders", window=window())
        found = {int(json_key(str(row["raw"]))): row["reasons"][0] for row in lake.set_aside("csv_sales_orders")}  # type: ignore[index]
        rows = lake.rows("csv_sales_orders", "order_id", "customer_id", "total_amount", "tax", "payment_method")
    finally:
        lake.spark.conf.unset("spark.sql.ansi.enabled")
    assert found == {key: reason for key, (_, reason) in DIRT.items() if reason}
    assert (account.read, account.written, account.folded) == (27, 5, 1)
    assert sum(account.set_aside.values()) == len(found)
    assert dict(account.warnings) == {"VALUE_TRIMMED": 1, "AMOUNT_NORMALISED": 1, "VALUE_MISSING": 7}
    assert rows[0] == (1, 7, 108, 8, "Debit Card"), "among the valid rows of a key the last one of the file wins"
    assert (25, 7, 108, 8, "Cash") in rows
    assert (26, 7, Decimal("1234.50"), None, "Cash") in rows


def test_without_a_window_only_the_future_is_refused(lake: Lake):
    old, future = GOOD.replace("2023-05-01", "1999-01-01"), GOOD.replace("2023-05-01", "2999-01-01")
    # Files that were strung together hold the header once more, byte order mark and all.
    lake.export("sales_orders", "a.csv", "\ufeff" + orders(f"1,{old}") + "\ufeff" + orders(f"2,{future}"))
    account = lake.run("csv_sales_orders")
    assert (account.read, account.set_aside) == (2, {"DATE_OUT_OF_WINDOW": 1})
    assert lake.rows("csv_sales_orders", "order_id", "order_date") == [(1, datetime(1999, 1, 1, 10))]  # noqa: DTZ001


def test_a_newer_file_upserts_and_a_snapshot_also_removes(lake: Lake):
    header = "first_name,last_name,email,phone,address,city,state,zip\n"
    lake.export("customers", "customers.csv", header + "Ann,Lee,Ann@Example.com,,,,,\nBo,Ray,bo@example.com,,,,,\n")
    assert lake.run("csv_customers").written == 2
    lake.export("customers", "customers.csv", header + "Anne,Lee, ann@example.COM ,,,,,\nCy,Fox,cy@example.com,,,,,\n")
    account = lake.run("csv_customers")
    assert (account.written, account.absent) == (2, 0)
    keys = [("ann@example.com", "Anne"), ("bo@example.com", "Bo"), ("cy@example.com", "Cy")]
    assert lake.rows("csv_customers", "email_key", "first_name") == keys
    lake.export("customers", "customers.csv", header + "Cy,Fox,cy@example.com,,,,,\n")
    account = lake.run("csv_customers", snapshot=True)
    assert (account.read, account.written, account.absent) == (1, 1, 2)
    assert lake.rows("csv_customers", "email_key") == [("cy@example.com",)]


def test_a_newer_file_replaces_all_lines_of_the_orders_it_holds_and_keeps_identical_ones(lake: Lake):
    lake.export(
        "parts",
        "a.csv",
        f"{LINES}\n1,X,Pad,1,2.00,2.00\n1,X,Pad,1,2.00,2.00\n1,Y,Disc,1,5.00,5.00\n2,X,Pad,0,2.00,2.00\n2,X,Pad,3,2.00,6.00\n",
    )
    account = lake.run("csv_sales_order_parts")
    assert (account.read, account.written, account.set_aside) == (5, 4, {"QUANTITY_BELOW_ONE": 1})
    assert lake.rows("csv_sales_order_parts", "order_id", "sku", "occurrence") == [
        (1, "X", 1),
        (1, "X", 2),
        (1, "Y", 1),
        (2, "X", 1),
    ]
    lake.export("sales_order_parts", "b.csv", f"{LINES}\n1,X,Pad,1,2.00,2.00\n1,Z,Hose,1,9.00,9.00\n")
    lake.export("sales_order_parts", "c.csv", f"{LINES}\n1,X,Pad,1,2.00,2.00\n3,Q,Bulb,1,1.00,1.00\n")
    account = lake.run("csv_sales_order_parts")
    assert lake.rows("csv_sales_order_parts", "order_id", "sku", "occurrence") == [
        (1, "X", 1),
        (2, "X", 1),
        (3, "Q", 1),
    ]
    assert (account.read, account.written, account.folded, account.absent) == (4, 2, 2, 2)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"order_id,customer_id\n1,2\n",
        orders("1," + GOOD).replace(",", ";").encode(),
        orders("1," + GOOD).encode("utf-16"),
        (HEADER + ",status\n").encode(),
    ],
    ids=["empty", "columns missing", "semicolons", "utf-16", "a column twice"],
)
def test_a_file_without_a_fitting_header_is_refused(lake: Lake, content: bytes):
    lake.export("sales_orders", "sales_orders.csv", content)
    if not content:
        assert "No files" in lake.run("csv_sales_orders").note
        return
    with pytest.raises(BatchRefusedError, match="HEADER-REFUSED"):
        lake.run("csv_sales_orders")
    assert lake.table("csv_sales_orders").ledger() is None


def test_a_file_of_nothing_but_dirt_trips_the_breaker_unless_told_otherwise(lake: Lake):
    lake.export(
        "sales_orders", "sales_orders.csv", orders(*[f"{n}," + GOOD.replace("108.00", "n/a") for n in range(200)])
    )
    with pytest.raises(BatchRefusedError, match="BREAKER"):
        lake.run("csv_sales_orders")
    assert not (lake.root / "quarantine").exists()
    account = lake.run("csv_sales_orders", breaker=1.0)
    assert (account.written, account.set_aside) == (0, {"AMOUNT_UNPARSEABLE": 200})
    assert lake.run("csv_sales_orders").note.startswith("Every file"), "what was set aside is not read again"


def window():
    from glue_scripts.lake.arguments import parse_window

    return parse_window("2021-06-07..2024-12-31")


def json_key(raw: str) -> str:
    return str(json.loads(raw)["order_id"]) if raw.startswith("{") else raw.partition(",")[0]
