"""Bad input: a clear end of that table's batch only, with what to do next; everything else is as it was."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from glue_scripts.lake.contracts import CONTRACTS
from glue_scripts.lake.entry import refresh
from glue_scripts.lake.pipeline import NOTHING_ARRIVED, NOTHING_LEFT, NOTHING_NEW
from glue_scripts.lake.refusals import BatchRefusedError
from tests.glue.lakes import CONTROL, SERVICE, Lake, deletion, service
from tests.glue.test_lease import HOLD

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("spark")]

FULL = f"{CONTROL}, {SERVICE}"
DAY = "2026/11/20"
FIRST = f"{DAY}/20261120-080100000.parquet"
NEXT = f"{DAY}/20261120-080101000.parquet"
HEADER = "first_name,last_name,email,phone,address,city,state,zip"


def changes(lake: Lake, *rows: dict[str, object], schema: str = FULL, name: str = NEXT) -> Path:
    return lake.changes("service", name, rows or [service("B", seq=9)], schema)


def cut(lake: Lake) -> None:
    file = changes(lake)
    file.write_bytes(file.read_bytes()[:-20])


def without_key(lake: Lake) -> None:
    row = {name: cell for name, cell in service("B", seq=9).items() if name != "serviceid"}
    changes(lake, row, schema=FULL.replace("serviceid string, ", ""))


def flag_for_minutes(lake: Lake) -> None:
    row = service("B", seq=9, labor_minutes=True)
    changes(lake, row, schema=FULL.replace("labor_minutes int", "labor_minutes boolean"))


def with_time(lake: Lake) -> None:
    """Write an empty Parquet file with a column of type TIME, which Spark itself cannot."""
    jvm = lake.spark._jvm
    assert jvm is not None
    shape = "message m { required binary serviceid (STRING); optional int32 opens (TIME(MILLIS,false)); }"
    schema = jvm.org.apache.parquet.schema.MessageTypeParser.parseMessageType(shape)
    target = jvm.org.apache.hadoop.fs.Path(f"{lake.root}/raw/database/public/service/{NEXT}")
    jvm.org.apache.parquet.hadoop.example.ExampleParquetWriter.builder(target).withType(schema).build().close()


def loaded_again(lake: Lake) -> None:
    changes(lake, service("A", "2"), service("C"), name="LOAD00000001.parquet")


def marker_that_is_none(lake: Lake) -> None:
    marker = lake.root / "raw/database/_epochs/service.json"
    marker.parent.mkdir()
    marker.write_text("reloaded at ten")


# The code of the refusal → what brings it about.
SPOILT: dict[str, Callable[[Lake], object]] = {
    "FILE-UNREADABLE": cut,
    "OPERATION-UNKNOWN": lambda lake: changes(lake, service("B", seq=9, op="X")),
    "COLUMN-MISSING": without_key,
    "TYPE-REFUSED": flag_for_minutes,
    "TYPE-UNKNOWN": with_time,
    "EPOCH-UNANNOUNCED": loaded_again,
    "EPOCH-UNREADABLE": marker_that_is_none,
    "FILE-REWRITTEN": lambda lake: changes(lake, *[service(f"other {n}", seq=n) for n in range(9)], name=FIRST),
    "BREAKER": lambda lake: changes(lake, *[service("", seq=n, serviceid=None) for n in range(100)]),
    "TABLE-BUSY": changes,
}


@contextmanager
def another_writer(lake: Lake) -> Iterator[None]:
    lease = lake.zones.lease(CONTRACTS["service"])
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, lease], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        try:
            yield
        finally:
            other.kill()


def everything(lake: Lake) -> dict[str, bytes]:
    """What lies in the zones that Glue writes, but for the leases and for the other table."""
    found = [path for zone in ("curated", "quarantine") for path in (lake.root / zone).rglob("*") if path.is_file()]
    mine = [path for path in found if "_leases" not in path.parts and "csv_customers" not in path.parts]
    return {str(path): path.read_bytes() for path in mine}


@pytest.fixture(scope="module")
def loaded(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake with a load, a deletion and a row that was set aside."""
    lake = Lake(spark, tmp_path_factory.mktemp("loaded"))
    lake.changes("service", "LOAD00000001.parquet", [service("A"), service("gone")], FULL)
    changes(lake, deletion("gone", seq=1), service("dirt", seq=2, serviceid=None), name=FIRST)
    lake.run("service")
    return lake


@pytest.mark.parametrize("code", SPOILT)
def test_a_batch_that_cannot_be_right_ends_with_what_to_do_and_leaves_everything_as_it_was(
    loaded: Lake, lake: Lake, code: str, capsys: pytest.CaptureFixture[str]
):
    shutil.copytree(loaded.root, lake.root, dirs_exist_ok=True)
    lake.clock = loaded.clock
    before = everything(lake)
    SPOILT[code](lake)
    lake.export("customers", "customers.csv", f"{HEADER}\nAnn,Lee,ann@x.org,,,,,\n")
    capsys.readouterr()

    contracts = [CONTRACTS[name] for name in ("service", "csv_customers")]
    with (
        another_writer(lake) if code == "TABLE-BUSY" else nullcontext(),
        pytest.raises(BatchRefusedError, match="1 of 2 tables failed: service") as failed,
    ):
        refresh(lake.spark, contracts, lake.settings())

    said = capsys.readouterr()
    (error,) = (json.loads(line) for line in said.err.splitlines() if line.startswith("{"))
    assert error["table"] == "service"
    assert error["error"].startswith(f"{code}: ")
    assert f"service: {code}" in failed.value.why
    assert everything(lake) == before
    assert lake.rows("service", "serviceid") == [("A",)]
    assert lake.rows("csv_customers", "email_key") == [("ann@x.org",)], "other tables go on"
    assert [json.loads(line)["table"] for line in said.out.splitlines()] == ["csv_customers"]


@pytest.mark.parametrize("content", ["nothing", "an empty object", "a marker of Spark"])
def test_a_folder_without_a_file_is_green_and_commits_nothing(lake: Lake, content: str):
    folder = lake.root / "raw/database/public/service"
    folder.mkdir(parents=True)
    if content == "an empty object":
        (folder / "LOAD00000001.parquet").touch()
    elif content == "a marker of Spark":
        (folder / "_SUCCESS").write_text("x")
    account = lake.run("service")
    assert (account.commit, account.note) == ("", NOTHING_ARRIVED)
    assert everything(lake) == {}


def test_a_folder_that_was_emptied_takes_nothing_away(lake: Lake):
    """DMS empties it where a table is dropped or a reload begins; rows go when a reload is announced, not before."""
    file = lake.changes("service", "LOAD00000001.parquet", [service("A")], FULL)
    lake.run("service")
    file.unlink()
    account = lake.run("service")
    assert (account.commit, account.note) == ("", NOTHING_LEFT)
    assert lake.rows("service", "serviceid") == [("A",)]


def test_a_file_that_arrives_twice_changes_nothing(lake: Lake):
    lake.changes("service", "LOAD00000001.parquet", [service("A")], FULL)
    rows = [service("A", "2", op="U", seq=1), deletion("A", seq=2), service("B", seq=3)]
    changes(lake, *rows, name=FIRST)
    lake.run("service")
    changes(lake, *rows, name=NEXT)
    account = lake.run("service")
    assert (account.read, account.folded) == (6, 4), "the same changes under another name are taken in with the first"
    assert lake.rows("service", "serviceid") == [("B",)]
    first = lake.root / "raw/database/public/service" / FIRST
    lake._stamp(first)
    assert lake.run("service").read == 6, "put back as it was: harmless"
    assert lake.rows("service", "serviceid") == [("B",)]
    assert lake.run("service").note == NOTHING_NEW


def test_a_file_that_comes_after_its_day_was_closed_is_taken_in_when_the_next_day_begins(lake: Lake):
    lake.changes("service", "LOAD00000001.parquet", [service("A"), service("B")], FULL)
    changes(lake, service("A", "2", op="U", seq=2), name=FIRST)
    lake.run("service")
    changes(lake, service("A", "3", op="U", seq=30), name="2026/11/23/20261123-080100000.parquet")
    lake.run("service")
    changes(lake, service("A", "1", op="U", seq=1), deletion("B", seq=3), name=NEXT)
    assert lake.run("service").note == NOTHING_NEW, "closed days are not listed at every run"
    changes(lake, service("C", seq=40), name="2026/11/24/20261124-080100000.parquet")
    account = lake.run("service")
    assert account.deleted == 1
    assert lake.rows("service", "serviceid", "labor_cost") == [("A", 3), ("C", 10)]
    assert lake.run("service").note == NOTHING_NEW


def test_an_export_in_another_encoding_is_set_aside_row_by_row(lake: Lake):
    text = f"{HEADER}\n" + "".join(f"Ann,Lee,ann{n}@x.org,,,,,\n" for n in range(3)) + "Jörg,Öz,joerg@x.org,,,,,\n"
    lake.export("customers", "customers.csv", text.encode("latin-1"))
    account = lake.run("csv_customers")
    assert (account.written, account.set_aside) == (3, {"ENCODING_BROKEN": 1})


def test_a_line_that_is_half_written_is_set_aside_and_read_when_the_file_is_whole(lake: Lake):
    whole = f"{HEADER}\nAnn,Lee,ann@x.org,,,,,\nBo,Ek,bo@x.org,,,,,\n"
    lake.export("customers", "customers.csv", whole[:-12])
    assert lake.run("csv_customers").set_aside == {"ROW_MALFORMED": 1}
    lake.export("customers", "customers.csv", whole)
    assert lake.run("csv_customers").written == 2
    assert lake.rows("csv_customers", "email_key") == [("ann@x.org",), ("bo@x.org",)]
