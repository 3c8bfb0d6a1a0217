"""Checks of the DataSync agent: whether it can be asked, whether it is online, and what only a person can tell."""

import socket
from collections.abc import Callable
from functools import partial
from typing import Final, cast

from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.adapters.datasync_agent import ActivationKey, fetch_key
from autocorp_wizard.checks.account import IDENTITY
from autocorp_wizard.checks.place import Entry, Place
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.preflight.record import (
    Audience,
    Check,
    Group,
    Remedy,
    Seen,
    SideEffect,
    Stage,
    Status,
    Vantage,
    failed,
    passed,
    skipped,
    unsure,
    warned,
)

CALLS: Final = frozenset(
    {
        "datasync:ListAgents",
        "datasync:DescribeAgent",
        "datasync:DescribeTask",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeSecurityGroups",
    }
)
_DATASYNC: Final = frozenset({"datasync"})
_PORT: Final = 80
_TIMEOUT: Final = 5.0


def agent_checks(place: Place) -> tuple[Check, ...]:
    """Return the checks of the agent."""
    check = partial(Check, group=Group.AGENT, vantage=Vantage.API, needs=(IDENTITY,))
    return (
        check(
            "ds.agent.online",
            "The agent is online",
            probe=partial(online, place),
            proves="that DataSync heard of it within five minutes",
            phases=_DATASYNC,
            volatile=True,
        ),
        check("ds.agent.dup", "No other agent carries its name", probe=partial(twins, place)),
        Check(
            "ds.agent.port80",
            "A new agent can be asked for its key",
            Group.AGENT,
            Vantage.LAPTOP,
            probe=partial(port, place),
            needs=(),
            proves="that something listens on the agent's port 80",
            does_not_prove="that it is an agent: asking for a key shows it",
        ),
        Check(
            "ds.agent.key",
            "The agent tells a key",
            Group.AGENT,
            Vantage.LAPTOP,
            probe=partial(key, place),
            needs=("ds.agent.port80",),
            proves="that it is an agent, that it reaches AWS, and that it is for this region",
            side_effects=SideEffect.MINTS_KEY,
            timeout=30.0,
        ),
        check("ds.vpce.service", "The private endpoint fits", probe=partial(endpoint, place), stage=Stage.S1),
        check(
            "ds.share",
            "The agent reaches the shares",
            probe=partial(shares, place),
            stage=Stage.S2,
            proves="that DataSync finds every task's share usable",
        ),
    )


def _known(place: Place) -> tuple[str, ...]:
    return place.texts("datasync_agent_arns")


def _describe(place: Place, arn: str) -> Entry | None:
    try:
        return place.access().call("datasync", "describe_agent", AgentArn=arn)
    except CloudError as error:
        if error.is_missing:
            return None
        raise


def online(place: Place) -> Seen:
    """Ask DataSync about every agent that the environment names."""
    name = place.environment.name
    arns = _known(place)
    if not arns:
        if place.environment.is_rehearsal:
            return skipped("A rehearsal activates its own agent with phase 4.")
        return failed(
            "The environment names no agent.",
            Remedy("Deploy one and activate it.", command=f"autocorp-wizard agent activate --env {name}"),
            Remedy("Or take one that is activated.", command=f"autocorp-wizard agent adopt ARN --env {name}"),
        )
    findings: list[str] = []
    wrong: list[str] = []
    for arn in arns:
        found, short = _describe(place, arn), arn.rpartition("/")[2]
        if found is None:
            wrong.append(f"{short} is not there: it was deleted, or belongs to another account or region")
            continue
        contact = found.get("LastConnectionTime") or "never"
        said = f"{short} is {str(found.get('Status')).lower()}, last heard of {contact}"
        (findings if found.get("Status") == "ONLINE" else wrong).append(said)
    if wrong:
        return failed(
            f"{wrong[0]}.",
            Remedy(
                "Start its machine and let it reach TCP 443 of DataSync.",
                command=f"autocorp-wizard agent status --env {name}",
            ),
            Remedy(
                "Where it is lost, put a new one in its place.", command=f"autocorp-wizard agent replace --env {name}"
            ),
            findings=(*wrong, *findings),
        )
    return passed(f"{'; '.join(findings)}.")


def twins(place: Place) -> Seen:
    """Look for agents of the environment's name that the environment does not know."""
    wanted = f"{place.environment.project_name}-{place.environment.name}-agent"
    found = [
        str(each.get("AgentArn"))
        for each in place.entries("datasync", "list_agents", "Agents")
        if each.get("Name") == wanted
    ]
    strangers = [arn for arn in found if arn not in _known(place)]
    if strangers and (len(found) > 1 or _known(place)):
        return warned(
            f"{len(found)} agents are called {wanted}.",
            Remedy(
                "Delete the one that nobody uses, or adopt it.",
                command=f"aws datasync delete-agent --agent-arn {strangers[0]}",
            ),
            findings=tuple(found),
        )
    if strangers:
        return passed(f"{wanted} exists and will be taken.", agent=strangers[0])
    return passed(f"No other agent is called {wanted}.")


def _address(place: Place) -> tuple[str, int]:
    name, colon, number = place.agent_address.rpartition(":")
    return (name, int(number)) if colon and number.isdigit() and ":" not in name else (place.agent_address, _PORT)


def _not_asked(place: Place) -> str:
    """Return why there is no agent to be asked for a key; empty where there is one."""
    if _known(place):
        return "The agent is activated; its port 80 closes then."
    if place.environment.is_rehearsal and not place.text("datasync_agent_address"):
        return "A rehearsal starts its own agent with phase 4."
    return "" if place.agent_address else "No address of an agent is answered (datasync_agent_address)."


def port(place: Place) -> Seen:
    """Try the port of an agent that is not activated yet; closed is normal for one that is."""
    if why := _not_asked(place):
        return skipped(why)
    host, number = _address(place)
    where = f"{host}:{number}"
    try:
        socket.create_connection((host, number), timeout=_TIMEOUT).close()
    except TimeoutError:
        return failed(
            f"{where} does not answer within {_TIMEOUT:.0f} s: a firewall drops it, or the machine is down.",
            Remedy(f"Let this computer reach TCP {number} of the agent.", Audience.NETWORK),
        )
    except ConnectionRefusedError:
        return failed(
            f"Nothing listens at {where}: the agent is activated already, it is still starting, or a firewall refuses.",
            Remedy(
                "Where it is activated, adopt it; else wait some minutes.",
                command=f"autocorp-wizard agent adopt ARN --env {place.environment.name}",
            ),
        )
    except OSError as error:
        return failed(
            f"{where} cannot be reached: {error.strerror or error}.",
            Remedy("Correct datasync_agent_address (env edit).", Audience.OPERATOR),
        )
    return passed(f"{where} answers.")


def key(place: Place, ask: Callable[[str, str], ActivationKey] = fetch_key) -> Seen:
    """Ask for a key and forget it: an earlier one that was not used becomes void, which is why it asks first."""
    if why := _not_asked(place):
        return skipped(why)
    try:
        ask(place.agent_address, place.environment.region)
    except WizardError as error:
        if error.code == "AGENT-TIMEOUT":  # a hang tells nothing
            return unsure(f"{error.what} {error.why}".strip(), Remedy(error.next_step), code=error.code)
        return failed(f"{error.what} {error.why}".strip(), Remedy(error.next_step), code=error.code)
    return passed(f"It told a key for {place.environment.region}; the key was not kept.")


def endpoint(place: Place) -> Seen:
    """Look whether the endpoint for the agent is of DataSync and lets the agent in."""
    if not place.flag("create_datasync_endpoint"):
        return skipped("The agent uses the public endpoints.")
    state = place.state()
    ids = (state.outputs or {}).get("vpc_endpoint_ids") if state else None
    found_id = str(ids.get("datasync") or "") if isinstance(ids, dict) else ""
    if not found_id:
        return unsure("The endpoint is not made yet; phase 1 makes it.", resolves_at="apply foundation")
    found = list(place.entries("ec2", "describe_vpc_endpoints", "VpcEndpoints", VpcEndpointIds=[found_id]))
    if not found:
        return failed(f"{found_id} does not exist.", Remedy("autocorp-wizard apply foundation"))
    wanted = f"com.amazonaws.{place.environment.region}.datasync"
    if found[0].get("ServiceName") != wanted:
        return failed(f"{found_id} is of {found[0].get('ServiceName')}, not of {wanted}.")
    groups = [str(each.get("GroupId")) for each in cast("list[Entry]", found[0].get("Groups") or [])]
    rules = [
        rule
        for each in place.entries("ec2", "describe_security_groups", "SecurityGroups", GroupIds=groups)
        for rule in cast("list[Entry]", each.get("IpPermissions") or [])
    ]
    shut = [f"{low}-{high}" for low, high in ((443, 443), (1024, 1064)) if not any(_open(r, low, high) for r in rules)]
    if shut:
        return failed(
            f"The endpoint's group lets no TCP {' and '.join(shut)} in.",
            Remedy("Answer datasync_agent_cidr_blocks with the agent's network (env edit).", Audience.NETWORK),
        )
    return passed(f"{found_id} is DataSync's and lets the agent in.")


def _open(rule: Entry, low: int, high: int) -> bool:
    if rule.get("IpProtocol") == "-1":
        return True
    return int(str(rule.get("FromPort") or 0)) <= low and high <= int(str(rule.get("ToPort") or 65535))


def shares(place: Place) -> Seen:
    """Ask each task whether DataSync can use its share."""
    state = place.state()
    arns = (state.outputs or {}).get("datasync_task_arns") if state else None
    if not isinstance(arns, dict) or not arns:
        return unsure("Only the agent can tell, and there is no task yet.", resolves_at="apply datasync")
    findings: list[str] = []
    wrong: list[str] = []
    for export, arn in sorted(arns.items()):
        found = place.access().call("datasync", "describe_task", TaskArn=str(arn))
        status = str(found.get("Status"))
        detail = f" ({found.get('ErrorDetail')})" if found.get("ErrorDetail") else ""
        (wrong if status == "UNAVAILABLE" else findings).append(f"{export}: {status.lower()}{detail}")
    if wrong:
        return failed(
            f"DataSync cannot use the share of {wrong[0]}.",
            Remedy("Look at the export, its rights for the agent's address, and the agent itself.", Audience.NETWORK),
            findings=(*wrong, *findings),
        )
    return Seen(Status.PASS, f"All {len(findings)} tasks find their share.", {}, tuple(findings))
