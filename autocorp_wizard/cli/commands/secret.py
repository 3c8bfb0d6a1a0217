"""`secret`: the source's password goes into Secrets Manager by an approved plan, that of SMB shares into DataSync.

Neither value is ever read back.
"""

from datetime import UTC, datetime

import click
from click.exceptions import Exit

from autocorp_wizard.cli import applying, asking, passwords, planning, targets
from autocorp_wizard.cli.options import WizardGroup, pass_settings
from autocorp_wizard.cli.settings import Settings
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import ExitCode, UsageError
from autocorp_wizard.core.events import Json

# What writing the password replaces by nature, and nothing else.
_WRITTEN = "module.secrets.aws_secretsmanager_secret_version."


@click.group("secret", cls=WizardGroup, example="autocorp-wizard secret set --env dev\nautocorp-wizard secret status")
def command() -> None:
    """The source's password."""


@command.command(
    "set",
    example="autocorp-wizard secret set --env dev\npass show db | autocorp-wizard secret set --env dev --stdin --yes",
)
@click.option(
    "--for", "subject", type=click.Choice(["source", "smb"]), default="source", show_default=True, help="Whose."
)
@click.option("--stdin", is_flag=True, help="Read it from stdin.")
@click.option("--fd", type=click.IntRange(3), metavar="N", help="Read it from an open file descriptor.")
@click.option("--from-env", "variable", default="", metavar="NAME", help="Read it from an environment variable.")
@pass_settings
def set_secret(settings: Settings, subject: str, stdin: bool, fd: int | None, variable: str) -> None:
    """Write the password into Secrets Manager: hidden prompt, stdin, descriptor, variable, PGPASSWORD or PGPASSFILE.

    With --for smb it goes into the DataSync locations of the SMB shares (datasync_smb_sources), which are made then.

    The plan that writes it is shown and approved as any other. Never give a password as an argument: other users of
    the machine could read it.
    """
    environment = targets.load_saved(settings)
    if subject == "smb":
        _set_for_shares(settings, environment, stdin=stdin, fd=fd, variable=variable)
        return
    if environment.source_is_built_in:
        raise UsageError(
            "SECRET-BUILT-IN",
            f"{environment.name} uses the rehearsal's own source, which tells its password by itself.",
            next_step="Name a source of your own first: autocorp-wizard env edit --set postgres_host=HOST",
        )
    if environment.answers["postgres_host"].value is None:
        raise UsageError(
            "SECRET-HOST",
            "The source's host is not known yet.",
            why="It is part of the secret that replication reads.",
            next_step=f"autocorp-wizard env edit {environment.name} --set postgres_host=HOST",
        )
    if not asking.deployed_resources(settings, environment):
        raise UsageError(
            "SECRET-TOO-EARLY",
            f"There is no secret in {environment.name} yet.",
            why="Phase 1 makes it.",
            next_step=f"First: autocorp-wizard apply foundation --env {environment.name}",
        )
    secrets = {passwords.PASSWORD: passwords.ask(settings, environment, stdin=stdin, fd=fd, variable=variable)}
    settings.store.save(environment.with_secret_written())
    try:
        run, plan = planning.make(settings, "foundation", secrets=secrets, events=True)
        confirm = applying.approve(settings, plan, "", expected=_WRITTEN)
    except BaseException:
        settings.store.save(environment)  # nothing was written, so nothing is counted
        raise
    applying.carry_out(settings, run, plan, confirm=confirm, secrets=secrets)


def _set_for_shares(
    settings: Settings, environment: Environment, *, stdin: bool, fd: int | None, variable: str
) -> None:
    """Make, or change, the locations of the SMB shares with the password, and write their ARNs down."""
    from autocorp_wizard.rollout.access import access_for
    from autocorp_wizard.rollout.smb_locations import check, remember, write

    check(environment)
    password = passwords.ask_for_shares(settings, stdin=stdin, fd=fd, variable=variable)
    access = access_for(environment, settings.home, settings.console.detail)
    locations = write(environment, access, password)
    settings.store.save(remember(environment, locations))
    settings.console.document(
        {
            "schema": "autocorp-wizard/secret-set/1",
            "environment": environment.name,
            "locations": dict[str, Json](locations),
        }
    )
    settings.console.table(("export", "location"), [[export, arn] for export, arn in locations.items()])


@command.command("status", example="autocorp-wizard secret status --env dev --json")
@pass_settings
def status(settings: Settings) -> None:
    """Show whether the secret holds a value and how old it is; the value itself is never read."""
    from autocorp_wizard.rollout.access import access_for
    from autocorp_wizard.rollout.secret_status import FILLED, secret_status

    environment = targets.load(settings)
    found = secret_status(environment, access_for(environment, settings.home, settings.console.detail))
    age = found.age_days(datetime.now(UTC))
    changed = found.changed_at.isoformat(timespec="seconds").replace("+00:00", "Z") if found.changed_at else None
    settings.console.document(
        {
            "schema": "autocorp-wizard/secret-status/1",
            "environment": environment.name,
            "name": found.name,
            "state": found.state,
            "counter": environment.secret_counter,
            "version": found.version or None,
            "changed_at": changed,
            "age_days": round(age, 3) if age is not None else None,
            "rotation": found.rotation,
        }
    )
    told = f", written {changed} ({age:.0f} days ago)" if age is not None else ""
    settings.console.result(f"{found.name}: {found.state}{told}; rotation {'on' if found.rotation else 'off'}")
    if found.state != FILLED:
        settings.console.hint(f"Write it: autocorp-wizard secret set --env {environment.name}")
        raise Exit(int(ExitCode.FAILED))
