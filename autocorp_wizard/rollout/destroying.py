"""Destroying: the name was typed, what must be emptied is emptied, Terraform destroys, and then somebody looks."""

from dataclasses import dataclass

from autocorp_wizard.core import events as ev
from autocorp_wizard.core.errors import UsageError, WizardError
from autocorp_wizard.core.phases import Phase, parse_phase
from autocorp_wizard.core.statefile import RemoteState
from autocorp_wizard.rollout import smb_locations
from autocorp_wizard.rollout.applying import Applied, apply_plan
from autocorp_wizard.rollout.context import Context
from autocorp_wizard.rollout.leftovers import bucket_names, empty_buckets, find_leftovers
from autocorp_wizard.rollout.planning import PlanInputs, load_plan, make_plan
from autocorp_wizard.rollout.recovery_need import refuse_while_unrecovered
from autocorp_wizard.rollout.slot_look import find_slots
from autocorp_wizard.rollout.standing import look_at_state
from autocorp_wizard.rollout.task_pause import stop_replication

# Inputs that stand in the way of a destroy on purpose; they are opened by a plan of their own first (decisions.md 5).
PROTECTIONS: dict[str, ev.Json] = {"force_destroy": True}


@dataclass(frozen=True, slots=True)
class Destroyed:
    """What Terraform reported, how much still exists that should not, and how much could not be looked at."""

    counts: dict[str, int]
    unexpected: int
    unseen: int = 0


async def destroy_operation(ctx: Context) -> Destroyed:
    """Destroy a phase with the later ones, or everything, in the environment whose name was typed."""
    name = ctx.environment.name
    if ctx.request.confirm != name:
        raise UsageError(
            "CONFIRM-NEEDED",
            f"Destroying {name} needs its name, typed.",
            next_step=f"Where that is meant, add: --confirm {name}",
        )
    refuse_while_unrecovered(ctx)
    phase = parse_phase(ctx.request.phase) if ctx.request.phase else Phase.FOUNDATION
    state = look_at_state(ctx)
    if state is None or not state.resources:
        ctx.say("Nothing is deployed.")
        _delete_smb_locations(ctx)
        return Destroyed({}, *_look(ctx, phase, had_replication=False))
    gone = (phase, *phase.later)
    if Phase.DMS in gone:
        # AWS deletes no task that runs, and a task that is stopped first has written what it had read.
        await stop_replication(ctx, state)
        ctx.recorder.stop_if_wished()
    if phase is Phase.FOUNDATION:
        counts = await _destroy_all(ctx, state)
    else:
        counts = await _destroy_phases(ctx, state, phase)
    if Phase.DATASYNC in gone:
        _delete_smb_locations(ctx)
    return Destroyed(counts, *_look(ctx, phase, had_replication=Phase.DMS in state.phases))


def _delete_smb_locations(ctx: Context) -> None:
    """Take away the locations of SMB shares, which Terraform never knew; every destroy takes the tasks on them."""
    environment, gone = smb_locations.delete(ctx.environment, ctx.access)
    if gone:
        ctx.say(f"Deleted {len(gone)} locations of SMB shares")
        ctx.remember_environment(environment)


async def _destroy_phases(ctx: Context, state: RemoteState, phase: Phase) -> dict[str, int]:
    keep = frozenset(state.phases) - {phase, *phase.later}
    plan = await make_plan(ctx, f"destroy-{phase.value}", phase, keep, state)
    return (await _apply_own_plan(ctx, plan_digest=plan.digest, state=state)).counts


async def _destroy_all(ctx: Context, state: RemoteState) -> dict[str, int]:
    variables = ctx.environment.variables
    closed = {key: value for key, value in PROTECTIONS.items() if variables.get(key) != value}
    phases = frozenset(state.phases)
    if closed:
        ctx.say("Protections are opened first, by a plan of their own: " + ", ".join(closed))
        plan = await make_plan(ctx, "unprotect", Phase.FOUNDATION, phases, state, overrides=closed)
        if plan.changed:
            await _apply_own_plan(ctx, plan_digest=plan.digest, state=state)
            state = ctx.state_store.read() or state
    ctx.recorder.stop_if_wished()
    with ctx.recorder.step("empty", "Buckets are emptied: all versions of all objects") as note:
        note.text = f"{empty_buckets(ctx.access, bucket_names(state), ctx.say)} objects and versions deleted"
    ctx.recorder.stop_if_wished()
    plan = await make_plan(ctx, "destroy", Phase.FOUNDATION, phases, state, destroy=True, overrides=closed)
    return (await _apply_own_plan(ctx, plan_digest=plan.digest, state=state)).counts


async def _apply_own_plan(ctx: Context, *, plan_digest: str, state: RemoteState) -> Applied:
    """Apply the plan that this very run made; the typed name stands for its approval."""
    inputs = PlanInputs.load(ctx.files.plan_inputs)
    if inputs.digest != plan_digest:
        raise WizardError("APPROVAL-MISMATCH", "The saved plan is not the one that was just made.")
    return await apply_plan(ctx, ctx.files, load_plan(ctx.files.plan_document), inputs, state)


def _look(ctx: Context, phase: Phase, *, had_replication: bool) -> tuple[int, int]:
    """Record what still exists; return how much of it should not, and how many looks were refused.

    Without the foundation, what is looked at is the source alone: all else of a phase is in Terraform's own hands.
    """
    found: list[ev.LeftoverFound] = []
    unseen: list[str] = []
    with ctx.recorder.step("look", "Looking for what still exists") as note:
        if Phase.DMS in (phase, *phase.later):
            slots = find_slots(ctx)
            found += slots.found
            # Where nothing was replicated a source that nobody reaches hides nothing.
            unseen += slots.unseen if had_replication else ()
        if phase is Phase.FOUNDATION:
            after = find_leftovers(ctx.environment, ctx.access)
            found += after.found
            unseen += after.unseen
        for item in found:
            ctx.recorder.record(item)
        for sentence in unseen:
            ctx.say(f"Could not be looked at: {sentence}")
        unexpected = sum(not item.by_nature for item in found)
        note.text = f"{len(found)} things remain, {unexpected} of them unexpected"
    return unexpected, len(unseen)
