"""DMS: what happened to instances and tasks, and who wants to hear of it."""

from collections.abc import Iterator, Mapping
from typing import Final

from autocorp_wizard.rehearsal.metrics import StateChange
from autocorp_wizard.rehearsal.pace import now
from autocorp_wizard.rehearsal.services import install
from autocorp_wizard.rehearsal.services.dms_store import (
    GONE,
    Action,
    Asked,
    Document,
    Fault,
    Life,
    RehearsalDms,
    Thing,
    filtered,
    moment,
    paged,
    text,
    texts,
)
from autocorp_wizard.rehearsal.services.dms_task_life import FAILED, STARTED, STOPPED, refresh

_CREATING, _MODIFYING, _DELETING = 10.0, 10.0, 10.0
_FORTNIGHT: Final = 14 * 86_400
CATEGORIES: Final = {
    "replication-instance": [
        "configuration change",
        "creation",
        "deletion",
        "failover",
        "failure",
        "low storage",
        "maintenance",
    ],
    "replication-task": ["configuration change", "creation", "deletion", "failure", "state change"],
}
# DMS-EVENT-… -> how EventBridge is told: type and category.
_TOLD: Final = {
    STARTED: ("REPLICATION_TASK_STARTED", "StateChange"),
    FAILED: ("REPLICATION_TASK_FAILED", "Failure"),
    STOPPED: ("REPLICATION_TASK_STOPPED", "StateChange"),
}


def create_subscription(backend: RehearsalDms, asked: Asked) -> Document:
    """CreateEventSubscription."""
    name = text(asked, "SubscriptionName").lower()
    document: Document = {"CustSubscriptionId": name, "CustomerAwsId": backend.account_id, "Enabled": True}
    _settle(backend, document, asked)
    life = Life.passing("creating", "active", _CREATING)
    subscription = Thing("es", name, backend.arn("es", name), document, life)
    return {"EventSubscription": _shown(backend.add(subscription, asked, "EventSubscriptions"))}


def modify_subscription(backend: RehearsalDms, asked: Asked) -> Document:
    """ModifyEventSubscription."""
    subscription = _subscription(backend, asked)
    _settle(backend, subscription.document, asked)
    subscription.life = Life.passing("modifying", "active", _MODIFYING)
    return {"EventSubscription": _shown(subscription)}


def describe_subscriptions(backend: RehearsalDms, asked: Asked) -> Document:
    """DescribeEventSubscriptions."""
    found = [_shown(each) for each in backend.living("es")]
    name = text(asked, "SubscriptionName").lower()
    if name:
        _subscription(backend, asked)
        found = [each for each in found if each["CustSubscriptionId"] == name]
    fields = {"event-subscription-arn": "Arn", "event-subscription-id": "CustSubscriptionId"}
    return paged(filtered(found, asked, fields), asked, "EventSubscriptionsList")


def delete_subscription(backend: RehearsalDms, asked: Asked) -> Document:
    """DeleteEventSubscription."""
    subscription = _subscription(backend, asked)
    subscription.life = Life.passing("deleting", GONE, _DELETING)
    return {"EventSubscription": _shown(subscription)}


def describe_event_categories(backend: RehearsalDms, asked: Asked) -> Document:
    """DescribeEventCategories."""
    del backend
    wanted = text(asked, "SourceType")
    groups = [
        {"SourceType": kind, "EventCategories": names} for kind, names in CATEGORIES.items() if wanted in {"", kind}
    ]
    return {"EventCategoryGroupList": groups}


def describe_events(backend: RehearsalDms, asked: Asked) -> Document:
    """DescribeEvents: of the last hour unless said otherwise, of the last fortnight at most."""
    until = _time(asked, "EndTime") or now()
    minutes = asked.get("Duration")
    since = _time(asked, "StartTime") or until - 60 * (minutes if isinstance(minutes, int) else 60)
    categories, kind = texts(asked, "EventCategories"), text(asked, "SourceType")
    source = text(asked, "SourceIdentifier").lower()
    if source and not kind:
        message = "The parameter SourceType must be provided with SourceIdentifier."
        raise Fault("InvalidParameterCombinationException", message)
    found: list[Document] = [
        {
            "Date": moment(each.at),
            "EventCategories": [each.category],
            "Message": each.message,
            "SourceIdentifier": each.source,
            "SourceType": each.source_type,
        }
        for each in backend.happened
        if max(since, now() - _FORTNIGHT) <= each.at <= until
        and (not categories or each.category in categories)
        and kind in {"", each.source_type}
        and source in {"", each.source}
    ]
    return paged(found, asked, "Events")


def changes(backend: RehearsalDms, since: float, until: float) -> Iterator[StateChange]:
    """Yield what EventBridge hears of tasks, from `since` (included) to `until`."""
    for task in backend.tasks.values():
        refresh(backend, task)
    for each in backend.happened:
        if each.event_id in _TOLD and since <= each.at < until:
            kind, category = _TOLD[each.event_id]
            detail = {
                "eventId": each.event_id,
                "eventType": kind,
                "detailMessage": each.message,
                "type": "REPLICATION_TASK",
                "category": category,
            }
            yield StateChange("aws.dms", "DMS Replication Task State Change", (each.arn,), detail, each.at)


def _settle(backend: RehearsalDms, document: Document, asked: Asked) -> None:
    kind = text(asked, "SourceType") or str(document.get("SourceType") or "replication-instance")
    if kind not in CATEGORIES:
        raise Fault("InvalidParameterValueException", f"Invalid source type {kind}.")
    unknown = sorted(set(texts(asked, "EventCategories")) - set(CATEGORIES[kind]))
    if unknown:
        raise Fault("InvalidParameterValueException", f"Event category {unknown[0]} is not valid for {kind}.")
    topic = text(asked, "SnsTopicArn")
    if topic:
        install("sns")
        from moto.sns.models import sns_backends

        if topic not in sns_backends[backend.account_id][backend.region_name].topics:
            raise Fault("SNSInvalidTopicFault", f"The SNS topic {topic} is not valid.")
        document["SnsTopicArn"] = topic
    names = {each.name for each in backend.living("rep")} | {each.name for each in backend.tasks.values()}
    lost = sorted(set(texts(asked, "SourceIds")) - names)
    if lost:
        raise Fault("ResourceNotFoundFault", f"Source {lost[0]} could not be found.")
    document["SourceType"] = kind
    if "EventCategories" in asked:
        document["EventCategoriesList"] = texts(asked, "EventCategories")
    if "SourceIds" in asked:
        document["SourceIdsList"] = texts(asked, "SourceIds")
    if "Enabled" in asked:
        document["Enabled"] = asked["Enabled"] is True


def _shown(subscription: Thing) -> Document:
    return {
        **subscription.document,
        "Status": subscription.life.present,
        "SubscriptionCreationTime": f"{moment(subscription.born):%Y-%m-%d %H:%M:%S}",
    }


def _subscription(backend: RehearsalDms, asked: Asked) -> Thing:
    return backend.thing("es", backend.arn("es", text(asked, "SubscriptionName").lower()))


def _time(asked: Asked, name: str) -> float | None:
    value = asked.get(name)
    return float(value) if isinstance(value, int | float) else None


ACTIONS: Final[Mapping[str, Action]] = {
    "CreateEventSubscription": create_subscription,
    "DeleteEventSubscription": delete_subscription,
    "DescribeEventCategories": describe_event_categories,
    "DescribeEventSubscriptions": describe_subscriptions,
    "DescribeEvents": describe_events,
    "ModifyEventSubscription": modify_subscription,
}
