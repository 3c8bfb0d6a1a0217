"""How each resource type of the tree is called by people: data for core/sentences.py.

`noun` completes "Creates the …"; `keys` are the attributes that may name the object, the first known one wins;
`create` and `delete` replace the sentence where a type is no thing but a property of another, `{name}` is that name.
`quoted` names are free text; `details` are attributes that tell objects of one name apart.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """The words for one resource type."""

    noun: str
    keys: tuple[str, ...] = ("name",)
    create: str = ""
    delete: str = ""
    quoted: bool = False
    details: tuple[str, ...] = ()


_BUCKET = ("bucket",)
_RULE = ("description", "tags.Name")
_PEER = ("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id")

WORDINGS: dict[str, Wording] = {
    # Storage
    "aws_s3_bucket": Wording("bucket", ("bucket", "bucket_prefix")),
    "aws_s3_bucket_versioning": Wording(
        "versioning of bucket",
        _BUCKET,
        "Keeps earlier versions of the objects in bucket {name}.",
        "Stops keeping earlier versions of the objects in bucket {name}.",
    ),
    "aws_s3_bucket_server_side_encryption_configuration": Wording(
        "default encryption of bucket", _BUCKET, "Encrypts what is stored in bucket {name}."
    ),
    "aws_s3_bucket_public_access_block": Wording(
        "public access block of bucket",
        _BUCKET,
        "Blocks public access to bucket {name}.",
        "Takes the block on public access off bucket {name}.",
    ),
    "aws_s3_bucket_ownership_controls": Wording(
        "ownership rule of bucket", _BUCKET, "Makes the account the owner of every object in bucket {name}."
    ),
    "aws_s3_bucket_policy": Wording("access policy of bucket", _BUCKET, "Sets who may reach bucket {name}, and how."),
    "aws_s3_bucket_lifecycle_configuration": Wording(
        "lifecycle of bucket", _BUCKET, "Sets when objects in bucket {name} are archived and expire."
    ),
    "aws_s3_bucket_logging": Wording("access log of bucket", _BUCKET, "Logs who reads and writes bucket {name}."),
    "aws_s3_bucket_cors_configuration": Wording(
        "CORS configuration of bucket", _BUCKET, "Lets the named web origins reach bucket {name}."
    ),
    "aws_s3_bucket_replication_configuration": Wording(
        "replication of bucket", _BUCKET, "Copies bucket {name} to another bucket as it changes."
    ),
    "aws_s3_bucket_intelligent_tiering_configuration": Wording("tiering rule of bucket", _BUCKET),
    "aws_s3_bucket_notification": Wording("notification setup of bucket", _BUCKET),
    "aws_s3_object": Wording("object", ("key",), "Uploads {name}.", "Deletes the object {name}."),
    # Keys and secrets
    "aws_kms_key": Wording("encryption key", ("tags.Name",)),
    "aws_kms_alias": Wording("key alias", ("name", "name_prefix")),
    "aws_kms_key_policy": Wording("policy of the key", ("key_id",)),
    "aws_secretsmanager_secret": Wording("secret", ("name", "name_prefix")),
    "aws_secretsmanager_secret_version": Wording(
        "value of the secret", ("secret_id",), "Stores the value of the secret {name}; it is not kept in the state."
    ),
    "aws_secretsmanager_secret_policy": Wording("policy of the secret", ("secret_arn",)),
    "aws_secretsmanager_secret_rotation": Wording("rotation of the secret", ("secret_id",)),
    # Identity
    "aws_iam_role": Wording("role", ("name", "name_prefix")),
    "aws_iam_role_policy": Wording(
        "policy of role",
        ("role", "name"),
        "Gives the role {name} what it needs.",
        "Takes permissions from role {name}.",
    ),
    "aws_iam_role_policy_attachment": Wording(
        "AWS policy of role",
        ("role",),
        "Attaches an AWS policy to the role {name}.",
        "Takes an AWS policy off role {name}.",
    ),
    "aws_iam_policy": Wording("policy", ("name",)),
    "aws_iam_instance_profile": Wording("instance profile", ("name",)),
    # Network
    "aws_vpc": Wording("network (VPC)", ("tags.Name", "cidr_block")),
    "aws_default_security_group": Wording(
        "default security group of the network",
        ("tags.Name",),
        "Empties the network's default security group.",
        "Stops looking after the network's default security group.",
    ),
    "aws_subnet": Wording("subnet", ("tags.Name", "cidr_block")),
    "aws_route_table": Wording("route table", ("tags.Name",)),
    "aws_route_table_association": Wording(
        "route of a subnet",
        (),
        "Connects the subnet to its route table ({name}).",
        "Cuts the subnet off its routes ({name}).",
    ),
    "aws_route": Wording("route to", ("destination_cidr_block",)),
    "aws_internet_gateway": Wording("internet gateway", ("tags.Name",)),
    "aws_nat_gateway": Wording("NAT gateway", ("tags.Name",)),
    "aws_eip": Wording("public address", ("tags.Name",)),
    "aws_security_group": Wording("security group", ("name", "tags.Name")),
    "aws_security_group_rule": Wording("security group rule", _RULE, quoted=True),
    "aws_vpc_security_group_ingress_rule": Wording("incoming rule", _RULE, quoted=True, details=_PEER),
    "aws_vpc_security_group_egress_rule": Wording("outgoing rule", _RULE, quoted=True, details=_PEER),
    "aws_vpc_endpoint": Wording("private endpoint", ("tags.Name", "service_name")),
    "aws_vpc_endpoint_policy": Wording("policy of the private endpoint", ("vpc_endpoint_id",)),
    # Catalog, jobs, queries
    "aws_glue_catalog_database": Wording("catalog database", ("name",)),
    "aws_glue_catalog_table": Wording("catalog table", ("name",)),
    "aws_glue_crawler": Wording("crawler", ("name",)),
    "aws_glue_job": Wording("job", ("name",)),
    "aws_glue_workflow": Wording("workflow", ("name",)),
    "aws_glue_trigger": Wording("trigger", ("name",)),
    "aws_glue_security_configuration": Wording("security configuration of the jobs", ("name",)),
    "aws_glue_data_quality_ruleset": Wording("quality ruleset", ("name",)),
    "aws_glue_connection": Wording("connection", ("name",)),
    "aws_glue_data_catalog_encryption_settings": Wording("encryption of the account's catalog", ()),
    "aws_athena_workgroup": Wording("query workgroup", ("name",)),
    "aws_athena_named_query": Wording("saved query", ("name",)),
    "aws_athena_prepared_statement": Wording("prepared query", ("name",)),
    # Replication
    "aws_dms_replication_instance": Wording("replication instance", ("replication_instance_id",)),
    "aws_dms_replication_subnet_group": Wording("subnet group for replication", ("replication_subnet_group_id",)),
    "aws_dms_endpoint": Wording("source endpoint", ("endpoint_id",)),
    "aws_dms_s3_endpoint": Wording("target endpoint", ("endpoint_id",)),
    "aws_dms_certificate": Wording("certificate for replication", ("certificate_id",)),
    "aws_dms_replication_task": Wording("replication task", ("replication_task_id",)),
    "aws_dms_event_subscription": Wording("subscription to replication events", ("name",)),
    # Transfers
    "aws_datasync_agent": Wording("transfer agent", ("name",)),
    "aws_datasync_location_nfs": Wording("source location", ("server_hostname",)),
    "aws_datasync_location_smb": Wording("source location", ("server_hostname",)),
    "aws_datasync_location_s3": Wording("target location", ("subdirectory",)),
    "aws_datasync_task": Wording("transfer task", ("name",)),
    # Watching
    "aws_cloudwatch_log_group": Wording("log group", ("name", "name_prefix")),
    "aws_cloudwatch_log_resource_policy": Wording("permission to write logs", ("policy_name",)),
    "aws_cloudwatch_metric_alarm": Wording("alarm", ("alarm_name",)),
    "aws_cloudwatch_composite_alarm": Wording("combined alarm", ("alarm_name",)),
    "aws_cloudwatch_dashboard": Wording("dashboard", ("dashboard_name",)),
    "aws_cloudwatch_event_rule": Wording("event rule", ("name",)),
    "aws_cloudwatch_event_target": Wording("target of the event rule", ("rule",)),
    "aws_cloudtrail": Wording("audit trail", ("name",)),
    "aws_sns_topic": Wording("notification topic", ("name",)),
    "aws_sns_topic_policy": Wording("policy of the notification topic", ("arn",)),
    "aws_sns_topic_subscription": Wording("subscription", ("endpoint",)),
    "aws_budgets_budget": Wording("budget", ("name",)),
    "aws_lambda_function": Wording("function", ("function_name",)),
    "aws_dynamodb_table": Wording("table", ("name",)),
    "terraform_data": Wording("value kept by Terraform", ()),
}

# Attributes whose change a person names differently from the schema.
ATTRIBUTES: dict[str, str] = {
    "assume_role_policy": "who may take the role",
    "policy": "what is allowed",
    "rule": "its rules",
    "tags": "its tags",
    "tags_all": "its tags",
    "versioning_configuration": "whether earlier versions are kept",
    "force_destroy": "whether it may be deleted with its content",
    "deletion_window_in_days": "how long a deleted key can be brought back",
    "recovery_window_in_days": "how long a deleted secret can be brought back",
    "enable_key_rotation": "whether the key is rotated",
    "secret_string_wo_version": "the stored value",
    "replication_task_settings": "the task settings",
    "table_mappings": "the table mappings",
    "start_replication_task": "whether it runs",
    "replication_instance_class": "its size",
    "allocated_storage": "its storage",
    "schedule": "its schedule",
    "default_arguments": "its arguments",
    "glue_version": "its Glue version",
    "number_of_workers": "its number of workers",
    "worker_type": "the size of its workers",
}
