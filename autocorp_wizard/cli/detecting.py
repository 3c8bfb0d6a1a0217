"""What the operator's AWS configuration tells about account and region; proposals only, always shown as such."""

from collections.abc import Callable

from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.events import Json


def detect(environment: Environment, say: Callable[[str], None]) -> dict[str, Json]:
    """Return the region of the profile and, where nobody named it, the account of the credentials."""
    import botocore.session
    from botocore.exceptions import BotoCoreError

    found: dict[str, Json] = {}
    try:
        session = botocore.session.Session(profile=environment.aws_profile or None)
        region = session.get_config_variable("region")
        if region:
            found["region"] = str(region)
        if environment.account_id:
            return found
        if session.get_credentials() is None:
            say("No AWS credentials were found, so the account is not known.")
            return found
    except BotoCoreError as error:
        say(f"The AWS configuration cannot be read: {error}")
        return found
    account = _account(environment, str(found.get("region") or environment.region), say)
    if account:
        found["account_id"] = account
    return found


def _account(environment: Environment, region: str, say: Callable[[str], None]) -> str:
    from autocorp_wizard.adapters.aws import CloudAccess, operator_variables

    try:
        access = CloudAccess(
            operator_variables(),
            region,
            "",
            environment.aws_profile,
            environment.aws_role_arn,
            ambient=True,
        )
        return access.identity().account
    except WizardError as error:
        say(f"The account is not known: {error.what}")
        return ""
