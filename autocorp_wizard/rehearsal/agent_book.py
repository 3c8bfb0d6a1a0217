"""The pretend DataSync agent as data: the machine it runs on, the keys it has told, and what plagues it.

A machine goes from FRESH over KEY_MINTED to ACTIVATED and then tells no key any more. Keys last 30 minutes by the
clock (a deadline of AWS's, not a pace of ours), serve once, and a newer one replaces an older one.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from autocorp_wizard.rehearsal.pace import Span, now

KEY_SECONDS: Final = 30 * 60
# DataSync calls an agent offline after five minutes of silence; a new one is offline for a moment.
SILENCE_SECONDS: Final = 5 * 60.0
FIRST_CONTACT_SECONDS: Final = 60.0
_KEY_ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class Mode(StrEnum):
    """The two kinds of agents: they answer a request without `no_redirect` differently."""

    BASIC = "basic"
    ENHANCED = "enhanced"


class Trouble(StrEnum):
    """What stands between a request and a key."""

    NONE = "none"
    EGRESS_BLOCKED = "egress-blocked"
    ENDPOINT_UNREACHABLE = "endpoint-unreachable"
    GARBAGE = "garbage"
    CAPTIVE_PORTAL = "captive-portal"
    HANG = "hang"


class MachineState(StrEnum):
    """How far a machine has come."""

    FRESH = "FRESH"
    KEY_MINTED = "KEY_MINTED"
    ACTIVATED = "ACTIVATED"


class KeyRefusedError(Exception):
    """A key that CreateAgent does not take; the message is for the caller."""


@dataclass
class MintedKey:
    """What a key was minted for, and whether it still serves. Times in epoch seconds."""

    machine: int
    region: str
    endpoint_type: str
    private_link_ip: str
    minted_at: float
    used: bool = False
    replaced: bool = False

    @property
    def expired(self) -> bool:
        """Whether its 30 minutes are over."""
        return now() - self.minted_at > KEY_SECONDS


@dataclass
class Machine:
    """One machine with an agent on it. `boots` is how long it does not answer yet, `silent` since when it is off."""

    number: int
    mode: Mode = Mode.BASIC
    trouble: Trouble = Trouble.NONE
    key_region: str = ""
    key: str = ""
    activated: bool = False
    boots: Span | None = None
    silent: Span | None = None

    @property
    def state(self) -> MachineState:
        """How far it has come."""
        if self.activated:
            return MachineState.ACTIVATED
        return MachineState.KEY_MINTED if self.key else MachineState.FRESH

    @property
    def booting(self) -> bool:
        """Whether it is still starting."""
        return self.boots is not None and not self.boots.over

    @property
    def listens(self) -> bool:
        """Whether its port is open: only before it is activated."""
        return not self.activated and not self.booting and self.silent is None


@dataclass
class AgentBook:
    """All machines that there were, the present one last, and all keys that they told."""

    machines: list[Machine] = field(default_factory=lambda: [Machine(1)])
    keys: dict[str, MintedKey] = field(default_factory=dict)

    @property
    def present(self) -> Machine:
        """The machine that answers under the agent's address."""
        return self.machines[-1]

    def machine(self, number: int) -> Machine:
        """Return a machine by its number."""
        return self.machines[number - 1]

    def mint(self, region: str, endpoint_type: str, private_link_ip: str) -> str:
        """Tell a new key for a region; an earlier one that was not used is void."""
        machine = self.present
        if machine.key:
            self.keys[machine.key].replaced = True
        key = "-".join("".join(secrets.choice(_KEY_ALPHABET) for _ in range(5)) for _ in range(5))
        self.keys[key] = MintedKey(machine.number, machine.key_region or region, endpoint_type, private_link_ip, now())
        machine.key = key
        changed()
        return key

    def take(self, key: str, region: str) -> MintedKey:
        """Use a key up for an agent in `region`. Raises KeyRefusedError for one that does not serve (any more)."""
        minted = self.keys.get(key)
        if minted is None or minted.replaced:
            raise KeyRefusedError("The activation key is not valid.")
        if minted.used:
            raise KeyRefusedError("The activation key was used already.")
        if minted.expired:
            raise KeyRefusedError("The activation key has expired.")
        if minted.region != region:
            raise KeyRefusedError(f"The activation key is not valid in {region}.")
        minted.used = True
        self.machine(minted.machine).activated = True
        changed()
        return minted

    def set_up_machine(self) -> Machine:
        """Put a new machine under the agent's address; the one before stays where it is, if it is activated."""
        self.machines.append(Machine(len(self.machines) + 1))
        changed()
        return self.present

    def age_key(self, seconds: float) -> None:
        """Let the present machine's key be so much older."""
        if self.present.key:
            self.keys[self.present.key].minted_at -= seconds


# Who wants to know that a port may have to be opened or closed; the book itself is remembered and holds no one.
_watchers: Final[list[Callable[[], None]]] = []


def watch(watcher: Callable[[], None]) -> None:
    """Have a function called after each change."""
    _watchers.append(watcher)


def changed() -> None:
    """Tell the watchers that something changed."""
    for watcher in _watchers:
        watcher()
