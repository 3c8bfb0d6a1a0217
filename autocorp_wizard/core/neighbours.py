"""What environments of one account must not both own; a new one leaves it to those that are there.

The two account-wide roles of DMS exist once per account (terraform: create_dms_account_roles): the first environment
makes them, and a second that tried would fail in the middle of its apply.
"""

from collections.abc import Iterable
from dataclasses import replace

from autocorp_wizard.core.environment import Environment

OWNED_ONCE = "create_dms_account_roles"


def beside(environment: Environment, others: Iterable[Environment]) -> Environment:
    """Return a new environment that owns nothing which another one in its account owns already.

    An answer that was given stays as it is; what is derived here is marked as detected.
    """
    if OWNED_ONCE in environment.given:
        return environment
    account = (environment.cloud, environment.account_id)
    for other in others:
        is_neighbour = other.name != environment.name and (other.cloud, other.account_id) == account
        if is_neighbour and other.answers[OWNED_ONCE].value is True:
            given = {**environment.given, OWNED_ONCE: False}
            return replace(environment, given=given, detected=environment.detected | {OWNED_ONCE})
    return environment
