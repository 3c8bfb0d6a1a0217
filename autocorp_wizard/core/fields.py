"""Every question of the wizard: the inputs of the Terraform root under their own names, and the wizard's own.

The order is the order of the form. Storage, network, security, replication and file transfer have modules of their own
beside this one. Names, types and defaults of the Terraform inputs agree with `terraform/variables.tf` (a test compares
them). What the wizard derives itself (`environment`, the flags of phases and stages, the password and its counter) is
no question and so no field.
"""

from autocorp_wizard.core import answer_rules as rules
from autocorp_wizard.core.answers import Field, Group, Kind, Schema
from autocorp_wizard.core.datasync_fields import DATASYNC_FIELDS
from autocorp_wizard.core.dms_fields import DMS_FIELDS, SOURCE_TABLE_FIELDS
from autocorp_wizard.core.glue_fields import GLUE_FIELDS
from autocorp_wizard.core.monitoring_fields import MONITORING_FIELDS
from autocorp_wizard.core.network_fields import NETWORK_FIELDS
from autocorp_wizard.core.presets import Preset
from autocorp_wizard.core.security_fields import SECURITY_FIELDS
from autocorp_wizard.core.storage_fields import STORAGE_FIELDS

ENVIRONMENT_FIELDS = (
    Field(
        "preset",
        Kind.CHOICE,
        Group.ENVIRONMENT,
        "Size of the environment; fills the defaults of all other answers.",
        "Development should be cheap and quick to remove, production should keep what it holds.",
        "dev",
        default=Preset.DEV.value,
        choices=tuple(Preset),
        variable=False,
        asked=True,
    ),
    Field(
        "cloud",
        Kind.CHOICE,
        Group.ENVIRONMENT,
        "Where it is deployed: AWS, or the rehearsal cloud on this machine.",
        "A rehearsal needs no account and costs nothing; everything else is the same.",
        "aws",
        default="aws",
        choices=("aws", "rehearsal"),
        variable=False,
        asked=True,
    ),
    Field(
        "project_name",
        Kind.TEXT,
        Group.ENVIRONMENT,
        "First part of every name in AWS, 2 to 20 characters.",
        "Bucket names are shared by all customers of AWS; the project tells ours apart.",
        "autocorp",
        default="autocorp",
        checks=(rules.name,),
        asked=True,
    ),
)

ACCOUNT_FIELDS = (
    Field(
        "account_id",
        Kind.TEXT,
        Group.ACCOUNT,
        "The AWS account, 12 digits.",
        "Every call is checked against it, so that nothing is ever deployed into the wrong account.",
        "123456789012",
        checks=(rules.account_id,),
        nullable=True,
        asked=True,
        only_cloud="aws",
    ),
    Field(
        "region",
        Kind.TEXT,
        Group.ACCOUNT,
        "The AWS region that everything is deployed to.",
        "Data stays in one region; moving later means starting anew.",
        "us-east-1",
        default="us-east-1",
        checks=(rules.region,),
        asked=True,
    ),
    Field(
        "aws_profile",
        Kind.TEXT,
        Group.ACCOUNT,
        "Profile of the AWS configuration whose credentials are used.",
        "Without it the SDK's usual search applies (environment, default profile, instance role).",
        "autocorp-dev",
        nullable=True,
        variable=False,
        asked=True,
        only_cloud="aws",
    ),
    Field(
        "aws_role_arn",
        Kind.TEXT,
        Group.ACCOUNT,
        "Role to assume for everything that is done in AWS.",
        "A deployment role keeps people's own rights small.",
        "arn:aws:iam::123456789012:role/deployer",
        checks=(rules.role_arn,),
        nullable=True,
        variable=False,
        only_cloud="aws",
    ),
)

SOURCE_FIELDS = (
    Field(
        "postgres_host",
        Kind.TEXT,
        Group.SOURCE,
        "Host name or address of the PostgreSQL source.",
        "Replication reads from it. A rehearsal without an answer uses a server of its own.",
        "db.example.com",
        checks=(rules.host,),
        nullable=True,
        asked=True,
    ),
    Field(
        "postgres_port",
        Kind.WHOLE,
        Group.SOURCE,
        "Port of the PostgreSQL source.",
        "It goes into the secret that replication reads.",
        5432,
        default=5432,
        checks=(rules.between(1, 65535, "(a TCP port)"),),
    ),
    Field(
        "postgres_database",
        Kind.TEXT,
        Group.SOURCE,
        "Database that holds the seven tables.",
        "Replication connects to exactly one database.",
        "autocorp",
        default="autocorp",
        checks=(rules.postgres_name,),
        asked=True,
    ),
    Field(
        "postgres_username",
        Kind.TEXT,
        Group.SOURCE,
        "Role that replication logs in as; it needs REPLICATION and SELECT.",
        "A role of its own can be taken away without touching anybody else. Its password is asked separately.",
        "dms_replication",
        default="dms_replication",
        checks=(rules.postgres_name,),
        asked=True,
    ),
    Field(
        "postgres_system_identifier",
        Kind.TEXT,
        Group.SOURCE,
        "System identifier of the PostgreSQL source that is meant; the preflight tells it (pg.stable_peer).",
        "Another server under the same address is then a failure, not a surprise in the lake.",
        "7361894520174638291",
        checks=(
            rules.matches(
                r"[0-9]{5,20}",
                "A system identifier is a number of up to 20 digits.",
                "Take it from: autocorp-wizard preflight pg.stable_peer",
            ),
        ),
        nullable=True,
        variable=False,
    ),
    Field(
        "postgres_wal_free_gb",
        Kind.WHOLE,
        Group.SOURCE,
        "How many GB are free on the disk of the source's write-ahead log; df on the server tells.",
        "SQL does not show it. The preflight compares it with what an outage of replication would hold back.",
        200,
        checks=(rules.between(1, 1_000_000, "(GB)"),),
        nullable=True,
        variable=False,
    ),
)

STATE_FIELDS = (
    Field(
        "state_bucket",
        Kind.TEXT,
        Group.STATE,
        "Bucket of Terraform's state, where it is not PROJECT-terraform-state-ACCOUNT-REGION.",
        "An existing bucket can be adopted.",
        "autocorp-terraform-state",
        checks=(rules.bucket_name,),
        nullable=True,
        variable=False,
    ),
    Field(
        "lock_table",
        Kind.TEXT,
        Group.STATE,
        "DynamoDB table for locking beside the lock file in S3; none by default.",
        "Only teams whose older tools still lock by a table need it.",
        "terraform-locks",
        checks=(
            rules.matches(
                r"[A-Za-z0-9_.-]{3,255}",
                "A table name has 3 to 255 letters, digits, dots, underscores and hyphens.",
                "For example: terraform-locks",
            ),
        ),
        nullable=True,
        variable=False,
    ),
    Field(
        "state_kms_key_arn",
        Kind.TEXT,
        Group.STATE,
        "KMS key of the account that encrypts the state, instead of the key that S3 manages.",
        "Where a rule asks for a customer key. It must outlive the lake, so it is not the lake's own.",
        "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        checks=(
            rules.matches(
                r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+",
                "S3 needs the key's whole ARN; an alias would be looked up in whatever account asks.",
                "It looks like arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            ),
        ),
        nullable=True,
        variable=False,
    ),
)

SCHEMA = Schema(
    ENVIRONMENT_FIELDS
    + ACCOUNT_FIELDS
    + SOURCE_FIELDS
    + SOURCE_TABLE_FIELDS
    + NETWORK_FIELDS
    + STORAGE_FIELDS
    + SECURITY_FIELDS
    + GLUE_FIELDS
    + DMS_FIELDS
    + DATASYNC_FIELDS
    + MONITORING_FIELDS
    + STATE_FIELDS
)
