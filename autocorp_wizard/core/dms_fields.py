"""Questions about replication: the source's tables and TLS, and the instance that reads it."""

from autocorp_wizard.core import answer_rules as rules
from autocorp_wizard.core.answers import Field, Group, Kind, Refusal

_IDENTIFIER = rules.matches(
    r"[A-Za-z_][A-Za-z0-9_$]{0,62}",
    "A schema or table has 1 to 63 letters, digits, underscores and dollar signs.",
    "Name it as PostgreSQL knows it, without quotes and without a wildcard.",
)
# What CloudWatch Logs knows as a retention period.
_RETENTIONS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
_HALF_HOUR = r"(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]"

SOURCE_TABLE_FIELDS = (
    Field(
        "postgres_schema",
        Kind.TEXT,
        Group.SOURCE,
        "Schema of the replicated tables; part of their path in the lake.",
        "Replication names each table in full.",
        "public",
        default="public",
        checks=(_IDENTIFIER,),
    ),
    Field(
        "postgres_tables",
        Kind.LIST,
        Group.SOURCE,
        "Tables to replicate; the seven of AutoCorp when empty.",
        "Each by its full name: a wildcard would also copy the heartbeat's table.",
        ["customers", "sales_order"],
        default=[],
        checks=(rules.at_most(100, "tables"), rules.each(_IDENTIFIER)),
    ),
    Field(
        "postgres_ssl_mode",
        Kind.CHOICE,
        Group.SOURCE,
        "How replication's connection to the source is encrypted and the source's name is checked.",
        "verify-full keeps others from reading along or answering instead of the source.",
        "verify-full",
        default="verify-full",
        choices=("none", "require", "verify-ca", "verify-full"),
    ),
    Field(
        "postgres_ca_certificate_pem",
        Kind.TEXT,
        Group.SOURCE,
        "Certificate of the authority that signed the source's, in PEM; public, so it may stand here.",
        "verify-ca and verify-full compare the source's certificate with it.",
        "-----BEGIN CERTIFICATE-----\nMIID...\n-----END CERTIFICATE-----",
        checks=(
            rules.matches(
                r"\s*-----BEGIN CERTIFICATE-----[\s\S]*-----END CERTIFICATE-----\s*",
                "It is no certificate in PEM.",
                "It begins with -----BEGIN CERTIFICATE----- and ends with -----END CERTIFICATE-----.",
            ),
        ),
        nullable=True,
    ),
)

DMS_FIELDS = (
    Field(
        "dms_instance_class",
        Kind.TEXT,
        Group.DMS,
        "Size of the replication instance.",
        "It is billed by the hour, and can be changed later with a short interruption.",
        "dms.t3.medium",
        default="dms.t3.medium",
        checks=(
            rules.matches(
                r"dms\.[a-z][0-9][a-z]*\.[0-9]*(micro|small|medium|large|xlarge)",
                "It is no class of DMS.",
                "It looks like dms.t3.medium or dms.r6i.2xlarge.",
            ),
        ),
    ),
    Field(
        "dms_allocated_storage_gb",
        Kind.WHOLE,
        Group.DMS,
        "Storage of the replication instance in GB; 50 are included in the price. It can grow, not shrink.",
        "Changes wait there while the lake cannot be written.",
        50,
        default=50,
        checks=(rules.between(5, 6144, "GB"),),
    ),
    Field(
        "dms_multi_az",
        Kind.FLAG,
        Group.DMS,
        "Whether a standby instance in another zone takes over when the first fails.",
        "It doubles the instance's price.",
        False,
        default=False,
    ),
    Field(
        "dms_engine_version",
        Kind.TEXT,
        Group.DMS,
        "DMS engine version; left out, AWS's default at creation and minor upgrades from then on.",
        "A version that was tested elsewhere can be pinned.",
        "3.5.4",
        checks=(rules.matches(r"[0-9]+\.[0-9]+\.[0-9]+", "It is no engine version.", "It looks like 3.5.4."),),
        nullable=True,
    ),
    Field(
        "dms_maintenance_window",
        Kind.TEXT,
        Group.DMS,
        "Weekly window in UTC in which AWS may restart the replication instance.",
        "Replication pauses for minutes then, and goes on where it was.",
        "sun:04:00-sun:05:00",
        default="sun:04:00-sun:05:00",
        checks=(
            rules.matches(
                f"{_HALF_HOUR}-{_HALF_HOUR}",
                "It is no weekly window.",
                "It looks like sun:04:00-sun:05:00, in lower case and UTC.",
            ),
        ),
    ),
    Field(
        "dms_apply_immediately",
        Kind.FLAG,
        Group.DMS,
        "Whether changes to the instance happen at once instead of in the maintenance window.",
        "At once means that replication is interrupted at once.",
        False,
        default=False,
    ),
    Field(
        "dms_heartbeat_schema",
        Kind.TEXT,
        Group.DMS,
        "Schema on the source that replication's login may create a table in, for its heartbeat.",
        "Without a heartbeat a quiet source keeps its log until its disk is full. Counts at the first apply only.",
        "dms_artifacts",
        default="dms_artifacts",
        checks=(_IDENTIFIER,),
    ),
    Field(
        "dms_lob_max_size_kb",
        Kind.WHOLE,
        Group.DMS,
        "Longest text in KB that is replicated whole; longer ones are cut off there.",
        "The longer, the more memory each row may take.",
        32,
        default=32,
        checks=(rules.between(1, 102400, "KB"),),
    ),
    Field(
        "dms_cdc_max_batch_interval_seconds",
        Kind.WHOLE,
        Group.DMS,
        "Longest wait in seconds before changes are written to a file.",
        "Longer makes fewer and larger files, and the lake later.",
        60,
        default=60,
        checks=(rules.between(1, 86400, "seconds"),),
    ),
    Field(
        "dms_log_retention_days",
        Kind.WHOLE,
        Group.DMS,
        "Days that logs of replication are kept.",
        "DMS itself would keep them for ever.",
        90,
        default=90,
        checks=(
            lambda value: (
                None
                if value in _RETENTIONS
                else Refusal("CloudWatch Logs knows certain periods only.", "For example 14, 30, 90 or 365 days.")
            ),
        ),
    ),
)
