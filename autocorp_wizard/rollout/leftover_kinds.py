"""What the later phases make, listed by name after a destroy: one read operation for each kind, as data.

The index of tags lags and does not hold everything; these lists do. tests/rollout/test_leftovers.py checks each of
them against AWS's own service models.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.events import LeftoverFound
from autocorp_wizard.core.leftovers import Names, unexpected


@dataclass(frozen=True, slots=True)
class Listing:
    """How to list one kind: `entries` is the list in the answer, `name` the field of an entry (empty: it is the name).

    `begins` are how our names begin, as templates over prefix, catalog and account; `after` cuts an ARN down to its
    name. `leaving` is the field that says that AWS is deleting it, with its words.
    """

    noun: str
    service: str
    operation: str
    entries: str
    name: str = ""
    begins: str = "{prefix}"
    parameters: Mapping[str, str] = field(default_factory=dict)
    after: str = ""
    leaving: tuple[str, str] = ("", "")


KINDS: Final[tuple[Listing, ...]] = (
    Listing("catalog database", "glue", "get_databases", "DatabaseList", "Name", "{catalog}"),
    Listing("crawler", "glue", "list_crawlers", "CrawlerNames"),
    Listing("job", "glue", "list_jobs", "JobNames"),
    Listing("trigger", "glue", "list_triggers", "TriggerNames"),
    Listing("workflow", "glue", "list_workflows", "Workflows"),
    Listing("connection", "glue", "get_connections", "ConnectionList", "Name"),
    Listing("security configuration", "glue", "get_security_configurations", "SecurityConfigurations", "Name"),
    Listing("quality ruleset", "glue", "list_data_quality_rulesets", "Rulesets", "Name"),
    Listing("query workgroup", "athena", "list_work_groups", "WorkGroups", "Name"),
    Listing(
        "replication instance",
        "dms",
        "describe_replication_instances",
        "ReplicationInstances",
        "ReplicationInstanceIdentifier",
        leaving=("ReplicationInstanceStatus", "deleting"),
    ),
    Listing(
        "replication task",
        "dms",
        "describe_replication_tasks",
        "ReplicationTasks",
        "ReplicationTaskIdentifier",
        leaving=("Status", "deleting"),
    ),
    Listing(
        "replication endpoint",
        "dms",
        "describe_endpoints",
        "Endpoints",
        "EndpointIdentifier",
        leaving=("Status", "deleting"),
    ),
    Listing(
        "replication subnet group",
        "dms",
        "describe_replication_subnet_groups",
        "ReplicationSubnetGroups",
        "ReplicationSubnetGroupIdentifier",
    ),
    Listing("replication certificate", "dms", "describe_certificates", "Certificates", "CertificateIdentifier"),
    Listing(
        "subscription to replication events",
        "dms",
        "describe_event_subscriptions",
        "EventSubscriptionsList",
        "CustSubscriptionId",
        leaving=("Status", "deleting"),
    ),
    Listing("transfer task", "datasync", "list_tasks", "Tasks", "Name"),
    Listing(
        "alarm",
        "cloudwatch",
        "describe_alarms",
        "MetricAlarms",
        "AlarmName",
        parameters={"AlarmNamePrefix": "{prefix}"},
    ),
    Listing(
        "dashboard",
        "cloudwatch",
        "list_dashboards",
        "DashboardEntries",
        "DashboardName",
        parameters={"DashboardNamePrefix": "{prefix}"},
    ),
    Listing("event rule", "events", "list_rules", "Rules", "Name", parameters={"NamePrefix": "{prefix}"}),
    Listing("notification topic", "sns", "list_topics", "Topics", "TopicArn", after=":"),
    Listing("budget", "budgets", "describe_budgets", "Budgets", "BudgetName", parameters={"AccountId": "{account}"}),
    Listing("audit trail", "cloudtrail", "list_trails", "Trails", "Name"),
)


def leftovers_of(access: CloudAccess, names: Names, kind: Listing) -> Iterator[LeftoverFound]:
    """Yield what still exists of one kind under the environment's names. Raises what AWS refuses."""
    known = {"prefix": names.prefix, "catalog": f"{names.prefix}_".replace("-", "_"), "account": access.account_id}
    begins = kind.begins.format(**known)
    parameters: dict[str, object] = {key: value.format(**known) for key, value in kind.parameters.items()}
    try:
        pages = list(access.pages(kind.service, kind.operation, **parameters))
    except CloudError as error:
        if error.is_missing:
            return
        raise
    for page in pages:
        for entry in cast("list[object]", page.get(kind.entries) or []):
            name = _name(entry, kind)
            # `dev` begins `dev2` as well: what follows the prefix must not go on with the word.
            goes_on = not begins.endswith("_") and name[len(begins) : len(begins) + 1].isalnum()
            if name.startswith(begins) and not goes_on and not _goes(entry, kind):
                yield unexpected(name, f"The {kind.noun} still exists.")


def _name(entry: object, kind: Listing) -> str:
    name = str(cast("Mapping[str, object]", entry).get(kind.name) or "") if kind.name else str(entry)
    return name.rpartition(kind.after)[2] if kind.after else name


def _goes(entry: object, kind: Listing) -> bool:
    field_name, word = kind.leaving
    return bool(field_name) and cast("Mapping[str, object]", entry).get(field_name) == word
