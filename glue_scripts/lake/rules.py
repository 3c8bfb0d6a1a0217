"""How a value is read and judged, as Spark SQL over the raw text: repaired with a warning, or a reason to set it aside.

Every conversion is `try_cast` behind a pattern: a bare cast kills the job under ANSI mode and guesses without it
(`2024` is a date to it). What is not written as the source writes it is not guessed (decisions.md 22).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from glue_scripts.lake.columns import Column, Kind

# Reasons, in the order in which they name a row that has several.
REASONS = (
    "ROW_MALFORMED",
    "ENCODING_BROKEN",
    "REQUIRED_MISSING",
    "NUMBER_UNPARSEABLE",
    "DATE_UNPARSEABLE",
    "AMOUNT_UNPARSEABLE",
    "VALUE_LOST",
    "DATE_OUT_OF_WINDOW",
    "AMOUNT_NEGATIVE",
    "QUANTITY_BELOW_ONE",
    "VALUE_UNKNOWN",
    "TEXT_TOO_LONG",
)
WARNINGS = ("VALUE_MISSING", "VALUE_TRIMMED", "AMOUNT_NORMALISED", "TEXT_MAYBE_CUT")

_BLANKS = r"(?U)^\s+|\s+$"
_INTEGER = r"^[+-]?[0-9]{1,18}$"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_DATE = rf"^{_DAY}$"
_MOMENT = rf"^{_DAY}([ T][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}([.][0-9]{{1,6}})?)?(Z|[+-][0-9]{{2}}:?[0-9]{{2}})?)?$"
# With separators every group has three digits: 1.234,56 is not read as 1.23456.
_AMOUNT = r"^(-?[$€£]?|[$€£]-?) ?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)([.][0-9]+)?$"
_UNPARSEABLE = {
    Kind.INTEGER: "NUMBER_UNPARSEABLE",
    Kind.AMOUNT: "AMOUNT_UNPARSEABLE",
    Kind.DATE: "DATE_UNPARSEABLE",
    Kind.MOMENT: "DATE_UNPARSEABLE",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What is said about a row as `code:column` where the SQL `condition` holds."""

    code: str
    column: str
    condition: str


def quoted(name: str) -> str:
    """Return a column's name as SQL writes it."""
    return f"`{name}`"


def literal(text: str) -> str:
    """Return a string literal of Spark SQL."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def trimmed(raw: str) -> str:
    """Return `raw` (an SQL expression) without blanks around it; nothing left is NULL."""
    return f"nullif(regexp_replace({raw}, {literal(_BLANKS)}, ''), '')"


def value_of(column: Column, cell: str) -> str:
    """Return the value that the text `cell` stands for; NULL where it stands for none."""
    if column.kind is Kind.TEXT:
        return cell
    if column.kind is Kind.AMOUNT:
        bare = f"regexp_replace({cell}, {literal('[$€£, ]')}, '')"
        return f"case when {cell} rlike {literal(_AMOUNT)} then try_cast({bare} as {column.sql_type}) end"
    pattern = {Kind.INTEGER: _INTEGER, Kind.DATE: _DATE, Kind.MOMENT: _MOMENT}[column.kind]
    return f"case when {cell} rlike {literal(pattern)} then try_cast({cell} as {column.sql_type}) end"


def unreadable(column: Column, cell: str, value: str) -> list[Finding]:
    """Return conditions under which a text is a reason to set the row aside."""
    reasons = []
    if column.required:
        reasons.append(Finding("REQUIRED_MISSING", column.name, f"{cell} is null"))
    if column.kind in _UNPARSEABLE:
        reasons.append(Finding(_UNPARSEABLE[column.kind], column.name, f"{cell} is not null and {value} is null"))
    return reasons


def refused(column: Column, value: str, *, window: tuple[date, date] | None, today: date) -> list[Finding]:
    """Return conditions under which a readable value is one that the source would refuse."""
    reasons = []
    if column.minimum is not None:
        reasons.append(Finding(column.measured, column.name, f"{value} < {column.minimum}"))
    if column.choices:
        allowed = ", ".join(literal(choice) for choice in column.choices)
        reasons.append(Finding("VALUE_UNKNOWN", column.name, f"{value} not in ({allowed})"))
    if column.length:
        reasons.append(Finding("TEXT_TOO_LONG", column.name, f"char_length({value}) > {column.length}"))
    if column.windowed:
        outside = f"{value} >= timestamp'{(window[1] if window else today) + timedelta(days=1)}'"
        if window:
            outside += f" or {value} < timestamp'{window[0]}'"
        reasons.append(Finding("DATE_OUT_OF_WINDOW", column.name, outside))
    return reasons


def warnings_of(column: Column, raw: str, cell: str) -> list[Finding]:
    """Return conditions under which a value was repaired or is missing without harm."""
    warnings = [Finding("VALUE_TRIMMED", column.name, f"{cell} is not null and {cell} <> {raw}")]
    if not column.required:
        warnings.append(Finding("VALUE_MISSING", column.name, f"{cell} is null"))
    if column.kind is Kind.AMOUNT:
        warnings.append(Finding("AMOUNT_NORMALISED", column.name, f"{cell} rlike {literal('[$€£,]')}"))
    return warnings


def maybe_cut(column: Column, text: str, lob_max_size: int) -> list[Finding]:
    """Return the condition under which a text is exactly as long as DMS carries, so that it may have been cut there.

    `lob_max_size` is that length in bytes, 0 where it is not known. DMS does not say whether it means bytes of UTF-8 (a
    character is not cut in two) or of UTF-16, so both are looked for.
    """
    if not (column.lob and lob_max_size):
        return []
    as_utf8 = f"octet_length({text}) between {lob_max_size - 3} and {lob_max_size}"
    as_utf16 = f"2 * char_length({text}) = {lob_max_size}"
    return [Finding("TEXT_MAYBE_CUT", column.name, f"{as_utf8} or {as_utf16}")]


def array_of(findings: Iterable[Finding]) -> str:
    """Return the array of the findings that hold for a row, as `code:column`."""
    codes = [f"case when {each.condition} then {literal(f'{each.code}:{each.column}')} end" for each in findings]
    if not codes:
        return "try_cast(array() as array<string>)"
    return f"filter(array({', '.join(codes)}), code -> code is not null)"


def first_reason(reasons: str) -> str:
    """Return the one code by which a row with the array `reasons` is counted; NULL for a row without any."""
    ranks = ", ".join(literal(code) for code in REASONS)
    codes = f"transform({reasons}, code -> substring_index(code, ':', 1))"
    return f"try_element_at(filter(array({ranks}), code -> array_contains({codes}, code)), 1)"
