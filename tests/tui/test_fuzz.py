"""Random keys: the wizard neither falls over nor destroys anything, whatever is pressed."""

import random

import pytest

from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.request import Request
from tests.tui.driving import settle, wizard
from tests.tui.fakes import FakeApplied, FakeEngine, apply_events, bootstrap_events, rehearsal, sample_plan

KEYS = (
    *"abcdefghijklmnoprstuvxyzDG123456789/:[]?",
    *("enter", "enter", "escape", "tab", "shift+tab", "up", "down", "left", "right", "pageup", "pagedown", "space"),
    *("home", "end", "f1", "f2", "f3", "f4", "f5", "backspace", "ctrl+p", "ctrl+c"),
)
STRINGS, LENGTH, CHUNKS = 160, 8, 16


def engine_in_the_middle(generator: random.Random) -> FakeEngine:
    engine = FakeEngine()
    for operation, make in (
        (Operation.BOOTSTRAP, bootstrap_events),
        (Operation.APPLY, lambda request: apply_events(request, sample_plan())),
    ):
        request = Request(operation=operation, environment="rehearsal", phase="foundation")
        run = engine.add(request, make(request))
        if operation is Operation.BOOTSTRAP or generator.random() < 0.7:
            engine.finish(run)
        else:
            engine.advance(run, 20)
    engine.deployed["rehearsal"] = FakeApplied(("foundation",), 8, {})
    engine.next_plan = sample_plan(loses=generator.random() < 0.5)
    return engine


@pytest.mark.parametrize("chunk", [0, *(pytest.param(each, marks=pytest.mark.slow) for each in range(1, CHUNKS))])
async def test_random_keys_destroy_nothing_and_break_nothing(chunk: int) -> None:
    generator = random.Random(chunk)
    engine = engine_in_the_middle(generator)
    app = wizard(engine)
    pressed: list[str] = []
    async with app.run_test(size=generator.choice([(80, 24), (160, 48), (60, 16)])) as pilot:
        await settle(pilot, lambda app=app: app.focused is not None)
        for _ in range(STRINGS // CHUNKS):
            keys = [generator.choice(KEYS) for _ in range(LENGTH)]
            pressed += keys
            if not app.is_running:
                break
            await pilot.press(*keys)
            for run in list(engine.fake_runs):
                engine.advance(run, generator.randrange(4))
    assert app.return_code in (None, 0), pressed
    destroys = [r for r in engine.requests if r.operation is Operation.DESTROY]
    assert destroys == [], pressed
    losing = [r for r in engine.requests if r.operation is Operation.APPLY and engine.next_plan.risks and not r.confirm]
    assert losing == [], pressed
    for run in engine.fake_runs:
        assert engine.state(run).run == run
        assert "kill" not in engine.fake_runs[run].cancelled


async def test_the_fuzz_would_notice_a_destroy() -> None:
    """The planted control: with the name typed, the same engine does record a destroy."""
    engine = engine_in_the_middle(random.Random(0))
    for run in engine.fake_runs:
        engine.finish(run)
    app = wizard(engine, rehearsal())
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot, lambda: app.focused is not None)
        await pilot.press("o")
        await settle(pilot, lambda: app.screen.facts().deployed)  # type: ignore[attr-defined]
        await pilot.press("D")
        await settle(pilot, lambda: app.focused is not None and app.focused.id == "cancel")
        await pilot.press("shift+tab", *"rehearsal", "enter", "enter")
        await settle(pilot, lambda: any(r.operation is Operation.DESTROY for r in engine.requests))
