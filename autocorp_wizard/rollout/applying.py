"""Applying a plan that was approved: exactly that plan, once, with the state backed up before."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from autocorp_wizard.adapters.run_store import RunFiles
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import InterruptedByUser, UsageError, WizardError
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.plan import Plan
from autocorp_wizard.core.statefile import RemoteState
from autocorp_wizard.rollout import pending_imports
from autocorp_wizard.rollout.context import Context
from autocorp_wizard.rollout.look_again import look_again
from autocorp_wizard.rollout.planning import PlanInputs, load_plan, record_plan
from autocorp_wizard.rollout.proving import prove_stage, say_unproven
from autocorp_wizard.rollout.recovery_need import refuse_while_unrecovered
from autocorp_wizard.rollout.staleness import changed_since_plan
from autocorp_wizard.rollout.standing import check_gates, look_at_state
from autocorp_wizard.rollout.task_pause import paused_for
from autocorp_wizard.rollout.terraform_step import StreamEnd, stream
from autocorp_wizard.rollout.workspace import initialise, planned_workspace

# Risks that ask for the environment's name, typed (cli.md: destroy).
LOSES_DATA = "data-loss"


@dataclass(frozen=True, slots=True)
class Applied:
    """What Terraform itself reported at the end of an apply, and what was proven after it."""

    counts: dict[str, int]
    proofs: tuple[ev.ProofRecorded, ...] = ()


async def apply_operation(ctx: Context) -> Applied:
    """Apply the plan that the request names by run and digest, then prove its stage.

    A rollout proves by itself, after a second plan found nothing left to change.
    """
    refuse_while_unrecovered(ctx)
    files = ctx.store.files(ctx.request.plan_run)
    plan, inputs = load_approved(ctx, files)
    state = look_at_state(ctx)
    check_gates(ctx, plan.stage, state)
    look_again(ctx, plan.phase, adopts=any(change.imports for change in plan.changes))
    applied = await apply_plan(ctx, files, plan, inputs, state)
    if ctx.request.parent:
        return applied
    proofs = await prove_stage(ctx, plan.stage)
    return replace(applied, proofs=proofs + say_unproven(ctx, plan.stage))


def load_approved(ctx: Context, files: RunFiles) -> tuple[Plan, PlanInputs]:
    """Return the plan saved in `files` where the request's digest approves it and it was not used before."""
    if not files.plan_file.exists() or not files.plan_inputs.exists():
        raise UsageError(
            "PLAN-USED",
            f"The plan of {files.run} cannot be applied: it was used or never finished.",
            next_step=f"Plan again: autocorp-wizard plan {ctx.request.phase or 'PHASE'}",
        )
    inputs = PlanInputs.load(files.plan_inputs)
    if inputs.digest != ctx.request.digest:
        raise UsageError(
            "APPROVAL-MISMATCH",
            "The approval is for another plan.",
            why=f"Approved was {ctx.request.digest[:12]}, the saved plan is {inputs.digest[:12]}.",
            next_step=f"Plan again and approve what it prints: autocorp-wizard plan {ctx.request.phase or 'PHASE'}",
        )
    plan = load_plan(files.plan_document)
    refuse_outdated(files, ctx.environment, plan)
    lost = [risk for risk in plan.risks if risk.kind == LOSES_DATA]
    if lost and ctx.request.confirm != ctx.environment.name:
        raise UsageError(
            "CONFIRM-NEEDED",
            f"This plan loses data: {lost[0].sentence}",
            next_step=f"Where that is meant, add: --confirm {ctx.environment.name}",
        )
    return plan, inputs


def refuse_outdated(files: RunFiles, environment: Environment, plan: Plan) -> None:
    """Raise PLAN-OUTDATED where an answer is not what it was when the plan was made."""
    changed = changed_since_plan(files, environment)
    if not changed:
        return
    names = ", ".join(each.name for each in changed)
    raise UsageError(
        "PLAN-OUTDATED",
        f"Answers have changed since this plan was made: {names}.",
        why="It would deploy what the environment does not say any more.",
        next_step=f"Plan again: autocorp-wizard plan {plan.phase} --env {environment.name}",
    )


async def apply_plan(
    ctx: Context, files: RunFiles, plan: Plan, inputs: PlanInputs, state: RemoteState | None
) -> Applied:
    """Apply a loaded plan on the state that it was made from; the saved plan is gone afterwards, however it ends."""
    if inputs.password_given and not ctx.password():
        raise WizardError(
            "SECRET-NEEDED",
            "The plan was made with the source's password, and nobody gave it to this run.",
            next_step="Give it again (hidden prompt, --stdin, or PGPASSWORD), then approve the same plan.",
        )
    record_plan(ctx, plan)
    ctx.recorder.record(ev.ApprovalUsed(digest=plan.digest, by=ctx.request.confirm or "operator", how="digest"))
    workspace = planned_workspace(ctx, files, inputs.snapshot_hash, Path(inputs.terraform))
    await initialise(ctx, workspace)
    with ctx.recorder.step("backup", "The state as it is goes to a safe place") as note:
        backup = ctx.state_store.back_up(datetime.now(UTC))
        if backup is not None:
            ctx.recorder.record(backup)
        note.text = backup.location if backup else "nothing to back up yet"
    ctx.recorder.stop_if_wished()
    ctx.recorder.sync()
    terraform = workspace.terraform
    # Terraform wants an ephemeral variable at the apply exactly where it was set for the plan.
    env = terraform.environment if inputs.password_given else workspace.without_password()
    sentence = "Terraform destroys" if inputs.destroy else "Terraform applies the plan"
    try:
        async with paused_for(ctx, plan, state):
            with ctx.recorder.step("apply", sentence) as note:
                argv = terraform.apply(files.plan_file)
                end = await stream(ctx.recorder, argv, cwd=workspace.directory, env=env, name="apply")
                applied = judge(end)
                note.text = ", ".join(f"{count} {name}" for name, count in applied.counts.items())
    finally:
        files.plan_file.unlink(missing_ok=True)
    pending_imports.forget(ctx, tuple(map(Phase, inputs.phases)))
    ctx.remember_applied()
    return applied


def judge(end: StreamEnd) -> Applied:
    """Return what was applied; success is exit code 0 and Terraform's own summary, nothing less."""
    if end.exit_code == 0 and end.summary is not None and end.summary.operation in ("apply", "destroy"):
        summary = end.summary
        counts = {"create": summary.add, "update": summary.change, "delete": summary.remove, "import": summary.import_}
        return Applied(counts)
    if end.interrupted and (end.exit_code or 0) >= 0:
        raise InterruptedByUser(
            "RUN-CANCELLED",
            "The run was stopped as asked.",
            why="What was finished is in the state; what was being made may be marked as tainted.",
            next_step="Go on with: autocorp-wizard runs recover, then plan again.",
            details=end.error.details,
        )
    raise end.error
