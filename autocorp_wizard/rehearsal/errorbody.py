"""AWS errors as each protocol words them, so that an SDK understands a failure it was not sent by AWS."""

import json
import secrets
from dataclasses import dataclass
from xml.sax.saxutils import escape

from autocorp_wizard.rehearsal.call import AwsCall, Protocol


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def error_answer(call: AwsCall, status: int, code: str, message: str) -> Answer:
    """Return the error in the words of the call's protocol."""
    request_id = secrets.token_hex(8).upper()
    match call.protocol:
        case Protocol.S3:
            body = (
                f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
                f"<Resource>{escape(call.path)}</Resource><RequestId>{request_id}</RequestId></Error>"
            )
            return _xml(status, b"" if call.method == "HEAD" else _document(body), request_id)
        case Protocol.EC2:
            body = (
                f"<Response><Errors><Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
                f"</Error></Errors><RequestID>{request_id}</RequestID></Response>"
            )
            return _xml(status, _document(body), request_id)
        case Protocol.QUERY:
            body = (
                f"<ErrorResponse><Error><Type>{'Sender' if status < 500 else 'Receiver'}</Type>"
                f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
                f"<RequestId>{request_id}</RequestId></ErrorResponse>"
            )
            return _xml(status, _document(body), request_id)
        case Protocol.CBOR:
            payload = b"\xa2" + b"".join(map(_cbor_text, ("__type", code, "message", message)))
            kind = (("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor"))
            return Answer(status, (*kind, ("x-amzn-RequestId", request_id)), payload)
        case Protocol.JSON | Protocol.REST_JSON:
            media = "application/x-amz-json-1.1" if call.protocol is Protocol.JSON else "application/json"
            text = json.dumps({"__type": code, "message": message, "Message": message})
            headers = (("Content-Type", media), ("x-amzn-ErrorType", code), ("x-amzn-RequestId", request_id))
            return Answer(status, headers, text.encode())


def _document(body: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode()


def _xml(status: int, body: bytes, request_id: str) -> Answer:
    return Answer(status, (("Content-Type", "application/xml"), ("x-amz-request-id", request_id)), body)


def _cbor_text(text: str) -> bytes:
    raw = text.encode()
    if len(raw) < 24:
        return bytes([0x60 + len(raw)]) + raw
    return b"\x79" + len(raw).to_bytes(2, "big") + raw
