"""Source locations that the wizard made beside Terraform (of SMB shares): they go when their tasks are gone."""

from typing import Final

from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.events import Json
from autocorp_wizard.rollout.context import Context

ARNS: Final = "datasync_source_location_arns"
_SHARES: Final = "datasync_smb_sources"


def made_by_wizard(environment: Environment) -> dict[str, str]:
    """Return the wizard's own locations by export: those of SMB shares; any other ARN is somebody else's."""
    variables = environment.variables
    shares, arns = variables.get(_SHARES), variables.get(ARNS)
    if not isinstance(shares, dict) or not isinstance(arns, dict):
        return {}
    return {export: str(arn) for export, arn in arns.items() if export in shares and arn}


def delete_made_locations(ctx: Context) -> None:
    """Delete the wizard's own locations and take their ARNs out of the answers. Raises what AWS refuses."""
    made = made_by_wizard(ctx.environment)
    if not made:
        return
    with ctx.recorder.step("locations", "SMB locations that the wizard made are deleted") as note:
        for arn in made.values():
            try:
                ctx.access.call("datasync", "delete_location", LocationArn=arn)
            except CloudError as error:
                if not error.is_missing:
                    raise
        known = ctx.environment.variables.get(ARNS)
        left: dict[str, Json] = {k: v for k, v in known.items() if k not in made} if isinstance(known, dict) else {}
        ctx.remember_environment(ctx.environment.with_answers({ARNS: left or None}))
        note.text = f"{len(made)} deleted"
