"""Puts a real S3 request before the bucket's own policy, as AWS does before anything else happens."""

import ssl
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qs
from wsgiref.types import WSGIEnvironment

from autocorp_wizard.rehearsal.address import ACCOUNT_ID
from autocorp_wizard.rehearsal.bucketpolicy import PolicyRequest, denial, iam_action
from autocorp_wizard.rehearsal.call import AwsCall
from autocorp_wizard.rehearsal.errorbody import Answer, error_answer

_HEADERS: Final = (
    "x-amz-acl",
    "x-amz-copy-source",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-storage-class",
    "x-amz-content-sha256",
)
_PARAMETERS: Final = ("prefix", "delimiter", "max-keys", "versionid")
_TLS_VERSIONS: Final = {"TLSv1.2": "1.2", "TLSv1.3": "1.3"}


@dataclass(frozen=True, slots=True)
class _Current:
    policy: str
    request: PolicyRequest


# What the emulator needs when it asks about each key of a deletion of many; set per request.
_current: ContextVar[_Current | None] = ContextVar("bucket policy of this request", default=None)


def refusal(call: AwsCall, environ: WSGIEnvironment, principal_arn: str) -> Answer | None:
    """Return 403 if the bucket's policy denies the call, None otherwise."""
    _current.set(None)
    policy = _policy_of(call.bucket) if call.service == "s3" and call.bucket else None
    if policy is None:
        return None
    request = policy_request(call, environ, principal_arn)
    _current.set(_Current(policy, request))
    if call.action == "DeleteObjects":
        return None
    sid = denial(policy, request)
    if sid is None:
        return None
    message = (
        f"User: {principal_arn} is not authorized to perform: {request.action} on resource: "
        f'"{request.resource}" with an explicit deny in a resource-based policy (statement {sid})'
    )
    return error_answer(call, 403, "AccessDenied", message)


def policy_request(call: AwsCall, environ: WSGIEnvironment, principal_arn: str) -> PolicyRequest:
    """Return an S3 call as policies see it."""
    query = parse_qs(str(environ.get("QUERY_STRING", "")), keep_blank_values=True)
    return PolicyRequest(
        action=iam_action(call.action, versioned="versionId" in query),
        resource=f"arn:aws:s3:::{call.bucket}" + (f"/{call.key}" if call.key else ""),
        principal_arn=principal_arn,
        account_id=ACCOUNT_ID,
        conditions=_conditions(call, environ, query, principal_arn),
    )


def denies_deletion(resource: str, *, versioned: bool = False) -> bool:
    """Say whether the policy denies this request the deletion of one object (its ARN)."""
    current = _current.get()
    if current is None:
        return False
    action = iam_action("DeleteObject", versioned=versioned)
    return denial(current.policy, replace(current.request, action=action, resource=resource)) is not None


def _policy_of(bucket: str) -> str | None:
    from moto.s3.models import s3_backends

    found = s3_backends[ACCOUNT_ID]["aws"].buckets.get(bucket)
    return None if found is None or not found.policy else str(found.policy.decode())


def _conditions(
    call: AwsCall, environ: WSGIEnvironment, query: dict[str, list[str]], principal_arn: str
) -> dict[str, str]:
    secure = environ.get("wsgi.url_scheme") == "https"
    found = {
        "aws:securetransport": str(secure).lower(),
        "aws:sourceip": str(environ.get("REMOTE_ADDR", "127.0.0.1")),
        "aws:principalarn": principal_arn,
        "aws:principalaccount": ACCOUNT_ID,
        "aws:principalisawsservice": "false",
        "aws:viaawsservice": "false",
        "aws:resourceaccount": ACCOUNT_ID,
        "s3:resourceaccount": ACCOUNT_ID,
        "aws:requestedregion": call.region,
    }
    connection = environ.get("werkzeug.socket")
    if isinstance(connection, ssl.SSLSocket):
        found["s3:tlsversion"] = _TLS_VERSIONS.get(connection.version() or "", "1.2")
    for header in _HEADERS:
        value = environ.get("HTTP_" + header.upper().replace("-", "_"))
        if value is not None:
            found[f"s3:{header}"] = str(value)
    for name, values in query.items():
        if name.lower() in _PARAMETERS:
            found[f"s3:{name.lower()}"] = values[0]
    return found
