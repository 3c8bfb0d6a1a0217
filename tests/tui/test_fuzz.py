"""A thousand strings of random keys: the wizard neither falls over nor destroys anything, and every journal loads."""

import random
from pathlib import Path

import pytest
from textual.pilot import Pilot

from autocorp_wizard.adapters.journal import JournalWriter, read_journal
from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.request import Request
from autocorp_wizard.core.runstate import fold
from autocorp_wizard.tui import requests
from autocorp_wizard.tui.app import WizardApp
from autocorp_wizard.tui.screens.steps import StepsScreen
from tests.tui.driving import settle, wizard
from tests.tui.fakes import FakeApplied, FakeEngine, rehearsal
from tests.tui.handmade import apply_events, bootstrap_events, sample_plan

# Escape comes often: without it most keys would end in the first field or palette that opens.
KEYS = (
    *(["escape"] * 8),
    *"abcdefghijklmnoprstuvxyzwDGW123456789/:[]?+-<>",
    *("enter", "enter", "tab", "shift+tab", "up", "down", "left", "right", "pageup", "pagedown", "space"),
    *("home", "end", "f1", "f2", "f3", "f4", "f5", "backspace", "ctrl+p", "ctrl+c", "ctrl+s"),
)
STRINGS, LENGTH, CHUNKS = 1000, 8, 20
SIZES = ((80, 24), (160, 48), (60, 16))


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Random keys save logs and plans under random names too; they go where nobody keeps them."""
    monkeypatch.chdir(tmp_path)


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


def harm(app: WizardApp, engine: FakeEngine) -> list[str]:
    """Return what must never come of random keys, as far as it did."""
    found = [] if app.return_code in (None, 0) else [f"the wizard fell over with {app.return_code}"]
    for request in engine.requests:
        if request.operation is Operation.DESTROY:
            found.append("something was destroyed")
        if request.operation is Operation.APPLY and engine.next_plan.risks and not request.confirm:
            found.append("a plan that loses data was applied without the name")
    found += ["a run was killed" for run in engine.fake_runs.values() if "kill" in run.cancelled]
    return found


async def hammer(
    pilot: Pilot[int], app: WizardApp, engine: FakeEngine, generator: random.Random, strings: int
) -> tuple[list[str], list[str]]:
    """Press random strings while the runs go on, until harm is done; return the harm and the keys."""
    pressed: list[str] = []
    for _ in range(strings):
        keys = [generator.choice(KEYS) for _ in range(LENGTH)]
        if not app.is_running:
            break
        pressed += keys
        await pilot.press(*keys)
        if found := harm(app, engine):
            return found, pressed
        for run in list(engine.fake_runs):
            engine.advance(run, generator.randrange(4))
    return harm(app, engine), pressed


def save_and_load(engine: FakeEngine, folder: Path) -> None:
    """Write the runs' journals as the runner writes them, and fold what is read back."""
    for run in engine.fake_runs:
        writer = JournalWriter(folder / f"{run}.jsonl", run)
        for envelope in engine.envelopes(run):
            writer.append(envelope.event)
        writer.close()
        read = fold(read_journal(folder / f"{run}.jsonl"))
        told = engine.state(run)
        assert (read.operation, read.outcome, read.done, read.total) == (
            told.operation,
            told.outcome,
            told.done,
            told.total,
        )


def _mark(chunk: int) -> pytest.MarkDecorator:
    """The first tenth is for every change, the rest too long for that."""
    return pytest.mark.slow if chunk < CHUNKS // 10 else pytest.mark.full


@pytest.mark.parametrize("chunk", [0, *(pytest.param(each, marks=_mark(each)) for each in range(1, CHUNKS))])
async def test_random_keys_destroy_nothing_and_break_nothing(chunk: int, tmp_path: Path) -> None:
    generator = random.Random(chunk)
    left = STRINGS // CHUNKS
    pressed: list[str] = []
    while left > 0:  # where the keys spelled "leave", a new wizard takes the rest
        engine = engine_in_the_middle(generator)
        app = wizard(engine)
        async with app.run_test(size=generator.choice(SIZES)) as pilot:
            await settle(pilot, lambda app=app: app.focused is not None)
            found, pressed = await hammer(pilot, app, engine, generator, left)
        assert (found or harm(app, engine)) == [], pressed
        left -= max(1, len(pressed) // LENGTH)
        folder = tmp_path / str(left)
        folder.mkdir()
        save_and_load(engine, folder)


@pytest.mark.slow
async def test_the_fuzz_finds_a_key_that_destroys_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: a harmless key of the steps that takes everything down without asking."""

    async def faulty(self: StepsScreen, _: str) -> None:
        phase = self.steps[2].phase
        assert phase is not None
        await self.wizard.start_run(requests.destroy(self.environment, phase, self.environment))

    monkeypatch.setattr(StepsScreen, "do_next", faulty)
    await _finds(monkeypatch, "something was destroyed")


@pytest.mark.slow
async def test_the_fuzz_finds_a_key_that_breaks_the_wizard(monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: a key that raises what no screen expects."""

    def faulty(self: StepsScreen, _: str) -> None:
        raise RuntimeError("a fault that was planted")

    monkeypatch.setattr(StepsScreen, "do_previous", faulty)
    await _finds(monkeypatch, "the wizard fell over with 1")


async def _finds(monkeypatch: pytest.MonkeyPatch, harm_done: str) -> None:
    generator = random.Random(0)
    engine = engine_in_the_middle(generator)
    for run in engine.fake_runs:
        engine.finish(run)
    app = wizard(engine, rehearsal())
    found: list[str] = []
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await settle(pilot, lambda: app.focused is not None)
            await pilot.press("enter")
            found, _ = await hammer(pilot, app, engine, generator, STRINGS)
    except RuntimeError:
        pass  # the fault itself comes out where the wizard ends
    assert harm_done in (found or harm(app, engine))
