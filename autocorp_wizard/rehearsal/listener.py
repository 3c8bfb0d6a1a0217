"""The listening side: TLS on the loopback interface, one thread per connection."""

import logging
import socket
import ssl
from pathlib import Path
from typing import Final
from wsgiref.types import WSGIApplication

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

HOST: Final = "127.0.0.1"
_LOG: Final = logging.getLogger("rehearsal.listener")
# Clients that vanish do not keep a thread for ever.
_SILENCE_SECONDS: Final = 600


class _Handler(MotoRequestHandler):
    # Headers and body leave in two writes; without this the second waits for the first's acknowledgement.
    disable_nagle_algorithm = True
    timeout = _SILENCE_SECONDS

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing: the gateway keeps the access log, without query strings."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        """Write what kind of trouble it was, and no text that a caller sent."""
        _LOG.info("connection %s", type)


def listen(application: WSGIApplication, port: int, certificate: Path, key: Path) -> BaseWSGIServer:
    """Bind to `port`, or to any free one if somebody else has it (0: any at once).

    Raises OSError when not even a free one is to be had.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    if port and _is_taken(port):
        port = 0
    server = make_server(HOST, port, application, threaded=True, request_handler=_Handler, ssl_context=context)
    # The handshake belongs to the connection's own thread, or one silent client would keep everybody waiting.
    vars(server.socket)["do_handshake_on_connect"] = False
    return server


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False
