"""Comparing two copies: one canonical text per value, checksums equal where all values are, the first difference."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from autocorp_wizard.core.reconciliation import Comparison, Standing, TableResult, canonical


def compare(source: list[tuple], lake: list[tuple], columns: tuple[str, ...] = ("id", "value")) -> TableResult:
    return Comparison("t", columns).run(iter(source), iter(lake), commit="c", at=None)


MOMENT = datetime(2024, 2, 29, 12, 30, 0, 120)  # noqa: DTZ001  (as the source keeps it)


@pytest.mark.parametrize(
    ("source", "lake"),
    [
        (Decimal("15.00"), Decimal("15")),
        (15, Decimal("15.0000")),
        (Decimal("-0.00"), 0),
        (Decimal("1E+3"), 1000),
        (Decimal("1234567890123456789012345678901234.5600"), Decimal("1234567890123456789012345678901234.56")),
        (MOMENT, MOMENT.replace(tzinfo=UTC)),
        (MOMENT, (MOMENT + timedelta(hours=2)).replace(tzinfo=timezone(timedelta(hours=2)))),
        (True, "true"),
        (None, None),
    ],
)
def test_the_same_value_in_another_type_is_the_same(source: object, lake: object):
    assert canonical(source) == canonical(lake)
    result = compare([(1, source)], [(1, lake)])
    assert result.standing is Standing.EQUAL
    assert result.source == result.lake


@pytest.mark.parametrize(
    ("source", "lake"),
    [
        (None, ""),
        (Decimal("0.10"), Decimal("0.01")),
        (MOMENT, MOMENT + timedelta(microseconds=1)),
        ("a", "a "),
        (date(2024, 1, 1), date(2024, 1, 2)),
        (100, 10),
    ],
)
def test_values_that_differ_are_named_with_their_column(source: object, lake: object):
    result = compare([(1, source)], [(1, lake)])
    assert (result.standing, result.changed) == (Standing.DIFFERENT, 1)
    assert result.first is not None
    assert result.first.columns == (("value", canonical(source), canonical(lake)),)
    assert result.source is not None
    assert result.lake is not None
    assert result.source.keys == result.lake.keys
    assert result.source.checksum != result.lake.checksum
    assert "values" not in result.as_document(values=False)["first"]


def test_the_first_difference_is_the_first_by_key():
    source = [(1, "a"), (2, "b"), (3, "c"), (10, "d")]
    lake = [(1, "a"), (3, "x"), (4, "y"), (10, "d"), (10, "d")]
    result = compare(source, lake)
    assert (result.missing, result.extra, result.changed) == (1, 2, 1)
    assert result.first is not None
    assert (result.first.key, result.first.what) == ("2", "It is in the source and not in the lake.")
    assert result.sentence.startswith("4 rows in the source, 5 in the lake: 1 missing in the lake, 2 only in the lake")
    assert compare([(10, "d")], [(10, "d"), (10, "d")]).first.what == "It is there more than once."  # type: ignore[union-attr]


def test_texts_do_not_run_into_each_other():
    columns = ("id", "a", "b")
    assert compare([(1, "x", "yz")], [(1, "xy", "z")], columns).changed == 1
    assert compare([(1, "1:x", None)], [(1, None, "1:x")], columns).changed == 1


def test_a_side_that_is_not_sorted_is_no_side():
    with pytest.raises(ValueError, match="not sorted"):
        compare([(2, "b"), (1, "a")], [(1, "a"), (2, "b")])


@given(
    some.dictionaries(some.integers(-50, 50), some.text(max_size=3), max_size=20),
    some.dictionaries(some.integers(-50, 50), some.text(max_size=3), max_size=20),
)
def test_counts_are_those_of_the_naive_comparison(source: dict[int, str], lake: dict[int, str]):
    result = compare(sorted(source.items()), sorted(lake.items()))
    assert result.missing == len(source.keys() - lake.keys())
    assert result.extra == len(lake.keys() - source.keys())
    assert result.changed == sum(source[key] != lake[key] for key in source.keys() & lake.keys())
    assert (result.standing is Standing.EQUAL) == (source == lake) == (result.source == result.lake)


@given(some.sets(some.text(max_size=4), max_size=20))
def test_keys_that_are_texts_are_sorted_as_the_databases_sort_them(keys: set[str]):
    rows = [(key, 1) for key in sorted(keys, key=lambda key: key.encode("utf-8", "surrogatepass"))]
    assert compare(rows, rows).standing is Standing.EQUAL
