"""The rollout: bootstrap, then each stage prepared, planned, approved, applied and proven, as children of one run."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from autocorp_wizard.core import events as ev
from autocorp_wizard.core.errors import UsageError, WizardError
from autocorp_wizard.core.followups import follow_ups_of, preparations_of
from autocorp_wizard.core.phases import AVAILABLE, STAGES, Phase, Stage, closure, parse_phase, stage_variables
from autocorp_wizard.core.plan import Plan
from autocorp_wizard.core.request import Request
from autocorp_wizard.rollout.context import Context
from autocorp_wizard.rollout.planning import load_plan
from autocorp_wizard.rollout.proving import say_unproven
from autocorp_wizard.rollout.recovery_need import unsettled_runs

# What --yes does not approve (cli.md, apply).
STOPPING_RISKS = frozenset({"data-loss", "replacement", "stops-replication"})

ChildRunner = Callable[[Context, Request], Awaitable[str]]


async def rollout_operation(ctx: Context, run_child: ChildRunner) -> str:
    """Walk the stages up to the one asked for; returns what is deployed in a sentence."""
    name = ctx.environment.name
    if unsettled_runs(ctx.store, name):
        ctx.say("An earlier run ended badly; what it left behind is put right first.")
        await run_child(ctx, Request(operation=ev.Operation.RECOVER, environment=name))
    await run_child(ctx, Request(operation=ev.Operation.BOOTSTRAP, environment=name, mode="create"))
    last = parse_phase(ctx.request.until) if ctx.request.until else AVAILABLE[-1]
    stages = [stage for stage in STAGES if stage.phase in AVAILABLE and stage.phase.number <= last.number]
    changed = 0
    settled = _Settled()
    for stage in stages:
        ctx.recorder.stop_if_wished()
        changed += await _roll_stage(ctx, run_child, stage, settled)
        await _prove(ctx, run_child, stage)
    unproven = say_unproven(ctx, *(stage.name for stage in stages))
    said = "Everything is deployed." if changed else "Everything is deployed already; nothing to change."
    return said + (f" Not proven here: {', '.join(each.subject for each in unproven)}." if unproven else "")


@dataclass(slots=True)
class _Settled:
    """What the last plan without changes was made of: a stage that would plan the very same needs no plan."""

    inputs: tuple[int, frozenset[Phase], bool] | None = None

    def holds(self, ctx: Context, stage: Stage) -> bool:
        """Whether nothing can have changed for this stage; one with preparations is always planned."""
        return not preparations_of(stage.name) and self.inputs is not None and self.inputs == _inputs(ctx, stage)

    def remember(self, ctx: Context, stage: Stage) -> None:
        """A plan of this stage just found nothing to change."""
        self.inputs = _inputs(ctx, stage)


def _inputs(ctx: Context, stage: Stage) -> tuple[int, frozenset[Phase], bool]:
    state = ctx.state_store.read()
    phases = closure(state.phases if state else (), stage.phase)
    runs = stage_variables(stage.name, phases, started=state is not None and state.replication_started)
    return state.serial if state else 0, phases, runs["dms_start_replication"]


async def _roll_stage(ctx: Context, run_child: ChildRunner, stage: Stage, settled: _Settled) -> int:
    if settled.holds(ctx, stage):
        ctx.say(f"Stage {stage.name}: nothing to change; the plan before covers it.")
        return 0
    asked = Request(
        operation=ev.Operation.PLAN,
        environment=ctx.environment.name,
        phase=stage.phase.value,
        stage=stage.name,
        prepare=True,
        terraform_dir=ctx.request.terraform_dir,
    )
    plan_run = await run_child(ctx, asked)
    plan = load_plan(ctx.store.files(plan_run).plan_document)
    if not plan.changed:
        ctx.say(f"Stage {stage.name}: nothing to change.")
        settled.remember(ctx, stage)
        return 0
    await _approved(ctx, plan)
    await run_child(
        ctx,
        Request(
            operation=ev.Operation.APPLY,
            environment=ctx.environment.name,
            phase=stage.phase.value,
            stage=stage.name,
            digest=plan.digest,
            plan_run=plan_run,
            confirm=ctx.request.confirm,
            terraform_dir=ctx.request.terraform_dir,
        ),
    )
    again = await run_child(ctx, asked)
    proof = load_plan(ctx.store.files(again).plan_document)
    ctx.store.files(again).plan_file.unlink(missing_ok=True)
    if proof.changed:
        raise WizardError(
            "NOT-CONVERGED",
            f"Stage {stage.name} was applied, but a second plan still wants changes.",
            why="; ".join(change.sentence for change in proof.changes[:3]),
            next_step=f"Look at it: autocorp-wizard plan {stage.phase.value}",
        )
    settled.remember(ctx, stage)
    return 1


async def _prove(ctx: Context, run_child: ChildRunner, stage: Stage) -> None:
    """Do the follow-ups of a stage, also where nothing was changed: one that failed the last time is done again."""
    if follow_ups_of(stage.name):
        await run_child(
            ctx,
            Request(
                operation=ev.Operation.PROVE,
                environment=ctx.environment.name,
                phase=stage.phase.value,
                stage=stage.name,
            ),
        )


async def _approved(ctx: Context, plan: Plan) -> None:
    """Return once the plan is approved: by --yes where it is harmless, else by a person's answer."""
    stopping = [risk for risk in plan.risks if risk.kind in STOPPING_RISKS]
    if ctx.request.approve_all:
        if stopping and ctx.request.confirm != ctx.environment.name:
            raise UsageError(
                "CONFIRM-NEEDED",
                f"--yes does not approve this plan: {stopping[0].sentence}",
                next_step=f"Review it: autocorp-wizard plan {plan.phase}",
            )
        return
    ctx.say(f"Waiting for the approval of plan {plan.digest[:12]}.")
    while True:
        ctx.recorder.stop_if_wished()
        answer = ctx.recorder.approval()
        if answer:
            ctx.recorder.forget_approval()
            if answer == plan.digest:
                return
            ctx.say(f"The approval {answer[:12]} is for another plan and was not used.")
        await asyncio.sleep(0.2)
