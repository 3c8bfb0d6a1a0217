"""The estimate for one environment, and what it does not count."""

from autocorp_wizard.core.costing import BEARING, NotCounted, costing_of
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.estimate import estimate
from autocorp_wizard.core.fields import SCHEMA
from autocorp_wizard.core.presets import Preset


def test_every_answer_that_moves_the_bill_exists() -> None:
    assert set(BEARING) <= set(SCHEMA.by_name)


def test_a_preset_as_it_is_counts_everything() -> None:
    for preset in Preset:
        found = costing_of(Environment("lake", {"preset": preset.value}))
        assert found.estimate == estimate(preset)
        assert found.not_counted == ()


def test_an_answer_of_ones_own_is_not_counted_and_one_that_costs_nothing_is_not_named() -> None:
    given = {"preset": "dev", "dms_multi_az": True, "postgres_port": 5433, "region": "eu-central-1"}
    found = costing_of(Environment("lake", given))
    assert found.not_counted == (NotCounted("dms_multi_az", False, True),)
    assert found.is_elsewhere
