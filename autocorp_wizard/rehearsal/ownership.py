"""Whose bucket is it: S3's answers for other accounts' buckets and to callers who expected another owner."""

from typing import Final
from wsgiref.types import WSGIEnvironment

from autocorp_wizard.rehearsal.address import ACCOUNT_ID
from autocorp_wizard.rehearsal.call import AwsCall
from autocorp_wizard.rehearsal.errorbody import Answer, error_answer

_PARTITION: Final = "aws"


def owner_of(bucket: str) -> str | None:
    """Return the account that owns a bucket, None for a bucket that does not exist."""
    from moto.s3.models import s3_backends

    found = s3_backends.bucket_accounts.get(bucket)
    return None if found is None else found[1]


def give_away(bucket: str, account_id: str, region: str) -> None:
    """Create a bucket that belongs to another account, so that a name is taken or a bucket is foreign.

    Raises ValueError if somebody owns that name already.
    """
    from moto.s3.models import s3_backends

    if owner_of(bucket) is not None:
        raise ValueError(f"bucket {bucket} exists")
    s3_backends[account_id][_PARTITION].create_bucket(bucket, region)


def refusal(call: AwsCall, environ: WSGIEnvironment) -> Answer | None:
    """Return what S3 answers to a call on a bucket of the wrong owner, None where all is well."""
    if call.service != "s3" or not call.bucket:
        return None
    owner = owner_of(call.bucket)
    if owner is None:
        return None
    if call.action == "CreateBucket":
        if owner == ACCOUNT_ID:
            return None
        message = (
            "The requested bucket name is not available. The bucket namespace is shared by all users of the "
            "system. Please select a different name and try again."
        )
        return error_answer(call, 409, "BucketAlreadyExists", message)
    expected = environ.get("HTTP_X_AMZ_EXPECTED_BUCKET_OWNER")
    source = _copy_source(environ)
    source_expected = environ.get("HTTP_X_AMZ_SOURCE_EXPECTED_BUCKET_OWNER")
    wrong_source = source and source_expected and owner_of(source) not in {None, source_expected}
    if owner != ACCOUNT_ID or (expected and expected != owner) or wrong_source:
        return error_answer(call, 403, "AccessDenied", "Access Denied")
    return None


def _copy_source(environ: WSGIEnvironment) -> str:
    return str(environ.get("HTTP_X_AMZ_COPY_SOURCE", "")).lstrip("/").partition("/")[0]
