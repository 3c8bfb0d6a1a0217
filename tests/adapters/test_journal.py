"""The journal: whole lines only, no gaps, and what was cut does no harm."""

import os
from pathlib import Path

import pytest

from autocorp_wizard.adapters.journal import JournalReader, JournalWriter, last_event, read_journal
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.events import JournalTooNewError, LogWritten


def write(path: Path, *texts: str) -> None:
    writer = JournalWriter(path, "r")
    for text in texts:
        writer.append(LogWritten(text=text))
    writer.close()


def test_sequence_numbers_go_on_where_the_last_writer_stopped(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, "a", "b")
    write(path, "c")
    assert [e.seq for e in read_journal(path)] == [1, 2, 3]


def test_a_reader_never_takes_a_half_written_line(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, "a", "b")
    data = path.read_bytes()
    for cut in range(len(data)):
        path.write_bytes(data[:cut])
        whole = data[:cut].count(b"\n")
        assert len(read_journal(path)) == whole


def test_a_reader_goes_on_when_the_line_is_completed(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, "a", "b")
    data = path.read_bytes()
    path.write_bytes(data[:-10])
    reader = JournalReader(path)
    assert len(reader.read()) == 1
    path.write_bytes(data)
    assert [e.seq for e in reader.read()] == [2]
    assert reader.read() == []


def test_a_writer_cuts_off_what_was_left_half_written(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, "a", "b")
    path.write_bytes(path.read_bytes()[:-5])
    write(path, "c")
    assert [(e.seq, e.event) for e in read_journal(path)] == [(1, LogWritten(text="a")), (2, LogWritten(text="c"))]


def test_a_damaged_line_in_the_middle_is_counted_and_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    write(path, "a", "b", "c")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"\x00\xff rubbish\n" + lines[2])
    reader = JournalReader(path)
    assert [e.seq for e in reader.read()] == [1, 3]
    assert reader.damaged == 1


def test_a_newer_journal_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    path.write_text('{"v":99,"seq":1,"at":"2026-11-23T08:00:00Z","run":"r","kind":"log.written","text":"x"}\n')
    with pytest.raises(JournalTooNewError):
        read_journal(path)


def test_the_last_event_is_found_without_reading_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    assert last_event(path) is None
    write(path, *[f"{n} " + "x" * 1000 for n in range(400)])
    found = last_event(path)
    assert found is not None
    assert found.seq == 400


def test_a_full_disk_is_said_in_words_and_leaves_no_half_line(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    writer = JournalWriter(tmp_path / "journal.jsonl", "r")
    writer._descriptor = os.open(full, os.O_WRONLY | os.O_APPEND)
    with pytest.raises(WizardError) as caught:
        writer.append(LogWritten(text="x"))
    assert caught.value.code == "DISK-FULL"
    assert writer.seq == 0
