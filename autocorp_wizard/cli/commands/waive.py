"""`waive`: somebody decides to live with a check until a day; it stands in the environment's file, for the team."""

from dataclasses import replace
from datetime import UTC, date, datetime

import click

from autocorp_wizard.adapters.person import who
from autocorp_wizard.cli import questions, targets
from autocorp_wizard.cli.commands.preflight import unknown_check
from autocorp_wizard.cli.options import WizardCommand, pass_settings
from autocorp_wizard.cli.settings import Settings
from autocorp_wizard.core.environment import Waiver
from autocorp_wizard.core.errors import UsageError


@click.command(
    "waive",
    cls=WizardCommand,
    example='autocorp-wizard waive aws.budget --reason "finance watches the account" --until 2027-03-31 --env dev\n'
    "autocorp-wizard waive aws.budget --revoke --env dev",
)
@click.argument("check", metavar="CHECK")
@click.option("--reason", default="", metavar="TEXT", help="Why that is acceptable.")
@click.option("--until", default="", metavar="DATE", help="The last day, such as 2027-03-31.")
@click.option("--revoke", is_flag=True, help="Take the waiver back.")
@click.option("--confirm", default="", metavar="CHECK", help="The check's id once more, for what guards the data.")
@pass_settings
def command(settings: Settings, *, check: str, reason: str, until: str, revoke: bool, confirm: str) -> None:
    """Live with a check until a day: who, why and until when stand in the environment's file.

    A waived check is shown in every report and closes no gate. After its day it counts as failed again.
    """
    from autocorp_wizard.rollout import preflight

    environment = targets.load_saved(settings)
    if revoke:
        left = tuple(each for each in environment.waivers if each.check != check)
        if len(left) == len(environment.waivers):
            raise UsageError("WAIVER-UNKNOWN", f"There is no waiver of {check!r} in {environment.name}.")
        settings.store.save(replace(environment, waivers=left))
        settings.console.document(
            {"schema": "autocorp-wizard/waive/1", "environment": environment.name, "check": check, "waiver": None}
        )
        settings.console.say(f"{check} is not waived any more.", "good")
        return
    place = preflight.look_from(environment, settings.home, settings.console.detail, begin=False)
    checks = preflight.all_checks(place, settings.home, settings.console.detail)
    found = next((each for each in checks if each.id == check), None)
    if found is None:
        raise unknown_check(check, checks)
    waiver = Waiver(check, _reason(reason), _day(until), who())
    if found.integrity and confirm != check:
        why = f"{check} guards what cannot be repaired later, so its id is asked for twice."
        if confirm:
            raise UsageError("CONFIRM-MISMATCH", f"--confirm says {confirm!r}, the check is {check!r}.", why=why)
        questions.text(
            settings,
            f"{why} Type it:",
            default="",
            validate=lambda text: True if text == check else f"Type {check}, or stop with Ctrl-C.",
            option=f"--confirm {check}",
        )
    others = tuple(each for each in environment.waivers if each.check != check)
    settings.store.save(replace(environment, waivers=(*others, waiver)))
    settings.console.document(
        {
            "schema": "autocorp-wizard/waive/1",
            "environment": environment.name,
            "check": check,
            "waiver": waiver.as_document(),
        }
    )
    settings.console.say(f"{check} is waived until {waiver.until.isoformat()} by {waiver.by}: {waiver.reason}", "good")


def _reason(text: str) -> str:
    if not text.strip():
        raise UsageError(
            "WAIVER-REFUSED",
            "A waiver needs a reason.",
            why="Whoever reads it later must be able to judge whether it still holds.",
            next_step='Say it: --reason "..."',
        )
    return " ".join(text.split())


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise UsageError(
            "WAIVER-REFUSED",
            f"{text!r} is no day." if text else "A waiver needs an end.",
            why="It is a date such as 2027-03-31; nothing is waived for good.",
            next_step="Say it: --until YYYY-MM-DD",
        ) from error
    if day < datetime.now(UTC).date():
        raise UsageError(
            "WAIVER-REFUSED", f"{day.isoformat()} is in the past.", next_step="Name a day to come: --until YYYY-MM-DD"
        )
    return day
