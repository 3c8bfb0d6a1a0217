"""The source's password comes in by every door but an argument, and no message repeats it."""

import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocorp_wizard.adapters import secret_input
from autocorp_wizard.core.errors import UsageError

HERE = {"host": "db.example.com", "port": 5432, "database": "autocorp", "user": "dms"}


def passfile(tmp_path: Path, text: str, mode: int = 0o600) -> dict[str, str]:
    path = tmp_path / "pgpass"
    path.write_text(text)
    path.chmod(mode)
    return {"PGPASSFILE": str(path)}


@pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n"])
def test_stdin_is_read_to_its_end(ending: bytes) -> None:
    assert secret_input.from_stream(io.BytesIO("pä ss".encode() + ending)) == "pä ss"


def test_a_descriptor_is_read_and_closed() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"s3cret\n")
    os.close(writer)
    assert secret_input.from_descriptor(reader) == "s3cret"
    with pytest.raises(OSError):
        os.fstat(reader)


def test_a_descriptor_that_is_not_open_is_named() -> None:
    with pytest.raises(UsageError, match="987") as caught:
        secret_input.from_descriptor(987)
    assert caught.value.code == "SECRET-FD"


def test_a_variable_is_named_not_guessed() -> None:
    assert secret_input.from_variable("X", {"X": "s3cret"}) == "s3cret"
    with pytest.raises(UsageError, match="variable Y"):
        secret_input.from_variable("Y", {"X": "s3cret"})


@pytest.mark.parametrize("text", ["", "\n", "first\nsecond", "nul\0", "x" * 2000])
def test_what_cannot_be_a_password_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        secret_input.accept(text)
    assert not text.strip() or text not in str(caught.value)


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(UsageError):
        secret_input.from_stream(io.BytesIO(b"\xff\xfe"))


def test_pgpassword_goes_before_the_file(tmp_path: Path) -> None:
    environ = passfile(tmp_path, "*:*:*:*:from-file\n") | {"PGPASSWORD": "from-variable"}
    assert secret_input.from_postgres(environ, **HERE) == "from-variable"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("db.example.com:5432:autocorp:dms:right\n", "right"),
        ("# db.example.com:5432:autocorp:dms:comment\n*:*:*:dms:right\n", "right"),
        ("other:5432:autocorp:dms:wrong\n*:5432:*:*:first\n*:*:*:*:second\n", "first"),
        (r"*:*:*:dms:with\:colon\\and" + "\n", r"with:colon\and"),
        ("*:*:*:somebody:wrong\n", ""),
        ("*:*:*:dms\n", ""),
        ("", ""),
    ],
)
def test_the_file_is_read_as_postgresql_reads_it(tmp_path: Path, text: str, expected: str) -> None:
    assert secret_input.from_postgres(passfile(tmp_path, text), **HERE) == expected  # type: ignore[arg-type]


def test_the_file_of_the_home_directory_is_the_last_resort(tmp_path: Path) -> None:
    (tmp_path / ".pgpass").write_text("*:*:*:*:from-home\n")
    (tmp_path / ".pgpass").chmod(0o600)
    assert secret_input.from_postgres({"HOME": str(tmp_path)}, **HERE) == "from-home"  # type: ignore[arg-type]
    assert secret_input.from_postgres({}, **HERE) == ""  # type: ignore[arg-type]


def test_a_file_that_others_can_read_is_not_used_in_silence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="chmod 600") as caught:
        secret_input.from_postgres(passfile(tmp_path, "*:*:*:*:s3cret\n", 0o644), **HERE)  # type: ignore[arg-type]
    assert "s3cret" not in str(caught.value)


@given(st.text(st.characters(exclude_characters="\0\n\r", codec="utf-8"), min_size=1, max_size=200))
def test_any_password_survives_the_file(text: str) -> None:
    escaped = text.replace("\\", "\\\\").replace(":", "\\:")
    assert list(secret_input._fields(f"*:*:*:*:{escaped}"))[4] == text


@given(st.text(st.characters(exclude_characters="\0\n\r", codec="utf-8"), min_size=1, max_size=200))
def test_any_password_survives_stdin(text: str) -> None:
    assert secret_input.from_stream(io.BytesIO(text.encode() + b"\n")) == text
