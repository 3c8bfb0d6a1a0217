"""Questions about alarms, costs and who is told of them."""

from autocorp_wizard.core import answer_rules as rules
from autocorp_wizard.core.answers import Field, Group, Kind

MONITORING_FIELDS = (
    Field(
        "alarm_email_addresses",
        Kind.LIST,
        Group.MONITORING,
        "Who is told of alarms and costs by mail; each address has to confirm once.",
        "An alarm that nobody hears is none. AWS sends a mail with a link to each new address.",
        ["on-call@example.com"],
        default=[],
        checks=(
            rules.each(
                rules.matches(
                    r"[^@\s]+@[^@\s]+\.[^@\s]+", "It is not a mail address.", "It looks like on-call@example.com."
                )
            ),
        ),
        asked=True,
    ),
    Field(
        "budget_limit_usd",
        Kind.WHOLE,
        Group.MONITORING,
        "Monthly budget in USD: the estimate for the preset, and a fifth more.",
        "You are told when half, four fifths and all of it are spent, and when that is foreseen.",
        150,
        default=585,
        checks=(rules.between(1, 1_000_000, "USD"),),
    ),
    Field(
        "budget_by_environment_tag",
        Kind.FLAG,
        Group.MONITORING,
        "Whether the budget counts what carries this environment's tag only, not the whole account.",
        "Costs carry the tag once it was activated for cost allocation; before that, such a budget counts nothing.",
        False,
        default=False,
    ),
    Field(
        "cdc_latency_alarm_seconds",
        Kind.WHOLE,
        Group.MONITORING,
        "Seconds that replication may be behind; three minutes in a row above it are an alarm.",
        "The promise is five minutes; AWS itself gives none.",
        300,
        default=300,
        checks=(rules.between(60, 86_400, "seconds"),),
    ),
    Field(
        "cdc_missing_data_is_alarm",
        Kind.FLAG,
        Group.MONITORING,
        "Whether silence of a started replication is an alarm.",
        "No data is not zero lag; but where replication is often stopped on purpose, it would be noise.",
        True,
        default=True,
    ),
    Field(
        "enable_secret_audit_trail",
        Kind.FLAG,
        Group.MONITORING,
        "Whether a trail of this account's calls is kept, and every foreign read of the source's password is told.",
        "Leave it off where the account has a trail: a second copy of management events is charged for.",
        False,
        default=False,
    ),
)
