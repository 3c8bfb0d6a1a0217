"""The first bytes of PostgreSQL's protocol: who answers, whether TLS is offered, how a login would be asked for.

No credential is sent. Source: the protocol's "Message Flow": SSLRequest, StartupMessage, Authentication, ErrorResponse.
"""

import socket
import ssl
import struct
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from cryptography import x509

_SSL_REQUEST: Final = struct.pack("!II", 8, 80877103)
_PROTOCOL: Final = 196608
_METHODS: Final = {0: "trust", 3: "password in clear text", 5: "md5", 7: "gssapi", 9: "sspi", 10: "scram-sha-256"}
_LONGEST_MESSAGE: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Certificate:
    """The server's certificate: names it is for, and until when (UTC)."""

    names: tuple[str, ...]
    expires: datetime
    subject: str


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the server said. `speaks` is false for another protocol; `sqlstate` is set where it refused right away."""

    milliseconds: float
    speaks: bool
    offers_tls: bool = False
    tls_version: str = ""
    certificate: Certificate | None = None
    method: str = ""
    sqlstate: str = ""
    message: str = ""


def greet(host: str, port: int, user: str, database: str, *, timeout: float = 5.0, tls: bool = True) -> Greeting:
    """Say hello as `user` and hang up before a password is due. Raises OSError where nobody answers.

    `tls` false asks without encryption, as a client with ssl_mode none does.
    """
    began = time.monotonic()
    with socket.create_connection((host, port), timeout) as plain:
        took = (time.monotonic() - began) * 1000
        plain.sendall(_SSL_REQUEST)
        answer = _exactly(plain, 1)
        if answer not in (b"S", b"N") or _says_more(plain):
            return Greeting(took, False)
        if not tls or answer == b"N":
            if answer == b"S":  # it waits for a handshake now: begin anew
                with socket.create_connection((host, port), timeout) as second:
                    return _start(second, user, database, Greeting(took, True, True))
            return _start(plain, user, database, Greeting(took, True, False))
        return _over_tls(plain, host, user, database, took)


def _says_more(connection: socket.socket) -> bool:
    """Whether more came with the answer: PostgreSQL waits after its one letter, SSH begins with an S and goes on."""
    patience = connection.gettimeout()
    connection.setblocking(False)
    try:
        return bool(connection.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False
    finally:
        connection.settimeout(patience)


def _over_tls(plain: socket.socket, host: str, user: str, database: str, took: float) -> Greeting:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # It is looked at, not trusted: a faulty certificate has to be seen as well.
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    try:
        with context.wrap_socket(plain, server_hostname=host) as secure:
            found = secure.getpeercert(binary_form=True)
            seen = Greeting(took, True, True, secure.version() or "", _certificate(found) if found else None)
            return _start(secure, user, database, seen)
    except ssl.SSLError as error:
        if error.reason == "WRONG_VERSION_NUMBER":  # what came was no TLS at all, so the S was no answer to us
            return Greeting(took, False)
        return Greeting(took, True, True, message=f"TLS: {error.reason or error}")


def _certificate(der: bytes) -> Certificate:
    found = x509.load_der_x509_certificate(der)
    try:
        extension = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        names = tuple(extension.get_values_for_type(x509.DNSName)) + tuple(
            str(each) for each in extension.get_values_for_type(x509.IPAddress)
        )
    except x509.ExtensionNotFound:
        names = ()
    expires = found.not_valid_after_utc
    return Certificate(names, expires.astimezone(UTC), found.subject.rfc4514_string())


def _start(connection: socket.socket, user: str, database: str, seen: Greeting) -> Greeting:
    parameters = b"".join(
        each.encode() + b"\0"
        for each in ("user", user, "database", database, "application_name", "autocorp-wizard/preflight")
    )
    body = struct.pack("!I", _PROTOCOL) + parameters + b"\0"
    connection.sendall(struct.pack("!I", len(body) + 4) + body)
    head = _exactly(connection, 5)
    length = struct.unpack("!I", head[1:])[0] - 4
    if head[:1] not in (b"R", b"E") or not 0 <= length <= _LONGEST_MESSAGE:
        return Greeting(seen.milliseconds, False)
    content = _exactly(connection, length)
    if head[:1] == b"R":
        code = struct.unpack("!I", content[:4])[0]
        return _with(seen, {"method": _METHODS.get(code, f"method {code}")})
    fields = {part[:1]: part[1:].decode(errors="replace") for part in content.split(b"\0") if part}
    return _with(seen, {"sqlstate": fields.get(b"C", ""), "message": fields.get(b"M", "")})


def _with(seen: Greeting, more: Mapping[str, str]) -> Greeting:
    return Greeting(
        seen.milliseconds, seen.speaks, seen.offers_tls, seen.tls_version, seen.certificate, more.get("method", ""),
        more.get("sqlstate", ""), more.get("message", ""),
    )  # fmt: skip


def _exactly(connection: socket.socket, number: int) -> bytes:
    data = b""
    while len(data) < number:
        piece = connection.recv(number - len(data))
        if not piece:
            raise ConnectionResetError("the server hung up before its answer was whole")
        data += piece
    return data
