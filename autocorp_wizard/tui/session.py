"""What the screens share: the engine, the environments and the clock, and the one way to ask them for something."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.likings import Likings

# The first frame comes before any of this is loaded; what a method works with it imports itself.
if TYPE_CHECKING:
    from autocorp_wizard.core.checklist import Moment
    from autocorp_wizard.core.durations import Durations
    from autocorp_wizard.core.environment import Environment
    from autocorp_wizard.core.identity import Identity
    from autocorp_wizard.core.phases import Phase
    from autocorp_wizard.core.preflight.record import Result, SideEffect
    from autocorp_wizard.core.preflight.report import Report
    from autocorp_wizard.core.request import Request
    from autocorp_wizard.core.status import Report as StatusReport
    from autocorp_wizard.tui.engine_port import EngineLike, FetchedLike, LossesLike, ManualLike
    from autocorp_wizard.tui.overview import Overview

T = TypeVar("T")

# Looks at an environment: the checks of these ids (all without any), with leave for these side effects; each result is
# told as it comes, from a thread.
Preflight = Callable[["Environment", "Sequence[str]", "Sequence[SideEffect]", "Callable[[Result], None]"], "Report"]

_TEACHING = ("apply", "destroy")
_LATEST = 8
_IDENTITY_HOLDS = timedelta(minutes=1)


class StoreLike(Protocol):
    """The environments of a home (adapters/environment_store.py)."""

    def names(self) -> list[str]:
        """Return all names."""
        ...

    def exists(self, name: str) -> bool:
        """Whether there is such an environment."""
        ...

    def load(self, name: str) -> "Environment":
        """Read one."""
        ...

    def save(self, environment: "Environment") -> object:
        """Write one."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """Who AWS said we are at a moment, or why nobody could be asked; neither on a rehearsal, which has no account."""

    at: datetime
    identity: "Identity | None" = None
    problem: str = ""


def utc_now() -> datetime:
    """Return the time of day in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Session:
    """One sitting at the wizard. `open_engine` is called once, when something first needs the engine."""

    open_store: "Callable[[], StoreLike]"
    open_engine: "Callable[[], EngineLike]"
    now: Callable[[], datetime] = utc_now
    proposed: "Environment | None" = None
    env_file: str = ""
    likings: Likings = field(default_factory=Likings)
    keep_theme: Callable[[str], None] | None = None
    losses: "Callable[[Environment, Phase], LossesLike] | None" = None
    identify: "Callable[[Environment], Identity] | None" = None
    identities: dict[str, "Seen"] = field(default_factory=dict)
    copied_file: Path = Path("copied.txt")
    left_running: list[str] = field(default_factory=list)
    known: "dict[str, Overview]" = field(default_factory=dict)
    fetch_team: "Callable[[Environment], FetchedLike] | None" = None
    preflight: Preflight | None = None
    status: "Callable[[Environment], StatusReport] | None" = None
    waiting_steps: "Callable[[str, Moment], int] | None" = None
    open_manual: "Callable[[Environment, Callable[[str], None]], ManualLike] | None" = None
    _engine: "EngineLike | None" = None
    _store: "StoreLike | None" = None

    @property
    def store(self) -> "StoreLike":
        """The environments of the home."""
        if self._store is None:
            self._store = self.open_store()
        return self._store

    @property
    def engine(self) -> "EngineLike":
        """The engine; its import is what the first frame must not wait for."""
        if self._engine is None:
            self._engine = self.open_engine()
        return self._engine

    async def ask(self, question: Callable[[], T]) -> T:
        """Do something that touches disk or starts a process, off the screen's own thread."""
        return await asyncio.to_thread(question)

    async def start(self, request: "Request", secrets: Mapping[str, str] | None = None) -> str:
        """Start a run; raises WizardError where that is refused. Secrets are handed on and kept nowhere."""
        return await asyncio.to_thread(lambda: self.engine.start(request, secrets or {}))

    def environment(self, name: str) -> "Environment":
        """Return an environment, or an empty one of that name where it was never saved."""
        from autocorp_wizard.core.environment import Environment

        if self.store.exists(name):
            return self.store.load(name)
        if self.proposed is not None and self.proposed.name == name:
            return self.proposed
        return Environment(name)

    def save(self, environment: "Environment") -> "Environment":
        """Save an environment and return it as saved: a new one owns nothing that a neighbour owns already.

        Raises UsageError where an answer changes that names of existing resources are built from.
        """
        from autocorp_wizard.core.edits import refuse_renaming
        from autocorp_wizard.core.neighbours import beside

        if self.store.exists(environment.name):
            applied = self.engine.applied(environment.name)
            refuse_renaming(self.store.load(environment.name), environment, applied.resources if applied else 0)
        else:
            environment = beside(environment, self._others(environment.name))
        self.store.save(environment)
        return environment

    def _others(self, name: str) -> "Iterator[Environment]":
        for other in self.store.names():
            with contextlib.suppress(WizardError):
                if other != name:
                    yield self.store.load(other)

    def overview(self, name: str) -> "Overview":
        """Look at an environment: its answers, what is applied, its runs. Touches the disk; the answer is kept."""
        self.known[name] = self._look(name)
        return self.known[name]

    def _look(self, name: str) -> "Overview":
        from autocorp_wizard.tui.overview import Overview
        from autocorp_wizard.tui.words import plain

        saved = self.store.exists(name)
        try:
            environment = self.environment(name)
        except WizardError as error:
            return Overview(name, saved=saved, problems=(error.what,))
        applied = self.engine.applied(name)
        runs = tuple(self.engine.runs(name))
        place = "rehearsal cloud, no AWS account" if environment.is_rehearsal else _place(environment)
        return Overview(
            name,
            saved=saved,
            problems=tuple(f"{problem.what} {problem.why}" for problem in environment.problems()),
            production=environment.is_production,
            rehearsal=environment.is_rehearsal,
            place=place,
            preset=environment.preset.value,
            phases=tuple(str(phase) for phase in applied.phases) if applied else (),
            replication_started=applied is not None and applied.replication_started,
            resources=applied.resources if applied else 0,
            outputs=tuple((key, plain(value)) for key, value in sorted(applied.outputs.items())) if applied else (),
            runs=runs,
            changed=tuple(self.engine.changed_since_apply(environment)) if applied is not None and saved else (),
            unsettled=next(iter(self.engine.unsettled(name)), None),
        )

    def with_waiting_steps(self, overview: "Overview") -> "Overview":
        """Return the overview with the number of manual steps that wait. Reads the checklists and the evidence."""
        if self.waiting_steps is None or not overview.saved:
            return overview
        try:
            return replace(overview, waiting_steps=self.waiting_steps(overview.environment, overview.due))
        except WizardError:
            return overview  # the screen of the manual steps says what is wrong with them

    def outdated(self, run: str, name: str) -> tuple[str, ...]:
        """Return the names of the answers that have changed since a run planned. Touches the disk."""
        return tuple(each.name for each in self.engine.changed_since_plan(run, self.environment(name)))

    def identity(self, name: str) -> "Seen":
        """Ask AWS who we are in an environment; the answer, or why there is none, is kept for a minute. Blocks."""
        seen = self.identities.get(name)
        if seen is None or self.is_old(seen):
            seen = self.identities[name] = self._identify(name)
        return seen

    def is_old(self, seen: "Seen") -> bool:
        """Whether AWS should be asked again."""
        return self.now() - seen.at > _IDENTITY_HOLDS

    def _identify(self, name: str) -> "Seen":
        environment = self.environment(name)
        if self.identify is None or environment.is_rehearsal:
            return Seen(self.now())
        try:
            return Seen(self.now(), self.identify(environment))
        except WizardError as error:
            return Seen(self.now(), problem=error.what)

    def durations(self, overview: "Overview") -> "Durations":
        """Return what is known about how long things take there: priors, and what its latest runs took."""
        from autocorp_wizard.core.durations import Durations

        runs = [run.run for run in overview.runs if run.finished_at and run.operation in _TEACHING][:_LATEST]
        return Durations(overview.rehearsal).learned(self.engine.state(run) for run in reversed(runs))


def _place(environment: "Environment") -> str:
    account = environment.account_id or "account not said yet"
    return f"AWS {account}, {environment.region}"
