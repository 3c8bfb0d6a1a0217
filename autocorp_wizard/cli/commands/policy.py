"""`policy deploy|read-only`: the least IAM policy, generated from what the tree and the commands really call."""

import json

import click

from autocorp_wizard.cli import targets
from autocorp_wizard.cli.options import WizardCommand, pass_settings
from autocorp_wizard.cli.settings import Settings
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.events import Json


@click.command(
    "policy",
    cls=WizardCommand,
    example="autocorp-wizard policy deploy --env dev > deploy.json\n"
    "autocorp-wizard policy deploy --env dev --part 2 > deploy-2.json",
)
@click.argument("kind", type=click.Choice(["deploy", "read-only"]))
@click.option("--part", type=click.IntRange(1), metavar="N", help="Only the Nth of several.")
@pass_settings
def command(settings: Settings, kind: str, part: int | None) -> None:
    """Print the least IAM policy that deploying, or only looking, needs.

    It can be asked for before anything exists. The policy goes to stdout as it is pasted into IAM; where it is too
    long for one, there are several, to be attached together.
    """
    from autocorp_wizard.rollout.policy import policy_for

    environment = targets.load(settings)
    policies = policy_for(environment, kind)
    if part is not None and part > len(policies):
        raise UsageError(
            "POLICY-PART",
            f"There is no part {part}.",
            why=f"The policy has {len(policies)} part{'s' if len(policies) > 1 else ''}.",
            next_step=f"Name one from 1 to {len(policies)}.",
        )
    chosen = policies if part is None else (policies[part - 1],)
    settings.console.document(
        {
            "schema": "autocorp-wizard/policy/1",
            "environment": environment.name,
            "kind": kind,
            "parts": len(policies),
            "policies": [dict[str, Json](each) for each in chosen],
        }
    )
    for each in chosen:
        settings.console.result(json.dumps(each, indent=2))
    if len(chosen) > 1:
        settings.console.hint(f"{len(chosen)} policies, to be attached together; --part N prints one.")
