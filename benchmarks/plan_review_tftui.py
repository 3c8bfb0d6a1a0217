"""tftui's half of plan_review.py, run by the interpreter that has tftui: its plan pane, fed with the plan's text."""

import asyncio
import json
import sys
import time
from pathlib import Path

from textual.app import App, ComposeResult
from tftui.widgets.plan_view import PlanView


class Pane(App):
    """Nothing but the pane that tftui shows a plan in."""

    def compose(self) -> ComposeResult:
        """The pane."""
        yield PlanView(id="plan")


async def measure(path: Path, needle: str) -> dict[str, float]:
    """Open and search; seconds by name."""
    app = Pane()
    async with app.run_test(size=(160, 48)) as pilot:
        await pilot.pause()
        view = app.query_one(PlanView)
        began = time.perf_counter()
        view.begin(follow=False)
        for line in path.read_text().splitlines():
            view.feed(line)
        await pilot.pause()
        opened = time.perf_counter() - began
        began = time.perf_counter()
        view.search(needle)
        await pilot.pause()
        return {"open": opened, "search": time.perf_counter() - began}


print(json.dumps(asyncio.run(measure(Path(sys.argv[1]), sys.argv[2]))))
