"""Changing an answer marks what depends on it, an edit is shown before it is saved, and an old plan is not applied."""

from dataclasses import replace

from textual.widgets import Collapsible, Input

from autocorp_wizard.core.dependants import ChangedAnswer
from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.request import Request
from autocorp_wizard.tui.overview import Overview, StepStatus, first_open, steps_of
from tests.tui.driving import at_step, screen_text, sees, settle, wizard
from tests.tui.fakes import bootstrapped, rehearsal

DAYS = ChangedAnswer("s3_lifecycle_days", 90, 45)
MULTI = ChangedAnswer("dms_multi_az", False, True)
FULL = Overview(
    "dev", saved=True, phases=("foundation", "glue", "dms", "datasync"), replication_started=True, changed=(MULTI,)
)


def words(overview: Overview) -> dict[str, str]:
    return {step.key: step.status.value for step in steps_of(overview)}


def test_a_changed_answer_makes_stale_what_is_made_from_it_and_nothing_else() -> None:
    assert {key for key, word in words(FULL).items() if word == "stale"} == {"dms"}
    both = replace(FULL, changed=(DAYS, MULTI))
    assert {key for key, word in words(both).items() if word == "stale"} == {"foundation", "dms"}
    assert "s3_lifecycle_days" in steps_of(both)[2].note
    assert steps_of(both)[first_open(steps_of(both))].status is StepStatus.STALE


def test_what_is_not_deployed_cannot_be_stale_and_what_follows_a_stale_step_can_be_planned() -> None:
    part = replace(FULL, phases=("foundation",), replication_started=False, changed=(DAYS, MULTI))
    assert [words(part)[key] for key in ("foundation", "glue", "dms")] == ["stale", "ready", "waiting"]


async def test_a_stale_step_shows_what_it_was_deployed_with() -> None:
    engine = bootstrapped("foundation")
    engine.changed["rehearsal"] = (DAYS,)
    app = wizard(engine)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await at_step(pilot)
        await sees(pilot, "3/7 Foundation", "! stale", "s3_lifecycle_days: 90 → 45")


async def test_an_edit_is_shown_as_a_diff_with_its_command_before_it_is_saved() -> None:
    app = wizard(bootstrapped("foundation"))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await at_step(pilot, "1")
        await sees(pilot, "Answers of rehearsal")
        app.screen.query_one(Collapsible).collapsed = False
        await settle(pilot, lambda: bool(app.screen.query("#field-s3_lifecycle_days Input")))
        app.screen.query_one("#field-s3_lifecycle_days").query_one(Input).value = "45"
        await sees(pilot, "1 changed, not saved", "Changes 1 input of Terraform (foundation)")
        app.screen.query_one("#map").focus()
        await pilot.press("d")
        shown = await sees(pilot, "Inputs of Terraform", "+ s3_lifecycle_days = 45", "Same from the command line")
        assert "autocorp-wizard env edit rehearsal --set s3_lifecycle_days=45" in shown
        assert "- s3_lifecycle_days = " in shown
        await pilot.press("escape")
        await pilot.press("f5")
        await settle(pilot, lambda: app.session.environment("rehearsal").given.get("s3_lifecycle_days") == 45)


async def test_a_name_that_resources_were_built_from_is_not_changed_under_them() -> None:
    app = wizard(bootstrapped("foundation"))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await at_step(pilot, "1")
        await sees(pilot, "Answers of rehearsal")
        app.screen.query_one("#field-project_name").query_one(Input).value = "other"
        await pilot.press("f5")
        await sees(pilot, "project_name cannot change while rehearsal is deployed")
        assert app.session.environment("rehearsal") == rehearsal()


async def test_an_outdated_plan_says_so_and_is_not_applied() -> None:
    engine = bootstrapped("foundation")
    run = engine.start(Request(operation=Operation.PLAN, environment="rehearsal", phase="foundation"), {})
    engine.finish(run)
    engine.changed[run] = (DAYS,)
    app = wizard(engine)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await at_step(pilot, "3")
        await pilot.press("v")
        await sees(pilot, "Outdated: s3_lifecycle_days changed since")
        before = len(engine.requests)
        await pilot.press("a")
        await sees(pilot, "Approve: not now", "plan again")
        assert len(engine.requests) == before
        assert "Apply 8 create" in screen_text(app)
