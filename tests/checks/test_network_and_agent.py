"""Network and agent: four ways told apart, and a sentence of its own for each way to fail."""

import socket
from contextlib import AbstractContextManager, closing
from datetime import timedelta

import pytest

from autocorp_wizard.adapters import datasync_agent
from autocorp_wizard.adapters.datasync_agent import fetch_key
from autocorp_wizard.checks import agent, network, network_vpc
from autocorp_wizard.checks.network import Reached
from autocorp_wizard.core.preflight.record import Seen, Status
from tests.checks.placing import place, state_of
from tests.checks.source import imposters
from tests.operate.modelled import AGENT, INSTANCE, NOW, SOURCE, TARGET, Refusal

VPC = {"create_vpc": False, "vpc_id": "vpc-0123456789abcdef0", "subnet_ids": ["subnet-0a", "subnet-0b"]}
OUR_VPC = {"vpc_id": "vpc-0123456789abcdef0", "subnet_ids": ["subnet-0a", "subnet-0b"]}
MADE = state_of(OUR_VPC | {"dms_security_group_id": "sg-1"})


def listening(answer: bytes | None) -> AbstractContextManager[int]:
    """A server on loopback that says `answer` and hangs up; None hangs up at once."""

    def talk(connection: socket.socket) -> None:
        if answer is not None:
            connection.recv(4096)
            connection.sendall(answer)

    return imposters.listening(talk)


def test_what_answers_without_tls_is_told_from_what_does_not_answer() -> None:
    with listening(b"HTTP/1.0 200 OK\r\n\r\n") as port:
        assert "does not speak TLS" in network.reach("127.0.0.1", port).wrong
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    assert "refused" in network.reach("127.0.0.1", port).wrong
    assert "means nothing here" in network.reach("no-such-host.invalid").wrong


def test_a_server_that_says_nothing_is_a_firewall_or_a_hang() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        assert "no answer" in network.reach("127.0.0.1", silent.getsockname()[1], timeout=0.2).wrong


def test_endpoints_name_the_first_that_fails_and_list_the_others() -> None:
    def ask(host: str) -> Reached:
        return Reached(host, ("10.0.0.1",), 4.0, wrong="refused" if host.startswith("dms") else "")

    seen = network.endpoints(place(), ask)
    assert seen.status is Status.FAIL
    assert seen.summary.startswith("dms.eu-central-1.amazonaws.com cannot be reached")
    assert len(seen.findings) == 9
    private = network.endpoints(place(), lambda host: Reached(host, ("10.0.0.1",), 4.0))
    assert (private.status, "through endpoints of a VPC" in private.summary) == (Status.PASS, True)


def test_a_proxy_makes_the_way_to_aws_unknown_and_must_leave_the_source_alone() -> None:
    environ = {"HTTPS_PROXY": "http://proxy:3128"}
    assert network.endpoints(place(environ=environ)).status is Status.INCONCLUSIVE
    assert network.proxy(place(environ=environ, source_host="10.20.0.5")).status is Status.WARN
    fine = environ | {"NO_PROXY": ".corp.example, 169.254.169.254"}
    assert network.proxy(place(environ=fine, source_host="erp.corp.example")).status is Status.PASS


@pytest.mark.parametrize(("issuer", "status"), [("Amazon", Status.PASS), ("ACME Inspection CA", Status.WARN)])
def test_somebody_who_opens_tls_is_named(issuer: str, status: Status) -> None:
    seen = network.interception(place(), lambda host: Reached(host, ("1.1.1.1",), 4.0, issuer))
    assert (seen.status, issuer in seen.summary) == (status, True)


@pytest.mark.parametrize(("off", "status"), [(2, Status.PASS), (-90, Status.WARN), (299, Status.FAIL)])
def test_the_clock(off: int, status: Status) -> None:
    assert network.clock(place(), lambda _: NOW + timedelta(seconds=off)).status is status


def table(target: dict[str, str], state: str = "active") -> dict[str, object]:
    return {
        "RouteTables": [
            {
                "RouteTableId": "rtb-1",
                "Associations": [{"Main": True}],
                "Routes": [
                    {"DestinationCidrBlock": "10.60.0.0/22", "GatewayId": "local", "State": "active"},
                    {"DestinationCidrBlock": "10.20.0.0/16", **target, "State": state},
                ],
            }
        ]
    }


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (table({"TransitGatewayId": "tgw-1"}), Status.PASS),
        (table({"TransitGatewayId": "tgw-1"}, "blackhole"), Status.FAIL),
        ({"RouteTables": [{"Associations": [{"Main": True}], "Routes": []}]}, Status.FAIL),
    ],
)
def test_a_route_must_lead_to_the_source_and_live(answer: dict[str, object], status: Status) -> None:
    assert network_vpc.routes(place({"ec2:DescribeRouteTables": answer}, given=VPC)).status is status


def test_a_source_without_an_address_has_no_proven_route() -> None:
    given = VPC | {"postgres_host": "erp.corp.example"}
    answers = {"ec2:DescribeRouteTables": table({"TransitGatewayId": "tgw-1"})}
    assert network_vpc.routes(place(answers, given=given)).status is Status.INCONCLUSIVE


def acl(*entries: tuple[int, bool, str, tuple[int, int] | None]) -> dict[str, object]:
    return {
        "NetworkAcls": [
            {
                "NetworkAclId": "acl-1",
                "Entries": [
                    {
                        "RuleNumber": number,
                        "Egress": egress,
                        "RuleAction": action,
                        "Protocol": "6" if ports else "-1",
                        "CidrBlock": "0.0.0.0/0",
                        **({"PortRange": {"From": ports[0], "To": ports[1]}} if ports else {}),
                    }
                    for number, egress, action, ports in entries
                ],
            }
        ]
    }


def group(cidr: str) -> dict[str, object]:
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": cidr}]}
    return {"SecurityGroups": [{"GroupId": "sg-1", "IpPermissionsEgress": [rule]}]}


OPEN = acl((100, True, "allow", None), (100, False, "allow", None))


@pytest.mark.parametrize(
    ("rules", "lists", "word"),
    [
        (group("10.20.0.0/16"), OPEN, ""),
        (group("10.30.0.0/16"), OPEN, "sg-1 lets nothing out"),
        (group("10.20.0.0/16"), acl((90, True, "deny", (5432, 5432)), (100, True, "allow", None),
                                    (100, False, "allow", None)), "acl-1 lets nothing out"),
        (group("10.20.0.0/16"), acl((100, True, "allow", None), (100, False, "allow", (443, 443))), "keeps the"),
    ],
)  # fmt: skip
def test_rules_let_packets_out_and_answers_in(rules: dict[str, object], lists: dict[str, object], word: str) -> None:
    answers = {"ec2:DescribeSecurityGroups": rules, "ec2:DescribeNetworkAcls": lists}
    seen = network_vpc.rules(place(answers, state=MADE))
    assert seen.status is (Status.FAIL if word else Status.PASS)
    assert word in seen.summary


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"vpc_cidr": "10.60.0.0/22"}, Status.PASS),
        ({"vpc_cidr": "10.20.0.0/22"}, Status.FAIL),
        ({"postgres_host": "erp.corp.example", "postgres_cidr_blocks": ["10.0.0.0/8"]}, Status.INCONCLUSIVE),
    ],
)
def test_networks_that_overlap_cannot_be_connected(given: dict[str, object], status: Status) -> None:
    assert network_vpc.overlap(place(given=given)).status is status


@pytest.mark.parametrize(
    ("tunnels", "status"),
    [(["UP", "UP"], Status.PASS), (["UP", "DOWN"], Status.WARN), (["DOWN", "DOWN"], Status.FAIL), (None, Status.SKIP)],
)
def test_tunnels(tunnels: list[str] | None, status: Status) -> None:
    telemetry = [{"Status": each} for each in tunnels or []]
    found = [{"VpnConnectionId": "vpn-1", "State": "available", "VgwTelemetry": telemetry}] if tunnels else []
    assert network_vpc.tunnels(place({"ec2:DescribeVpnConnections": {"VpnConnections": found}})).status is status


def test_two_zones_and_free_addresses() -> None:
    def subnets(*entries: tuple[str, int]) -> Seen:
        found = [
            {"SubnetId": f"subnet-{n}", "AvailabilityZone": zone, "AvailableIpAddressCount": free}
            for n, (zone, free) in enumerate(entries)
        ]
        return network_vpc.subnets(place({"ec2:DescribeSubnets": {"Subnets": found}}, given=VPC))

    assert subnets(("a", 50), ("b", 50)).status is Status.PASS
    assert subnets(("a", 50), ("a", 50)).status is Status.FAIL
    assert subnets(("a", 50), ("b", 1)).status is Status.FAIL


HBA = (
    "Test Endpoint failed: Application-Status: 1020912, Application-Message: Failed to connect, Detailed-Message: "
    'SqlState: 08001 NativeError: 101 Message: FATAL: no pg_hba.conf entry for host "10.60.1.135", user "dms", '
    'database "erp", no encryption'
)


def test_the_address_that_dms_comes_from_becomes_the_exact_line() -> None:
    ends = {
        "dms_replication_instance_arn": INSTANCE,
        "dms_source_endpoint_arn": SOURCE,
        "dms_target_endpoint_arn": TARGET,
    }
    bad = {"EndpointArn": SOURCE, "Status": "failed", "LastFailureMessage": HBA}
    good = {"EndpointArn": TARGET, "Status": "successful"}
    seen = network_vpc.connection_tests(
        place({"dms:DescribeConnections": {"Connections": [bad, good]}}, state=state_of(ends))
    )
    assert seen.status is Status.FAIL
    assert seen.remedies[0].hba == "hostssl erp dms 10.60.1.135/32 scram-sha-256"
    assert network_vpc.connection_tests(place()).resolves_at == "apply dms"


def test_an_agent_is_online_offline_or_gone() -> None:
    given = {"datasync_agent_arns": [AGENT]}
    for answer, word, status in (
        ({"Status": "ONLINE", "LastConnectionTime": NOW}, "online", Status.PASS),
        ({"Status": "OFFLINE"}, "offline, last heard of never", Status.FAIL),
        (Refusal("InvalidRequestException", "Agent not found", 400), "is not there", Status.FAIL),
    ):
        seen = agent.online(place({"datasync:DescribeAgent": answer}, given=given))  # type: ignore[dict-item]
        assert (seen.status, word in seen.summary) == (status, True)
    nobody = agent.online(place())
    assert [each.command.split()[2] for each in nobody.remedies] == ["activate", "adopt"]


def test_a_closed_port_has_three_causes() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    assert "activated already" in agent.port(place(agent_address=f"127.0.0.1:{port}")).summary
    with listening(None) as port:
        assert agent.port(place(agent_address=f"127.0.0.1:{port}")).status is Status.PASS


PORTAL = b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html>Please log in</html>"
EGRESS = b"HTTP/1.0 302 Found\r\nLocation: https://x/?errorType=PRIVATE_LINK_ENDPOINT_UNREACHABLE\r\n\r\n"
KEY = b"HTTP/1.0 200 OK\r\n\r\nABCDE-12345-ABCDE-12345-ABCDE"


@pytest.mark.parametrize(
    ("answer", "status", "word"),
    [
        (PORTAL, Status.FAIL, "no DataSync agent"),
        (EGRESS, Status.FAIL, "cannot reach AWS"),
        (b"HTTP/1.0 200 OK\r\n\r\nrubbish", Status.FAIL, "told no key"),
        (KEY, Status.PASS, "the key was not kept"),
    ],
)
def test_what_is_asked_for_a_key_may_be_no_agent(answer: bytes, status: Status, word: str) -> None:
    with listening(answer) as port:
        seen = agent.key(place(agent_address=f"127.0.0.1:{port}"), fetch_key)
    assert (seen.status, word in seen.summary) == (status, True)
    assert "ABCDE-12345" not in repr(seen)


def test_an_agent_that_hangs_is_not_known_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasync_agent, "_TIMEOUT_SECONDS", 0.2)
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        seen = agent.key(place(agent_address=f"127.0.0.1:{silent.getsockname()[1]}"), fetch_key)
    assert (seen.status, "It said nothing" in seen.summary) == (Status.INCONCLUSIVE, True)


def test_an_unusable_share_is_named() -> None:
    arn = "arn:aws:datasync:eu-central-1:123456789012:task/task-0123456789abcdef0"
    state = state_of({"datasync_task_arns": {"customers": arn}})
    answers = {"datasync:DescribeTask": {"Status": "UNAVAILABLE", "ErrorDetail": "mount.nfs: access denied"}}
    seen = agent.shares(place(answers, state=state))
    assert (seen.status, "access denied" in seen.summary) == (Status.FAIL, True)
