"""What can be wrong with a row of an export, how often it is, and what must become of the row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from random import Random

Cells = dict[str, str]
Spoil = Callable[[Cells, Random], None]
# A byte that is no UTF-8, as a file in Latin-1 has it; the writer turns it into that byte.
STRANGE = "\udce9"
NO_BREAK_SPACE = "\u00a0"


class Shape(StrEnum):
    """What a kind does to the lines of the file, beyond the cells of its row."""

    NONE = "none"
    CUT = "cut"  # the line ends in the middle of the row
    LONG = "long"  # there is a cell too many
    BROKEN = "broken"  # a line break within quotation marks
    TWICE = "twice"  # the same line once more, later
    SUPERSEDED = "superseded"  # a later line of the same key with other values
    SPOILT_LATER = "spoilt later"  # a later line of the same key that is dirt itself


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of dirt: `share` of all rows; `reasons` set the row aside, the first being the one it is counted under.

    Without reasons the row is let in, with `warnings` (code and how often it counts in one row).
    """

    name: str
    share: float
    spoil: Spoil = lambda cells, dice: None
    reasons: tuple[str, ...] = ()
    warnings: Mapping[str, int] | None = None
    shape: Shape = Shape.NONE


def put(column: str, *values: str) -> Spoil:
    """Let the cell be one of `values`."""
    return lambda cells, dice: cells.__setitem__(column, dice.choice(values))


def around(column: str) -> Spoil:
    """Put blanks around the cell, the invisible ones too."""

    def spoil(cells: Cells, dice: Random) -> None:
        cells[column] = dice.choice((" {} ", "{}  ", "\t{}", NO_BREAK_SPACE + "{}")).format(cells[column])

    return spoil


def missing(column: str, share: float) -> Kind:
    """A required cell is empty, or nothing but blanks."""
    return Kind(f"{column} missing", share, put(column, "", "  "), (f"REQUIRED_MISSING:{column}",))


def lacking(column: str, share: float) -> Kind:
    """A cell is empty that may be."""
    return Kind(f"{column} missing", share, put(column, ""), warnings={"VALUE_MISSING": 1})


def _at(pattern: str) -> Spoil:
    """Write order_date in another way."""
    return lambda cells, _: cells.__setitem__("order_date", _moment(cells).strftime(pattern))


def _moment(cells: Cells) -> datetime:
    return datetime.strptime(cells["order_date"], "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007  (as the source keeps it)


def _thousands(cells: Cells, dice: Random) -> None:
    """An amount of a thousand or more with separators; the file quotes it, since it holds a comma."""
    cells["total_amount"] = f"{dice.randrange(1_000_00, 9_999_999_00) / 100:,.2f}"


def _currency(cells: Cells, dice: Random) -> None:
    cells["subtotal"] = dice.choice(("${}", "$ {}", "€{}", "£{}")).format(cells["subtotal"])


def _negative(cells: Cells, dice: Random) -> None:
    cells["total_amount"] = dice.choice(("-{}", "-${}", "$-{}")).format(cells["total_amount"])


def _two_at_once(cells: Cells, _: Random) -> None:
    cells["order_type"] = "Gift"
    cells["tax"] = f"-{cells['tax']}"


_DATE = ("DATE_UNPARSEABLE:order_date",)
_WINDOW = ("DATE_OUT_OF_WINDOW:order_date",)
_TYPE = "VALUE_UNKNOWN:order_type"
_MALFORMED = ("ROW_MALFORMED:*",)

ORDERS = (
    missing("order_id", 0.0002),
    missing("customer_id", 0.007),
    missing("order_date", 0.0002),
    missing("invoice_number", 0.0005),
    missing("total_amount", 0.0002),
    lacking("tax", 0.001),
    lacking("payment_method", 0.002),
    lacking("subtotal", 0.0003),
    Kind("month 13", 0.0002, _at("%Y-13-%d %H:%M:%S"), _DATE),
    Kind("30 February", 0.0001, _at("%Y-02-30 %H:%M:%S"), _DATE),
    Kind("date in words", 0.0001, _at("%d %B %Y"), _DATE),
    Kind("date with slashes", 0.0002, _at("%Y/%m/%d %H:%M:%S"), _DATE),
    Kind("day first", 0.0001, _at("%d-%m-%Y %H:%M:%S"), _DATE),
    Kind("hour 25", 0.0001, _at("%Y-%m-%d 25:%M:%S"), _DATE),
    Kind("date after the window", 0.001, put("order_date", "2025-01-01 00:00:00", "2031-06-01 10:00:00"), _WINDOW),
    Kind("date before the window", 0.0008, put("order_date", "2021-06-06 23:59:59", "1999-12-31 08:00:00"), _WINDOW),
    Kind("blanks around customer_id", 0.001, around("customer_id"), warnings={"VALUE_TRIMMED": 1}),
    Kind("thousands separators", 0.0015, _thousands, warnings={"AMOUNT_NORMALISED": 1}),
    Kind("currency sign", 0.0005, _currency, warnings={"AMOUNT_NORMALISED": 1}),
    Kind("negative amount", 0.0005, _negative, ("AMOUNT_NEGATIVE:total_amount",)),
    Kind(
        "amount is no number",
        0.0003,
        put("subtotal", "n/a", "12.3.4", "1.234,56", "--5", "1,23.00"),
        ("AMOUNT_UNPARSEABLE:subtotal",),
    ),
    Kind(
        "customer_id is no number",
        0.0003,
        put("customer_id", "C-17", "seven", "12.0", "1e3"),
        ("NUMBER_UNPARSEABLE:customer_id",),
    ),
    Kind("unknown order type", 0.0004, put("order_type", "Gift", "parts", "PART"), (_TYPE,)),
    Kind("two at once", 0.0002, _two_at_once, ("AMOUNT_NEGATIVE:tax", _TYPE)),
    Kind("text too long", 0.0002, put("payment_method", "C" * 51), ("TEXT_TOO_LONG:payment_method",)),
    Kind("broken encoding", 0.0003, put("status", f"Compl{STRANGE}ted"), ("ENCODING_BROKEN:status",)),
    Kind("half line", 0.0003, reasons=_MALFORMED, shape=Shape.CUT),
    Kind("a cell too many", 0.0003, reasons=_MALFORMED, shape=Shape.LONG),
    Kind("line break in a text", 0.0003, put("notes", "first\nsecond"), _MALFORMED, shape=Shape.BROKEN),
    Kind("the same line twice", 0.0001, shape=Shape.TWICE),
    Kind("superseded by a later line", 0.0001, put("status", "Cancelled"), shape=Shape.SUPERSEDED),
    Kind("valid, then dirt", 0.0001, _negative, ("AMOUNT_NEGATIVE:total_amount",), shape=Shape.SPOILT_LATER),
)

CUSTOMERS = (
    missing("first_name", 0.004),
    missing("last_name", 0.004),
    missing("email", 0.006),
    lacking("phone", 0.004),
    lacking("address", 0.002),
    Kind("blanks around email", 0.004, around("email"), warnings={"VALUE_TRIMMED": 1}),
    Kind("email in capitals", 0.002, lambda cells, _: cells.__setitem__("email", cells["email"].upper())),
    Kind("text too long", 0.001, put("state", "X" * 51), ("TEXT_TOO_LONG:state",)),
    Kind("broken encoding", 0.001, put("city", f"D{STRANGE}sir"), ("ENCODING_BROKEN:city",)),
    Kind("half line", 0.001, reasons=_MALFORMED, shape=Shape.CUT),
    Kind("a cell too many", 0.001, reasons=_MALFORMED, shape=Shape.LONG),
    Kind("the same line twice", 0.001, shape=Shape.TWICE),
    Kind("superseded by a later line", 0.001, put("city", "Elsewhere"), shape=Shape.SUPERSEDED),
)

PART_LINES = (
    missing("order_id", 0.001),
    missing("unit_price", 0.0005),
    lacking("sku", 0.002),
    Kind("quantity zero", 0.0003, put("quantity", "0"), ("QUANTITY_BELOW_ONE:quantity",)),
    Kind("quantity negative", 0.0003, put("quantity", "-2"), ("QUANTITY_BELOW_ONE:quantity",)),
    Kind("quantity is no number", 0.0003, put("quantity", "two", "1.5"), ("NUMBER_UNPARSEABLE:quantity",)),
    Kind("negative amount", 0.0005, put("line_total", "-1.00"), ("AMOUNT_NEGATIVE:line_total",)),
    Kind("text too long", 0.0002, put("part_description", "D" * 201), ("TEXT_TOO_LONG:part_description",)),
    Kind("currency sign", 0.0005, put("unit_price", "$12.50", "€7"), warnings={"AMOUNT_NORMALISED": 1}),
    Kind("half line", 0.0003, reasons=_MALFORMED, shape=Shape.CUT),
    Kind("a cell too many", 0.0003, reasons=_MALFORMED, shape=Shape.LONG),
)
