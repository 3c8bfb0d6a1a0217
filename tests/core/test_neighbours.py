"""Environments that share an account do not fight over what exists once in it."""

from autocorp_wizard.core.environment import Environment, rehearsal_environment
from autocorp_wizard.core.neighbours import OWNED_ONCE, beside
from autocorp_wizard.core.presets import Preset

DEV = rehearsal_environment(Preset.DEV)
STAGING = rehearsal_environment(Preset.STAGING)


def test_the_first_environment_of_an_account_owns_the_account_wide_roles():
    assert beside(DEV, []) == DEV
    assert DEV.variables[OWNED_ONCE] is True


def test_the_second_leaves_them_to_the_first_and_says_that_this_was_detected():
    second = beside(STAGING, [DEV])
    assert second.variables[OWNED_ONCE] is False
    assert second.answers[OWNED_ONCE].origin == "detected"
    assert second.problems() == ()


def test_another_account_is_no_neighbour():
    one = Environment("one", {"account_id": "111111111111"})
    two = Environment("two", {"account_id": "222222222222"})
    assert beside(two, [one]) == two


def test_an_answer_that_was_given_stays():
    owner = STAGING.with_answers({OWNED_ONCE: True})
    assert beside(owner, [DEV]) == owner


def test_an_environment_is_not_its_own_neighbour():
    assert beside(DEV, [DEV]) == DEV
