"""Makes docs/screenshots/*.svg from recorded runs of a real rehearsal: nothing on them is invented.

    scripts/screenshots.py --home HOME     a home in which `autocorp-wizard rehearse` went as far as an apply

The journals are read by the real engine; a run is shown as far as `--at` of its events, with the clock of its journal.
"""

import argparse
import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from textual.pilot import Pilot

from autocorp_wizard.adapters.environment_store import EnvironmentStore
from autocorp_wizard.adapters.home import Home
from autocorp_wizard.adapters.run_store import RunRecord, RunStatus
from autocorp_wizard.core.dependants import ChangedAnswer
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.events import Envelope, Operation
from autocorp_wizard.core.runstate import RunState, fold
from autocorp_wizard.rollout.engine import Engine
from autocorp_wizard.tui.app import WizardApp
from autocorp_wizard.tui.opening import make_app
from autocorp_wizard.tui.session import Session
from autocorp_wizard.tui.widgets.progress_header import ProgressHeader

SIZE = (110, 32)
TURNS = 1200


class Recording(Engine):
    """The real engine, except that the run `shown` has come only as far as `at` of its events."""

    shown = ""
    at = 1.0

    def _envelopes(self, run: str) -> list[Envelope]:
        envelopes = super().tail(run).read()
        return envelopes[: max(1, int(len(envelopes) * self.at))] if run == self.shown else envelopes

    def state(self, run: str) -> RunState:
        """The fold of what is shown."""
        return fold(self._envelopes(run))

    def record(self, run: str) -> RunRecord:
        """The record; a run that is cut is still going."""
        found = super().record(run)
        if run != self.shown or self.at >= 1:
            return found
        state = self.state(run)
        return replace(
            found, status=RunStatus.RUNNING, finished_at=None, done=state.done, total=state.total, sentence=""
        )

    def runs(self, environment: str | None = None) -> list[RunRecord]:
        """All runs up to the one that is shown."""
        found = [self.record(record.run) for record in super().runs(environment)]
        return [record for record in found if not self.shown or record.run <= self.shown]

    def changed_since_plan(self, run: str, environment: Environment) -> tuple[ChangedAnswer, ...]:
        """Nothing: at the moment that is shown, nobody had changed an answer yet."""
        return ()

    def tail(self, run: str, *, after: int = 0) -> "Cut":  # type: ignore[override]
        """A tail of what is shown."""
        return Cut(self._envelopes(run), over=run != self.shown or self.at >= 1)


class Cut:
    """A tail that gives what it has at once."""

    def __init__(self, envelopes: list[Envelope], *, over: bool) -> None:
        self._rest, self._over = envelopes, over

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        return self._over and not self._rest

    def read(self) -> list[Envelope]:
        """Everything."""
        found, self._rest = self._rest, []
        return found


async def settle(pilot: Pilot[int], until: Callable[[], bool]) -> None:
    """Let the screen come to rest."""
    for _ in range(TURNS):
        await pilot.pause()
        if until():
            await pilot.pause()
            return
        await asyncio.sleep(0.01)
    raise SystemExit("The screen never came to rest.")


async def dashboard(home: Home, environment: str, out: Path) -> None:
    """Draw how an environment does now; the rehearsal's cloud is started where it does not run."""
    app = make_app(home, EnvironmentStore(home).load(environment), dashboard=True)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, lambda: any(view.option_count for view in app.screen.query("#dashboard-rows")))
        out.write_text(app.export_screenshot(title="AutoCorp Wizard"))
        print(out)


async def picture(
    home: Home, run: RunRecord, at: float, out: Path, show: Callable[[WizardApp], Callable[[], bool]]
) -> None:
    """Draw one screen."""
    engine = Recording(home)
    engine.shown, engine.at = run.run, at
    moment = engine.state(run.run).last_at or datetime.now().astimezone()
    app = WizardApp(Session(lambda: EnvironmentStore(home), lambda: engine, now=lambda: moment), run.environment)
    async with app.run_test(size=SIZE) as pilot:
        await settle(pilot, lambda: bool(app.session.known))
        await settle(pilot, show(app))
        out.write_text(app.export_screenshot(title="AutoCorp Wizard"))
        print(out)


def shows(widget: str) -> Callable[[WizardApp], bool]:
    """Whether a widget of the screen in front has something to draw."""
    return lambda app: any(node.size.height > 0 for node in app.screen.query(widget))


def main() -> None:
    """Draw the pictures of the README."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "docs" / "screenshots")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    home = Home(arguments.home.absolute())
    runs = Engine(home).runs(None)
    done = [run for run in runs if run.status == "succeeded"]
    # The largest show the most; of equal ones the newest.
    plan = max((r for r in done if r.operation == Operation.PLAN), key=lambda r: sum(r.counts.values()), default=None)
    apply = max((r for r in done if r.operation == Operation.APPLY), key=lambda r: sum(r.counts.values()), default=None)
    if plan is None or apply is None:
        raise SystemExit("This home has no plan and apply that succeeded; run `autocorp-wizard rehearse` in it first.")

    def review(app: WizardApp) -> Callable[[], bool]:
        app.review(plan.run, plan.environment)
        return lambda: shows("PlanTree")(app) and app.screen.query_one("PlanTree").border_title != "0 changes"

    def live(app: WizardApp) -> Callable[[], bool]:
        app.show_run(apply.run, apply.environment)
        return lambda: shows("ResourceTable")(app) and " left" in str(app.screen.query_one(ProgressHeader).text)

    def applied(app: WizardApp) -> Callable[[], bool]:
        app.show_run(apply.run, apply.environment)
        return lambda: shows("OutcomeCard")(app)

    async def draw() -> None:
        await picture(home, plan, 1.0, arguments.out / "review.svg", review)
        await picture(home, apply, 0.62, arguments.out / "live.svg", live)
        await picture(home, apply, 1.0, arguments.out / "applied.svg", applied)
        await dashboard(home, apply.environment, arguments.out / "dashboard.svg")

    asyncio.run(draw())


if __name__ == "__main__":
    main()
