"""The first frame comes before the AWS SDK, the database driver, the emulator and Markdown are loaded."""

import json
import subprocess
import sys

# Our own that cost most: the events, the form's answers, and every screen but the first.
LATER = {
    "autocorp_wizard.core.events",
    "autocorp_wizard.core.fields",
    "autocorp_wizard.rollout.engine",
    "autocorp_wizard.tui.overview",
    "autocorp_wizard.tui.screens.run",
    "autocorp_wizard.tui.screens.steps",
}
HEAVY = {"boto3", "botocore", "psycopg", "moto", "flask", "questionary", "python_terraform", "markdown_it"}

PROGRAM = """
import asyncio, json, sys
from pathlib import Path
from autocorp_wizard.adapters.home import Home
from autocorp_wizard.tui.opening import make_app
from autocorp_wizard.tui.screens.start import StartScreen

# What is looked at comes after the first frame, in a thread, and so at a moment that nobody knows.
StartScreen.look = lambda self: None

async def first_frame():
    app = make_app(Home(Path(sys.argv[1])))
    seen = []
    app.call_after_refresh(lambda: seen.extend(sorted(sys.modules)))
    async with app.run_test(size=(80, 24)) as pilot:
        while not seen:
            await pilot.pause()
    print(json.dumps(seen))

asyncio.run(first_frame())
"""


def test_the_first_frame_loads_no_sdk_and_no_driver(tmp_path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True, check=True, timeout=120
    )
    loaded = {name.split(".")[0] for name in json.loads(done.stdout)} | set(json.loads(done.stdout))
    assert loaded & (HEAVY | LATER) == set()
    assert "textual" in loaded, "the program did draw"
