"""Which phases an answer is an input of, and which answers have changed since something was made from them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from autocorp_wizard.core.answers import Group
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.fields import SCHEMA
from autocorp_wizard.core.phases import Phase

_F, _G, _D, _S = Phase.FOUNDATION, Phase.GLUE, Phase.DMS, Phase.DATASYNC
_EVERY: Final = frozenset(Phase)
_OF_GROUP: Final[Mapping[Group, frozenset[Phase]]] = {
    Group.ENVIRONMENT: _EVERY,
    Group.ACCOUNT: _EVERY,
    Group.SOURCE: frozenset({_F}),
    Group.NETWORK: frozenset({_F}),
    Group.STORAGE: frozenset({_F}),
    Group.SECURITY: frozenset({_F}),
    Group.GLUE: frozenset({_G}),
    Group.DMS: frozenset({_D}),
    Group.DATASYNC: frozenset({_S}),
    Group.MONITORING: frozenset({_F}),
    Group.STATE: frozenset(),
}
# Where the inputs of the modules in terraform/main.tf are not those of the answer's group (a test reads both).
_OF_NAME: Final[Mapping[str, frozenset[Phase]]] = {
    "postgres_port": frozenset({_F, _G}),
    "postgres_database": frozenset({_F, _D}),
    "postgres_schema": frozenset({_D}),
    "postgres_tables": frozenset({_D}),
    "postgres_ssl_mode": frozenset({_D}),
    "postgres_ca_certificate_pem": frozenset({_D}),
    "dms_lob_max_size_kb": frozenset({_G, _D}),
    "create_vpc": frozenset({_F, _G}),
    "vpc_id": frozenset({_F, _G}),
    "postgres_cidr_blocks": frozenset({_F, _G}),
    "create_s3_endpoint": frozenset({_F, _G}),
    "s3_encryption": frozenset({_F, _G, _D}),
    "force_destroy": frozenset({_F, _G}),
    "enable_glue_crawlers": frozenset({_F, _G}),
    "datasync_agent_cidr_blocks": frozenset({_F}),
    "create_datasync_endpoint": frozenset({_F}),
    "tags": _EVERY,
}


@dataclass(frozen=True, slots=True)
class ChangedAnswer:
    """An answer that is not what it was: `before` was handed to Terraform then, `after` would be now."""

    name: str
    before: Json
    after: Json


def phases_of(answer: str) -> frozenset[Phase]:
    """Return the phases whose resources an answer goes into; none for what Terraform never sees."""
    named = SCHEMA.by_name.get(answer)
    if named is None or not named.variable:
        return frozenset()
    return _OF_NAME.get(answer, _OF_GROUP[named.group])


def changed_answers(then: Mapping[str, Json], now: Mapping[str, Json]) -> tuple[ChangedAnswer, ...]:
    """Return the answers that differ between two sets of inputs, in the order of the form.

    What only one of them has counts as changed: its default came or went.
    """
    return tuple(
        ChangedAnswer(name, then.get(name), now.get(name))
        for name, each in SCHEMA.by_name.items()
        if each.variable and then.get(name) != now.get(name)
    )


def touching(changed: Iterable[ChangedAnswer], phase: Phase) -> tuple[str, ...]:
    """Return the names of those changed answers that a phase is made from."""
    return tuple(each.name for each in changed if phase in phases_of(each.name))
