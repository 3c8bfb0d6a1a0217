"""`agent`: the DataSync agent of an environment, from its key to its replacement."""

import asyncio
import sys
import time
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import click
from click.exceptions import Exit

from autocorp_wizard.cli import questions, targets
from autocorp_wizard.cli.options import WizardGroup, pass_settings
from autocorp_wizard.cli.settings import Settings
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import ExitCode, InterruptedByUser, UsageError
from autocorp_wizard.core.events import Json

if TYPE_CHECKING:
    from autocorp_wizard.adapters.datasync_agent import ActivationKey
    from autocorp_wizard.rollout.agent import Agency
    from autocorp_wizard.rollout.agent_status import AgentStatus

Result = TypeVar("Result")

_ARNS = "datasync_agent_arns"


@click.group(
    "agent",
    cls=WizardGroup,
    example="autocorp-wizard agent activate --env dev\nautocorp-wizard agent status --env dev --json",
)
def command() -> None:
    """The DataSync agent that reads the shares of the exports."""


def _key_options(function: click.decorators.FC) -> click.decorators.FC:
    for option in (
        click.option("--from-env", "variable", default="", metavar="NAME", help="Its key, from a variable."),
        click.option("--fd", type=click.IntRange(3), metavar="N", help="Its key, from an open file descriptor."),
        click.option("--stdin", is_flag=True, help="Its key, from stdin, as its local console tells it."),
    ):
        function = option(function)
    return function


@command.command("fetch-key", example="autocorp-wizard agent fetch-key --env dev --show")
@click.option("--show", is_flag=True, help="Print the key; whoever reads it can activate the agent.")
@pass_settings
def fetch(settings: Settings, show: bool) -> None:
    """Ask the agent for an activation key, which proves that it answers and reaches AWS.

    The key serves once, for 30 minutes, and makes an earlier one void. It is printed only with --show.
    """
    from autocorp_wizard.adapters.datasync_agent import STALE_SECONDS
    from autocorp_wizard.rollout.agent_key import agent_address, endpoint_of, fresh_key

    environment = targets.load(settings)
    agency = _agency(settings, environment)
    endpoint = endpoint_of(environment, agency.access)
    key = _run(fresh_key(environment, settings.home, endpoint, agency.learn))
    settings.console.document(
        {
            "schema": "autocorp-wizard/agent-fetch-key/1",
            "environment": environment.name,
            "address": agent_address(environment, settings.home),
            "region": environment.region,
            "endpoint_type": endpoint.kind,
            "minted_at": _time(key.minted_at),
            "use_before": _time(key.minted_at + STALE_SECONDS),
            "key": key.key if show else None,
        }
    )
    if show:
        settings.console.result(key.key)
    else:
        settings.console.say(f"It told a key for {environment.region}, good until {_time(key.minted_at + 1800)}.")
        settings.console.hint(f"Use it at once: autocorp-wizard agent activate --env {environment.name}")


@command.command(
    "activate", example="autocorp-wizard agent activate --env dev\nautocorp-wizard agent activate --env dev --stdin"
)
@_key_options
@pass_settings
def activate(settings: Settings, *, stdin: bool, fd: int | None, variable: str) -> None:
    """Make the environment's agent and wait until it is online; what exists already is used, never made twice.

    Without a key given, the agent at datasync_agent_address is asked for one (on a rehearsal: the pretend agent).
    """
    from autocorp_wizard.rollout.agent import have_agents

    environment = targets.load_saved(settings)
    handed_in = _handed_in(settings, stdin=stdin, fd=fd, variable=variable)
    agents = _run(have_agents(_agency(settings, environment), handed_in))
    _remember(settings, environment, [each.arn for each in agents])
    _show(settings, environment, "autocorp-wizard/agent-activate/1", agents)


@command.command(
    "adopt",
    example="autocorp-wizard agent adopt arn:aws:datasync:us-east-1:123456789012:agent/agent-0123456789abcdef0 "
    "--env dev",
)
@click.argument("arn")
@pass_settings
def adopt(settings: Settings, arn: str) -> None:
    """Use an agent that is activated already."""
    from autocorp_wizard.rollout.agent import adopt as take

    environment = targets.load_saved(settings)
    environment.with_answers({_ARNS: [arn]})  # refused by its shape before anybody is asked
    seen = _run(take(_agency(settings, environment), arn))
    settings.store.save(environment.with_answers({_ARNS: [seen.arn]}))
    _say_change(settings, environment, [seen.arn])
    _show(settings, environment, "autocorp-wizard/agent-adopt/1", (seen,))


@command.command("status", example="autocorp-wizard agent status --env dev --json")
@pass_settings
def status(settings: Settings) -> None:
    """Show the environment's agents and whether DataSync hears of them; exit code 3 where one is missing or offline."""
    from autocorp_wizard.rollout.agent_status import agent_name, describe, find_by_name, known_arns

    environment = targets.load(settings)
    access = _agency(settings, environment).access
    named = known_arns(environment)
    arns = named or find_by_name(access, agent_name(environment))
    seen = [(arn, describe(access, arn)) for arn in arns]
    found = tuple(each for _, each in seen if each is not None)
    missing = [arn for arn, each in seen if each is None]
    _show(settings, environment, "autocorp-wizard/agent-status/1", found, missing=missing, named=bool(named))
    if missing or not found or not all(each.is_online for each in found):
        way = "replace" if missing or found else "activate"
        settings.console.hint(f"Next: autocorp-wizard agent {way} --env {environment.name}")
        raise Exit(int(ExitCode.FAILED))


@command.command("replace", example="autocorp-wizard agent replace --env dev")
@_key_options
@pass_settings
def replace(settings: Settings, *, stdin: bool, fd: int | None, variable: str) -> None:
    """Put a new agent, freshly installed, in the old one's place; locations move to it and no task is made anew."""
    from autocorp_wizard.rollout.agent import replace as put

    environment = targets.load_saved(settings)
    handed_in = _handed_in(settings, stdin=stdin, fd=fd, variable=variable)
    if not questions.confirm(settings, f"Replace the agent of {environment.name}? The old one is deleted."):
        raise InterruptedByUser("AGENT-KEPT", "The agent stays.", next_step="Nothing was changed.")
    agency = _agency(settings, environment)
    seen, gone = _run(put(agency, handed_in))
    _remember(settings, environment, [seen.arn])
    _show(settings, environment, "autocorp-wizard/agent-replace/1", (seen,), gone=gone)


def _agency(settings: Settings, environment: Environment) -> "Agency":
    from autocorp_wizard.rollout.access import access_for
    from autocorp_wizard.rollout.agent import Agency

    access = access_for(environment, settings.home, settings.console.detail)
    return Agency(environment, access, settings.home, settings.console.hint, lambda _: None)


def _handed_in(settings: Settings, *, stdin: bool, fd: int | None, variable: str) -> "ActivationKey | None":
    """Return the key that was given; it is taken as told just now."""
    from autocorp_wizard.adapters import secret_input
    from autocorp_wizard.adapters.datasync_agent import accept_key

    if sum((stdin, fd is not None, bool(variable))) > 1:
        raise UsageError(
            "USAGE",
            "--stdin, --fd and --from-env exclude each other.",
            why="There is one key.",
            next_step="Name one of them.",
        )
    if stdin:
        return accept_key(secret_input.from_stream(sys.stdin.buffer), time.time())
    if fd is not None:
        return accept_key(secret_input.from_descriptor(fd), time.time())
    if variable:
        return accept_key(secret_input.from_variable(variable, settings.environ), time.time())
    return None


def _remember(settings: Settings, environment: Environment, arns: Sequence[str]) -> None:
    if list(arns) != environment.answers[_ARNS].value:
        settings.store.save(environment.with_answers({_ARNS: list[Json](arns)}, [_ARNS]))
        _say_change(settings, environment, arns)


def _say_change(settings: Settings, environment: Environment, arns: Sequence[str]) -> None:
    """Show what was changed in the environment's file, as a diff."""
    before = environment.answers[_ARNS].value
    old = list(map(str, before)) if isinstance(before, list) else []
    if old == list(arns):
        return
    settings.console.hint(f"Written into {environment.name} ({_ARNS}):")
    for arn in old:
        if arn not in arns:
            settings.console.hint(f"- {arn}")
    for arn in arns:
        if arn not in old:
            settings.console.hint(f"+ {arn}")


def _show(
    settings: Settings,
    environment: Environment,
    schema: str,
    agents: "Sequence[AgentStatus]",
    *,
    missing: Sequence[str] = (),
    gone: Sequence[str] = (),
    named: bool = True,
) -> None:
    rows: list[Json] = [
        {
            "arn": each.arn,
            "name": each.name,
            "status": each.status,
            "last_contact": each.last_contact.isoformat().replace("+00:00", "Z") if each.last_contact else None,
            "endpoint_type": each.endpoint_type,
            "version": each.version,
        }
        for each in agents
    ]
    settings.console.document(
        {
            "schema": schema,
            "environment": environment.name,
            "agents": rows,
            "missing": list[Json](missing),
            "deleted": list[Json](gone),
            "named_by_environment": named,
        }
    )
    if agents:
        table = [[each.name, each.status, each.endpoint_type, each.contact, each.arn] for each in agents]
        settings.console.table(("name", "status", "endpoint", "contact", "arn"), table)
    for arn in missing:
        settings.console.say(f"{arn} is gone", "warn")
    for arn in gone:
        settings.console.say(f"{arn} was deleted")
    if not agents and not missing:
        settings.console.say(f"{environment.name} has no DataSync agent.")


def _run(work: Coroutine[object, object, Result]) -> Result:
    return asyncio.run(work)


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
