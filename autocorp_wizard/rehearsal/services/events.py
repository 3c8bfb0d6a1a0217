"""EventBridge: the rules' own figures, computed from what the emulated services say of their things' states."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from moto.events.models import Rule, events_backends
from moto.events.utils import EventMessageType

from autocorp_wizard.rehearsal.address import ACCOUNT_ID, REGION
from autocorp_wizard.rehearsal.metrics import MetricPoint, StateChange
from autocorp_wizard.rehearsal.services import alive

# What a rule counts for each event that it matches; EventBridge sends none of them while there is nothing to count.
_COUNTED: Final = ("MatchedEvents", "TriggeredRules")


def metric_points(since: float, until: float) -> Iterator[MetricPoint]:
    """Yield the figures of the enabled rules."""
    changes = [change for change in _changes(since, until) if since <= change.at < until]
    for backend in events_backends[ACCOUNT_ID].values() if changes else ():
        for bus in backend.event_buses.values():
            for rule in bus.rules.values():
                for change in changes:
                    if _catches(rule, change):
                        for name in (*_COUNTED, *(["Invocations"] if rule.targets else [])):
                            yield MetricPoint("AWS/Events", name, {"RuleName": rule.name}, change.at, 1.0, "Count")


def _changes(since: float, until: float) -> Iterator[StateChange]:
    for module in alive():
        told = getattr(module, "state_changes", None)
        if told is not None:
            yield from told(since, until)


def _catches(rule: Rule, change: StateChange) -> bool:
    if rule.state == "DISABLED" or not rule.event_pattern.get_pattern():
        return False
    event: EventMessageType = {
        "version": "0",
        "id": "0",
        "detail-type": change.detail_type,
        "source": change.source,
        "account": ACCOUNT_ID,
        "time": datetime.fromtimestamp(change.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": list(change.resources),
        "detail": dict(change.detail),
    }
    return bool(rule.event_pattern.matches_event(event))


def install() -> None:
    """Nothing takes the stock service's place: it has all actions that the tree uses."""
