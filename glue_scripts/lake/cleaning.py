"""Rows of an export, judged: values read, repaired with a warning, or a reason to set the row aside; and their keys."""

from collections.abc import Mapping
from datetime import date

from pyspark.sql import DataFrame

from glue_scripts.lake import rules
from glue_scripts.lake.changes import Judged
from glue_scripts.lake.contracts import Contract, KeyRule
from glue_scripts.lake.csv_files import MALFORMED, Exports
from glue_scripts.lake.rules import Finding, literal, quoted

# Milliseconds since 1970 with zeros in front, so that they sort as text.
_ARRIVED_DIGITS = "lpad(try_cast(_arrived as string), 14, '0')"


def judge(
    contract: Contract, exports: Exports, arrived: Mapping[str, int], *, window: tuple[date, date] | None, today: date
) -> Judged:
    """Return the rows with a verdict each. `arrived` says for each file's path when it arrived (milliseconds)."""
    columns = contract.columns
    cells = {column.name: f"_cell_{column.name}" for column in columns}
    malformed = f"{MALFORMED} is not null"
    unreadable: list[Finding] = [Finding("ROW_MALFORMED", "*", malformed)]
    refused: list[Finding] = []
    warnings: list[Finding] = []
    for column in columns:
        cell, value = cells[column.name], quoted(column.name)
        unreadable += rules.unreadable(column, cell, value)
        unreadable.append(Finding("ENCODING_BROKEN", column.name, f"contains({cell}, {literal(chr(0xFFFD))})"))
        refused += rules.refused(column, value, window=window, today=today)
        warnings += rules.warnings_of(column, f"_raw_{column.name}", cell)
    raw = ", ".join(quoted(column.name) for column in columns)
    frame = (
        exports.frame.selectExpr(
            *(f"{quoted(column.name)} as _raw_{column.name}" for column in columns),
            f"coalesce({MALFORMED}, to_json(struct({raw}))) as _raw",
            MALFORMED,
            "_file",
            "_position",
        )
        .selectExpr("*", *(f"{rules.trimmed(f'_raw_{column.name}')} as {cells[column.name]}" for column in columns))
        .selectExpr("*", *(f"{rules.value_of(c, cells[c.name])} as {quoted(c.name)}" for c in columns))
        .selectExpr("*", f"{rules.array_of([*unreadable, *refused])} as _reasons")
        .selectExpr(
            *(quoted(column.name) for column in columns),
            f"{_arrival(arrived)} as _arrived",
            "_file",
            "_position",
            "_reasons",
            f"case when size(_reasons) = 0 then {rules.array_of(warnings)} else array() end as _warnings",
            "_raw",
        )
        .selectExpr(
            "*",
            f"concat({_ARRIVED_DIGITS}, '-', try_element_at(split(_file, '/'), -1)) as _change_seq",
            "timestamp_millis(_arrived) as _changed_at",
            "false as _deleted",
            "try_cast('I' as string) as _operation",
        )
        .drop("_arrived")
    )
    return Judged(_with_key(contract, frame), exports.rows, exports.unknown)


def _with_key(contract: Contract, frame: DataFrame) -> DataFrame:
    if contract.key_rule is KeyRule.EMAIL:
        return frame.selectExpr("*", f"lower(email) as {quoted(contract.key)}")
    if contract.key_rule is KeyRule.LINE:
        # Identical lines of a file are all kept: which of them it is tells them apart. Only what is let in counts.
        cells = ", ".join(f"coalesce(try_cast({quoted(column.name)} as string), '')" for column in contract.columns)
        return (
            frame.selectExpr("*", f"sha2(concat_ws('\\u0001', {cells}), 256) as _line", "size(_reasons) = 0 as _in")
            .selectExpr("*", "row_number() over (partition by _file, _in, _line order by _position) as _occurrence")
            .selectExpr(
                "*",
                "try_cast(_occurrence as bigint) as occurrence",
                f"concat(_line, '-', _occurrence) as {quoted(contract.key)}",
            )
            .drop("_line", "_in", "_occurrence")
        )
    return frame


def _arrival(arrived: Mapping[str, int]) -> str:
    """Return the time of arrival of a row's file as an expression."""
    pairs = ", ".join(f"{literal(path)}, {moment}L" for path, moment in sorted(arrived.items()))
    return f"try_element_at(map({pairs}), _file)"
