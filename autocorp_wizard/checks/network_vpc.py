"""Checks of the network that replication will stand in, read from AWS: routes, rules, endpoints, zones, overlaps.

A network that Terraform is yet to make is judged by the answers; only DMS's own connection test proves the way.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Final, cast

from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.checks.account import IDENTITY
from autocorp_wizard.checks.place import Entry, Network, Place
from autocorp_wizard.core.dms_causes import cause_of
from autocorp_wizard.core.preflight.record import (
    Audience,
    Check,
    Group,
    Remedy,
    Seen,
    Stage,
    Vantage,
    failed,
    passed,
    skipped,
    unsure,
    warned,
)

CALLS: Final = frozenset(
    {
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeNetworkAcls",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "ec2:DescribeVpnConnections",
        "dms:DescribeConnections",
    }
)
_DMS: Final = frozenset({"dms"})
_FREE_ADDRESSES: Final = 4
# A block wider than this is a guess at where the source may be.
_WIDE: Final = 16
_BUILT_IN: Final = "The built-in source is on this machine; nothing has to be routed."
_LATER: Final = "dms test, once endpoints exist"


def vpc_checks(place: Place) -> tuple[Check, ...]:
    """Return the checks of the replication's network."""
    check = partial(Check, group=Group.NETWORK, vantage=Vantage.API, needs=(IDENTITY,), stage=Stage.S1, phases=_DMS)
    config = "that packets arrive: only the connection test of DMS shows it"
    return (
        check("net.vpc.subnets", "Two zones, with free addresses", probe=partial(subnets, place)),
        check("net.vpc.route", "A route leads to the source", probe=partial(routes, place), does_not_prove=config),
        check("net.vpc.sg", "Rules let replication out", probe=partial(rules, place), does_not_prove=config),
        check("net.vpc.s3", "S3 and Secrets Manager can be reached", probe=partial(services, place)),
        check("net.vpc.overlap", "The networks do not overlap", probe=partial(overlap, place)),
        check("net.vpn.state", "The tunnels are up", probe=partial(tunnels, place), volatile=True),
        Check(
            "net.dms.test",
            "DMS reaches the source and the lake",
            Group.NETWORK,
            Vantage.DMS,
            probe=partial(connection_tests, place),
            needs=(IDENTITY,),
            stage=Stage.S2,
            proves="DMS itself connected to both ends when it was asked last",
            does_not_prove="that it can today",
        ),
    )


def _vpc(place: Place) -> str:
    """Return the network that exists: the one that was named, or what the state made; empty for none."""
    state = place.state()
    return place.text("vpc_id") or (state.output("vpc_id") if state else "")


def _subnets(place: Place) -> list[str]:
    state = place.state()
    made = (state.outputs or {}).get("subnet_ids") if state else None
    return list(place.texts("subnet_ids")) or (list(map(str, made)) if isinstance(made, list) else [])


def _not_yet(place: Place) -> Seen | None:
    if _vpc(place) and _subnets(place):
        return None
    if place.flag("create_vpc"):
        return unsure("The network is not made yet; phase 1 makes it.", resolves_at="apply foundation")
    return failed(
        "No network is named, and none is to be made.",
        Remedy("Answer vpc_id and subnet_ids, or create_vpc with yes (env edit)."),
    )


def subnets(place: Place) -> Seen:
    """Look for two zones and free addresses."""
    if missing := _not_yet(place):
        return missing
    found = list(place.entries("ec2", "describe_subnets", "Subnets", SubnetIds=_subnets(place)))
    zones = {str(each.get("AvailabilityZone")) for each in found}
    if len(zones) < 2:
        return failed(
            f"The subnets lie in {len(zones)} zone; replication wants two.",
            Remedy("Name subnets in two zones (env edit, subnet_ids).", Audience.NETWORK),
        )
    full = [each for each in found if int(str(each.get("AvailableIpAddressCount") or 0)) < _FREE_ADDRESSES]
    if full:
        return failed(
            f"{full[0].get('SubnetId')} has {full[0].get('AvailableIpAddressCount')} addresses left.",
            Remedy("Name subnets with room.", Audience.NETWORK),
        )
    return passed(f"{len(found)} subnets in {len(zones)} zones, with addresses left.")


def _tables(place: Place) -> dict[str, Entry]:
    """Return the route table of each subnet; one without its own has the network's main table."""
    tables = list(place.entries("ec2", "describe_route_tables", "RouteTables", Filters=_filter("vpc-id", _vpc(place))))
    main: Entry = {}
    own: dict[str, Entry] = {}
    for table in tables:
        for each in cast("list[Entry]", table.get("Associations") or []):
            if each.get("Main"):
                main = table
            elif each.get("SubnetId"):
                own[str(each["SubnetId"])] = table
    return {name: own.get(name, main) for name in _subnets(place)}


def _filter(name: str, *values: str) -> list[dict[str, object]]:
    return [{"Name": name, "Values": list(values)}]


def _target(table: Entry, wanted: IPv4Address) -> tuple[str, str]:
    """Return where a table sends an address, and that route's state; the longest prefix counts."""
    best, target, state = -1, "", ""
    for route in cast("list[Entry]", table.get("Routes") or []):
        block = route.get("DestinationCidrBlock")
        if not block:
            continue
        network = ip_network(str(block), strict=False)
        if wanted in network and network.prefixlen > best:
            best, state = network.prefixlen, str(route.get("State") or "active")
            names = ("GatewayId", "TransitGatewayId", "NatGatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId")
            target = next((str(route[name]) for name in names if route.get(name)), "")
    return target, state


def _source(place: Place) -> list[IPv4Address]:
    """Return the addresses to look for: the source's own where it is answered as one, else the networks' first ones."""
    host = place.text("postgres_host")
    try:
        found = ip_address(host)
    except ValueError:
        return [
            each.network_address + 1
            for each in place.source_networks
            if isinstance(each.network_address, IPv4Address) and each.prefixlen < 32
        ]
    return [found] if isinstance(found, IPv4Address) else []


def routes(place: Place) -> Seen:
    """Look where the subnets' tables send what is for the source."""
    if place.environment.source_is_built_in:
        return skipped(_BUILT_IN)
    if missing := _not_yet(place):
        return missing
    named = place.text("postgres_host")
    wanted = _source(place)
    if not wanted:
        return unsure("The source's address is not known, so no route can be looked up.", resolves_at=_LATER)
    findings: list[str] = []
    lost: list[str] = []
    for subnet, table in _tables(place).items():
        for address in wanted:
            target, state = _target(table, address)
            said = f"{subnet} to {address}: {target or 'no route'}{'' if state in ('', 'active') else f' ({state})'}"
            (findings if target and state == "active" else lost).append(said)
    if lost and (len(wanted) == 1 or not findings):
        return failed(
            f"No route leads to the source: {lost[0]}.",
            Remedy(
                "Add a route to the source's network over the VPN, the transit gateway or the peering.",
                Audience.NETWORK,
            ),
            findings=(*lost, *findings),
        )
    if lost or not _is_address(named):
        return unsure(
            "Routes lead to some of the networks in which the source may be; its address is not known.",
            resolves_at=_LATER,
        )
    return passed(f"{findings[0]}.", routes=len(findings))


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def rules(place: Place) -> Seen:
    """Look whether the group of replication and the subnets' lists let its packets out, and the answers in."""
    if place.environment.source_is_built_in:
        return skipped(_BUILT_IN)
    if missing := _not_yet(place):
        return missing
    wanted, port = _source(place), int(place.text("postgres_port") or 5432)
    if not wanted:
        return unsure("The source's address is not known, so no rule can be looked up.", resolves_at=_LATER)
    refused = list(_acl_refusals(place, wanted[0], port))
    state = place.state()
    group = state.output("dms_security_group_id") if state else ""
    if group:
        found = place.entries("ec2", "describe_security_groups", "SecurityGroups", GroupIds=[group])
        outward = [rule for each in found for rule in cast("list[Entry]", each.get("IpPermissionsEgress") or [])]
        if not any(_allows(rule, wanted[0], port) for rule in outward):
            refused.insert(0, f"{group} lets nothing out to {wanted[0]}:{port}")
    if refused:
        return failed(
            f"{refused[0]}.",
            Remedy("Widen postgres_cidr_blocks (env edit) or the network's lists.", Audience.NETWORK),
            findings=tuple(refused),
        )
    if not group:
        return unsure("The subnets' lists let it through; the group is made with phase 3.", resolves_at="apply dms")
    return passed(f"{group} and the subnets' lists let {wanted[0]}:{port} through.")


def _allows(rule: Entry, address: IPv4Address, port: int) -> bool:
    everything = rule.get("IpProtocol") == "-1"
    low, high = int(str(rule.get("FromPort") or 0)), int(str(rule.get("ToPort") or 65535))
    fits = everything or (rule.get("IpProtocol") in ("tcp", "6") and low <= port <= high)
    ranges = cast("list[Entry]", rule.get("IpRanges") or [])
    return fits and any(address in ip_network(str(each.get("CidrIp")), strict=False) for each in ranges)


def _acl_refusals(place: Place, address: IPv4Address, port: int) -> Iterable[str]:
    found = place.entries(
        "ec2", "describe_network_acls", "NetworkAcls", Filters=_filter("association.subnet-id", *_subnets(place))
    )
    for acl in found:
        entries = sorted(cast("list[Entry]", acl.get("Entries") or []), key=lambda e: int(str(e.get("RuleNumber"))))
        name = str(acl.get("NetworkAclId"))
        if not _acl_allows(entries, address, port, port, outward=True):
            yield f"{name} lets nothing out to {address}:{port}"
        # The answers come back to a port that the system draws.
        if not _acl_allows(entries, address, 32768, 60999, outward=False):
            yield f"{name} keeps the answers of {address} out (ports 1024 to 65535)"


def _acl_allows(entries: Sequence[Entry], address: IPv4Address, low: int, high: int, *, outward: bool) -> bool:
    for each in entries:
        if bool(each.get("Egress")) is not outward or each.get("Protocol") not in ("-1", "6"):
            continue
        block = each.get("CidrBlock")
        if not block or address not in ip_network(str(block), strict=False):
            continue
        ports = cast("Mapping[str, int]", each.get("PortRange") or {"From": 0, "To": 65535})
        if ports["From"] <= low and high <= ports["To"]:
            return each.get("RuleAction") == "allow"
    return False


def services(place: Place) -> Seen:
    """Look whether S3 and Secrets Manager are reached by an endpoint or by a way out."""
    if missing := _not_yet(place):
        if place.flag("create_vpc") and not _vpc(place):
            lacking = [
                name
                for name, flag in (("S3", "create_s3_endpoint"), ("Secrets Manager", "create_secretsmanager_endpoint"))
                if not place.flag(flag)
            ]
            if lacking:
                return failed(
                    f"The network to be made has no way to {' and '.join(lacking)}.",
                    Remedy("Answer create_s3_endpoint and create_secretsmanager_endpoint with yes (env edit)."),
                )
        return missing
    region = place.environment.region
    found = place.entries("ec2", "describe_vpc_endpoints", "VpcEndpoints", Filters=_filter("vpc-id", _vpc(place)))
    names = {str(each.get("ServiceName")) for each in found if str(each.get("State")).lower() == "available"}
    lacking = [each for each in ("s3", "secretsmanager") if f"com.amazonaws.{region}.{each}" not in names]
    if not lacking:
        return passed("Both have endpoints in the network.")
    outside = ip_address("52.95.0.1")
    closed = [s for s, table in _tables(place).items() if not _target(table, cast("IPv4Address", outside))[0]]
    if closed:
        return failed(
            f"{closed[0]} has neither an endpoint of {' and '.join(lacking)} nor a way out.",
            Remedy(
                "Answer create_s3_endpoint and create_secretsmanager_endpoint with yes, or add NAT.", Audience.NETWORK
            ),
        )
    return passed(f"{' and '.join(lacking)} by the way out, the rest by endpoints.")


def overlap(place: Place) -> Seen:
    """Compare the addresses of the network with those of the source."""
    if place.environment.source_is_built_in:
        return skipped(_BUILT_IN)
    host = place.text("postgres_host")
    theirs: list[Network] = [ip_network(host)] if _is_address(host) else []
    ours: list[Network] = []
    if place.flag("create_vpc"):
        ours = [ip_network(place.text("vpc_cidr"), strict=False)]
    elif _vpc(place):
        found = place.entries("ec2", "describe_vpcs", "Vpcs", VpcIds=[_vpc(place)])
        ours = [ip_network(str(each.get("CidrBlock"))) for each in found]
    if not ours:
        return unsure("No network is named yet.")
    named = theirs or list(place.source_networks)
    clash = [(a, b) for a in ours for b in named if a.version == b.version and a.overlaps(b)]
    if clash and not theirs and clash[0][1].prefixlen < _WIDE:
        return unsure(
            f"Where the source is, is answered only widely ({clash[0][1]}), so an overlap cannot be ruled out.",
            Remedy("Narrow postgres_cidr_blocks to the source's network (env edit)."),
        )
    if clash:
        return failed(
            f"The network {clash[0][0]} and the source's {clash[0][1]} overlap; they cannot be connected.",
            Remedy("Choose another vpc_cidr before phase 1 (env edit); it cannot be changed later.", Audience.NETWORK),
        )
    return passed(f"{ours[0]} and {', '.join(map(str, named))} do not overlap.")


def tunnels(place: Place) -> Seen:
    """Look at the tunnels of the site-to-site VPNs."""
    if place.environment.is_rehearsal:
        return skipped("A rehearsal has no tunnels.")
    found = [
        each
        for each in place.entries("ec2", "describe_vpn_connections", "VpnConnections")
        if each.get("State") == "available"
    ]
    if not found:
        return skipped("There is no site-to-site VPN in this region.")
    findings: list[str] = []
    dead: list[str] = []
    half: list[str] = []
    for each in found:
        states = [str(t.get("Status")) for t in cast("list[Entry]", each.get("VgwTelemetry") or [])]
        name = str(each.get("VpnConnectionId"))
        findings.append(f"{name}: {', '.join(states).lower() or 'no tunnels'}")
        if "UP" not in states:
            dead.append(name)
        elif "DOWN" in states:
            half.append(name)
    if dead:
        return failed(f"Both tunnels of {dead[0]} are down.", _call_network(), findings=tuple(findings))
    if half:
        return warned(f"One tunnel of {half[0]} is down.", _call_network(), findings=tuple(findings))
    return passed(f"{'; '.join(findings)}.")


def _call_network() -> Remedy:
    return Remedy("Look at the customer's gateway: IKE, keys, and what its firewall lets in.", Audience.NETWORK)


def connection_tests(place: Place) -> Seen:
    """Read how DMS's own test of both ends ended, and translate what it says."""
    state = place.state()
    instance = state.output("dms_replication_instance_arn") if state else ""
    if state is None or not instance:
        return unsure("DMS's own way to the source is not tested: nothing is there yet.", resolves_at="apply dms")
    try:
        found = {
            str(each.get("EndpointArn")): each
            for each in place.entries(
                "dms",
                "describe_connections",
                "Connections",
                Filters=_filter("replication-instance-arn", instance),
            )
        }
    except CloudError as error:
        if not error.is_missing:
            raise
        found = {}
    ends = {name: state.output(f"dms_{name}_endpoint_arn") for name in ("source", "target")}
    for name, arn in ends.items():
        seen = found.get(arn, {})
        if seen.get("Status") == "failed":
            message = str(seen.get("LastFailureMessage") or "")
            cause = cause_of(message)
            return failed(
                f"DMS could not reach the {name}: {cause.what} {cause.why}",
                Remedy(cause.next_step, Audience.NETWORK, hba=hba_line(message)),
                end=name,
                code=cause.code,
            )
    if all(found.get(arn, {}).get("Status") == "successful" for arn in ends.values()):
        return passed("DMS reached both ends when it was asked last.")
    return unsure(
        "DMS has not tested both ends yet.",
        Remedy("Let it.", command=f"autocorp-wizard dms test --env {place.environment.name}"),
        resolves_at="dms test",
    )


def hba_line(message: str) -> str:
    """Return the pg_hba.conf line for the address that DMS really comes from, where its message tells it."""
    found = re.search(r'host "([^"]+)", user "([^"]+)", database "([^"]+)"', message)
    if found is None:
        return ""
    address, user, database = found.groups()
    if not _is_address(address):
        return ""
    prefix = 128 if ":" in address else 32
    return f"hostssl {database} {user} {address}/{prefix} scram-sha-256"
