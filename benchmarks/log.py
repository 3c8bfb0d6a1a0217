"""A log of 200,000 lines: from a key to the painted screen, and the memory, beside Textual's own RichLog and Log.

Each contestant runs headless in a process of its own at 160x48 and is filled with the same lines. *End*, *home* and
*page up* go from the key to the painted screen (medians of ten); *find* seeks a text that stands at the end; memory is
what the process grew by. The wizard's figures hold its own store of lines, with times and tones. Run it with
`.venv/bin/python -m benchmarks.log [--lines N] [--json]`.
"""

import argparse
import asyncio
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Log, RichLog

from autocorp_wizard.tui.log_lines import LogLine
from autocorp_wizard.tui.widgets.log_view import LogView
from benchmarks.child import figures_of

AT = datetime(2026, 11, 23, tzinfo=UTC)
KEYS = ("end", "home", "pageup")
NEEDLE = "needle in the last line"


def text_of(number: int, last: int) -> str:
    """Return a line as a run writes it."""
    tail = f" {NEEDLE}" if number == last else ""
    return f"module.s3.aws_s3_object.many[{number}]: created in {number % 9}s{tail}"


class Contestant(App[None]):
    """An application that shows nothing but one kind of log."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def compose(self) -> ComposeResult:
        """The log."""
        yield {"wizard": LogView, "richlog": RichLog, "log": Log}[self.kind](id="log")


def fill(app: Contestant, lines: int) -> None:
    """Give it all lines."""
    widget = app.query_one("#log")
    if isinstance(widget, LogView):
        store = [LogLine(AT + timedelta(seconds=n), "good", text_of(n, lines - 1)) for n in range(lines)]
        widget.show(store)
    elif isinstance(widget, RichLog):
        for number in range(lines):
            widget.write(text_of(number, lines - 1))
    elif isinstance(widget, Log):
        widget.write_lines(text_of(number, lines - 1) for number in range(lines))


async def timed(pilot: Pilot[None], act: Callable[[], object]) -> float:
    """Return the seconds until what an act leads to is painted."""
    began = time.perf_counter()
    found = act()
    if asyncio.iscoroutine(found):
        await found
    await pilot.pause()
    return time.perf_counter() - began


async def measure(kind: str, lines: int) -> dict[str, float]:
    """Return the figures of one contestant: seconds, and megabytes that it grew by."""
    app = Contestant(kind)
    async with app.run_test(size=(160, 48)) as pilot:
        await pilot.pause()
        app.query_one("#log").focus()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        figures = {"fill": await timed(pilot, lambda: fill(app, lines))}
        figures["megabytes"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        for key in KEYS:
            figures[key] = statistics.median([await timed(pilot, lambda key=key: pilot.press(key)) for _ in range(10)])
        view = app.query_one("#log")
        if isinstance(view, LogView):
            await pilot.press("home")
            figures["find"] = await timed(pilot, lambda: view.find(NEEDLE))
            figures["filter"] = await timed(pilot, lambda: view.filter(NEEDLE))
    return figures


def main() -> None:
    """Print a row per contestant."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(asyncio.run(measure(options.child, options.lines))))
        return
    rows: dict[str, dict[str, float]] = {}
    for kind in ("wizard", "richlog", "log"):
        command = [sys.executable, "-m", "benchmarks.log", "--child", kind, "--lines", str(options.lines)]
        rows[kind] = figures_of(command)
    if options.json:
        print(json.dumps({"lines": options.lines, "figures": rows}))
        return
    for kind, figures in rows.items():
        told = ", ".join(
            f"{name} {value:.0f} MB" if name == "megabytes" else f"{name} {value * 1000:.0f} ms"
            for name, value in figures.items()
        )
        print(f"{kind:<8} {told}")


if __name__ == "__main__":
    main()
