"""Preflight of an environment: every check there is, on the ways that the environment says, waivers applied.

It looks and changes nothing. What leaves something behind (`side_effects`) is only done where somebody allowed it.
"""

import json
import os
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Generic, TypeVar

from autocorp_wizard.adapters.home import Home
from autocorp_wizard.adapters.private_file import replace_file
from autocorp_wizard.adapters.secret_input import for_source
from autocorp_wizard.adapters.snapshot import packaged_tree
from autocorp_wizard.checks import engine
from autocorp_wizard.checks.account import account_checks
from autocorp_wizard.checks.account_names import name_checks
from autocorp_wizard.checks.account_quotas import quota_checks
from autocorp_wizard.checks.account_rights import rights_checks
from autocorp_wizard.checks.agent import agent_checks
from autocorp_wizard.checks.network import operator_checks
from autocorp_wizard.checks.network_vpc import vpc_checks
from autocorp_wizard.checks.place import Place
from autocorp_wizard.checks.source.registry import source_checks
from autocorp_wizard.checks.tools import tool_checks
from autocorp_wizard.core.bootstrap import StatePlace
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.policy import Kind, asked_permissions
from autocorp_wizard.core.preflight.record import Check, Result, Seen, SideEffect, skipped
from autocorp_wizard.core.preflight.report import Report, under_waivers
from autocorp_wizard.rollout.access import access_for
from autocorp_wizard.rollout.agent_key import agent_address
from autocorp_wizard.rollout.policy import calls, place_of
from autocorp_wizard.rollout.source_login import source_login
from autocorp_wizard.rollout.state_store import StateStore

Say = Callable[[str], None]
T = TypeVar("T")

_LAST: Final = "preflight.json"
_SAID: Final = {
    SideEffect.TEMPORARY_SLOT: "it makes a replication slot for a moment",
    SideEffect.MINTS_KEY: "it makes an earlier key of the agent void",
    SideEffect.PAID: "AWS bills it",
}


class _Once(Generic[T]):
    """A value that is worked out by the first who asks, also where many ask at once; an error is raised to each."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._guard = threading.Lock()
        self._found: list[T] = []
        self._error: WizardError | None = None

    def __call__(self) -> T:
        with self._guard:
            if self._error is not None:
                raise self._error
            if not self._found:
                try:
                    self._found.append(self._make())
                except WizardError as error:
                    self._error = error
                    raise
            return self._found[0]


def look_from(
    environment: Environment,
    home: Home,
    say: Say,
    *,
    environ: Mapping[str, str] | None = None,
    begin: bool = True,
) -> Place:
    """Return how the checks see an environment; nothing is asked yet, but a rehearsal's cloud is started (`begin`)."""
    access = _Once(lambda: access_for(environment, home, say, check=False))
    store = _Once(lambda: StateStore(access(), StatePlace.of(environment)))
    if environment.is_rehearsal and begin:
        access()
    answers = environment.answers
    return Place(
        environment=environment,
        access=access,
        home=home.root,
        tree=packaged_tree().terraform,
        cache=home.cache,
        state=_Once(lambda: store().read()),
        lock=_Once(lambda: store().lock()),
        asked=asked_permissions(Kind.DEPLOY, calls(), place_of(environment)),
        environ=os.environ if environ is None else environ,
        source_host="" if environment.source_is_built_in else str(answers["postgres_host"].value or ""),
        source_port=int(str(answers["postgres_port"].value or 5432)),
        agent_address=agent_address(environment, home) if begin or not environment.is_rehearsal else "",
        working=Path.cwd(),
    )


def all_checks(place: Place, home: Home, say: Say, password: Callable[[], str] | None = None) -> tuple[Check, ...]:
    """Return every check, in the order in which they are shown; `password` tells the source's."""
    return (
        *tool_checks(place),
        *account_checks(place),
        *rights_checks(place),
        *name_checks(place),
        *quota_checks(place),
        *operator_checks(place),
        *vpc_checks(place),
        *source_checks(lambda: source_login(place.environment, home, say, password, place.environ)),
        *agent_checks(place),
    )


def look(
    environment: Environment,
    home: Home,
    *,
    ids: Collection[str] = (),
    allowed: Collection[SideEffect] = (),
    tell: Callable[[Result], None] = lambda _: None,
) -> Report:
    """Look at an environment with the checks of these ids and what they need, at all without any, and remember it.

    The source's password comes from PGPASSWORD or PostgreSQL's password file, as on the command line.
    """

    def quiet(_: str) -> None:
        return None

    place = look_from(environment, home, quiet)
    checks = all_checks(place, home, quiet, lambda: for_source(environment, os.environ))
    chosen = engine.with_needs(checks, ids) if ids else checks
    report = carry_out(place, chosen, allowed=allowed, tell=tell, notes=strays(environment, checks))
    remember(home, report)
    return report


def strays(environment: Environment, checks: Iterable[Check]) -> tuple[str, ...]:
    """Return a sentence for each waiver of the environment that names none of all checks."""
    known = {each.id for each in checks}
    return tuple(
        f"A waiver names {each.check}, which is no check." for each in environment.waivers if each.check not in known
    )


def carry_out(
    place: Place,
    checks: Iterable[Check],
    *,
    allowed: Collection[SideEffect] = (),
    tell: Callable[[Result], None] = lambda _: None,
    notes: tuple[str, ...] = (),
) -> Report:
    """Run checks and return the report, waivers of the environment applied; `tell` gets each result as it comes."""
    waivers, today = place.environment.waivers, place.now().date()
    began = time.monotonic()
    results = engine.run_checks(
        [_asking(check, allowed) for check in checks],
        tell=lambda result: tell(under_waivers((result,), waivers, today)[0]),
    )
    return Report(
        place.environment.name,
        datetime.now(UTC),
        under_waivers(results, waivers, today),
        time.monotonic() - began,
        notes,
    )


def _asking(check: Check, allowed: Collection[SideEffect]) -> Check:
    """Return the check as it may be run: what leaves something behind waits for leave."""
    if check.side_effects is SideEffect.NONE or check.side_effects in allowed:
        return check
    seen = skipped(f"It asks first, because {_SAID[check.side_effects]}: --allow {check.side_effects.value}")

    def probe() -> Seen:
        return seen

    return replace(check, probe=probe)


def of_phase(checks: Iterable[Check], phase: str) -> tuple[Check, ...]:
    """Return the checks that a phase waits for, and what they need."""
    everything = tuple(checks)
    return engine.with_needs(everything, [each.id for each in everything if phase in each.phases])


def remember(home: Home, report: Report) -> None:
    """Keep how each check ended, on top of what was known of others."""
    known = last_statuses(home, report.environment)
    known |= {each.check.id: each.status.value for each in report.results}
    folder = home.make(home.environment_dir(report.environment))
    document: dict[str, Json] = {"at": report.at.isoformat(timespec="seconds"), "statuses": {**known}}
    replace_file(folder / _LAST, json.dumps(document))


def last_statuses(home: Home, environment: str) -> dict[str, str]:
    """Return how each check ended the last time it was looked at from this machine; empty where none was."""
    try:
        found = json.loads((home.environment_dir(environment) / _LAST).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    statuses = found.get("statuses") if isinstance(found, dict) else None
    return {str(key): str(value) for key, value in statuses.items()} if isinstance(statuses, dict) else {}
