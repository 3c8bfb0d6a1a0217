"""How DataSync's agents are: found by ARN or by the environment's name for its agent, and waited for."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, cast

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import WizardError

ONLINE: Final = "ONLINE"
# A new agent is offline for a moment, so one sight of it online is no proof, and five minutes are no failure.
_PATIENCE_SECONDS: Final = 5 * 60.0
_REHEARSAL_PATIENCE_SECONDS: Final = 60.0
_SIGHTS: Final = 2


@dataclass(frozen=True, slots=True)
class AgentStatus:
    """An agent as DescribeAgent tells it; `status` is ONLINE or OFFLINE."""

    arn: str
    name: str
    status: str
    last_contact: datetime | None
    endpoint_type: str
    version: str

    @property
    def is_online(self) -> bool:
        """Whether DataSync hears of it."""
        return self.status == ONLINE

    @property
    def contact(self) -> str:
        """When it was heard of last, in words."""
        return f"last heard of at {self.last_contact:%Y-%m-%d %H:%M:%S} UTC" if self.last_contact else "never heard of"


def agent_name(environment: Environment) -> str:
    """Return the name that the environment's agent carries; it says whose it is, and twice the same is found."""
    return f"{environment.project_name}-{environment.name}-agent"


def known_arns(environment: Environment) -> tuple[str, ...]:
    """Return the agents that the environment names."""
    value = environment.answers["datasync_agent_arns"].value
    return tuple(str(arn) for arn in value) if isinstance(value, list) else ()


def describe(access: CloudAccess, arn: str) -> AgentStatus | None:
    """Return an agent by its ARN, None where there is none. Raises CloudError."""
    try:
        found = access.call("datasync", "describe_agent", AgentArn=arn)
    except CloudError as error:
        if error.is_missing:
            return None
        raise
    contact, platform = found.get("LastConnectionTime"), found.get("Platform")
    return AgentStatus(
        arn,
        str(found.get("Name") or ""),
        str(found.get("Status") or ""),
        contact.astimezone(UTC) if isinstance(contact, datetime) else None,
        str(found.get("EndpointType") or ""),
        str(platform.get("Version") or "") if isinstance(platform, dict) else "",
    )


def find_by_name(access: CloudAccess, name: str) -> tuple[str, ...]:
    """Return the ARNs of all agents of a name. Raises CloudError."""
    found: list[str] = []
    for page in access.pages("datasync", "list_agents"):
        agents = cast("list[dict[str, object]]", page.get("Agents") or [])
        found += [str(each["AgentArn"]) for each in agents if each.get("Name") == name]
    return tuple(found)


async def wait_online(
    environment: Environment,
    access: CloudAccess,
    arn: str,
    say: Callable[[str], None],
    stop_if_wished: Callable[[], None] = lambda: None,
) -> AgentStatus:
    """Wait until an agent was seen online twice. Raises AGENT-OFFLINE, AGENT-UNKNOWN, and what was wished meanwhile."""
    patience = _REHEARSAL_PATIENCE_SECONDS if environment.is_rehearsal else _PATIENCE_SECONDS
    pause = 0.25 if environment.is_rehearsal else 5.0
    deadline = time.monotonic() + patience
    sights, told = 0, False
    while True:
        stop_if_wished()
        seen = describe(access, arn)
        if seen is None:
            raise unknown(arn)
        sights = sights + 1 if seen.is_online else 0
        if sights >= _SIGHTS:
            return seen
        if time.monotonic() > deadline:
            raise offline(seen)
        if not seen.is_online and not told:
            say(f"The agent {seen.name or arn} is offline; waiting up to {patience / 60:.0f} min for it.")
            told = True
        await asyncio.sleep(pause)


def unknown(arn: str) -> WizardError:
    """Return the error for an agent that is not there."""
    return WizardError(
        "AGENT-UNKNOWN",
        f"There is no DataSync agent {arn} in this account and region.",
        why="It was deleted, or it belongs to another account or region; an agent cannot move.",
        next_step="Take another one: autocorp-wizard agent adopt ARN, or activate a new one: autocorp-wizard agent "
        "activate",
    )


def offline(seen: AgentStatus) -> WizardError:
    """Return the error for an agent that stays offline."""
    return WizardError(
        "AGENT-OFFLINE",
        f"The DataSync agent {seen.name or seen.arn} is offline.",
        why=f"DataSync has not heard of it for five minutes or more ({seen.contact}).",
        next_step="Start its machine and let it reach TCP 443 of the DataSync endpoints; where it is lost: "
        "autocorp-wizard agent replace",
    )
