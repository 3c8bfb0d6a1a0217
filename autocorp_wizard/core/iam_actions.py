"""Which permissions of IAM an API operation asks for: its own name, except where AWS decided otherwise.

Source: the service authorization reference of AWS; what only shows on a real account stands below with its reason.
"""

from collections.abc import Mapping
from typing import Final

# Where a service is called otherwise in its SDK, or in what a call is signed for, than in policies.
_PREFIXES: Final[Mapping[str, str]] = {
    "cloudwatchlogs": "logs",
    "databasemigrationservice": "dms",
    "eventbridge": "events",
    "monitoring": "cloudwatch",
}
_RENAMED: Final[Mapping[str, str]] = {
    # Budgets has two permissions for all that is no tag.
    "budgets:CreateBudget": "budgets:ModifyBudget",
    "budgets:CreateNotification": "budgets:ModifyBudget",
    "budgets:CreateSubscriber": "budgets:ModifyBudget",
    "budgets:DeleteBudget": "budgets:ModifyBudget",
    "budgets:DeleteNotification": "budgets:ModifyBudget",
    "budgets:DeleteSubscriber": "budgets:ModifyBudget",
    "budgets:DescribeBudget": "budgets:ViewBudget",
    "budgets:DescribeBudgets": "budgets:ViewBudget",
    "budgets:DescribeNotificationsForBudget": "budgets:ViewBudget",
    "budgets:DescribeSubscribersForNotification": "budgets:ViewBudget",
    "budgets:UpdateBudget": "budgets:ModifyBudget",
    "budgets:UpdateNotification": "budgets:ModifyBudget",
    "budgets:UpdateSubscriber": "budgets:ModifyBudget",
    "s3control:GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:ListObjects": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:HeadObject": "s3:GetObject",
    "s3:CopyObject": "s3:PutObject",
    "s3:DeleteObjects": "s3:DeleteObject",
    "s3:GetBucketAccelerateConfiguration": "s3:GetAccelerateConfiguration",
    "s3:GetBucketCors": "s3:GetBucketCORS",
    "s3:PutBucketCors": "s3:PutBucketCORS",
    "s3:DeleteBucketCors": "s3:PutBucketCORS",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:PutBucketReplication": "s3:PutReplicationConfiguration",
    "s3:DeleteBucketReplication": "s3:PutReplicationConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:DeletePublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:DeleteBucketTagging": "s3:PutBucketTagging",
    "s3:DeleteBucketOwnershipControls": "s3:PutBucketOwnershipControls",
    "s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "s3:PutBucketNotificationConfiguration": "s3:PutBucketNotification",
}

# Permissions that are asked for beside the operation's own.
_COMPANIONS: Final[Mapping[str, tuple[str, ...]]] = {
    # Tags that come with the creation are judged as an action of their own.
    "kms:CreateKey": ("kms:TagResource",),
    "iam:CreateRole": ("iam:TagRole",),
    "secretsmanager:CreateSecret": ("secretsmanager:TagResource",),
    "dynamodb:CreateTable": ("dynamodb:TagResource",),
    "budgets:CreateBudget": ("budgets:TagResource",),
    "cloudtrail:CreateTrail": ("cloudtrail:AddTags",),
    "cloudwatch:PutMetricAlarm": ("cloudwatch:TagResource",),
    "events:PutRule": ("events:TagResource",),
    "sns:CreateTopic": ("sns:TagResource",),
    # DMS encrypts the instance's storage, and keeps an endpoint's settings, in the caller's name.
    "dms:CreateEndpoint": ("iam:PassRole", "kms:CreateGrant", "kms:DescribeKey"),
    "dms:CreateReplicationInstance": ("kms:CreateGrant", "kms:DescribeKey"),
    "ec2:CreateVpc": ("ec2:CreateTags",),
    # The private name of an interface endpoint is a zone that is tied to the network in the caller's name.
    "ec2:CreateVpcEndpoint": ("ec2:CreateTags", "route53:AssociateVPCWithHostedZone"),
    # Secrets Manager uses a customer's key with the rights of whoever reads or writes the secret.
    "secretsmanager:PutSecretValue": ("kms:GenerateDataKey", "kms:Decrypt"),
    "secretsmanager:GetSecretValue": ("kms:Decrypt",),
    "secretsmanager:UpdateSecret": ("kms:GenerateDataKey", "kms:Decrypt"),
    # The role that replicates is handed over.
    "s3:PutBucketReplication": ("iam:PassRole",),
    # ACLs off at creation is a setting of its own.
    "s3:CreateBucket": ("s3:PutBucketOwnershipControls",),
    # Emptying names versions.
    "s3:DeleteObjects": ("s3:DeleteObjectVersion",),
}


def iam_action(service: str, operation: str) -> str:
    """Return the permission that an API operation asks for (`s3`, `HeadBucket` -> `s3:ListBucket`)."""
    name = f"{_PREFIXES.get(service, service)}:{operation}"
    return _RENAMED.get(name, name)


def permissions(call: str) -> tuple[str, ...]:
    """Return all permissions that a call (`SERVICE:Operation`) asks for."""
    service, _, operation = call.partition(":")
    named = f"{_PREFIXES.get(service, service)}:{operation}"
    return (iam_action(service, operation), *_COMPANIONS.get(named, ()))
