"""The figures that DMS sends to CloudWatch, one a minute, computed from what instances and tasks did.

Host figures carry ReplicationInstanceIdentifier alone; a task's carry the instance's name and the last part of the
task's ARN, which is where most alarms go wrong.
"""

from collections.abc import Iterator
from math import sin
from typing import Final

from autocorp_wizard.rehearsal.metrics import MetricPoint
from autocorp_wizard.rehearsal.pace import now
from autocorp_wizard.rehearsal.services.dms_run import Run
from autocorp_wizard.rehearsal.services.dms_store import RehearsalDms, Thing
from autocorp_wizard.rehearsal.services.dms_task_life import Task, refresh

_MINUTE: Final = 60
_GIB: Final = 1024**3
_MEMORY_GIB: Final = {"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16}
_NAMESPACE: Final = "AWS/DMS"


def points(backend: RehearsalDms, since: float, until: float) -> Iterator[MetricPoint]:
    """Yield the figures of every whole minute in a span of time."""
    for task in backend.tasks.values():
        refresh(backend, task)
    for instance in backend.living("rep"):
        tasks = [task for task in backend.tasks.values() if task.instance_arn == instance.arn]
        yield from _host(instance, tasks, since, until)
        for task in tasks:
            if task.run is not None:
                yield from _task(instance, task, task.run, since, until)


def _minutes(since: float, until: float) -> Iterator[float]:
    first = -(-int(since) // _MINUTE) * _MINUTE
    for at in range(first, int(min(until, now())) + 1, _MINUTE):
        yield float(at)


def _host(instance: Thing, tasks: list[Task], since: float, until: float) -> Iterator[MetricPoint]:
    if instance.life.present in {"creating", "deleting"}:
        return
    where = {"ReplicationInstanceIdentifier": instance.name}
    size = str(instance.document["ReplicationInstanceClass"]).rpartition(".")[2]
    memory = _MEMORY_GIB.get(size, 16) * _GIB
    storage = int(str(instance.document["AllocatedStorage"])) * _GIB
    for at in _minutes(max(since, instance.born), until):
        loading = any(task.run is not None and _loads(task.run, at) for task in tasks)
        ripple = abs(sin(at / 600))
        yield MetricPoint(_NAMESPACE, "CPUUtilization", where, at, (55 if loading else 4) + 6 * ripple, "Percent")
        yield MetricPoint(_NAMESPACE, "FreeableMemory", where, at, memory * (0.35 if loading else 0.6), "Bytes")
        yield MetricPoint(_NAMESPACE, "FreeStorageSpace", where, at, storage * 0.9 - ripple * _GIB, "Bytes")
        yield MetricPoint(_NAMESPACE, "SwapUsage", where, at, 0.0, "Bytes")


def _task(instance: Thing, task: Task, run: Run, since: float, until: float) -> Iterator[MetricPoint]:
    where = {
        "ReplicationInstanceIdentifier": instance.name,
        "ReplicationTaskIdentifier": task.arn.rpartition(":")[2],
    }

    def point(name: str, at: float, value: float, unit: str = "Count") -> MetricPoint:
        return MetricPoint(_NAMESPACE, name, where, at, value, unit)

    ended = run.load_ended
    for at in _minutes(since, until):
        if not any(began <= at and (end is None or at < end) for began, end in run.periods):
            continue
        if _loads(run, at):
            rate = sum(
                each.rows / max(0.001, each.load.ends - each.load.began)
                for each in run.tables
                if each.load is not None and each.load.began <= at < each.load.ends
            )
            yield point("FullLoadThroughputRowsSource", at, rate, "Count/Second")
            yield point("FullLoadThroughputRowsTarget", at, rate, "Count/Second")
        if ended is None or at < ended:
            continue
        # Without a change there is nothing late; a source that does not answer is as late as it is silent.
        silent = at - run.silent_since if run.silent_since is not None and at > run.silent_since else 0.0
        changes = sum(number for seen, number in run.seen if at - _MINUTE < seen <= at)
        yield point("CDCLatencySource", at, max(silent, 1.0 if changes else 0.0), "Seconds")
        # Files are written once a minute at least, so the target is behind by what has not been written yet.
        yield point("CDCLatencyTarget", at, silent + (1.0 + at % 5 if changes else 0.0), "Seconds")
        yield point("CDCIncomingChanges", at, float(changes))
        yield point("CDCThroughputRowsSource", at, changes / _MINUTE, "Count/Second")
        yield point("CDCThroughputRowsTarget", at, changes / _MINUTE, "Count/Second")


def _loads(run: Run, at: float) -> bool:
    return any(each.load is not None and each.load.began <= at < each.load.ends for each in run.tables)
