"""The source's password: typed hidden, handed to the engine, kept nowhere else."""

from dataclasses import replace

from textual.widgets import Input

from autocorp_wizard.core.change import Change
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.events import Action, Operation
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.request import Request
from autocorp_wizard.tui.screens.asking import SecretDialog
from tests.tui.driving import screen_text, sees, settle, wizard
from tests.tui.fakes import FakeEngine
from tests.tui.handmade import bootstrap_events, sample_plan
from tests.tui.test_journey import newest

PASSWORD = "correct-horse-battery"
OWN_SOURCE = Environment(
    "dev", {"preset": "dev", "cloud": "aws", "account_id": "111122223333", "postgres_host": "db.example.com"}
)


async def test_the_password_reaches_the_engine_and_nothing_else() -> None:
    engine = FakeEngine()
    request = Request(operation=Operation.BOOTSTRAP, environment="dev")
    engine.finish(engine.add(request, bootstrap_events(request)))
    plan = sample_plan(environment="dev")
    writes = Change(
        "module.secrets.aws_secretsmanager_secret_version.source",
        Action.CREATE,
        module="secrets",
        phase=Phase.FOUNDATION,
        resource_type="aws_secretsmanager_secret_version",
        name="source",
        provider_name="",
        sentence="Writes the secret's value.",
    )
    engine.next_plan = replace(plan, changes=(*plan.changes, writes))
    app = wizard(engine, OWN_SOURCE)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await sees(pilot, "dev")
        await pilot.press("enter")
        await sees(pilot, "3/7 Foundation")
        await pilot.press("p")
        await sees(pilot, "dms_replication on db.example.com")
        assert app.screen.query_one(Input).password
        await pilot.press("enter")
        await sees(pilot, "The password is empty.")
        await pilot.press(*PASSWORD)
        assert PASSWORD not in screen_text(app)
        assert PASSWORD not in app.export_screenshot()
        await pilot.press("enter")
        await settle(pilot, lambda: len(engine.requests) == 1)
        engine.finish(newest(engine))
        await sees(pilot, "Apply 8 create")
        await pilot.press("a", "enter")
        await settle(pilot, lambda: isinstance(app.screen, SecretDialog))
        await pilot.press("escape")
        await sees(pilot, "Apply 8 create")
        assert len(engine.requests) == 1, "going back from the question applies nothing"
        await pilot.press("a", "enter")
        await settle(pilot, lambda: isinstance(app.screen, SecretDialog))
        await pilot.press(*PASSWORD, "enter")
        await settle(pilot, lambda: len(engine.requests) == 2)
    assert engine.secrets == [{"postgres_password": PASSWORD}] * 2
    assert all(PASSWORD not in each.to_json() for each in engine.requests)
