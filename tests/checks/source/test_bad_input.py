"""What a person may name instead of a source: each has its own sentence, one root cause, and nothing else is asked."""

import socket
from contextlib import closing

import pytest

from autocorp_wizard.adapters.source_sessions import SourceLogin
from autocorp_wizard.checks.engine import run_checks
from autocorp_wizard.checks.source import reach
from autocorp_wizard.checks.source.registry import source_checks
from autocorp_wizard.core.preflight.record import Result, Status
from autocorp_wizard.core.preflight.source.facts import Wanted
from tests.checks.source import imposters

WANTED = Wanted("dms", "erp", ("public.customers",), "require")
PASSWORD = "never-sent-here"


def look(port: int, host: str = "127.0.0.1") -> dict[str, Result]:
    login = SourceLogin(host, port, "erp", "dms", PASSWORD, ssl_mode="require")
    return {each.check.id: each for each in run_checks(source_checks(lambda: (login, WANTED)))}


def only_cause(found: dict[str, Result], name: str, status: Status = Status.FAIL) -> str:
    """Return the sentence of the one check that is not well; everything behind it was not asked and names it."""
    causes = [each for each in found.values() if each.status in (Status.FAIL, Status.WARN, Status.INCONCLUSIVE)]
    assert [(each.check.id, each.status) for each in causes] == [(name, status)]
    assert causes[0].seen.remedies
    behind = [each for each in found.values() if each.status is Status.SKIP]
    assert {each.blocked_by for each in behind} == {name}
    assert len(behind) > 70
    return causes[0].seen.summary


def test_a_name_without_an_address() -> None:
    assert "no-such-host.invalid has no address" in only_cause(look(5432, "no-such-host.invalid"), "pg.dns")


def test_a_closed_port() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    assert only_cause(look(port), "pg.tcp") == f"Nothing listens at 127.0.0.1:{port}."


def test_a_filtered_port_is_told_from_a_closed_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "_CONNECT_SECONDS", 0.3)
    with imposters.filtered() as port:
        assert "a firewall drops the packets" in only_cause(look(port), "pg.tcp")


@pytest.mark.parametrize(
    "talk",
    [
        pytest.param(imposters.banner(imposters.SSH), id="ssh"),
        pytest.param(imposters.banner(imposters.MYSQL), id="mysql"),
        pytest.param(imposters.answer(imposters.HTTP), id="http"),
        pytest.param(imposters.answer(b"N" + imposters.HTTP), id="an N and more"),
        pytest.param(imposters.answer(b"S\r\n"), id="an S and more"),
    ],
)
def test_another_server_on_the_port(talk: imposters.Talk) -> None:
    with imposters.listening(talk) as port:
        assert only_cause(look(port), "pg.wire") == f"What answers at 127.0.0.1:{port} is no PostgreSQL."


def test_a_server_that_hangs_up() -> None:
    with imposters.listening(lambda connection: None) as port:
        assert "hung up" in only_cause(look(port), "pg.wire")


def test_a_server_that_says_nothing_is_not_known_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "_HELLO_SECONDS", 0.3)
    with imposters.listening(imposters.silence) as port:
        said = only_cause(look(port), "pg.wire", Status.INCONCLUSIVE)
    assert "takes connections but said nothing" in said


def test_no_password_is_sent_before_it_is_known_who_answers() -> None:
    heard: list[bytes] = []

    def listen(connection: socket.socket) -> None:
        heard.append(connection.recv(4096))
        connection.sendall(b"N")
        heard.append(connection.recv(4096))
        connection.sendall(b"E\0\0\0\x15SFATAL\0C57P03\0\0")

    with imposters.listening(listen) as port:
        only_cause(look(port), "pg.wire")
    assert len(heard) > 2
    assert PASSWORD.encode() not in b"".join(heard)
