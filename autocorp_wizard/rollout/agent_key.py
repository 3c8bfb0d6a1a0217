"""Where a key for a new agent comes from: handed in, or asked of the agent itself, never older than 25 minutes."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.datasync_agent import ActivationKey, fetch_key
from autocorp_wizard.adapters.home import Home
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import WizardError


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Over which endpoint an agent will talk to DataSync: the public one, or one in the environment's network."""

    kind: str = "PUBLIC"
    address: str = ""
    parameters: tuple[tuple[str, object], ...] = ()


def agent_address(environment: Environment, home: Home) -> str:
    """Return where the agent can be asked: the answer, or a rehearsal's pretend agent; empty where none is known."""
    answered = environment.answers["datasync_agent_address"].value
    if answered:
        return str(answered)
    if not environment.is_rehearsal:
        return ""
    from autocorp_wizard.rehearsal.cloud import RehearsalCloud

    return RehearsalCloud(home.root).agent_address()


async def fresh_key(
    environment: Environment,
    home: Home,
    endpoint: Endpoint,
    learn: Callable[[str], None],
    handed_in: ActivationKey | None = None,
) -> ActivationKey:
    """Return a key that can still be used. Raises AGENT-MISSING with the three ways to one, and as `fetch_key`."""
    if handed_in is not None and not handed_in.is_stale(time.time()):
        learn(handed_in.key)
        return handed_in
    address = agent_address(environment, home)
    if not address:
        raise _missing(environment, stale=handed_in is not None)
    key = await asyncio.to_thread(
        fetch_key, address, environment.region, endpoint_type=endpoint.kind, private_link_ip=endpoint.address
    )
    learn(key.key)
    return key


def endpoint_of(environment: Environment, access: CloudAccess) -> Endpoint:
    """Return the endpoint for a new agent: the environment's own where it makes one. Raises AGENT-ENDPOINT.

    The address that the agent is told must belong to that endpoint, which AWS does not check.
    """
    if not environment.answers["create_datasync_endpoint"].value:
        return Endpoint()
    filters = [
        {"Name": "service-name", "Values": [f"com.amazonaws.{environment.region}.datasync"]},
        {"Name": "tag:Environment", "Values": [environment.name]},
        {"Name": "tag:Project", "Values": [environment.project_name]},
    ]
    for page in access.pages("ec2", "describe_vpc_endpoints", Filters=filters):
        for found in cast("list[dict[str, object]]", page.get("VpcEndpoints") or []):
            interfaces = cast("list[str]", found.get("NetworkInterfaceIds") or [])
            if interfaces:
                return _private(environment, access, found, interfaces)
    raise WizardError(
        "AGENT-ENDPOINT",
        "The environment's DataSync endpoint is not there yet.",
        why="create_datasync_endpoint is answered with yes; the endpoint comes with the foundation phase, and an "
        "agent's endpoint cannot be changed later.",
        next_step=f"First: autocorp-wizard apply foundation --env {environment.name}",
    )


def _private(
    environment: Environment, access: CloudAccess, found: dict[str, object], interfaces: list[str]
) -> Endpoint:
    answer = access.call("ec2", "describe_network_interfaces", NetworkInterfaceIds=interfaces[:1])
    interface = cast("list[dict[str, object]]", answer["NetworkInterfaces"])[0]
    partition = "aws-cn" if environment.region.startswith("cn-") else "aws"
    here = f"arn:{partition}:ec2:{environment.region}:{environment.account_id}"
    groups = [str(each["GroupId"]) for each in cast("list[dict[str, object]]", found.get("Groups") or [])]
    return Endpoint(
        "PRIVATE_LINK",
        str(interface["PrivateIpAddress"]),
        (
            ("VpcEndpointId", found["VpcEndpointId"]),
            ("SubnetArns", [f"{here}:subnet/{interface['SubnetId']}"]),
            ("SecurityGroupArns", [f"{here}:security-group/{group}" for group in groups[:1]]),
        ),
    )


def _missing(environment: Environment, *, stale: bool) -> WizardError:
    name = environment.name
    why = "The key that was handed in is older than 25 minutes; AWS voids it after 30." if stale else ""
    return WizardError(
        "AGENT-MISSING",
        f"{name} has no DataSync agent yet.",
        why=why or "The datasync phase transfers files through an agent in your network, and none is named.",
        next_step=f"Three ways: tell where it answers (autocorp-wizard env edit {name} --set "
        f"datasync_agent_address=HOST); or hand in its key (autocorp-wizard agent activate --env {name} --stdin); or "
        f"take one that is activated (autocorp-wizard agent adopt ARN --env {name}).",
    )
