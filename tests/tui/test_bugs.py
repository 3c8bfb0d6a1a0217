"""A bug of ours ends the screens without printing what was on them."""

import pytest
from textual.app import App

from autocorp_wizard.adapters.home import Home
from autocorp_wizard.core.environment import rehearsal_environment
from autocorp_wizard.core.presets import Preset
from autocorp_wizard.tui import app as face


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
        face.run_app(Home(tmp_path), rehearsal_environment(Preset.DEV))
    assert password not in "".join(capsys.readouterr())
