"""What each curated table holds, as data: the seven replicated tables and the four exports.

Source: source-database.md. A table of an export is never a second writer to a replicated table (decisions.md 21).
"""

from dataclasses import dataclass
from enum import StrEnum

from glue_scripts.lake.columns import Column, amount, date, integer, long_text, moment, quantity, text
from glue_scripts.lake.refusals import BatchRefusedError


class Origin(StrEnum):
    """How rows arrive: as changes replicated by DMS (Parquet), or as files that DataSync delivers (CSV)."""

    DATABASE = "database"
    EXPORT = "export"


class KeyRule(StrEnum):
    """Where the key of a row comes from."""

    COLUMN = "column"  # it is a column of the source
    EMAIL = "email"  # normalised e-mail: the export has no customer number
    LINE = "line"  # hash of the normalised row and its occurrence: lines have no number in the export


@dataclass(frozen=True, slots=True)
class Contract:
    """One curated table.

    `folders` are the places below the origin's zone that its files land in; `key` is its record key; `owner` names the
    column whose value owns all lines with it (line exports: a newer file replaces all lines of each order it holds).
    `job` is the name that people know the job by.
    """

    name: str
    origin: Origin
    folders: tuple[str, ...]
    key: str
    columns: tuple[Column, ...]
    job: str
    key_rule: KeyRule = KeyRule.COLUMN
    owner: str = ""

    @property
    def derived(self) -> tuple[tuple[str, str], ...]:
        """Columns that are not in the files: (name, Spark type)."""
        if self.key_rule is KeyRule.EMAIL:
            return ((self.key, "string"),)
        if self.key_rule is KeyRule.LINE:
            return ((self.key, "string"), ("occurrence", "bigint"))
        return ()

    @property
    def curated(self) -> tuple[tuple[str, str], ...]:
        """All columns of the curated table that come from a row, in order: (name, Spark type)."""
        return (*self.derived, *((column.name, column.sql_type) for column in self.columns))


def _table(name: str, key: str, *columns: Column) -> Contract:
    return Contract(name, Origin.DATABASE, (name,), key, columns, f"{name}_hudi_etl")


DATABASE_TABLES = (
    _table(
        "auto_parts",
        "sku",
        text("sku", required=True),
        text("name", required=True),
        long_text("description"),
        date("inventory_date"),
        text("vendor"),
        amount("price", 10),
    ),
    _table(
        "customers",
        "customer_id",
        integer("customer_id", required=True),
        text("first_name", required=True),
        text("last_name", required=True),
        text("email", required=True),
        text("phone"),
        text("address"),
        text("city"),
        text("state"),
        text("zip_code"),
        moment("created_at"),
    ),
    _table(
        "service",
        "serviceid",
        text("serviceid", required=True),
        text("service"),
        text("category"),
        integer("labor_minutes"),
        # `money` in the source: replication delivers a decimal of up to 38 digits, exports deliver its text form.
        amount("labor_cost", 19),
    ),
    _table(
        "service_parts",
        "service_part_id",
        integer("service_part_id", required=True),
        text("serviceid", required=True),
        text("sku", required=True),
        integer("quantity"),
        moment("created_at"),
    ),
    _table(
        "sales_order",
        "order_id",
        integer("order_id", required=True),
        integer("customer_id", required=True),
        moment("order_date", required=True),
        text("invoice_number", required=True),
        text("payment_method"),
        amount("subtotal"),
        amount("tax"),
        amount("total_amount", required=True),
        text("order_type"),
        text("status"),
        long_text("notes"),
        moment("created_at"),
        moment("updated_at"),
    ),
    _table(
        "sales_order_parts",
        "line_item_id",
        integer("line_item_id", required=True),
        integer("order_id", required=True),
        integer("part_id"),
        text("sku"),
        text("part_description"),
        integer("quantity"),
        amount("unit_price", 10, required=True),
        amount("line_total", required=True),
        moment("created_at"),
    ),
    _table(
        "sales_order_services",
        "line_item_id",
        integer("line_item_id", required=True),
        integer("order_id", required=True),
        text("serviceid", required=True),
        text("service_description"),
        integer("quantity"),
        integer("labor_minutes", required=True),
        amount("labor_cost", 10, required=True),
        amount("parts_cost", 10),
        amount("line_total", required=True),
        integer("vehicle_id"),
        integer("technician_id"),
        text("service_status"),
        moment("created_at"),
    ),
)

# An export is judged by what the source would refuse (decisions.md 22): hence the bounds that the tables above lack.
EXPORTS = (
    Contract(
        "csv_customers",
        Origin.EXPORT,
        ("customers",),
        "email_key",
        (
            text("first_name", 100, required=True),
            text("last_name", 100, required=True),
            text("email", 200, required=True),
            text("phone", 50),
            text("address", 300),
            text("city", 100),
            text("state", 50),
            text("zip", 20),
        ),
        "csv_customers_hudi_etl",
        KeyRule.EMAIL,
    ),
    Contract(
        "csv_sales_orders",
        Origin.EXPORT,
        ("sales_orders",),
        "order_id",
        (
            integer("order_id", required=True),
            integer("customer_id", required=True),
            moment("order_date", required=True, windowed=True),
            text("invoice_number", 50, required=True),
            text("payment_method", 50),
            amount("subtotal", minimum=0),
            amount("tax", minimum=0),
            amount("total_amount", required=True, minimum=0),
            text("order_type", 20, choices=("Parts", "Service", "Mixed")),
            text("status", 50),
            text("notes"),
        ),
        "csv_sales_orders_hudi_etl",
    ),
    Contract(
        "csv_sales_order_parts",
        Origin.EXPORT,
        ("sales_order_parts", "parts"),
        "line_key",
        (
            integer("order_id", required=True),
            text("sku", 50),
            text("part_description", 200),
            quantity("quantity"),
            amount("unit_price", 10, required=True, minimum=0),
            amount("line_total", required=True, minimum=0),
        ),
        "csv_sales_order_parts_hudi_etl",
        KeyRule.LINE,
        owner="order_id",
    ),
    Contract(
        "csv_sales_order_services",
        Origin.EXPORT,
        ("sales_order_services", "services"),
        "line_key",
        (
            integer("order_id", required=True),
            text("serviceid", 50, required=True),
            text("service_description", 200),
            quantity("quantity"),
            integer("labor_minutes", required=True),
            amount("labor_cost", 10, required=True, minimum=0),
            amount("parts_cost", 10, minimum=0),
            amount("line_total", required=True, minimum=0),
        ),
        "csv_sales_order_services_hudi_etl",
        KeyRule.LINE,
        owner="order_id",
    ),
)

CONTRACTS = {contract.name: contract for contract in (*DATABASE_TABLES, *EXPORTS)}


def contract_of(name: str) -> Contract:
    """Return the contract of table `name`. Raises BatchRefusedError where there is none."""
    if name not in CONTRACTS:
        raise BatchRefusedError(
            "TABLE-UNKNOWN",
            f"There is no table {name!r}.",
            next_step=f"Known are {', '.join(CONTRACTS)}.",
        )
    return CONTRACTS[name]
