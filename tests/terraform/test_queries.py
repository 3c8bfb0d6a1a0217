"""The saved queries of module athena really run: on a real PostgreSQL that holds the tables of the source.

PostgreSQL is not Athena, but a column that does not exist or a sum that is not grouped fails in both. What only the
lake has (the exports' tables, the time of a commit) is put beside the source's tables for as long as a test lasts.
"""

import pytest

from autocorp_wizard.rehearsal.source_address import SourceAddress, connect
from tests.terraform.workbench import TREE

pytestmark = pytest.mark.slow

QUERIES = sorted((TREE / "modules/athena/queries").glob("*.sql"))
TABLES = (
    "auto_parts",
    "customers",
    "sales_order",
    "sales_order_parts",
    "sales_order_services",
    "service",
    "service_parts",
)


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_saved_query_runs_on_the_tables_of_the_source(path, source: SourceAddress) -> None:
    with connect(source, "postgres", source.database) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY VIEW csv_sales_orders AS SELECT * FROM public.sales_order")
        for table in TABLES:
            cursor.execute(
                f"CREATE TEMPORARY VIEW {table} AS "  # noqa: S608  (our own names)
                f"SELECT *, '20261125120000000' AS _hoodie_commit_time FROM public.{table}"
            )
        cursor.execute(path.read_text(encoding="utf-8").encode())
        rows = cursor.fetchall()
    if path.stem == "orders_only_in_the_export":
        assert rows == [], "the export of this test is the table itself"
    elif path.stem == "orphaned_rows":
        # Only sku is no foreign key in the source.
        assert {found for what, found in rows if what != "part lines without part"} == {0}
        assert len(rows) == 5
    elif path.stem != "orders_that_do_not_add_up":
        assert rows
