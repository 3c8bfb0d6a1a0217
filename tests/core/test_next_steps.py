"""A next step names the environment it is meant for."""

import pytest

from autocorp_wizard.core.next_steps import placed


@pytest.mark.parametrize(
    ("said", "placed_text"),
    [
        ("Create it first: autocorp-wizard bootstrap", "Create it first: autocorp-wizard bootstrap --env dev"),
        ("Plan again: autocorp-wizard plan foundation", "Plan again: autocorp-wizard plan foundation --env dev"),
        ("Give it: autocorp-wizard secret set (hidden)", "Give it: autocorp-wizard secret set --env dev (hidden)"),
        (
            "Go on with: autocorp-wizard runs recover, then plan again.",
            "Go on with: autocorp-wizard runs recover --env dev, then plan again.",
        ),
        (
            "autocorp-wizard apply dms --approve 12ab, or autocorp-wizard destroy --confirm dev",
            "autocorp-wizard apply dms --env dev --approve 12ab, or autocorp-wizard destroy --env dev --confirm dev",
        ),
    ],
)
def test_a_command_gets_its_place(said, placed_text):
    assert placed(said, "dev") == placed_text


@pytest.mark.parametrize(
    "said",
    [
        "autocorp-wizard apply dms --approve 12ab --env prod",
        "autocorp-wizard env new dev",
        "autocorp-wizard runs show 2026-run",
        "Plan again.",
    ],
)
def test_what_names_a_place_or_needs_none_stays_as_it_is(said):
    assert placed(said, "dev") == said
