"""What a person likes: a theme that is kept, keys that were moved, nothing that moves; and what is wrong, where."""

from pathlib import Path

import pytest

from autocorp_wizard.adapters.home import Home
from autocorp_wizard.adapters.preferences import keep_theme, read_preferences
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.likings import Likings
from autocorp_wizard.tui.actions import ACTIONS, BY_ID, key_name
from autocorp_wizard.tui.likings import checked, known_theme
from autocorp_wizard.tui.opening import make_app
from autocorp_wizard.tui.themes import DARK, THEMES, theme_after
from tests.tui.driving import at_step, screen_text, sees, settle, wizard
from tests.tui.fakes import bootstrapped

MOVED = {"steps.plan": ("F7", "g"), "app.help": ("ctrl+g",)}


def test_keys_are_named_as_they_are_printed() -> None:
    assert checked(MOVED) == {"steps.plan": ("f7", "g"), "app.help": ("ctrl+g",)}
    assert checked({"steps.plan": ("?",), "app.help": ("f1",)})["steps.plan"] == ("question_mark",)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"steps.plam": ("x",)}, "the nearest is steps.plan."),
        ({"steps.jump": ("x",)}, "its keys are the numbers of the steps"),
        ({"steps.plan": ("F77",)}, "there is no such key"),
        ({"steps.plan": ("enter",)}, "it moves through the screens"),
        ({"steps.plan": ("q",)}, "q would be both"),
        ({"steps.plan": ("w",), "steps.review": ("w",)}, "w would be both steps.plan and steps.review"),
    ],
)
def test_keys_that_cannot_be_used_are_refused_with_the_reason(keys: dict[str, tuple[str, ...]], said: str) -> None:
    with pytest.raises(UsageError, match="cannot be used") as caught:
        checked(keys)
    assert said in caught.value.why


def test_without_likings_no_two_actions_of_a_screen_are_moved_onto_one_key() -> None:
    """Moving every action to its own key is no clash: the check speaks of what was moved only."""
    assert checked({action.id: action.keys[:1] for action in ACTIONS[:1]})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("theme: [dark", "line 2"),
        ("- theme", "must be a mapping"),
        ("colour: red", "'colour' is unknown; possible are theme, reduced_motion, keys"),
        ("reduced_motion: maybe", "must be true or false"),
        ("theme: 7", "must be the name of a theme"),
        ("keys: {steps.plan: [true]}", "must be texts"),
        ("keys: plan", "must map"),
    ],
)
def test_a_malformed_file_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "preferences.yaml"
    path.write_text(text + "\n")
    with pytest.raises(UsageError) as caught:
        read_preferences(path)
    assert caught.value.code == "PREFERENCES-MALFORMED"
    assert said in caught.value.why
    assert str(path) in caught.value.what


def test_an_unknown_theme_is_refused_before_the_screens_open(tmp_path: Path) -> None:
    (tmp_path / "preferences.yaml").write_text("theme: pink\n")
    with pytest.raises(UsageError, match="no theme 'pink'") as caught:
        make_app(Home(tmp_path))
    assert "high-contrast" in caught.value.next_step
    assert known_theme("") == ""


def test_a_theme_that_is_kept_leaves_the_rest_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "preferences.yaml"
    keep_theme(path, "light")
    path.write_text("theme: dark\nkeys: {steps.plan: F7}\nreduced_motion: true\n")
    keep_theme(path, "high-contrast")
    kept = read_preferences(path)
    assert (kept.theme, kept.reduced_motion, kept.keys) == ("high-contrast", True, {"steps.plan": ("F7",)})
    assert path.stat().st_mode & 0o077 == 0


def test_the_themes_follow_each_other_in_a_ring() -> None:
    seen = [DARK.name]
    while (following := theme_after(seen[-1])) != DARK.name:
        seen.append(following)
    assert seen == [theme.name for theme in THEMES]


async def test_the_wizard_opens_as_it_was_left(tmp_path: Path) -> None:
    path = Home(tmp_path).preferences
    path.write_text("theme: light\nreduced_motion: true\n")
    app = make_app(Home(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, "New environment")
        assert (app.theme, app.animation_level) == ("light", "none")
        await pilot.press("f4")
        await settle(pilot, lambda: read_preferences(path).theme == "high-contrast")
        assert app.theme == "high-contrast"


async def test_a_moved_key_works_and_is_shown_and_the_old_one_does_nothing() -> None:
    engine = bootstrapped()
    app = wizard(engine, likings=Likings(keys=checked(MOVED)))
    async with app.run_test(size=(80, 24)) as pilot:
        await at_step(pilot)
        assert f"{key_name('f7')} Plan" in await sees(pilot, "Ctrl+G Help")
        before = len(engine.requests)
        await pilot.press("p")
        await pilot.pause()
        assert len(engine.requests) == before
        await pilot.press("ctrl+g")
        await sees(pilot, BY_ID["steps.plan"].help)
        assert "F7 g" in screen_text(app)
        await pilot.press("escape", "g")
        await settle(pilot, lambda: len(engine.requests) == before + 1)
