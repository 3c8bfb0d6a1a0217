"""Opening the wizard: the application and its session, wired to a home; and what the shell gets when it closes."""

from dataclasses import replace
from typing import TYPE_CHECKING

from autocorp_wizard.core.likings import Likings
from autocorp_wizard.tui.app import WizardApp
from autocorp_wizard.tui.session import Session

# What does the work is loaded when something first needs it: it would be most of the time to the first frame.
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autocorp_wizard.adapters.environment_store import EnvironmentStore
    from autocorp_wizard.adapters.home import Home
    from autocorp_wizard.core.checklist import Moment
    from autocorp_wizard.core.environment import Environment
    from autocorp_wizard.core.identity import Identity
    from autocorp_wizard.core.phases import Phase
    from autocorp_wizard.core.preflight.record import Result, SideEffect
    from autocorp_wizard.core.preflight.report import Report
    from autocorp_wizard.core.status import Report as StatusReport
    from autocorp_wizard.tui.engine_port import EngineLike, FetchedLike, LossesLike, ManualLike


def make_app(
    home: "Home",
    environment: "Environment | None" = None,
    *,
    store: "Callable[[], EnvironmentStore] | None" = None,
    dashboard: bool = False,
) -> WizardApp:
    """Return the application for a home, not yet running; the engine is loaded when something first needs it."""

    def open_engine() -> "EngineLike":
        from autocorp_wizard.rollout.engine import Engine

        return Engine(home)

    def preflight(
        environment: "Environment",
        ids: "Sequence[str]",
        allowed: "Sequence[SideEffect]",
        tell: "Callable[[Result], None]",
    ) -> "Report":
        from autocorp_wizard.rollout.preflight import look

        return look(environment, home, ids=ids, allowed=allowed, tell=tell)

    def status(environment: "Environment") -> "StatusReport":
        from autocorp_wizard.rollout.looking import look_at, status_of

        return status_of(look_at(environment, home, lambda _: None), home)

    def manual(environment: "Environment", hint: "Callable[[str], None]") -> "ManualLike":
        from autocorp_wizard.rollout.manual_steps import ManualSteps

        return ManualSteps(environment, home, lambda _: None, hint)

    def waiting(name: str, moment: "Moment") -> int:
        from autocorp_wizard.rollout.waiting_steps import waiting_steps

        return waiting_steps(name, home, moment, session.now())

    def losses(environment: "Environment", first: "Phase") -> "LossesLike":
        from autocorp_wizard.rollout.losses import losses_of

        return losses_of(environment, first, home, lambda _: None)

    def identify(environment: "Environment") -> "Identity":
        from autocorp_wizard.rollout.access import access_for

        return access_for(environment, home, lambda _: None, check=False).identity()

    def fetch_team(environment: "Environment") -> "FetchedLike":
        from autocorp_wizard.rollout.team_runs import fetch_team_runs

        return fetch_team_runs(home, environment, lambda _: None)

    def keep_theme(theme: str) -> None:
        from autocorp_wizard.adapters.preferences import keep_theme as keep

        keep(home.preferences, theme)

    def environments() -> "EnvironmentStore":
        from autocorp_wizard.adapters.environment_store import EnvironmentStore

        return store() if store is not None else EnvironmentStore(home)

    name = environment.name if environment else ""
    session = Session(environments, open_engine, proposed=environment, preflight=preflight, likings=_likings(home))
    if name:
        own = environments().path(name)
        session.env_file = str(own) if own and home.environment_dir(name) not in own.parents else ""
    session.status = status
    session.open_manual = manual
    session.waiting_steps = waiting
    session.losses = losses
    session.identify = identify
    session.fetch_team = fetch_team
    session.copied_file = home.root / "copied.txt"
    session.keep_theme = keep_theme
    return WizardApp(session, name, dashboard=dashboard)


def _likings(home: "Home") -> Likings:
    """Read the preferences, where there are any. Raises UsageError for what is wrong in them."""
    path = home.preferences
    if not path.exists():
        return Likings()
    from autocorp_wizard.adapters.preferences import read_preferences
    from autocorp_wizard.tui.likings import checked, known_theme

    liked = read_preferences(path)
    return replace(liked, theme=known_theme(liked.theme, str(path)), keys=checked(liked.keys, str(path)))


def run_app(
    home: "Home",
    environment: "Environment | None" = None,
    *,
    store: "Callable[[], EnvironmentStore] | None" = None,
    mouse: bool = True,
    dashboard: bool = False,
) -> int:
    """Open the wizard and return its exit code.

    `environment` is the one to begin with; where it was never saved, its answers are proposed. `store` opens the place
    where environments are kept when it is needed (the home's own by default); `dashboard` begins with how it does.
    Runs that are still going when the wizard closes are named on stderr with the way back. What breaks a screen is
    raised here, for the boundary to report.
    """
    import sys

    app = make_app(home, environment, store=store, dashboard=dashboard)
    code = app.run(mouse=mouse)
    if app._exception is not None:
        raise getattr(app._exception, "error", app._exception)
    for run in app.session.left_running:
        print(f"Run {run} goes on. Come back with: autocorp-wizard runs attach {run}", file=sys.stderr)
    return code or app.return_code or 0
