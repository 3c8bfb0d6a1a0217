"""The least-privilege IAM policies, generated: each permission that was measured, on the names of one environment.

`deploy` is what bootstrap, plan, apply, destroy and recovery need; `read-only` is what looking needs (status, drift,
inventory), without the value of the secret and without the lake's objects.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final

from autocorp_wizard.core.events import Json
from autocorp_wizard.core.iam_actions import permissions

# IAM's limit for a managed policy, in characters without white space.
SIZE_LIMIT: Final = 6144

_READING: Final = re.compile(r"^[a-z0-9-]+:(Get|List|Describe|BatchGet|View|Simulate)")
# Reading these would tell more than that something exists.
_TELLING: Final = frozenset({"secretsmanager:GetSecretValue", "kms:Decrypt"})


class Kind(StrEnum):
    """Which policy."""

    DEPLOY = "deploy"
    READ_ONLY = "read-only"


@dataclass(frozen=True, slots=True)
class Place:
    """The names that a policy is limited to; `lock_table` empty for none."""

    partition: str
    account_id: str
    region: str
    prefix: str
    project: str
    environment: str
    buckets: tuple[str, ...]
    state_bucket: str
    secret: str
    lock_table: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """Permissions (patterns), where they hold (templates of ARNs without the leading `arn:PARTITION:`), and when.

    `whole` grants the patterns themselves instead of the names that match: for harmless reads, to stay within the size.
    """

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)
    condition: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Permissions that are asked for together: on which ARNs (`*` within them for any name), under which conditions."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)


_OURS: Final[Mapping[str, Json]] = {
    "aws:ResourceTag/Project": "{project}",
    "aws:ResourceTag/Environment": "{environment}",
}
_HERE: Final[Mapping[str, Json]] = {"aws:RequestedRegion": "{region}"}
_ROLES: Final = (
    "iam::{account_id}:role/{prefix}-*",
    "iam::{account_id}:role/dms-vpc-role",
    "iam::{account_id}:role/dms-cloudwatch-logs-role",
)
_STATE: Final = "s3:::{state_bucket}"

# A permission is granted in every scope that it matches; what matches none falls to the last one.
SCOPES: Final[tuple[Scope, ...]] = (
    Scope(
        "Look",
        (
            "sts:GetCallerIdentity",
            "s3:ListAllMyBuckets",
            "iam:ListRoles",
            "iam:ListPolicies",
            "kms:ListKeys",
            "kms:ListAliases",
            "ec2:Describe*",
            "logs:Describe*",
            "tag:GetResources",
            "dms:Describe*",
            "datasync:List*",
            "sns:List*",
            "cloudwatch:DescribeAlarms",
            "cloudtrail:DescribeTrails",
            # What the preflight asks about the account and about whoever asks.
            "account:GetRegionOptStatus",
            "iam:SimulatePrincipalPolicy",
            "s3:GetAccountPublicAccessBlock",
            "servicequotas:ListServiceQuotas",
        ),
        whole=True,
    ),
    # What watches the lake, by name. A subscription has none of its own.
    Scope(
        "Alarms",
        ("cloudwatch:*Alarm", "cloudwatch:*Alarms", "cloudwatch:*Resource", "cloudwatch:*Dashboard*"),
        (
            "cloudwatch:{region}:{account_id}:alarm:{prefix}-*",
            "cloudwatch::{account_id}:dashboard/{prefix}",
        ),
    ),
    Scope("Rules", ("events:*",), ("events:{region}:{account_id}:rule/{prefix}-*",)),
    Scope(
        "Topic",
        ("sns:*Topic*", "sns:*Resource", "sns:Subscribe"),
        ("sns:{region}:{account_id}:{prefix}-alarms",),
    ),
    Scope("Budget", ("budgets:*",), ("budgets::{account_id}:budget/{prefix}-monthly",)),
    Scope(
        "Trail",
        (
            "cloudtrail:*Tags",
            "cloudtrail:*Trail",
            "cloudtrail:*Logging",
            "cloudtrail:*EventSelectors",
            "cloudtrail:GetTrailStatus",
        ),
        ("cloudtrail:{region}:{account_id}:trail/{prefix}-audit",),
    ),
    # A global service: no region to hold it to.
    Scope("PrivateNames", ("route53:AssociateVPCWithHostedZone",)),
    Scope(
        "Buckets",
        ("s3:*Bucket*", "s3:*Configuration"),
        ("s3:::{bucket}", _STATE),
    ),
    Scope("EmptyLake", ("s3:DeleteObject", "s3:DeleteObjectVersion"), ("s3:::{bucket}/*",)),
    Scope(
        "State",
        ("s3:GetObject", "s3:PutObject"),
        (
            f"{_STATE}/datalake/{{environment}}/*",
            f"{_STATE}/backups/{{environment}}/*",
            f"{_STATE}/wizard/{{environment}}/*",
        ),
    ),
    Scope("StateLock", ("s3:DeleteObject",), (f"{_STATE}/datalake/{{environment}}/terraform.tfstate.tflock",)),
    Scope("LockTable", ("dynamodb:*",), ("dynamodb:{region}:{account_id}:table/{lock_table}",)),
    Scope("Roles", ("iam:*Role", "iam:*RolePolicy", "iam:*RolePolicies", "iam:ListInstanceProfiles*"), _ROLES),
    Scope(
        "AttachServicePolicies",
        ("iam:AttachRolePolicy", "iam:DetachRolePolicy"),
        _ROLES,
        {"ArnLike": {"iam:PolicyARN": "arn:{partition}:iam::aws:policy/service-role/AmazonDMS*"}},
    ),
    Scope(
        "HandOverRoles",
        ("iam:PassRole",),
        _ROLES,
        {
            "StringLike": {
                "iam:PassedToService": [
                    "dms.*amazonaws.com",
                    "glue.amazonaws.com",
                    "datasync.amazonaws.com",
                    "s3.amazonaws.com",
                ]
            }
        },
    ),
    Scope("Secret", ("secretsmanager:*",), ("secretsmanager:{region}:{account_id}:secret:{secret}-*",)),
    Scope("Transfers", ("datasync:*",), ("datasync:{region}:{account_id}:*",)),
    Scope("MakeKeys", ("kms:CreateKey",), ("*",), {"StringEquals": _HERE}),
    Scope(
        "KeyNames",
        ("kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"),
        ("kms:{region}:{account_id}:alias/{prefix}", "kms:{region}:{account_id}:key/*"),
    ),
    Scope(
        "EndKeys",
        ("kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion", "kms:EnableKey", "kms:DisableKey"),
        ("kms:{region}:{account_id}:key/*",),
        {"StringEquals": _OURS},
    ),
    Scope(
        "UseKeys",
        ("kms:Decrypt", "kms:GenerateDataKey"),
        ("kms:{region}:{account_id}:key/*",),
        {"StringLike": {"kms:ViaService": ["secretsmanager.{region}.amazonaws.com", "s3.{region}.amazonaws.com"]}},
    ),
    Scope(
        "LendKeys",
        ("kms:CreateGrant",),
        ("kms:{region}:{account_id}:key/*",),
        {"Bool": {"kms:GrantIsForAWSResource": "true"}},
    ),
    # The last part of an ARN of DMS is drawn by lot, but for tasks, subnet groups and subscriptions.
    Scope("Replication", ("dms:*",), ("dms:{region}:{account_id}:*",)),
    # Not by tag: KMS may take minutes to see the tags of a new key, and the provider goes on at once.
    Scope(
        "SetKeys",
        ("kms:Describe*", "kms:Get*", "kms:ListResourceTags", "kms:*Resource", "kms:*KeyRotation", "kms:*KeyPolicy"),
        ("kms:{region}:{account_id}:key/*",),
    ),
    Scope(
        "EndNetwork",
        (
            "ec2:DeleteVpc",
            "ec2:DeleteSubnet",
            "ec2:DeleteRouteTable",
            "ec2:DeleteSecurityGroup",
            "ec2:DeleteVpcEndpoints",
        ),
        ("ec2:{region}:{account_id}:*",),
        {"StringEquals": _OURS},
    ),
)
_REST: Final = Scope("Rest", ("*",), ("*",), {"StringEquals": _HERE})


def policy_documents(kind: Kind, calls: Iterable[str], place: Place) -> tuple[dict[str, Json], ...]:
    """Return the policy for measured calls (`SERVICE:Operation`), in several where IAM's limit asks for it."""
    documents: list[dict[str, Json]] = []
    current: list[Json] = []
    for statement in _statements(_wanted(kind, calls, place), place):
        if current and _size(_document([*current, statement])) > SIZE_LIMIT:
            documents.append(_document(current))
            current = []
        current.append(statement)
    return (*documents, _document(current))


def asked_permissions(kind: Kind, calls: Iterable[str], place: Place) -> tuple[Asked, ...]:
    """Return the permissions one by one, as the policy grants them: what a simulation can be asked."""
    return tuple(
        Asked(tuple(granted), tuple(_resources(scope, place)), _conditions(scope, place))
        for scope, granted in _granted(_wanted(kind, calls, place))
    )


def _wanted(kind: Kind, calls: Iterable[str], place: Place) -> list[str]:
    wanted = sorted({permission for call in calls for permission in permissions(call)})
    if kind is Kind.READ_ONLY:
        wanted = [each for each in wanted if _READING.match(each) and each not in _TELLING]
    return wanted if place.lock_table else [each for each in wanted if not each.startswith("dynamodb:")]


def _granted(wanted: Iterable[str]) -> Iterable[tuple[Scope, list[str]]]:
    granted: dict[str, list[str]] = {scope.sid: [] for scope in (*SCOPES, _REST)}
    for permission in wanted:
        scopes = [s for s in SCOPES if any(fnmatchcase(permission, pattern) for pattern in s.actions)]
        for scope in _narrowest(scopes) or [_REST]:
            granted[scope.sid].append(permission)
    return [(scope, granted[scope.sid]) for scope in (*SCOPES, _REST) if granted[scope.sid]]


def _resources(scope: Scope, place: Place) -> list[str]:
    return [arn for template in scope.resources for arn in _arns(template, place)]


def _conditions(scope: Scope, place: Place) -> dict[str, dict[str, Json]]:
    return {
        operator: {key: _filled(value, place) for key, value in keys.items()}
        for operator, keys in scope.condition.items()
    }


def _statements(wanted: Iterable[str], place: Place) -> Iterable[dict[str, Json]]:
    for scope, granted in _granted(wanted):
        statement: dict[str, Json] = {
            "Sid": scope.sid,
            "Effect": "Allow",
            "Action": [*_as_granted(scope, granted)],
            "Resource": [*_resources(scope, place)],
        }
        if scope.condition:
            statement["Condition"] = {**_conditions(scope, place)}
        yield statement


def _as_granted(scope: Scope, permissions: Iterable[str]) -> Iterable[str]:
    if not scope.whole:
        return permissions
    return [pattern for pattern in scope.actions if any(fnmatchcase(each, pattern) for each in permissions)]


def _narrowest(scopes: list[Scope]) -> list[Scope]:
    """Scopes with a condition take a permission away from those without: a wide grant would undo the narrow one."""
    conditional = [scope for scope in scopes if scope.condition]
    return conditional or scopes


def _arns(template: str, place: Place) -> list[str]:
    if template == "*":
        return ["*"]
    text = f"arn:{place.partition}:{template}"
    if "{bucket}" in text:
        return [str(_filled(text.replace("{bucket}", bucket), place)) for bucket in place.buckets]
    return [str(_filled(text, place))]


def _filled(value: Json, place: Place) -> Json:
    if isinstance(value, list):
        return [_filled(each, place) for each in value]
    names = {
        "partition": place.partition,
        "account_id": place.account_id,
        "region": place.region,
        "prefix": place.prefix,
        "project": place.project,
        "environment": place.environment,
        "state_bucket": place.state_bucket,
        "secret": place.secret,
        "lock_table": place.lock_table,
    }
    return re.sub(r"\{(\w+)\}", lambda found: names[found[1]], str(value))


def _document(statements: list[Json]) -> dict[str, Json]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _size(document: Mapping[str, Json]) -> int:
    return len("".join(json.dumps(document, separators=(",", ":")).split()))
