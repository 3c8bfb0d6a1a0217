"""What a destroy would take: by module how much, by name what holds data, and what the buckets hold now."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from autocorp_wizard.adapters.home import Home
from autocorp_wizard.core.bootstrap import StatePlace
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.phases import Phase, phase_of_address
from autocorp_wizard.rollout.access import access_for
from autocorp_wizard.rollout.emptying import inventory
from autocorp_wizard.rollout.state_store import StateStore

# What people miss when it is gone.
_HOLDS_DATA: Final = {
    "aws_s3_bucket": "bucket with all its objects and versions",
    "aws_secretsmanager_secret": "secret",
    "aws_kms_key": "key (what it encrypted cannot be read without it)",
    "aws_dynamodb_table": "table",
}


@dataclass(frozen=True, slots=True)
class Losses:
    """`modules` are (name, resources); `holding` (address, what it is); `contents` what buckets hold, in sentences."""

    total: int = 0
    modules: tuple[tuple[str, int], ...] = ()
    holding: tuple[tuple[str, str], ...] = ()
    contents: tuple[str, ...] = ()


def losses_of(environment: Environment, first: Phase, home: Home, say: Callable[[str], None]) -> Losses:
    """Return what goes with `first` and the phases after it, from the remote state and the buckets themselves.

    Raises as `access_for`, and where the state or a bucket cannot be read.
    """
    access = access_for(environment, home, say)
    state = StateStore(access, StatePlace.of(environment)).read()
    gone = {first, *first.later}
    resources = [r for r in state.resources if (phase_of_address(r.address) or first) in gone] if state else []
    modules = Counter(r.address.split(".")[1] if r.address.startswith("module.") else "(root)" for r in resources)
    buckets = [r.id for r in resources if r.resource_type == "aws_s3_bucket"]
    return Losses(
        total=len(resources),
        modules=tuple(sorted(modules.items())),
        holding=tuple((r.address, _HOLDS_DATA[r.resource_type]) for r in resources if r.resource_type in _HOLDS_DATA),
        contents=tuple(content.sentence for content in inventory(access, buckets)),
    )
