"""The whole way through the wizard by keyboard in 80x24, over hand-written journals."""

import pytest
from textual.widgets import Input

from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.presets import Preset
from autocorp_wizard.core.request import Request
from autocorp_wizard.tui.screens.start import StartScreen
from autocorp_wizard.tui.screens.steps import StepsScreen
from autocorp_wizard.tui.themes import LIGHT
from tests.tui.driving import screen_text, sees, settle, wizard
from tests.tui.fakes import FakeApplied, FakeEngine, bootstrapped, rehearsal
from tests.tui.handmade import DIGEST, apply_events, plan_events, sample_plan

SMALL = (80, 24)
FOUNDATION = FakeApplied(("foundation",), 8, {})


def newest(engine: FakeEngine) -> str:
    return list(engine.fake_runs)[-1]


async def test_a_rehearsal_goes_from_start_to_applied_by_keyboard() -> None:
    engine = FakeEngine()
    app = wizard(engine, proposed=rehearsal())
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await sees(pilot, "rehearsal", "answers not saved yet")
        await pilot.press("enter")
        await sees(pilot, "Answers of rehearsal", "Save answers")
        await pilot.press("enter")
        await sees(pilot, "2/7 Bootstrap", "ready")
        await pilot.press("enter")
        await sees(pilot, "Bootstrap on rehearsal")
        engine.finish(newest(engine))
        await sees(pilot, "The remote state is ready.", "versioning")
        await pilot.press("escape")
        await sees(pilot, "Foundation", "not deployed yet")
        await pilot.press("p")
        await sees(pilot, "Plan foundation on rehearsal")
        engine.finish(newest(engine))
        await sees(pilot, "Apply 8 create", DIGEST[:12])
        await pilot.press("a", "enter")
        await sees(pilot, "Apply foundation on rehearsal")
        engine.advance(newest(engine), 20)
        await sees(pilot, "of 8 done")
        engine.finish(newest(engine))
        await sees(pilot, "Terraform reports 8 added", "autocorp-rehearsal-lake")
        await pilot.press("escape")
        await sees(pilot, "4/7 Glue", "ready")
        await pilot.press("left_square_bracket")
        await sees(pilot, "3/7 Foundation", "done", "Deployed: 8 resources")
    apply = engine.requests[-1]
    assert (apply.operation, apply.digest, apply.confirm) == (Operation.APPLY, DIGEST, "")
    assert apply.plan_run.endswith("plan-0000")


async def test_the_step_that_wants_attention_opens_without_searching() -> None:
    app = wizard(bootstrapped())
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await sees(pilot, "rehearsal")
        await pilot.press("enter")
        await sees(pilot, "3/7 Foundation")
        await settle(pilot, lambda: app.focused is not None and app.focused.id == "button-steps-plan")


async def test_destroy_wants_the_name_and_enter_alone_never_does_it() -> None:
    engine = bootstrapped()
    engine.deployed["rehearsal"] = FOUNDATION
    app = wizard(engine)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await sees(pilot, "rehearsal")
        await pilot.press("enter")
        await sees(pilot, "4/7 Glue", "not deployed yet")
        await pilot.press("D")
        await sees(pilot, "Type the environment's name", "8 resources")
        await pilot.press("enter")
        await settle(pilot, lambda: isinstance(app.screen, StepsScreen))
        await pilot.press("D")
        await sees(pilot, "Type the environment's name")
        await pilot.press("tab", "enter")
        await sees(pilot, "The name does not match; nothing was done.")
        assert [request.operation for request in engine.requests] == [Operation.BOOTSTRAP]
        app.screen.query_one(Input).focus()
        await pilot.press(*"rehearsal", "enter", "enter")
        await sees(pilot, "Destroy on rehearsal")
        engine.finish(newest(engine))
        await sees(pilot, "8 removed")
    assert engine.requests[-1].confirm == "rehearsal"


async def test_a_plan_that_loses_data_is_applied_only_with_the_name() -> None:
    engine = bootstrapped()
    engine.next_plan = sample_plan(loses=True)
    app = wizard(engine)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await sees(pilot, "rehearsal")
        await pilot.press("enter")
        await sees(pilot, "Foundation")
        await pilot.press("p")
        await settle(pilot, lambda: len(engine.requests) == 2)
        engine.finish(newest(engine))
        await sees(pilot, "1 risk", "The data lake is deleted with everything in it.")
        await pilot.press("a", "enter")
        await sees(pilot, "Type the environment's name", "deleted with everything in it")
        await pilot.press("enter")
        await sees(pilot, "Apply 7 create, 1 replace")
        assert len(engine.requests) == 2
        await pilot.press("a", "enter")
        await sees(pilot, "Type the environment's name")
        app.screen.query_one(Input).focus()
        await pilot.press(*"rehearsal", "enter", "enter")
        await settle(pilot, lambda: len(engine.requests) == 3)
    assert engine.requests[-1].confirm == "rehearsal"


async def test_a_run_that_goes_on_is_offered_first_and_its_counts_go_on() -> None:
    engine = bootstrapped()
    request = Request(operation=Operation.APPLY, environment="rehearsal", phase="foundation")
    run = engine.add(request, apply_events(request, sample_plan()), written=21)
    app = wizard(engine)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await sees(pilot, "The apply of rehearsal is still going: 3 of 8 done.", "Reattach")
        await pilot.press("enter")
        await sees(pilot, "Apply foundation on rehearsal", "3 of 8 done")
        engine.advance(run, 2)
        await sees(pilot, "5 of 8 done")


async def test_a_lost_run_is_explained_and_recovered() -> None:
    engine = bootstrapped()
    request = Request(operation=Operation.APPLY, environment="rehearsal", phase="foundation")
    engine.lose(engine.add(request, apply_events(request, sample_plan()), written=21))
    app = wizard(engine)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await sees(pilot, "The apply of rehearsal was lost", "Recover")
        await pilot.press("v")
        await sees(pilot, "Recover foundation on rehearsal")
        engine.finish(newest(engine))
        await sees(pilot, "The lock was released.", "Nothing is left of the lost run.", "Plan again")
    assert engine.requests[-1].operation is Operation.RECOVER


async def test_a_failure_leads_with_its_card_and_keeps_the_raw_text_a_key_away() -> None:
    engine = bootstrapped()
    request = Request(operation=Operation.APPLY, environment="rehearsal", phase="foundation")
    run = engine.add(request, apply_events(request, sample_plan(), fails=True))
    app = wizard(engine)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await sees(pilot, "Reattach")
        await pilot.press("enter")
        engine.finish(run)
        await sees(pilot, "AWS refused to create a subnet.", "The role lacks ec2:CreateSubnet.", "Next:")
        assert "succeeded" not in screen_text(app)
        await pilot.press("d")
        await sees(pilot, "As Terraform said it", "https response error StatusCode: 403")
        await pilot.press("escape")
        await settle(pilot, lambda: app.focused is not None and app.focused.id == "button-run-again")
        await pilot.press("enter")
        await settle(pilot, lambda: engine.requests[-1].operation is Operation.PLAN)
        assert engine.requests[-1].phase == "foundation"


async def test_after_a_good_end_enter_leads_to_the_step_that_is_next() -> None:
    engine = bootstrapped()
    request = Request(operation=Operation.APPLY, environment="rehearsal", phase="foundation")
    run = engine.add(request, apply_events(request, sample_plan()), written=21)
    app = wizard(engine)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await sees(pilot, "Reattach")
        await pilot.press("enter")
        await sees(pilot, "3 of 8 done")
        await pilot.press("n")
        await sees(pilot, "The run is not over")
        engine.finish(run)
        await sees(pilot, "Terraform reports 8 added", "n Go on")
        await settle(pilot, lambda: app.focused is not None and app.focused.id == "button-run-next")
        await pilot.press("enter")
        await sees(pilot, "4/7 Glue", "p Plan")
        assert len(app.screen_stack) == 2


async def test_going_on_from_the_list_of_runs_opens_the_environment() -> None:
    engine = bootstrapped()
    app = wizard(engine)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await sees(pilot, "rehearsal")
        await pilot.press("r")
        await sees(pilot, "bootstrap")
        await pilot.press("o")
        await sees(pilot, "Settings of the remote state", "Go on")
        await pilot.press("n")
        await sees(pilot, "3/7 Foundation", "p Plan")


async def test_stopping_offers_three_ways_and_killing_is_typed() -> None:
    engine = bootstrapped()
    request = Request(operation=Operation.APPLY, environment="rehearsal", phase="foundation")
    run = engine.add(request, apply_events(request, sample_plan()), written=21)
    app = wizard(engine)
    app.NOTIFICATION_TIMEOUT = 120  # a busy machine may look only after the usual five seconds
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await sees(pilot, "Reattach")
        await pilot.press("enter")
        await sees(pilot, "3 of 8 done")
        await pilot.press("c")
        await sees(pilot, "Keep running", "Stop", "Kill")
        await pilot.press("tab", "tab", "enter")
        await sees(pilot, "Type kill into the field first.")
        assert engine.fake_runs[run].cancelled == []
        await pilot.press(*"kill", "tab", "tab", "tab", "enter")
        await settle(pilot, lambda: engine.fake_runs[run].cancelled == ["kill"])
        await pilot.press("c")
        await sees(pilot, "Keep running")
        await pilot.press("tab", "enter")
        await settle(pilot, lambda: engine.fake_runs[run].cancelled == ["kill", "stop"])


async def test_leaving_asks_only_while_a_run_goes_on() -> None:
    engine = bootstrapped()
    app = wizard(engine)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await sees(pilot, "rehearsal")
        await pilot.press("q")
        await settle(pilot, lambda: app.return_code == 0 or not app.is_running)
    request = Request(operation=Operation.APPLY, environment="rehearsal", phase="foundation")
    run = engine.add(request, apply_events(request, sample_plan()), written=21)
    app = wizard(engine)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await sees(pilot, "Reattach")
        await pilot.press("q")
        await sees(pilot, "Leave, let it run", "goes on when this window closes")
        await pilot.press("enter")
        await settle(pilot, lambda: isinstance(app.screen, StartScreen))
        await pilot.press("q")
        await sees(pilot, "Leave, let it run")
        await pilot.press("tab", "enter")
        await settle(pilot, lambda: app.session.left_running == [run])
    assert engine.fake_runs[run].cancelled == []


async def test_escape_goes_up_and_never_quits() -> None:
    app = wizard(bootstrapped())
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await sees(pilot, "rehearsal")
        await pilot.press("enter")
        await sees(pilot, "3/7 Foundation")
        await pilot.press("escape")
        await settle(pilot, lambda: isinstance(app.screen, StartScreen))
        await pilot.press("escape")
        await sees(pilot, "This is the first screen")
        assert app.is_running


async def test_a_key_that_cannot_do_anything_now_says_why() -> None:
    app = wizard()
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await sees(pilot, "rehearsal")
        await pilot.press("enter")
        await sees(pilot, "2/7 Bootstrap")
        await pilot.press("3")
        await sees(pilot, "3/7 Foundation")
        await pilot.press("p")
        await sees(pilot, "do the bootstrap step first")


async def test_what_was_typed_and_not_saved_is_there_on_return() -> None:
    app = wizard()
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await sees(pilot, "rehearsal")
        await pilot.press("enter")
        await sees(pilot, "2/7 Bootstrap")
        await pilot.press("1")
        await sees(pilot, "Answers of rehearsal")
        app.screen.query_one("#field-project_name Input", Input).value = "mine"
        await sees(pilot, "changed, not saved")
        await pilot.press("escape", "escape")
        await settle(pilot, lambda: isinstance(app.screen, StartScreen))
        await pilot.press("enter")
        await sees(pilot, "2/7 Bootstrap")
        await pilot.press("1")
        await sees(pilot, "mine", "changed, not saved")


async def test_a_wrong_answer_is_refused_where_it_stands() -> None:
    app = wizard()
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await sees(pilot, "rehearsal")
        await pilot.press("enter")
        await sees(pilot, "2/7 Bootstrap")
        await pilot.press("1")
        field = app.screen.query_one("#field-project_name Input", Input)
        field.focus()
        field.value = "Not A Name"
        await pilot.press("tab")
        await sees(pilot, "It must start with a lower-case letter")
        await pilot.press("f5")
        await sees(pilot, "It must start with a lower-case letter")
        assert app.session.environment("rehearsal").project_name == "autocorp"
        field.value = "mine"
        await pilot.press("f5")
        await settle(pilot, lambda: app.session.environment("rehearsal").project_name == "mine")


async def test_a_new_environment_wants_a_name_that_aws_accepts() -> None:
    app = wizard()
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await sees(pilot, "rehearsal")
        await pilot.press("n")
        await sees(pilot, "New environment", "Go on")
        await pilot.press(*"Bad Name", "enter")
        await sees(pilot, "cannot name an environment")
        app.screen.query_one(Input).value = "dev"
        await pilot.press("enter")
        await sees(pilot, "Answers of dev", "account_id")


async def test_production_is_said_in_words_on_every_screen() -> None:
    prod = rehearsal(Preset.PROD)
    engine = FakeEngine()
    app = wizard(engine, prod)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await sees(pilot, "PRODUCTION", "rehearsal-prod")
        await pilot.press("enter")
        await sees(pilot, "PRODUCTION rehearsal-prod")
        await pilot.press("s")
        await sees(pilot, "PRODUCTION rehearsal-prod", "Bootstrap on")


async def test_a_plan_waits_for_its_review_and_is_found_again() -> None:
    engine = bootstrapped()
    request = Request(operation=Operation.PLAN, environment="rehearsal", phase="foundation")
    engine.finish(engine.add(request, plan_events(request, sample_plan())))
    app = wizard(engine)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await sees(pilot, "rehearsal")
        await pilot.press("enter")
        await sees(pilot, "review", "Review plan")
        await pilot.press("enter")
        await sees(pilot, "Apply 8 create")
        await pilot.press("slash", *"the key")
        await sees(pilot, "1 of 8 changes", "aws_kms_key.this")
        assert "aws_s3_bucket.lake" not in screen_text(app)
        await pilot.press("escape")
        await sees(pilot, "aws_s3_bucket.lake")


async def test_the_log_is_one_key_away_and_finds_text() -> None:
    engine = bootstrapped()
    request = Request(operation=Operation.APPLY, environment="rehearsal", phase="foundation")
    engine.add(request, apply_events(request, sample_plan()), written=21)
    app = wizard(engine)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await sees(pilot, "Reattach")
        await pilot.press("enter")
        await sees(pilot, "3 of 8 done")
        await pilot.press("l")
        await sees(pilot, "Log", "aws_s3_bucket.lake: created in 1s", "following")
        await pilot.press("slash", *"kms", "enter")
        await sees(pilot, "lines with 'kms'")


async def test_help_and_palette_know_every_action_of_the_screen() -> None:
    app = wizard(bootstrapped())
    async with app.run_test(size=(120, 60), notifications=True) as pilot:
        await sees(pilot, "rehearsal")
        await pilot.press("enter")
        await sees(pilot, "not deployed yet")
        await pilot.press("f1")
        await sees(pilot, "Destroy", "Nothing is deployed in this environment.", "A phase")
        await pilot.press("escape")
        await pilot.press("f2")
        await sees(pilot, "Search for commands")
        await pilot.press(*"plan")
        await sees(pilot, "Ask Terraform what this phase would change.")


async def test_the_theme_changes_with_a_key() -> None:
    app = wizard()
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        await sees(pilot, "rehearsal")
        await pilot.press("f4")
        await settle(pilot, lambda: app.theme == LIGHT.name)


@pytest.mark.parametrize("width", [60, 80, 160])
async def test_the_environment_is_named_on_the_run_at_every_width(width: int) -> None:
    engine = bootstrapped()
    request = Request(operation=Operation.APPLY, environment="rehearsal", phase="foundation")
    engine.add(request, apply_events(request, sample_plan()), written=21)
    app = wizard(engine)
    async with app.run_test(size=(width, 20), notifications=True) as pilot:
        await sees(pilot, "Reattach")
        await pilot.press("enter")
        screen = await sees(pilot, "3 of 8 done")
        assert screen.splitlines()[0].strip().startswith("rehearsal")
