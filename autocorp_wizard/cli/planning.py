"""Making a plan run and reading its plan; used by `plan`, by `apply` without a digest, and by `secret set`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from autocorp_wizard.cli import operating, passwords, targets
from autocorp_wizard.cli.settings import absolute
from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.request import Request

if TYPE_CHECKING:
    from autocorp_wizard.cli.settings import Settings
    from autocorp_wizard.core.plan import Plan


def make(
    settings: "Settings",
    phase: str,
    *,
    stage: str = "",
    terraform_dir: str = "",
    adopt: bool = False,
    secrets: Mapping[str, str] | None = None,
    events: bool = False,
) -> tuple[str, "Plan"]:
    """Plan a stage (else the next due one) of a phase and return the run with its plan; shows progress meanwhile."""
    targets.phases(phase)  # a wrong phase is refused before anything is looked for
    environment = targets.load_saved(settings)
    due = targets.due_phase(settings, environment, phase)
    request = Request(
        operation=Operation.PLAN,
        environment=environment.name,
        phase=due.value,
        stage=stage,
        terraform_dir=absolute(terraform_dir),
        adopt=adopt,
        env_file=settings.env_file_absolute,
        command=settings.command,
    )
    given = secrets if secrets is not None else passwords.ambient(settings, environment)
    followed = operating.carry_out(settings, request, secrets=given, events=events, stoppable=True)
    return followed.run, settings.engine.plan(followed.run)
