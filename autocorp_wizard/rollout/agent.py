"""The DataSync agent of an environment: activated once, found again, waited for, replaced; its ARN is an answer.

It belongs to the wizard and not to Terraform, because its key serves once and within half an hour.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, cast

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.datasync_agent import ActivationKey
from autocorp_wizard.adapters.home import Home
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import UsageError, WizardError
from autocorp_wizard.core.proofs import Proof, Proven
from autocorp_wizard.rollout.agent_key import Endpoint, endpoint_of, fresh_key
from autocorp_wizard.rollout.agent_status import (
    AgentStatus,
    agent_name,
    describe,
    find_by_name,
    known_arns,
    offline,
    unknown,
    wait_online,
)
from autocorp_wizard.rollout.context import Context

ARNS: Final = "datasync_agent_arns"
_MANAGER: Final = "autocorp-wizard"


def _nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Agency:
    """What working with agents needs: the environment, its cloud, and whom to tell. `learn` takes secrets."""

    environment: Environment
    access: CloudAccess
    home: Home
    say: Callable[[str], None]
    learn: Callable[[str], None]
    stop_if_wished: Callable[[], None] = _nothing

    @classmethod
    def of(cls, ctx: Context) -> "Agency":
        """Return what a run offers."""
        learn, stop = ctx.recorder.discretion.learn, ctx.recorder.stop_if_wished
        return cls(ctx.environment, ctx.access, ctx.home, ctx.say, learn, stop)


async def ensure_agent(ctx: Context) -> Proof:
    """Have an agent that is online: the one named, the one of that name, or a new one. Writes its ARN down.

    Raises AGENT-* where there is none and none can be had; again finishes what an earlier try began.
    """
    agency = Agency.of(ctx)
    with ctx.recorder.step("agent", "A DataSync agent that is online") as note:
        agents = await have_agents(agency)
        arns = [each.arn for each in agents]
        if arns != list(known_arns(ctx.environment)):
            ctx.remember_environment(ctx.environment.with_answers({ARNS: list(arns)}, [ARNS]))
        note.text = ", ".join(each.name or each.arn for each in agents)
    return Proof(
        "agent",
        Proven.PROVEN,
        "The DataSync agent is online." if len(agents) == 1 else f"All {len(agents)} DataSync agents are online.",
        tuple(f"{each.name or 'agent'}: {each.status}, {each.contact}, {each.arn}" for each in agents),
    )


async def have_agents(agency: Agency, handed_in: ActivationKey | None = None) -> tuple[AgentStatus, ...]:
    """Return the environment's agents, each seen online twice; a new one is activated where there is none."""
    named = known_arns(agency.environment)
    present = tuple(arn for arn in named if describe(agency.access, arn) is not None)
    gone = next((arn for arn in named if arn not in present), None)
    if gone is not None and agency.environment.answers[ARNS].origin.value != "detected":
        raise unknown(gone)  # somebody chose it, so nobody else chooses another
    if gone is not None:
        agency.say(f"The agent {gone} is gone.")
    if not present:
        present = (await _found_or_activated(agency, handed_in),)
    return tuple([await _online(agency, arn) for arn in present])


async def activate(agency: Agency, handed_in: ActivationKey | None = None, *, name: str = "") -> str:
    """Make an agent of a new key and return its ARN. Raises AGENT-REFUSED, and as `fresh_key`."""
    endpoint = endpoint_of(agency.environment, agency.access)
    key = await fresh_key(agency.environment, agency.home, endpoint, agency.learn, handed_in)
    called = name or agent_name(agency.environment)
    agency.say(f"Activating the agent {called}")
    return _create(agency, key, endpoint, called)


async def adopt(agency: Agency, arn: str) -> AgentStatus:
    """Return an agent that exists, for its ARN to be written down. Raises AGENT-UNKNOWN, AGENT-OFFLINE."""
    region = arn.split(":")[3] if arn.count(":") >= 5 else ""
    if region != agency.environment.region or arn.split(":")[4] != agency.environment.account_id:
        raise UsageError(
            "AGENT-ELSEWHERE",
            f"{arn} is no agent of account {agency.environment.account_id} in {agency.environment.region}.",
            why="An agent belongs to one account and region, which its ARN names.",
            next_step="List the right ones: autocorp-wizard agent status",
        )
    seen = describe(agency.access, arn)
    if seen is None:
        raise unknown(arn)
    return await _online(agency, arn)


async def replace(agency: Agency, handed_in: ActivationKey | None = None) -> tuple[AgentStatus, tuple[str, ...]]:
    """Put a new agent in the place of the environment's old ones; returns it and the ARNs of those that are gone.

    Locations move to it in place, so no task is made anew. Raises what stands in the way; again finishes.
    """
    old = tuple(arn for arn in known_arns(agency.environment) if describe(agency.access, arn) is not None)
    called = f"{agent_name(agency.environment)}-next"
    waiting = find_by_name(agency.access, called)
    arn = waiting[0] if waiting else await activate(agency, handed_in, name=called)
    seen = await _online(agency, arn)
    moved = _move_locations(agency, old, arn)
    agency.say(f"{moved} locations read through the new agent now")
    for gone in old:
        agency.access.call("datasync", "delete_agent", AgentArn=gone)
    agency.access.call("datasync", "update_agent", AgentArn=arn, Name=agent_name(agency.environment))
    return describe(agency.access, arn) or seen, old


async def _found_or_activated(agency: Agency, handed_in: ActivationKey | None) -> str:
    name = agent_name(agency.environment)
    found = find_by_name(agency.access, name)
    if len(found) > 1:
        raise WizardError(
            "AGENT-TWICE",
            f"{len(found)} DataSync agents are called {name}.",
            why=f"It cannot be told which one is meant: {', '.join(found)}.",
            next_step="Choose one: autocorp-wizard agent adopt ARN",
        )
    if found:
        agency.say(f"The agent {name} exists already")
        return found[0]
    return await activate(agency, handed_in)


async def _online(agency: Agency, arn: str) -> AgentStatus:
    return await wait_online(agency.environment, agency.access, arn, agency.say, agency.stop_if_wished)


def _create(agency: Agency, key: ActivationKey, endpoint: Endpoint, name: str) -> str:
    environment = agency.environment
    tags = {
        **cast("Mapping[str, str]", environment.answers["tags"].value or {}),
        "Name": name,
        "Project": environment.project_name,
        "Environment": environment.name,
        "ManagedBy": _MANAGER,
    }
    try:
        answer = agency.access.call(
            "datasync",
            "create_agent",
            ActivationKey=key.key,
            AgentName=name,
            Tags=[{"Key": tag, "Value": value} for tag, value in tags.items()],
            **dict(endpoint.parameters),
        )
    except WizardError as error:
        if getattr(error, "aws_code", "") != "InvalidRequestException":
            raise
        raise WizardError(
            "AGENT-REFUSED",
            "DataSync does not take the activation key.",
            why=error.details or error.why,
            next_step="A key serves once, for half an hour and in one region. Ask the agent for a new one: "
            "autocorp-wizard agent activate",
        ) from error
    return str(answer["AgentArn"])


def _move_locations(agency: Agency, old: tuple[str, ...], new: str) -> int:
    """Let every location that reads through an old agent read through the new one; returns how many."""
    moved = 0
    for page in agency.access.pages("datasync", "list_locations"):
        for entry in cast("list[dict[str, object]]", page.get("Locations") or []):
            arn, kind = str(entry["LocationArn"]), str(entry["LocationUri"]).partition(":")[0]
            if kind in ("nfs", "smb"):
                moved += _move(agency.access, arn, kind, old, new)
    return moved


def _move(access: CloudAccess, location: str, kind: str, old: tuple[str, ...], new: str) -> int:
    found = access.call("datasync", f"describe_location_{kind}", LocationArn=location)
    holder = cast("dict[str, object]", found["OnPremConfig"]) if kind == "nfs" else found
    agents = cast("list[str]", holder["AgentArns"])
    if not set(agents) & set(old):
        return 0
    wanted = [*(arn for arn in agents if arn not in old and arn != new), new]
    change: dict[str, object] = {"OnPremConfig": {"AgentArns": wanted}} if kind == "nfs" else {"AgentArns": wanted}
    access.call("datasync", f"update_location_{kind}", LocationArn=location, **change)
    return 1


__all__ = ["Agency", "activate", "adopt", "ensure_agent", "have_agents", "offline", "replace"]
