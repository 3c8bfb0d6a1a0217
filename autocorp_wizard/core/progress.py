"""How far a run is, counted from its plan, and a range for the rest; a pure reading of its state.

The fraction weighs each change by how long its kind takes, never goes back while time and events go on, and reaches 1
only when the run has ended well. Give one value of Durations to a run from beginning to end.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from autocorp_wizard.core.durations import Durations, Range
from autocorp_wizard.core.events import Action, Outcome
from autocorp_wizard.core.runstate import ResourceState, ResourceStatus, RunState

PARALLELISM = 10

_NOT_COMPLETE = 0.99
# How much of a running change's weight its elapsed time can earn: the rest comes with its end.
_EARNED_BY_TIME = 0.9
_UNKNOWN: Range = (1.0, 5.0)


@dataclass(frozen=True, slots=True)
class Running:
    """A change that is under way and for how many seconds."""

    address: str
    action: str
    seconds: float
    expected: Range | None


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of changes, the weighed fraction (0 to 1), what runs longest, and the rest as (low, high) seconds.

    `remaining` is None where nothing is left, and where too little is known to say anything honest.
    """

    done: int
    failed: int
    running: int
    waiting: int
    total: int
    fraction: float
    slowest: Running | None
    remaining: tuple[float, float] | None

    @property
    def percent(self) -> int:
        """The fraction in whole percent, rounded down."""
        return int(self.fraction * 100)


def progress_of(
    state: RunState, now: datetime, history: Durations | None = None, *, parallelism: int = PARALLELISM
) -> Progress:
    """Return where a run stands at `now` (aware). `history` gives priors and what earlier runs took."""
    durations = history or Durations()
    resources = [resource for resource in state.resources.values() if _counts(resource)]
    # What the plan did not name would make the whole grow while it runs.
    planned = [resource for resource in resources if resource.planned] or resources
    statuses = [resource.status for resource in planned]
    over = state.is_finished
    running = [_running(r, now, durations) for r in planned if r.status is ResourceStatus.RUNNING and not over]
    return Progress(
        done=statuses.count(ResourceStatus.DONE),
        failed=statuses.count(ResourceStatus.FAILED),
        running=len(running),
        waiting=statuses.count(ResourceStatus.WAITING) + (statuses.count(ResourceStatus.RUNNING) if over else 0),
        total=len(planned),
        fraction=_fraction(state, planned, now, durations),
        slowest=max(running, key=lambda item: (item.seconds, item.address), default=None),
        remaining=None if over else _remaining(planned, now, durations, parallelism),
    )


def _counts(resource: ResourceState) -> bool:
    """Whether Terraform reports on it while it works: the rest is done when the summary says so."""
    return resource.action not in (Action.READ, Action.NOOP, Action.FORGET, Action.IMPORT)


def _fraction(state: RunState, planned: list[ResourceState], now: datetime, durations: Durations) -> float:
    if state.outcome == Outcome.SUCCEEDED:
        return 1.0
    whole = sum(_weight(resource.resource_type, resource.action, durations) for resource in planned)
    if not whole:
        return 0.0
    # A run that is over earns nothing by waiting.
    until = state.finished_at or now
    return min(sum(_earned(resource, until, durations) for resource in planned) / whole, _NOT_COMPLETE)


def _earned(resource: ResourceState, now: datetime, durations: Durations) -> float:
    whole = _weight(resource.resource_type, resource.action, durations)
    if resource.status in (ResourceStatus.DONE, ResourceStatus.FAILED):
        return whole
    first = _weight(resource.resource_type, resource.half, durations) if resource.half else 0.0
    if resource.status is not ResourceStatus.RUNNING:
        return min(first, whole)
    rest = max(whole - first, 0.0)
    if resource.action == Action.REPLACE and not resource.half:
        # Which half it is cannot be told from the state, so neither may earn more than the smaller one.
        rest = min(_weight(resource.resource_type, half, durations) for half in (Action.DELETE, Action.CREATE))
    elapsed = _elapsed(resource, now)
    return min(first, whole) + rest * _EARNED_BY_TIME * min(elapsed / rest if rest else 0.0, 1.0)


def _weight(resource_type: str, action: str, durations: Durations) -> float:
    low, high = durations.of(resource_type, action) or _UNKNOWN
    return max((low + high) / 2, 0.1)


def _running(resource: ResourceState, now: datetime, durations: Durations) -> Running:
    return Running(resource.address, resource.action, _elapsed(resource, now), _expected(resource, durations))


def _elapsed(resource: ResourceState, now: datetime) -> float:
    if resource.started_at is None:
        return resource.seconds
    return max((now - resource.started_at).total_seconds(), resource.seconds, 0.0)


def _expected(resource: ResourceState, durations: Durations) -> Range | None:
    if resource.action == Action.REPLACE and resource.half:
        other = Action.CREATE if resource.half == Action.DELETE else Action.DELETE
        return durations.of(resource.resource_type, other)
    return durations.of(resource.resource_type, resource.action)


def _remaining(
    planned: Iterable[ResourceState], now: datetime, durations: Durations, parallelism: int
) -> tuple[float, float] | None:
    """Return a range for what is left: no schedule is shorter than the longest piece, or than all work shared out.

    The upper end adds up: work shared out, the longest piece, and the longest of another kind that may have to wait
    for it; what depends on what is not known here.
    """
    rest: list[tuple[str, float, float]] = []
    for resource in planned:
        if resource.status in (ResourceStatus.DONE, ResourceStatus.FAILED):
            continue
        expected = _expected(resource, durations)
        if expected is None:
            return None
        low, high = expected
        if resource.status is ResourceStatus.RUNNING:
            elapsed = _elapsed(resource, now)
            # Once over its time, nobody knows: it may end now, or take a quarter more.
            low, high = max(low - elapsed, 0.0), high - elapsed if elapsed < high else elapsed / 4
        rest.append((resource.resource_type, low, high))
    if not rest:
        return None
    longest: dict[str, float] = {}
    for kind, _, high in rest:
        longest[kind] = max(longest.get(kind, 0.0), high)
    chain = sum(sorted(longest.values(), reverse=True)[:2])
    low_end = max(*(low for _, low, _ in rest), sum(low for _, low, _ in rest) / parallelism)
    high_end = sum(high for _, _, high in rest) / parallelism + chain
    return low_end, max(low_end, min(high_end, sum(high for _, _, high in rest)))
