"""`destroy [PHASE]`: shows what there is, has the environment's name typed, destroys, and looks what remained."""

from typing import TYPE_CHECKING

import click

from autocorp_wizard.cli import operating, passwords, questions, targets
from autocorp_wizard.cli.options import WizardCommand, pass_settings
from autocorp_wizard.cli.settings import Settings, absolute
from autocorp_wizard.core.errors import InterruptedByUser
from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.request import Request

if TYPE_CHECKING:
    from autocorp_wizard.core.environment import Environment


@click.command(
    "destroy",
    cls=WizardCommand,
    example="autocorp-wizard destroy --env dev --confirm dev\nautocorp-wizard destroy glue --env dev --confirm dev",
)
@click.argument("phase", required=False, default="")
@click.option("--confirm", metavar="NAME", default="", help="The environment's name, as the safety question wants it.")
@click.option("--terraform-dir", metavar="DIR", default="", help="A Terraform tree of your own.")
@pass_settings
def command(settings: Settings, phase: str, confirm: str, terraform_dir: str) -> None:
    """Destroy PHASE and the later ones, or everything.

    First an inventory is shown; then the environment's name is asked. --yes does not answer that. Afterwards what
    still exists is compared with what stays by nature.
    """
    first = Phase.FOUNDATION
    if phase and phase.strip().lower() != targets.ALL:
        (first,) = targets.phases(phase)
    environment = targets.load_saved(settings)
    if confirm:
        questions.typed_name(settings, "", environment.name, confirm)
    _inventory(settings, environment, first)
    question = f"Destroy {'everything' if first is Phase.FOUNDATION else f'{first.value} and later phases'}"
    if not questions.typed_name(settings, f"{question} in {environment.name}?", environment.name, confirm):
        raise InterruptedByUser("NOT-CONFIRMED", "The name was not typed; nothing was destroyed.")
    request = Request(
        operation=Operation.DESTROY,
        environment=environment.name,
        phase="" if first is Phase.FOUNDATION else first.value,
        confirm=environment.name,
        terraform_dir=absolute(terraform_dir),
        env_file=settings.env_file_absolute,
        command=settings.command,
    )
    # The source is looked at afterwards; a password that nobody offers is not asked for, the look is then missing.
    secrets = passwords.ambient(settings, environment)
    followed = operating.carry_out(settings, request, secrets=secrets, events=True)
    stays = [left for left in followed.state.leftovers if left.by_nature]
    if stays:
        settings.console.say("What stays by nature: " + ", ".join(left.name for left in stays) + ".")


def _inventory(settings: Settings, environment: "Environment", first: Phase) -> None:
    """Say what is deployed, from the remote state; where it cannot be read, say that."""
    from autocorp_wizard.rollout.losses import losses_of

    console = settings.console
    losses = losses_of(environment, first, settings.home, console.detail)
    console.say(f"Inventory of {environment.name}, account {environment.account_id}, {environment.region}:", "strong")
    if not losses.total:
        console.say("  The state holds nothing of it.")
        return
    for module, count in losses.modules:
        console.say(f"  {module}: {count} resource{'s' if count > 1 else ''}")
    for address, what in losses.holding:
        console.say(f"  ! {address}: {what}", "warn")
    for sentence in losses.contents:
        console.say(f"    {sentence}")
    console.say(f"  {losses.total} resources in all.")
