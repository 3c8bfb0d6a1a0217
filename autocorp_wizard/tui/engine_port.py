"""What the screens need of the engine, as a protocol.

rollout/engine.py satisfies it; the tests put hand-written journals behind the same names. Importing this costs
nothing, so the first frame comes before the engine is loaded.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from autocorp_wizard.adapters.run_store import RunRecord
from autocorp_wizard.core.checklist import Checklist, Names, Record, Standing, Step
from autocorp_wizard.core.dependants import ChangedAnswer
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.events import Envelope, Json
from autocorp_wizard.core.plan import Plan
from autocorp_wizard.core.request import Request
from autocorp_wizard.core.runstate import RunState


class TailLike(Protocol):
    """A reader of one journal; `read` returns what was written since the last call and never waits."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        ...

    def read(self) -> list[Envelope]:
        """Return the new events."""
        ...


class AppliedLike(Protocol):
    """What was last recorded about an environment's deployment."""

    @property
    def phases(self) -> Sequence[str]:
        """The phases that are applied."""
        ...

    @property
    def replication_started(self) -> bool:
        """Whether replication was started by an apply."""
        ...

    @property
    def resources(self) -> int:
        """How many resources the state holds."""
        ...

    @property
    def outputs(self) -> Mapping[str, Json]:
        """Terraform's outputs that are not sensitive."""
        ...


class LossesLike(Protocol):
    """What a destroy would take (rollout/losses.py)."""

    @property
    def total(self) -> int:
        """How many resources."""
        ...

    @property
    def modules(self) -> Sequence[tuple[str, int]]:
        """How many of each module."""
        ...

    @property
    def holding(self) -> Sequence[tuple[str, str]]:
        """The addresses of what holds data, and what each is."""
        ...

    @property
    def contents(self) -> Sequence[str]:
        """What the buckets hold now, a sentence each."""
        ...


class FindingLike(Protocol):
    """What a look at a manual step found."""

    @property
    def holds(self) -> bool | None:
        """Whether the step is done; None where nothing could be told."""
        ...

    @property
    def sentence(self) -> str:
        """What was seen."""
        ...


class ManualLike(Protocol):
    """The manual steps of one environment (rollout/manual_steps.py)."""

    @property
    def checklists(self) -> Sequence[Checklist]:
        """All checklists, in order."""
        ...

    @property
    def names(self) -> Names:
        """What the steps' texts are filled from, as far as it is known now."""
        ...

    def records(self) -> Sequence[Record]:
        """Return what was recorded about all steps, oldest first."""
        ...

    def verify(self, step: Step) -> FindingLike:
        """Look whether it is done, and keep what was seen."""
        ...

    def claim(self, step: Step, given: str) -> Standing:
        """Keep somebody's word that it is done: a sentence, or a file by its name."""
        ...

    def claim_by_output(self, step: Step, command: str) -> Standing:
        """Run a command and keep what it says."""
        ...

    def skip(self, step: Step, reason: str) -> Standing:
        """Keep that it is not needed here, and why."""
        ...

    def exchange(self) -> None:
        """Share what was recorded with the team."""
        ...


class FetchedLike(Protocol):
    """What came of the colleagues' runs (rollout/team_runs.py)."""

    @property
    def received(self) -> int:
        """How many runs."""
        ...

    @property
    def unreadable(self) -> Sequence[str]:
        """The runs whose journals were left there."""
        ...


class EngineLike(Protocol):
    """The engine: starts runs in processes of their own and reads what they write."""

    def start(self, request: Request, secrets: Mapping[str, str]) -> str:
        """Start a run and return its name; raises WizardError where that is refused."""
        ...

    def runs(self, environment: str | None = None) -> list[RunRecord]:
        """Return the runs, newest first."""
        ...

    def history(self, environment: str | None = None) -> list[RunRecord]:
        """Return the runs of this machine and what was fetched of the colleagues', newest first."""
        ...

    def unsettled(self, environment: str) -> list[RunRecord]:
        """Return the runs that must be recovered before anything else may touch the state, newest first."""
        ...

    def record(self, run: str) -> RunRecord:
        """Return one run as a list shows it."""
        ...

    def state(self, run: str) -> RunState:
        """Return the fold of a run's journal."""
        ...

    def tail(self, run: str) -> TailLike:
        """Return a reader of a run's journal."""
        ...

    def plan(self, run: str) -> Plan:
        """Return the plan that a run saved for review."""
        ...

    def cancel(self, run: str, how: str = "stop") -> None:
        """Ask a run to stop (one SIGINT), or to be killed."""
        ...

    def applied(self, environment: str) -> AppliedLike | None:
        """Return what is deployed, None where nothing is known to be."""
        ...

    def changed_since_plan(self, run: str, environment: Environment) -> Sequence[ChangedAnswer]:
        """Return the answers that are not what they were when a plan run planned."""
        ...

    def changed_since_apply(self, environment: Environment) -> Sequence[ChangedAnswer]:
        """Return the answers that are not what they were when the environment was last applied."""
        ...
