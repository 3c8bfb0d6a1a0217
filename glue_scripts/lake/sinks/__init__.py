"""Where curated tables live: Hudi, or plain Parquet for a machine without the Hudi bundle."""

from typing import Protocol

from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from glue_scripts.lake.batch import Mode
from glue_scripts.lake.contracts import Contract
from glue_scripts.lake.ledger import Ledger


class Sink(Protocol):
    """One curated table. A commit is there whole, with its ledger, or not at all."""

    def recover(self) -> None:
        """Take back what a run that was killed left half done. To be called first, by the one who holds the lease."""

    def ledger(self) -> Ledger | None:
        """Return the ledger of the last commit; None where there is no table yet."""

    def current(self) -> DataFrame:
        """Return what the table holds now, in the columns of its contract."""

    def commit(self, rows: DataFrame, mode: Mode, ledger: Ledger) -> str:
        """Make `rows` (one per key; `_deleted` marks removals) part of the table and return the commit's name."""


def conformed(rows: DataFrame, contract: Contract) -> DataFrame:
    """Return the rows of a table with the columns that its contract got since they were written, which are NULL."""
    new = {name: kind for name, kind in contract.curated if name not in rows.columns}
    return rows.withColumns({name: f.expr(f"try_cast(null as {kind})") for name, kind in new.items()})
