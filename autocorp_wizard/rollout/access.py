"""The way into an environment's cloud: its rehearsal cloud, or a real account with the right credentials.

Every command that touches AWS starts here, so that nothing is ever read or made in another account than the one that
the environment names.
"""

from collections.abc import Callable

from autocorp_wizard.adapters.aws import CloudAccess, operator_variables
from autocorp_wizard.adapters.home import Home
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import UsageError

Say = Callable[[str], None]


def access_for(environment: Environment, home: Home, say: Say, *, check: bool = True) -> CloudAccess:
    """Return the access of an environment; on a rehearsal its cloud is found or started.

    Raises ACCOUNT-WRONG where the credentials belong to another account (`check=False` leaves that out, for commands
    that only print), and AUTH-* as adapters/aws_errors.py says.
    """
    access = _rehearsal(environment, home, say) if environment.is_rehearsal else _account(environment, home)
    if check:
        check_account(environment, access)
    return access


def check_account(environment: Environment, access: CloudAccess) -> None:
    """Compare the account of the credentials with the environment's. Raises ACCOUNT-WRONG or ACCOUNT-UNKNOWN."""
    identity = access.identity()
    if not environment.account_id:
        raise UsageError(
            "ACCOUNT-UNKNOWN",
            f"Environment {environment.name} does not say which account it lives in.",
            why=f"The credentials belong to account {identity.account} ({identity.arn}).",
            next_step=f"If that is the right one, set account_id to {identity.account} with `env edit`.",
        )
    if identity.account != environment.account_id:
        raise UsageError(
            "ACCOUNT-WRONG",
            f"These credentials belong to account {identity.account}, environment {environment.name} lives in "
            f"{environment.account_id}.",
            why=f"The identity is {identity.arn}.",
            next_step="Use a profile or role of the right account (`env edit`: aws_profile, aws_role_arn). Nothing was "
            "read or changed.",
        )


def _rehearsal(environment: Environment, home: Home, say: Say) -> CloudAccess:
    from autocorp_wizard.rehearsal.cloud import RehearsalCloud

    address = RehearsalCloud(home.root).ensure(say)
    return CloudAccess(address.environment(), environment.region, address.account_id)


def _account(environment: Environment, home: Home) -> CloudAccess:
    return CloudAccess(
        operator_variables(),
        environment.region,
        environment.account_id,
        environment.aws_profile,
        environment.aws_role_arn,
        ambient=True,
        private_dir=home.environment_dir(environment.name) / "aws",
    )
