"""A run on the screen: shown at once, its log searched and saved, its commands told, its journal played again."""

import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from autocorp_wizard.adapters.run_store import RunRecord
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.request import Request
from autocorp_wizard.core.runstate import CommandState, RunState
from autocorp_wizard.tui.run_words import command_words, progress_words
from autocorp_wizard.tui.widgets.log_view import LogView
from tests.tui.driving import screen_text, sees, settle, wizard
from tests.tui.fakes import FakeEngine
from tests.tui.handmade import NOW, apply_events, sample_plan

SMALL = (80, 24)
APPLY = Request(operation=Operation.APPLY, environment="rehearsal", phase="foundation", command="autocorp-wizard apply")


def with_commands() -> list[ev.Event]:
    first, *rest = apply_events(APPLY, sample_plan())
    argv = ("terraform", "apply", "-json", "tf plan")
    return [first, ev.CommandStarted(argv=argv), ev.CommandFinished(argv=argv, exit_code=0, seconds=9.0), *rest]


async def watched(pilot: Pilot[int], engine: FakeEngine, run: str, *, replayed: bool = False) -> None:
    """The run's screen."""
    app = pilot.app
    await sees(pilot, "rehearsal")
    app.show_run(run, "rehearsal", replayed=replayed)  # type: ignore[attr-defined]
    await sees(pilot, "Apply foundation on rehearsal")


async def test_a_run_is_shown_before_the_history_of_its_environment_was_read() -> None:
    engine = FakeEngine()
    run = engine.add(APPLY, apply_events(APPLY, sample_plan()), written=21)
    read = threading.Event()
    runs = engine.runs

    def slow(environment: str | None = None) -> Sequence[RunRecord]:
        if environment is not None:
            read.wait(20)
        return runs(environment)

    app = wizard(engine)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await sees(pilot, "rehearsal")
        engine.runs = slow  # type: ignore[method-assign, assignment]
        app.show_run(run, "rehearsal")
        try:
            shown = await sees(pilot, "of 8 done", "Resources:")
            assert "▶" in shown
        finally:
            read.set()
        assert "░" * 24 in screen_text(app)


async def test_a_rollout_that_is_opened_while_it_runs_shows_one_pane_with_something_in_it() -> None:
    engine = FakeEngine()
    request = Request(operation=Operation.ROLLOUT, environment="rehearsal", command="autocorp-wizard rehearse")
    steps = [ev.StepStarted(step="preflight", sentence="Looking at what the rollout needs")]
    run = engine.add(request, [ev.RunStarted(operation=Operation.ROLLOUT, environment="rehearsal"), *steps], written=2)
    app = wizard(engine)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await sees(pilot, "rollout of rehearsal is still going")
        await pilot.press("enter")
        await sees(pilot, "Rollout on rehearsal", "What is being done", "Looking at what the rollout needs")
        visible = [pane for pane in app.screen.query("#main > *") if pane.region.height]
        assert [pane.id for pane in visible] == ["trail"]
    assert engine.fake_runs[run].cancelled == []


async def test_the_log_is_filtered_while_typing_and_whole_again_after_escape() -> None:
    engine = FakeEngine()
    run = engine.add(APPLY, apply_events(APPLY, sample_plan()))
    engine.finish(run)
    app = wizard(engine)
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await watched(pilot, engine, run)
        await pilot.press("i")
        await settle(pilot, lambda: app.focused is not None and app.focused.id == "find")
        await pilot.press(*"subnet")
        shown = await sees(pilot, "2 of ", "lines with 'subnet'")
        assert "aws_s3_bucket.lake" not in shown
        await pilot.press("enter", "escape")
        await sees(pilot, "aws_s3_bucket.lake", "following")


async def test_long_lines_are_broken_on_request() -> None:
    engine = FakeEngine()
    long = "word " * 40 + "end"
    run = engine.add(APPLY, [*apply_events(APPLY, sample_plan())[:2], ev.LogWritten(text=long)], written=3)
    app = wizard(engine)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await watched(pilot, engine, run)
        await pilot.press("l")
        assert "d end" not in await sees(pilot, "word word")
        await pilot.press("w")
        await sees(pilot, "d end", "Long lines are broken.")


async def test_the_log_is_saved_whole(tmp_path: Path) -> None:
    engine = FakeEngine()
    run = engine.add(APPLY, apply_events(APPLY, sample_plan()))
    engine.finish(run)
    app = wizard(engine)
    target = tmp_path / "run.log"
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await watched(pilot, engine, run)
        await sees(pilot, "Terraform reports")
        await pilot.press("s")
        await sees(pilot, "Save the log")
        app.screen.query_one("#file", Input).value = str(target)
        await pilot.press("enter")
        await sees(pilot, "lines are in")
        lines = app.screen.query_one(LogView).model.taken
    assert len(target.read_text().splitlines()) == lines > 15


async def test_every_real_command_is_one_key_away() -> None:
    engine = FakeEngine()
    run = engine.add(APPLY, with_commands())
    engine.finish(run)
    app = wizard(engine)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await watched(pilot, engine, run)
        await sees(pilot, "Terraform reports")
        await pilot.press("x")
        await sees(pilot, "$ terraform apply -json 'tf plan'", "exit code 0 after 9s")


async def test_a_journal_is_played_again_and_nothing_of_it_can_be_stopped() -> None:
    engine = FakeEngine()
    run = engine.add(APPLY, apply_events(APPLY, sample_plan()), ago=500)
    engine.finish(run)
    app = wizard(engine)
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await sees(pilot, "rehearsal")
        await pilot.press("r")
        await sees(pilot, "succeeded")
        await pilot.press("p")
        await sees(pilot, "Replay of", "at 10 times its speed")
        await pilot.press("z")
        await sees(pilot, "stands still")
        await pilot.press("c")
        await sees(pilot, "Stop: not now")
        await pilot.press("z", *["plus"] * 6)
        await sees(pilot, "at 1000 times its speed", "Terraform reports 8 added")
    assert engine.fake_runs[run].cancelled == []


async def test_replay_keys_say_that_a_live_run_is_no_replay() -> None:
    engine = FakeEngine()
    run = engine.add(APPLY, apply_events(APPLY, sample_plan()), written=15)
    app = wizard(engine)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await watched(pilot, engine, run)
        await pilot.press("plus")
        await sees(pilot, "Faster: not now", "This is no replay")


def told(silent: float, alive: float | None) -> str:
    state = RunState(run="r", operation="apply", environment="dev", started_at=NOW, last_at=NOW)
    now = NOW + timedelta(seconds=silent)
    alive_at = None if alive is None else now - timedelta(seconds=alive)
    return progress_words(state, "running", now, None, alive_at=alive_at).plain


def test_a_process_that_lives_is_told_from_one_that_gives_no_sign() -> None:
    assert "sign of life" not in told(8, None)
    assert "Alive; last news 2 min ago." in told(120, 2)
    assert "No sign of life of its process for 2m 00s." in told(120, None)


@pytest.mark.parametrize(("code", "words"), [(None, "running"), (0, "exit code 0"), (1, "exit code 1")])
def test_a_command_is_told_as_it_could_be_typed(code: int | None, words: str) -> None:
    shown = command_words([CommandState(("terraform", "plan", "a b"), NOW, code, 3.0)]).plain
    assert "$ terraform plan 'a b'" in shown
    assert words in shown
