"""Clean rows of the exports, one at a time, so that a million of them need no memory."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from tests.glue.generator.kinds import Cells

FIRST, LAST = datetime(2021, 6, 7), datetime(2024, 12, 31)  # noqa: DTZ001  (as the source keeps it)
_PAYMENTS = (("Credit Card", "Cash", "Debit Card", "Bank Transfer"), (50, 20, 20, 10))
_TYPES = (("Parts", "Service", "Mixed"), (82, 9, 9))
_STATUSES = (("Completed", "Pending"), (97, 3))
_NOTES = ('Customer said "soon"', "Fleet, net 30", "Ümlaut; semicolon", "=1+1", "NULL")
_FIRST_NAMES = ("Ada", "Ben", "Carla", "Deniz", "José", "Kim", "Lars", "Zoë")
_LAST_NAMES = ("Abbott", "Chen", "Dvořák", "García", "O'Neil", "Park", "de la Cruz")
_CITIES = (("Springfield", "IL"), ("Portland", "OR"), ("Austin", "TX"), ("Dayton", "OH"), ("Reno", "NV"))
_PARTS = ("Brake Pad", "Oil Filter", "Spark Plug", 'Hose 3/8"', "Belt, timing")


def orders(count: int, dice: Random) -> Iterator[Cells]:
    """Yield `count` orders inside the export's window."""
    seconds = int((LAST - FIRST).total_seconds())
    for number in range(1, count + 1):
        at = FIRST + timedelta(seconds=dice.randrange(seconds))
        cents = dice.randrange(500, 99_900)
        tax = cents * 8 // 100
        yield {
            "order_id": str(number),
            "customer_id": str(dice.randrange(1, 1150)),
            "order_date": at.isoformat(" "),
            "invoice_number": f"INV-{at.year}-{number:06d}",
            "payment_method": dice.choices(*_PAYMENTS)[0],
            "subtotal": _money(cents),
            "tax": _money(tax),
            "total_amount": _money(cents + tax),
            "order_type": dice.choices(*_TYPES)[0],
            "status": dice.choices(*_STATUSES)[0],
            "notes": dice.choice(_NOTES) if dice.random() < 0.05 else "",
        }


def customers(count: int, dice: Random) -> Iterator[Cells]:
    """Yield `count` customers, each with an address of its own."""
    for number in range(1, count + 1):
        city, state = dice.choice(_CITIES)
        yield {
            "first_name": dice.choice(_FIRST_NAMES),
            "last_name": dice.choice(_LAST_NAMES),
            "email": f"customer{number}@example.com",
            "phone": f"555-{dice.randrange(1000):03d}-{dice.randrange(10000):04d}",
            "address": f"{dice.randrange(1, 9999)} Main Street, Suite {dice.randrange(100)}",
            "city": city,
            "state": state,
            "zip": f"{dice.randrange(100_000):05d}",
        }


def part_lines(count: int, dice: Random) -> Iterator[Cells]:
    """Yield `count` lines of orders, one to three for each, none like another of its order."""
    order = 1
    for number in range(count):
        order += dice.random() < 0.5
        quantity, cents = dice.randrange(1, 5), dice.randrange(100, 48_000)
        yield {
            "order_id": str(order),
            "sku": f"SKU-{number:07d}",
            "part_description": dice.choice(_PARTS),
            "quantity": str(quantity),
            "unit_price": _money(cents),
            "line_total": _money(cents * quantity),
        }


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
