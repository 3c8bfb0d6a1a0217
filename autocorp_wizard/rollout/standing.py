"""Where a stage stands before anything is done: the remote state, which stage of a phase is due, and its gates."""

from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core import events as ev
from autocorp_wizard.core import gates
from autocorp_wizard.core.errors import UsageError, WizardError
from autocorp_wizard.core.phases import AVAILABLE, Phase, next_stage, parse_phase, stages_of
from autocorp_wizard.core.statefile import RemoteState
from autocorp_wizard.rollout import facts
from autocorp_wizard.rollout.context import Context


def phase_asked_for(name: str) -> Phase:
    """Return the phase asked for; refuses one whose modules are not part of this tree."""
    phase = parse_phase(name)
    if phase not in AVAILABLE:
        raise UsageError(
            "PHASE-NOT-YET",
            f"Phase {phase.number} ({phase.value}) is not part of this version.",
            why="Its Terraform modules are not in the tree yet.",
            next_step="This version rolls out: " + ", ".join(f"{p.number} {p.value}" for p in AVAILABLE) + ".",
        )
    return phase


def stage_asked_for(ctx: Context, phase: Phase, state: RemoteState | None) -> str:
    """Return the stage that the request names, or the next one of the phase that is due."""
    if ctx.request.stage:
        return ctx.request.stage
    if len(stages_of(phase)) == 1 or state is None:
        return stages_of(phase)[0].name
    created = bool(state.of_type("aws_dms_replication_task"))
    started = state.replication_started
    try:
        tested = created and not started and facts.connections(ctx, state).holds is True
    except CloudError:
        tested = False  # the first stage's own proof asks again, and says what is refused
    return next_stage(phase, created=created, started=started, tested=tested).name


def look_at_state(ctx: Context) -> RemoteState | None:
    """Read the remote state; None where nothing was ever applied. Raises STATE-MISSING where there is no bucket."""
    with ctx.recorder.step("state", "Reading the remote state") as note:
        if not ctx.state_store.bucket_exists():
            raise WizardError(
                "STATE-MISSING",
                f"There is no remote state for {ctx.environment.name} yet.",
                why=f"The bucket {ctx.environment.state_bucket} does not exist.",
                next_step="Create it first: autocorp-wizard bootstrap",
            )
        state = ctx.state_store.read()
        note.text = f"serial {state.serial}, {len(state.resources)} resources" if state else "empty"
    return state


def check_gates(ctx: Context, stage: str, state: RemoteState | None) -> None:
    """Judge the stage's gates, record every verdict, and stop at the first that is not passed."""
    verdicts = gates.judge(stage, facts.look_up(ctx, stage, state))
    for verdict in verdicts:
        ctx.recorder.record(ev.GateChecked(gate=verdict.gate.fact, outcome=verdict.outcome, sentence=verdict.sentence))
    for verdict in verdicts:
        if not verdict.passed:
            known = verdict.passed is not None
            said = "is not so" if known else "is not known to be so"
            raise WizardError(
                "GATE-CLOSED",
                f"Stage {stage} cannot begin yet: that {verdict.gate.sentence} {said}.",
                why=verdict.note[:1].upper() + verdict.note[1:] + "." if verdict.note else "",
                next_step=f"Do first: {verdict.gate.remedy}"
                if known
                else "Let it be looked at (credentials, network), then run the same command again.",
            )
