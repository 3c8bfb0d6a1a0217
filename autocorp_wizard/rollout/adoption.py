"""Taking over what exists already: a plan that would create something looks whether AWS has it, and imports it instead.

Only on request, and only by the very name (or `Name` tag) that the plan gives it: whoever has a bucket under another
name answers that name first. Nothing is remembered; the plan that imports is reviewed like any other.
"""

from autocorp_wizard.core import events as ev
from autocorp_wizard.core.imports import Import
from autocorp_wizard.core.plan import Plan
from autocorp_wizard.core.statefile import RemoteState
from autocorp_wizard.rollout import lookup
from autocorp_wizard.rollout.context import Context


def existing(ctx: Context, plan: Plan, state: RemoteState | None) -> tuple[Import, ...]:
    """Return an import for each thing that the plan would create and that this account has already."""
    known = {resource.address: resource.id for resource in state.resources} if state else {}
    found: list[Import] = []
    wanted = [change for change in plan.changes if change.action is ev.Action.CREATE and not change.imports]
    with ctx.recorder.step("adopt", "Looking for what exists already under these names") as note:
        for change in wanted:
            ctx.recorder.stop_if_wished()
            verdict = lookup.find_in_flight(ctx.access, change, known)
            if verdict.import_id:
                found.append(Import(change.address, verdict.import_id))
                known[change.address] = verdict.import_id
            elif verdict.inconclusive and "known before the apply" not in verdict.note:
                ctx.say(f"{change.address} could not be looked up: {verdict.note}")
        note.text = f"{len(found)} of {len(wanted)} exist"
    return tuple(found)
