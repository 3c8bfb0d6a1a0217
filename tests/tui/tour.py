"""A tour of the wizard: every screen and dialog by name, each with the way there. Sweeps and pictures walk it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from textual.pilot import Pilot

from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.identity import Identity
from autocorp_wizard.core.presets import Preset
from autocorp_wizard.core.request import Request
from autocorp_wizard.tui.app import WizardApp
from tests.tui.driving import sees, settle, wizard
from tests.tui.fake_losses import FakeLosses
from tests.tui.fake_manual import FakeManual
from tests.tui.fake_preflight import Looker
from tests.tui.fake_status import Observer
from tests.tui.fakes import FakeApplied, FakeEngine, rehearsal
from tests.tui.handmade import NOW, apply_events, bootstrap_events, plan_events, sample_plan

Way = Callable[[Pilot[int]], Awaitable[None]]


@dataclass(frozen=True)
class Place:
    """`scope` is whose actions the table lists there; `words` are on the screen once one has arrived, from 80x24."""

    name: str
    scope: str
    go: Way
    words: tuple[str, ...]
    production: bool = False


def engine_of(name: str) -> FakeEngine:
    """An engine with one run of each kind: bootstrap, plan, a failed apply, a good one, and one that goes on."""
    engine = FakeEngine()
    reviewed = sample_plan(loses=True, environment=name)
    for operation, events in (
        (Operation.BOOTSTRAP, bootstrap_events),
        (Operation.PLAN, lambda request: plan_events(request, reviewed)),
        (Operation.APPLY, lambda request: apply_events(request, reviewed, fails=True)),
        (Operation.APPLY, lambda request: apply_events(request, reviewed)),
        (Operation.APPLY, lambda request: apply_events(request, reviewed)),
    ):
        phase = "" if operation is Operation.BOOTSTRAP else "foundation"
        request = Request(operation=operation, environment=name, phase=phase)
        engine.finish(engine.add(request, events(request)))
    engine.fake_runs[run_of(engine, "live")].written = 21
    engine.deployed[name] = FakeApplied(("foundation",), 8, {"data_lake_bucket_id": "lake", "tags": {"a": [1, None]}})
    engine.next_plan = reviewed
    return engine


def run_of(engine: FakeEngine, kind: str) -> str:
    """Return the name of one of the tour's runs: bootstrap, plan, failed, good or live."""
    return list(engine.fake_runs)[("bootstrap", "plan", "failed", "good", "live").index(kind)]


def furnished(*, production: bool = False, idle: bool = True) -> tuple[WizardApp, FakeEngine]:
    """A wizard in which every screen has something to show, and its engine. Idle, no run goes on."""
    environment: Environment = rehearsal(Preset.PROD if production else Preset.DEV)
    engine = engine_of(environment.name)
    if idle:
        del engine.fake_runs[run_of(engine, "live")]
    app = wizard(engine, environment)
    manual = FakeManual()
    app.session.preflight = Looker()
    app.session.status = Observer()
    app.session.open_manual = lambda _, hint: manual
    app.session.losses = lambda _, first: FakeLosses()
    app.session.identify = lambda _: Identity(
        "999999999999", "arn:aws:sts::999999999999:assumed-role/operator/kim", NOW + timedelta(minutes=50)
    )
    return app, engine


def _app(pilot: Pilot[int]) -> WizardApp:
    assert isinstance(pilot.app, WizardApp)
    return pilot.app


def _engine(pilot: Pilot[int]) -> FakeEngine:
    engine = _app(pilot).session.engine
    assert isinstance(engine, FakeEngine)
    return engine


def _name(pilot: Pilot[int]) -> str:
    return _app(pilot).session.store.names()[0]


async def start(pilot: Pilot[int]) -> None:
    """The first screen, with what it lists."""
    await settle(pilot, lambda: bool(_app(pilot).screen.facts().environments))  # type: ignore[attr-defined]


def step(number: int) -> Way:
    """Return the way to a step."""

    async def go(pilot: Pilot[int]) -> None:
        await start(pilot)
        await pilot.press("o")
        await settle(pilot, lambda: _app(pilot).screen.SCOPE == "steps")  # type: ignore[attr-defined]
        await settle(pilot, lambda: _app(pilot).screen.facts().deployed)  # type: ignore[attr-defined]
        await pilot.press(str(number))

    return go


async def wrong_form(pilot: Pilot[int]) -> None:
    """The form with an answer that was refused."""
    await start(pilot)
    _app(pilot).drafts[_name(pilot)] = {"region": "moon"}
    await step(1)(pilot)
    await pilot.press("f5")


def run(kind: str, *keys: str) -> Way:
    """Return the way to one of the tour's runs."""

    async def go(pilot: Pilot[int]) -> None:
        await start(pilot)
        _app(pilot).show_run(run_of(_engine(pilot), kind), _name(pilot))
        await settle(pilot, lambda: _app(pilot).screen.facts().run_operation)  # type: ignore[attr-defined]
        await pilot.press(*keys)

    return go


async def review(pilot: Pilot[int]) -> None:
    """The plan that waits."""
    await start(pilot)
    _app(pilot).review(run_of(_engine(pilot), "plan"), _name(pilot))
    await settle(pilot, lambda: bool(_app(pilot).screen.facts().digest))  # type: ignore[attr-defined]


def then(way: Way, *keys: str) -> Way:
    """Return a way that goes on with keys."""

    async def go(pilot: Pilot[int]) -> None:
        await way(pilot)
        await pilot.press(*keys)

    return go


PLACES: tuple[Place, ...] = (
    Place("start", "start", start, ("phase 1 of 4 applied", "New environment")),
    Place("production", "start", start, ("PRODUCTION", "rehearsal-prod"), production=True),
    Place("new environment", "", then(start, "n"), ("Its name becomes part",)),
    Place("form", "steps", step(1), ("Save answers",)),
    Place("wrong form", "steps", wrong_form, ("moon", "Save answers")),
    Place("form diff", "", then(step(1), "d"), ("No input of Terraform changes.",)),
    Place("bootstrap", "steps", step(2), ("Adopt and fix",)),
    Place("phase", "steps", step(3), ("Deployed: 8 resources",)),
    Place("destroy", "", then(step(3), "D"), ("Cancel", "88 older versions")),
    Place("preflight", "preflight", then(step(3), "k"), ("4 checks", "Look again")),
    Place("dashboard", "dashboard", then(step(3), "w"), ("FAIL DMS", "Promises", "Look again")),
    Place("manual", "manual", then(step(3), "c"), ("open", "Skip")),
    Place("review", "review", review, ("1 risk", "Apply 7 create, 1 replace")),
    Place("production review", "review", review, ("PRODUCTION", "1 risk"), production=True),
    Place("live run", "run", run("live"), ("3 of 8 done", "Stop")),
    Place("cancel", "", run("live", "c"), ("Kill", "Stop")),
    Place("log", "run", run("failed", "l"), ("Log", "AWS refused")),
    Place("failed run", "run", run("failed"), ("AWS refused to create a subnet.", "Next:", "Plan again")),
    Place("good run", "run", run("good"), ("Terraform reports 8 added", "Go on")),
    Place("settings", "run", run("bootstrap"), ("Settings of the remote state", "Go on")),
    Place("runs", "runs", then(start, "r"), ("succeeded", "failed")),
    Place("help", "", then(step(3), "f1"), ("Ask Terraform what this phase would change.",)),
    Place("palette", "", then(step(3), "f2"), ("Search for commands", "Plan (p)")),
)


async def at(place: Place, pilot: Pilot[int]) -> str:
    """Go there and return the screen (which must be 80x24 or larger)."""
    await place.go(pilot)
    return await sees(pilot, *place.words)


def opened(place: Place) -> WizardApp:
    """Return the wizard in which a place can be found; at the live run and its dialog a run goes on."""
    app, _ = furnished(production=place.production, idle=place.name not in {"live run", "cancel"})
    return app
