"""Whether an earlier run left something to be settled before anything else may touch the state."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from autocorp_wizard.adapters import lease
from autocorp_wizard.adapters.process import is_alive
from autocorp_wizard.adapters.run_store import RunFiles, RunRecord, RunStatus, RunStore
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.failures import left_its_lock

if TYPE_CHECKING:  # faces ask as well, and they must not load what a runner needs
    from autocorp_wizard.rollout.context import Context

# How a command can end that leaves its lock behind, and how an apply can that leaves more than a partial state.
_LOCK_LEFT = ("TERRAFORM-KILLED", "STATE-LOCK-OWN")
_UNSETTLED = (*_LOCK_LEFT, "STATE-UNSAVED", "DISK-FULL", "RUN-CANCELLED", "JOURNAL-WRITE")
_CHANGING = (Operation.APPLY, Operation.DESTROY)
# A plan takes the lock and changes nothing else.
_LOCKING = (Operation.PLAN, *_CHANGING)


def unsettled_runs(store: RunStore, environment: str) -> list[RunRecord]:
    """Return the runs that need recovery, newest first: those after the last run that settled everything.

    One that still goes on needs none yet, and telling it from its journal would mean to read all of it at each look.
    """
    found: list[RunRecord] = []
    for record in store.records(environment):
        files = store.files(record.run)
        if is_settled(files):
            break
        if record.status is not RunStatus.RUNNING and record.operation in _LOCKING and needs_recovery(store, record):
            found.append(record)
    return found


def needs_recovery(store: RunStore, record: RunRecord) -> bool:
    """Whether this run ended such that lock, state or resources may be left over."""
    files = store.files(record.run)
    if record.status is RunStatus.LOST:
        return True
    if record.status is RunStatus.SUCCEEDED:
        return bool(errored_states(files))
    state = store.state(files)
    code = state.error.get("code")
    if code in _LOCK_LEFT or left_its_lock(state.diagnostics):
        return True
    if record.operation not in _CHANGING:
        return False
    if came_to_its_end(store, record):
        return bool(errored_states(files))
    return code in _UNSETTLED or bool(errored_states(files))


def came_to_its_end(store: RunStore, record: RunRecord) -> bool:
    """Whether a run succeeded, or at least its apply did: what failed or was stopped after that was its proof."""
    if record.status is RunStatus.SUCCEEDED:
        return True
    if record.operation is not Operation.APPLY or record.status is RunStatus.LOST:
        return False
    summary = store.state(store.files(record.run)).summary
    return summary is not None and summary.operation == Operation.APPLY


def lost_runs(store: RunStore, environment: str) -> list[RunRecord]:
    """Return all runs whose journal has no end, oldest first."""
    return [record for record in reversed(store.records(environment)) if record.status is RunStatus.LOST]


def settle(files: RunFiles) -> None:
    """Mark that everything up to this run was looked at and put right."""
    (files.root / "settled").write_text("")


def is_settled(files: RunFiles) -> bool:
    """Whether a recovery ended well here."""
    return (files.root / "settled").exists()


def errored_states(files: RunFiles) -> list[Path]:
    """Return the state files that Terraform could not upload in this run's tree."""
    return sorted((files.root / "tree").glob("*/**/errored.tfstate"))


def terraform_lives(files: RunFiles) -> bool:
    """Whether the Terraform that this run started is still at work.

    The lease tells for sure that it is gone; that it lives takes its process as well, because a child of a killed
    Terraform may hold the lease on for a while.
    """
    if not lease.is_held(files.raw / "terraform.lease"):
        return False
    pid = terraform_pid(files)
    return pid == 0 or is_alive(pid)


def terraform_pid(files: RunFiles) -> int:
    """Return the process id of the Terraform that this run started, 0 where it is not known."""
    try:
        return int(json.loads((files.raw / "terraform.json").read_text())["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def refuse_while_unrecovered(ctx: "Context") -> None:
    """Raise RUN-UNSETTLED where a run of this environment must be recovered first."""
    left = [record for record in unsettled_runs(ctx.store, ctx.environment.name) if record.run != ctx.files.run]
    if left:
        record = left[0]
        raise WizardError(
            "RUN-UNSETTLED",
            f"The run {record.run} ended badly ({record.status}) and may have left things behind.",
            why=f"{record.sentence} A lock, an unsaved state or half-made resources would make a plan lie.".strip(),
            next_step="Look and put it right: autocorp-wizard runs recover",
        )
