"""The requests that the screens make, each with the command line that does the same. Pure functions."""

from autocorp_wizard.adapters.run_store import RunRecord
from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.plan import Plan
from autocorp_wizard.core.request import Request


def bootstrap(environment: str, mode: str) -> Request:
    """Return the request for one door of the bootstrap: create, adopt or verify."""
    option = {"adopt": " --adopt", "verify": " --verify-only"}.get(mode, "")
    return Request(
        operation=Operation.BOOTSTRAP,
        environment=environment,
        mode=mode,
        command=f"autocorp-wizard bootstrap --env {environment}{option}",
    )


def plan(environment: str, phase: Phase, stage: str) -> Request:
    """Return the request to plan a stage."""
    return Request(
        operation=Operation.PLAN,
        environment=environment,
        phase=phase.value,
        stage=stage,
        command=f"autocorp-wizard plan {phase.value} --env {environment}",
    )


def apply(reviewed: Plan, run: str, confirm: str) -> Request:
    """Return the request to apply exactly the plan that a run made; `confirm` is the name where it was typed."""
    place = f"--env {reviewed.environment}"
    named = f" --confirm {confirm}" if confirm else ""
    return Request(
        operation=Operation.APPLY,
        environment=reviewed.environment,
        phase=reviewed.phase,
        stage=reviewed.stage,
        digest=reviewed.digest,
        plan_run=run,
        confirm=confirm,
        command=f"autocorp-wizard apply {reviewed.phase} {place} --approve {reviewed.digest}{named}",
    )


def prove(environment: str, phase: Phase, stage: str) -> Request:
    """Return the request to do what follows a stage once more."""
    return Request(
        operation=Operation.PROVE,
        environment=environment,
        phase=phase.value,
        stage=stage,
        command=f"autocorp-wizard apply {phase.value} --env {environment}",
    )


def destroy(environment: str, first: Phase, typed: str) -> Request:
    """Return the request to destroy a phase and what follows it; the foundation stands for everything."""
    part = "" if first is Phase.FOUNDATION else first.value
    words = " ".join(filter(None, ("autocorp-wizard destroy", part)))
    return Request(
        operation=Operation.DESTROY,
        environment=environment,
        phase=part,
        confirm=typed,
        command=f"{words} --env {environment} --confirm {typed}",
    )


def recovery(lost: RunRecord) -> Request:
    """Return the request that recovers a lost run."""
    return Request(
        operation=Operation.RECOVER,
        environment=lost.environment,
        phase=lost.phase,
        plan_run=lost.run,
        command=f"autocorp-wizard runs recover {lost.run}",
    )
