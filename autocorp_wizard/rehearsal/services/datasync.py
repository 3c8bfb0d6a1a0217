"""DataSync: agents that are activated with the pretend agent's keys, locations, tasks, and transfers that happen."""

from typing import Final

import moto.datasync.urls
from moto.datasync.models import datasync_backends

from autocorp_wizard.rehearsal import due
from autocorp_wizard.rehearsal.services import replace_backend
from autocorp_wizard.rehearsal.services.datasync_agents import AgentActions
from autocorp_wizard.rehearsal.services.datasync_events import state_changes
from autocorp_wizard.rehearsal.services.datasync_locations import LocationActions
from autocorp_wizard.rehearsal.services.datasync_state import RehearsalDataSync, metric_points, settle
from autocorp_wizard.rehearsal.services.datasync_tasks import ExecutionActions, TaskActions

__all__ = ["MISSING", "install", "metric_points", "state_changes"]

# Kinds of locations that nobody here needs: refused plainly rather than half done.
MISSING: Final = frozenset(
    f"{verb}Location{kind}"
    for verb in ("Create", "Describe", "Update")
    for kind in (
        "AzureBlob",
        "Efs",
        "FsxLustre",
        "FsxOntap",
        "FsxOpenZfs",
        "FsxWindows",
        "Hdfs",
        "ObjectStorage",
    )
)


class RehearsalDataSyncResponse(AgentActions, LocationActions, TaskActions, ExecutionActions):
    """All actions."""


def install() -> None:
    """Put the extended service in the stock one's place, and let its transfers move on."""
    replace_backend(datasync_backends, RehearsalDataSync)
    for account in datasync_backends.values():
        # A region that an earlier version remembered holds nothing of use.
        for region in [name for name, backend in account.items() if not isinstance(backend, RehearsalDataSync)]:
            del account[region]
    moto.datasync.urls.url_paths["{0}/$"] = RehearsalDataSyncResponse.dispatch
    due.register(settle)
