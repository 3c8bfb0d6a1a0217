"""One look at all rows of a batch: how many are set aside and why, and where they stand in the order of changes."""

from collections.abc import Mapping
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as f

from glue_scripts.lake import rules
from glue_scripts.lake.changes import LOADED
from glue_scripts.lake.contracts import Contract
from glue_scripts.lake.refusals import BatchRefusedError

_OPERATIONS = frozenset({"I", "U", "D"})


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What one look at all rows of a batch found out."""

    read: int
    set_aside: Mapping[str, int]
    warnings: Mapping[str, int]
    taken: Mapping[str, str]  # by `_file`: the highest place in the order of changes
    first_change: str
    operations: frozenset[str]

    def check(self, contract: Contract) -> None:
        """Raise BatchRefusedError where a change is none that a database makes."""
        strange = self.operations - _OPERATIONS
        if strange:
            raise BatchRefusedError(
                "OPERATION-UNKNOWN",
                f"{contract.name}: a change has the operation {', '.join(sorted(repr(each) for each in strange))}.",
                why="Changes are I, U or D; the endpoint has other settings, or the file is not from it.",
                next_step="Compare the DMS target endpoint with the Terraform tree.",
            )


def verdicts_of(frame: DataFrame) -> Verdicts:
    """Look at every row of `frame` (see `Judged`) once."""
    change = f"case when _change_seq <> '{LOADED}' then _change_seq end"
    counts = [f"sum(size(filter(_warnings, each -> each like '{code}:%'))) as {code}" for code in rules.WARNINGS]
    found = (
        frame.selectExpr("*", f"{rules.first_reason('_reasons')} as _reason", f"{change} as _change")
        .groupBy("_file", "_reason", f.expr("coalesce(_operation, '')").alias("_operation"))
        .agg(
            f.expr("count(*) as rows"),
            f.expr("min(_change_seq) as first"),
            f.expr("max(_change) as last"),
            *(f.expr(count) for count in counts),
        )
        .collect()
    )
    taken: dict[str, str] = {}
    set_aside: dict[str, int] = {}
    for row in found:
        taken[row["_file"]] = max(taken.get(row["_file"], ""), row["last"] or "")
        if row["_reason"] is not None:
            set_aside[row["_reason"]] = set_aside.get(row["_reason"], 0) + row["rows"]
    warnings = {code: sum(row[code] or 0 for row in found) for code in rules.WARNINGS}
    return Verdicts(
        sum(row["rows"] for row in found),
        set_aside,
        {code: count for code, count in warnings.items() if count},
        taken,
        min((row["first"] for row in found), default=""),
        frozenset(row["_operation"] for row in found),
    )
