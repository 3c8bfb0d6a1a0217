"""The plan, judged: terms of the search, jumps between risks, the way out into a file."""

import json
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.request import Request
from autocorp_wizard.tui.app import WizardApp
from autocorp_wizard.tui.widgets.plan_tree import PlanTree
from tests.tui.driving import screen_text, sees, settle, wizard
from tests.tui.fakes import FakeEngine
from tests.tui.handmade import RESOURCES, sample_plan

LAKE = RESOURCES[0][0]


def planned(*, changes: int = 0, loses: bool = True) -> tuple[WizardApp, str]:
    engine = FakeEngine()
    engine.next_plan = sample_plan(loses=loses, changes=changes)
    run = engine.start(Request(operation=Operation.PLAN, environment="rehearsal", phase="foundation"), {})
    engine.finish(run)
    return wizard(engine), run


async def reviewing(app: WizardApp, pilot: Pilot[int], run: str) -> None:
    await sees(pilot, "rehearsal")
    app.review(run, "rehearsal")
    await sees(pilot, "digest")


async def test_terms_narrow_the_tree_and_escape_shows_all_again() -> None:
    app, run = planned(changes=100)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await reviewing(app, pilot, run)
        await pilot.press("slash")
        field = app.screen.query_one("#find", Input)
        field.value = "risk:any"
        await sees(pilot, "1 of 108 changes", "the bucket of the data lake")
        field.value = "type:iam_role -glue"
        shown = await sees(pilot, "1 of 108 changes", "the role that replication writes with")
        assert "the role that Glue jobs work under" not in shown
        await pilot.press("escape")
        await sees(pilot, "108 changes", "! 1 risk")


async def test_one_key_goes_from_risk_to_risk_and_opens_them() -> None:
    app, run = planned(changes=100)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await reviewing(app, pilot, run)
        assert "old-name" not in screen_text(app)
        await pilot.press("n")
        await sees(pilot, "old-name", "forces replacement", "The data lake is deleted with everything in it.")
        tree = app.screen.query_one(PlanTree)
        assert tree.model is not None
        assert [row.address for row in tree.model.rows()][tree.cursor] == LAKE


async def test_a_plan_without_risks_says_so_instead_of_jumping() -> None:
    app, run = planned(loses=False)
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await reviewing(app, pilot, run)
        await pilot.press("n")
        await sees(pilot, "Next risk: not now", "No risk was found in this plan.")


@pytest.mark.parametrize("name", ["plan.md", "plan.json"])
async def test_a_plan_is_written_where_it_is_asked_for_and_never_over_a_file_unasked(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app, run = planned()
    target = tmp_path / name
    target.write_text("mine")
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await reviewing(app, pilot, run)
        await pilot.press("x")
        await sees(pilot, "Export the plan", "plan-rehearsal-foundation-")
        app.screen.query_one("#file", Input).value = str(target)
        await pilot.press("enter")
        await sees(pilot, "Write again replaces it")
        assert target.read_text() == "mine"
        await pilot.press("enter")
        await settle(pilot, lambda: target.read_text() != "mine")
        await sees(pilot, "The plan is in")
    if name.endswith(".md"):
        assert "# Plan of foundation in rehearsal" in target.read_text()
    else:
        assert json.loads(target.read_text())["run"] == run


async def test_a_folder_that_is_not_there_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    app, run = planned()
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await reviewing(app, pilot, run)
        await pilot.press("x")
        await sees(pilot, "Export the plan")
        app.screen.query_one("#file", Input).value = str(tmp_path / "no" / "plan.md")
        await pilot.press("enter")
        await sees(pilot, "That did not work", "was not written")
        await pilot.press("escape")
        await sees(pilot, "digest")
