"""A column of a curated table: its type there, and what a value must satisfy to be let in."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a value is, in the words of the source."""

    TEXT = "text"
    INTEGER = "integer"
    AMOUNT = "amount"
    DATE = "date"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a contract.

    `length` bounds a text (characters, 0: unbounded), `digits` is the precision of an amount, which has two decimals;
    `minimum` and `choices` bound a value; `windowed` marks the date that `--window` judges. `measured` says what a
    value below the minimum is called in a reason. `lob`: the source's type has no bound (`text`), so DMS cuts what is
    longer than it carries.
    """

    name: str
    kind: Kind
    required: bool = False
    length: int = 0
    digits: int = 12
    minimum: int | None = None
    measured: str = "AMOUNT_NEGATIVE"
    choices: tuple[str, ...] = ()
    windowed: bool = False
    lob: bool = False

    @property
    def sql_type(self) -> str:
        """The Spark type in the curated table.

        Integers are 64 bits wide whatever the source has: a file of the wider type then needs no change of the table.
        """
        return {
            Kind.TEXT: "string",
            Kind.INTEGER: "bigint",
            Kind.AMOUNT: f"decimal({self.digits},2)",
            Kind.DATE: "date",
            Kind.MOMENT: "timestamp",
        }[self.kind]


def text(name: str, length: int = 0, *, required: bool = False, choices: tuple[str, ...] = ()) -> Column:
    """Return a text column of at most `length` characters (0: any)."""
    return Column(name, Kind.TEXT, required=required, length=length, choices=choices)


def long_text(name: str) -> Column:
    """Return a column of texts without a bound, which DMS carries up to a length only."""
    return Column(name, Kind.TEXT, lob=True)


def integer(name: str, *, required: bool = False) -> Column:
    """Return an integer column."""
    return Column(name, Kind.INTEGER, required=required)


def quantity(name: str, *, required: bool = False) -> Column:
    """Return an integer column of at least one."""
    return Column(name, Kind.INTEGER, required=required, minimum=1, measured="QUANTITY_BELOW_ONE")


def amount(name: str, digits: int = 12, *, required: bool = False, minimum: int | None = None) -> Column:
    """Return a column of money: `digits` in all, two of them decimals."""
    return Column(name, Kind.AMOUNT, required=required, digits=digits, minimum=minimum)


def date(name: str) -> Column:
    """Return a column of days."""
    return Column(name, Kind.DATE)


def moment(name: str, *, required: bool = False, windowed: bool = False) -> Column:
    """Return a column of timestamps (UTC, microseconds)."""
    return Column(name, Kind.MOMENT, required=required, windowed=windowed)
