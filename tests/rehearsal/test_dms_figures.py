"""The figures of DMS: with the dimensions that CloudWatch really has, and computed from what happened."""

import pytest

from autocorp_wizard.rehearsal.address import ACCOUNT_ID, REGION
from autocorp_wizard.rehearsal.metrics import MetricPoint
from autocorp_wizard.rehearsal.pace import Span, now
from autocorp_wizard.rehearsal.services import dms_metrics
from autocorp_wizard.rehearsal.services.dms_run import Run, TableRun, schedule
from autocorp_wizard.rehearsal.services.dms_store import Life, RehearsalDms, Thing
from autocorp_wizard.rehearsal.services.dms_task_life import Task


@pytest.fixture
def backend() -> RehearsalDms:
    made = RehearsalDms(REGION, ACCOUNT_ID)
    born = now() - 3600
    rep = Thing(
        "rep",
        "autocorp-dev-replication",
        made.arn("rep", "DRAWNBYLOT"),
        {"ReplicationInstanceClass": "dms.t3.medium", "AllocatedStorage": 50},
        Life("available"),
        born,
    )
    made.things[rep.arn] = rep
    table = TableRun("public", "customers", rows=600_000, load=Span(born + 60, 300, 1.0))
    # Stopped a quarter of an hour ago, after having heard nothing for five minutes.
    run = Run("slot", "0/1", [table], born + 60, born + 60, [(born + 60, now() - 900)])
    run.silent_since = now() - 1200
    run.seen = [(born + 900, 120)]
    ends = (made.arn("endpoint", "S"), made.arn("endpoint", "T"))
    made.tasks["t"] = Task(
        "autocorp-dev-cdc", made.arn("task", "autocorp-dev-cdc"), rep.arn, ends, {}, Life("stopped"), run=run
    )
    return made


def points(backend: RehearsalDms, name: str) -> list[MetricPoint]:
    return [each for each in dms_metrics.points(backend, now() - 3600, now()) if each.name == name]


def test_a_tasks_figures_carry_the_instances_name_and_the_last_part_of_the_tasks_arn(backend: RehearsalDms) -> None:
    for point in points(backend, "CDCLatencySource"):
        assert point.dimensions == {
            "ReplicationInstanceIdentifier": "autocorp-dev-replication",
            "ReplicationTaskIdentifier": "autocorp-dev-cdc",
        }
        assert (point.namespace, point.unit) == ("AWS/DMS", "Seconds")


def test_a_hosts_figures_carry_the_instances_name_alone(backend: RehearsalDms) -> None:
    for name in ("CPUUtilization", "FreeableMemory", "FreeStorageSpace", "SwapUsage"):
        found = points(backend, name)
        assert 58 <= len(found) <= 61, "one a minute"
        assert all(each.dimensions == {"ReplicationInstanceIdentifier": "autocorp-dev-replication"} for each in found)


def test_latency_begins_after_the_load_grows_with_silence_and_ends_with_the_run(backend: RehearsalDms) -> None:
    found = points(backend, "CDCLatencySource")
    assert min(each.at for each in found) >= now() - 3600 + 360 - 1
    assert max(each.at for each in found) < now() - 900 + 1, "a stopped task tells nothing"
    assert max(each.value for each in found) > 200
    loading = points(backend, "FullLoadThroughputRowsSource")
    assert loading
    assert all(each.value == pytest.approx(2000) for each in loading)
    assert sum(each.value for each in points(backend, "CDCIncomingChanges")) == 120


def test_tables_are_loaded_so_many_at_a_time_the_first_ones_first() -> None:
    tables = [TableRun("public", str(number), rows=10_000) for number in range(5)]
    tables[1].trouble = "Table error"
    schedule(tables, 1000.0, 1.0, 2)
    begins = [each.load.began if each.load else None for each in tables]
    assert begins == [1000.0, None, 1000.0, 1016.0, 1016.0]
