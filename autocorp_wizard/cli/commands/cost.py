"""`cost`: what an environment costs in a month, line by line, before anything is paid for."""

import re

import click

from autocorp_wizard.cli import targets
from autocorp_wizard.cli.options import WizardCommand, pass_settings
from autocorp_wizard.cli.settings import Settings
from autocorp_wizard.core.answers import show
from autocorp_wizard.core.costing import Costing, costing_of
from autocorp_wizard.core.estimate import Amount, Line
from autocorp_wizard.core.events import Json

# How many lines a first look gets; the others are cents.
_LARGEST = 8


@click.command(
    "cost",
    cls=WizardCommand,
    example="autocorp-wizard cost --env prod\nautocorp-wizard cost --env dev --compare staging --compare prod",
)
@click.option("--compare", "others", metavar="ENV", multiple=True, help="Also the total of this one; may be repeated.")
@pass_settings
def command(settings: Settings, others: tuple[str, ...]) -> None:
    """Estimate what an environment costs in a month, all four phases, line by line.

    Quantities are the preset's: answers that move the bill and are not the preset's are listed as not counted. What
    was really spent so far is in `status`.
    """
    costing = costing_of(targets.load(settings))
    compared = [costing_of(settings.store.load(name)) for name in others]
    settings.console.document(_document(costing, compared))
    if settings.json:
        return
    console, estimate = settings.console, costing.estimate
    console.result(
        f"{costing.environment} ({estimate.preset.value}), USD a month, prices of {estimate.date} in {estimate.region}"
    )
    lines = sorted(estimate.lines, key=lambda line: -line.amount.expected)
    shown = lines if settings.verbose else lines[:_LARGEST]
    console.table(
        ("phase", "what", "low", "expected", "high", "because"),
        [(line.phase.value, line.what, *_figures(line.amount), line.because + _doubt(line)) for line in shown],
    )
    if smaller := lines[len(shown) :]:
        rest = sum((line.amount for line in smaller), Amount(0, 0, 0))
        console.result(f"{len(smaller)} smaller lines: {rest.expected:.2f} expected (-v lists them)")
    for each in (costing, *compared):
        low, expected, high = _figures(each.estimate.total)
        console.styled_result(f"{each.environment}: {expected} USD a month expected, {low} to {high}", "strong")
        for moved in each.not_counted:
            before, after = show(moved.preset) or "(none)", show(moved.answer) or "(none)"
            console.styled_result(f"  not counted: {moved.name} is {after}, the preset's is {before}", "warn")
        if each.is_elsewhere:
            console.styled_result(f"  {each.region} has other prices than {each.estimate.region}", "warn")
    if any(not line.price.confirmed for line in estimate.lines):
        console.hint("A price with (?) was not read in a price list yet. Taxes, credits and free tiers are left out.")


def _figures(amount: Amount) -> tuple[str, str, str]:
    return f"{amount.low:.2f}", f"{amount.expected:.2f}", f"{amount.high:.2f}"


def _doubt(line: Line) -> str:
    return "" if line.price.confirmed else " (?)"


def _money(amount: Amount) -> dict[str, Json]:
    low, expected, high = (f"{figure} USD" for figure in _figures(amount))
    return {"low": low, "expected": expected, "high": high}


def _document(costing: Costing, compared: list[Costing]) -> dict[str, Json]:
    estimate = costing.estimate
    return {
        "schema": "autocorp-wizard/cost/1",
        **_summary(costing),
        "prices_as_of": estimate.date,
        "prices_region": estimate.region,
        "budget": f"{estimate.budget_usd:.2f} USD",
        "lines": [
            {
                "id": f"{line.phase.value}.{'-'.join(re.findall(r'[a-z0-9]+', line.what.lower()))}",
                "service": line.price.key.partition(".")[0],
                "phase": line.phase.value,
                "what": line.what,
                **_money(line.amount),
                "rule": line.because,
                "source": line.price.source,
                "confirmed": line.price.confirmed,
            }
            for line in estimate.lines
        ],
        "compared": [_summary(each) for each in compared],
    }


def _summary(costing: Costing) -> dict[str, Json]:
    return {
        "environment": costing.environment,
        "preset": costing.estimate.preset.value,
        "region": costing.region,
        "total": _money(costing.estimate.total),
        "not_counted": [
            {"name": each.name, "preset": each.preset, "answer": each.answer} for each in costing.not_counted
        ],
    }
