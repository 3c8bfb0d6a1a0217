"""Where each resource type of the tree is found in AWS by its name or its `Name` tag, as data.

A finder is one read operation: the parameters it is called with, the list in the answer, and which entry is the one
that is looked for. tests/rollout/test_finders.py checks each of them against AWS's own service models.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Finder:
    """How to find one resource.

    `parameters` are templates over the resource's names (`{name}`) and `{account}`. `entries` is the path to the list
    (or to the single object) in the answer, empty for the answer itself; an entry counts where each of `matches`
    (field to template) holds. `gives` is the import id as a template over the resource's names, `{account}`, and
    fields of the entry as `{.Field}`. `gone` names fields or states that say: it is on its way out.
    """

    service: str
    operation: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    entries: str = ""
    matches: Mapping[str, str] = field(default_factory=dict)
    gives: str = "{name}"
    gone: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _tagged(operation: str, entries: str, id_field: str, gone: Mapping[str, tuple[str, ...]] | None = None) -> Finder:
    """Something of EC2: found by its Name tag, which the tree makes unique."""
    filters = [{"Name": "tag:Name", "Values": ["{tags.Name}"]}]
    return Finder("ec2", operation, {"Filters": filters}, entries, gives=f"{{.{id_field}}}", gone=gone or {})


def _dms(operation: str, filter_name: str, key: str, entries: str, status: str = "Status") -> Finder:
    filters = [{"Name": filter_name, "Values": [f"{{{key}}}"]}]
    leaving = {status: ("deleting",)} if status else {}
    return Finder("dms", operation, {"Filters": filters}, entries, gives=f"{{{key}}}", gone=leaving)


def _glue(operation: str, parameter: str, entries: str = "") -> Finder:
    return Finder("glue", operation, {parameter: "{name}"}, entries)


FINDERS: Final[dict[str, Finder]] = {
    "aws_s3_bucket": Finder(
        "s3", "head_bucket", {"Bucket": "{bucket}", "ExpectedBucketOwner": "{account}"}, gives="{bucket}"
    ),
    "aws_iam_role": Finder("iam", "get_role", {"RoleName": "{name}"}, "Role"),
    "aws_iam_policy": Finder(
        "iam", "list_policies", {"Scope": "Local"}, "Policies", {"PolicyName": "{name}"}, gives="{.Arn}"
    ),
    "aws_kms_alias": Finder("kms", "list_aliases", {}, "Aliases", {"AliasName": "{name}"}),
    "aws_secretsmanager_secret": Finder(
        "secretsmanager", "describe_secret", {"SecretId": "{name}"}, gives="{.ARN}", gone={"DeletedDate": ()}
    ),
    "aws_vpc": _tagged("describe_vpcs", "Vpcs", "VpcId"),
    "aws_subnet": _tagged("describe_subnets", "Subnets", "SubnetId"),
    "aws_route_table": _tagged("describe_route_tables", "RouteTables", "RouteTableId"),
    "aws_security_group": _tagged("describe_security_groups", "SecurityGroups", "GroupId"),
    "aws_vpc_security_group_ingress_rule": _tagged(
        "describe_security_group_rules", "SecurityGroupRules", "SecurityGroupRuleId"
    ),
    "aws_vpc_security_group_egress_rule": _tagged(
        "describe_security_group_rules", "SecurityGroupRules", "SecurityGroupRuleId"
    ),
    "aws_vpc_endpoint": _tagged(
        "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId", {"State": ("deleting", "deleted", "failed")}
    ),
    "aws_cloudwatch_log_group": Finder(
        "logs", "describe_log_groups", {"logGroupNamePrefix": "{name}"}, "logGroups", {"logGroupName": "{name}"}
    ),
    "aws_sns_topic": Finder("sns", "list_topics", {}, "Topics", {"TopicArn": "*:{name}"}, gives="{.TopicArn}"),
    "aws_sns_topic_subscription": Finder(
        "sns",
        "list_subscriptions_by_topic",
        {"TopicArn": "{topic_arn}"},
        "Subscriptions",
        {"Endpoint": "{endpoint}", "Protocol": "{protocol}"},
        gives="{.SubscriptionArn}",
    ),
    "aws_budgets_budget": Finder(
        "budgets",
        "describe_budget",
        {"AccountId": "{account}", "BudgetName": "{name}"},
        "Budget",
        gives="{account}:{name}",
    ),
    "aws_cloudtrail": Finder("cloudtrail", "get_trail", {"Name": "{name}"}, "Trail", gives="{.TrailARN}"),
    "aws_glue_catalog_database": Finder(
        "glue", "get_database", {"Name": "{name}"}, "Database", gives="{account}:{name}"
    ),
    "aws_glue_connection": Finder("glue", "get_connection", {"Name": "{name}"}, "Connection", gives="{account}:{name}"),
    "aws_glue_crawler": _glue("get_crawler", "Name", "Crawler"),
    "aws_glue_job": _glue("get_job", "JobName", "Job"),
    "aws_glue_trigger": _glue("get_trigger", "Name", "Trigger"),
    "aws_glue_workflow": _glue("get_workflow", "Name", "Workflow"),
    "aws_glue_security_configuration": _glue("get_security_configuration", "Name", "SecurityConfiguration"),
    "aws_glue_data_quality_ruleset": _glue("get_data_quality_ruleset", "Name"),
    "aws_athena_workgroup": Finder("athena", "get_work_group", {"WorkGroup": "{name}"}, "WorkGroup"),
    "aws_dms_replication_instance": _dms(
        "describe_replication_instances",
        "replication-instance-id",
        "replication_instance_id",
        "ReplicationInstances",
        "ReplicationInstanceStatus",
    ),
    "aws_dms_endpoint": _dms("describe_endpoints", "endpoint-id", "endpoint_id", "Endpoints"),
    "aws_dms_s3_endpoint": _dms("describe_endpoints", "endpoint-id", "endpoint_id", "Endpoints"),
    "aws_dms_replication_task": _dms(
        "describe_replication_tasks", "replication-task-id", "replication_task_id", "ReplicationTasks"
    ),
    "aws_dms_replication_subnet_group": _dms(
        "describe_replication_subnet_groups",
        "replication-subnet-group-id",
        "replication_subnet_group_id",
        "ReplicationSubnetGroups",
        status="",
    ),
    "aws_dms_certificate": _dms("describe_certificates", "certificate-id", "certificate_id", "Certificates", status=""),
    "aws_dms_event_subscription": Finder(
        "dms", "describe_event_subscriptions", {"SubscriptionName": "{name}"}, "EventSubscriptionsList"
    ),
    "aws_datasync_task": Finder("datasync", "list_tasks", {}, "Tasks", {"Name": "{name}"}, gives="{.TaskArn}"),
    "aws_datasync_agent": Finder("datasync", "list_agents", {}, "Agents", {"Name": "{name}"}, gives="{.AgentArn}"),
}


@dataclass(frozen=True, slots=True)
class TagFinder:
    """For what has no name of its own: list all, ask each for its tags, compare `Name`.

    `asks_by` is the parameter that takes the entry's id, `tags` the path to the tags, `key` and `value` their fields.
    `alive` is asked afterwards where the list also holds what is being deleted.
    """

    service: str
    listing: str
    entries: str
    id_field: str
    tag_operation: str
    asks_by: str
    tags: str
    key: str = "Key"
    value: str = "Value"
    alive: Finder | None = None


_LOCATION: Final = TagFinder(
    "datasync", "list_locations", "Locations", "LocationArn", "list_tags_for_resource", "ResourceArn", "Tags"
)

TAG_FINDERS: Final[dict[str, TagFinder]] = {
    "aws_kms_key": TagFinder(
        "kms",
        "list_keys",
        "Keys",
        "KeyId",
        "list_resource_tags",
        "KeyId",
        "Tags",
        "TagKey",
        "TagValue",
        Finder(
            "kms",
            "describe_key",
            {"KeyId": "{id}"},
            "KeyMetadata",
            gives="{id}",
            gone={"KeyState": ("PendingDeletion",)},
        ),
    ),
    "aws_datasync_location_nfs": _LOCATION,
    "aws_datasync_location_s3": _LOCATION,
    "aws_datasync_location_smb": _LOCATION,
}


@dataclass(frozen=True, slots=True)
class Readiness:
    """What a resource must say of itself before it can be kept: `field` of the entry is one of `ready`."""

    finder: Finder
    field: str
    ready: tuple[str, ...]


def _by_ids(operation: str, parameter: str, entries: str) -> Finder:
    return Finder("ec2", operation, {parameter: ["{id}"]}, entries, gives="{id}")


_RULE: Final = Readiness(_by_ids("describe_security_group_rules", "SecurityGroupRuleIds", "SecurityGroupRules"), "", ())

READY: Final[dict[str, Readiness]] = {
    "aws_kms_key": Readiness(
        Finder("kms", "describe_key", {"KeyId": "{id}"}, "KeyMetadata", gives="{id}"), "KeyState", ("Enabled",)
    ),
    "aws_vpc": Readiness(_by_ids("describe_vpcs", "VpcIds", "Vpcs"), "State", ("available",)),
    "aws_subnet": Readiness(_by_ids("describe_subnets", "SubnetIds", "Subnets"), "State", ("available",)),
    "aws_route_table": Readiness(_by_ids("describe_route_tables", "RouteTableIds", "RouteTables"), "", ()),
    "aws_security_group": Readiness(_by_ids("describe_security_groups", "GroupIds", "SecurityGroups"), "", ()),
    "aws_vpc_security_group_egress_rule": _RULE,
    "aws_vpc_security_group_ingress_rule": _RULE,
    "aws_vpc_endpoint": Readiness(
        _by_ids("describe_vpc_endpoints", "VpcEndpointIds", "VpcEndpoints"), "State", ("available",)
    ),
    "aws_dms_replication_instance": Readiness(
        FINDERS["aws_dms_replication_instance"], "ReplicationInstanceStatus", ("available",)
    ),
    "aws_dms_replication_task": Readiness(
        FINDERS["aws_dms_replication_task"], "Status", ("ready", "running", "stopped")
    ),
    "aws_dms_endpoint": Readiness(FINDERS["aws_dms_endpoint"], "Status", ("active",)),
    "aws_dms_s3_endpoint": Readiness(FINDERS["aws_dms_s3_endpoint"], "Status", ("active",)),
    "aws_glue_crawler": Readiness(FINDERS["aws_glue_crawler"], "State", ("READY", "RUNNING")),
}
