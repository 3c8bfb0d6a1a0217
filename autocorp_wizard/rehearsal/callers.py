"""Puts a call of somebody who took a role before that role's own policies; the operator's throw-away key may do all.

Judged are roles that the emulated IAM made: a role from elsewhere stands for the operator's own. S3 is judged by
object, prefix and condition. Of other services the action and, where the call names a thing by its ARN, that thing:
who may do something to one job may here do it to another.
"""

import json
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs
from wsgiref.types import WSGIEnvironment

from autocorp_wizard.rehearsal.bucketguard import policy_request
from autocorp_wizard.rehearsal.call import AwsCall, Protocol, buffer_body
from autocorp_wizard.rehearsal.errorbody import Answer, error_answer
from autocorp_wizard.rehearsal.permissions import denial, exists

# Anybody may ask who they are, whatever their policies say.
_FREE: Final = frozenset({"sts:GetCallerIdentity", "sts:GetSessionToken"})
_REFUSALS: Final[Mapping[Protocol, tuple[int, str]]] = {
    Protocol.S3: (403, "AccessDenied"),
    Protocol.EC2: (403, "UnauthorizedOperation"),
    Protocol.QUERY: (403, "AccessDenied"),
    Protocol.CBOR: (403, "AccessDenied"),
    Protocol.JSON: (400, "AccessDeniedException"),
    Protocol.REST_JSON: (403, "AccessDeniedException"),
}


def refusal(call: AwsCall, environ: WSGIEnvironment, principal_arn: str) -> Answer | None:
    """Return AWS's refusal where the caller's role does not allow the call, None otherwise."""
    if ":role/" not in principal_arn or not call.action or not exists(principal_arn):
        return None
    if call.service == "s3":
        request = policy_request(call, environ, principal_arn)
        action = "s3:ListAllMyBuckets" if call.action == "ListBuckets" else request.action
        # Which keys are to be deleted stands in the body; the right to all of them is asked for.
        resource = f"{request.resource}/*" if call.action == "DeleteObjects" else request.resource
        action = "s3:DeleteObject" if call.action == "DeleteObjects" else action
        reason = denial(principal_arn, action, resource if call.bucket else None, request.conditions)
    else:
        action = f"{call.known_as}:{call.action}"
        if action in _FREE:
            return None
        reason = denial(principal_arn, action, _thing(call, environ))
    if reason is None:
        return None
    # CloudWatch keeps the codes of its old protocol in whatever protocol it is asked.
    status, code = _REFUSALS[Protocol.QUERY if call.service == "monitoring" else call.protocol]
    return error_answer(call, status, code, reason)


def _thing(call: AwsCall, environ: WSGIEnvironment) -> str | None:
    """Return the one ARN of the called service that the call names, None where it names none or several."""
    body = buffer_body(environ).decode("utf-8", "replace")
    values: list[object] = []
    if call.protocol in {Protocol.JSON, Protocol.REST_JSON}:
        try:
            document = json.loads(body or "{}")
        except ValueError:
            return None
        values = list(document.values()) if isinstance(document, dict) else []
    elif call.protocol in {Protocol.QUERY, Protocol.EC2}:
        values = [value for found in parse_qs(body).values() for value in found]
    named = {value for value in values if isinstance(value, str) and value.split(":")[2:3] == [call.service]}
    return named.pop() if len(named) == 1 else None
