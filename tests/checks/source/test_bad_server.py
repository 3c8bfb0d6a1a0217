"""A real PostgreSQL that is the wrong one: each way has one root cause with a sentence, and its remedy helps."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from autocorp_wizard.core.preflight.record import Result, Status
from autocorp_wizard.rehearsal.source_address import SUPERUSER, connect
from autocorp_wizard.rehearsal.tls import Authority
from tests.checks.source import imposters
from tests.checks.source.bench import Bench, failures
from tests.checks.source.standby import standby

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("source-bench")]


def only_failure(found: dict[str, Result], name: str) -> str:
    assert failures(found) == [name]
    assert found[name].seen.remedies
    return found[name].seen.summary


def test_a_wrong_password_and_an_unknown_user(bench: Bench) -> None:
    said = only_failure(bench.look(bench.login(password="guessed")), "pg.auth.login")
    assert said == "The source refused the password of dms_replication, or there is no such user."
    stranger = bench.login(user="nobody_here")
    assert "nobody_here" in only_failure(bench.look(stranger, bench.wanted(user="nobody_here")), "pg.auth.login")


def test_an_unknown_database(bench: Bench) -> None:
    found = bench.look(bench.login(database="lake"), bench.wanted(database="lake"))
    assert only_failure(found, "pg.auth.login") == "There is no database lake."


def test_nobody_is_let_in_without_tls(bench: Bench) -> None:
    if not bench.address.tls:
        pytest.skip("this PostgreSQL is built without TLS")
    try:
        bench.hba("hostssl all all 127.0.0.1/32 scram-sha-256\n")
        plain = bench.login(ssl_mode="none")
        found = bench.look(plain, bench.wanted(ssl_mode="none"))
        assert "nobody in without TLS" in only_failure(found, "pg.tls.required")
        assert failures(bench.look()) == []  # ssl_mode require, as the remedy says
    finally:
        bench.restore(())


def test_a_certificate_that_ran_out(bench: Bench, tmp_path: Path) -> None:
    if not bench.address.tls:
        pytest.skip("this PostgreSQL is built without TLS")
    old, new = tmp_path / "old", tmp_path / "new"
    for each in (old, new):
        each.mkdir()
    expired = Authority(old).ensure("source", now=datetime(2020, 1, 1, tzinfo=UTC))
    good = Authority(bench.home / "rehearsal" / "tls").ensure("source")
    try:
        bench.renew_certificate(expired.certificate, expired.key)
        said = only_failure(bench.look(), "pg.tls.cert")
        assert said.startswith("The server's certificate ran out")
        unused = bench.look(bench.login(ssl_mode="none"), bench.wanted(ssl_mode="none"))
        assert unused["pg.tls.cert"].status is Status.WARN
        assert failures(unused) == []
    finally:
        bench.renew_certificate(good.certificate, good.key)
    assert failures(bench.look()) == []


@pytest.mark.parametrize("passes_replication", [True, False], ids=["since 1.23", "before 1.23"])
def test_a_pooler_in_between(bench: Bench, passes_replication: bool) -> None:
    talk = imposters.pooler(bench.address.port, passes_replication=passes_replication)
    with imposters.listening(talk) as port:
        through = bench.login(port=port, ssl_mode="none")
        found = bench.look(through, bench.wanted(ssl_mode="none"))
    assert "pooler is in between" in only_failure(found, "pg.pooler")
    assert found["pg.hba.repl"].blocked_by == "pg.pooler"


def test_a_standby(bench: Bench, tmp_path: Path) -> None:
    with standby(bench, tmp_path) as port:
        found = bench.look(bench.login(port=port))
        on_primary = bench.look()
    assert "standby" in only_failure(found, "pg.primary")
    assert {found[name].blocked_by for name in ("pg.hba.repl", "pg.slot.probe")} == {"pg.primary"}
    assert failures(on_primary) == []
    assert on_primary["pg.ha.failover"].status is Status.WARN  # its slot would not outlive a failover to that standby


def test_the_network_of_dms_is_not_let_in_although_this_computer_is(bench: Bench) -> None:
    wanted = bench.wanted(network="10.60.0.0/22")
    try:
        found = bench.look(wanted=wanted)
        assert "No line of pg_hba.conf lets dms_replication in from 10.60.0.0/22" in only_failure(found, "pg.hba.cidr")
        bench.apply(found["pg.hba.cidr"].seen.remedies)
        after = bench.look(wanted=wanted)
        assert failures(after) == []
        assert after["pg.hba.cidr"].seen.summary.startswith("Line 1 of pg_hba.conf lets dms_replication in")
    finally:
        bench.restore(())


def test_a_faulty_line_would_be_ignored_and_is_named(bench: Bench) -> None:
    try:
        bench.hba("host all all 127.0.0.1/32 scram-sha-256\nhots all all 10.0.0.0/8 scram-sha-256\n")
        found = bench.look()
        assert "faulty line" in only_failure(found, "pg.hba.errors")
        assert found["pg.hba.errors"].seen.findings[0].startswith("line 2: ")
    finally:
        bench.restore(())


def test_what_the_inspector_may_not_read_is_not_known_and_the_remedy_lets_it(bench: Bench) -> None:
    taken = "REVOKE ALL ON pg_hba_file_rules FROM dms_inspector"
    try:
        bench.sql(taken)
        found = bench.look()
        assert {found[name].status for name in ("pg.hba.errors", "pg.hba.cidr")} == {Status.INCONCLUSIVE}
        bench.apply(found["pg.hba.errors"].seen.remedies)
        after = bench.look()
        assert {after[name].status for name in ("pg.hba.errors", "pg.hba.cidr")} == {Status.PASS}
    finally:
        bench.restore(("GRANT SELECT ON pg_hba_file_rules TO dms_inspector",))
    alone = bench.look(bench.login(inspector="", inspector_password=""))
    assert alone["pg.hba.errors"].seen.summary.startswith("dms_replication may not read pg_hba_file_rules")


def test_another_server_than_the_environment_means(bench: Bench) -> None:
    found = bench.look(wanted=bench.wanted(system_identifier="7361894520174638291"))
    assert "the environment means 7361894520174638291" in only_failure(found, "pg.stable_peer")
    here = found["pg.stable_peer"].seen.evidence["system_identifier"]
    with connect(bench.address, SUPERUSER, bench.address.database) as admin:
        assert admin.execute("SELECT system_identifier::text FROM pg_control_system()").fetchone() == (here,)
    assert found["pg.stable_peer"].seen.remedies[0].command.endswith(f"postgres_system_identifier={here}")
    after = bench.look(wanted=bench.wanted(system_identifier=str(here)))
    assert failures(after) == []
    assert after["pg.stable_peer"].seen.summary == f"It is the server that the environment means, {here}."
