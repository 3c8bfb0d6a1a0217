"""What CloudWatch knows: figures that were put, figures that the services would send, and what alarms went through."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Final

import moto.cloudwatch.urls
from moto.cloudwatch.models import Alarm, CloudWatchBackend, MetricAggregatedDatum, MetricDatum

from autocorp_wizard.rehearsal import pace
from autocorp_wizard.rehearsal.alarms import Rule, State, Verdict, can_be_judged, judge
from autocorp_wizard.rehearsal.figures import Metric, Sample, in_periods, value_of
from autocorp_wizard.rehearsal.services import alive

Figures = dict[Metric, list[Sample]]

_MINUTE: Final = 60
# How far back an alarm is judged that nobody looked at for a while; the cloud itself ends when idle for two hours.
_JUDGED_SECONDS: Final = 3 * 3600
# Two readers must not both notice the same turn.
_judging: Final = Lock()
_FIRST_REASON: Final = "Unchecked: Initial alarm creation"


@dataclass(slots=True)
class Happening:
    """One line of an alarm's history; `kind` is ConfigurationUpdate or StateUpdate."""

    at: float
    kind: str
    summary: str
    data: Mapping[str, object]


@dataclass(slots=True)
class Watch:
    """What the stock alarm does not remember: since when it is there, until when it was judged, what happened to it."""

    since: float
    judged_until: float
    happenings: list[Happening] = field(default_factory=list)


class RehearsalCloudWatch(CloudWatchBackend):
    """The stock backend keeps what is put; it never judges an alarm."""

    _url_module = moto.cloudwatch.urls

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.watches: dict[str, Watch] = {}

    def noted(self, alarm: Alarm, before: Alarm | None) -> None:
        """Note that an alarm was made, or changed from what it was before; then it keeps its state and its history."""
        now = pace.now()
        if before is None:
            alarm.state_value, alarm.state_reason = State.UNKNOWN.value, _FIRST_REASON
            alarm.state_updated_timestamp = moment_of(now)
            # The minute that is running counts: AWS judges a new alarm at once, by figures from before it.
            self.watches[alarm.name] = Watch(now, now - _MINUTE)
        else:
            alarm.state_value, alarm.state_reason = before.state_value, before.state_reason
            alarm.state_reason_data = before.state_reason_data
            alarm.state_updated_timestamp = before.state_updated_timestamp
        kind = "Create" if before is None else "Update"
        summary = f'Alarm "{alarm.name}" {kind.lower()}d'
        self.watches[alarm.name].happenings.append(Happening(now, "ConfigurationUpdate", summary, {"type": kind}))

    def delete_alarms(self, alarm_names: list[str]) -> None:
        """Delete alarms with their history and tags."""
        for name in alarm_names:
            self.watches.pop(name, None)
            if name in self.alarms:
                self.tagger.delete_all_tags_for_resource(self.alarms[name].alarm_arn)
        super().delete_alarms(alarm_names)

    def set_alarm_state(self, alarm_name: str, reason: str, reason_data: str, state_value: str) -> None:
        """Set a state by hand; it holds until the next minute's figures say otherwise."""
        before = State(self.alarms[alarm_name].state_value) if alarm_name in self.alarms else State.UNKNOWN
        super().set_alarm_state(alarm_name, reason, reason_data, state_value)
        self._turned(self.alarms[alarm_name], before, pace.now())

    def judge_alarms(self, names: Iterable[str] | None = None) -> None:
        """Bring alarms up to this minute; all of them, or those that are named."""
        with _judging:
            self._judge_all(names, pace.now())

    def _judge_all(self, names: Iterable[str] | None, now: float) -> None:
        wanted = self.alarms if names is None else {name: self.alarms[name] for name in names if name in self.alarms}
        due = [(alarm, rule) for alarm in wanted.values() if (rule := _rule_of(alarm)) is not None]
        if not due:
            return
        start = max(now - _JUDGED_SECONDS, min(self.watches[alarm.name].judged_until for alarm, _ in due))
        figures = self.figures(start - max(rule.reach for _, rule in due), now)
        for alarm, rule in due:
            self._judge(alarm, rule, figures.get(_metric_of(alarm), []), now)

    def figures(self, since: float, until: float) -> Figures:
        """Return what was put and what the services would have sent, by metric, from `since` (included) to `until`."""
        found: Figures = {}
        for metric, sample in (*self._put(), *_computed(since, until)):
            if since <= sample.at < until:
                found.setdefault(metric, []).append(sample)
        return found

    def _judge(self, alarm: Alarm, rule: Rule, samples: list[Sample], now: float) -> None:
        watch = self.watches[alarm.name]
        wanted = [sample for sample in samples if not alarm.unit or alarm.unit == sample.unit]
        statistic = alarm.statistic or alarm.extended_statistic
        periods = in_periods(wanted, rule.period)
        values = {start: value_of(inside, str(statistic)) for start, inside in periods.items()}
        first = max(watch.judged_until, now - _JUDGED_SECONDS)
        for minute in range((int(first) // _MINUTE + 1) * _MINUTE, int(now) + 1, _MINUTE):
            before = State(alarm.state_value)
            verdict = judge(rule, values, minute, before)
            if verdict.state is not before:
                alarm.state_value, alarm.state_reason = verdict.state.value, verdict.reason
                alarm.state_reason_data = json.dumps(_reason_data(rule, str(statistic), verdict, minute))
                self._turned(alarm, before, max(minute, watch.since))
        watch.judged_until = now

    def _turned(self, alarm: Alarm, before: State, at: float) -> None:
        """Write a new state down; the alarm has it already."""
        watch = self.watches[alarm.name]
        alarm.state_updated_timestamp = moment_of(at)
        if before.value == alarm.state_value:
            return
        vars(alarm)["state_transitioned_timestamp"] = alarm.state_updated_timestamp
        data = {
            "version": "1.0",
            "oldState": {"stateValue": before.value},
            "newState": {"stateValue": alarm.state_value, "stateReason": alarm.state_reason},
        }
        summary = f"Alarm updated from {before} to {alarm.state_value}"
        watch.happenings.append(Happening(at, "StateUpdate", summary, data))

    def _put(self) -> Iterator[tuple[Metric, Sample]]:
        for datum in self.metric_data:
            named = frozenset((str(each.name), str(each.value)) for each in datum.dimensions)
            metric, at, unit = (
                Metric(datum.namespace, datum.name, named),
                seconds_of(datum.timestamp),
                datum.unit or "None",
            )
            if isinstance(datum, MetricDatum):
                yield metric, Sample.of(at, datum.value, unit)
            elif isinstance(datum, MetricAggregatedDatum):
                yield metric, Sample(at, datum.sum, datum.min, datum.max, datum.sample_count, unit)


def _computed(since: float, until: float) -> Iterator[tuple[Metric, Sample]]:
    """Yield what the emulated services would have sent."""
    for module in alive():
        points = getattr(module, "metric_points", None)
        for point in points(since, until) if points is not None else ():
            named = frozenset(point.dimensions.items())
            yield Metric(point.namespace, point.name, named), Sample.of(point.at, point.value, point.unit)


def _rule_of(alarm: Alarm) -> Rule | None:
    """Return what an alarm asks for; None for one on arithmetic or on other alarms, which is never judged."""
    if not alarm.metric_name or alarm.rule is not None or not can_be_judged(alarm.comparison_operator):
        return None
    periods = int(alarm.evaluation_periods)
    datapoints = int(alarm.datapoints_to_alarm or periods)
    missing = alarm.treat_missing_data or "missing"
    return Rule(alarm.comparison_operator, float(alarm.threshold), int(alarm.period), periods, datapoints, missing)


def _metric_of(alarm: Alarm) -> Metric:
    return Metric(
        alarm.namespace, alarm.metric_name, frozenset((str(each.name), str(each.value)) for each in alarm.dimensions)
    )


def _reason_data(rule: Rule, statistic: str, verdict: Verdict, minute: int) -> dict[str, object]:
    newest_last = tuple(reversed(verdict.figures))
    return {
        "version": "1.0",
        "queryDate": moment_of(minute).strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
        "statistic": statistic,
        "period": rule.period,
        "recentDatapoints": [value for _, value in newest_last],
        "threshold": rule.threshold,
        "evaluatedDatapoints": [
            {"timestamp": moment_of(begin).strftime("%Y-%m-%dT%H:%M:%S.000+0000"), "value": value}
            for begin, value in verdict.figures
        ],
    }


def moment_of(at: float) -> datetime:
    """Return a moment as the emulator keeps it: UTC, without a zone."""
    return datetime.fromtimestamp(at, UTC).replace(tzinfo=None)


def seconds_of(moment: datetime) -> float:
    """Return epoch seconds; moments without a zone are in UTC, as the emulator keeps them."""
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()
