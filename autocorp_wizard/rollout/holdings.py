"""What an environment has, for a comparison: its state as it is now, and the plan that waits on top of it."""

from collections.abc import Callable

from autocorp_wizard.adapters.home import Home
from autocorp_wizard.adapters.run_store import RunStatus, RunStore
from autocorp_wizard.core.bootstrap import StatePlace
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.promotion import Holding
from autocorp_wizard.rollout.access import access_for
from autocorp_wizard.rollout.planning import load_plan
from autocorp_wizard.rollout.state_store import StateStore


def holding_of(environment: Environment, home: Home, say: Callable[[str], None]) -> Holding:
    """Return what an environment has; where its state cannot be read the holding says why."""
    try:
        store = StateStore(access_for(environment, home, say), StatePlace.of(environment))
        state = store.read()
    except WizardError as error:
        return Holding({}, reason=f"{error.what} {error.next_step}".strip())
    found = Holding({}, "an empty state")
    if state is not None and not state.is_empty:
        resources = {resource.address: resource.resource_type for resource in state.resources}
        found = Holding(resources, f"the state, serial {state.serial}")
    return _with_waiting_plan(found, home, environment.name)


def _with_waiting_plan(found: Holding, home: Home, environment: str) -> Holding:
    runs = RunStore(home.runs)
    for record in runs.records(environment):
        if record.operation in (Operation.APPLY, Operation.DESTROY):
            break  # whatever was planned before it was used, or is out of date
        files = runs.files(record.run)
        if record.operation == Operation.PLAN and record.status is RunStatus.SUCCEEDED and files.plan_file.exists():
            plan = load_plan(files.plan_document)
            return found.with_plan(plan, record.run) if plan.changed else found
    return found
