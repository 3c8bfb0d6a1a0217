"""The key of an agent: asked for in both ways, in every way that it can go wrong, and never shown."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from autocorp_wizard.adapters import datasync_agent
from autocorp_wizard.adapters.datasync_agent import ActivationKey, accept_key, fetch_key
from autocorp_wizard.core.errors import UsageError, WizardError
from autocorp_wizard.rehearsal import agent as pretend
from autocorp_wizard.rehearsal.agent import PretendAgent
from autocorp_wizard.rehearsal.agent_book import AgentBook, MachineState, Mode, Trouble
from autocorp_wizard.rehearsal.gate import Gate


class Bench:
    """A pretend agent of one's own, without a cloud around it."""

    def __init__(self, directory: Path) -> None:
        self.book = AgentBook()
        self.changes = 0
        self.agent = PretendAgent(lambda: self.book, directory / "agent.json", gate=Gate(), changed=self._count)
        self.agent.start()
        self.turn()

    def _count(self) -> None:
        self.changes += 1

    def turn(self, **knobs: str | float) -> dict[str, object]:
        return self.agent.control("set", dict(knobs))

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.agent.control('', {})['port']}"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.agent.stop()


def refusal(bench: Bench, **more: str) -> WizardError:
    with pytest.raises(WizardError) as caught:
        fetch_key(bench.address, "us-east-1", **more)
    return caught.value


@pytest.mark.parametrize("mode", list(Mode))
def test_both_kinds_of_agents_tell_a_key_that_is_theirs(bench: Bench, mode: Mode) -> None:
    bench.turn(mode=mode.value)
    key = fetch_key(bench.address, "eu-west-1")
    assert bench.book.present.key == key.key
    assert bench.book.present.state is MachineState.KEY_MINTED
    assert bench.book.keys[key.key].region == "eu-west-1"
    assert bench.changes > 0


def test_a_second_key_makes_the_first_one_void(bench: Bench) -> None:
    first, second = fetch_key(bench.address, "us-east-1"), fetch_key(bench.address, "us-east-1")
    assert first.key != second.key
    assert bench.book.keys[first.key].replaced
    assert bench.book.take(second.key, "us-east-1").used


def test_a_private_endpoint_is_told_to_the_agent(bench: Bench) -> None:
    key = fetch_key(bench.address, "us-east-1", endpoint_type="PRIVATE_LINK", private_link_ip="10.60.0.9")
    minted = bench.book.keys[key.key]
    assert (minted.endpoint_type, minted.private_link_ip) == ("PRIVATE_LINK", "10.60.0.9")


@pytest.mark.parametrize("mode", list(Mode))
def test_an_agent_that_cannot_reach_aws_says_so(bench: Bench, mode: Mode) -> None:
    bench.turn(mode=mode.value, trouble=Trouble.EGRESS_BLOCKED.value)
    assert refusal(bench).code == "AGENT-EGRESS"
    assert bench.book.present.state is MachineState.FRESH


def test_an_unreachable_endpoint_is_named(bench: Bench) -> None:
    bench.turn(trouble=Trouble.ENDPOINT_UNREACHABLE.value)
    error = refusal(bench, endpoint_type="PRIVATE_LINK", private_link_ip="10.60.0.9")
    assert error.code == "AGENT-EGRESS"
    assert "PRIVATE_LINK_ENDPOINT_UNREACHABLE" in error.what
    assert "1024-1064" in error.next_step


@pytest.mark.parametrize(
    ("trouble", "code"), [(Trouble.CAPTIVE_PORTAL, "AGENT-PORTAL"), (Trouble.GARBAGE, "AGENT-KEY")]
)
def test_what_is_no_key_is_no_key(bench: Bench, trouble: Trouble, code: str) -> None:
    bench.turn(trouble=trouble.value)
    assert refusal(bench).code == code


def test_an_agent_that_hangs_is_given_up(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasync_agent, "_TIMEOUT_SECONDS", 0.2)
    bench.turn(trouble=Trouble.HANG.value)
    assert refusal(bench).code == "AGENT-TIMEOUT"


def test_an_activated_agent_has_its_port_closed_and_a_fresh_one_answers_under_it_again(bench: Bench) -> None:
    address = bench.address
    key = fetch_key(address, "us-east-1").key
    bench.book.take(key, "us-east-1")
    bench.turn()
    closed = refusal(bench)
    assert closed.code == "AGENT-CLOSED"
    assert "adopt" in closed.next_step
    bench.agent.control("fresh", {})
    assert bench.address == address
    assert fetch_key(address, "us-east-1").key != key


def test_a_booting_agent_is_closed_until_it_is_up(bench: Bench) -> None:
    bench.turn(boot_seconds=60)
    assert refusal(bench).code == "AGENT-CLOSED"
    bench.turn(boot_seconds=0)
    assert fetch_key(bench.address, "us-east-1").key


def test_a_machine_that_is_off_does_not_answer(bench: Bench) -> None:
    bench.agent.control("unplug", {})
    assert refusal(bench).code == "AGENT-CLOSED"
    bench.agent.control("plug", {})
    assert fetch_key(bench.address, "us-east-1").key


def test_a_knob_that_is_none_is_refused(bench: Bench) -> None:
    for wrong in ({"colour": "red"}, {"mode": "turbo"}, {"boot_seconds": "soon"}):
        with pytest.raises(UsageError) as caught:
            bench.turn(**wrong)
        assert caught.value.code == "AGENT-KNOB"


def test_no_request_goes_through_a_proxy_and_no_redirect_is_followed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setattr(pretend, "_CONSOLE", "http://127.0.0.1:1/followed?region={region}#/x")
    asked = replies(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", REDIRECT)
    assert fetch_key(asked.address, "us-east-1").key == "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"
    assert asked.lines == [
        "GET /?gatewayType=SYNC&activationRegion=us-east-1&no_redirect HTTP/1.1",
        "GET /?gatewayType=SYNC&activationRegion=us-east-1 HTTP/1.1",
    ]
    assert fetch_key(bench.address, "us-east-1").key


REDIRECT = (
    b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/followed?activationKey=AAAAA-BBBBB-CCCCC-DDDDD-EEEEE\r\n"
    b"Content-Length: 0\r\n\r\n"
)


class Replies:
    """A listener that answers each connection with the next of its replies."""

    def __init__(self, answers: tuple[bytes, ...]) -> None:
        self.lines: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, args=(answers,), daemon=True).start()

    def _serve(self, answers: tuple[bytes, ...]) -> None:
        with self._listener:
            for answer in answers:
                connection, _ = self._listener.accept()
                with connection:
                    self.lines.append(connection.recv(4096).decode().splitlines()[0])
                    connection.sendall(answer)


def replies(*answers: bytes) -> Replies:
    return Replies(answers)


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ((b"SSH-2.0-OpenSSH_9.6\r\n",), "AGENT-PORTAL"),
        ((b"", b""), "AGENT-KEY"),
        ((b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",) * 2, "AGENT-KEY"),
        ((b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",) * 2, "AGENT-KEY"),
        ((b"HTTP/1.1 200 OK\r\nContent-Length: 29\r\n\r\naaaaa-bbbbb-ccccc-ddddd-eeeee",) * 2, "AGENT-KEY"),
    ],
)
def test_whatever_else_answers_is_told_apart(answers: tuple[bytes, ...], code: str) -> None:
    with pytest.raises(WizardError) as caught:
        fetch_key(replies(*answers).address, "us-east-1")
    assert caught.value.code == code


def test_a_name_that_leads_nowhere_is_a_sentence() -> None:
    with pytest.raises(WizardError) as caught:
        fetch_key("agent.invalid", "us-east-1")
    assert caught.value.code == "AGENT-UNREACHABLE"


def test_a_key_is_in_no_representation_and_grows_stale() -> None:
    key = ActivationKey("AAAAA-BBBBB-CCCCC-DDDDD-EEEEE", 1000.0)
    assert "AAAAA" not in repr(key) + str(key)
    assert not key.is_stale(1000.0 + 25 * 60)
    assert key.is_stale(1000.0 + 25 * 60 + 1)


def test_a_copied_key_is_cleaned_and_its_shape_is_looked_at() -> None:
    assert accept_key(" aaaaa-bbbbb-ccccc-ddddd-eeeee\n", 1.0).key == "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"
    for wrong in ("", "AAAAA-BBBBB", "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE-FFFFF"):
        with pytest.raises(UsageError) as caught:
            accept_key(wrong, 1.0)
        assert caught.value.code == "AGENT-KEY-SHAPE"
        assert not wrong or wrong not in str(caught.value)
