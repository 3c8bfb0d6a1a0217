"""Whether a plan, or what is deployed, was made from answers that have changed since."""

import json
from collections.abc import Mapping
from typing import cast

from autocorp_wizard.adapters.run_store import RunFiles, RunStore
from autocorp_wizard.core.dependants import ChangedAnswer, changed_answers
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.events import Json, Operation
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.request import Request
from autocorp_wizard.rollout.recovery_need import came_to_its_end
from autocorp_wizard.rollout.share import built_in_share
from autocorp_wizard.rollout.source import FOUND_OUT


def changed_since_plan(files: RunFiles, environment: Environment) -> tuple[ChangedAnswer, ...]:
    """Return the answers that are not what they were when this run planned; none where it left no inputs."""
    try:
        then = cast("Mapping[str, Json]", json.loads(files.tfvars.read_text()))
    except (OSError, ValueError):
        return ()
    found_out = set(built_in_share(environment)) | (FOUND_OUT if environment.source_is_built_in else set())
    return tuple(each for each in changed_answers(then, environment.variables) if each.name not in found_out)


def changed_since_apply(store: RunStore, environment: Environment) -> tuple[ChangedAnswer, ...]:
    """Return the answers that are not what they were at the last apply that came to its end; none without one."""
    for record in store.records(environment.name):
        if record.operation == Operation.DESTROY:
            # Without some phases, the rest was brought up to date; without the foundation, nothing is left to be old.
            kept = record.phase not in {"", Phase.FOUNDATION} and came_to_its_end(store, record)
            return changed_since_plan(store.files(record.run), environment) if kept else ()
        if record.operation == Operation.APPLY and came_to_its_end(store, record):
            request = Request.from_json(store.files(record.run).request.read_text())
            return changed_since_plan(store.files(request.plan_run), environment) if request.plan_run else ()
    return ()
