"""`bootstrap`: the bucket (and, where asked, the table) that holds Terraform's state; safe to run again."""

import click

from autocorp_wizard.cli import operating, targets
from autocorp_wizard.cli.options import WizardCommand, pass_settings
from autocorp_wizard.cli.settings import Settings
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.events import Json, Operation
from autocorp_wizard.core.request import Request


@click.command(
    "bootstrap",
    cls=WizardCommand,
    example="autocorp-wizard bootstrap --env dev\nautocorp-wizard bootstrap --env dev --verify-only --json",
)
@click.option("--adopt", is_flag=True, help="Use a bucket that exists already and mend its settings.")
@click.option("--verify-only", is_flag=True, help="Only compare; change nothing.")
@pass_settings
def command(settings: Settings, adopt: bool, verify_only: bool) -> None:
    """Make, adopt or verify the place where Terraform's state lives.

    Every setting is read, written only where it differs, and read again; the table says what was wanted, found and
    done.
    """
    from autocorp_wizard.cli.following import Followed

    if adopt and verify_only:
        raise UsageError(
            "USAGE",
            "--adopt and --verify-only exclude each other.",
            why="One changes what it finds, the other does not.",
            next_step="Name one of them.",
        )
    environment = targets.load_saved(settings)
    request = Request(
        operation=Operation.BOOTSTRAP,
        environment=environment.name,
        mode="adopt" if adopt else "verify" if verify_only else "create",
        env_file=settings.env_file_absolute,
        command=settings.command,
    )
    run = operating.start(settings, request)
    followed: Followed = operating.see(settings, run, stoppable=True)
    rows = [
        {"name": s.name, "wanted": s.wanted, "found": s.found, "action": s.action, "outcome": s.outcome}
        for s in followed.state.settings
    ]
    document: dict[str, Json] = {
        "schema": "autocorp-wizard/bootstrap/1",
        "environment": environment.name,
        "run": followed.run,
        "mode": request.mode,
        "bucket": environment.state_bucket,
        "key": environment.state_key,
        "outcome": followed.state.outcome or "lost",
        "rows": [dict[str, Json](row) for row in rows],
    }
    if settings.json and rows:
        settings.console.document(document)
        operating.leave_with(settings, followed)
    settings.console.table(
        ("setting", "wanted", "found", "action", "outcome"), [tuple(str(v) for v in row.values()) for row in rows]
    )
    operating.raise_failure(settings, followed, events=False)
