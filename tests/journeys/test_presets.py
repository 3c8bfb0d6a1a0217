"""Every preset applies, plans again without a change, and is destroyed down to the written list."""

from collections.abc import Callable

import pytest

from tests.journeys.wizard import Document, Wizard, gaps

pytestmark = [pytest.mark.slow, pytest.mark.full]

ENVIRONMENTS = {"dev": "rehearsal", "staging": "rehearsal-staging", "prod": "rehearsal-prod"}


def roll_out(wizard: Wizard, preset: str) -> list[Document]:
    ran = wizard.run("rehearse", "--preset", preset, "--plain", "--yes", "--json")
    assert ran.code == 0, ran.out[-3000:] + ran.err
    assert gaps(ran.events) == []
    return ran.events


def destroy(wizard: Wizard, name: str) -> list[Document]:
    ran = wizard.run("destroy", "--env", name, "--confirm", name, "--json")
    assert ran.code == 0, ran.out[-3000:] + ran.err
    return [event for event in ran.events if event["kind"] == "leftover.found"]


@pytest.mark.parametrize(
    "preset", [pytest.param(preset, marks=pytest.mark.xdist_group(f"preset-{preset}")) for preset in ENVIRONMENTS]
)
def test_apply_plan_nothing_destroy_and_back_again(preset: str, new_wizard: Callable[[str], Wizard]) -> None:
    wizard, name = new_wizard(preset), ENVIRONMENTS[preset]
    first = roll_out(wizard, preset)
    assert [e["changed"] for e in first if e["kind"] == "plan.ready"][-1] is False
    again = roll_out(wizard, preset)
    assert not any(e["kind"] == "resource.finished" and e["action"] != "read" for e in again)
    assert [e["name"] for e in destroy(wizard, name) if not e["by_nature"]] == []
    # What waits for its deletion by nature must not stand in the way of a new beginning.
    back = roll_out(wizard, preset)
    assert [e["changed"] for e in back if e["kind"] == "plan.ready"][-1] is False
    assert [e["name"] for e in destroy(wizard, name) if not e["by_nature"]] == []
