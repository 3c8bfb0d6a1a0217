"""An engine without processes: it answers from journals written by hand out of the real events.

A run started on it advances only when a test says so (`advance`, `finish`), so nothing depends on time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from autocorp_wizard.adapters.run_store import RunRecord, RunStatus
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.dependants import ChangedAnswer
from autocorp_wizard.core.environment import Environment, rehearsal_environment
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.events import Envelope, Event, Operation
from autocorp_wizard.core.plan import Plan
from autocorp_wizard.core.presets import Preset
from autocorp_wizard.core.request import Request
from autocorp_wizard.core.runstate import RunState, fold
from tests.tui.handmade import NOW, apply_events, bootstrap_events, plan_events, sample_plan, started


@dataclass
class FakeRun:
    """A run with all events it will have, of which `written` are in its journal so far."""

    request: Request
    events: list[Event]
    began: datetime
    written: int = 1
    lost: bool = False
    cancelled: list[str] = field(default_factory=list)


class FakeTail:
    """Reads a fake run."""

    def __init__(self, engine: "FakeEngine", run: str) -> None:
        self._engine, self._run, self._read = engine, run, 0

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come."""
        run = self._engine.fake_runs[self._run]
        return run.lost or self._read >= len(run.events)

    def read(self) -> list[Envelope]:
        """New envelopes."""
        envelopes = self._engine.envelopes(self._run)[self._read :]
        self._read += len(envelopes)
        return envelopes


@dataclass(frozen=True)
class FakeApplied:
    """What is deployed."""

    phases: tuple[str, ...]
    resources: int
    outputs: Mapping[str, str]
    replication_started: bool = False


class FakeEngine:
    """Satisfies EngineLike."""

    def __init__(self) -> None:
        self.fake_runs: dict[str, FakeRun] = {}
        self.requests: list[Request] = []
        self.secrets: list[dict[str, str]] = []
        self.deployed: dict[str, FakeApplied] = {}
        self.changed: dict[str, tuple[ChangedAnswer, ...]] = {}
        self.next_plan = sample_plan()
        self.apply_fails = False
        self.apply_proof = True
        self.now = NOW

    def start(self, request: Request, secrets: Mapping[str, str]) -> str:
        """Start; the first event is there at once."""
        self.requests.append(request)
        self.secrets.append(dict(secrets))
        if any(r.status == RunStatus.RUNNING for r in self.runs(request.environment)):
            raise UsageError("RUN-BUSY", f"{request.environment} is busy.", next_step="Watch it.")
        return self.add(request, self._events(request))

    def add(self, request: Request, events: list[Event], *, written: int = 1, ago: float = 0.0) -> str:
        """Put a run there."""
        run = f"20261123T0900{len(self.fake_runs):02d}-{request.operation}-0000"
        self.fake_runs[run] = FakeRun(request, events, self.now - timedelta(seconds=ago), written)
        return run

    def _events(self, request: Request) -> list[Event]:
        if request.operation is Operation.BOOTSTRAP:
            return bootstrap_events(request)
        if request.operation is Operation.PLAN:
            return plan_events(request, self.next_plan)
        if request.operation in {Operation.APPLY, Operation.DESTROY}:
            return apply_events(request, self.next_plan, fails=self.apply_fails, proof=self.apply_proof)
        return [
            started(request, request.operation),
            ev.RecoveryFound(finding="lock", sentence="The state is locked by the dead run."),
            ev.RecoveryDone(finding="lock", sentence="The lock was released."),
            ev.RunFinished(outcome="succeeded", sentence="Nothing is left of the lost run."),
        ]

    def advance(self, run: str, events: int = 1) -> None:
        """Write some more events of a run."""
        fake = self.fake_runs[run]
        fake.written = min(len(fake.events), fake.written + events)
        if fake.written == len(fake.events):
            self._note(fake)

    def finish(self, run: str) -> None:
        """Write all that is left."""
        self.advance(run, len(self.fake_runs[run].events))

    def lose(self, run: str) -> None:
        """Its process dies."""
        self.fake_runs[run].lost = True

    def _note(self, fake: FakeRun) -> None:
        end = fake.events[-1]
        if not isinstance(end, ev.RunFinished) or end.outcome != "succeeded":
            return
        if fake.request.operation is Operation.APPLY:
            outputs = {"data_lake_bucket_id": '"autocorp-rehearsal-lake"'}
            self.deployed[fake.request.environment] = FakeApplied(("foundation",), len(self.next_plan.changes), outputs)
        elif fake.request.operation is Operation.DESTROY:
            self.deployed.pop(fake.request.environment, None)

    def envelopes(self, run: str) -> list[Envelope]:
        """The journal of a run so far."""
        fake = self.fake_runs[run]
        return [
            Envelope(seq, fake.began + timedelta(seconds=seq - 1), run, event)
            for seq, event in enumerate(fake.events[: fake.written], 1)
        ]

    def state(self, run: str) -> RunState:
        """The fold."""
        return fold(self.envelopes(run))

    def record(self, run: str) -> RunRecord:
        """One run as a list shows it."""
        fake, state = self.fake_runs[run], self.state(run)
        status = RunStatus(state.outcome) if state.outcome else RunStatus.LOST if fake.lost else RunStatus.RUNNING
        return RunRecord(
            run=run,
            operation=fake.request.operation,
            environment=fake.request.environment,
            status=status,
            phase=fake.request.phase,
            started_at=fake.began,
            finished_at=state.finished_at,
            sentence=state.sentence,
            done=state.done,
            total=state.total,
            counts=dict(state.counts),
        )

    def runs(self, environment: str | None = None) -> list[RunRecord]:
        """Newest first."""
        records = [self.record(run) for run in reversed(self.fake_runs)]
        return [r for r in records if environment is None or r.environment == environment]

    def history(self, environment: str | None = None) -> list[RunRecord]:
        """No colleagues here."""
        return self.runs(environment)

    def unsettled(self, environment: str) -> list[RunRecord]:
        """Lost runs that no recovery came after."""
        found: list[RunRecord] = []
        for record in self.runs(environment):
            if record.operation == Operation.RECOVER and record.status == RunStatus.SUCCEEDED:
                break
            if record.status == RunStatus.LOST:
                found.append(record)
        return found

    def tail(self, run: str) -> FakeTail:
        """A reader."""
        return FakeTail(self, run)

    def plan(self, run: str) -> Plan:
        """The plan that the run made."""
        return self.next_plan

    def cancel(self, run: str, how: str = "stop") -> None:
        """Note the wish."""
        self.fake_runs[run].cancelled.append(how)

    def applied(self, environment: str) -> FakeApplied | None:
        """What is deployed."""
        return self.deployed.get(environment)

    def changed_since_plan(self, run: str, environment: Environment) -> tuple[ChangedAnswer, ...]:
        """What a test says has changed."""
        return self.changed.get(run, ())

    def changed_since_apply(self, environment: Environment) -> tuple[ChangedAnswer, ...]:
        """What a test says has changed."""
        return self.changed.get(environment.name, ())


class FakeStore:
    """Environments in memory."""

    def __init__(self, *environments: Environment) -> None:
        self.environments = {environment.name: environment for environment in environments}

    def names(self) -> list[str]:
        """All names."""
        return sorted(self.environments)

    def exists(self, name: str) -> bool:
        """Whether there is one."""
        return name in self.environments

    def load(self, name: str) -> Environment:
        """Read one."""
        return self.environments[name]

    def save(self, environment: Environment) -> None:
        """Write one."""
        self.environments[environment.name] = environment


def rehearsal(preset: Preset = Preset.DEV) -> Environment:
    """The environment that `rehearse` uses."""
    return rehearsal_environment(preset)


def bootstrapped(*phases: str) -> FakeEngine:
    """An engine whose rehearsal has its remote state, and of what is deployed these phases."""
    engine = FakeEngine()
    engine.finish(engine.start(Request(operation=Operation.BOOTSTRAP, environment="rehearsal", mode="create"), {}))
    if phases:
        engine.deployed["rehearsal"] = FakeApplied(phases, 54, {})
    return engine
