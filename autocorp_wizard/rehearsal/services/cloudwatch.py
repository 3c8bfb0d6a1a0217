"""CloudWatch: figures of the emulated services, statistics over them, and alarms that come and go with them.

Nothing ticks: figures are asked from the services when somebody reads, and an alarm is judged for every minute since
it was judged last, so its history does not depend on who looks.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

import moto.cloudwatch.urls
from moto.cloudwatch.exceptions import InvalidParameterCombination, InvalidParameterValue, ValidationError
from moto.cloudwatch.models import Alarm, cloudwatch_backends
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from autocorp_wizard.rehearsal import pace
from autocorp_wizard.rehearsal.figures import Dimensions, Metric, in_periods, is_statistic, value_of
from autocorp_wizard.rehearsal.services import replace_backend
from autocorp_wizard.rehearsal.services.cloudwatch_store import Figures, RehearsalCloudWatch, moment_of, seconds_of

_MINUTE: Final = 60
_LISTED_SECONDS: Final = 14 * 86400
_RECENT_SECONDS: Final = 3 * 3600
_PAGE: Final = 500
_HISTORY_PAGE: Final = 100
# Periods of high-resolution metrics; all others count in minutes.
_SHORT_PERIODS: Final = frozenset({1, 5, 10, 20, 30})


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
            and (start is None or seconds_of(start) <= happening.at)
            and (end is None or happening.at <= seconds_of(end))
        ]
        found.sort(key=lambda item: item[:2], reverse=self._get_param("ScanBy") != "TimestampAscending")
        items = [
            {
                "AlarmName": watched,
                "AlarmType": "MetricAlarm",
                "Timestamp": moment_of(at),
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
            point: dict[str, object] = {"Timestamp": moment_of(begin), "Unit": inside[0].unit}
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
        if period not in _SHORT_PERIODS and (period < _MINUTE or period % _MINUTE):
            raise InvalidParameterValue("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.")
        return seconds_of(start), seconds_of(end), period


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
        "Timestamps": [moment_of(begin) for begin, _ in periods],
        "Values": [value_of(inside, _known(asked["Stat"])) for _, inside in periods],
        "StatusCode": "Complete",
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


def install() -> None:
    """Put the extended service in the stock one's place."""
    replace_backend(cloudwatch_backends, RehearsalCloudWatch)
    moto.cloudwatch.urls.url_paths["{0}/$"] = RehearsalCloudWatchApi.dispatch
