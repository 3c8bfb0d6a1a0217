"""The one place that writes: words for people, tables, error cards, and JSON for machines.

With `--json` stdout carries nothing but JSON, and people's words go to stderr. Without it, results go to stdout;
hints and errors go to stderr, so that a pipe gets results only. Nothing that came from outside can move the cursor.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

from autocorp_wizard.core.errors import WizardError

if TYPE_CHECKING:
    from rich.console import Console as RichConsole

    from autocorp_wizard.core.events import Envelope, Json

# Plain output is as wide as this where no terminal says its width.
_WIDTH = 100

_STYLES = {"good": "green", "warn": "yellow", "error": "bold red", "dim": "dim", "strong": "bold"}


class ReaderLeft(Exception):  # noqa: N818  (an outcome, not a fault)
    """Whoever read our output went away (`| head`)."""


def printable(text: str) -> str:
    """Return `text` without control characters; line breaks stay."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text.replace("\t", "    "))


class Console:
    """Where this call writes, and how."""

    def __init__(self, *, json: bool = False, quiet: bool = False, verbose: bool = False, color: bool = True) -> None:
        self.json = json
        self.quiet = quiet
        self.verbose = verbose
        # Set while a command that answers works: its progress is no part of the answer.
        self.beside = False
        # The console that a display redraws itself on: lines must go through it to land above the display.
        self.above_live: RichConsole | None = None
        self._color = color
        self._rich: dict[int, RichConsole] = {}

    @property
    def words(self) -> TextIO:
        """Where people's words go."""
        return sys.stderr if self.json or self.beside else sys.stdout

    @property
    def is_live(self) -> bool:
        """Whether a display may redraw itself: people's words go to a terminal."""
        return not self.json and not self.quiet and self._color_terminal(self.words)

    def rich(self, stream: TextIO | None = None) -> "RichConsole":
        """Return the rich console of a stream (by default where people's words go)."""
        from rich.console import Console as RichConsole

        target = stream or self.words
        known = self._rich.get(id(target))
        if known is None:
            is_terminal = target.isatty()
            known = RichConsole(
                file=target,
                no_color=not self._color,
                highlight=False,
                emoji=False,
                markup=False,
                soft_wrap=not is_terminal,
                width=None if is_terminal else _WIDTH,
            )
            self._rich[id(target)] = known
        return known

    def document(self, document: "Mapping[str, Json]") -> None:
        """Write the one JSON document of a command that answers; nothing without --json."""
        if self.json:
            self._write(sys.stdout, json.dumps(document, ensure_ascii=False, indent=2))

    def event(self, envelope: "Envelope") -> None:
        """Write one event of a command that runs."""
        if self.json:
            self._write(sys.stdout, envelope.to_json())

    def result(self, text: str) -> None:
        """Write the text that was asked for, as it is, to stdout; --quiet does not silence it."""
        if not self.json:
            self._write(sys.stdout, text)

    def say(self, text: str, tone: str = "") -> None:
        """Tell people what happens; --quiet silences it."""
        if not self.quiet:
            self._styled(self.words, text, tone)

    def detail(self, text: str) -> None:
        """Tell people who asked for more (-v)."""
        if self.verbose:
            self._styled(self.words, text, "dim")

    def hint(self, text: str) -> None:
        """Tell people something beside the result, on stderr."""
        if not self.quiet:
            self._styled(sys.stderr, text, "dim")

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Write a table: drawn for a terminal, columns padded with blanks elsewhere. Cells are cleaned."""
        if self.json:
            return
        cells = [[printable(cell) for cell in row] for row in rows]
        if not sys.stdout.isatty():
            widths = [max(len(row[i]) for row in [list(columns), *cells]) for i in range(len(columns))]
            for row in [list(columns), *cells]:
                padded = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
                self._write(sys.stdout, padded.rstrip())
            return
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in cells:
            table.add_row(*(Text(cell) for cell in row))
        self.rich(sys.stdout).print(table)

    def styled_result(self, text: str, tone: str = "") -> None:
        """Write a line of the result to stdout, in its tone where a terminal shows it."""
        if not self.json:
            self._styled(sys.stdout, text, tone)

    def error(self, error: WizardError, *, document: bool = True) -> None:
        """Show an error: a card for people on stderr, and with --json the error document on stdout.

        `document` is False where stdout has its JSON already.
        """
        if self.json and document:
            card: dict[str, object] = {"schema": "autocorp-wizard/error/1", "error": dict(error.as_document())}
            self._write(sys.stdout, json.dumps(card, ensure_ascii=False))
        self._styled(sys.stderr, f"Error: {error.what}  [{error.code}]", "error")
        if error.why:
            self._styled(sys.stderr, f"  Why:  {error.why}", "")
        if error.next_step:
            self._styled(sys.stderr, f"  Next: {error.next_step}", "")
        if error.details and self.verbose:
            self._styled(sys.stderr, error.details, "dim")

    def _styled(self, stream: TextIO, text: str, tone: str) -> None:
        text = printable(text)
        style = _STYLES.get(tone, "")
        above = self.above_live if stream is self.words else None
        if above is not None or (style and self._color_terminal(stream)):
            from rich.text import Text

            # The terminal breaks long lines itself: an address that is copied must stay in one piece.
            (above or self.rich(stream)).print(Text(text, style=style), soft_wrap=True)
        else:
            self._write(stream, text)

    def _color_terminal(self, stream: TextIO) -> bool:
        return self._color and stream.isatty()

    @staticmethod
    def _write(stream: TextIO, text: str) -> None:
        # A C locale must not turn a name with an accent into a crash.
        encoding = stream.encoding or "utf-8"
        try:
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
            stream.flush()
        except BrokenPipeError:
            # Python flushes once more at exit, and must not complain then either.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            raise ReaderLeft from None
