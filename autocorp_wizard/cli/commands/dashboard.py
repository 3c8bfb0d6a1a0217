"""`dashboard`: the wizard, opened on how an environment does."""

import click

from autocorp_wizard.cli import targets
from autocorp_wizard.cli.options import WizardCommand, pass_settings
from autocorp_wizard.cli.settings import Settings
from autocorp_wizard.core.errors import UsageError


@click.command("dashboard", cls=WizardCommand, example="autocorp-wizard dashboard --env prod")
@pass_settings
@click.pass_context
def command(ctx: click.Context, settings: Settings) -> None:
    """Show what is deployed, how it does and which promises it keeps, on a screen that looks again every minute.

    Without a terminal, and for scripts, `status` says the same; `status --watch` goes on looking.
    """
    if settings.plain or not settings.can_ask:
        raise UsageError(
            "TERMINAL-NEEDED",
            "The dashboard needs a terminal." if not settings.plain else "The dashboard is a full-screen display.",
            why="Without a terminal, or with --plain or --json, there is no screen to show it on.",
            next_step="Use: autocorp-wizard status --watch",
        )
    environment = targets.load(settings)
    ctx.exit(settings.open_wizard(settings, environment, dashboard=True))
