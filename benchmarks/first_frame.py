"""How long the wizard takes to its first frame, beside a bare Textual application on the same terminal.

Both are started in turn as new processes on a pseudo-terminal of 80x24; the clock runs from the start of the process
until the words of its first frame are read. Run it with
`.venv/bin/python -m benchmarks.first_frame [--rounds N] [--json] [--tftui]`; with `--tftui` the peer is started in turn
as well, offline, in a folder with a state of one resource.
"""

import argparse
import json
import os
import pty
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from fcntl import ioctl
from pathlib import Path

from benchmarks import peer

TERMINAL = {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
ALTERNATE_SCREEN = b"\x1b[?1049h"
BARE = """
from textual.app import App
from textual.widgets import Static

class Bare(App):
    def compose(self):
        yield Static("AutoCorp")

Bare().run()
"""


STATE = {
    "version": 4,
    "terraform_version": "1.11.0",
    "serial": 1,
    "lineage": "small",
    "outputs": {},
    "resources": [
        {
            "mode": "managed",
            "type": "terraform_data",
            "name": "only",
            "provider": 'provider["terraform.io/builtin/terraform"]',
            "instances": [{"schema_version": 0, "attributes": {"id": "one", "input": None, "output": None}}],
        }
    ],
}


def first_frame(command: list[str], words: bytes, limit: float = 60.0) -> float:
    """Seconds from the start of `command` until it wrote `words` to its terminal; TimeoutError after `limit`."""
    started = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(command[0], command, {**os.environ, **TERMINAL})  # noqa: S606 - no shell wanted
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    seen = b""
    try:
        while words not in seen.partition(ALTERNATE_SCREEN)[2]:
            left = limit - (time.perf_counter() - started)
            if left <= 0 or not select.select([terminal], [], [], left)[0]:
                raise TimeoutError(f"{command} drew no first frame within {limit:.0f} s")
            seen += os.read(terminal, 65536)
        return time.perf_counter() - started
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)


def main() -> None:
    """Print both medians in seconds and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--tftui", action="store_true", help="start tftui as well (installed on the first call)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        contestants = [
            ([sys.executable, "-m", "autocorp_wizard", "--home", home], b"AutoCorp"),
            ([sys.executable, "-c", BARE], b"AutoCorp"),
        ]
        if options.tftui:
            (Path(home) / "terraform.tfstate").write_text(json.dumps(STATE))
            offline = ["--offline", "--disable-usage-tracking", "--no-init", "--chdir", home]
            contestants.append(([peer.command(), *offline], b"TFTUI"))
        rounds = [[first_frame(*contestant) for contestant in contestants] for _ in range(options.rounds)]
    wizard, bare, *others = (statistics.median(column) for column in zip(*rounds, strict=True))
    figures = {"wizard": wizard, "bare": bare, "ratio": wizard / bare, "rounds": rounds}
    if others:
        figures |= {"tftui": others[0], "tftui_ratio": wizard / others[0]}
    if options.json:
        print(json.dumps(figures))
    else:
        said = f", tftui {others[0]:.2f} s" if others else ""
        print(f"wizard {wizard:.2f} s, bare Textual {bare:.2f} s, ratio {wizard / bare:.2f}{said}")


if __name__ == "__main__":
    main()
