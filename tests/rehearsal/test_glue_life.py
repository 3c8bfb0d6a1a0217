"""Runs of jobs, crawlers and workflows follow from when they began, whoever looks and whenever."""

import pytest
from moto.glue.exceptions import ConcurrentRunsExceededException
from moto.glue.utils import Action

from autocorp_wizard.rehearsal.services.glue_crawls import last_crawl, metrics, start_crawl
from autocorp_wizard.rehearsal.services.glue_definitions import predicate_of
from autocorp_wizard.rehearsal.services.glue_needs import bucket_of
from autocorp_wizard.rehearsal.services.glue_runs import described, run_points
from autocorp_wizard.rehearsal.services.glue_workflows import (
    described as described_workflow,
)
from autocorp_wizard.rehearsal.services.glue_workflows import settle, start_workflow, stop_workflow
from tests.rehearsal.glue_bench import LAKE, Bench, bench

__all__ = ["bench"]


def test_a_run_waits_for_workers_works_and_succeeds(bench: Bench) -> None:
    bench.job("one")
    run, began = bench.start("one"), bench.clock[0]
    seen = []
    for seconds in (0.0, 2.4, 2.6, 9.9, 10.1):  # 25 s until workers, 75 s of work, ten times as fast
        bench.clock[0] = began + seconds
        seen.append(run.state)
    assert seen == ["STARTING", "STARTING", "RUNNING", "RUNNING", "SUCCEEDED"]
    told = described(run)
    assert (told["ExecutionTime"], told["MaxCapacity"], told["ErrorMessage"]) == (75, 2.0, None)


@pytest.mark.parametrize(
    ("without", "said"),
    [
        (
            "scripts",
            "S3 for bucket: glue-bench-lake, key: scripts/job.py.Access Denied",
        ),
        ("s3:ListBucket", "is not authorized to perform: s3:ListBucket on resource: arn:aws:s3:::glue-bench-lake"),
        ("raw", "is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::glue-bench-lake/raw/any"),
        ("curated", "is not authorized to perform: s3:PutObject on resource: arn:aws:s3:::glue-bench-lake/curated/any"),
        ("glue:CreateTable", "is not authorized to perform: glue:CreateTable"),
        ("cloudwatch:PutMetricData", "is not authorized to perform: cloudwatch:PutMetricData"),
    ],
)
def test_a_role_that_lacks_a_permission_fails_its_run(bench: Bench, without: str, said: str) -> None:
    bench.allow(without=without)
    bench.job("denied")
    run = bench.start("denied")
    bench.clock[0] += 10
    assert run.state == "FAILED"
    assert said in str(described(run)["ErrorMessage"])


@pytest.mark.parametrize("key", ["scripts/job.py", "scripts/lib.zip"])
def test_code_that_is_not_there_fails_the_run(bench: Bench, key: str) -> None:
    bucket = bucket_of(LAKE)
    assert bucket is not None
    bucket.keys.pop(key)
    bench.job("lost")
    run = bench.start("lost")
    bench.clock[0] += 10
    assert f"key: {key}.The specified key does not exist." in str(described(run)["ErrorMessage"])


def test_a_job_runs_as_often_at_a_time_as_it_says(bench: Bench) -> None:
    bench.job("single")
    bench.start("single")
    with pytest.raises(ConcurrentRunsExceededException, match="Concurrent runs exceeded for single"):
        bench.start("single")
    bench.clock[0] += 11
    assert bench.start("single").state == "STARTING"


def test_a_failed_run_is_repeated_as_often_as_the_job_says_and_when_it_would_have_been(bench: Bench) -> None:
    bench.allow(without="curated")
    bench.job("again", retries=1)
    first = bench.start("again")
    bench.clock[0] += 100
    settle(bench.backend)
    second = bench.newest("again")
    assert (second.attempt, second.previous, second.id) == (1, first.id, f"{first.id}_attempt_1")
    assert second.start.began == first.ends
    assert [run.state for run in bench.state.runs["again"]] == ["FAILED", "FAILED"]


def test_a_run_that_takes_longer_than_its_timeout_is_ended(bench: Bench) -> None:
    bench.job("slow", timeout=1)
    run = bench.start("slow")
    bench.clock[0] += 9
    assert run.state == "TIMEOUT"
    assert described(run)["ExecutionTime"] == 60


def test_a_stopped_run_cleans_up_and_is_stopped(bench: Bench) -> None:
    bench.job("halted")
    bench.start("halted")
    bench.clock[0] += 4
    run = bench.state.runs["halted"][0].stopped()
    assert (run.state, run.execution_seconds) == ("STOPPING", 15)
    bench.clock[0] += 2
    assert run.state == "STOPPED"


def test_a_run_sends_figures_while_it_works_and_one_for_how_it_ended(bench: Bench) -> None:
    bench.job("measured")
    run, began = bench.start("measured"), bench.clock[0]
    bench.clock[0] += 20
    points = list(run_points(bench.state, began, bench.clock[0]))
    elapsed = [p for p in points if p.name.endswith("elapsedTime") and p.dimensions["JobRunId"] == "ALL"]
    assert [(p.at, p.value) for p in elapsed] == [(run.work.began + 3, 30000.0), (run.work.began + 6, 60000.0)]
    assert [p.value for p in points if p.name == "glue.succeed.ALL" and p.dimensions["JobRunId"] == "ALL"] == [1.0]
    assert list(run_points(bench.state, 0, began)) == []


def _crawler(bench: Bench, name: str = "crawler") -> None:
    bench.backend.create_database("raw", {"Name": "raw"})
    targets = [
        {"Path": f"s3://{LAKE}/raw/csv/{folder}/", "Exclusions": ["**/_epochs/**", "**.tmp"]}
        for folder in ("customers", "parts")
    ]
    bench.backend.create_crawler(
        name, bench.role, "raw", "", {"S3Targets": targets}, "", [], "raw_csv_", {}, {}, {}, "", "", {}
    )


def test_a_crawl_puts_tables_in_the_catalog_for_folders_that_hold_objects(bench: Bench) -> None:
    from moto.s3.models import s3_backends

    s3 = s3_backends["999999999999"]["aws"]
    s3.put_object(LAKE, "raw/csv/customers/customers.csv", b"first_name,Email\nA,b@c\n")
    s3.put_object(LAKE, "raw/csv/parts/_epochs/x.csv", b"no rows")
    s3.put_object(LAKE, "raw/csv/parts/half.tmp", b"no rows")
    _crawler(bench)
    start_crawl(bench.backend, bench.backend.get_crawler("crawler"))
    assert metrics(bench.state, "crawler")["TimeLeftSeconds"] == 75.0
    bench.clock[0] += 8
    settle(bench.backend)
    tables = bench.backend.databases["raw"].tables
    assert list(tables) == ["raw_csv_customers"]
    columns = tables["raw_csv_customers"].as_dict()["StorageDescriptor"]["Columns"]
    assert [column["Name"] for column in columns] == ["first_name", "email"]
    said = metrics(bench.state, "crawler")
    assert (said["TimeLeftSeconds"], said["TablesCreated"], said["LastRuntimeSeconds"]) == (0.0, 1, 75.0)
    start_crawl(bench.backend, bench.backend.get_crawler("crawler"))
    bench.clock[0] += 8
    settle(bench.backend)
    assert metrics(bench.state, "crawler")["TablesUpdated"] == 1


def test_a_crawler_whose_role_may_not_list_fails_and_says_so(bench: Bench) -> None:
    bench.allow(without="s3:ListBucket")
    _crawler(bench)
    crawl = start_crawl(bench.backend, bench.backend.get_crawler("crawler"))
    bench.clock[0] += 8
    told = last_crawl(crawl)
    assert told["Status"] == "FAILED"
    assert "s3:ListBucket" in str(told["ErrorMessage"])


def _workflow(bench: Bench, state: str = "SUCCEEDED") -> None:
    bench.job("first")
    bench.job("second")
    bench.backend.create_workflow("flow", None, None, 1, None)
    for name, kind, predicate, job in (
        ("start", "SCHEDULED", None, "first"),
        ("then", "CONDITIONAL", {"Conditions": [{"JobName": "first", "State": state}]}, "second"),
    ):
        bench.backend.create_trigger(
            name,
            "flow",
            kind,
            "",
            predicate_of(predicate),
            [Action({"JobName": job})],
            "",
            True,
            {},
            {},
        )


def test_a_workflow_fires_what_waits_for_a_job_at_the_moment_that_job_ended(bench: Bench) -> None:
    _workflow(bench)
    run = start_workflow(bench.backend, "flow", {"asked": "by hand"})
    bench.clock[0] += 1000  # nobody looked meanwhile
    settle(bench.backend)
    [first], [second] = bench.state.runs["first"], bench.state.runs["second"]
    assert second.start.began == first.ends
    assert second.predecessors == (("first", first.id),)
    told = described_workflow(bench.state, bench.backend, bench.state.workflow_runs["flow"][0])
    assert (told["WorkflowRunId"], told["Status"]) == (run.id, "COMPLETED")
    assert told["WorkflowRunProperties"] == {"asked": "by hand"}
    assert told["Statistics"]["SucceededActions"] == 2  # type: ignore[index]


def test_a_condition_that_is_not_met_fires_nothing(bench: Bench) -> None:
    bench.allow(without="curated")
    _workflow(bench)
    start_workflow(bench.backend, "flow", {})
    bench.clock[0] += 1000
    settle(bench.backend)
    assert "second" not in bench.state.runs
    told = described_workflow(bench.state, bench.backend, bench.state.workflow_runs["flow"][0])
    assert (told["Status"], told["Statistics"]["FailedActions"]) == ("COMPLETED", 1)  # type: ignore[index]


def test_a_workflow_runs_once_at_a_time_and_a_stopped_one_stops_its_jobs(bench: Bench) -> None:
    _workflow(bench)
    run = start_workflow(bench.backend, "flow", {})
    with pytest.raises(ConcurrentRunsExceededException):
        start_workflow(bench.backend, "flow", {})
    stop_workflow(bench.backend, "flow", run.id)
    bench.clock[0] += 10
    settle(bench.backend)
    told = described_workflow(bench.state, bench.backend, bench.state.workflow_runs["flow"][0])
    assert (told["Status"], told["Statistics"]["StoppedActions"]) == ("STOPPED", 1)  # type: ignore[index]
    assert "second" not in bench.state.runs
