"""The pretend DataSync agent: a plain-HTTP server on loopback that tells its activation key as a real one does.

It lives in the cloud's process. Its port is open until the agent is activated, and keeps its number beyond that.
"""

import json
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs

from autocorp_wizard.adapters.private_file import replace_file
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.rehearsal import agent_book, source_exports
from autocorp_wizard.rehearsal.agent_book import AgentBook, Mode, Trouble
from autocorp_wizard.rehearsal.gate import Gate
from autocorp_wizard.rehearsal.pace import Span

_HOST: Final = "127.0.0.1"
_TICK_SECONDS: Final = 0.1
_HANG_SECONDS: Final = 120.0
_ENDPOINT_TYPES: Final = ("PUBLIC", "PRIVATE_LINK", "FIPS", "FIPS_PRIVATE_LINK")
_CONSOLE: Final = "https://console.aws.amazon.com/datasync/home?region={region}#/agents/create"
_PORTAL: Final = b"<!DOCTYPE html><html><head><title>Welcome</title></head><body>Please log in.</body></html>"
_BOOK = Callable[[], AgentBook]


class PretendAgent:
    """Opens and closes the port as the book says. `start` and `stop` once each."""

    def __init__(self, book: _BOOK, record: Path, *, gate: Gate, changed: Callable[[], None]) -> None:
        self._book = book
        self._record = record
        self._gate = gate
        self._changed = changed
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._server: _Server | None = None
        self._reserved = _reserve(_remembered_port(record))
        self._port = int(self._reserved.getsockname()[1])
        self._thread = threading.Thread(target=self._watch, daemon=True, name="agent")
        replace_file(record, json.dumps({"port": self._port}).encode())
        agent_book.watch(self._wake.set)

    def start(self) -> None:
        """Begin to answer; the port is open when this returns, for who is told its number may ask at once."""
        self._settle()
        self._thread.start()

    def stop(self) -> None:
        """End, the port with it."""
        self._stopping.set()
        self._wake.set()
        self._thread.join(timeout=5)
        self._reserved.close()

    def control(self, what: str, document: dict[str, object]) -> dict[str, object]:
        """Turn the knobs of the present machine and say how it is. Raises UsageError."""
        with self._gate.together():
            _turn(self._book(), what, document)
            agent_book.changed()
            self._changed()
        self._settle()
        return self._told()

    def _told(self) -> dict[str, object]:
        machine = self._book().present
        return {
            "number": machine.number,
            "state": machine.state.value,
            "mode": machine.mode.value,
            "trouble": machine.trouble.value,
            "listens": machine.listens,
            "silent": machine.silent is not None,
            "port": self._port,
        }

    def mint(self, region: str, endpoint_type: str, private_link_ip: str) -> str:
        """Tell a key, and have it remembered."""
        with self._gate.together():
            key = self._book().mint(region, endpoint_type, private_link_ip)
            self._changed()
        source_exports.shared_folder()
        return key

    @property
    def mode(self) -> Mode:
        """The kind of agent that answers now."""
        return self._book().present.mode

    @property
    def trouble(self) -> Trouble:
        """What plagues it now."""
        return self._book().present.trouble

    def hang(self) -> None:
        """Keep a caller waiting for much longer than callers wait."""
        self._stopping.wait(_HANG_SECONDS)

    def _watch(self) -> None:
        while not self._stopping.is_set():
            self._settle()
            # A machine that boots says nothing when it is done.
            self._wake.wait(_TICK_SECONDS if self._book().present.booting else None)
            self._wake.clear()
        self._close()

    _settling = threading.Lock()

    def _settle(self) -> None:
        with self._settling:
            wanted = self._book().present.listens and not self._stopping.is_set()
            if wanted and self._server is None:
                self._server = _Server(self, self._reserved)
                threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True, name="agent-port").start()
            elif not wanted:
                self._close()

    def _close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.server_close()
            self._reserved = _reserve(self._port)


def _remembered_port(record: Path) -> int:
    try:
        return int(json.loads(record.read_text())["port"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0


def _reserve(port: int) -> socket.socket:
    """Return a socket that holds a port without listening: whoever connects is refused, and nobody else gets it."""
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((_HOST, port))
    except OSError:
        held.bind((_HOST, 0))
    return held


def _turn(book: AgentBook, what: str, document: dict[str, object]) -> None:
    machine = book.present
    match what:
        case "":
            return
        case "fresh":
            book.set_up_machine()
        case "unplug":
            machine.silent = machine.silent or Span.start(agent_book.SILENCE_SECONDS)
        case "plug":
            machine.silent = None
        case "set":
            for name, value in document.items():
                _set(book, name, value)
        case _:
            raise UsageError("AGENT-KNOB", f"An agent knows no {what!r}.")


def _set(book: AgentBook, name: str, value: object) -> None:
    machine = book.present
    try:
        match name:
            case "mode":
                machine.mode = Mode(str(value))
            case "trouble":
                machine.trouble = Trouble(str(value))
            case "boot_seconds":
                machine.boots = Span(Span.start(0).began, float(str(value)), 1.0)
            case "key_age_seconds":
                book.age_key(float(str(value)))
            case "key_region":
                machine.key_region = str(value)
            case _:
                raise UsageError("AGENT-KNOB", f"An agent has no knob {name!r}.")
    except ValueError as cause:
        raise UsageError("AGENT-KNOB", f"The knob {name} cannot be {value!r}.", why=f"{cause}.") from cause


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, agent: PretendAgent, held: socket.socket) -> None:
        super().__init__((_HOST, 0), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = held
        self.agent = agent
        self.server_activate()


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10

    def do_GET(self) -> None:
        """Answer a request for the key."""
        agent = self.server.agent
        match agent.trouble:
            case Trouble.HANG:
                agent.hang()
                self.close_connection = True
                return
            case Trouble.CAPTIVE_PORTAL:
                self._send(200, _PORTAL, "text/html; charset=utf-8")
                return
            case Trouble.GARBAGE:
                self._send(200, b"\x00\xff not a key \xfe", "application/octet-stream")
                return
            case _:
                self._key()

    def _key(self) -> None:
        raw = self.path.partition("?")[2]
        # The flag has no value; with one (`no_redirect=`) a real agent does not know it.
        bare = "no_redirect" in raw.split("&")
        asked = {name: values[0] for name, values in parse_qs(raw).items()}
        region, kind = asked.get("activationRegion", ""), asked.get("endpointType", "PUBLIC")
        ip = asked.get("privateLinkEndpoint", "")
        if asked.get("gatewayType") != "SYNC" or not region or kind not in _ENDPOINT_TYPES:
            self._send(400, b"", "text/plain")
        elif not bare and self.server.agent.mode is Mode.ENHANCED:
            self.close_connection = True
        else:
            self._answer(region, kind, ip, bare=bare)

    def _answer(self, region: str, kind: str, ip: str, *, bare: bool) -> None:
        agent = self.server.agent
        private = kind.endswith("PRIVATE_LINK")
        unreachable = agent.trouble is Trouble.ENDPOINT_UNREACHABLE or (private and not ip)
        failed = ""
        if private and unreachable:
            failed = "PRIVATE_LINK_ENDPOINT_UNREACHABLE"
        elif agent.trouble is Trouble.EGRESS_BLOCKED or unreachable:
            # No name of AWS's for this one is known to us.
            failed = "ENDPOINT_UNREACHABLE"
        if failed:
            self._send(200, b"", "text/plain") if bare else self._redirect(region, f"errorType={failed}")
            return
        key = agent.mint(region, kind, ip)
        self._send(200, key.encode(), "text/plain") if bare else self._redirect(region, f"activationKey={key}")

    def _redirect(self, region: str, query: str) -> None:
        self.send_response(302)
        self.send_header("Location", f"{_CONSOLE.format(region=region).replace('#', f'&{query}#')}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, status: int, body: bytes, media: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the parent's own name)
        """Write nothing: a line would hold a key."""
