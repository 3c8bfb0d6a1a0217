"""Replication slots of the source as values: whose each may be, what it holds back, and how it is dropped."""

import re
from dataclasses import dataclass
from typing import Final

# DMS draws the name: sixteen characters, the database's number, and an id.
_OF_DMS: Final = re.compile(r"^[a-z0-9]{16}_\d{8}_[0-9a-f_]+$")
_PLUGINS: Final = frozenset({"test_decoding", "pglogical", "pglogical_output"})


@dataclass(frozen=True, slots=True)
class Slot:
    """A logical slot. `retained_bytes` is what the source keeps of its log for it; None where nobody knows."""

    name: str
    plugin: str
    active: bool
    restart_lsn: str
    retained_bytes: int | None

    @property
    def by_dms(self) -> bool:
        """Whether its name and plugin are those that DMS gives."""
        return self.plugin in _PLUGINS and bool(_OF_DMS.match(self.name))

    @property
    def drop(self) -> str:
        """The statement that drops it; PostgreSQL refuses while somebody reads from it."""
        return f"SELECT pg_drop_replication_slot('{self.name}');"


def sentence(slot: Slot) -> str:
    """Say what a slot is in words."""
    whose = "made by DMS" if slot.by_dms else "not named as DMS names its own"
    use = "in use" if slot.active else "nobody reads from it now"
    held = "unknown" if slot.retained_bytes is None else f"{slot.retained_bytes / 1_000_000:,.1f} MB"
    return f"{slot.name}: {slot.plugin}, {whose}, {use}, holds back {held} of the source's log"
