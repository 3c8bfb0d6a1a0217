"""What a key does, a click and the palette do as well; and without colour the words remain."""

import pytest
from textual.pilot import Pilot

from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.request import Request
from autocorp_wizard.tui.app import WizardApp
from tests.tui.driving import screen_text, sees, settle, wizard
from tests.tui.fakes import FakeEngine, bootstrapped
from tests.tui.handmade import apply_events, sample_plan


async def click_on(pilot: Pilot[int], text: str) -> None:
    """Click on the first place where the screen says `text`."""
    app = pilot.app
    assert isinstance(app, WizardApp)
    for y, line in enumerate(screen_text(app).splitlines()):
        if (x := line.find(text)) >= 0:
            await pilot.click(offset=(x + 1, y))
            return
    raise AssertionError(f"{text!r} is not on the screen:\n{screen_text(app)}")


async def by_key(pilot: Pilot[int]) -> None:
    await pilot.press("p")


async def by_button(pilot: Pilot[int]) -> None:
    await pilot.click("#button-steps-plan")


async def by_footer(pilot: Pilot[int]) -> None:
    await click_on(pilot, "p Plan")


async def by_palette(pilot: Pilot[int]) -> None:
    await pilot.press("f2", *"Plan (p)")
    await sees(pilot, "Ask Terraform what this phase would change.")
    await pilot.press("enter", "enter")


@pytest.mark.parametrize("way", [by_key, by_button, by_footer, by_palette])
async def test_planning_works_by_key_button_footer_and_palette(way) -> None:
    engine = bootstrapped()
    app = wizard(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "rehearsal")
        await pilot.press("enter")
        await sees(pilot, "3/7 Foundation", "p Plan")
        await way(pilot)
        await settle(pilot, lambda: engine.requests[-1].operation is Operation.PLAN)


async def test_the_map_is_clicked_as_well_as_keyed() -> None:
    app = wizard(bootstrapped())
    async with app.run_test(size=(120, 36)) as pilot:
        await sees(pilot, "rehearsal")
        await pilot.press("enter")
        await sees(pilot, "3 Foundation", "not deployed yet")
        await click_on(pilot, "2 Bootstrap")
        await sees(pilot, "Adopt and fix")


async def test_without_colour_every_state_is_said_in_words(monkeypatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    engine = bootstrapped()
    request = Request(operation=Operation.APPLY, environment="rehearsal", phase="foundation")
    run = engine.add(request, apply_events(request, sample_plan(), fails=True), written=21)
    app = wizard(engine)
    assert app.no_color
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "is still going")
        await pilot.press("enter")
        await sees(pilot, "running", "created", "3 of 8 done")
        engine.finish(run)
        await sees(pilot, "failed", "AWS refused to create a subnet.")


async def test_the_log_of_a_long_run_shows_its_end_at_once() -> None:
    engine = FakeEngine()
    request = Request(operation=Operation.APPLY, environment="rehearsal", phase="foundation")
    engine.add(request, apply_events(request, sample_plan(changes=3000)), written=9000)
    app = wizard(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "is still going")
        await pilot.press("enter", "l")
        await sees(pilot, "Log", "following", "created in 1s")
        await pilot.press("home")
        await sees(pilot, "paused, f follows", "started")
        await pilot.press("f")
        await sees(pilot, "following")
