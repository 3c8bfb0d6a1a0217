"""Planning a stage: what would change, read as data, saved so that exactly this can be approved and applied."""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self, cast

from autocorp_wizard.adapters.private_file import replace_file
from autocorp_wizard.adapters.run_store import RunStore
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.imports import Import
from autocorp_wizard.core.phases import Phase, closure, stage_variables
from autocorp_wizard.core.plan import Plan, read_plan
from autocorp_wizard.core.request import Request
from autocorp_wizard.core.statefile import RemoteState
from autocorp_wizard.rollout import adoption, pending_imports
from autocorp_wizard.rollout.context import Context
from autocorp_wizard.rollout.proving import prepare_stage
from autocorp_wizard.rollout.recovery_need import came_to_its_end, refuse_while_unrecovered
from autocorp_wizard.rollout.standing import check_gates, look_at_state, phase_asked_for, stage_asked_for
from autocorp_wizard.rollout.terraform_step import capture, stream
from autocorp_wizard.rollout.workspace import Workspace, initialise, new_workspace, write_inputs


@dataclass(frozen=True, slots=True)
class PlanInputs:
    """What a saved plan was made from; an apply compares it with what it finds."""

    digest: str
    snapshot_hash: str
    serial: int
    lineage: str
    phases: tuple[str, ...]
    destroy: bool
    writes_secret: bool
    password_given: bool
    terraform: str

    def save(self, path: Path) -> None:
        """Write it beside the plan."""
        replace_file(path, json.dumps(dataclasses.asdict(self)))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read it back."""
        raw = json.loads(path.read_text())
        return cls(**{**raw, "phases": tuple(raw["phases"])})


async def plan_operation(ctx: Context) -> Plan:
    """Plan the stage that the request names: what is applied already plus what is asked for (decisions.md 7).

    What the stage needs is prepared before where the request says so, and always on a rehearsal, where it costs
    nothing; else a closed gate says what to do.
    """
    phase = phase_asked_for(ctx.request.phase or Phase.FOUNDATION)
    refuse_while_unrecovered(ctx)
    state = look_at_state(ctx)
    stage = stage_asked_for(ctx, phase, state)
    stands = state is not None and Phase.FOUNDATION in state.phases
    if stands and (ctx.request.prepare or ctx.environment.is_rehearsal):
        await prepare_stage(ctx, stage)
    check_gates(ctx, stage, state)
    phases = closure(state.phases if state else (), phase)
    pending_imports.adopt_deleted_secret(ctx)
    _write_first_secret(ctx)
    plan = await make_plan(ctx, stage, phase, phases, state)
    if not ctx.request.adopt:
        return plan
    adopted = adoption.existing(ctx, plan, state)
    return await make_plan(ctx, stage, phase, phases, state, adopted=adopted) if adopted else plan


def _write_first_secret(ctx: Context) -> None:
    """Let this plan write the source's password where no plan ever did and somebody gives it here.

    The built-in source of a rehearsal tells its own; where nobody does, the gate of the replication says what to do.
    """
    environment = ctx.environment
    has_source = environment.source_is_built_in or bool(environment.answers["postgres_host"].value)
    if environment.secret_counter == 0 and has_source and ctx.password():
        ctx.remember_environment(environment.with_secret_written())


async def make_plan(
    ctx: Context,
    stage: str,
    phase: Phase,
    phases: frozenset[Phase],
    state: RemoteState | None,
    *,
    destroy: bool = False,
    overrides: Mapping[str, ev.Json] | None = None,
    adopted: Iterable[Import] = (),
) -> Plan:
    """Plan a set of phases (or the destruction of everything), save the plan, and record what it would do.

    `adopted` is imported by this plan on top of what an earlier run left to be imported.
    """
    started = state is not None and state.replication_started
    variables = ctx.environment.tfvars(phases) | ctx.input_variables()
    variables |= stage_variables(stage, phases, started=started) | dict(overrides or {})
    workspace = new_workspace(ctx, {} if destroy else pending_imports.files_for(ctx, state, phases, adopted))
    write_inputs(ctx, variables)
    await initialise(ctx, workspace)
    ctx.recorder.stop_if_wished()
    plan = await _plan_and_read(ctx, workspace, stage, phase, variables, destroy=destroy)
    writes_secret = _writes_secret(plan)
    if writes_secret and not destroy and not ctx.password():
        raise WizardError(
            "SECRET-NEEDED",
            "This plan writes the source's password, and nobody gave it.",
            why="Host, port, user or database of the source changed, or the password was asked to be written again.",
            next_step="Give it: autocorp-wizard secret set (it is asked hidden), or PGPASSWORD in the environment.",
        )
    inputs = PlanInputs(
        digest=plan.digest,
        snapshot_hash=workspace.snapshot_hash,
        serial=state.serial if state else 0,
        lineage=state.lineage if state else "",
        phases=tuple(p.value for p in Phase if p in phases),
        destroy=destroy,
        writes_secret=writes_secret,
        password_given=bool(ctx.password()) and not destroy,
        terraform=str(workspace.terraform.binary),
    )
    inputs.save(ctx.files.plan_inputs)
    replace_file(ctx.files.plan_document, json.dumps(plan.as_document()))
    record_plan(ctx, plan)
    return plan


def load_plan(path: Path) -> Plan:
    """Read a saved plan document. Raises PLAN-UNREADABLE where it is damaged."""
    try:
        return Plan.from_document(cast("dict[str, ev.Json]", json.loads(path.read_text())))
    except (OSError, ValueError) as error:
        raise WizardError(
            "PLAN-UNREADABLE",
            f"The saved plan {path.parent.parent.name} cannot be read.",
            why=str(error),
            next_step="Plan again.",
        ) from error


def unfinished_things(store: RunStore, environment: str) -> frozenset[tuple[str, str]]:
    """Return (type, name) of what the applies since the last successful one were making, by their reviewed plans."""
    found: set[tuple[str, str]] = set()
    for record in store.records(environment):
        if record.operation not in (ev.Operation.APPLY, ev.Operation.DESTROY):
            continue
        if came_to_its_end(store, record):
            break
        request = Request.from_json(store.files(record.run).request.read_text())
        document = store.files(request.plan_run).plan_document if request.plan_run else None
        if document is None or not document.exists():
            continue
        for change in load_plan(document).changes:
            if change.action is ev.Action.CREATE or change.imports:
                names = (change.identity[key] for key in ("name", "bucket") if change.identity.get(key))
                found.update((change.resource_type, name) for name in names)
    return frozenset(found)


def record_plan(ctx: Context, plan: Plan) -> None:
    """Record what the plan would do, one event a change."""
    ctx.recorder.record(
        ev.PlanReady(
            digest=plan.digest,
            counts=dict(plan.counts),
            stage=plan.stage,
            phase=plan.phase,
            risks=len(plan.risks),
            changed=plan.changed,
        )
    )
    for change in plan.changes:
        if change.action in (ev.Action.NOOP, ev.Action.READ):
            continue
        ctx.recorder.record(
            ev.ResourcePlanned(
                address=change.address,
                action=change.action,
                module=change.module,
                phase=change.phase.value if change.phase else "",
                sentence=change.sentence,
                resource_type=change.resource_type,
            )
        )


async def _plan_and_read(
    ctx: Context,
    workspace: Workspace,
    stage: str,
    phase: Phase,
    variables: Mapping[str, ev.Json],
    *,
    destroy: bool,
) -> Plan:
    terraform = workspace.terraform
    sentence = "Terraform works out what would be destroyed" if destroy else "Terraform works out what would change"
    with ctx.recorder.step("plan", sentence) as note:
        argv = terraform.plan(out=ctx.files.plan_file, var_file=ctx.files.tfvars, destroy=destroy)
        env = workspace.without_password() if destroy else terraform.environment
        end = await stream(ctx.recorder, argv, cwd=workspace.directory, env=env, name="plan")
        ctx.recorder.stop_if_wished()
        if end.exit_code not in (0, 2) or not ctx.files.plan_file.exists():
            raise end.error
        ctx.files.plan_file.chmod(0o600)
        shown = await capture(
            ctx.recorder, terraform.show(ctx.files.plan_file), cwd=workspace.directory, env=terraform.environment
        )
        plan = read_plan(
            cast("dict[str, ev.Json]", json.loads(shown)),
            environment=ctx.environment.name,
            stage=stage,
            phase=phase.value,
            snapshot_hash=workspace.snapshot_hash,
            variables=variables,
            unfinished=unfinished_things(ctx.store, ctx.environment.name),
        )
        note.text = plan.headline
    return plan


def _writes_secret(plan: Plan) -> bool:
    return any(
        change.resource_type == "aws_secretsmanager_secret_version"
        and change.action in (ev.Action.CREATE, ev.Action.UPDATE, ev.Action.REPLACE)
        for change in plan.changes
    )
