"""Evaluates the Deny statements of a bucket policy against a real request.

Only Deny is looked at: callers belong to the bucket's own account, whose identity policies allow them all.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Final

# Where the IAM action does not carry the operation's name.
_ACTIONS: Final = {
    "HeadBucket": "ListBucket",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListObjectVersions": "ListBucketVersions",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListParts": "ListMultipartUploadParts",
    "HeadObject": "GetObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "GetBucketReplication": "GetReplicationConfiguration",
    "PutBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "DeleteBucketTagging": "PutBucketTagging",
    "GetBucketCors": "GetBucketCORS",
    "PutBucketCors": "PutBucketCORS",
    "DeleteBucketCors": "PutBucketCORS",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
}
_VERSIONED: Final = frozenset({"GetObject", "DeleteObject", "GetObjectTagging", "PutObjectTagging", "GetObjectAcl"})

_Statement = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class PolicyRequest:
    """A request as a policy sees it; `conditions` holds the keys that are present, in lower case."""

    action: str
    resource: str
    principal_arn: str
    account_id: str
    conditions: Mapping[str, str]


def iam_action(operation: str, *, versioned: bool) -> str:
    """Return the IAM action (`s3:GetObject`) behind an S3 operation (`HeadObject`)."""
    action = _ACTIONS.get(operation, operation)
    return f"s3:{action}Version" if versioned and action in _VERSIONED else f"s3:{action}"


def denial(policy: str, request: PolicyRequest) -> str | None:
    """Return the Sid (or number) of the statement that denies the request, None if none does."""
    for number, statement in enumerate(statements_of(policy), start=1):
        if statement.get("Effect") == "Deny" and _principal(statement, request) and speaks_of(statement, request):
            return str(statement.get("Sid") or number)
    return None


def speaks_of(statement: _Statement, request: PolicyRequest) -> bool:
    """Say whether a statement of an identity policy, which names no principal, is about the request."""
    return (
        _element(statement, "Action", request.action, ignore_case=True)
        and _element(statement, "Resource", request.resource, ignore_case=False)
        and holds(statement.get("Condition", {}), request.conditions)
    )


def holds(block: object, present: Mapping[str, str]) -> bool:
    """Say whether a Condition block holds; `present` has its keys in lower case."""
    if not isinstance(block, Mapping):
        return True
    return all(
        _condition(str(operator), present.get(str(key).lower()), _texts(wanted))
        for operator, keys in block.items()
        if isinstance(keys, Mapping)
        for key, wanted in keys.items()
    )


def statements_of(policy: str | Mapping[str, object]) -> list[_Statement]:
    """Return a policy's statements; `policy` is its JSON or the parsed document."""
    document = json.loads(policy) if isinstance(policy, str) else policy
    return [each for each in _listed(document.get("Statement", [])) if isinstance(each, Mapping)]


def _element(statement: _Statement, name: str, value: str, *, ignore_case: bool) -> bool:
    negated = f"Not{name}" in statement
    patterns = _texts(statement.get(f"Not{name}" if negated else name, []))
    return any(_like(pattern, value, ignore_case=ignore_case) for pattern in patterns) is not negated


def _principal(statement: _Statement, request: PolicyRequest) -> bool:
    negated = "NotPrincipal" in statement
    named = statement.get("NotPrincipal" if negated else "Principal", {})
    texts = _texts(named.get("AWS", [])) if isinstance(named, Mapping) else _texts(named)
    ours = {"*", request.account_id, f"arn:aws:iam::{request.account_id}:root", request.principal_arn}
    return bool(ours & set(texts)) is not negated


def _condition(operator: str, found: str | None, wanted: Sequence[str]) -> bool:
    name = operator.rpartition(":")[2]
    if name == "Null":
        return (found is None) == (wanted[:1] == ["true"])
    if name.endswith("IfExists"):
        if found is None:
            return True
        name = name.removesuffix("IfExists")
    negated = "Not" in name
    if found is None:
        return negated
    compare = _COMPARISONS.get(name.replace("Not", "", 1))
    if compare is None:
        # An operator that is not emulated must not lock anybody out.
        return False
    return any(compare(found, value) for value in wanted) is not negated


def _in_network(found: str, value: str) -> bool:
    return ip_address(found) in ip_network(value, strict=False)


_COMPARISONS: Final[dict[str, Callable[[str, str], bool]]] = {
    "Bool": lambda found, value: found.lower() == value.lower(),
    "StringEquals": lambda found, value: found == value,
    "StringEqualsIgnoreCase": lambda found, value: found.lower() == value.lower(),
    "StringLike": lambda found, value: _like(value, found, ignore_case=False),
    "ArnEquals": lambda found, value: _like(value, found, ignore_case=False),
    "ArnLike": lambda found, value: _like(value, found, ignore_case=False),
    "NumericEquals": lambda found, value: float(found) == float(value),
    "NumericLessThan": lambda found, value: float(found) < float(value),
    "NumericLessThanEquals": lambda found, value: float(found) <= float(value),
    "NumericGreaterThan": lambda found, value: float(found) > float(value),
    "NumericGreaterThanEquals": lambda found, value: float(found) >= float(value),
    "IpAddress": _in_network,
}


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else [value]


def _texts(value: object) -> list[str]:
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in _listed(value)]


def _like(pattern: str, value: str, *, ignore_case: bool) -> bool:
    return _compiled(pattern, ignore_case).match(value) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str, ignore_case: bool) -> re.Pattern[str]:
    # IAM knows * and ? only; a bracket is a bracket.
    return re.compile(translate(pattern.replace("[", "[[]")), re.IGNORECASE if ignore_case else 0)
