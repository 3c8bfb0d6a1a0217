"""Small questions about the resources of a run. Pure functions."""

from datetime import datetime

from autocorp_wizard.core.runstate import ResourceState, ResourceStatus, RunState


def elapsed(resource: ResourceState, now: datetime) -> float:
    """Return the seconds a resource has taken: the clock's while it runs, Terraform's figure afterwards."""
    if resource.status is ResourceStatus.RUNNING and resource.started_at is not None:
        return max(resource.seconds, (now - resource.started_at).total_seconds())
    return resource.seconds


def kinds_of(state: RunState) -> list[tuple[str, int]]:
    """Return what was finished, by resource type: (type, number), most first."""
    kinds: dict[str, int] = {}
    for row in state.resources.values():
        if row.status is ResourceStatus.DONE:
            kind = row.resource_type or row.address.rpartition(".")[0].rpartition(".")[2]
            kinds[kind] = kinds.get(kind, 0) + 1
    return sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))
