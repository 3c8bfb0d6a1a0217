"""Questions about keys, roles, secrets and tags."""

from autocorp_wizard.core import answer_rules as rules
from autocorp_wizard.core.answers import Field, Group, Kind

SECURITY_FIELDS = (
    Field(
        "kms_deletion_window_days",
        Kind.WHOLE,
        Group.SECURITY,
        "Days that the destroyed key stays recoverable.",
        "Without its key, what was encrypted is gone for good.",
        30,
        default=30,
        checks=(rules.between(7, 30, "days"),),
    ),
    Field(
        "secret_recovery_window_days",
        Kind.WHOLE,
        Group.SECURITY,
        "Days that a deleted secret stays recoverable, and its name taken: 0 (gone at once) or 7 to 30.",
        "The next apply restores a secret that is still recoverable.",
        30,
        default=30,
        checks=(rules.between(7, 30, "days", also=0),),
    ),
    Field(
        "create_dms_account_roles",
        Kind.FLAG,
        Group.SECURITY,
        "Whether this environment owns dms-vpc-role and dms-cloudwatch-logs-role.",
        "They exist once per account: yes for the first environment in an account, no for the others.",
        True,
        default=True,
    ),
    Field(
        "athena_analyst_principals",
        Kind.LIST,
        Group.SECURITY,
        "ARNs or account ids that may assume the analyst role; without any the role is not made.",
        "Analysts read the curated zone and nothing else.",
        ["arn:aws:iam::123456789012:role/analyst"],
        default=[],
        checks=(
            rules.each(
                rules.matches(
                    r"[0-9]{12}|arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:(root|user/.+|role/.+|assumed-role/.+)",
                    "It is neither an account id nor the ARN of a user or role.",
                    "It looks like arn:aws:iam::123456789012:role/analyst; never a wildcard.",
                )
            ),
        ),
    ),
    Field(
        "tags",
        Kind.MAP,
        Group.SECURITY,
        "Further tags on everything.",
        "Cost reports and clean-up jobs go by tags.",
        {"CostCenter": "4711"},
        default={},
        checks=(rules.at_most(40, "tags"), rules.tags),
    ),
)
