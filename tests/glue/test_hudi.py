"""The curated table in real Hudi: one commit per batch, with the ledger in it, readable as table version 6."""

from pathlib import Path

import pytest

from glue_scripts.lake.refusals import BatchRefusedError
from tests.glue.lakes import CONTROL, SERVICE, Lake, deletion, service

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("spark")]

FULL = f"{CONTROL}, {SERVICE}"


def commits(lake: Lake) -> list[str]:
    timeline = Path(lake.zones.curated) / "hudi/service/.hoodie"
    return sorted(path.name for path in timeline.glob("*commit"))


def test_load_changes_replay_and_reload(hudi_lake: Lake):
    lake = hudi_lake
    lake.changes("service", "LOAD00000001.parquet", [service(key) for key in "ABC"], FULL)
    first = lake.run("service")
    assert (first.written, [f"{first.commit}.commit"]) == (3, commits(lake))
    properties = (Path(lake.zones.curated) / "hudi/service/.hoodie/hoodie.properties").read_text()
    assert "hoodie.table.version=6" in properties
    assert "hoodie.table.type=COPY_ON_WRITE" in properties

    rows = [
        service("A", "1", op="U", seq=1),
        service("A", "3", op="U", seq=2),
        deletion("B", seq=3),
        service("D", "4", seq=4),
    ]
    lake.changes("service", "2026/11/20/20261120-080102000.parquet", rows, FULL)
    second = lake.run("service")
    assert (second.read, second.written, second.deleted, second.folded) == (4, 2, 1, 1)
    assert lake.rows("service", "serviceid", "labor_cost") == [("A", 3), ("C", 10), ("D", 4)]

    assert lake.run("service").commit == ""
    assert len(commits(lake)) == 2, "the same files again make no commit"

    # An old change that is seen late neither moves A back nor brings B back.
    late = [service("A", "0.50", op="U", seq=0), service("B", "0.50", op="U", seq=0)]
    lake.changes("service", "2026/11/20/20261120-080101000.parquet", late, FULL)
    lake.run("service")
    assert lake.rows("service", "serviceid", "labor_cost") == [("A", 3), ("C", 10), ("D", 4)]

    marker = lake.root / "raw/database/_epochs/service.json"
    marker.parent.mkdir(parents=True)
    marker.write_text('{"epoch": "2"}')
    for path in (lake.root / "raw/database/public/service/2026").rglob("*.parquet"):
        path.unlink()
    lake.changes("service", "LOAD00000001.parquet", [service("C", "1"), service("Z", "2")], FULL)
    lake.run("service")
    assert lake.rows("service", "serviceid", "labor_cost") == [("C", 1), ("Z", 2)]


def test_a_first_load_that_died_is_not_doubled(hudi_lake: Lake):
    lake = hudi_lake
    lake.changes("service", "LOAD00000001.parquet", [service(key) for key in "AB"], FULL)
    lake.run("service")
    # What a crash between the data and the commit leaves: everything but the commit file.
    for path in (Path(lake.zones.curated) / "hudi/service/.hoodie").glob("*.commit"):
        path.unlink()
    assert lake.table("service").ledger() is None
    assert lake.run("service").written == 2
    assert lake.rows("service", "serviceid") == [("A",), ("B",)]


@pytest.mark.parametrize("loaded", [False, True], ids=["first load", "changes"])
def test_a_commit_whose_completing_file_is_empty_is_done_again(hudi_lake: Lake, loaded: bool):
    """A disk has the file before its content; Hudi itself takes such a commit for complete."""
    lake = hudi_lake
    lake.changes("service", "LOAD00000001.parquet", [service(key) for key in "AB"], FULL)
    if loaded:
        lake.run("service")
        lake.changes("service", "2026/11/20/20261120-080101000.parquet", [deletion("A", seq=1)], FULL)
    died = lake.run("service")
    (Path(lake.zones.curated) / "hudi/service/.hoodie" / f"{died.commit}.commit").write_bytes(b"")
    again = lake.run("service")
    assert (again.read, again.commit > died.commit) == (died.read, True)
    assert lake.rows("service", "serviceid") == ([("B",)] if loaded else [("A",), ("B",)])


def test_a_batch_of_nothing_but_dirt_is_remembered(hudi_lake: Lake):
    lake = hudi_lake
    lake.changes("service", "LOAD00000001.parquet", [service("A", serviceid=None)], FULL)
    assert lake.run("service").set_aside == {"REQUIRED_MISSING": 1}
    assert lake.run("service").note.startswith("Every file was taken in")
    lake.changes("service", "2026/11/20/20261120-080101000.parquet", [service("A", seq=1)], FULL)
    assert lake.run("service").written == 1
    assert lake.rows("service", "serviceid") == [("A",)]


def test_a_table_that_somebody_else_wrote_is_left_alone(hudi_lake: Lake):
    lake = hudi_lake
    timeline = Path(lake.zones.curated) / "hudi/service/.hoodie"
    timeline.mkdir(parents=True)
    (timeline / "20261120080000000.commit").write_text('{"extraMetadata": {}}')
    lake.changes("service", "LOAD00000001.parquet", [service("A")], FULL)
    with pytest.raises(BatchRefusedError, match="LEDGER-MISSING"):
        lake.run("service")
