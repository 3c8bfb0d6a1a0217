"""The installed command on a real terminal: what it writes, what it does when the terminal goes, and the mouse."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from autocorp_wizard.rehearsal.cloud import RehearsalCloud

pytestmark = pytest.mark.slow

_COMMAND = Path(sys.executable).parent / "autocorp-wizard"
_DEADLINE = 60
_CODES = re.compile(rb"\x1b\[[0-9;?<>=]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>]")
MOUSE_ON, SCREEN_ON, SCREEN_OFF = b"\x1b[?1000h", b"\x1b[?1049h", b"\x1b[?1049l"


class Terminal:
    """A pseudo-terminal with the wizard in it; `raw` is everything that came out of it."""

    def __init__(self, home: Path, *options: str, size: tuple[int, int] = (80, 24), **variables: str) -> None:
        self.master, slave = pty.openpty()
        self.raw = b""
        self.resize(*size)
        ours = ("AWS_", "AUTOCORP_", "TEXTUAL", "COLUMNS", "LINES")  # the size is the window's
        environment = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
        self.process = subprocess.Popen(
            [str(_COMMAND), "--home", str(home), *options],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            # Its controlling terminal, as a shell would give it; nothing here runs in threads.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
            env=environment | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"} | variables,
        )
        os.close(slave)

    def resize(self, width: int, height: int) -> None:
        """Give the window another size; the kernel tells whoever is in it."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def read_until(self, *wanted: bytes) -> bytes:
        """Read until all of it was written since now; fail with what came instead."""
        begin, ends = len(self.raw), time.monotonic() + _DEADLINE
        while time.monotonic() < ends:
            new = self.raw[begin:]
            if all(each in new or each in _CODES.sub(b"", new) for each in wanted):
                return new
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    self.raw += os.read(self.master, 65536)
                except OSError:
                    break
            elif self.process.poll() is not None:
                break
        raise AssertionError(f"{wanted} never came:\n{_CODES.sub(b'', self.raw[begin:])[-2000:]!r}")

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self.master, keys.encode())

    def ended(self) -> int:
        """Wait for the end and return the exit code, negative for a signal; what is still written is read."""
        ends = time.monotonic() + _DEADLINE
        while self.process.poll() is None and time.monotonic() < ends:
            if self.master >= 0 and select.select([self.master], [], [], 0.2)[0]:
                try:
                    self.raw += os.read(self.master, 65536)
                except OSError:
                    self.close()
        return self.process.wait(1)

    def close(self) -> None:
        """Close the window."""
        if self.master >= 0:
            os.close(self.master)
            self.master = -1


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[list[Terminal]]:
    """Terminals that a test opened; whatever is left of them is ended."""
    made: list[Terminal] = []
    yield made
    for terminal in made:
        if terminal.process.poll() is None:
            terminal.process.kill()
            terminal.process.wait()
        terminal.close()


def open_wizard(opened: list[Terminal], home: Path, *options: str, **variables: str) -> Terminal:
    """Open one and wait for its first screen."""
    terminal = Terminal(home, *options, **variables)
    opened.append(terminal)
    terminal.read_until(SCREEN_ON, b"New environment")
    return terminal


def test_it_takes_the_mouse_and_leaves_the_terminal_as_it_was(opened: list[Terminal], tmp_path: Path) -> None:
    terminal = open_wizard(opened, tmp_path)
    assert MOUSE_ON in terminal.raw
    terminal.type("q")
    assert terminal.ended() == 0
    assert SCREEN_OFF in terminal.raw


def test_without_the_mouse_not_one_code_asks_for_it(opened: list[Terminal], tmp_path: Path) -> None:
    terminal = open_wizard(opened, tmp_path, "--no-mouse")
    terminal.type("q")
    assert terminal.ended() == 0
    assert not re.search(rb"\x1b\[\?10(00|02|03|06|15)h", terminal.raw)


def test_it_opens_on_the_dashboard_and_one_step_back_is_the_list(opened: list[Terminal], tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "dashboard", "--env", "rehearsal")
    opened.append(terminal)
    try:
        # The rehearsal cloud is started by the first look; nothing is deployed there yet.
        terminal.read_until(SCREEN_ON, b"Dashboard", b"nothing is deployed")
        terminal.type("\x1b")
        terminal.read_until(b"New environment")
        terminal.type("q")
        assert terminal.ended() == 0
    finally:
        RehearsalCloud(tmp_path).stop()


def test_a_window_that_grows_is_used(opened: list[Terminal], tmp_path: Path) -> None:
    terminal = open_wizard(opened, tmp_path, "rehearse")
    terminal.type("o")
    terminal.read_until(b"1/7 Environment")
    terminal.resize(160, 48)
    terminal.read_until(b"7 DataSync")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP], ids=lambda each: each.name)
def test_a_signal_ends_it_and_nothing_is_left(opened: list[Terminal], tmp_path: Path, how: signal.Signals) -> None:
    terminal = open_wizard(opened, tmp_path)
    terminal.process.send_signal(how)
    assert terminal.ended() in {-how, 128 + how, 0}
    with pytest.raises(ProcessLookupError):
        os.killpg(terminal.process.pid, 0)


def test_a_window_that_is_closed_ends_it(opened: list[Terminal], tmp_path: Path) -> None:
    terminal = open_wizard(opened, tmp_path)
    terminal.close()
    terminal.ended()
    with pytest.raises(ProcessLookupError):
        os.killpg(terminal.process.pid, 0)


def test_no_colour_is_written_where_none_is_wanted(opened: list[Terminal], tmp_path: Path) -> None:
    terminal = open_wizard(opened, tmp_path, NO_COLOR="1")
    colours = set(re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", terminal.raw))
    assert all(red == green == blue for red, green, blue in colours), "only greys are left"


def test_preferences_that_cannot_be_used_are_refused_before_the_screen_changes(tmp_path: Path) -> None:
    (tmp_path / "preferences.yaml").write_text("keys: {steps.plan: q}\n")
    terminal = Terminal(tmp_path)
    try:
        terminal.read_until(b"q would be both")
        assert terminal.ended() == 2
        assert SCREEN_ON not in terminal.raw
    finally:
        terminal.close()
