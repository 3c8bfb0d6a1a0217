"""Replication: the instance, its two connections, the task, its tables, and how far it lags behind the source."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from autocorp_wizard.core import objectives
from autocorp_wizard.core import status_rules as rules
from autocorp_wizard.core.status import Judged, Level, Reason, Why
from autocorp_wizard.operate.look import Look, Sheet

if TYPE_CHECKING:
    from types_boto3_cloudwatch.type_defs import DimensionTypeDef, MetricDataQueryTypeDef

LAG_WINDOW: Final = timedelta(minutes=15)
# Host figures: reading, CloudWatch's name, title, and how it is judged.
_HOST: Final = {
    "host_cpu": ("CPUUtilization", "CPU", rules.cpu, "%"),
    "host_memory": ("FreeableMemory", "Free memory", rules.free_memory, "bytes"),
    "host_storage": ("FreeStorageSpace", "Free storage", rules.free_storage, "bytes"),
}
# Name of the reading -> CloudWatch's name. The target's latency includes the source's.
_LATENCIES: Final = {"lag_source": "CDCLatencySource", "lag": "CDCLatencyTarget"}
_TITLES: Final = {"lag_source": "Lag at the source", "lag": "Lag"}
_METRICS: Final = "cloudwatch:GetMetricData"


def fill(look: Look, sheet: Sheet) -> None:
    """Ask for instance, connections, task, tables and latencies."""
    _instance(look, sheet)
    started = _task(look, sheet)
    _tables(look, sheet)
    _latency(look, sheet, started)
    _host(look, sheet)
    _connections(look, sheet)


def _instance(look: Look, sheet: Sheet) -> None:
    call = "dms:DescribeReplicationInstances"
    arn = look.output("dms_replication_instance_arn")
    if not arn:
        sheet.lacking("instance", "Instance", "dms_replication_instance_arn")
        return
    with sheet.asking("instance", "Instance", call):
        answer = look.access.client("dms").describe_replication_instances(
            Filters=[{"Name": "replication-instance-arn", "Values": [arn]}]
        )
        for found in answer.get("ReplicationInstances", []):
            status = found.get("ReplicationInstanceStatus", "")
            pending = [name for name, value in found.get("PendingModifiedValues", {}).items() if value is not None]
            sheet.add("instance", "Instance", rules.instance(status, pending), call, value=status)
            size = found.get("ReplicationInstanceClass", "")
            sheet.add("instance_class", "Instance class", Judged(Level.OK, size), call, value=size, detail=True)
        if not answer.get("ReplicationInstances", []):
            sheet.unknown("instance", "Instance", _gone("replication instance"), call)


def _task(look: Look, sheet: Sheet) -> datetime | None:
    """Write down the task and return since when it runs, None where it does not."""
    call = "dms:DescribeReplicationTasks"
    arn = look.output("dms_replication_task_arn")
    if not arn:
        sheet.lacking("task", "Task", "dms_replication_task_arn")
        return None
    with sheet.asking("task", "Task", call):
        # The settings are long, and nothing here reads them.
        answer = look.access.client("dms").describe_replication_tasks(
            Filters=[{"Name": "replication-task-arn", "Values": [arn]}], WithoutSettings=True
        )
        for found in answer.get("ReplicationTasks", []):
            status = found.get("Status", "")
            judged = rules.task(status, found.get("StopReason", ""), found.get("LastFailureMessage", ""))
            sheet.add("task", "Task", judged, call, value=status)
            share = found.get("ReplicationTaskStats", {}).get("FullLoadProgressPercent")
            if share is not None:
                words = f"full load {share} %"
                sheet.add("full_load", "Full load", Judged(Level.OK, words), call, value=share, unit="%", detail=True)
            if status == "running":
                return found.get("ReplicationTaskStartDate") or look.now()
        if not answer.get("ReplicationTasks", []):
            sheet.unknown("task", "Task", _gone("replication task"), call)
    return None


def _tables(look: Look, sheet: Sheet) -> None:
    call = "dms:DescribeTableStatistics"
    arn = look.output("dms_replication_task_arn")
    if not arn:
        return
    with sheet.asking("tables", "Tables", call):
        states: dict[str, str] = {}
        loaded = 0
        for page in (
            look.access.client("dms").get_paginator("describe_table_statistics").paginate(ReplicationTaskArn=arn)
        ):
            for each in page.get("TableStatistics", []):
                name = f"{each.get('SchemaName', '')}.{each.get('TableName', '')}"
                states[name] = each.get("TableState", "")
                rows = each.get("FullLoadRows", 0)
                loaded += rows
                sheet.add(
                    f"table:{name}",
                    name,
                    rules.table(states[name], rows),
                    call,
                    value={
                        "state": states[name],
                        "full_load_rows": rows,
                        "inserts": each.get("Inserts", 0),
                        "updates": each.get("Updates", 0),
                        "deletes": each.get("Deletes", 0),
                    },
                    detail=True,
                )
        sheet.add("tables", "Tables", rules.tables(states), call, value=loaded, unit="rows")


def _latency(look: Look, sheet: Sheet, running_since: datetime | None) -> None:
    arn, instance = look.output("dms_replication_task_arn"), look.output("dms_replication_instance_id")
    if not instance:
        sheet.lacking("lag", "Lag", "dms_replication_instance_id")
        return
    if running_since is None:
        # Where the task itself is not known, its own reading says why.
        if any(each.name == "task" and each.reason is None for each in sheet.readings):
            reason = Reason(Why.NO_DATA, "lag not known: the task does not run")
            sheet.unknown("lag", "Lag", reason, _METRICS, detail=True)
        return
    with sheet.asking("lag", "Lag", _METRICS):
        now = look.now()
        answer = look.access.client("cloudwatch").get_metric_data(
            MetricDataQueries=[_query(name, metric, instance, arn) for name, metric in _LATENCIES.items()],
            StartTime=now - LAG_WINDOW,
            EndTime=now,
            ScanBy="TimestampDescending",
        )
        for result in answer.get("MetricDataResults", []):
            name = result.get("Id", "")
            points = list(zip(result.get("Timestamps", []), result.get("Values", []), strict=False))
            detail = name != "lag"
            if not points:
                # No data is not zero lag; of a task that has just been started it is nothing to worry about.
                young = (now - running_since).total_seconds() < rules.METRIC_PATIENCE_SECONDS
                words = "no latency reported yet" if young else "no latency reported although the task runs"
                reason = Reason(Why.NO_DATA if young else Why.BROKEN, words)
                sheet.unknown(name, _TITLES.get(name, name), reason, _METRICS, detail=detail)
                continue
            at, seconds = points[0]
            sheet.add(
                name,
                _TITLES.get(name, name),
                rules.lag(seconds),
                _METRICS,
                value=seconds,
                unit="s",
                at=at,
                detail=detail,
            )
            if name == "lag":
                sheet.promise(objectives.cdc_lag([value for _, value in points], at))


def _host(look: Look, sheet: Sheet) -> None:
    """Ask how the instance copes: what says that it should be larger or smaller."""
    instance = look.output("dms_replication_instance_id")
    if not instance:
        return
    with sheet.asking("host", "Host", _METRICS):
        now = look.now()
        dimension: DimensionTypeDef = {"Name": "ReplicationInstanceIdentifier", "Value": instance}
        answer = look.access.client("cloudwatch").get_metric_data(
            MetricDataQueries=[_figure(name, metric, [dimension], "Average") for name, (metric, *_) in _HOST.items()],
            StartTime=now - LAG_WINDOW,
            EndTime=now,
            ScanBy="TimestampDescending",
        )
        for result in answer.get("MetricDataResults", []):
            name, values, times = result.get("Id", ""), result.get("Values", []), result.get("Timestamps", [])
            _, title, judge, unit = _HOST[name]
            if values and times:
                judged = judge(values[0])
                fine = judged.level is Level.OK
                sheet.add(name, title, judged, _METRICS, value=values[0], unit=unit, at=times[0], detail=fine)
            else:
                reason = Reason(Why.NO_DATA, f"no figure of the instance yet ({title})")
                sheet.unknown(name, title, reason, _METRICS, detail=True)


def _query(name: str, metric: str, instance: str, task_arn: str) -> "MetricDataQueryTypeDef":
    """The task's dimension is the last part of its ARN, the instance's is the name that it was given."""
    dimensions: list[DimensionTypeDef] = [
        {"Name": "ReplicationInstanceIdentifier", "Value": instance},
        {"Name": "ReplicationTaskIdentifier", "Value": task_arn.rpartition(":")[2]},
    ]
    return _figure(name, metric, dimensions, "Maximum")


def _figure(name: str, metric: str, dimensions: "list[DimensionTypeDef]", statistic: str) -> "MetricDataQueryTypeDef":
    return {
        "Id": name,
        "MetricStat": {
            "Metric": {"Namespace": "AWS/DMS", "MetricName": metric, "Dimensions": dimensions},
            "Period": 60,
            "Stat": statistic,
        },
    }


def _connections(look: Look, sheet: Sheet) -> None:
    call = "dms:DescribeConnections"
    for name, title in (("source", "Source connection"), ("target", "Target connection")):
        endpoint = look.output(f"dms_{name}_endpoint_arn")
        if not endpoint:
            sheet.lacking(f"connection_{name}", title, f"dms_{name}_endpoint_arn")
            continue
        with sheet.asking(f"connection_{name}", title, call):
            answer = look.access.client("dms").describe_connections(
                Filters=[{"Name": "endpoint-arn", "Values": [endpoint]}]
            )
            tested = answer.get("Connections", [])
            status = tested[0].get("Status", "") if tested else ""
            judged = rules.connection(status, tested[0].get("LastFailureMessage", "") if tested else "")
            words = Judged(judged.level, f"{name} {judged.sentence}")
            sheet.add(f"connection_{name}", title, words, call, value=status or None, detail=judged.level is Level.OK)


def _gone(what: str) -> Reason:
    return Reason(Why.GONE, f"the {what} of the state does not exist")
