"""Rows for the AutoCorp database: the same for the same seed, in the shape and mix that the real one has."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Final

Value = str | int | Decimal | date | datetime | None
Row = tuple[Value, ...]

PARTS: Final = 400
CUSTOMERS: Final = 1149
SERVICES: Final = 110
SERVICE_PARTS: Final = 1074
DEFAULT_ORDERS: Final = 5000
DEFAULT_SEED: Final = 20210607

_FIRST_DAY: Final = datetime(2021, 6, 7)  # noqa: DTZ001  (the source keeps local time without a zone)
_DAYS: Final = (date(2024, 12, 31) - _FIRST_DAY.date()).days
_TAX: Final = Decimal("0.08")
_CENT: Final = Decimal("0.01")
_ORDER_TYPES: Final = (("Parts", "Service", "Mixed"), (82, 9, 9))
_PAYMENTS: Final = (("Credit Card", "Cash", "Debit Card", "Bank Transfer"), (50, 20, 20, 10))
_STATUSES: Final = (("Completed", "Pending", "Cancelled"), (96, 3, 1))
_CATEGORIES: Final = (
    "Brakes",
    "Engine",
    "Transmission",
    "Electrical",
    "Suspension",
    "Cooling",
    "Exhaust",
    "Tires",
    "Fluids",
    "Air Conditioning",
    "Inspection",
)
_WORK: Final = (
    "check",
    "replacement",
    "repair",
    "adjustment",
    "overhaul",
    "cleaning",
    "upgrade",
    "diagnosis",
    "service",
    "renewal",
)
_THINGS: Final = (
    "Brake Pad",
    "Oil Filter",
    "Spark Plug",
    "Air Filter",
    "Timing Belt",
    "Water Pump",
    "Alternator",
    "Shock Absorber",
    "Wheel Bearing",
    "Fuel Pump",
    "Radiator Hose",
    "Wiper Blade",
    "Ignition Coil",
    "Clutch Kit",
    "Headlight Bulb",
    "Battery",
)
_VENDORS: Final = ("Northgate Supply", "Delmar Auto", "Pine & Sons", "Keystone Parts", "Harbor Wholesale")
_FIRST_NAMES: Final = ("Ada", "Ben", "Carla", "Deniz", "Emil", "Fatima", "Greta", "Hugo", "Ines", "José", "Kim", "Lars")
_LAST_NAMES: Final = (
    "Abbott",
    "Baker",
    "Chen",
    "Dvořák",
    "Ellis",
    "Fischer",
    "García",
    "Hughes",
    "Ito",
    "Jansen",
    "O'Neil",
    "Park",
)
_CITIES: Final = (("Springfield", "IL"), ("Portland", "OR"), ("Austin", "TX"), ("Dayton", "OH"), ("Reno", "NV"))
_NOTES: Final = ('Customer said "soon"', "Fleet, net 30", "Line one\nline two", "Ümlaut, comma; semicolon")


@dataclass(frozen=True, slots=True)
class TableRows:
    """The rows of one table, in the order of `columns`."""

    table: str
    columns: tuple[str, ...]
    rows: list[Row]


def generate(orders: int, seed: int) -> Iterator[TableRows]:
    """Yield all tables in the order in which they can be loaded; `orders` rows of sales_order."""
    dice = Random(seed)  # noqa: S311  (repeatable on purpose)
    parts = _parts(dice)
    prices = {str(row[0]): Decimal(str(row[5])) for row in parts}
    names = {str(row[0]): str(row[1]) for row in parts}
    services = _services(dice)
    yield TableRows("auto_parts", ("sku", "name", "description", "inventory_date", "vendor", "price"), parts)
    yield _customers(dice)
    yield TableRows("service", ("serviceid", "service", "category", "labor_minutes", "labor_cost"), services)
    yield _service_parts(dice, services, sorted(prices))
    yield from _orders(dice, orders, services, _Parts(sorted(prices), prices, names))


@dataclass(frozen=True, slots=True)
class _Parts:
    skus: list[str]
    prices: dict[str, Decimal]
    names: dict[str, str]


def _parts(dice: Random) -> list[Row]:
    return [
        (
            f"SKU-{number:05d}",
            f"{_THINGS[number % len(_THINGS)]} {number:03d}",
            # A few are missing, as in life.
            None if number % 37 == 0 else f"{_THINGS[number % len(_THINGS)]} for model years 20{number % 20:02d}+",
            (_FIRST_DAY + timedelta(days=dice.randrange(_DAYS))).date(),
            dice.choice(_VENDORS),
            _money(dice, 3, 480),
        )
        for number in range(1, PARTS + 1)
    ]


def _customers(dice: Random) -> TableRows:
    columns = (
        "customer_id",
        "first_name",
        "last_name",
        "email",
        "phone",
        "address",
        "city",
        "state",
        "zip_code",
        "created_at",
    )
    rows: list[Row] = []
    for number in range(1, CUSTOMERS + 1):
        city, state = dice.choice(_CITIES)
        first, last = dice.choice(_FIRST_NAMES), dice.choice(_LAST_NAMES)
        phone = None if number % 53 == 0 else f"555-{dice.randrange(1000):03d}-{dice.randrange(10000):04d}"
        street = f"{dice.randrange(1, 9999)} Main Street"
        zip_code = f"{dice.randrange(100000):05d}"
        since = _FIRST_DAY - timedelta(days=dice.randrange(400))
        rows.append((number, first, last, f"customer{number}@example.com", phone, street, city, state, zip_code, since))
    return TableRows("customers", columns, rows)


def _services(dice: Random) -> list[Row]:
    rows: list[Row] = []
    for number in range(SERVICES):
        category, work = _CATEGORIES[number % len(_CATEGORIES)], _WORK[number // len(_CATEGORIES)]
        minutes = dice.randrange(15, 480, 15)
        rows.append((f"SVC-{number + 1:04d}", f"{category} {work}", category, minutes, _money(dice, 20, 1900)))
    return rows


def _service_parts(dice: Random, services: list[Row], skus: list[str]) -> TableRows:
    per_service, more = divmod(SERVICE_PARTS, SERVICES)
    rows: list[Row] = []
    for position, service in enumerate(services):
        for sku in dice.sample(skus, per_service + (1 if position < more else 0)):
            rows.append((len(rows) + 1, service[0], sku, dice.randint(1, 4), _FIRST_DAY))
    return TableRows("service_parts", ("service_part_id", "serviceid", "sku", "quantity", "created_at"), rows)


def _orders(dice: Random, count: int, services: list[Row], parts: _Parts) -> Iterator[TableRows]:
    orders: list[Row] = []
    part_lines: list[Row] = []
    service_lines: list[Row] = []
    for order_id in range(1, count + 1):
        # Spread evenly and in order, so that invoice numbers grow with time as they do at the counter.
        at = _FIRST_DAY + timedelta(days=_DAYS * order_id // (count + 1), seconds=dice.randrange(8 * 3600, 18 * 3600))
        order_type = _weighted(dice, _ORDER_TYPES)
        subtotal = Decimal(0)
        if order_type != "Service":
            for _ in range(dice.randint(1, 3)):
                sku, quantity = dice.choice(parts.skus), dice.randint(1, 4)
                total = parts.prices[sku] * quantity
                line = (
                    len(part_lines) + 1,
                    order_id,
                    None,
                    sku,
                    parts.names[sku],
                    quantity,
                    parts.prices[sku],
                    total,
                    at,
                )
                part_lines.append(line)
                subtotal += total
        if order_type != "Parts":
            service = dice.choice(services)
            labor, extra = Decimal(str(service[4])), _money(dice, 0, 200)
            service_lines.append(
                (
                    len(service_lines) + 1,
                    order_id,
                    service[0],
                    service[1],
                    1,
                    service[3],
                    labor,
                    extra,
                    labor + extra,
                    dice.randrange(1, 5000),
                    dice.randrange(1, 40),
                    "Completed",
                    at,
                )
            )
            subtotal += labor + extra
        tax = (subtotal * _TAX).quantize(_CENT)
        invoice = f"INV-{at.year}-{order_id:06d}"
        notes = dice.choice(_NOTES) if dice.random() < 0.05 else None
        customer, paid = dice.randint(1, CUSTOMERS), _weighted(dice, _PAYMENTS)
        status = _weighted(dice, _STATUSES)
        orders.append(
            (order_id, customer, at, invoice, paid, subtotal, tax, subtotal + tax, order_type, status, notes, at, at)
        )
    yield TableRows(
        "sales_order",
        (
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
            "created_at",
            "updated_at",
        ),
        orders,
    )
    yield TableRows(
        "sales_order_parts",
        (
            "line_item_id",
            "order_id",
            "part_id",
            "sku",
            "part_description",
            "quantity",
            "unit_price",
            "line_total",
            "created_at",
        ),
        part_lines,
    )
    yield TableRows(
        "sales_order_services",
        (
            "line_item_id",
            "order_id",
            "serviceid",
            "service_description",
            "quantity",
            "labor_minutes",
            "labor_cost",
            "parts_cost",
            "line_total",
            "vehicle_id",
            "technician_id",
            "service_status",
            "created_at",
        ),
        service_lines,
    )


def _money(dice: Random, low: int, high: int) -> Decimal:
    return (Decimal(dice.randrange(low * 100, high * 100)) / 100).quantize(_CENT)


def _weighted(dice: Random, choices: tuple[tuple[str, ...], tuple[int, ...]]) -> str:
    values, weights = choices
    return dice.choices(values, weights)[0]
