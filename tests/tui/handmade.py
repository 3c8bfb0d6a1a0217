"""A plan and the events of runs, written by hand as the engine would write them."""

from datetime import UTC, datetime

from autocorp_wizard.core import events as ev
from autocorp_wizard.core.attributes import AttributeChange
from autocorp_wizard.core.change import Change, Risk
from autocorp_wizard.core.events import Action, Event, Operation
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.plan import Plan
from autocorp_wizard.core.request import Request

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


def started(request: Request, operation: Operation) -> Event:
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
        started(request, Operation.BOOTSTRAP),
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
        started(request, Operation.PLAN),
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
        started(request, request.operation),
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
