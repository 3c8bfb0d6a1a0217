"""Copying out of the terminal: by the terminal itself (OSC 52), by the desktop's own program, or into a file.

OSC 52 works over ssh but is never answered, so nobody can know whether the terminal took it; where it is known not to,
or where a desktop is at hand, its program is asked as well. What was done is always said.
"""

import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from autocorp_wizard.adapters.private_file import replace_file

# Terminals that ignore OSC 52, by what they say of themselves.
_DEAF_PROGRAMS: Final = frozenset({"Apple_Terminal"})
_DEAF_TERMS: Final = frozenset({"linux", "dumb", ""})
_PROGRAMS: Final = (
    ("pbcopy", ("pbcopy",), ""),
    ("wl-copy", ("wl-copy",), "WAYLAND_DISPLAY"),
    ("xclip", ("xclip", "-selection", "clipboard"), "DISPLAY"),
    ("xsel", ("xsel", "--clipboard", "--input"), "DISPLAY"),
    ("clip.exe", ("clip.exe",), "WSL_DISTRO_NAME"),
)
_PATIENCE_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Copied:
    """Which way a text went: the ways that were tried and did not fail, and the file where one was written."""

    ways: tuple[str, ...]
    file: Path | None = None

    @property
    def sentence(self) -> str:
        """What is said to the person."""
        if self.file is not None:
            return f"There is no clipboard here; the text is in {self.file}."
        return f"Copied by {' and by '.join(self.ways)}."


def copy(
    text: str,
    *,
    osc52: Callable[[str], None],
    environ: Mapping[str, str],
    fallback: Path,
    run: Callable[[tuple[str, ...], str], bool] | None = None,
    which: Callable[[str], str | None] = shutil.which,
) -> Copied:
    """Copy `text` by all ways that may work here; into the file `fallback` (private) where none may."""
    ways: list[str] = []
    if _hears(environ):
        osc52(text)
        ways.append("the terminal (OSC 52)")
    # Over ssh the desktop that a program would reach is the wrong one.
    if not (environ.get("SSH_TTY") or environ.get("SSH_CONNECTION")):
        for name, argv, needs in _PROGRAMS:
            if (not needs or environ.get(needs)) and which(name) and (run or _run)(argv, text):
                ways.append(name)
                break
    if ways:
        return Copied(tuple(ways))
    fallback.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_file(fallback, text + "\n")
    return Copied((), fallback)


def _hears(environ: Mapping[str, str]) -> bool:
    return environ.get("TERM_PROGRAM", "") not in _DEAF_PROGRAMS and environ.get("TERM", "") not in _DEAF_TERMS


def _run(argv: tuple[str, ...], text: str) -> bool:
    try:
        # Some stay behind to serve the clipboard, so their output is no pipe that anybody would wait for.
        done = subprocess.run(
            argv,
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
