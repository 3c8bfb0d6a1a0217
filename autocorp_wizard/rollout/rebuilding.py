"""A lost state, built again from what the journals know: ids of what was made, names and tags of what was in flight.

Nothing is applied here: what exists without being in the state is remembered for import by the next reviewed plan.
"""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass

from autocorp_wizard.adapters.journal import read_journal
from autocorp_wizard.adapters.run_store import RunFiles, RunRecord
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.change import Change
from autocorp_wizard.core.imports import Import
from autocorp_wizard.core.request import Request
from autocorp_wizard.core.statefile import RemoteState
from autocorp_wizard.rollout import lookup, pending_imports
from autocorp_wizard.rollout.context import Context
from autocorp_wizard.rollout.planning import load_plan
from autocorp_wizard.rollout.terraform_step import capture
from autocorp_wizard.rollout.workspace import Workspace

# Seconds that AWS may take for what was being made; a replication instance takes up to fifteen minutes.
_PATIENCE = 2400.0


@dataclass(frozen=True, slots=True)
class _Known:
    """What the journals say about one resource that was created."""

    resource_type: str
    id_key: str
    id_value: str


async def untaint(ctx: Context, workspace: Workspace, state: RemoteState | None) -> None:
    """Keep what was being made when somebody stopped Terraform, where AWS says that it exists."""
    tainted = [resource for resource in state.resources if resource.tainted] if state else []
    if not tainted:
        return
    addresses = tuple(resource.address for resource in tainted)
    sentence = f"{len(tainted)} resources were being made when Terraform was stopped; a plan would replace them."
    ctx.recorder.record(ev.RecoveryFound(finding="tainted", sentence=sentence, addresses=addresses))
    kept: list[str] = []
    for resource in tainted:
        if not await _comes_to_be(ctx, resource.resource_type, resource.id):
            continue
        await capture(
            ctx.recorder,
            workspace.terraform.untaint(resource.address),
            cwd=workspace.directory,
            env=workspace.terraform.environment,
        )
        kept.append(resource.address)
    ctx.recorder.record(
        ev.RecoveryDone(
            finding="tainted",
            sentence=f"{len(kept)} of them exist and are kept; the next plan replaces the others.",
            addresses=tuple(kept),
        )
    )


async def rebuild(ctx: Context, state: RemoteState | None, left: Iterable[RunRecord]) -> None:
    """Find what exists without being in the state: by the ids in the journals, and in flight by name or tag."""
    known: dict[str, _Known] = {}
    in_flight: dict[str, Change | None] = {}
    changes: dict[str, Change] = {}
    for record in left:
        files = ctx.store.files(record.run)
        changes |= _changes_of(ctx, files)
        _read_creations(files, known, in_flight, changes)
    in_state = {resource.address: resource.id for resource in state.resources} if state else {}
    imports: dict[str, str] = {}
    unknown: list[str] = []
    for address, item in known.items():
        if address not in in_state:
            identity = changes[address].identity if address in changes else {}
            verdict = lookup.find_import_id(ctx.access, item.resource_type, item.id_key, item.id_value, identity)
            _take(address, verdict, imports, unknown)
    existing = in_state | {address: item.id_value for address, item in known.items()}
    for address, change in in_flight.items():
        if address not in existing and change is not None:
            verdict = lookup.find_in_flight(ctx.access, change, existing)
            _take(address, verdict, imports, unknown)
            if verdict.import_id:
                # Terraform would work on with something that AWS is still making, and be refused.
                await _comes_to_be(ctx, change.resource_type, verdict.import_id)
    if not imports and not unknown:
        return
    addresses = tuple(imports)
    sentence = f"{len(imports)} resources exist in AWS that the state does not know."
    ctx.recorder.record(ev.RecoveryFound(finding="lost-state", sentence=sentence, addresses=addresses))
    for text in unknown:
        ctx.say(text)
    pending_imports.remember(ctx, [Import(address, found) for address, found in imports.items()])
    sentence = "The next plan imports them, so that nothing is made twice."
    ctx.recorder.record(ev.RecoveryDone(finding="lost-state", sentence=sentence, addresses=addresses))


async def _comes_to_be(ctx: Context, resource_type: str, resource_id: str) -> bool:
    """Wait while AWS is still making a resource; returns whether it can be kept."""
    pause, deadline = (0.5 if ctx.environment.is_rehearsal else 10.0), time.monotonic() + _PATIENCE
    told = False
    while (stands := lookup.standing(ctx.access, resource_type, resource_id)) is lookup.Standing.COMING:
        if not told:
            ctx.say(f"{resource_id} is still being made; it is waited for, so that it need not be made again.")
            told = True
        if time.monotonic() > deadline:
            break
        ctx.recorder.stop_if_wished()
        await asyncio.sleep(pause)
    return stands is lookup.Standing.READY


def _take(address: str, verdict: lookup.Verdict, imports: dict[str, str], unknown: list[str]) -> None:
    if verdict.import_id:
        imports[address] = verdict.import_id
    elif verdict.inconclusive:
        unknown.append(f"{address} could not be looked up ({verdict.note}); should it exist, recover again.")


def _read_creations(
    files: RunFiles, known: dict[str, _Known], in_flight: dict[str, Change | None], changes: dict[str, Change]
) -> None:
    for envelope in read_journal(files.journal):
        match envelope.event:
            case ev.ResourceStarted(action=ev.Action.CREATE, address=address):
                in_flight[address] = changes.get(address)
            case ev.ResourceFinished(action=ev.Action.CREATE) as done:
                known[done.address] = _Known(done.resource_type or _type_of(done.address), done.id_key, done.id_value)
            case ev.ResourceFinished(action=ev.Action.DELETE, address=address):
                known.pop(address, None)
                in_flight.pop(address, None)
            case _:
                pass


def _changes_of(ctx: Context, files: RunFiles) -> dict[str, Change]:
    request = Request.from_json(files.request.read_text())
    for candidate in (request.plan_run, files.run):
        if candidate:
            document = ctx.store.files(candidate).plan_document
            if document.exists():
                return {change.address: change for change in load_plan(document).changes}
    return {}


def _type_of(address: str) -> str:
    parts = address.split("[", 1)[0].split(".")
    return parts[-2] if len(parts) > 1 else ""
