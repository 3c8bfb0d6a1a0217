"""The table of actions: one truth for keys, footer, palette and help."""

import inspect
import runpy
from collections import Counter
from pathlib import Path

import pytest

from autocorp_wizard.tui.actions import ACTIONS, Action, actions_for, bindings_for, key_name
from autocorp_wizard.tui.app import WizardApp
from autocorp_wizard.tui.availability import Facts
from autocorp_wizard.tui.screens.base import WizardScreen
from autocorp_wizard.tui.screens.dashboard import DashboardScreen
from autocorp_wizard.tui.screens.manual import ManualScreen
from autocorp_wizard.tui.screens.preflight import PreflightScreen
from autocorp_wizard.tui.screens.review import ReviewScreen
from autocorp_wizard.tui.screens.run import RunScreen
from autocorp_wizard.tui.screens.runs import RunsScreen
from autocorp_wizard.tui.screens.start import StartScreen
from autocorp_wizard.tui.screens.steps import StepsScreen
from autocorp_wizard.tui.widgets.action_bar import fitting

SCREENS: dict[str, type[WizardScreen]] = {
    screen.SCOPE: screen
    for screen in (
        StartScreen,
        StepsScreen,
        PreflightScreen,
        DashboardScreen,
        ManualScreen,
        ReviewScreen,
        RunScreen,
        RunsScreen,
    )
}
# Terminals, multiplexers and editors eat these before the wizard sees them.
SWALLOWED = {f"ctrl+{letter}" for letter in "sqjoekpmihzba"} | {"ctrl+enter", "shift+enter", "alt+enter"}


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_has_a_method_a_title_and_a_help_sentence(action: Action) -> None:
    owner = WizardApp if action.scope == "app" else SCREENS[action.scope]
    assert callable(getattr(owner, action.method))
    assert action.title
    assert action.help.endswith(".")


@pytest.mark.parametrize("screen", SCREENS.values(), ids=lambda screen: screen.SCOPE)
def test_every_method_of_a_screen_that_does_something_is_in_the_table(screen: type[WizardScreen]) -> None:
    methods = {name for name, _ in inspect.getmembers(screen, callable) if name.startswith("do_")}
    assert methods == {action.method for action in actions_for(screen.SCOPE)}


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_no_key_that_terminals_swallow_is_the_only_way(action: Action) -> None:
    assert set(action.keys) - SWALLOWED


@pytest.mark.parametrize("scope", sorted(SCREENS))
def test_no_key_means_two_things_on_one_screen(scope: str) -> None:
    keys = Counter(key for action in actions_for(scope, "app") for key in action.keys)
    assert [key for key, number in keys.items() if number > 1] == []


@pytest.mark.parametrize("scope", [*SCREENS, "app"])
def test_every_binding_has_an_id_of_its_own(scope: str) -> None:
    ids = [binding.id for binding in bindings_for(scope)]  # type: ignore[union-attr]
    assert all(ids)
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_a_disabled_action_gives_its_reason_as_a_sentence(action: Action) -> None:
    for facts in (
        Facts(),
        Facts(live="r", saved=True, is_phase=True),
        Facts(run_operation="plan", run_status="failed"),
    ):
        reason = action.reason(facts)
        assert not reason or reason.endswith("."), reason


def test_destroy_is_on_no_key_that_is_next_to_a_harmless_one() -> None:
    destroy = next(action for action in ACTIONS if action.id == "steps.destroy")
    assert destroy.keys == ("D",)
    assert destroy.weight == 0, "it stays out of the footer, where a slip of the mouse would find it"


def test_the_footer_keeps_help_and_back_at_any_width() -> None:
    entries = [(action, "") for action in actions_for("steps", "app") if action.weight]
    for room in range(20, 120):
        chosen = fitting(entries, room)
        assert {"app.help", "app.back"} <= {action.id for action, _ in chosen}
        assert sum(len(key_name(a.keys[0])) + len(a.title) + 1 for a, _ in chosen) + 2 * (len(chosen) - 1) <= room


def test_keys_are_named_as_they_are_printed() -> None:
    assert [key_name(key) for key in ("question_mark", "f1", "ctrl+p", "D", "escape")] == [
        "?",
        "F1",
        "Ctrl+P",
        "D",
        "Esc",
    ]


def test_the_page_of_the_keys_is_what_the_table_says() -> None:
    root = Path(__file__).parents[2]
    made = runpy.run_path(str(root / "scripts/keys.py"))["page"]()
    assert (root / "docs/keys.md").read_text() == made, "write it again: python scripts/keys.py"
    assert [action.id for action in ACTIONS if f"`{action.id}`" not in made] == []
