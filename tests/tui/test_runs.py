"""The list of runs, with what colleagues did."""

from dataclasses import dataclass, replace

from autocorp_wizard.adapters.run_store import RunRecord
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.request import Request
from autocorp_wizard.tui.app import WizardApp
from tests.tui.driving import sees, wizard
from tests.tui.fakes import FakeEngine


@dataclass
class Came:
    """What a fetch brings."""

    received: int = 1
    unreadable: tuple[str, ...] = ()


class Shared(FakeEngine):
    """An engine whose runs are a colleague's once they were fetched."""

    fetched = False

    def history(self, environment: str | None = None) -> list[RunRecord]:
        """The colleague's run, once it came."""
        found = [replace(each, by="ann@\x1b[2Jlaptop") for each in self.runs(environment)]
        return found if self.fetched else []


def after_a_run(engine: FakeEngine) -> WizardApp:
    """A wizard in which an apply ended well."""
    engine.finish(engine.start(Request(operation=Operation.APPLY, environment="rehearsal", phase="foundation"), {}))
    return wizard(engine)


async def test_colleagues_are_asked_and_their_names_stand_beside_their_runs():
    engine = Shared()
    app = after_a_run(engine)

    def fetch(environment: Environment) -> Came:
        assert environment.name == "rehearsal"
        engine.fetched = True
        return Came(unreadable=("20260301T101500-apply-1f2e",))

    app.session.fetch_team = fetch
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await sees(pilot, "rehearsal")
        app.switch_mode("runs")
        await sees(pilot, "No run yet")
        await pilot.press("t")
        shown = await sees(pilot, "laptop", "1 runs of colleagues came", "20260301T101500-apply-1f2e")
        assert "\x1b" not in shown


async def test_an_account_that_cannot_be_reached_is_named_and_the_list_stays():
    app = after_a_run(FakeEngine())

    def fetch(_: Environment) -> Came:
        raise WizardError("NET-UNREACHABLE", "AWS cannot be reached.", next_step="Look at the network.")

    app.session.fetch_team = fetch
    async with app.run_test(size=(100, 30), notifications=True) as pilot:
        await sees(pilot, "rehearsal")
        app.switch_mode("runs")
        await sees(pilot, "succeeded")
        await pilot.press("t")
        await sees(pilot, "AWS cannot be reached. Look at the network.", "succeeded")
