"""Before anything goes: which phases, what goes by name, and the name of the environment, typed."""

from datetime import timedelta

import pytest

from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.identity import Identity
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.tui.app import WizardApp
from autocorp_wizard.tui.screens.steps import StepsScreen
from tests.tui.driving import at_step, sees, settle, wizard
from tests.tui.fake_losses import FakeLosses
from tests.tui.fakes import FakeEngine, bootstrapped
from tests.tui.handmade import NOW


@pytest.fixture
def engine() -> FakeEngine:
    """Two phases are there."""
    return bootstrapped("foundation", "glue")


@pytest.fixture
def app(engine: FakeEngine) -> WizardApp:
    """A wizard that can look at what goes."""
    made = wizard(engine)
    made.session.losses = lambda environment, first: FakeLosses(total=54 if first is Phase.FOUNDATION else 20)
    return made


async def test_what_goes_is_said_by_name_with_what_the_buckets_hold_now(app: WizardApp) -> None:
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await at_step(pilot, "3")
        await sees(pilot, "Destroy…")
        await pilot.press("D")
        await sees(
            pilot,
            "1,204 objects and 88 older versions",
            "module.kms.aws_kms_key.this: key",
            "54 resources in all: s3 30, kms 24",
        )


async def test_a_phase_goes_alone_with_those_that_follow_it(app: WizardApp, engine: FakeEngine) -> None:
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await at_step(pilot, "4")
        await sees(pilot, "Destroy…")
        await pilot.press("D")
        await sees(pilot, "Destroy which?", "only glue", "all of rehearsal")
        await pilot.press("enter")
        await sees(pilot, "Destroy glue and what follows it in rehearsal", "20 resources in all")
        await pilot.press("shift+tab", *"rehearsal", "enter", "enter")
        await settle(pilot, lambda: engine.requests[-1].operation is Operation.DESTROY)
    request = engine.requests[-1]
    assert (request.phase, request.confirm) == ("glue", "rehearsal")
    assert request.command == "autocorp-wizard destroy glue --env rehearsal --confirm rehearsal"


async def test_going_back_at_any_question_destroys_nothing(app: WizardApp, engine: FakeEngine) -> None:
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await at_step(pilot, "4")
        await sees(pilot, "Destroy…")
        await pilot.press("D")
        await sees(pilot, "Destroy which?")
        await pilot.press("escape")
        await settle(pilot, lambda: isinstance(app.screen, StepsScreen))
        await pilot.press("D")
        await sees(pilot, "Destroy which?")
        await pilot.press("down", "enter")
        await sees(pilot, "Destroy rehearsal", "Cancel")
        await pilot.press("enter")
        await settle(pilot, lambda: isinstance(app.screen, StepsScreen))
    assert [request.operation for request in engine.requests] == [Operation.BOOTSTRAP]


async def test_what_cannot_be_read_is_said_instead_of_nothing(app: WizardApp) -> None:
    def fails(environment: Environment, first: Phase) -> FakeLosses:
        raise WizardError("NET-UNREACHABLE", "AWS cannot be reached.")

    app.session.losses = fails
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await at_step(pilot, "3")
        await sees(pilot, "Destroy…")
        await pilot.press("D")
        await sees(pilot, "What exactly goes could not be read: AWS cannot be reached.")


def real() -> Environment:
    return Environment("dev").with_answers({"account_id": "111122223333", "postgres_host": "db.example.com"})


async def chip(identity: Identity | None, *words: str) -> None:
    app = wizard(FakeEngine(), real())

    def identify(_: Environment) -> Identity:
        if identity is None:
            raise WizardError("AUTH-MISSING", "There are no AWS credentials.")
        return identity

    app.session.identify = identify
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await sees(pilot, "dev")
        await pilot.press("enter")
        await sees(pilot, *words)


async def test_the_header_says_who_works_here_and_how_long_that_lasts() -> None:
    arn = "arn:aws:sts::111122223333:assumed-role/deploy/kim"
    await chip(
        Identity("111122223333", arn, NOW + timedelta(hours=3)), "dev", "AWS 111122223333", "deploy, 180 min left"
    )


async def test_the_header_warns_where_a_run_takes_longer_than_the_credentials_live() -> None:
    arn = "arn:aws:sts::111122223333:assumed-role/deploy/kim"
    await chip(
        Identity("111122223333", arn, NOW + timedelta(minutes=12)), "! credentials end in 12 min, a run takes 45"
    )


async def test_the_header_says_that_nobody_is_signed_in() -> None:
    await chip(None, "! There are no AWS credentials.")
