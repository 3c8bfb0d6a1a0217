"""The share that a rehearsal's exports come from where its environment names none: the pretend agent's own."""

from autocorp_wizard.core.datasync_rules import EXPORTS
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.events import Json
from autocorp_wizard.rehearsal.source_exports import SHARE_HOST, SHARE_PATH


def built_in_share(environment: Environment) -> dict[str, Json]:
    """Return the inputs that lead all four exports to the pretend agent's share; nothing for any other environment."""
    if not environment.share_is_built_in:
        return {}
    return {
        "datasync_nfs_sources": {
            export: {"server_hostname": SHARE_HOST, "subdirectory": SHARE_PATH} for export in EXPORTS
        }
    }
