"""CloudWatch: figures of the emulated services, statistics over them, and alarms that come and go with them.

Nothing ticks: figures are asked from the services when somebody reads, and an alarm is judged for every minute since
it was judged last, so its history does not depend on who looks.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Final, cast

import moto.cloudwatch.urls
from moto.cloudwatch.exceptions import (
    InvalidParameterCombination,
    InvalidParameterValue,
    ValidationError,
)
from moto.cloudwatch.models import Alarm, CloudWatchBackend, MetricAggregatedDatum, MetricDatum, cloudwatch_backends
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from autocorp_wizard.rehearsal import pace
from autocorp_wizard.rehearsal.alarms import Rule, State, Verdict, can_be_judged, judge
from autocorp_wizard.rehearsal.figures import Dimensions, Metric, Sample, in_periods, is_statistic, value_of
from autocorp_wizard.rehearsal.services import alive, replace_backend

Figures = dict[Metric, list[Sample]]

_MINUTE: Final = 60
# How far back an alarm is judged that nobody looked at for a while; the cloud itself ends when idle for two hours.
_JUDGED_SECONDS: Final = 3 * 3600
_LISTED_SECONDS: Final = 14 * 86400
_RECENT_SECONDS: Final = 3 * 3600
_PAGE: Final = 500
_HISTORY_PAGE: Final = 100
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
    """What the stock alarm does not remember: until when it was judged, and what happened to it."""

    judged_until: float
    transitioned: float
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
            alarm.state_updated_timestamp = _moment(now)
            self.watches[alarm.name] = Watch(now, now)
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
                self._turned(alarm, before, minute)
        watch.judged_until = now

    def _turned(self, alarm: Alarm, before: State, at: float) -> None:
        """Write a new state down; the alarm has it already."""
        watch = self.watches[alarm.name]
        alarm.state_updated_timestamp = _moment(at)
        if before.value == alarm.state_value:
            return
        watch.transitioned = at
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
                _seconds(datum.timestamp),
                datum.unit or "None",
            )
            if isinstance(datum, MetricDatum):
                yield metric, Sample.of(at, datum.value, unit)
            elif isinstance(datum, MetricAggregatedDatum):
                yield metric, Sample(at, datum.sum, datum.min, datum.max, datum.sample_count, unit)


class RehearsalCloudWatchApi(CloudWatchResponse):
    """Answers from the figures; alarms are judged before anybody sees them."""

    @property
    def cloudwatch_backend(self) -> RehearsalCloudWatch:
        """The region's alarms and figures."""
        return cast("RehearsalCloudWatch", cloudwatch_backends[self.current_account][self.region])

    def put_metric_alarm(self) -> ActionResult:
        """Make an alarm, or change one."""
        backend, name = self.cloudwatch_backend, self._get_param("AlarmName")
        before = backend.alarms.get(name)
        answer = super().put_metric_alarm()
        backend.noted(backend.alarms[name], before)
        return answer

    def describe_alarms(self) -> ActionResult:
        """List alarms in the state that this minute's figures give them."""
        self.cloudwatch_backend.judge_alarms(self._get_param("AlarmNames") or None)
        # The stock answer takes one filter of several and passes the others over.
        state = self._get_param("StateValue")
        answer = cast("dict[str, list[Alarm]]", super().describe_alarms().result)
        return ActionResult(
            {kind: [a for a in found if not state or a.state_value == state] for kind, found in answer.items()}
        )

    def describe_alarms_for_metric(self) -> ActionResult:
        """List the alarms on one metric."""
        self.cloudwatch_backend.judge_alarms()
        return super().describe_alarms_for_metric()

    def describe_alarm_history(self) -> ActionResult:
        """List what happened to alarms, newest first unless asked otherwise."""
        backend = self.cloudwatch_backend
        name = self._get_param("AlarmName")
        backend.judge_alarms([name] if name else None)
        start, end = self._get_param("StartDate"), self._get_param("EndDate")
        kind = self._get_param("HistoryItemType")
        found = [
            (happening.at, watched, happening)
            for watched, watch in backend.watches.items()
            if not name or watched == name
            for happening in watch.happenings
            if kind in {None, "", happening.kind}
            and (start is None or _seconds(start) <= happening.at)
            and (end is None or happening.at <= _seconds(end))
        ]
        found.sort(key=lambda item: item[:2], reverse=self._get_param("ScanBy") != "TimestampAscending")
        items = [
            {
                "AlarmName": watched,
                "AlarmType": "MetricAlarm",
                "Timestamp": _moment(at),
                "HistoryItemType": happening.kind,
                "HistorySummary": happening.summary,
                "HistoryData": json.dumps(happening.data),
            }
            for at, watched, happening in found[: self._get_param("MaxRecords") or _HISTORY_PAGE]
        ]
        return ActionResult({"AlarmHistoryItems": items})

    def get_metric_statistics(self) -> ActionResult:
        """Return statistics of one metric by period."""
        plain = self._get_param("Statistics") or []
        extended = self._get_param("ExtendedStatistics") or []
        if not plain and not extended:
            raise InvalidParameterCombination("Must specify either Statistics or ExtendedStatistics")
        start, end, period = self._window(self._get_int_param("Period"))
        unit = self._get_param("Unit")
        metric = Metric(
            self._get_param("Namespace"), self._get_param("MetricName"), _named(self._get_param("Dimensions") or [])
        )
        samples = self.cloudwatch_backend.figures(start, end).get(metric, [])
        points = []
        for begin, inside in sorted(in_periods((s for s in samples if unit in {None, "", s.unit}), period).items()):
            point: dict[str, object] = {"Timestamp": _moment(begin), "Unit": inside[0].unit}
            point |= {name: value_of(inside, _known(name)) for name in plain}
            if extended:
                point["ExtendedStatistics"] = {name: value_of(inside, _known(name)) for name in extended}
            points.append(point)
        return ActionResult({"Label": metric.name, "Datapoints": points})

    def get_metric_data(self) -> ActionResult:
        """Return several metrics by period. Arithmetic between metrics is not emulated (HTTP 501)."""
        queries = self._get_param("MetricDataQueries") or []
        if len(queries) > _PAGE:
            raise ValidationError(f"The collection MetricDataQueries must not have a size greater than {_PAGE}.")
        for number, query in enumerate(queries, start=1):
            if "Expression" in query:
                raise NotImplementedError("metric math")
            if "MetricStat" not in query:
                raise ValidationError(f"The parameter MetricDataQueries.member.{number}.MetricStat is required.\n")
        start, end, _ = self._window(_MINUTE)
        figures = self.cloudwatch_backend.figures(start, end)
        newest_first = self._get_param("ScanBy") != "TimestampAscending"
        results = [
            _result(query, figures, newest_first=newest_first) for query in queries if query.get("ReturnData", True)
        ]
        return ActionResult({"MetricDataResults": results, "Messages": []})

    def list_metrics(self) -> ActionResult:
        """List the metrics that had figures in the last two weeks, each once."""
        now = pace.now()
        seconds = _RECENT_SECONDS if self._get_param("RecentlyActive") else _LISTED_SECONDS
        namespace, name = self._get_param("Namespace"), self._get_param("MetricName")
        wanted = [(each["Name"], each.get("Value")) for each in self._get_param("Dimensions") or []]
        found = [
            {
                "Namespace": metric.namespace,
                "MetricName": metric.name,
                "Dimensions": [{"Name": key, "Value": value} for key, value in sorted(metric.dimensions)],
            }
            for metric in self.cloudwatch_backend.figures(now - seconds, now + 1)
            if namespace in {None, "", metric.namespace} and name in {None, "", metric.name} and _has(metric, wanted)
        ]
        found.sort(key=json.dumps)
        first = int(self._get_param("NextToken") or 0)
        token = str(first + _PAGE) if len(found) > first + _PAGE else None
        return ActionResult({"Metrics": found[first : first + _PAGE], "NextToken": token})

    def _window(self, period: int) -> tuple[float, float, int]:
        """Return start, end and period of a question. Raises what AWS raises where they make no sense."""
        start, end = self._get_param("StartTime"), self._get_param("EndTime")
        if start >= end:
            raise InvalidParameterValue("The parameter StartTime must be less than the parameter EndTime.")
        if period not in {1, 5, 10, 20, 30} and (period < _MINUTE or period % _MINUTE):
            raise InvalidParameterValue("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.")
        return _seconds(start), _seconds(end), period


def _result(query: Mapping[str, Any], figures: Figures, *, newest_first: bool) -> dict[str, object]:
    asked = query["MetricStat"]
    named = asked["Metric"]
    metric = Metric(named["Namespace"], named["MetricName"], _named(named.get("Dimensions") or []))
    unit = asked.get("Unit")
    samples = (sample for sample in figures.get(metric, []) if unit in {None, "", sample.unit})
    periods = sorted(in_periods(samples, int(asked["Period"])).items(), reverse=newest_first)
    return {
        "Id": query["Id"],
        "Label": query.get("Label") or metric.name,
        "Timestamps": [_moment(begin) for begin, _ in periods],
        "Values": [value_of(inside, _known(asked["Stat"])) for _, inside in periods],
        "StatusCode": "Complete",
    }


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
        "queryDate": _moment(minute).strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
        "statistic": statistic,
        "period": rule.period,
        "recentDatapoints": [value for _, value in newest_last],
        "threshold": rule.threshold,
        "evaluatedDatapoints": [
            {"timestamp": _moment(begin).strftime("%Y-%m-%dT%H:%M:%S.000+0000"), "value": value}
            for begin, value in verdict.figures
        ],
    }


def _known(statistic: str) -> str:
    if not is_statistic(statistic):
        raise InvalidParameterValue(f"The value {statistic} for parameter Stat is not supported.")
    return statistic


def _named(dimensions: Iterable[Mapping[str, str]]) -> Dimensions:
    return frozenset((each["Name"], each["Value"]) for each in dimensions)


def _has(metric: Metric, wanted: Iterable[tuple[str, str | None]]) -> bool:
    present = dict(metric.dimensions)
    return all(key in present and value in {None, present[key]} for key, value in wanted)


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC).replace(tzinfo=None)


def _seconds(moment: datetime) -> float:
    """Return epoch seconds; moments without a zone are in UTC, as the emulator keeps them."""
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).timestamp()


def install() -> None:
    """Put the extended service in the stock one's place."""
    replace_backend(cloudwatch_backends, RehearsalCloudWatch)
    moto.cloudwatch.urls.url_paths["{0}/$"] = RehearsalCloudWatchApi.dispatch
