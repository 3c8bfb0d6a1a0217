"""Any size from 40x10 to 200x60: no exception, the environment's name on screen, the primary action from 80x24."""

import pytest

from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.presets import Preset
from autocorp_wizard.core.request import Request
from tests.tui.driving import screen_text, sees, settle, wizard
from tests.tui.fakes import FakeApplied, FakeEngine, rehearsal
from tests.tui.handmade import apply_events, bootstrap_events, plan_events, sample_plan

FAST = ((80, 24),)
SLOW = ((40, 10), (160, 48), (59, 16), (60, 16), (79, 24), (100, 30), (140, 36), (200, 60), (60, 60), (200, 12))
SIZES = [*FAST, *(pytest.param(size, marks=pytest.mark.slow) for size in SLOW)]
NAME = "rehearsal-prod"


def engine_with_everything() -> FakeEngine:
    engine = FakeEngine()
    for operation, events in (
        (Operation.BOOTSTRAP, bootstrap_events),
        (Operation.PLAN, lambda request: plan_events(request, sample_plan(environment=NAME))),
        (Operation.APPLY, lambda request: apply_events(request, sample_plan(environment=NAME), fails=True)),
        (Operation.APPLY, lambda request: apply_events(request, sample_plan(environment=NAME))),
    ):
        phase = "" if operation is Operation.BOOTSTRAP else "foundation"
        request = Request(operation=operation, environment=NAME, phase=phase)
        engine.finish(engine.add(request, events(request)))
    engine.deployed[NAME] = FakeApplied(("foundation",), 8, {"data_lake_bucket_id": "lake", "tags": {"a": [1, None]}})
    engine.next_plan = sample_plan(loses=True, environment=NAME)
    return engine


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_every_screen_bears_every_size(size: tuple[int, int]) -> None:
    engine = engine_with_everything()
    app = wizard(engine, rehearsal(Preset.PROD))
    small = size[0] < 60 or size[1] < 16
    roomy = size[0] >= 80 and size[1] >= 24
    runs = list(engine.fake_runs)
    async with app.run_test(size=size) as pilot:

        async def shows(*primary: str) -> None:
            if small:
                await sees(pilot, "PRODUCTION", NAME, "too small", "Nothing was stopped.")
            else:
                await sees(pilot, "PRODUCTION", NAME)
            if roomy:
                await sees(pilot, *primary)

        await settle(pilot, lambda: NAME in screen_text(app) or small)
        await settle(pilot, lambda: bool(app.screen.facts().environments))  # type: ignore[attr-defined]
        await pilot.press("o")
        await shows("Plan", "Nothing of this phase is deployed yet.")
        for key, primary in (("1", "Save answers"), ("2", "Create"), ("3", "Deployed: 8 resources")):
            await pilot.press(key)
            await shows(primary)
        app.review(runs[1], NAME)
        await shows("Apply 7 create, 1 replace", "1 risk")
        await pilot.press("escape")
        app.show_run(runs[2], NAME)
        await shows("AWS refused to create a subnet.", "Next:")
        await pilot.press("l", "l", "escape")
        app.show_run(runs[3], NAME)
        await shows("Terraform reports 8 added")
        await pilot.press("c", "f1")
        if roomy:
            await sees(pilot, "Stop the run: three ways")
        await pilot.press("escape", "escape", "r")
        if not small:
            await sees(pilot, "succeeded", "failed")


@pytest.mark.parametrize("size", [(40, 10), (60, 16), (80, 24), (160, 48)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_a_dialog_keeps_its_buttons_on_screen(size: tuple[int, int]) -> None:
    engine = engine_with_everything()
    app = wizard(engine, rehearsal(Preset.PROD))
    async with app.run_test(size=size) as pilot:
        await settle(pilot, lambda: bool(app.screen.facts().environments))  # type: ignore[attr-defined]
        await pilot.press("o")
        await sees(pilot, NAME)
        await pilot.press("D")
        await sees(pilot, "Cancel")
        assert app.focused is not None
        assert app.focused.id == "cancel"
        assert app.screen.region.contains_region(app.focused.region)


async def test_a_window_that_is_resized_while_a_plan_is_read_keeps_everything() -> None:
    engine = engine_with_everything()
    app = wizard(engine, rehearsal(Preset.PROD))
    async with app.run_test(size=(160, 48)) as pilot:
        await sees(pilot, NAME)
        app.review(list(engine.fake_runs)[1], NAME)
        await sees(pilot, "1 risk")
        for width, height in ((40, 10), (80, 24), (200, 60), (61, 17)):
            await pilot.resize_terminal(width, height)
            await sees(pilot, NAME)
        await sees(pilot, "Apply 7 create")
