"""A bug of ours ends the screens without printing what was on them."""

import asyncio

import pytest
from textual.app import App
from textual.css.query import NoMatches
from textual.screen import Screen

from autocorp_wizard.adapters.home import Home
from autocorp_wizard.core.environment import rehearsal_environment
from autocorp_wizard.core.presets import Preset
from autocorp_wizard.tui import app as face
from autocorp_wizard.tui.opening import run_app
from tests.tui.driving import wizard


def test_textual_still_has_what_we_replace() -> None:
    """We name three private attributes of the pinned Textual; this fails when one of them goes."""
    assert callable(App._fatal_error)
    assert callable(App._close_messages_no_wait)
    assert face.WizardApp._fatal_error is not App._fatal_error


def test_what_breaks_a_screen_is_raised_for_the_boundary_and_not_printed(tmp_path, monkeypatch, capsys) -> None:
    password = "hunter2-in-a-local"

    def broken(self) -> None:
        local = password
        raise ZeroDivisionError(len(local))

    monkeypatch.setattr(face.StartScreen, "look", broken)
    monkeypatch.setattr(face.WizardApp, "run", lambda self, mouse: face.App.run(self, headless=True))
    with pytest.raises(ZeroDivisionError):
        run_app(Home(tmp_path), rehearsal_environment(Preset.DEV))
    assert password not in "".join(capsys.readouterr())


async def test_what_comes_back_after_its_screen_was_left_is_no_bug() -> None:
    app = wizard()
    came_back = asyncio.Event()

    async with app.run_test() as pilot:
        screen = app.screen
        await pilot.pause()
        left = asyncio.Event()

        async def late() -> None:
            try:
                await left.wait()
            except asyncio.CancelledError:
                came_back.set()
                raise NoMatches("its header is gone") from None

        screen.run_guarded(late())
        await pilot.pause()
        await app.push_screen(Screen())
        await screen.remove()
        await asyncio.wait_for(came_back.wait(), 10)
    assert came_back.is_set()
