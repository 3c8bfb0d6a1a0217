"""How the tests drive the wizard: one way to wait, one way to see."""

import asyncio
from collections.abc import Callable

from textual.pilot import Pilot

from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.likings import Likings
from autocorp_wizard.tui.app import WizardApp
from autocorp_wizard.tui.session import Session
from tests.tui.fakes import FakeEngine, FakeStore, rehearsal
from tests.tui.handmade import NOW

_TURNS = 400


def wizard(
    engine: FakeEngine | None = None,
    *environments: Environment,
    proposed: Environment | None = None,
    likings: Likings | None = None,
) -> WizardApp:
    """A wizard over a fake engine; without environments, one on the rehearsal."""
    fake = engine or FakeEngine()
    store = FakeStore(*(environments if environments or proposed else (rehearsal(),)))
    return WizardApp(
        Session(lambda: store, lambda: fake, now=lambda: NOW, proposed=proposed, likings=likings or Likings())
    )


def screen_text(app: WizardApp) -> str:
    """The screen as a person reads it, a line per row."""
    lines = app.screen._compositor.render_strips(app.size)  # the only way to the composed screen; named on purpose
    return "\n".join(strip.text.rstrip() for strip in lines)


async def settle(pilot: Pilot[int], until: Callable[[], bool | object]) -> None:
    """Let the wizard work until `until` holds; where it never does, fail with the screen as text."""
    app = pilot.app
    assert isinstance(app, WizardApp)
    for turn in range(_TURNS):
        await pilot.pause()
        if until():
            return
        if turn > 5:
            await asyncio.sleep(0.01)  # threads need the processor; this is no wait for a fixed time
    raise AssertionError(f"It never came to that. The screen:\n{screen_text(app)}")


async def sees(pilot: Pilot[int], *words: str) -> str:
    """Wait until the screen shows all these words; return the screen."""
    app = pilot.app
    assert isinstance(app, WizardApp)

    def shown() -> bool:
        screen = screen_text(app)  # drawn once per look: it is what these tests spend their time on
        return all(word in screen for word in words)

    await settle(pilot, shown)
    return screen_text(app)


async def at_step(pilot: Pilot[int], number: str = "") -> None:
    """Go from the first screen to the steps of the rehearsal, and to one of them where its number is given."""
    await sees(pilot, "rehearsal")
    await pilot.press("enter")
    await sees(pilot, "Foundation")
    if number:
        await pilot.press(number)
