"""What else may answer where a source is looked for: other servers, silence, and a pooler in front of a real one."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

Talk = Callable[[socket.socket], None]

SSH = b"SSH-2.0-OpenSSH_9.6\r\n"
HTTP = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
# Protocol 10 and a version, behind the length and the number of the packet.
MYSQL = struct.pack("<I", 0x4A) + b"\n8.0.36\0" + bytes(0x43)


@contextmanager
def listening(talk: Talk) -> Iterator[int]:
    """A server on loopback that has `talk` with each who comes; yields its port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=_talk, args=(talk, connection), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def _talk(talk: Talk, connection: socket.socket) -> None:
    with connection, contextlib.suppress(OSError):
        talk(connection)


def banner(said: bytes) -> Talk:
    """A server that speaks first, whatever it is told."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(said)
        connection.recv(4096)

    return talk


def answer(said: bytes) -> Talk:
    """A server that answers the first that it hears."""

    def talk(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(said)

    return talk


def silence(connection: socket.socket) -> None:
    """Takes what comes and says nothing, until the other one goes."""
    while connection.recv(4096):
        pass


@contextmanager
def filtered() -> Iterator[int]:
    """A port that drops what comes: its queue of connections is full, and nobody takes one out."""
    with contextlib.ExitStack() as held:
        server = held.enter_context(closing(socket.socket()))
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        port = server.getsockname()[1]
        for _ in range(8):
            waiting = held.enter_context(closing(socket.socket()))
            waiting.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting.connect(("127.0.0.1", port))
        yield port


def pooler(port: int, *, passes_replication: bool = True) -> Talk:
    """What PgBouncer looks like from outside: sessions of its own process ids in front of the server at `port`.

    Before 1.23 it refused a client that asked for replication (`passes_replication` false).
    """

    def talk(client: socket.socket) -> None:
        client.recv(8)  # SSLRequest
        client.sendall(b"N")
        head = _exactly(client, 4)
        startup = head + _exactly(client, struct.unpack("!I", head)[0] - 4)
        if b"\0replication\0" in startup and not passes_replication:
            said = b"SFATAL\0C08P01\0Munsupported startup parameter: replication\0\0"
            client.sendall(b"E" + struct.pack("!I", len(said) + 4) + said)
            return
        with socket.create_connection(("127.0.0.1", port), 5) as server:
            server.sendall(startup)
            threading.Thread(target=_forward, args=(client, server), daemon=True).start()
            while (kind := _exactly(server, 1)) != b"K":
                client.sendall(kind + _message(server))
            _message(server)
            client.sendall(b"K" + struct.pack("!III", 12, 77, 99))
            _forward(server, client)

    return talk


def _message(source: socket.socket) -> bytes:
    head = _exactly(source, 4)
    return head + _exactly(source, struct.unpack("!I", head)[0] - 4)


def _forward(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


def _exactly(source: socket.socket, number: int) -> bytes:
    data = b""
    while len(data) < number:
        piece = source.recv(number - len(data))
        if not piece:
            raise ConnectionResetError("hung up")
        data += piece
    return data
