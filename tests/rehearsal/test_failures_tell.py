"""A failed test says what its cloud saw."""

from pathlib import Path

from tests.cloud_report import LINES, last_words


def test_the_last_lines_of_both_logs_are_told(tmp_path: Path) -> None:
    assert last_words(tmp_path) == ""
    calls = [f"call {number}" for number in range(LINES + 2)]
    (tmp_path / "cloud.log").write_text("\n".join(calls))
    (tmp_path / "cloud-errors.log").write_bytes(b"broken \xff\n")
    log, errors = last_words(tmp_path).split("\n\n")
    assert log.splitlines()[1:] == calls[2:]
    assert errors.splitlines()[0].endswith("cloud-errors.log:")
