"""What DMS delivered, as changes: typed values, the operation, and a place in the order of changes.

Facts about the files: reference "What DMS really writes to S3". A D row carries the key only, whatever else it holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as t

from glue_scripts.lake import rules
from glue_scripts.lake.columns import Column, Kind
from glue_scripts.lake.contracts import Contract
from glue_scripts.lake.parquet_files import Group
from glue_scripts.lake.refusals import BatchRefusedError

OPERATION = "Op"
COMMITTED = "dms_ts"
SEQUENCE = "AR_H_CHANGE_SEQ"
# Before every change, so that a row of the load never outranks one. (File names would say the opposite.)
LOADED = "0"

_CONTROL = (OPERATION, COMMITTED, SEQUENCE, "_file", "_row")
_WHOLE = (t.ByteType, t.ShortType, t.IntegerType, t.LongType)
# Types of a file that can be read as the contract's, value by value and without loss.
_READABLE: dict[Kind, tuple[type[t.DataType], ...]] = {
    Kind.TEXT: (t.StringType,),
    Kind.INTEGER: (*_WHOLE, t.DecimalType, t.StringType),
    Kind.AMOUNT: (*_WHOLE, t.DecimalType, t.StringType),
    Kind.DATE: (t.DateType, t.StringType),
    Kind.MOMENT: (t.TimestampType, t.TimestampNTZType, t.DateType, t.StringType),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """Rows with a verdict each, and what was noticed about their files.

    `frame` holds the curated columns and `_change_seq`, `_changed_at`, `_position` (the tie-break), `_deleted`,
    `_file`, `_reasons`, `_warnings`, `_raw` (JSON of what was read). `rows` counts what the files say they hold.
    """

    frame: DataFrame
    rows: int
    unknown: tuple[str, ...] = ()


def read_changes(spark: SparkSession, contract: Contract, groups: Sequence[Group], *, lob_max_size: int = 0) -> Judged:
    """Return the changes in `groups`; `lob_max_size` is the number of bytes that DMS cuts texts to (0: not known).

    Raises BatchRefusedError where a schema does not fit the contract.
    """
    frames = [_read(spark, contract, group, lob_max_size) for group in groups]
    unknown = sorted({name for _, names in frames for name in names})
    frame = reduce(DataFrame.unionByName, (frame for frame, _ in frames))
    return Judged(frame, sum(group.rows for group in groups), tuple(unknown))


def _read(spark: SparkSession, contract: Contract, group: Group, lob_max_size: int) -> tuple[DataFrame, list[str]]:
    frame = group.read(spark)
    types = {field.name: field.dataType for field in frame.schema.fields}
    sample = group.files[0].name
    values: list[str] = []
    reasons: list[rules.Finding] = []
    warnings: list[rules.Finding] = []
    for column in contract.columns:
        value, findings = _value(contract, column, types.get(column.name), sample)
        values.append(f"{value} as {rules.quoted(column.name)}")
        if column.name != contract.key:
            # A deletion is judged by its key: everything else in it is unknown.
            findings = [replace(each, condition=f"_operation <> 'D' and ({each.condition})") for each in findings]
        reasons += findings
        warnings += rules.maybe_cut(column, rules.quoted(column.name), lob_max_size) if column.name in types else []
    known = {column.name for column in contract.columns} | set(_CONTROL)
    raw = [rules.quoted(name) for name in types if name not in ("_file", "_row")]
    return (
        frame.selectExpr(
            "*", f"{_operation(types)} as _operation", f"to_json(struct({', '.join(raw)})) as _raw"
        ).selectExpr(
            *values,
            f"{_order(types)} as _change_seq",
            f"try_cast({COMMITTED if COMMITTED in types else 'null'} as timestamp) as _changed_at",
            "concat(_file, '#', lpad(try_cast(_row as string), 12, '0')) as _position",
            "_operation = 'D' as _deleted",
            "_operation",
            "_file",
            f"{rules.array_of(reasons)} as _reasons",
            f"{rules.array_of(warnings)} as _warnings",
            "_raw",
        ),
        sorted(set(types) - known),
    )


def _value(
    contract: Contract, column: Column, type_: t.DataType | None, sample: str
) -> tuple[str, list[rules.Finding]]:
    """Return the expression of a column's value and the conditions under which the row is set aside."""
    if type_ is None:
        if column.required:
            raise BatchRefusedError(
                "COLUMN-MISSING",
                f"{contract.name}: the column {column.name} is missing in {sample}.",
                why="The source's table was changed, or another table's files lie in this folder.",
                next_step="Agree on the new shape: change the contract in glue_scripts/lake/contracts.py, then reload.",
            )
        return f"try_cast(null as {column.sql_type})", []
    if not isinstance(type_, _READABLE[column.kind]):
        raise BatchRefusedError(
            "TYPE-REFUSED",
            f"{contract.name}: {column.name} is {type_.simpleString()} in {sample}, which is no {column.kind}.",
            why="Reading it as that would change values without a word.",
            next_step="Change the contract (glue_scripts/lake/contracts.py) or the column in the source; then reload.",
        )
    cell = rules.quoted(column.name)
    if isinstance(type_, t.StringType):
        text = cell if column.kind is Kind.TEXT else rules.trimmed(cell)
        value = rules.value_of(column, text)
        return value, rules.unreadable(column, text, value)
    value = f"try_cast({cell} as {column.sql_type})"
    findings = [each for each in rules.unreadable(column, cell, value) if each.code == "REQUIRED_MISSING"]
    if column.kind in (Kind.INTEGER, Kind.AMOUNT):
        # A wider column of the source: what does not fit is neither rounded nor cut.
        there_and_back = f"try_cast({value} as {type_.simpleString()})"
        findings.append(rules.Finding("VALUE_LOST", column.name, f"not ({there_and_back} <=> {cell})"))
    return value, findings


def _operation(types: dict[str, t.DataType]) -> str:
    """A full load may come without an operation; a change never does."""
    op = OPERATION if OPERATION in types else "try_cast(null as string)"
    return f"case when {_IS_LOAD} then coalesce({op}, 'I') else {op} end"


_IS_LOAD = "try_element_at(split(_file, '/'), -1) like 'LOAD%'"


def _order(types: dict[str, t.DataType]) -> str:
    """Return the place of a row in the order of changes, as a string that sorts.

    The change sequence of DMS (35 digits: 16 of time, 19 of record) where the task adds it. Without it the commit time
    stands first, then the file's name and the row's place in it: changes of one transaction share their commit time.
    """
    name = "regexp_replace(try_element_at(split(_file, '/'), -1), '[^0-9]', '')"
    stamp = "rpad(regexp_replace(coalesce(dms_ts, ''), '[^0-9]', ''), 16, '0')"
    stamp = stamp if COMMITTED in types else "''"
    # Its first 16 digits are in the units of the sequence (hundredths of a second), so both forms can be compared.
    fallback = f"concat('1', substr({stamp}, 1, 16), '-', {name}, '-', lpad(try_cast(_row as string), 12, '0'))"
    if SEQUENCE not in types:
        return f"case when {_IS_LOAD} then '{LOADED}' else {fallback} end"
    sequence = f"nullif(trim({SEQUENCE}), '')"
    changed = f"coalesce(concat('1', lpad({sequence}, 35, '0')), {fallback})"
    return f"case when {_IS_LOAD} then '{LOADED}' else {changed} end"
