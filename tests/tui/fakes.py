"""An engine without processes: it answers from journals written by hand out of the real events.

A run started on it advances only when a test says so (`advance`, `finish`), so nothing depends on time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from autocorp_wizard.adapters.run_store import RunRecord, RunStatus
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.attributes import AttributeChange
from autocorp_wizard.core.change import Change, Risk
from autocorp_wizard.core.dependants import ChangedAnswer
from autocorp_wizard.core.environment import Environment, rehearsal_environment
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.events import Action, Envelope, Event, Operation
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.plan import Plan
from autocorp_wizard.core.presets import Preset
from autocorp_wizard.core.request import Request
from autocorp_wizard.core.runstate import RunState, fold

NOW = datetime(2026, 11, 23, 9, 0, 0, tzinfo=UTC)
DIGEST = "3f9c2a7be1d04c55a8f0" + "0" * 44
_PROVIDER = "registry.terraform.io/hashicorp/aws"

RESOURCES = (
    ("module.s3.aws_s3_bucket.lake", "aws_s3_bucket", "the bucket of the data lake"),
    ("module.s3.aws_s3_bucket.logs", "aws_s3_bucket", "the bucket of the access logs"),
    ("module.s3.aws_s3_bucket_policy.lake", "aws_s3_bucket_policy", "who may use the data lake"),
    ("module.kms.aws_kms_key.this", "aws_kms_key", "the key that encrypts the lake"),
    ("module.iam.aws_iam_role.glue_job", "aws_iam_role", "the role that Glue jobs work under"),
    ("module.iam.aws_iam_role.dms_s3", "aws_iam_role", "the role that replication writes with"),
    ("module.secrets.aws_secretsmanager_secret.source", "aws_secretsmanager_secret", "the secret of the source"),
    ('module.network.aws_subnet.this["[bold]a"]', "aws_subnet", "a subnet with [/] odd letters"),
)


def sample_plan(*, loses: bool = False, changes: int = 0, environment: str = "rehearsal") -> Plan:
    """A plan of the foundation; with `loses` it replaces the lake's bucket, with `changes` it is that long."""
    made = [
        Change(
            address,
            Action.CREATE,
            module=address.split(".")[1],
            phase=Phase.FOUNDATION,
            resource_type=kind,
            name=address.rpartition(".")[2],
            provider_name=_PROVIDER,
            sentence=sentence,
            attributes=(AttributeChange("name", None, "autocorp"), AttributeChange("arn", None, None, known=False)),
        )
        for address, kind, sentence in RESOURCES
    ]
    made += [
        Change(
            f"module.s3.aws_s3_object.many[{number}]",
            Action.CREATE,
            module="s3",
            phase=Phase.FOUNDATION,
            resource_type="aws_s3_object",
            name=f"many[{number}]",
            provider_name=_PROVIDER,
            sentence=f"object {number}",
        )
        for number in range(changes)
    ]
    risks: tuple[Risk, ...] = ()
    if loses:
        made[0] = Change(
            RESOURCES[0][0],
            Action.REPLACE,
            module="s3",
            phase=Phase.FOUNDATION,
            resource_type="aws_s3_bucket",
            name="lake",
            provider_name=_PROVIDER,
            sentence="the bucket of the data lake",
            attributes=(AttributeChange("bucket", "old-name", "new-name"),),
            replace_paths=("bucket",),
        )
        risks = (Risk("data-loss", RESOURCES[0][0], "The data lake is deleted with everything in it."),)
    counts = {"create": len(made) - len(risks), "update": 0, "replace": len(risks), "delete": 0, "import": 0}
    return Plan(
        environment=environment,
        stage="foundation",
        phase="foundation",
        changes=tuple(made),
        counts=counts,
        risks=risks,
        outputs_changed=(),
        changed=bool(made),
        digest=DIGEST,
        terraform_version="1.13.4",
    )


def _started(request: Request, operation: Operation) -> Event:
    return ev.RunStarted(
        operation=operation, environment=request.environment, phase=request.phase, command=request.command
    )


def bootstrap_events(request: Request) -> list[Event]:
    """A bootstrap that creates the bucket."""
    rows = (
        ("bucket", "exists", "absent", "create"),
        ("versioning", "Enabled", "Suspended", "fix"),
        ("encryption", "aws:kms", "aws:kms", "none"),
        ("public access", "blocked", "open", "fix"),
    )
    return [
        _started(request, Operation.BOOTSTRAP),
        *(
            ev.SettingChecked(
                name=name, wanted=wanted, found=found, action=action, outcome="ok" if action == "none" else "changed"
            )
            for name, wanted, found, action in rows
        ),
        ev.RunFinished(outcome="succeeded", sentence="The remote state is ready."),
    ]


def plan_events(request: Request, plan: Plan) -> list[Event]:
    """A plan that was made."""
    return [
        _started(request, Operation.PLAN),
        ev.StepStarted(step="init", sentence="Terraform gets its providers ready"),
        ev.StepFinished(step="init", seconds=2.0),
        ev.StepStarted(step="plan", sentence="Terraform compares what is with what should be"),
        *(
            ev.ResourcePlanned(address=c.address, action=c.action, resource_type=c.resource_type, sentence=c.sentence)
            for c in plan.changes
        ),
        ev.PlanReady(digest=plan.digest, counts=dict(plan.counts), phase=plan.phase, changed=plan.changed),
        ev.StepFinished(step="plan", seconds=4.0),
        ev.RunFinished(outcome="succeeded", counts=dict(plan.counts), sentence="The plan is ready."),
    ]


def apply_events(request: Request, plan: Plan, *, fails: bool = False, proof: bool = True) -> list[Event]:
    """An apply; with `fails` the last resource does, without `proof` Terraform's summary is missing."""
    events: list[Event] = [
        _started(request, request.operation),
        ev.StepStarted(step="apply", sentence="Terraform applies the approved plan"),
    ]
    action = Action.DELETE if request.operation is Operation.DESTROY else Action.CREATE
    events += [
        ev.ResourcePlanned(address=c.address, action=action, resource_type=c.resource_type, sentence=c.sentence)
        for c in plan.changes
    ]
    for change in plan.changes:
        events.append(ev.ResourceStarted(address=change.address, action=action, resource_type=change.resource_type))
    for change in plan.changes[:-1] if fails else plan.changes:
        events.append(ev.ResourceFinished(address=change.address, action=action, seconds=1.5))
    if fails:
        last = plan.changes[-1]
        events += [
            ev.ResourceFailed(address=last.address, action=action, seconds=3.0),
            ev.DiagnosticReported(
                severity="error",
                summary="creating EC2 Subnet: UnauthorizedOperation",
                detail="operation error EC2: CreateSubnet, [/] https response error StatusCode: 403",
                address=last.address,
            ),
            ev.StepFinished(step="apply", ok=False, seconds=9.0),
            ev.RunFinished(
                outcome="failed",
                exit_code=3,
                sentence="The apply failed.",
                error={
                    "code": "AUTH-DENIED",
                    "what": "AWS refused to create a subnet.",
                    "why": "The role lacks ec2:CreateSubnet.",
                    "next_step": "Give the role what `autocorp-wizard policy deploy` prints, then plan again.",
                    "exit_code": 3,
                },
            ),
        ]
        return events
    if proof:
        number = len(plan.changes)
        deleting = action is Action.DELETE
        events.append(
            ev.SummaryReported(
                operation=request.operation, add=0 if deleting else number, remove=number if deleting else 0
            )
        )
    events += [
        ev.OutputsReported(outputs={"data_lake_bucket_id": '"autocorp-rehearsal-lake"'}),
        ev.StepFinished(step="apply", seconds=9.0),
        ev.RunFinished(outcome="succeeded", sentence=f"The {request.operation} succeeded."),
    ]
    return events


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
            _started(request, request.operation),
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
