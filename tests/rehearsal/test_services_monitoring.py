"""CloudWatch, EventBridge and Budgets of the rehearsal: figures on demand, alarms that turn, budgets that change."""

import json
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from types import ModuleType

import pytest
from botocore.exceptions import ClientError

from autocorp_wizard.rehearsal import pace
from autocorp_wizard.rehearsal.address import ACCOUNT_ID
from autocorp_wizard.rehearsal.metrics import MetricPoint, StateChange
from autocorp_wizard.rehearsal.services import cloudwatch_store, events
from autocorp_wizard.rehearsal.services.cloudwatch_store import RehearsalCloudWatch
from tests.cloud_fixtures import ClientFor

NOON = 1_800_000_000 // 60 * 60
LAG = {"ReplicationInstanceIdentifier": "lake-replication", "ReplicationTaskIdentifier": "lake-cdc"}


class Clock:
    """The one clock of the emulated states, moved by hand."""

    def __init__(self) -> None:
        self.at = float(NOON)

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pace, "now", clock)
    return clock


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A service of the emulator that sends figures: a lag that is high for ten minutes from noon on."""
    made = ModuleType("pretended")

    def metric_points(since: float, until: float) -> Iterable[MetricPoint]:
        for minute in range(int(since) // 60 * 60, int(until), 60):
            lag = 900.0 if NOON <= minute < NOON + 600 else 5.0
            yield MetricPoint("AWS/DMS", "CDCLatencyTarget", LAG, minute, lag, "Seconds")

    made.metric_points = metric_points  # type: ignore[attr-defined]
    monkeypatch.setattr(cloudwatch_store, "alive", lambda: iter([made]))
    return made


def alarm_on(backend: RehearsalCloudWatch, name: str = "lag", dimensions: dict[str, str] = LAG, **more: object) -> None:
    before = backend.alarms.get(name)
    asked: dict[str, object] = {
        "namespace": "AWS/DMS",
        "metric_name": "CDCLatencyTarget",
        "comparison_operator": "GreaterThanThreshold",
        "evaluation_periods": 3,
        "period": 60,
        "threshold": 300.0,
        "statistic": "Maximum",
        "description": "",
        "dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
        "alarm_actions": [],
    }
    backend.noted(backend.put_metric_alarm(name, **{**asked, **more}), before)  # type: ignore[arg-type]


@pytest.fixture
def backend() -> RehearsalCloudWatch:
    return RehearsalCloudWatch("us-east-1", ACCOUNT_ID)


def turns(backend: RehearsalCloudWatch, name: str = "lag") -> list[tuple[float, str]]:
    """When the alarm turned, in minutes after noon, and how."""
    return [
        ((each.at - NOON) / 60, each.summary.removeprefix("Alarm updated from "))
        for each in backend.watches[name].happenings
        if each.kind == "StateUpdate"
    ]


@pytest.mark.parametrize("looks", [[60], [3, 4, 13, 60], list(range(61))], ids=["once", "sometimes", "every minute"])
def test_an_alarm_turns_at_the_same_minutes_whoever_looks(
    backend: RehearsalCloudWatch, service: ModuleType, clock: Clock, looks: list[int]
) -> None:
    clock.at = NOON - 600
    alarm_on(backend)
    for minutes in looks:
        clock.at = NOON + minutes * 60 + 7
        backend.judge_alarms()
    assert backend.alarms["lag"].state_value == "OK"
    assert turns(backend) == [(-10, "INSUFFICIENT_DATA to OK"), (3, "OK to ALARM"), (11, "ALARM to OK")]


def test_an_alarm_with_a_dimension_missing_hears_nothing(
    backend: RehearsalCloudWatch, service: ModuleType, clock: Clock
) -> None:
    alarm_on(backend, dimensions={"ReplicationInstanceIdentifier": "lake-replication"})
    clock.at = NOON + 300
    backend.judge_alarms()
    assert backend.alarms["lag"].state_value == "INSUFFICIENT_DATA"


def test_silence_is_lag_where_it_is_asked_to_be(backend: RehearsalCloudWatch, clock: Clock) -> None:
    alarm_on(backend, treat_missing_data="breaching")
    clock.at = NOON + 60
    backend.judge_alarms()
    assert backend.alarms["lag"].state_value == "ALARM"
    assert "treated as [Breaching]" in backend.alarms["lag"].state_reason


def test_a_changed_alarm_keeps_its_state_and_its_history(
    backend: RehearsalCloudWatch, service: ModuleType, clock: Clock
) -> None:
    alarm_on(backend)
    clock.at = NOON + 240
    backend.judge_alarms()
    alarm_on(backend, threshold=600.0)
    assert backend.alarms["lag"].state_value == "ALARM"
    assert [each.summary for each in backend.watches["lag"].happenings if each.kind == "ConfigurationUpdate"] == [
        'Alarm "lag" created',
        'Alarm "lag" updated',
    ]
    alarm_on(backend, threshold=1000.0)
    clock.at = NOON + 300
    backend.judge_alarms()
    assert backend.alarms["lag"].state_value == "OK"


def test_a_deleted_alarm_leaves_nothing(backend: RehearsalCloudWatch, clock: Clock) -> None:
    alarm_on(backend, tags=[{"Key": "Name", "Value": "lag"}])
    arn = backend.alarms["lag"].alarm_arn
    backend.delete_alarms(["lag"])
    assert backend.watches == {}
    assert backend.list_tags_for_resource(arn) == {}


def test_a_state_set_by_hand_holds_until_the_next_minute(
    backend: RehearsalCloudWatch, service: ModuleType, clock: Clock
) -> None:
    alarm_on(backend)
    clock.at = NOON + 1201
    backend.judge_alarms()
    backend.set_alarm_state("lag", "a drill", "{}", "ALARM")
    clock.at += 20
    backend.judge_alarms()
    assert backend.alarms["lag"].state_value == "ALARM"
    clock.at += 60
    backend.judge_alarms()
    assert backend.alarms["lag"].state_value == "OK"


def test_what_happened_to_a_service_is_counted_by_the_rules_that_ask_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from moto.events.models import EventsBackend

    backend = EventsBackend("us-east-1", ACCOUNT_ID)
    caught = {
        "source": ["aws.datasync"],
        "detail-type": ["DataSync Task Execution State Change"],
        "resources": [{"prefix": "arn:aws:datasync:us-east-1:1:task/task-a/"}],
        "detail": {"State": ["ERROR"]},
    }
    backend.put_rule("failed", event_pattern=json.dumps(caught))
    backend.put_rule("asleep", event_pattern=json.dumps(caught), state="DISABLED")
    monkeypatch.setattr(events, "events_backends", {ACCOUNT_ID: {"us-east-1": backend}})
    service = ModuleType("pretended")

    def change(task: str, state: str, at: float) -> StateChange:
        arn = f"arn:aws:datasync:us-east-1:1:task/{task}/execution/exec-1"
        return StateChange("aws.datasync", "DataSync Task Execution State Change", (arn,), {"State": state}, at)

    happened = [change("task-a", "ERROR", 10), change("task-a", "SUCCESS", 11), change("task-b", "ERROR", 12)]
    service.state_changes = lambda since, until: [*happened, change("task-a", "ERROR", 99)]  # type: ignore[attr-defined]
    monkeypatch.setattr(events, "alive", lambda: iter([service]))
    found = [(point.name, dict(point.dimensions), point.at) for point in events.metric_points(0, 50)]
    assert found == [("MatchedEvents", {"RuleName": "failed"}, 10), ("TriggeredRules", {"RuleName": "failed"}, 10)]


@pytest.mark.slow
def test_figures_that_were_put_come_back_by_period(client_for: ClientFor, unique) -> None:
    cloudwatch, namespace = client_for("cloudwatch"), unique("lake/figures")
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    dimensions = [{"Name": "Table", "Value": "customers"}]
    cloudwatch.put_metric_data(
        Namespace=namespace,
        MetricData=[
            {
                "MetricName": "Rows",
                "Dimensions": dimensions,
                "Timestamp": hour + timedelta(seconds=second),
                "Value": value,
                "Unit": "Count",
            }
            for second, value in ((1, 1.0), (59, 3.0), (60, 7.0))
        ],
    )
    window = {"StartTime": hour, "EndTime": hour + timedelta(minutes=5)}
    asked = {"Namespace": namespace, "MetricName": "Rows", "Dimensions": dimensions}
    points = cloudwatch.get_metric_statistics(
        **asked, **window, Period=60, Statistics=["Sum", "Maximum"], ExtendedStatistics=["p50"]
    )["Datapoints"]
    assert [
        (each["Timestamp"], each["Sum"], each["Maximum"], each["ExtendedStatistics"]["p50"]) for each in points
    ] == [
        (hour, 4.0, 3.0, 1.0),
        (hour + timedelta(minutes=1), 7.0, 7.0, 7.0),
    ]
    query = {"Id": "rows", "MetricStat": {"Metric": asked, "Period": 60, "Stat": "Average"}}
    (result,) = cloudwatch.get_metric_data(MetricDataQueries=[query], **window)["MetricDataResults"]
    assert result["Values"] == [7.0, 2.0]
    assert result["Timestamps"] == [hour + timedelta(minutes=1), hour]
    (listed,) = cloudwatch.list_metrics(Namespace=namespace)["Metrics"]
    assert listed == {"Namespace": namespace, "MetricName": "Rows", "Dimensions": dimensions}
    assert cloudwatch.list_metrics(Namespace=namespace, Dimensions=[{"Name": "Job"}])["Metrics"] == []
    without = {**query, "MetricStat": {**query["MetricStat"], "Metric": {"Namespace": namespace, "MetricName": "Rows"}}}
    (nothing,) = cloudwatch.get_metric_data(MetricDataQueries=[without], **window)["MetricDataResults"]
    assert nothing["Values"] == [], "a metric without dimensions is another metric"


@pytest.mark.slow
def test_questions_that_make_no_sense_are_refused_as_by_aws(client_for: ClientFor, unique) -> None:
    cloudwatch = client_for("cloudwatch")
    now = datetime.now(UTC)
    asked = {"Namespace": "x", "MetricName": "y", "Statistics": ["Sum"]}
    for wrong in (
        {"StartTime": now, "EndTime": now - timedelta(hours=1), "Period": 60},
        {"StartTime": now - timedelta(hours=1), "EndTime": now, "Period": 90},
    ):
        with pytest.raises(ClientError, match="InvalidParameterValue"):
            cloudwatch.get_metric_statistics(**asked, **wrong)
    with pytest.raises(ClientError, match="NotImplemented"):
        cloudwatch.get_metric_data(
            MetricDataQueries=[{"Id": "sum", "Expression": "SUM(METRICS())"}],
            StartTime=now - timedelta(hours=1),
            EndTime=now,
        )


@pytest.mark.slow
def test_an_alarm_shows_its_state_its_reason_and_its_history(client_for: ClientFor, unique) -> None:
    cloudwatch, namespace, name = client_for("cloudwatch"), unique("lake/alarm"), unique("lag")
    now = time.time()
    cloudwatch.put_metric_data(
        Namespace=namespace,
        MetricData=[{"MetricName": "Lag", "Timestamp": now - 60 * back, "Value": 900.0} for back in range(1, 8)],
    )
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace=namespace,
        MetricName="Lag",
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=3,
        Threshold=300,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="breaching",
    )
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert alarm["StateValue"] == "ALARM"
    assert "were greater than the threshold (300.0)" in alarm["StateReason"]
    assert json.loads(alarm["StateReasonData"])["recentDatapoints"] == [900.0, 900.0, 900.0]
    history = cloudwatch.describe_alarm_history(AlarmName=name)["AlarmHistoryItems"]
    assert {(item["HistoryItemType"], item["HistorySummary"]) for item in history} == {
        ("ConfigurationUpdate", f'Alarm "{name}" created'),
        ("StateUpdate", "Alarm updated from INSUFFICIENT_DATA to ALARM"),
    }
    assert name in {each["AlarmName"] for each in cloudwatch.describe_alarms(StateValue="ALARM")["MetricAlarms"]}
    assert name not in {each["AlarmName"] for each in cloudwatch.describe_alarms(StateValue="OK")["MetricAlarms"]}
    cloudwatch.delete_alarms(AlarmNames=[name])
    assert cloudwatch.describe_alarm_history(AlarmName=name)["AlarmHistoryItems"] == []


@pytest.mark.slow
def test_a_budget_changes_in_place_and_keeps_its_notifications_and_tags(client_for: ClientFor, unique) -> None:
    budgets, name = client_for("budgets"), unique("lake")
    arn = f"arn:aws:budgets::{ACCOUNT_ID}:budget/{name}"
    notification = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80.0}
    subscriber = {"SubscriptionType": "SNS", "Address": "arn:aws:sns:us-east-1:1:alarms"}
    known = {"AccountId": ACCOUNT_ID, "BudgetName": name}

    def budget(limit: str) -> dict[str, object]:
        spent = {"Amount": limit, "Unit": "USD"}
        return {"BudgetName": name, "BudgetLimit": spent, "TimeUnit": "MONTHLY", "BudgetType": "COST"}

    budgets.create_budget(
        AccountId=ACCOUNT_ID,
        Budget=budget("100"),
        NotificationsWithSubscribers=[{"Notification": notification, "Subscribers": [subscriber]}],
        ResourceTags=[{"Key": "Name", "Value": name}],
    )
    budgets.update_budget(AccountId=ACCOUNT_ID, NewBudget=budget("120"))
    assert budgets.describe_budget(**known)["Budget"]["BudgetLimit"]["Amount"] == "120"
    # Without a type a threshold is a percentage, and the same notification.
    same = {**notification, "ThresholdType": "PERCENTAGE"}
    assert budgets.describe_subscribers_for_notification(**known, Notification=same)["Subscribers"] == [subscriber]
    other = {"SubscriptionType": "EMAIL", "Address": "on-call@example.com"}
    budgets.create_subscriber(**known, Notification=notification, Subscriber=other)
    budgets.delete_subscriber(**known, Notification=notification, Subscriber=subscriber)
    assert budgets.describe_subscribers_for_notification(**known, Notification=same)["Subscribers"] == [other]
    with pytest.raises(ClientError, match="DuplicateRecordException"):
        budgets.create_notification(**known, Notification=same, Subscribers=[other])
    with pytest.raises(ClientError, match="NotFoundException"):
        budgets.delete_notification(**known, Notification={**notification, "Threshold": 81.0})
    budgets.tag_resource(ResourceARN=arn, ResourceTags=[{"Key": "Owner", "Value": "lake"}])
    budgets.untag_resource(ResourceARN=arn, ResourceTagKeys=["Name"])
    assert budgets.list_tags_for_resource(ResourceARN=arn)["ResourceTags"] == [{"Key": "Owner", "Value": "lake"}]
    budgets.delete_budget(**known)
    with pytest.raises(ClientError, match="NotFoundException"):
        budgets.list_tags_for_resource(ResourceARN=arn)


@pytest.mark.slow
def test_a_trail_goes_by_its_arn(client_for: ClientFor, unique) -> None:
    trails, bucket, name = client_for("cloudtrail"), unique("trail-logs"), unique("trail")
    client_for("s3").create_bucket(Bucket=bucket)
    arn = trails.create_trail(Name=name, S3BucketName=bucket)["TrailARN"]
    trails.delete_trail(Name=arn)
    assert name not in {trail["Name"] for trail in trails.describe_trails()["trailList"]}
    with pytest.raises(ClientError, match="TrailNotFoundException"):
        trails.delete_trail(Name=arn)
