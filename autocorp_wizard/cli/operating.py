"""Starting a run and following it: what plan, apply, destroy, bootstrap and the rollout have in common."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from click.exceptions import Exit

from autocorp_wizard.cli import questions
from autocorp_wizard.cli.approving import Approvals
from autocorp_wizard.cli.console import ReaderLeft
from autocorp_wizard.cli.following import Followed, OnInterrupt, follow
from autocorp_wizard.core.durations import Durations
from autocorp_wizard.core.errors import ExitCode, WizardError
from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.request import Request

if TYPE_CHECKING:
    from autocorp_wizard.cli.settings import Settings

# How many finished runs teach how long things take.
_LATEST = 8


def carry_out(
    settings: "Settings",
    request: Request,
    *,
    secrets: Mapping[str, str] | None = None,
    events: bool = False,
    stoppable: bool = False,
) -> Followed:
    """Start a run and show it until it ends; raises what it failed with.

    `events`: with --json its events are printed. `stoppable`: Ctrl-C stops it without asking, because nothing is lost.
    """
    run = start(settings, request, secrets)
    followed = see(settings, run, events=events, stoppable=stoppable)
    raise_failure(settings, followed, events=events)
    return followed


def start(settings: "Settings", request: Request, secrets: Mapping[str, str] | None = None) -> str:
    """Start a run and return its name; before that, have a Terraform where the operation needs one."""
    settings.home.make()
    if request.operation is not Operation.BOOTSTRAP:
        _have_terraform(settings)
    return settings.engine.start(request, dict(secrets or {}))


def _have_terraform(settings: "Settings") -> None:
    """Find a Terraform, or install the pinned release after asking (--yes: without). Raises TERRAFORM-*."""
    from autocorp_wizard.adapters.terraform_binary import find_terraform, install_terraform

    try:
        find_terraform(settings.home.cache, settings.environ)
    except WizardError as missing:
        if missing.code == "TERRAFORM-BROKEN" or not (settings.yes or settings.can_ask):
            raise
        settings.console.say(f"{missing.what} {missing.why}", "warn")
        if not questions.confirm(settings, f"Install the tested release into {settings.home.cache}?", default=True):
            raise
        settings.home.make(settings.home.cache)
        install_terraform(settings.home.cache, settings.console.say)


def see(settings: "Settings", run: str, *, events: bool = False, stoppable: bool = False) -> Followed:
    """Show a run until it ends, and return how; Ctrl-C that leaves it running raises InterruptedByUser.

    A rollout that waits for an approval is answered on a terminal.
    """
    settings.console.beside = not events
    try:
        return follow(
            settings.engine,
            run,
            settings.console,
            events=events,
            plain=settings.plain,
            history=_history(settings, run) if settings.console.is_live and not settings.plain else None,
            question_of=Approvals(settings, run).question_of if settings.can_ask and not settings.yes else None,
            on_interrupt=lambda: OnInterrupt.STOP if stoppable else ask_interrupted(settings, run),
        )
    except ReaderLeft:
        # The run goes on and nobody looks any more: that is no success.
        raise Exit(int(ExitCode.INTERRUPTED) if events else 0) from None
    finally:
        settings.console.beside = False


def _history(settings: "Settings", run: str) -> Durations:
    """Return what is known about how long things take: priors, and what the environment's latest runs took."""
    environment = settings.engine.record(run).environment
    is_rehearsal = settings.store.exists(environment) and settings.store.load(environment).is_rehearsal
    teaching = [
        record.run
        for record in settings.engine.runs(environment)
        if record.finished_at and record.operation in (Operation.APPLY, Operation.DESTROY)
    ]
    return Durations(is_rehearsal).learned(settings.engine.state(each) for each in reversed(teaching[:_LATEST]))


def raise_failure(settings: "Settings", followed: Followed, *, events: bool) -> None:
    """Raise what the run failed with. Where its events were printed, the last of them has said so to the machine."""
    error = followed.error
    if error is None:
        return
    if events and settings.json:
        leave_with(settings, followed)
    raise error


def leave_with(settings: "Settings", followed: Followed) -> None:
    """End the command with the run's code, its error on stderr only: stdout has its JSON already."""
    error = followed.error
    if error is not None:
        settings.console.error(error, document=False)
    raise Exit(followed.exit_code)


def ask_interrupted(settings: "Settings", run: str) -> OnInterrupt:
    """Ask what Ctrl-C was meant to do; where nobody can be asked the run is left running."""
    if not settings.can_ask:
        return OnInterrupt.LEAVE
    choices = [
        (OnInterrupt.WATCH.value, "go on watching"),
        (OnInterrupt.LEAVE.value, "leave it running and go (it can be watched again any time)"),
        (OnInterrupt.STOP.value, "stop it safely: Terraform finishes what it is at and keeps its state"),
    ]
    answer = questions.choice(
        settings, f"The run {run} is at work.", choices, default=OnInterrupt.WATCH.value, option="runs cancel"
    )
    return OnInterrupt(answer)


def say_deployed(settings: "Settings", environment: str) -> None:
    """Say what is deployed now, as the engine last saw it."""
    applied = settings.engine.applied(environment)
    if applied is None:
        return
    console = settings.console
    console.say(f"Deployed in {environment}: {', '.join(applied.phases)} ({applied.resources} resources)", "strong")
    for name, value in sorted(applied.outputs.items()):
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        console.say(f"  {name:<34} {text}")
