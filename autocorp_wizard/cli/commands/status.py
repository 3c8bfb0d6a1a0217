"""`status`: what is deployed, how it does, and which promises it keeps, by looking at AWS itself."""

import json
import sys
import time

import click
from click.exceptions import Exit

from autocorp_wizard.cli import statusing, targets
from autocorp_wizard.cli.console import ReaderLeft
from autocorp_wizard.cli.options import WizardCommand, pass_settings
from autocorp_wizard.cli.settings import Settings
from autocorp_wizard.core.errors import ExitCode, UsageError
from autocorp_wizard.core.status import Report

_EVERY = 60


@click.command(
    "status",
    cls=WizardCommand,
    example="autocorp-wizard status --env dev\n"
    "autocorp-wizard status --env prod --json | jq .verdict\n"
    "autocorp-wizard status --env prod --watch --every 30",
)
@click.option("--watch", is_flag=True, help="Look again and again, until Ctrl-C; with --json one document per line.")
@click.option("--every", type=click.IntRange(5, 3600), metavar="SECONDS", help=f"With --watch; {_EVERY} by default.")
@click.option("--times", type=click.IntRange(1), metavar="N", help="With --watch: end after N looks.")
@click.option("--fail-on", type=click.Choice(["warn"]), help="End with 3 for warnings too.")
@pass_settings
def command(settings: Settings, watch: bool, every: int | None, times: int | None, fail_on: str | None) -> None:
    """Show what is deployed, how it does, and which promises it keeps.

    Each value is asked of AWS now and says when it held; what could not be looked at says why. -v shows every single
    value. Ends with 0 (all well), 3 (something is broken), 4 (warnings only) or 5 (something could not be looked at).
    """
    if not watch and (every is not None or times is not None):
        raise UsageError(
            "USAGE",
            "--every and --times belong to --watch.",
            why="Without it there is one look.",
            next_step="Add --watch, or leave them out.",
        )
    environment = targets.load(settings)
    try:
        look = statusing.way_to(settings, environment)
        report = statusing.look_once(settings, look)
        _show(settings, report, watch=watch)
        looks = 1
        while watch and (times is None or looks < times):
            time.sleep(every or _EVERY)
            report = statusing.look_once(settings, look)
            _show(settings, report, watch=watch)
            looks += 1
    except KeyboardInterrupt:
        # The way a watch ends; stdout holds whole documents only.
        raise Exit(int(ExitCode.INTERRUPTED)) from None
    raise Exit(int(report.exit_code(fail_on_warn=fail_on == "warn")))


def _show(settings: Settings, report: Report, *, watch: bool) -> None:
    if settings.json and watch:
        # One document per line, so that a reader can take each as it comes.
        try:
            sys.stdout.write(json.dumps(report.as_document(), ensure_ascii=False) + "\n")
            sys.stdout.flush()
        except BrokenPipeError:
            raise ReaderLeft from None
        return
    settings.console.document(report.as_document())
    if settings.json:
        return
    if watch and sys.stdout.isatty() and not settings.plain:
        click.clear()
    statusing.say(settings, report)
