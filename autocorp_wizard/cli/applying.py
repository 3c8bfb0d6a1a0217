"""Approving a plan at the keyboard and applying exactly it; used by `apply` and `secret set`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from autocorp_wizard.cli import operating, passwords, questions, reviewing, targets
from autocorp_wizard.cli.settings import absolute
from autocorp_wizard.core.errors import InterruptedByUser, UsageError
from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.followups import follow_ups_of
from autocorp_wizard.core.request import Request

if TYPE_CHECKING:
    from autocorp_wizard.cli.settings import Settings
    from autocorp_wizard.core.phases import Stage
    from autocorp_wizard.core.plan import Plan


def approve(settings: "Settings", plan: "Plan", confirm: str, *, expected: str = "") -> str:
    """Show a plan and have it approved; returns the name that was typed where data is lost, else `confirm`.

    `expected` begins the addresses whose replacement is what was asked for. Raises UsageError where --yes may not
    answer, InterruptedByUser where the answer is no.
    """
    for text, tone in reviewing.review(plan, verbose=settings.verbose):
        settings.console.say(text, tone)
    risks = [risk for risk in plan.risks if not (expected and risk.address.startswith(expected))]
    lost = [risk for risk in risks if risk.kind == reviewing.LOSES_DATA]
    stopping = [risk for risk in risks if risk.kind in reviewing.STOPPING]
    if settings.yes and stopping and not (lost and confirm):
        raise UsageError(
            "CONFIRM-NEEDED",
            f"--yes does not approve this plan: {stopping[0].sentence}",
            why="It loses data, replaces something, or stops replication.",
            next_step=f"Where that is meant: {reviewing.next_command(plan, settings.env_file)}",
        )
    if lost:
        approved = questions.typed_name(settings, "This plan loses data.", plan.environment, confirm)
        confirm = plan.environment
    else:
        approved = questions.confirm(settings, f"Apply this? {plan.headline}", option=f"--approve {plan.short_digest}")
    if not approved:
        raise InterruptedByUser(
            "NOT-APPROVED",
            "The plan was not approved; nothing was changed.",
            next_step=reviewing.next_command(plan, settings.env_file),
        )
    return confirm


def carry_out(
    settings: "Settings",
    run: str,
    plan: "Plan",
    *,
    confirm: str,
    terraform_dir: str = "",
    secrets: Mapping[str, str] | None = None,
) -> None:
    """Apply the plan that `run` saved, and show it until it ends; raises what it failed with."""
    request = Request(
        operation=Operation.APPLY,
        environment=plan.environment,
        phase=plan.phase,
        stage=plan.stage,
        digest=plan.digest,
        plan_run=run,
        confirm=confirm,
        terraform_dir=absolute(terraform_dir),
        env_file=settings.env_file_absolute,
        command=settings.command,
    )
    given = secrets if secrets is not None else passwords.ambient(settings, settings.store.load(plan.environment))
    operating.carry_out(settings, request, secrets=given, events=True)
    if settings.verbose:
        operating.say_deployed(settings, plan.environment)


def prove(settings: "Settings", stage: "Stage") -> None:
    """Do the follow-ups of a stage once more; raises what fails."""
    if not follow_ups_of(stage.name):
        return
    environment = targets.load_saved(settings)
    request = Request(
        operation=Operation.PROVE,
        environment=environment.name,
        phase=stage.phase.value,
        stage=stage.name,
        env_file=settings.env_file_absolute,
        command=settings.command,
    )
    operating.carry_out(settings, request, secrets=passwords.ambient(settings, environment), events=True)
