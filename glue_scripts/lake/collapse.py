"""From the rows of a batch to one row per key: the last change wins, the others are folded."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from glue_scripts.lake.contracts import Contract

# What the tables carry beside the contract's columns.
SERVICE_COLUMNS = ("_change_seq", "_changed_at", "_deleted")


def accepted(frame: DataFrame) -> DataFrame:
    """Return the rows that nothing speaks against."""
    return frame.where("size(_reasons) = 0")


def last_per_key(rows: DataFrame, contract: Contract) -> DataFrame:
    """Return one row per key, the last in the order of changes, and `_merged`, the number of rows it stands for.

    Rows of equal place (one change that was delivered twice) are told apart by where they lie, so the result depends on
    nothing but the input.
    """
    columns = [name for name, _ in contract.curated]
    kept = [*columns, *SERVICE_COLUMNS]
    last = f.max_by(f.struct(*kept), f.struct("_change_seq", "_position"))
    grouped = rows.groupBy(f.col(contract.key).alias("_key")).agg(last.alias("_last"), f.count("*").alias("_merged"))
    return grouped.select("_last.*", "_merged")


def newest_lines(rows: DataFrame, contract: Contract) -> DataFrame:
    """Return the lines of each owner from the newest file that holds it: a newer file replaces all of its lines."""
    owner = contract.owner
    newest = rows.groupBy(owner).agg(f.max("_change_seq").alias("_newest"))
    return rows.join(newest, owner).where("_change_seq = _newest").drop("_newest")


def absent(current: DataFrame, merged: DataFrame, contract: Contract, *, snapshot: bool) -> DataFrame:
    """Return as deletions the rows of `current` that the batch removes by not holding them.

    Lines of an owner that the batch holds; with `snapshot` everything that it lacks. Their place in the order is
    that of the newest row of the batch, so that what is there is not newer.
    """
    gone = current.join(merged.select(contract.key), contract.key, "left_anti")
    if not snapshot:
        gone = gone.join(merged.select(contract.owner).distinct(), contract.owner, "left_semi")
    newest = merged.agg(f.max("_change_seq").alias("_change_seq"), f.max("_changed_at").alias("_changed_at"))
    columns = [name for name, _ in contract.curated]
    return gone.select(*columns).crossJoin(f.broadcast(newest)).withColumn("_deleted", f.lit(True))
