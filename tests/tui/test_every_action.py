"""Every action of the table three ways: by each of its keys, by the palette, by the mouse; a closed one says why.

What an action does is tested where it belongs; here it is only noted that it was asked for.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import OptionList

from autocorp_wizard.tui.actions import Action, actions_for, key_name
from autocorp_wizard.tui.app import WizardApp
from autocorp_wizard.tui.screens.base import WizardScreen
from autocorp_wizard.tui.widgets.action_bar import ActionBar, fitting
from tests.tui.driving import screen_text, settle
from tests.tui.tour import PLACES, Place, at, opened

WIDE = (200, 60)
# The palette cannot open itself; the steps' numbers are keys and rows of the map.
ELSEWHERE = {"app.palette", "steps.jump"}
WHERE = {
    "start": "start",
    "steps": "phase",
    "preflight": "preflight",
    "dashboard": "dashboard",
    "manual": "manual",
    "review": "review",
    "run": "live run",
    "runs": "runs",
    "app": "phase",
}


class Noted:
    """What the wizard was asked for, instead of being done, and what it said."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.said: list[str] = []

    def answer(self, action: Action, reason: str) -> bool:
        """Whether the action was done, or its reason was said; forgets both."""
        answered = reason in self.said if reason else self.done == [action.id]
        self.done.clear()
        self.said.clear()
        return answered


@contextmanager
def noting(app: WizardApp, monkeypatch: pytest.MonkeyPatch) -> Iterator[Noted]:
    """Note what the screen in front is asked for; the dispatch itself stays what it is."""
    screen, noted = app.screen, Noted()
    assert isinstance(screen, WizardScreen)
    with monkeypatch.context() as patch:
        for action in (*actions_for(screen.SCOPE), *actions_for("app")):
            if action.id != "app.palette":
                owner = app if action.scope == "app" else screen
                patch.setattr(owner, action.method, lambda _, name=action.id: noted.done.append(name), raising=True)
        patch.setattr(app, "notify", lambda message, **_: noted.said.append(message))
        patch.setattr(screen, "notify", lambda message, **_: noted.said.append(message))
        yield noted


async def ways_that_fail(pilot: Pilot[int], app: WizardApp, action: Action, noted: Noted) -> list[str]:
    """Return the ways on which the action neither happens nor says why it cannot."""
    screen = app.screen
    assert isinstance(screen, WizardScreen)
    reason = action.reason(screen.facts())
    failed = []
    for key in action.keys:
        await pilot.press(key)
        await pilot.pause()
        if not noted.answer(action, reason):
            failed.append(f"key {key_name(key)}")
    for way, go in (("palette", by_palette), ("mouse", by_mouse)):
        await go(pilot, app, action)
        await settle(pilot, lambda: app.screen is screen)
        await pilot.pause()
        if not noted.answer(action, reason):
            failed.append(way)
    return failed


async def by_palette(pilot: Pilot[int], app: WizardApp, action: Action) -> None:
    """Type the title and take what is found."""
    title = f"{action.title} ({key_name(action.keys[0])})"
    await pilot.press("f2")
    await settle(pilot, lambda: isinstance(app.screen, CommandPalette))
    app.screen.query_one("#--input").focus()
    for character in title:
        await pilot.press({" ": "space"}.get(character, character))
    await settle(pilot, lambda: title in _entries(app)[:1])
    await pilot.press("enter")
    if isinstance(app.screen, CommandPalette):
        await pilot.press("enter")


async def by_mouse(pilot: Pilot[int], app: WizardApp, action: Action) -> None:
    """Click it in the footer; what is not there is clicked in the palette, which is."""
    bar = app.screen.query_one(ActionBar)
    shown = [entry.id for entry, _ in fitting(bar.entries, bar.content_size.width)]
    label = f"{key_name(action.keys[0])} {action.title}"
    if action.id in shown:
        await click(pilot, app, label, last=True)
        return
    await click(pilot, app, ": Commands", last=True)
    await settle(pilot, lambda: isinstance(app.screen, CommandPalette))
    title = f"{action.title} ({key_name(action.keys[0])})"
    await settle(pilot, lambda: title in _entries(app))
    view = app.screen.query_one(OptionList)
    view.scroll_to(y=2 * _entries(app).index(title), animate=False)
    await settle(pilot, lambda: title in screen_text(app))
    await click(pilot, app, title)


def _entries(app: WizardApp) -> list[str]:
    """The titles that the palette lists."""
    if not isinstance(app.screen, CommandPalette):
        return []
    return [str(option.prompt).splitlines()[0].strip() for option in app.screen.query_one(OptionList).options]


async def click(pilot: Pilot[int], app: WizardApp, text: str, *, last: bool = False) -> None:
    """Click where the screen says `text`: the first row that does, or the last."""
    rows = [(y, row.find(text)) for y, row in enumerate(screen_text(app).splitlines()) if text in row]
    assert rows, f"{text!r} is not on the screen:\n{screen_text(app)}"
    y, x = rows[-1 if last else 0]
    await pilot.click(offset=(x + 1, y))


def place_of(scope: str) -> Place:
    """Where the actions of a scope are tried."""
    return next(place for place in PLACES if place.name == WHERE[scope])


@pytest.mark.parametrize("scope", ["start", *(pytest.param(each, marks=pytest.mark.slow) for each in list(WHERE)[1:])])
async def test_every_action_is_reached_by_key_palette_and_mouse(scope: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place = place_of(scope)
    app = opened(place)
    failed: dict[str, list[str]] = {}
    async with app.run_test(size=WIDE) as pilot:
        await at(place, pilot)
        with noting(app, monkeypatch) as noted:
            for action in actions_for(scope):
                if action.id not in ELSEWHERE and (ways := await ways_that_fail(pilot, app, action, noted)):
                    failed[action.id] = ways
    assert failed == {}


async def test_the_palette_opens_by_each_of_its_keys_and_by_the_mouse() -> None:
    place = place_of("app")
    app = opened(place)
    async with app.run_test(size=WIDE) as pilot:
        await at(place, pilot)
        for key in next(action for action in actions_for("app") if action.id == "app.palette").keys:
            await pilot.press(key)
            await settle(pilot, lambda: isinstance(app.screen, CommandPalette))
            await pilot.press("escape")
            await settle(pilot, lambda: not isinstance(app.screen, CommandPalette))
        await click(pilot, app, ": Commands", last=True)
        await settle(pilot, lambda: isinstance(app.screen, CommandPalette))


async def test_the_test_finds_an_action_without_its_key_and_one_that_the_mouse_does_not_reach(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The planted control: a binding that is lost, and a footer that draws labels without a click."""
    place = place_of("start")
    app = opened(place)
    async with app.run_test(size=WIDE) as pilot:
        await at(place, pilot)
        action = next(each for each in actions_for("start") if each.id == "start.new")
        with noting(app, monkeypatch) as noted:
            app.screen._bindings.key_to_bindings.pop("n")
            assert await ways_that_fail(pilot, app, action, noted) == ["key n"]
            monkeypatch.setattr(app.screen, "action_act", lambda *_: None)
            assert await ways_that_fail(pilot, app, action, noted) == ["key n", "mouse"]
