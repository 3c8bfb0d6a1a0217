"""What pg_hba.conf says about the network of DMS: the first line that fits decides, and what is open stays open."""

import pytest

from autocorp_wizard.core.preflight.record import Status
from autocorp_wizard.core.preflight.source.facts import HbaLine, Role, Wanted
from autocorp_wizard.core.preflight.source.hba_rules import errors, network

WANTED = Wanted("dms", "erp", ("public.a",), "require", network="10.60.0.0/22")


def line(
    kind: str = "hostssl",
    *,
    databases: str = "all",
    users: str = "all",
    address: str = "10.60.0.0",
    netmask: str = "255.255.252.0",
    method: str = "scram-sha-256",
) -> HbaLine:
    return HbaLine(7, kind, tuple(databases.split(",")), tuple(users.split(",")), address, netmask, method)


def role(*lines: HbaLine) -> Role:
    return Role("dms", False, True, None, -1, -1, lines, {}, {}, True, "inspector")


@pytest.mark.parametrize(
    ("found", "status"),
    [
        (line(), Status.PASS),
        (line("host"), Status.PASS),
        (line("hostnossl"), Status.FAIL),
        (line("local", address="", netmask=""), Status.FAIL),
        (line(databases="lake,erp"), Status.PASS),
        (line(databases="lake"), Status.FAIL),
        (line(databases="replication"), Status.FAIL),
        (line(databases="sameuser"), Status.FAIL),
        (line(databases="samerole"), Status.INCONCLUSIVE),
        (line(users="app"), Status.FAIL),
        (line(users="+readers"), Status.INCONCLUSIVE),
        (line(users="/^dms"), Status.INCONCLUSIVE),
        (line(address="10.0.0.0", netmask="255.0.0.0"), Status.PASS),
        (line(address="all", netmask=""), Status.PASS),
        (line(address="10.60.1.0", netmask="255.255.255.0"), Status.INCONCLUSIVE),
        (line(address="10.70.0.0"), Status.FAIL),
        (line(address="::", netmask="::"), Status.FAIL),
        (line(address="dms.corp.example", netmask=""), Status.INCONCLUSIVE),
        (line(method="reject"), Status.FAIL),
    ],
    ids=str,
)
def test_one_line(found: HbaLine, status: Status) -> None:
    assert network(role(found), WANTED).status is status


def test_the_first_line_that_fits_decides() -> None:
    assert network(role(line(), line(method="reject")), WANTED).status is Status.PASS
    refused = network(role(line(users="app"), line(method="reject"), line()), WANTED)
    assert (refused.status, "rejects dms from 10.60.0.0/22" in refused.summary) == (Status.FAIL, True)
    assert refused.remedies[0].hba == "hostssl erp dms 10.60.0.0/22 scram-sha-256"


def test_what_nobody_may_read_or_where_nobody_knows_is_told_later() -> None:
    hidden = Role("dms", False, True, None, -1, -1, None, {}, {}, True, "dms")
    for seen in (network(hidden, WANTED), network(role(), Wanted("dms", "erp", ()))):
        assert (seen.status, seen.resolves_at) == (Status.INCONCLUSIVE, "apply dms")
    assert errors(hidden, WANTED).status is Status.INCONCLUSIVE
    assert network(role(), Wanted("dms", "erp", (), dms_is_here=True)).status is Status.SKIP
