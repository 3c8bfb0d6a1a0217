"""Queries follow from when they began, and fail for what Athena would say."""

import pytest

from autocorp_wizard.rehearsal import pace
from autocorp_wizard.rehearsal.services.athena_queries import Query, begin, described, query_points
from tests.rehearsal.glue_bench import LAKE, Bench, bench

__all__ = ["bench"]

SETTINGS = {"ResultConfiguration": {"OutputLocation": f"s3://{LAKE}/tmp/athena/"}}


def ask(text: str, settings: dict[str, object] | None = None) -> Query:
    return begin(text, "group", {"Database": "curated"}, settings or SETTINGS)


def test_a_query_waits_runs_and_succeeds(bench: Bench) -> None:
    query, began = ask("SELECT 1"), bench.clock[0]
    seen = []
    for seconds in (0.0, 0.03, 0.05, 0.33, 0.35):  # 0.4 s in the queue, 3 s of work, ten times as fast
        bench.clock[0] = began + seconds
        seen.append(query.state)
    assert seen == ["QUEUED", "QUEUED", "RUNNING", "RUNNING", "SUCCEEDED"]
    assert str(described(query)["ResultConfiguration"]).count(f"s3://{LAKE}/tmp/athena/{query.id}.csv") == 1


def test_a_cancelled_query_stays_cancelled(bench: Bench) -> None:
    query = ask("SELECT 1")
    bench.clock[0] += 0.1
    cancelled = query.cancelled()
    bench.clock[0] += 10
    told = described(cancelled)["Status"]
    assert isinstance(told, dict)
    assert (told["State"], told["StateChangeReason"]) == ("CANCELLED", "Query cancelled by user")
    assert told["CompletionDateTime"] == query.queue.began + 0.1


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("SELECT * FROM lost", "line 1:15: Table 'awsdatacatalog.curated.lost'"),
        ("-- FROM this\nSELECT 'FROM that' FROM other.lost", "line 2:25: Table 'awsdatacatalog.other.lost'"),
        ("WITH a AS (SELECT 1), b AS (SELECT * FROM lost) SELECT * FROM a JOIN b", "line 1:43: Table"),
        ('SELECT * FROM "curated"."Lost"', "line 1:15: Table 'awsdatacatalog.curated.lost'"),
    ],
)
def test_a_table_that_the_catalog_does_not_hold_fails_with_its_place(bench: Bench, text: str, place: str) -> None:
    fault = ask(text).fault
    assert fault is not None
    assert fault.reason.startswith(f"TABLE_NOT_FOUND: {place}")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "SHOW TABLES",
        "CREATE EXTERNAL TABLE t (a int)",
        "SELECT * FROM information_schema.tables",
        "WITH RECURSIVE x AS (SELECT 1) SELECT * FROM x CROSS JOIN UNNEST(ARRAY[1]) AS t(n)",
    ],
)
def test_what_names_no_table_of_the_catalog_succeeds(bench: Bench, text: str) -> None:
    assert ask(text).fault is None


def test_a_result_bucket_that_is_not_there_fails_the_query(bench: Bench) -> None:
    fault = ask("SELECT 1", {"ResultConfiguration": {"OutputLocation": "s3://nowhere-at-all/"}}).fault
    assert fault is not None
    assert fault.reason == "Unable to verify/create output bucket nowhere-at-all"


def test_an_ended_query_sends_its_figures(bench: Bench) -> None:
    query, began = ask("SELECT 1"), pace.now()
    assert list(query_points({query.id: query}, began, began + 100)) == []
    bench.clock[0] += 1
    points = {point.name: point for point in query_points({query.id: query}, began, bench.clock[0])}
    assert points["EngineExecutionTime"].value == pytest.approx(3000)
    assert points["TotalExecutionTime"].dimensions == {
        "QueryState": "SUCCEEDED",
        "QueryType": "DML",
        "WorkGroup": "group",
    }
