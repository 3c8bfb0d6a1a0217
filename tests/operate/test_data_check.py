"""Source and lake compared: on real PostgreSQL, with curated tables that were filled by other means than the jobs."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from autocorp_wizard.adapters.lake_tables import CuratedZone
from autocorp_wizard.core.errors import ExitCode
from autocorp_wizard.core.reconciliation import Standing, TableResult
from autocorp_wizard.operate.data_check import DataReport, compare_tables
from autocorp_wizard.operate.source_probes import TABLES
from autocorp_wizard.rehearsal.source import SourceAddress
from autocorp_wizard.rehearsal.source_address import connect
from tests.operate.curated import Rows, fill
from tests.operate.modelled import NOW

pytestmark = pytest.mark.slow


@pytest.fixture
def connection(source: SourceAddress) -> Iterator[psycopg.Connection]:
    with connect(source, source.replication_user, source.database) as open_connection:
        yield open_connection


def compare(connection: psycopg.Connection, root: Path, *tables: str) -> dict[str, TableResult]:
    with CuratedZone(str(root)) as zone:
        return {result.table: result for result in compare_tables(connection, zone.read, tables)}


def test_all_seven_tables_are_equal_in_every_value(connection: psycopg.Connection, tmp_path: Path):
    for table in TABLES:
        fill(connection, tmp_path, table)
    results = compare(connection, tmp_path, *TABLES)
    assert {table: each.sentence for table, each in results.items() if each.standing is not Standing.EQUAL} == {}
    for each in results.values():
        assert each.source == each.lake
        assert each.source is not None
        assert each.source.rows > 0
    report = DataReport("dev", str(tmp_path), NOW, tuple(results.values()))
    assert (report.verdict, report.exit_code) == ("equal", ExitCode.OK)


def _cent(rows: Rows) -> Rows:
    (row,) = [row for row in rows if row["serviceid"] == "SVC-0007"]
    row["labor_cost"] = Decimal(str(row["labor_cost"])) + Decimal("0.01")
    return rows


def _second(rows: Rows) -> Rows:
    (row,) = [row for row in rows if row["order_id"] == 42]
    row["order_date"] += timedelta(seconds=1)  # type: ignore[operator]
    return rows


def _cut(rows: Rows) -> Rows:
    (row,) = [row for row in rows if row["sku"] == "SKU-00002"]
    row["description"] = str(row["description"])[:10]
    return rows


@pytest.mark.parametrize(
    ("change", "first"),
    [
        (_cent, ("service", "SVC-0007", ("labor_cost",))),
        (_second, ("sales_order", "42", ("order_date",))),
        (_cut, ("auto_parts", "SKU-00002", ("description",))),
        (lambda rows: [row for row in rows if row["customer_id"] != 9], ("customers", "9", ())),
        (lambda rows: [*rows, {**rows[0], "customer_id": 0}], ("customers", "0", ())),
        (lambda rows: [*rows, *(row for row in rows if row["service_part_id"] == 3)], ("service_parts", "3", ())),
    ],
    ids=["a cent", "a second", "a cut text", "a lost row", "a ghost", "a doubled row"],
)
def test_whatever_went_wrong_is_named(
    connection: psycopg.Connection, tmp_path: Path, change, first: tuple[str, str, tuple[str, ...]]
):
    table, key, columns = first
    fill(connection, tmp_path, table, change)
    result = compare(connection, tmp_path, table)[table]
    assert result.standing is Standing.DIFFERENT
    assert (result.missing + result.extra + result.changed) == 1
    assert result.first is not None
    assert result.first.key == key
    assert tuple(name for name, _, _ in result.first.columns) == columns


def test_what_cannot_be_looked_at_is_not_known_and_does_not_stop_the_others(
    connection: psycopg.Connection, tmp_path: Path
):
    fill(connection, tmp_path, "service")
    (tmp_path / "hudi/customers/.hoodie").mkdir(parents=True)
    (tmp_path / "hudi/sales_order/.hoodie").mkdir(parents=True)
    (tmp_path / "hudi/sales_order/.hoodie/20261120080000000.commit").write_text("{")
    fill(connection, tmp_path, "auto_parts", lambda rows: rows[:1])
    (tmp_path / "parquet/auto_parts/data-00000001/part-0.parquet").write_bytes(b"PAR1")
    results = compare(connection, tmp_path, "sales_order_parts", "customers", "sales_order", "auto_parts", "service")
    standings = {table: each.standing.value for table, each in results.items()}
    unseen = dict.fromkeys(("sales_order_parts", "customers", "sales_order", "auto_parts"), "unseen")
    assert standings == {**unseen, "service": "equal"}
    assert "no completed commit" in results["customers"].sentence
    report = DataReport("dev", str(tmp_path), NOW, tuple(results.values()))
    assert (report.verdict, report.exit_code) == ("inconclusive", ExitCode.INCONCLUSIVE)


def test_a_column_that_the_lake_lacks_is_a_difference(connection: psycopg.Connection, tmp_path: Path):
    from pyarrow import parquet

    fill(connection, tmp_path, "service")
    path = tmp_path / "parquet/service/data-00000001/part-0.parquet"
    parquet.write_table(parquet.read_table(path).drop_columns(["category"]), path)
    result = compare(connection, tmp_path, "service")["service"]
    assert (result.standing, result.sentence) == (Standing.DIFFERENT, "The lake lacks the column category.")
