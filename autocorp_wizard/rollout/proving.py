"""What is done around the plan of a stage: preparations before it, proofs after it; each leaves a sentence behind.

A proof that fails ends the run with its error: a stage that is applied and not proven is not done. Each of them looks
at what AWS has before it starts anything, so proving again what holds already costs a few calls.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from autocorp_wizard.core import events as ev
from autocorp_wizard.core.errors import InterruptedByUser, UsageError, WizardError
from autocorp_wizard.core.followups import FollowUp, follow_ups_of, preparations_of, unproven_of
from autocorp_wizard.core.phases import Phase, parse_phase
from autocorp_wizard.core.proofs import Proof
from autocorp_wizard.rollout.context import Context
from autocorp_wizard.rollout.standing import look_at_state, stage_asked_for

Prover = Callable[[Context], Awaitable[Proof]]

FAILED: Final = "failed"


async def prepare_stage(ctx: Context, stage: str) -> None:
    """Do what a stage needs before it can be planned. Raises what fails."""
    for each in preparations_of(stage):
        ctx.recorder.stop_if_wished()
        await _carry_out(ctx, each)


async def prove_stage(ctx: Context, stage: str) -> tuple[ev.ProofRecorded, ...]:
    """Do the follow-ups of a stage that is applied, in order. Raises what fails, after it was recorded."""
    found: list[ev.ProofRecorded] = []
    for each in follow_ups_of(stage):
        ctx.recorder.stop_if_wished()
        found.append(await _carry_out(ctx, each))
    return tuple(found)


def say_unproven(ctx: Context, *stages: str) -> tuple[ev.ProofRecorded, ...]:
    """Record what these stages lead to and nobody showed."""
    proofs = [
        (stage, proof) for stage in stages for proof in unproven_of(stage, rehearsal=ctx.environment.is_rehearsal)
    ]
    found = tuple(_event(stage, proof.subject, proof) for stage, proof in proofs)
    for each in found:
        ctx.recorder.record(each)
    return found


async def prove_operation(ctx: Context) -> tuple[ev.ProofRecorded, ...]:
    """Prove the stage that the request names, once more. Raises PHASE-NOT-APPLIED where there is nothing to prove."""
    phase = parse_phase(ctx.request.phase or Phase.FOUNDATION)
    state = look_at_state(ctx)
    if state is None or phase not in state.phases:
        raise UsageError(
            "PHASE-NOT-APPLIED",
            f"Phase {phase.number} ({phase.value}) is not applied, so nothing of it can be proven.",
            next_step=f"Apply it: autocorp-wizard apply {phase.value}",
        )
    stage = stage_asked_for(ctx, phase, state)
    proofs = await prove_stage(ctx, stage)
    return proofs if ctx.request.parent else proofs + say_unproven(ctx, stage)


async def _carry_out(ctx: Context, each: FollowUp) -> ev.ProofRecorded:
    try:
        proof = await PROVERS[each.subject](ctx)
    except InterruptedByUser:
        raise
    except WizardError as error:
        ctx.recorder.record(
            ev.ProofRecorded(subject=each.subject, outcome=FAILED, sentence=error.what, stage=each.stage)
        )
        raise
    found = _event(each.stage, each.subject, proof)
    ctx.recorder.record(found)
    return found


def _event(stage: str, subject: str, proof: Proof) -> ev.ProofRecorded:
    return ev.ProofRecorded(
        subject=subject, outcome=proof.proven, sentence=proof.sentence, details=proof.details, stage=stage
    )


# Loaded when they are due: a plan of the foundation needs none of them.


async def _agent(ctx: Context) -> Proof:
    from autocorp_wizard.rollout.agent import ensure_agent

    return await ensure_agent(ctx)


async def _first_job_runs(ctx: Context) -> Proof:
    from autocorp_wizard.rollout.job_runs import first_job_runs

    return await first_job_runs(ctx)


async def _connection_test(ctx: Context) -> Proof:
    from autocorp_wizard.rollout.dms_task import test_connections

    return await test_connections(ctx)


async def _full_load(ctx: Context) -> Proof:
    from autocorp_wizard.rollout.dms_task import await_full_load

    return await await_full_load(ctx)


async def _first_transfer(ctx: Context) -> Proof:
    from autocorp_wizard.rollout.transfers import first_transfer

    return await first_transfer(ctx)


PROVERS: Final[Mapping[str, Prover]] = {
    "agent": _agent,
    "first-job-runs": _first_job_runs,
    "connection-test": _connection_test,
    "full-load": _full_load,
    "first-transfer": _first_transfer,
}
