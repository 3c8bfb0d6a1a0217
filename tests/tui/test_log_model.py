"""The rows of a log: found, filtered, broken; carried on as lines come."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from autocorp_wizard.tui.log_lines import LogLine
from autocorp_wizard.tui.log_model import HEAD, LogModel

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
TEXTS = st.lists(st.text(st.characters(codec="ascii", categories=["L", "N", "Zs"]), max_size=60), max_size=30)


def store(texts: list[str]) -> list[LogLine]:
    return [LogLine(AT, "info", text) for text in texts]


def rows(model: LogModel) -> list[str]:
    return ["".join(part for part, _ in model.parts(row))[HEAD:] for row in range(model.rows)]


def test_a_filter_leaves_the_lines_that_hold_its_text_and_goes_on_as_lines_come():
    lines = store(["bucket created", "role created", "Bucket policy"])
    model = LogModel()
    model.take(lines)
    assert model.filter_by("BUCKET") == 2
    assert rows(model) == ["bucket created", "Bucket policy"]
    lines += store(["key created", "bucket done"])
    assert model.take(lines) == 1
    assert rows(model)[-1] == "bucket done"
    assert model.filter_by("") == 5


def test_what_is_sought_stands_out_and_its_rows_are_known():
    model = LogModel()
    model.take(store(["one", "two bucket three", "four"]))
    model.needle = "bucket"
    assert model.hits("Bucket") == [1]
    assert [tone for _, tone in model.parts(1)] == ["dim", "", "find", ""]


@given(TEXTS, st.integers(20, 50), st.integers(0, 30))
def test_broken_lines_lose_nothing_and_are_carried_on(texts, width, first):
    lines = store(texts[:first])
    model = LogModel()
    model.take(lines)
    model.wrap(width + HEAD)
    lines += store(texts[first:])
    model.take(lines)
    whole = LogModel()
    whole.take(store(texts))
    whole.wrap(width + HEAD)
    assert rows(model) == rows(whole)
    assert "".join(rows(model)) == "".join(texts)
    assert all(len(row) <= width for row in rows(model))
    for row in range(model.rows):
        assert model.row_of(model.line_at(row)) <= row
    model.wrap(0)
    assert rows(model) == texts


@given(TEXTS, st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=3), st.integers(20, 50))
def test_a_filter_and_breaking_go_together(texts, wanted, width):
    model = LogModel()
    model.take(store(texts))
    model.wrap(width + HEAD)
    model.filter_by(wanted)
    assert "".join(rows(model)) == "".join(text for text in texts if wanted.lower() in text.lower())
