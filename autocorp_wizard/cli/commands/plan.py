"""`plan PHASE`: what would change, in sentences, risks first, with the digest that approves exactly this."""

from pathlib import Path

import click

from autocorp_wizard.cli.options import WizardCommand, pass_settings
from autocorp_wizard.cli.settings import Settings
from autocorp_wizard.core.events import Json


@click.command(
    "plan",
    cls=WizardCommand,
    example="autocorp-wizard plan foundation --env dev\nautocorp-wizard plan 1 --env dev --export plan.md",
)
@click.argument("phase")
@click.option("--export", metavar="FILE", help="Also write the review to FILE (.md a page, else JSON).")
@click.option("--adopt", is_flag=True, help="Import what exists already under the planned names, instead of making it.")
@click.option("--terraform-dir", metavar="DIR", default="", help="A Terraform tree of your own.")
@pass_settings
def command(settings: Settings, phase: str, export: str | None, adopt: bool, terraform_dir: str) -> None:
    """Plan the next due stage of PHASE: foundation, glue, dms, datasync, 1 to 4, or all.

    Nothing is changed. What is applied already stays part of the plan; what is approved later is this very plan, by
    its digest. A bucket or a role that somebody made by hand can be adopted: answer its name where it has another one
    (data_lake_bucket_name), then plan with --adopt.
    """
    from autocorp_wizard.adapters.plan_file import write_plan
    from autocorp_wizard.cli import planning, reviewing

    run, plan = planning.make(settings, phase, terraform_dir=terraform_dir, adopt=adopt)
    document: dict[str, Json] = {**plan.as_document(), "run": run}
    if export:
        write_plan(Path(export), plan, run)
    settings.console.document(document)
    if settings.json:
        return
    for text, tone in reviewing.review(plan, verbose=settings.verbose):
        settings.console.styled_result(text, tone)
    if plan.changed:
        settings.console.hint(f"Next: {reviewing.next_command(plan, settings.env_file)}")
