"""What the checks of account, network, agent and tools look at: one environment, and the ways to it.

The ways are functions, so that a check pays only for what it asks, and one that fails takes no other with it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import cast

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.policy import Asked
from autocorp_wizard.core.state_lock import LockInfo
from autocorp_wizard.core.statefile import RemoteState

Entry = Mapping[str, object]
Network = IPv4Network | IPv6Network


def _no_state() -> RemoteState | None:
    return None


def _no_lock() -> LockInfo | None:
    return None


@dataclass(frozen=True)
class Place:
    """One environment as checks see it.

    `access` gives the way to AWS (raises WizardError with the reason), `state` the remote state, `lock` who holds its
    lock. `asked` is what deploying asks of IAM. `source_host` and `source_port` are where this machine reaches the
    source, empty where nobody said. `rollout_seconds` is how long a whole rollout usually takes.
    """

    environment: Environment
    access: Callable[[], CloudAccess]
    home: Path
    tree: Path
    cache: Path
    state: Callable[[], RemoteState | None] = _no_state
    lock: Callable[[], LockInfo | None] = _no_lock
    asked: tuple[Asked, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    source_host: str = ""
    source_port: int = 5432
    agent_address: str = ""
    rollout_seconds: float = 45 * 60.0
    working: Path = field(default_factory=Path)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def answer(self, name: str) -> Json:
        """Return an answer of the environment, defaults included."""
        return self.environment.answers[name].value

    def flag(self, name: str) -> bool:
        """Return an answer that is yes or no."""
        return bool(self.answer(name))

    def text(self, name: str) -> str:
        """Return an answer that is a text, empty where there is none."""
        value = self.answer(name)
        return "" if value is None else str(value)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return an answer that is a list of texts."""
        value = self.answer(name)
        return tuple(map(str, value)) if isinstance(value, list) else ()

    @property
    def source_networks(self) -> tuple[Network, ...]:
        """Where the source may be, by the environment's answer."""
        return tuple(ip_network(each, strict=False) for each in self.texts("postgres_cidr_blocks"))

    def entries(self, service: str, operation: str, name: str, **parameters: object) -> Iterator[Entry]:
        """Yield the entries `name` of every page of a list. Raises CloudError."""
        for page in self.access().pages(service, operation, **parameters):
            yield from cast("list[Entry]", page.get(name) or [])
