"""What an environment costs in a month: dated prices with their sources times declared quantities, line by line.

The figures are data (`cost_data.json`); every line says where its price is from and why its quantity is what it is.
Amounts are USD in us-east-1, before taxes, credits and free tiers.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import ceil
from typing import Final, cast

from autocorp_wizard.core.events import Json
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.presets import Preset

SCHEMA: Final = "autocorp-wizard/cost-data/1"
# Budgets that warn at the estimate itself would warn every month.
_MARGIN: Final = 1.2
_STEP_USD: Final = 5


@dataclass(frozen=True, slots=True)
class Price:
    """One unit price. `confirmed` is False where it was not read in a price list yet."""

    key: str
    usd: float
    unit: str
    source: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Amount:
    """A monthly sum in USD: what it may come to when little, as expected, and when much happens."""

    low: float
    expected: float
    high: float

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.low + other.low, self.expected + other.expected, self.high + other.high)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an estimate; `because` says where the quantity comes from."""

    phase: Phase
    what: str
    price: Price
    quantity: Amount
    because: str

    @property
    def amount(self) -> Amount:
        """What the line comes to."""
        return Amount(*(round(part * self.price.usd, 2) for part in _parts(self.quantity)))


@dataclass(frozen=True, slots=True)
class Estimate:
    """The lines of a preset, and the day that their prices are of."""

    preset: Preset
    date: str
    region: str
    lines: tuple[Line, ...]

    @property
    def total(self) -> Amount:
        """What all of it comes to."""
        return sum((line.amount for line in self.lines), Amount(0, 0, 0))

    @property
    def budget_usd(self) -> int:
        """The monthly budget for it: a fifth above what is expected, in steps of five dollars."""
        return ceil(self.total.expected * _MARGIN / _STEP_USD) * _STEP_USD


@cache
def estimate(preset: Preset) -> Estimate:
    """Return the estimate for all phases of a preset."""
    data = _data()
    prices = {key: _price(key, _mapping(entry)) for key, entry in _mapping(data["prices"]).items()}
    lines = cast("list[Mapping[str, Json]]", _mapping(data["presets"])[preset.value])
    return Estimate(
        preset,
        str(data["date"]),
        str(data["region"]),
        tuple(
            Line(
                Phase(str(line["phase"])),
                str(line["what"]),
                prices[str(line["price"])],
                Amount(*(float(part) for part in cast("list[float]", line["quantity"]))),
                str(line["because"]),
            )
            for line in lines
        ),
    )


def _data() -> Mapping[str, Json]:
    text = files("autocorp_wizard.core").joinpath("cost_data.json").read_text(encoding="utf-8")
    data = cast("Mapping[str, Json]", json.loads(text))
    if data["schema"] != SCHEMA:
        raise ValueError(f"cost_data.json is {data['schema']!r}, not {SCHEMA!r}")
    return data


def _price(key: str, entry: Mapping[str, Json]) -> Price:
    usd = float(cast("float", entry["usd"]))
    return Price(key, usd, str(entry["unit"]), str(entry["source"]), entry["confirmed"] is True)


def _mapping(value: Json) -> Mapping[str, Json]:
    return cast("Mapping[str, Json]", value)


def _parts(amount: Amount) -> tuple[float, float, float]:
    return amount.low, amount.expected, amount.high
