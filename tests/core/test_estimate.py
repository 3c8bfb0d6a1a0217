"""What an environment costs: every figure has a source, and budgets follow from the estimate."""

from datetime import date

import pytest

from autocorp_wizard.core.estimate import estimate
from autocorp_wizard.core.fields import SCHEMA
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.presets import PRESETS, Preset


@pytest.mark.parametrize("preset", list(Preset))
def test_the_budget_of_a_preset_is_its_estimate_and_a_fifth_more(preset):
    found = estimate(preset)
    assert PRESETS[preset]["budget_limit_usd"] == found.budget_usd
    assert 1.2 * found.total.expected <= found.budget_usd < 1.2 * found.total.expected + 5


def test_without_a_preset_the_budget_is_productions():
    assert SCHEMA.by_name["budget_limit_usd"].default == estimate(Preset.PROD).budget_usd


@pytest.mark.parametrize("preset", list(Preset))
def test_every_line_says_where_its_price_and_its_quantity_come_from(preset):
    found = estimate(preset)
    assert date.fromisoformat(found.date) <= date.today()  # noqa: DTZ011  (a day, not a moment)
    for line in found.lines:
        assert line.price.source, line.what
        assert line.price.confirmed or "confirmed" in line.price.source, line.what
        assert line.because, line.what
        assert line.amount.low <= line.amount.expected <= line.amount.high, line.what


@pytest.mark.parametrize("preset", list(Preset))
def test_every_phase_costs_something(preset):
    assert {line.phase for line in estimate(preset).lines} == set(Phase)


def test_a_larger_environment_costs_more():
    dev, staging, prod = (estimate(preset).total.expected for preset in Preset)
    assert dev < staging < prod


def test_production_costs_what_the_assessments_own_volumes_cost_at_list_prices():
    by_what = {line.what: line.amount.expected for line in estimate(Preset.PROD).lines}
    assert by_what["transfers"] == pytest.approx(38.03, abs=0.01), "100 GB a day"
    assert by_what["refresh of all tables"] == pytest.approx(256.96, abs=0.01), "19 DPU-hours a day"
    assert by_what["lake, Standard"] == pytest.approx(35.33, abs=0.01), "1.5 TB"
