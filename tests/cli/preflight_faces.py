"""The preflight of one home through both faces: the wizard's screen driven by keys, and the plain command."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import OptionList

from autocorp_wizard.adapters.environment_store import EnvironmentStore
from autocorp_wizard.adapters.home import Home
from autocorp_wizard.core.events import Json
from autocorp_wizard.tui.app import WizardApp
from autocorp_wizard.tui.opening import make_app
from autocorp_wizard.tui.screens.preflight import PreflightScreen
from tests.tui.driving import screen_text

LONGEST_SECONDS = 90.0
# What a look says of itself, not of what it found.
_OF_THE_LOOK = ("started", "duration_ms", "fresh_until", "summary", "evidence")
# Free space to a tenth of a GiB: other tests write while two looks are compared.
_MOVES = {("tool.disk", "findings")}


async def until(pilot: Pilot[int], holds: Callable[[], object]) -> None:
    """Wait until something holds; a real look takes seconds."""
    end = time.monotonic() + LONGEST_SECONDS
    while not holds():
        assert time.monotonic() < end, f"It never came to that. The screen:\n{screen_text(pilot.app)}"
        await pilot.pause()
        await asyncio.sleep(0.02)


@asynccontextmanager
async def screen_of(home: Path, name: str) -> AsyncIterator[tuple[Pilot[int], PreflightScreen]]:
    """The preflight's screen over the real engine, after its first look has ended."""
    store = EnvironmentStore(Home(home))
    app = make_app(Home(home), store.load(name), store=lambda: store)
    async with app.run_test(size=(160, 48)) as pilot:
        screen = PreflightScreen(name)
        app.push_screen(screen)
        await until(pilot, lambda: screen.is_mounted and screen.report.results and not screen.facts().looking)
        yield pilot, screen


async def choose(pilot: Pilot[int], screen: PreflightScreen, check: str) -> None:
    """Go to a check in the middle column."""
    view = screen.query_one("#checks", OptionList)
    view.focus()
    view.highlighted = [option.id for option in view.options].index(check)
    await pilot.pause()


async def press_and_look(pilot: Pilot[int], screen: PreflightScreen, key: str) -> None:
    """Press a key that begins a look, and wait for its end."""
    await pilot.press(key)
    await until(pilot, lambda: not screen.facts().looking)


def clipboard(pilot: Pilot[int]) -> str:
    app = pilot.app
    assert isinstance(app, WizardApp)
    return app.clipboard


def found(document: dict[str, Json]) -> dict[str, dict[str, Json]]:
    """What each check came to, without what differs from look to look."""
    results = document["results"]
    assert isinstance(results, list)
    return {
        name: {key: value for key, value in each.items() if key not in _OF_THE_LOOK and (name, key) not in _MOVES}
        for each in results
        for name in (str(each["id"]),)
    }
