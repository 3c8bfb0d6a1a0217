"""`preflight`: every check of account, network, source, agent and tools, or some of them, in the form that is asked."""

import json
import sys
import time
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from autocorp_wizard.adapters.packet_files import write_packets
from autocorp_wizard.cli import passwords, targets
from autocorp_wizard.cli.console import ReaderLeft
from autocorp_wizard.cli.options import WizardCommand, pass_settings
from autocorp_wizard.cli.preflight_lines import lines_of
from autocorp_wizard.cli.settings import Settings
from autocorp_wizard.core.errors import ExitCode, UsageError
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.preflight.formats import FORMATS, junit, markdown, sarif
from autocorp_wizard.core.preflight.packets import packets
from autocorp_wizard.core.preflight.record import Check, Group, SideEffect, Status, Variant
from autocorp_wizard.core.preflight.report import Report

if TYPE_CHECKING:
    from autocorp_wizard.core.environment import Environment

_EVERY = 30
_ASKING = [each.value for each in SideEffect if each is not SideEffect.NONE]
_NOT_WELL = frozenset({Status.FAIL.value, Status.WARN.value, Status.INCONCLUSIVE.value})


@click.command(
    "preflight",
    cls=WizardCommand,
    example="autocorp-wizard preflight --env dev\n"
    "autocorp-wizard preflight account aws.quota.dms --env dev\n"
    "autocorp-wizard preflight --only-failed --watch --env dev\n"
    "autocorp-wizard preflight --format junit --env dev > preflight.xml",
)
@click.argument("checks", nargs=-1, metavar="[CHECK]...")
@click.option("--format", "form", type=click.Choice(FORMATS), help="The form of the report; text by default.")
@click.option("--fail-on", "fail_on", default="", metavar="WHAT", help="warn, inconclusive, or both with a comma.")
@click.option("--only-failed", is_flag=True, help="Only what was not well the last time.")
@click.option("--phase", type=click.Choice([each.value for each in Phase]), help="Only what this phase waits for.")
@click.option("--allow", multiple=True, type=click.Choice(_ASKING), help="Let checks do this.")
@click.option("--packets", "folder", type=click.Path(file_okay=False), help="Write what helps here, by who applies it.")
@click.option(
    "--variant",
    type=click.Choice([each.value for each in Variant if each is not Variant.ANY]),
    default=Variant.SELF_MANAGED.value,
    help="The kind of source: what helps differs.",
)
@click.option("--list", "listing", is_flag=True, help="Name the checks and look at nothing.")
@click.option("--watch", is_flag=True, help="Look again and again, until Ctrl-C; with --json one document per line.")
@click.option("--every", type=click.IntRange(5, 3600), metavar="SECONDS", help=f"With --watch; {_EVERY} by default.")
@click.option("--times", type=click.IntRange(1), metavar="N", help="With --watch: end after N looks.")
@pass_settings
def command(
    settings: Settings,
    *,
    checks: tuple[str, ...],
    form: str | None,
    fail_on: str,
    only_failed: bool,
    phase: str | None,
    allow: tuple[str, ...],
    folder: str | None,
    variant: str,
    listing: bool,
    watch: bool,
    every: int | None,
    times: int | None,
) -> None:
    """Prove that account, network, source, agent and tools are ready, before anything costs money.

    A CHECK is an id or a group (tools, account, network, source, agent). Nothing is changed; what could not be looked
    at is never shown as a pass. Ends with 0 (all well), 3 (something failed), 4 (warnings only) or 5 (something could
    not be looked at).
    """
    strict = _strict(fail_on)
    if not watch and (every is not None or times is not None):
        raise UsageError("USAGE", "--every and --times belong to --watch.", next_step="Add --watch, or leave them out.")
    if settings.json and form not in (None, "json"):
        raise UsageError("USAGE", f"--json and --format {form} contradict each other.", next_step="Leave one out.")
    form = "json" if settings.json else form or "text"
    environment = targets.load(settings)
    if listing:
        _list(settings, environment)
        return
    try:
        looks = 0
        while True:
            report = _look(settings, environment, checks, phase=phase, only_failed=only_failed, allow=allow)
            _show(settings, report, form, Variant(variant), watch=watch)
            looks += 1
            if not watch or (times is not None and looks >= times):
                break
            time.sleep(every or _EVERY)
    except KeyboardInterrupt:
        raise Exit(int(ExitCode.INTERRUPTED)) from None
    if folder is not None:
        _write_packets(settings, report, Path(folder), Variant(variant))
    raise Exit(int(report.exit_code(fail_on=strict)))


def _strict(text: str) -> tuple[str, ...]:
    given = tuple(each.strip() for each in text.split(",") if each.strip())
    for each in given:
        if each not in ("warn", "inconclusive"):
            raise UsageError(
                "USAGE",
                f"--fail-on knows no {each!r}.",
                why="It takes warn, inconclusive, or both.",
                next_step="For example: --fail-on warn,inconclusive",
            )
    return given


def _look(
    settings: Settings,
    environment: "Environment",
    wanted: tuple[str, ...],
    *,
    phase: str | None,
    only_failed: bool,
    allow: tuple[str, ...],
) -> Report:
    from autocorp_wizard.checks.engine import with_needs
    from autocorp_wizard.rollout import preflight

    ambient = passwords.ambient(settings, environment)
    place = preflight.look_from(environment, settings.home, settings.console.detail, environ=settings.environ)
    everything = preflight.all_checks(
        place, settings.home, settings.console.detail, lambda: ambient.get(passwords.PASSWORD, "")
    )
    chosen = everything
    if phase:
        chosen = preflight.of_phase(chosen, phase)
    if wanted:
        chosen = with_needs(everything, _ids(wanted, everything))
    if only_failed:
        last = preflight.last_statuses(settings.home, environment.name)
        chosen = with_needs(everything, [each.id for each in chosen if last.get(each.id) in _NOT_WELL])
    report = preflight.carry_out(
        place,
        chosen,
        allowed=[SideEffect(each) for each in allow],
        tell=lambda result: settings.console.detail(f"{result.status.value:<12} {result.check.id}"),
        notes=preflight.strays(environment, everything),
    )
    preflight.remember(settings.home, report)
    return report


def _ids(wanted: tuple[str, ...], checks: tuple[Check, ...]) -> list[str]:
    groups = {each.value for each in Group}
    found: list[str] = []
    for name in wanted:
        fitting = [each.id for each in checks if each.id == name or (name in groups and each.group.value == name)]
        if not fitting:
            raise unknown_check(name, checks)
        found += fitting
    return found


def unknown_check(name: str, checks: tuple[Check, ...]) -> UsageError:
    """Return the error for a check that does not exist, with the nearest."""
    near = get_close_matches(name, [each.id for each in checks], n=1, cutoff=0.4)
    return UsageError(
        "CHECK-UNKNOWN",
        f"There is no check {name!r}.",
        why=f"The nearest one is {near[0]!r}." if near else "",
        next_step="List them with: autocorp-wizard preflight --list",
    )


def _list(settings: Settings, environment: "Environment") -> None:
    from autocorp_wizard.rollout import preflight

    place = preflight.look_from(environment, settings.home, settings.console.detail, begin=False)
    checks = preflight.all_checks(place, settings.home, settings.console.detail)
    settings.console.document(
        {
            "schema": "autocorp-wizard/preflight-list/1",
            "environment": environment.name,
            "checks": [
                {
                    "id": each.id,
                    "title": each.title,
                    "group": each.group.value,
                    "vantage": each.vantage.value,
                    "stage": each.stage.value,
                    "phases": [phase.value for phase in Phase if phase.value in each.phases],
                    "needs": [*each.needs],
                    "side_effects": each.side_effects.value,
                    "volatile": each.volatile,
                }
                for each in checks
            ],
        }
    )
    settings.console.table(("check", "group", "title"), [(each.id, each.group.value, each.title) for each in checks])


def _show(settings: Settings, report: Report, form: str, variant: Variant, *, watch: bool) -> None:
    if form == "json":
        text = json.dumps(report.as_document(), ensure_ascii=False, indent=None if watch else 2)
        _write(text)
    elif form == "junit":
        _write(junit(report))
    elif form == "sarif":
        _write(json.dumps(sarif(report), ensure_ascii=False, indent=2))
    elif form == "markdown":
        _write(markdown(report))
    else:
        if watch and sys.stdout.isatty() and not settings.plain:
            click.clear()
        for text, tone in lines_of(report, variant, details=settings.verbose):
            settings.console.styled_result(text, tone)


def _write(text: str) -> None:
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise ReaderLeft from None


def _write_packets(settings: Settings, report: Report, folder: Path, variant: Variant) -> None:
    found = packets(report, variant)
    if not found:
        settings.console.hint("Nothing is open, so there is no packet to write.")
        return
    for each, path in zip(found, write_packets(folder, found), strict=True):
        settings.console.hint(f"For the {each.audience.value}: {path}")
