"""One request to the emulated AWS, read as what it means: service, action, caller and protocol."""

import io
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qs
from wsgiref.types import WSGIEnvironment


class Protocol(StrEnum):
    """How a service words its answers and its errors."""

    JSON = "json"
    REST_JSON = "rest-json"
    QUERY = "query"
    EC2 = "ec2"
    S3 = "s3"
    CBOR = "cbor"


_FORM: Final = "application/x-www-form-urlencoded"
_READS: Final = (
    "Get",
    "List",
    "Describe",
    "Head",
    "BatchGet",
    "Query",
    "Scan",
    "Search",
    "Filter",
    "Simulate",
)
# A form of an AWS query API is small; a body beyond this is no such thing.
_KNOWN_AS: Final = {"monitoring": "cloudwatch", "tagging": "tag"}
_FORM_LIMIT: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class AwsCall:
    """A request as AWS would understand it; empty strings where it does not say.

    `bucket` and `key` are set for S3 only. `path` carries no query string, because that may hold signatures.
    """

    service: str
    region: str
    action: str
    access_key_id: str
    session_token: str
    protocol: Protocol
    method: str
    path: str
    bucket: str = ""
    key: str = ""

    @property
    def known_as(self) -> str:
        """The service by the name that policies and people use; calls to some are signed for another."""
        return _KNOWN_AS.get(self.service, self.service)

    @property
    def is_signed(self) -> bool:
        """Say whether the caller named a key at all."""
        return bool(self.access_key_id)

    @property
    def reads_only(self) -> bool:
        """Say whether the cloud is the same after the call (in doubt it is not)."""
        if self.service == "s3" and self.action != "SelectObjectContent":
            return self.method in {"GET", "HEAD", "OPTIONS"}
        return self.action.startswith(_READS)


def read_call(environ: WSGIEnvironment) -> AwsCall:
    """Read the call out of a WSGI environment; a form body is read and put back."""
    key_id, region, service, token = _signature(environ)
    target = str(environ.get("HTTP_X_AMZ_TARGET", ""))
    method = str(environ.get("REQUEST_METHOD", "GET"))
    path = str(environ.get("PATH_INFO", "/"))
    content_type = str(environ.get("CONTENT_TYPE", ""))

    def call(action: str, protocol: Protocol, bucket: str = "", key: str = "") -> AwsCall:
        return AwsCall(service, region, action, key_id, token, protocol, method, path, bucket, key)

    if target:
        return call(target.rpartition(".")[2], Protocol.JSON)
    if str(environ.get("HTTP_SMITHY_PROTOCOL", "")) == "rpc-v2-cbor":
        return call(path.rpartition("/")[2], Protocol.CBOR)
    if content_type.startswith(_FORM) and method == "POST" and service != "s3":
        action = parse_qs(_form_body(environ)).get("Action", [""])[0]
        return call(action, Protocol.EC2 if service == "ec2" else Protocol.QUERY)
    if service in {"s3", ""}:
        bucket, _, key = path.lstrip("/").partition("/")
        service = "s3"
        return call(_rest_action(environ, "s3"), Protocol.S3, bucket, key)
    return call(_rest_action(environ, service), Protocol.REST_JSON)


def _signature(environ: WSGIEnvironment) -> tuple[str, str, str, str]:
    """Return key id, region, service and session token of a signed request (header or presigned)."""
    header = str(environ.get("HTTP_AUTHORIZATION", ""))
    token = str(environ.get("HTTP_X_AMZ_SECURITY_TOKEN", ""))
    scope = header.partition("Credential=")[2].partition(",")[0].strip()
    if not scope:
        query = parse_qs(str(environ.get("QUERY_STRING", "")))
        scope = query.get("X-Amz-Credential", [""])[0]
        token = token or query.get("X-Amz-Security-Token", [""])[0]
    parts = scope.split("/")
    if len(parts) != 5:
        return "", "", "", ""
    return parts[0], parts[2], parts[3].lower(), token


def buffer_body(environ: WSGIEnvironment, limit: int | None = None) -> bytes:
    """Read the whole body and leave it there to be read again; at most `limit` bytes are taken."""
    stream = environ["wsgi.input"]
    if environ.get("wsgi.input_terminated"):
        body = stream.read() if limit is None else stream.read(limit)
    else:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = stream.read(length if limit is None else min(length, limit))
    environ["wsgi.input"] = io.BytesIO(body)
    if environ.get("HTTP_TRANSFER_ENCODING"):
        environ.pop("HTTP_TRANSFER_ENCODING")
        environ["CONTENT_LENGTH"] = str(len(body))
    return bytes(body)


def _form_body(environ: WSGIEnvironment) -> str:
    return buffer_body(environ, _FORM_LIMIT).decode("utf-8", "replace")


def _rest_action(environ: WSGIEnvironment, service: str) -> str:
    from botocore.exceptions import UnknownServiceError
    from moto.core.request import Request
    from moto.core.routing import get_service_router
    from werkzeug.exceptions import NotFound

    try:
        operation, _ = get_service_router(service).match(Request(dict(environ)))
    except (NotFound, UnknownServiceError):
        return ""
    return str(operation.name)
