"""`env diff`: two environments side by side, before a promotion."""

from collections.abc import Iterator

import click

from autocorp_wizard.cli.options import WizardCommand, pass_settings
from autocorp_wizard.cli.settings import Settings
from autocorp_wizard.core.answers import show
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.promotion import AnswerPair, Difference, Holding, compare


@click.command(
    "diff",
    cls=WizardCommand,
    example="autocorp-wizard env diff staging prod\nautocorp-wizard env diff staging prod --json | jq .only_first",
)
@click.argument("first")
@click.argument("second")
@pass_settings
def command(settings: Settings, first: str, second: str) -> None:
    """Compare two environments: answers that differ, and resources that only one has.

    What a plan that waits would make or take away counts as done. -v also lists answers that follow from name or
    preset, and every single resource.
    """
    from autocorp_wizard.rollout.holdings import holding_of

    pair = settings.store.load(first), settings.store.load(second)
    one, other = (holding_of(each, settings.home, settings.console.detail) for each in pair)
    difference = compare(*pair, (one, other))
    settings.console.document(
        {
            "schema": "autocorp-wizard/env-diff/1",
            "first": {"name": first, **one.as_document()},
            "second": {"name": second, **other.as_document()},
            "answers": [each.as_document() for each in difference.answers],
            "phases": [{"phase": name, "first": a, "second": b} for name, (a, b) in difference.phases.items()],
            "types": [{"type": kind, "first": a, "second": b} for kind, (a, b) in difference.types.items()],
            "only_first": list[Json](difference.only_first),
            "only_second": list[Json](difference.only_second),
        }
    )
    if settings.json:
        return
    _say_answers(settings, (first, second), difference)
    for line in _resources((first, second), (one, other), difference, every=settings.verbose):
        settings.console.result(line)


def _say_answers(settings: Settings, names: tuple[str, str], difference: Difference) -> None:
    shown = [each for each in difference.answers if each.was_given or settings.verbose]
    if shown:
        settings.console.table(("answer", *names, "from"), [_row(each) for each in shown])
    else:
        settings.console.result("Every answer that somebody gave is the same.")
    if left := len(difference.answers) - len(shown):
        settings.console.hint(f"{left} more answers differ because they follow from name or preset; -v lists them.")


def _row(pair: AnswerPair) -> tuple[str, str, str, str]:
    origins = dict.fromkeys((pair.first_origin, pair.second_origin))
    return pair.name, show(pair.first) or "(none)", show(pair.second) or "(none)", ", ".join(origins)


def _resources(
    names: tuple[str, str], holdings: tuple[Holding, Holding], difference: Difference, *, every: bool
) -> Iterator[str]:
    for name, holding in zip(names, holdings, strict=True):
        if holding.reason:
            yield f"{name}: its resources are not known. {holding.reason}"
        else:
            yield f"{name}: {len(holding.resources)} resources, by {holding.source}."
    if any(holding.reason for holding in holdings):
        return
    only = (difference.only_first, difference.only_second)
    if not any(only):
        yield "Both have the same resources."
        return
    for name, (first, second) in (difference.types if every else difference.phases).items():
        yield f"  {name}: {first} in {names[0]}, {second} in {names[1]}"
    for name, addresses in zip(names, only, strict=True):
        if addresses:
            yield f"Only {name} has {len(addresses)}" + (":" if every else "; -v lists them.")
        for address in addresses if every else ():
            yield f"  {address}"
