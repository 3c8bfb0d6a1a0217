"""One look at a running lake: what a collector works with, and the sheet that it fills in.

A call that fails leaves one reading with its reason, and the collector goes on with the next.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.objectives import unknown
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.state_lock import LockInfo
from autocorp_wizard.core.statefile import RemoteState
from autocorp_wizard.core.status import Judged, Objective, Panel, Reading, Reason, Why

if TYPE_CHECKING:
    import psycopg


class StateReader(Protocol):
    """The remote state as data (rollout/state_store.py); it is handed in, because operate only looks."""

    @property
    def location(self) -> str:
        """The state's address for people."""
        ...

    def read(self) -> RemoteState | None:
        """Return the state, None where there is none."""
        ...

    def lock(self) -> LockInfo | None:
        """Return who holds the lock, None where nobody does."""
        ...


# Opens a read-only connection to the source, as the replication user; raises WizardError with the reason.
Source = Callable[[], "psycopg.Connection"]


@dataclass(frozen=True, slots=True)
class Subject:
    """The names of what is looked at, from the environment's answers."""

    environment: str
    cloud: str
    preset: str
    account_id: str
    region: str
    prefix: str
    secret: str
    state_bucket: str
    lock_table: str = ""
    agents: tuple[str, ...] = ()
    database: str = ""
    replication_user: str = ""


@dataclass(frozen=True)
class Look:
    """What collectors and probes share. `outputs` are Terraform's; `now` is the clock."""

    access: CloudAccess
    subject: Subject
    state: StateReader
    outputs: Mapping[str, Json] = field(default_factory=dict)
    phases: frozenset[Phase] = frozenset()
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    source: Source | None = None

    def output(self, name: str) -> str:
        """Return an output that is a text, empty where it has no value."""
        value = self.outputs.get(name)
        return value if isinstance(value, str) else ""

    def output_map(self, name: str) -> dict[str, str]:
        """Return an output that maps names to texts."""
        value = self.outputs.get(name)
        return {key: each for key, each in value.items() if isinstance(each, str)} if isinstance(value, dict) else {}

    def output_list(self, name: str) -> list[str]:
        """Return an output that is a list (or a map) of texts, as a list."""
        value = self.outputs.get(name)
        entries: Sequence[Json] = (
            list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
        )
        return [each for each in entries if isinstance(each, str)]


class Sheet:
    """The readings of one panel, filled in one after the other, and the promises that they show."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._readings: list[Reading] = []
        self.promises: dict[str, Objective] = {}

    @property
    def readings(self) -> tuple[Reading, ...]:
        """What was filled in so far."""
        return tuple(self._readings)

    @contextmanager
    def asking(self, name: str, title: str, call: str) -> Iterator[None]:
        """Ask AWS within the block; what it refuses becomes the reading `name` with the reason.

        `call` is `SERVICE:Operation`, as boto3 names the service.
        """
        try:
            with self._look.access.plainly(call.partition(":")[0]):
                yield
        except WizardError as error:
            self.unknown(name, title, reason_of(error), call)

    def add(
        self,
        name: str,
        title: str,
        judged: Judged,
        source: str,
        *,
        value: Json = None,
        unit: str = "",
        at: datetime | None = None,
        detail: bool = False,
    ) -> None:
        """Write down a value; `at` is when it held, by default now."""
        held = at or self._look.now()
        self._readings.append(
            Reading(name, title, judged.level, judged.sentence, value, unit, held, source, detail=detail)
        )

    def promise(self, objective: Objective) -> None:
        """Write down how a promise stands."""
        self.promises[objective.name] = objective

    def unknown(self, name: str, title: str, reason: Reason, source: str, *, detail: bool = False) -> None:
        """Write down that a value is not known, and why."""
        self._readings.append(
            Reading(name, title, reason.level, reason.sentence, source=source, reason=reason, detail=detail)
        )

    def lacking(self, name: str, title: str, output: str) -> None:
        """Write down that the state names no such thing although its phase is deployed."""
        sentence = f"The state has no output {output}."
        self.unknown(name, title, Reason(Why.BROKEN, sentence), "terraform state")


def reason_of(error: WizardError) -> Reason:
    """Return why a value is not known after an error."""
    if not isinstance(error, CloudError):
        return Reason(Why.BROKEN, error.what)
    if error.code == "AUTH-DENIED":
        return Reason(Why.DENIED, f"AWS refuses {error.action}.", error.action)
    if error.code in ("NET-UNREACHABLE", "NET-TLS", "AUTH-EXPIRED", "AUTH-MISSING", "AUTH-SIGNATURE", "CLOCK-SKEWED"):
        return Reason(Why.UNREACHABLE, error.what)
    if error.is_missing:
        return Reason(Why.GONE, f"The state names it, AWS does not know it ({error.action}).")
    return Reason(Why.BROKEN, " ".join(filter(None, (error.what, error.why))))


def not_deployed(phase: Phase) -> Reason:
    """Return the reason of a panel whose phase is not applied."""
    return Reason(Why.NOT_DEPLOYED, f"phase {phase.number} ({phase.value}) is not deployed")


@dataclass(frozen=True, slots=True)
class Found:
    """What one collector brings: its panel, and how its promises stand."""

    panel: Panel
    promises: tuple[Objective, ...] = ()


@dataclass(frozen=True, slots=True)
class Collector:
    """A panel and how it is filled in; it waits for `phase` to be deployed (None: for nothing).

    `promises` are those that its figures show; what `fill` does not judge is not known.
    """

    name: str
    title: str
    fill: Callable[[Look, Sheet], None]
    phase: Phase | None = None
    promises: tuple[Objective, ...] = ()

    def collect(self, look: Look) -> Found:
        """Return what was found; a panel that fails says why and never takes the others with it."""
        if self.phase is not None and self.phase not in look.phases:
            return self.without(not_deployed(self.phase))
        sheet = Sheet(look)
        reason: Reason | None = None
        try:
            self.fill(look, sheet)
        except WizardError as error:
            reason = reason_of(error)
        except Exception as error:
            # Whoever looks at three in the morning needs the other panels more than a clean end.
            reason = Reason(Why.BROKEN, f"a bug of the wizard, please report: {type(error).__name__}: {error}")
        panel = Panel(self.name, self.title, sheet.readings, reason)
        lacking = next((r.reason for r in panel.readings if r.reason), None)
        why = reason or lacking or Reason(Why.NO_DATA, "nothing to judge it by")
        return Found(panel, tuple(sheet.promises.get(each.name) or unknown(each, why) for each in self.promises))

    def without(self, reason: Reason, seconds: float = 0.0) -> Found:
        """Return what stands in place of a panel that could not begin."""
        panel = Panel(self.name, self.title, reason=reason, seconds=seconds)
        return Found(panel, tuple(unknown(each, reason) for each in self.promises))
