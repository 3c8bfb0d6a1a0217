"""The alarms, and whether anybody is told when one rings."""

from autocorp_wizard.core import status_rules as rules
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.status import Reason, Why
from autocorp_wizard.operate.look import Look, Sheet

_PENDING = "PendingConfirmation"


def fill(look: Look, sheet: Sheet) -> None:
    """Ask for the alarms by name, and for the subscriptions of their topic."""
    names = look.output_list("alarm_names")
    topic = look.output("alarm_topic_arn")
    if not names and not topic:
        reason = Reason(Why.NOT_DEPLOYED, "no alarms are deployed")
        sheet.unknown("alarms", "Alarms", reason, "terraform state")
        return
    call = "cloudwatch:DescribeAlarms"
    with sheet.asking("alarms", "Alarms", call):
        states: dict[str, Json] = {}
        client = look.access.client("cloudwatch")
        for some in [names[start : start + 100] for start in range(0, len(names), 100)]:
            for alarm in client.describe_alarms(AlarmNames=some, MaxRecords=100).get("MetricAlarms", []):
                states[alarm.get("AlarmName", "")] = alarm.get("StateValue", "")
        gone = sorted(set(names) - set(states))
        sheet.add("alarms", "Alarms", rules.alarms({k: str(v) for k, v in states.items()}), call, value=states)
        if gone:
            reason = Reason(Why.GONE, f"alarms of the state that do not exist: {', '.join(gone)}")
            sheet.unknown("gone", "Alarms gone", reason, call)
    if topic:
        call = "sns:ListSubscriptionsByTopic"
        with sheet.asking("subscriptions", "Who is told", call):
            pages = look.access.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
            arns = [each.get("SubscriptionArn", "") for page in pages for each in page.get("Subscriptions", [])]
            pending = sum(arn == _PENDING for arn in arns)
            judged = rules.subscriptions(len(arns) - pending, pending)
            sheet.add("subscriptions", "Who is told", judged, call, value=len(arns) - pending, unit="subscriptions")
