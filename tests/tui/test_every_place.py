"""Every screen and dialog at every size: nothing falls over, the environment is named, the first button can be hit."""

import pytest
from textual.geometry import Offset
from textual.widget import Widget
from textual.widgets import Button

from autocorp_wizard.tui.app import WizardApp
from tests.tui.driving import screen_text, settle
from tests.tui.tour import PLACES, Place, at, opened

OTHERS = ((40, 10), (60, 16), (61, 17), (79, 24), (99, 30), (100, 30), (140, 36), (160, 48), (200, 60), (200, 12))
ROOMY = (80, 24)


def wanting(app: WizardApp, place: Place) -> list[str]:
    """Return what is missing on the screen: the words of the place, the environment's name, the first button."""
    screen, text = app.screen, screen_text(app)
    missing = [word for word in place.words if word not in text]
    name = "rehearsal-prod" if place.production else "rehearsal"
    # In the lists the names stand in the rows; a dialog may lie over the line that bears it.
    if place.scope and name not in (text if place.scope in {"start", "runs"} else text.splitlines()[0]):
        missing.append(f"the name {name}")
    first = next((button for button in screen.query(Button) if _is_displayed(button)), None)
    if first is not None and not _can_be_hit(app, first):
        missing.append(f"the button {first.label}")
    return missing


def _is_displayed(button: Button) -> bool:
    return all(node.display for node in button.ancestors_with_self if isinstance(node, Widget))


def _can_be_hit(app: WizardApp, button: Button) -> bool:
    """Whether a click in its middle arrives at it."""
    middle = Offset(button.region.x + button.region.width // 2, button.region.y)
    if not button.region.area or not app.screen.region.contains_region(button.region):
        return False
    return app.screen.get_widget_at(*middle)[0] is button


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
async def test_from_80_by_24_everything_of_a_place_is_there(place: Place) -> None:
    app = opened(place)
    async with app.run_test(size=ROOMY) as pilot:
        await place.go(pilot)
        await settle(pilot, lambda: wanting(app, place) == [])


@pytest.mark.full
@pytest.mark.parametrize("size", OTHERS, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
async def test_no_size_breaks_a_place(place: Place, size: tuple[int, int]) -> None:
    app = opened(place)
    name = "rehearsal-prod" if place.production else "rehearsal"
    async with app.run_test(size=size) as pilot:
        await place.go(pilot)
        if size[0] >= ROOMY[0] and size[1] >= ROOMY[1]:
            await settle(pilot, lambda: wanting(app, place) == [])
        elif size[0] < 60 or size[1] < 16:
            if place.scope:  # a dialog may cover all of a tiny screen
                await settle(pilot, lambda: "Nothing was stopped." in screen_text(app))
                assert place.scope in {"start", "runs"} or name in screen_text(app)
        elif place.scope:
            await settle(pilot, lambda: name in screen_text(app))


async def test_the_sweep_finds_a_button_that_was_pushed_off_the_screen() -> None:
    """The planted fault: the same screen with its first button below the edge, and one with its name gone."""
    place = next(each for each in PLACES if each.name == "good run")
    app = opened(place)
    async with app.run_test(size=ROOMY) as pilot:
        await at(place, pilot)
        await settle(pilot, lambda: wanting(app, place) == [])
        app.screen.query_one("#after").styles.offset = (0, 60)
        await settle(pilot, lambda: wanting(app, place) != [])
        assert any(each.startswith("the button") for each in wanting(app, place))
        app.screen.query_one("IdentityHeader").display = False
        app.screen.query_one("ProgressHeader").display = False
        await settle(pilot, lambda: "the name rehearsal" in wanting(app, place))
