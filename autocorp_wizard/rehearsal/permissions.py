"""What a role may do, judged by its own policies: a service that acts with a role fails here as it would on AWS.

Identity policies only, inline and attached; a bucket's own policy is looked at by `bucketguard`.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote

from autocorp_wizard.rehearsal.address import ACCOUNT_ID, REGION
from autocorp_wizard.rehearsal.bucketpolicy import PolicyRequest, holds, speaks_of, statements_of

if TYPE_CHECKING:
    from moto.iam.models import Role


def exists(role_arn: str) -> bool:
    """Say whether the emulated IAM made this role."""
    return _role(role_arn) is not None


def denial(role_arn: str, action: str, resource: str | None, conditions: Mapping[str, str] | None = None) -> str | None:
    """Return why a role may not do `action` (`s3:PutObject`) on `resource`, in AWS's words; None where it may.

    `conditions` holds the request's condition keys (`s3:prefix`, `aws:SourceArn`, ...), spelled any way. Where the
    resource is not known (None), the role may do what it may do anywhere.
    """
    name = role_arn.rpartition("/")[2]
    session = f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/{name}/rehearsal"
    refusal = f"User: {session} is not authorized to perform: {action} on resource: {resource or '*'}"
    role = _role(role_arn)
    if role is None:
        return f"The role {role_arn} does not exist."
    present = {
        "aws:principalaccount": ACCOUNT_ID,
        "aws:requestedregion": REGION,
        "aws:resourceaccount": ACCOUNT_ID,
        "aws:securetransport": "true",
        **{key.lower(): value for key, value in (conditions or {}).items()},
    }
    request = PolicyRequest(action, resource or "*", role_arn, ACCOUNT_ID, present)
    allowed = False
    for policy in _policies(role):
        for statement in statements_of(policy):
            anywhere = resource is None and statement.get("Effect") == "Allow" and "Resource" in statement
            if not speaks_of({**statement, "Resource": "*"} if anywhere else statement, request):
                continue
            if statement.get("Effect") == "Deny":
                return f"{refusal} with an explicit deny in an identity-based policy"
            allowed = True
    return None if allowed else f"{refusal} because no identity-based policy allows the {action} action"


def distrust(role_arn: str, service: str, source_arn: str) -> str | None:
    """Return why `service` (`dms.amazonaws.com`), acting for `source_arn`, cannot assume a role; None where it can."""
    role = _role(role_arn)
    if role is None:
        return f"The role {role_arn} does not exist."
    present = {"aws:sourceaccount": ACCOUNT_ID, "aws:sourcearn": source_arn}
    for statement in statements_of(unquote(str(role.assume_role_policy_document))):
        named = statement.get("Principal", {})
        services = named.get("Service", []) if isinstance(named, Mapping) else []
        trusted = service in ([services] if isinstance(services, str) else services)
        if trusted and statement.get("Effect") == "Allow" and holds(statement.get("Condition", {}), present):
            return None
    return f"{service} is not able to assume the role {role_arn}: its trust policy does not allow it."


def _role(role_arn: str) -> "Role | None":
    from moto.iam.models import iam_backends

    return next((role for role in iam_backends[ACCOUNT_ID]["aws"].roles.values() if role.arn == role_arn), None)


def _policies(role: "Role") -> Iterator[str | Mapping[str, object]]:
    """Yield the role's inline and attached policies as JSON or parsed."""
    yield from role.policies.values()
    for policy in role.managed_policies.values():
        yield from (version.document for version in policy.versions if version.is_default)
