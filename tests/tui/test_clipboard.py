"""A text gets out of the terminal by a way that works there, and the person is told which."""

import stat
from pathlib import Path

import pytest

from autocorp_wizard.tui.clipboard import copy

XTERM = {"TERM": "xterm-256color"}


class Bench:
    """What was sent where."""

    def __init__(self, programs: set[str], *, works: bool = True) -> None:
        self.programs, self.works = programs, works
        self.terminal: list[str] = []
        self.ran: list[tuple[str, ...]] = []

    def which(self, name: str) -> str | None:
        """Where a program lies."""
        return f"/usr/bin/{name}" if name in self.programs else None

    def run(self, argv: tuple[str, ...], text: str) -> bool:
        """Run it."""
        self.ran.append((*argv, text))
        return self.works

    def copy(self, environ: dict[str, str], file: Path) -> str:
        """Copy a line."""
        done = copy("ALTER", osc52=self.terminal.append, environ=environ, fallback=file, run=self.run, which=self.which)
        return done.sentence


def test_the_terminal_is_asked_first_and_a_desktop_as_well(tmp_path: Path) -> None:
    bench = Bench({"wl-copy", "xclip"})
    said = bench.copy({**XTERM, "WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, tmp_path / "copied.txt")
    assert said == "Copied by the terminal (OSC 52) and by wl-copy."
    assert (bench.terminal, bench.ran) == (["ALTER"], [("wl-copy", "ALTER")])


def test_over_ssh_only_the_terminal_can_reach_the_person(tmp_path: Path) -> None:
    bench = Bench({"xclip"})
    said = bench.copy({**XTERM, "DISPLAY": ":0", "SSH_TTY": "/dev/pts/1"}, tmp_path / "copied.txt")
    assert said == "Copied by the terminal (OSC 52)."
    assert bench.ran == []


def test_a_terminal_that_ignores_the_sequence_is_not_believed(tmp_path: Path) -> None:
    bench = Bench({"pbcopy"})
    assert bench.copy({**XTERM, "TERM_PROGRAM": "Apple_Terminal"}, tmp_path / "c.txt") == "Copied by pbcopy."
    assert bench.terminal == []


@pytest.mark.parametrize("works", [True, False])
def test_where_nothing_works_the_text_is_in_a_private_file(works: bool, tmp_path: Path) -> None:
    bench = Bench(set() if works else {"xsel"}, works=works)
    file = tmp_path / "new" / "copied.txt"
    said = bench.copy({"TERM": "linux", "DISPLAY": ":0"}, file)
    assert said == f"There is no clipboard here; the text is in {file}."
    assert file.read_text() == "ALTER\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
