"""Resources that exist in AWS but not in the state: found by a recovery, imported by the next reviewed plan."""

import json
from collections.abc import Collection, Iterable
from pathlib import Path

from autocorp_wizard.adapters.private_file import replace_file
from autocorp_wizard.core.imports import Import, import_blocks
from autocorp_wizard.core.phases import Phase, phase_of_address
from autocorp_wizard.core.statefile import RemoteState
from autocorp_wizard.rollout.context import Context
from autocorp_wizard.rollout.restoring import restore_deleted

FILE_NAME = "recovered_imports.tf"


def _path(ctx: Context) -> Path:
    return ctx.folder / "pending-imports.json"


def pending(ctx: Context) -> tuple[Import, ...]:
    """Return what waits to be imported."""
    try:
        raw = json.loads(_path(ctx).read_text())
    except (OSError, ValueError):
        return ()
    return tuple(Import(item["address"], item["id"]) for item in raw)


def remember(ctx: Context, imports: Iterable[Import]) -> None:
    """Add imports for the next plan; a newer id for an address replaces the older one."""
    known = {item.address: item for item in pending(ctx)} | {item.address: item for item in imports}
    _keep(ctx, known.values())


def forget(ctx: Context, phases: Collection[Phase]) -> None:
    """What belongs to these phases waits no longer: the plan that imported it was applied."""
    left = [item for item in pending(ctx) if not _is_of(item, phases)]
    if left:
        _keep(ctx, left)
    else:
        _path(ctx).unlink(missing_ok=True)


def files_for(
    ctx: Context, state: RemoteState | None, phases: Collection[Phase], adopted: Iterable[Import] = ()
) -> dict[str, str]:
    """Return the file of import blocks for this plan's own copy of the tree: what the state does not hold yet.

    What belongs to none of the plan's phases waits for its own: Terraform refuses an import without a configuration.
    `adopted` is imported by this plan alone; what is pending, by every plan until one is applied.
    """
    known = {resource.address for resource in state.resources} if state else set()
    mine = [item for item in pending(ctx) if _is_of(item, phases)]
    wanted = [item for item in (*mine, *adopted) if item.address not in known]
    if not wanted:
        return {}
    ctx.say(f"{len(wanted)} resources exist already and are imported by this plan.")
    return {FILE_NAME: import_blocks(wanted)}


def _keep(ctx: Context, imports: Iterable[Import]) -> None:
    replace_file(_path(ctx), json.dumps([{"address": i.address, "id": i.id} for i in imports], indent=1))


def _is_of(item: Import, phases: Collection[Phase]) -> bool:
    phase = phase_of_address(item.address)
    return phase is None or phase in phases


def adopt_deleted_secret(ctx: Context) -> None:
    """Bring back a secret that waits for its deletion (its name is taken until then), and import it."""
    restored = restore_deleted(ctx.environment, ctx.access, ctx.say)
    if restored:
        remember(ctx, restored)
