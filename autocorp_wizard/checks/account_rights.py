"""Checks of what the credentials may do: IAM's own simulation of every permission that deploying asks for.

The list is generated from what was measured (core/policy.py), so that nothing is asked that nobody calls.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, cast

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.checks.account import IDENTITY
from autocorp_wizard.checks.place import Place
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.policy import Asked
from autocorp_wizard.core.preflight.record import (
    Audience,
    Check,
    Group,
    Remedy,
    Seen,
    Vantage,
    failed,
    passed,
    skipped,
    unsure,
)

CALLS: Final = frozenset({"iam:SimulatePrincipalPolicy", "iam:GetRole", "ec2:DescribeVpcs"})
_PHASES: Final = frozenset({"foundation", "glue", "dms", "datasync"})
_ASSUMED: Final = re.compile(r"^arn:(?P<partition>[\w-]+):sts::(?P<account>\d+):assumed-role/(?P<role>[^/]+)/")
_PASS_ROLE: Final = "iam:PassRole"  # noqa: S105  (the name of a permission)
# Any name will do: the policy's own wildcards stand for the names that Terraform will give.
_ANY_NAME: Final = "preflight"


def rights_checks(place: Place) -> tuple[Check, ...]:
    """Return the checks of permissions."""
    check = partial(Check, group=Group.ACCOUNT, vantage=Vantage.API, needs=(IDENTITY,), phases=_PHASES)
    unseen = "session policies, policies of resources and endpoints, and what a guard refuses by tags"
    return (
        check(
            "aws.iam.sim",
            "IAM allows what a rollout calls",
            probe=partial(simulate, place),
            proves="that the identity's policies, its boundary and the organisation allow each call",
            does_not_prove=unseen,
            timeout=45.0,
        ),
        check(
            "aws.iam.passrole",
            "The roles may be handed to the services",
            probe=partial(pass_role, place),
            proves="that iam:PassRole is allowed on the planned roles",
            does_not_prove=unseen,
        ),
        check(
            "aws.iam.dryrun",
            "EC2 lets a network be made",
            probe=partial(dry_run, place),
            proves="EC2's real authorisation of this call",
            does_not_prove="any other service",
        ),
    )


@dataclass(frozen=True, slots=True)
class Refused:
    """One permission that is not allowed, and by what."""

    action: str
    resource: str
    by: str

    @property
    def sentence(self) -> str:
        """The refusal in words."""
        return f"{self.action} on {self.resource}: {self.by}"


def simulate(place: Place) -> Seen:
    """Let IAM judge every permission but PassRole, on the names that the environment will have."""
    if place.environment.is_rehearsal:
        return skipped("The rehearsal cloud has no simulation of policies; its roles are judged at each call.")
    others = [_without(each, _PASS_ROLE) for each in place.asked]
    return _judged(place, [each for each in others if each.actions], "permission", "permissions")


def pass_role(place: Place) -> Seen:
    """Let IAM judge PassRole on the planned roles, for each service that they are handed to."""
    if place.environment.is_rehearsal:
        return skipped("The rehearsal cloud has no simulation of policies; its roles are judged at each call.")
    asked = [
        Asked((_PASS_ROLE,), each.resources, _one_service(each.conditions, service))
        for each in place.asked
        if _PASS_ROLE in each.actions
        for service in _services(each.conditions)
    ]
    return _judged(place, asked, "way to pass a role", "ways to pass a role")


def dry_run(place: Place) -> Seen:
    """Ask EC2 to make a network without making it, or only to show networks where none is made."""
    if place.environment.is_rehearsal:
        return skipped("The rehearsal cloud makes what a dry run only pretends.")
    makes = place.flag("create_vpc")
    operation = "create_vpc" if makes else "describe_vpcs"
    parameters: dict[str, object] = {"CidrBlock": place.text("vpc_cidr")} if makes else {}
    try:
        place.access().call("ec2", operation, DryRun=True, **parameters)
    except CloudError as error:
        if error.aws_code == "DryRunOperation":
            return passed("EC2 would have done it.", operation=operation)
        if error.aws_code == "UnauthorizedOperation":
            return failed(
                f"EC2 refuses {operation}.",
                _policy(place),
                operation=operation,
                text=error.details[:300],
            )
        return unsure(f"EC2 gave no clear answer: {error.what}", code=error.aws_code)
    return unsure("EC2 carried out a dry run; it should have said that it would have.")


def _judged(place: Place, asked: Iterable[Asked], one: str, many: str) -> Seen:
    access = place.access()
    try:
        principal = principal_of(access, access.identity().arn)
        judged, refused, missing = 0, list[Refused](), set[str]()
        for each in asked:
            for result in _simulated(access, principal, each):
                judged += 1
                missing |= set(cast("list[str]", result.get("MissingContextValues") or []))
                if result.get("EvalDecision") != "allowed":
                    refused.append(_refusal(result))
    except CloudError as error:
        if error.code == "AUTH-DENIED":
            return unsure(
                "IAM may not be asked what is allowed (iam:SimulatePrincipalPolicy, iam:GetRole).",
                Remedy("Ask for the read-only policy.", Audience.ACCOUNT, command=_command(place, "read-only")),
            )
        raise
    if refused:
        count = f"{len(refused)} of {judged} {many if judged != 1 else one}"
        sentences = tuple(sorted({each.sentence for each in refused}))
        return failed(
            f"{count} {'is' if len(refused) == 1 else 'are'} not allowed, first {refused[0].sentence}.",
            _policy(place),
            findings=sentences,
            refused=len(refused),
            judged=judged,
            principal=principal,
        )
    if not judged:
        return unsure("Nothing was judged.")
    return passed(
        f"{judged} {one if judged == 1 else many} allowed to {principal}.", missing_context=list[Json](sorted(missing))
    )


def principal_of(access: CloudAccess, arn: str) -> str:
    """Return the ARN that a simulation takes: a session's role, with its path. Raises CloudError."""
    session = _ASSUMED.match(arn)
    if session is None:
        return arn
    role = cast("Mapping[str, object]", access.call("iam", "get_role", RoleName=session["role"])["Role"])
    return str(role["Arn"])


def _simulated(access: CloudAccess, principal: str, asked: Asked) -> Iterable[Mapping[str, object]]:
    pages = access.pages(
        "iam",
        "simulate_principal_policy",
        PolicySourceArn=principal,
        ActionNames=list(asked.actions),
        ResourceArns=[_named(each) for each in asked.resources],
        ContextEntries=list(_context(asked.conditions)),
    )
    for page in pages:
        yield from cast("list[Mapping[str, object]]", page.get("EvaluationResults") or [])


def _named(arn: str) -> str:
    return arn if arn == "*" else arn.replace("*", _ANY_NAME)


def _context(conditions: Mapping[str, Mapping[str, Json]]) -> Iterable[dict[str, object]]:
    for operator, keys in conditions.items():
        for key, value in keys.items():
            values = [str(each) for each in value] if isinstance(value, list) else [str(value)]
            yield {
                "ContextKeyName": key,
                "ContextKeyValues": [each.replace("*", "") for each in values[:1]],
                "ContextKeyType": "boolean" if operator == "Bool" else "string",
            }


def _refusal(result: Mapping[str, object]) -> Refused:
    organisation = cast("Mapping[str, object]", result.get("OrganizationsDecisionDetail") or {})
    boundary = cast("Mapping[str, object]", result.get("PermissionsBoundaryDecisionDetail") or {})
    matched = cast("list[Mapping[str, object]]", result.get("MatchedStatements") or [])
    by = "no policy allows it"
    if organisation.get("AllowedByOrganizations") is False:
        by = "a policy of the organisation (SCP) forbids it"
    elif boundary.get("AllowedByPermissionsBoundary") is False:
        by = "the permissions boundary leaves it out"
    elif result.get("EvalDecision") == "explicitDeny":
        source = str(matched[0].get("SourcePolicyId")) if matched else "a policy"
        by = f"{source} denies it"
    return Refused(str(result.get("EvalActionName")), str(result.get("EvalResourceName") or "*"), by)


def _services(conditions: Mapping[str, Mapping[str, Json]]) -> list[str]:
    value = conditions.get("StringLike", {}).get("iam:PassedToService")
    return [str(each) for each in value] if isinstance(value, list) else []


def _one_service(conditions: Mapping[str, Mapping[str, Json]], service: str) -> dict[str, dict[str, Json]]:
    return {"StringLike": {**conditions["StringLike"], "iam:PassedToService": service}}


def _without(asked: Asked, action: str) -> Asked:
    return Asked(tuple(each for each in asked.actions if each != action), asked.resources, asked.conditions)


def _command(place: Place, kind: str) -> str:
    return f"autocorp-wizard policy {kind} --env {place.environment.name}"


def _policy(place: Place) -> Remedy:
    return Remedy(
        "Give the identity the policy that this command prints.", Audience.ACCOUNT, command=_command(place, "deploy")
    )
