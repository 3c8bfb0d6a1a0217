"""What the rehearsal keeps of Glue beside the stock backend: runs of jobs, crawlers and workflows, and rulesets.

Everything about a run follows from when it began; nobody steps it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from autocorp_wizard.rehearsal import pace
from autocorp_wizard.rehearsal.pace import Span

if TYPE_CHECKING:
    from moto.glue.models import GlueBackend

_STOPPING_SECONDS: Final = 20.0
_KEPT: Final = "rehearsal"


@dataclass(frozen=True, slots=True)
class JobRun:
    """One attempt of a job. `start` is how long it waits for workers, `work` how long they work.

    `failure` is AWS's message where the run is bound to fail; `too_long` says that the timeout ends it.
    """

    id: str
    job: str
    start: Span
    work: Span
    attempt: int = 0
    previous: str = ""
    trigger: str = ""
    failure: str = ""
    too_long: bool = False
    arguments: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
    predecessors: tuple[tuple[str, str], ...] = ()
    stopped_at: float | None = None

    @property
    def state(self) -> str:
        """The state as Glue names it."""
        if self.stopped_at is not None:
            return "STOPPED" if self._stop.over else "STOPPING"
        if pace.now() < self.start.began:
            return "WAITING"
        if not self.start.over:
            return "STARTING"
        if not self.work.over:
            return "RUNNING"
        if self.failure:
            return "FAILED"
        return "TIMEOUT" if self.too_long else "SUCCEEDED"

    @property
    def is_over(self) -> bool:
        """Whether nothing changes any more."""
        return self.state in {"STOPPED", "FAILED", "TIMEOUT", "SUCCEEDED"}

    @property
    def ends(self) -> float:
        """When it ends or ended, in epoch seconds."""
        return self._stop.ends if self.stopped_at is not None else self.work.ends

    @property
    def execution_seconds(self) -> int:
        """The seconds that workers worked, as on AWS."""
        if self.stopped_at is not None:
            return int(max(0.0, min(self.stopped_at, self.work.ends) - self.work.began) * self.work.factor)
        return int(self.work.elapsed)

    @property
    def _stop(self) -> Span:
        return Span(self.stopped_at or 0.0, _STOPPING_SECONDS, self.work.factor)

    def stopped(self) -> "JobRun":
        """The same run, told to stop now."""
        return replace(self, stopped_at=pace.now())


@dataclass(frozen=True, slots=True)
class Crawl:
    """One run of a crawler; `tables` are the names that it found, once it is over and they are in the catalog."""

    id: str
    crawler: str
    span: Span
    failure: str = ""
    stopped_at: float | None = None
    entered: bool = False
    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """RUNNING, STOPPING (the crawler or whoever stopped it cleans up), COMPLETED, FAILED or STOPPED."""
        if self.stopped_at is not None:
            return "STOPPED" if self._stop.over else "STOPPING"
        if not self.span.over:
            # The last fifth is for writing the catalog, which Glue shows as stopping.
            return "RUNNING" if self.span.share < 0.8 else "STOPPING"
        return "FAILED" if self.failure else "COMPLETED"

    @property
    def is_over(self) -> bool:
        """Whether nothing changes any more."""
        return self.state in {"COMPLETED", "FAILED", "STOPPED"}

    @property
    def ends(self) -> float:
        """When it ends or ended, in epoch seconds."""
        return self._stop.ends if self.stopped_at is not None else self.span.ends

    @property
    def _stop(self) -> Span:
        return Span(self.stopped_at or 0.0, _STOPPING_SECONDS, self.span.factor)

    def stopped(self) -> "Crawl":
        """The same crawl, told to stop now."""
        return replace(self, stopped_at=pace.now())


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """One run of a workflow: which triggers fired in it, and what they started (kind, name, run)."""

    id: str
    workflow: str
    began: float
    properties: Mapping[str, str]
    previous: str = ""
    fired: tuple[str, ...] = ()
    started: tuple[tuple[str, str, str], ...] = ()
    refused: tuple[str, ...] = ()
    stopped_at: float | None = None


@dataclass(frozen=True, slots=True)
class Ruleset:
    """A data quality ruleset."""

    name: str
    text: str
    description: str
    target: Mapping[str, str]
    created: float
    changed: float


@dataclass(slots=True)
class GlueState:
    """Runs by job, crawls by crawler, runs by workflow (oldest first), and rulesets by name."""

    runs: dict[str, list[JobRun]] = field(default_factory=dict)
    crawls: dict[str, list[Crawl]] = field(default_factory=dict)
    workflow_runs: dict[str, list[WorkflowRun]] = field(default_factory=dict)
    rulesets: dict[str, Ruleset] = field(default_factory=dict)
    unscheduled: set[str] = field(default_factory=set)

    def attempts(self, job: str, run_id: str) -> list[JobRun]:
        """All attempts of a run, the first one first."""
        return [run for run in self.runs.get(job, []) if run.id == run_id or run.id.startswith(f"{run_id}_attempt_")]

    def every_run(self) -> Iterator[JobRun]:
        """Every run of every job."""
        for runs in self.runs.values():
            yield from runs


def state_of(backend: "GlueBackend") -> GlueState:
    """Return what is kept with a backend; it is remembered with it."""
    kept: GlueState = vars(backend).setdefault(_KEPT, GlueState())
    return kept


def moment(seconds: float) -> datetime:
    """Return epoch seconds as the emulator's answers want them."""
    return datetime.fromtimestamp(seconds, UTC)
