"""`policy deploy` and `policy read-only`: generated from what the tree and the wizard's own code were measured to call.

The measurement (measured_actions.json) is written by scripts/measure_actions.py; what the wizard itself calls is in
its code and its tables.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final, cast

from autocorp_wizard.checks import account, account_names, account_quotas, account_rights, agent, network_vpc
from autocorp_wizard.core.bootstrap import partition_of
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.leftovers import HasNames, Names
from autocorp_wizard.core.policy import Kind, Place, policy_documents
from autocorp_wizard.operate.panels import CALLS
from autocorp_wizard.operate.probes import PROBE_CALLS
from autocorp_wizard.rollout.finders import FINDERS, READY, TAG_FINDERS
from autocorp_wizard.rollout.leftover_kinds import KINDS

# What the wizard's own code calls; a test reads the code and compares.
WIZARD_CALLS: Final = frozenset(
    f"{service}:{operation}"
    for service, operations in {
        "sts": "GetCallerIdentity",
        "s3": "CreateBucket HeadBucket ListBuckets GetBucketLocation GetBucketTagging PutBucketTagging "
        "GetBucketOwnershipControls PutBucketOwnershipControls GetPublicAccessBlock PutPublicAccessBlock "
        "GetBucketVersioning PutBucketVersioning GetBucketEncryption PutBucketEncryption GetBucketPolicy "
        "PutBucketPolicy GetBucketLifecycleConfiguration PutBucketLifecycleConfiguration ListObjectsV2 "
        "ListObjectVersions DeleteObjects GetObject HeadObject PutObject",
        "dynamodb": "DescribeTable CreateTable UpdateTable ListTagsOfResource TagResource DescribeContinuousBackups "
        "UpdateContinuousBackups GetItem",
        "iam": "ListRoles GetRole",
        "secretsmanager": "DescribeSecret RestoreSecret ListSecretVersionIds",
        "kms": "ListKeys ListResourceTags DescribeKey ListAliases CancelKeyDeletion EnableKey",
        "ec2": "DescribeTags DescribeRouteTables DescribeVpcEndpoints DescribeNetworkInterfaces",
        "tag": "GetResources",
        "logs": "DescribeLogGroups",
        "datasync": "ListAgents DescribeAgent CreateAgent UpdateAgent DeleteAgent ListLocations DescribeLocationNfs "
        "DescribeLocationS3 DescribeLocationSmb UpdateLocationNfs UpdateLocationSmb CreateLocationSmb DeleteLocation "
        "ListTagsForResource DescribeTask StartTaskExecution DescribeTaskExecution ListTaskExecutions",
        "dms": "DescribeReplicationTasks DescribeTableStatistics TestConnection DescribeConnections "
        "StartReplicationTask StopReplicationTask ReloadTables",
        "glue": "GetTriggers StartTrigger StopTrigger GetJob GetJobRun GetJobRuns StartJobRun",
        "athena": "ListNamedQueries GetNamedQuery",
        "sns": "GetTopicAttributes",
    }.items()
    for operation in operations.split()
) | frozenset(f"{kind.service}:{''.join(word.capitalize() for word in kind.operation.split('_'))}" for kind in KINDS)


# What `status`, the probes of the checklists and the preflight ask; their own tests compare the tables with what is
# called.
LOOKS: Final = (
    CALLS
    | PROBE_CALLS
    | frozenset().union(
        *(module.CALLS for module in (account, account_names, account_quotas, account_rights, agent, network_vpc))
    )
)

# Changes in place that the measured cycle does not make, by the type whose arguments lead to them.
RARE_CHANGES: Final[Mapping[str, tuple[str, ...]]] = {
    "aws_kms_key": ("kms:PutKeyPolicy", "kms:UpdateKeyDescription", "kms:DisableKeyRotation", "kms:ListKeyPolicies"),
    "aws_kms_alias": ("kms:UpdateAlias",),
    "aws_datasync_location_nfs": ("datasync:UpdateLocationNfs",),
    "aws_iam_role": ("iam:UpdateRole", "iam:UpdateRoleDescription"),
    "aws_secretsmanager_secret": ("secretsmanager:UpdateSecret",),
    "aws_secretsmanager_secret_version": ("secretsmanager:UpdateSecretVersionStage",),
    "aws_route_table_association": ("ec2:ReplaceRouteTableAssociation",),
    "aws_security_group": ("ec2:UpdateSecurityGroupRuleDescriptionsEgress",),
    "aws_budgets_budget": ("budgets:DeleteNotification",),
    "aws_cloudtrail": ("cloudtrail:UpdateTrail", "cloudtrail:StopLogging"),
    "aws_sns_topic_subscription": ("sns:SetSubscriptionAttributes",),
    "aws_subnet": ("ec2:ModifySubnetAttribute",),
}


def policy_for(environment: HasNames, kind: Kind | str = Kind.DEPLOY) -> tuple[dict[str, Json], ...]:
    """Return the policy of an environment: one document, or several where IAM's limit of size asks for it."""
    return policy_documents(Kind(kind), calls(), place_of(environment))


def place_of(environment: HasNames) -> Place:
    """Return the names that an environment's policy is limited to."""
    names = Names.of(environment)
    return Place(
        partition=partition_of(environment.region),
        account_id=environment.account_id,
        region=environment.region,
        prefix=names.prefix,
        project=names.project,
        environment=names.environment,
        buckets=names.buckets,
        state_bucket=environment.state_bucket,
        secret=names.secret,
        lock_table=environment.lock_table,
    )


@cache
def measured() -> Mapping[str, tuple[str, ...]]:
    """Return the calls that the provider was measured to make, by resource type."""
    document = json.loads(files("autocorp_wizard.rollout").joinpath("measured_actions.json").read_text("utf-8"))
    return {kind: tuple(calls) for kind, calls in cast("dict[str, list[str]]", document["by_type"]).items()}


@cache
def measured_in_all() -> tuple[str, ...]:
    """Return every call of a whole cycle: the provider's, the backend's and the wizard's."""
    document = json.loads(files("autocorp_wizard.rollout").joinpath("measured_actions.json").read_text("utf-8"))
    return tuple(cast("list[str]", document["in_all"]))


@cache
def calls() -> frozenset[str]:
    """Return every call that the tree and the wizard make, as SERVICE:Operation."""
    by_type = {call for calls in measured().values() for call in calls}
    by_type |= {call for kind, calls in RARE_CHANGES.items() if kind in measured() for call in calls}
    return frozenset(by_type) | frozenset(measured_in_all()) | WIZARD_CALLS | LOOKS | _looked_up(frozenset(measured()))


def _looked_up(kinds: frozenset[str]) -> frozenset[str]:
    """What recovery asks about the types that the tree holds."""
    found = {(f.service, f.operation) for kind, f in FINDERS.items() if kind in kinds}
    found |= {(r.finder.service, r.finder.operation) for kind, r in READY.items() if kind in kinds}
    for kind, finder in TAG_FINDERS.items():
        if kind in kinds:
            found |= {(finder.service, finder.listing), (finder.service, finder.tag_operation)}
    return frozenset(f"{service}:{_api_name(operation)}" for service, operation in found)


def _api_name(operation: str) -> str:
    return "".join(word.capitalize() for word in operation.split("_"))
