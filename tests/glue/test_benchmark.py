"""The benchmark itself: its truth is no contestant's opinion, and a wrong table is called wrong."""

import json
from pathlib import Path

import duckdb
import pytest

from benchmarks.glue import floor, inputs, results
from benchmarks.glue.__main__ import WORKLOADS, Bench, main, table, truths

pytestmark = pytest.mark.slow

SCALE = 0.002


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    work = tmp_path_factory.mktemp("bench")
    inputs.make(work / "inputs", SCALE)
    made = Bench(work, {})
    made.truth.update(truths(work, made))
    return made


def test_the_floor_is_right_and_a_lost_change_is_not(bench: Bench, tmp_path: Path):
    load, changes = (next(each for each in WORKLOADS if each.name == name) for name in ("load", "deletes-5"))
    orders = tmp_path / "sales_order.parquet"
    floor.orders(orders, bench.files(load))
    assert results.content_of("duckdb", "sales_order", tmp_path) == bench.truth["load"]
    floor.orders(orders, bench.files(changes)[1:])
    assert results.content_of("duckdb", "sales_order", tmp_path) != bench.truth["deletes-5"]
    orders.unlink()
    floor.orders(orders, bench.files(load))
    floor.orders(orders, bench.files(changes))
    assert results.content_of("duckdb", "sales_order", tmp_path) == bench.truth["deletes-5"]


@pytest.mark.parametrize("mix", inputs.MIXES, ids=lambda mix: mix.folder)
def test_the_changes_are_mixed_as_they_are_named(bench: Bench, mix: inputs.Mix):
    files = [str(path) for path in (bench.work / "inputs" / mix.folder / inputs.CHANGES_FOLDER).glob("*.parquet")]
    with duckdb.connect() as db:
        counts = dict(db.execute(f"SELECT Op, count(*) FROM read_parquet({files}) GROUP BY Op").fetchall())  # noqa: S608
    total = sum(counts.values())
    assert total == int(inputs.CHANGES * SCALE)
    assert counts.get("U", 0) / total == pytest.approx(mix.updates, abs=0.02)
    assert counts.get("D", 0) / total == pytest.approx(mix.deletes, abs=0.02)


def test_the_table_tells_who_was_wrong_and_who_failed():
    right = {"round": 1, "seconds": 2.0, "cpu": 3.0, "startup": 1.0, "memory": 2**30}
    records = [
        {"workload": "load", "contestant": "hudi", "right": True, **right, "round": 0, "seconds": 99.0},
        {"workload": "load", "contestant": "hudi", **right},
        {"workload": "load", "contestant": "hudi", **right, "seconds": 4.0},
        {"workload": "load", "contestant": "naive", "right": False, **right},
        {"workload": "load", "contestant": "parquet", "round": 0, "failed": "no"},
    ]
    lines = table(records).splitlines()[2:]
    assert [line.split(" | ")[2] for line in lines] == ["yes", "**no**", "fails"]
    assert "| 3.0 (2.0 to 4.0) |" in lines[0], "the round that warms up is not counted"


@pytest.mark.full
def test_ours_is_right_where_the_naive_job_is_not(tmp_path: Path):
    assert main(["--scale", str(SCALE), "--runs", "0", "--work", str(tmp_path / "work")]) == 0
    records = [json.loads(line) for line in (tmp_path / "work/records.jsonl").read_text().splitlines()]
    right = {(each["contestant"], each["workload"]): each.get("right", False) for each in records}
    assert all(right[who, load.name] for who in ("hudi", "parquet", "duckdb") for load in WORKLOADS)
    assert not any(right["naive", name] for name in ("updates-100", "deletes-5", "customers"))
