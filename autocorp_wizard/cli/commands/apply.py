"""`apply PHASE`: exactly the plan that was approved by its digest; without one, plan, show and ask."""

import click

from autocorp_wizard.cli import applying, planning, questions, reviewing, targets
from autocorp_wizard.cli.options import WizardCommand, pass_settings
from autocorp_wizard.cli.settings import Settings
from autocorp_wizard.core.errors import InterruptedByUser, UsageError
from autocorp_wizard.core.phases import Stage, stages_of


@click.command(
    "apply",
    cls=WizardCommand,
    example="autocorp-wizard apply foundation --env dev --approve 3f2a91c04b7e\n"
    "autocorp-wizard apply all --env dev --yes",
)
@click.argument("phase")
@click.option("--approve", metavar="DIGEST", default="", help="The digest that `plan` printed.")
@click.option("--confirm", metavar="NAME", default="", help="The environment's name, where the plan loses data.")
@click.option("--terraform-dir", metavar="DIR", default="", help="A Terraform tree of your own.")
@pass_settings
def command(settings: Settings, phase: str, approve: str, confirm: str, terraform_dir: str) -> None:
    """Apply PHASE: foundation, glue, dms, datasync, 1 to 4, or all.

    With --approve exactly that plan is applied. Without it a plan is made and shown first; --yes approves it unless it
    loses data, replaces something, or stops replication. Each stage has a plan of its own (dms has two: the second
    starts replication), and is proven after it.
    """
    wanted = targets.phases(phase)
    if approve and phase.strip().lower() == targets.ALL:
        raise UsageError(
            "APPROVE-ALL",
            "`all` cannot be approved by one digest.",
            why="Each stage has a plan, and so a digest, of its own.",
            next_step="Approve stage by stage: autocorp-wizard apply PHASE --approve DIGEST",
        )
    if approve:
        apply_approved(settings, wanted[0].value, approve, confirm, terraform_dir)
        return
    if not settings.yes:
        questions.need_person(
            settings, f"The plan of {phase} needs an approval.", f"--approve DIGEST (from `plan {phase}`), or --yes"
        )
    for each in wanted:
        for stage in stages_of(each):
            plan_and_apply(settings, stage, confirm, terraform_dir)


def plan_and_apply(settings: Settings, stage: Stage, confirm: str, terraform_dir: str) -> None:
    """Plan a stage, show it, have it approved and apply it; where nothing is to change, its proofs are done again."""
    run, plan = planning.make(
        settings, stage.phase.value, stage=stage.name, prepare=True, terraform_dir=terraform_dir, events=True
    )
    if not plan.changed:
        settings.console.say(f"{stage.name}: nothing to change.", "good")
        applying.prove(settings, stage)
        return
    confirm = applying.approve(settings, plan, confirm)
    applying.carry_out(settings, run, plan, confirm=confirm, terraform_dir=terraform_dir)


def apply_approved(settings: Settings, phase: str, approve: str, confirm: str, terraform_dir: str) -> None:
    """Apply the saved plan that a digest names."""
    from autocorp_wizard.core.plan import check_digest

    digest = check_digest(approve)
    environment = targets.load_saved(settings)
    run = settings.engine.find_plan(environment.name, digest)
    plan = settings.engine.plan(run)
    if plan.phase != phase:
        raise UsageError(
            "APPROVAL-MISMATCH",
            f"The digest {approve} approves a plan of {plan.phase}, not of {phase}.",
            next_step=reviewing.next_command(plan, settings.env_file),
        )
    lost = reviewing.loses_data(plan)
    if lost and not questions.typed_name(settings, f"This plan loses data: {lost[0]}", environment.name, confirm):
        raise InterruptedByUser("NOT-APPROVED", "The name was not typed; nothing was changed.")
    confirm = environment.name if lost else confirm
    applying.carry_out(settings, run, plan, confirm=confirm, terraform_dir=terraform_dir)
