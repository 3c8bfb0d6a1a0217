"""Carries a fault out: the error in the service's own words, a wait, or a broken connection."""

import contextlib
import socket
from typing import Final
from wsgiref.types import WSGIEnvironment

from autocorp_wizard.rehearsal.address import OPERATOR_ARN
from autocorp_wizard.rehearsal.call import AwsCall, Protocol
from autocorp_wizard.rehearsal.errorbody import Answer, error_answer
from autocorp_wizard.rehearsal.faultrules import FaultKind

# (status, code) by protocol; S3 and EC2 have words of their own, the JSON family shares one.
_THROTTLE: Final = {
    Protocol.S3: (503, "SlowDown"),
    Protocol.EC2: (503, "RequestLimitExceeded"),
    Protocol.QUERY: (400, "Throttling"),
}
_DENY: Final = {
    Protocol.S3: (403, "AccessDenied"),
    Protocol.EC2: (403, "UnauthorizedOperation"),
    Protocol.QUERY: (403, "AccessDenied"),
}
_EXPIRE: Final = {
    Protocol.S3: (400, "ExpiredToken"),
    Protocol.EC2: (400, "RequestExpired"),
    Protocol.QUERY: (403, "ExpiredToken"),
}
_BROKEN: Final = {
    Protocol.S3: (500, "InternalError"),
    Protocol.EC2: (500, "InternalError"),
    Protocol.QUERY: (500, "InternalFailure"),
}


class ConnectionCutError(ConnectionAbortedError):
    """The connection was cut on purpose; nothing is answered."""


def fault_answer(kind: FaultKind, call: AwsCall) -> Answer | None:
    """Return the error answer of a fault that answers; None for those that wait or cut."""
    match kind:
        case FaultKind.THROTTLE:
            status, code = _THROTTLE.get(call.protocol, (400, "ThrottlingException"))
            return error_answer(call, status, code, "Rate exceeded")
        case FaultKind.DENY:
            status, code = _DENY.get(call.protocol, (400, "AccessDeniedException"))
            action = f"{call.service}:{call.action}"
            message = (
                f"User: {OPERATOR_ARN} is not authorized to perform: {action} "
                f"because no identity-based policy allows the {action} action"
            )
            return error_answer(call, status, code, message)
        case FaultKind.EXPIRE:
            status, code = _EXPIRE.get(call.protocol, (400, "ExpiredTokenException"))
            return error_answer(call, status, code, "The security token included in the request is expired")
        case FaultKind.SERVER_ERROR:
            status, code = _BROKEN.get(call.protocol, (500, "InternalServerError"))
            return error_answer(call, status, code, "We encountered an internal error. Please try again.")
        case _:
            return None


def cut(environ: WSGIEnvironment) -> ConnectionCutError:
    """Close the caller's connection without a word; returns what is to be raised."""
    connection = environ.get("werkzeug.socket")
    if isinstance(connection, socket.socket):
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
    return ConnectionCutError("cut on purpose")
