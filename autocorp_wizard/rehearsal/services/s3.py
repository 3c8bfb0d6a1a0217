"""S3: policies judged by our own evaluation, mends for versioned buckets, settings that the stock service lacks."""

import re
from typing import Any, Final

import moto.s3.responses
from moto.core.common_types import TYPE_RESPONSE
from moto.iam.access_control import PermissionResult
from moto.s3.exceptions import MalformedXML
from moto.s3.models import FakeBucket, FakeDeleteMarker
from moto.s3.responses import S3Response

from autocorp_wizard.rehearsal.bucketguard import denies_deletion

# The stock service answers these as if their sub-resource were not there: as a listing, as the creation or, worse,
# as the deletion of the bucket.
MISSING: Final = frozenset(
    {
        "CreateBucketMetadataConfiguration",
        "CreateBucketMetadataTableConfiguration",
        "CreateSession",
        "DeleteBucketAnalyticsConfiguration",
        "DeleteBucketInventoryConfiguration",
        "DeleteBucketMetadataConfiguration",
        "DeleteBucketMetadataTableConfiguration",
        "DeleteBucketMetricsConfiguration",
        "DeleteObjectAnnotation",
        "GetBucketAbac",
        "GetBucketAnalyticsConfiguration",
        "GetBucketMetadataConfiguration",
        "GetBucketMetadataTableConfiguration",
        "GetBucketMetricsConfiguration",
        "GetObjectAnnotation",
        "GetObjectTorrent",
        "ListBucketAnalyticsConfigurations",
        "ListBucketMetricsConfigurations",
        "ListObjectAnnotations",
        "PutBucketAbac",
        "PutBucketAnalyticsConfiguration",
        "PutBucketMetricsConfiguration",
        "PutObjectAnnotation",
        "RenameObject",
        "UpdateBucketMetadataAnnotationTableConfiguration",
        "UpdateBucketMetadataInventoryTableConfiguration",
        "UpdateBucketMetadataJournalTableConfiguration",
        "UpdateObjectEncryption",
        "WriteGetObjectResponse",
    }
)

_XMLNS: Final = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
_XML: Final = {"Content-Type": "application/xml"}
_Query = dict[str, Any]


class RehearsalS3(S3Response):
    """Adds the settings that are kept as they came: Intelligent-Tiering and who pays for requests."""

    def _bucket_response_get(self, bucket_name: str, querystring: _Query) -> str | TYPE_RESPONSE:
        settings = _settings(self.backend.get_bucket(bucket_name))
        if "requestPayment" in querystring:
            payer = settings.get("requestPayment", "BucketOwner")
            body = f"<RequestPaymentConfiguration {_XMLNS}><Payer>{payer}</Payer></RequestPaymentConfiguration>"
            return 200, dict(_XML), body
        if "intelligent-tiering" not in querystring:
            return super()._bucket_response_get(bucket_name, querystring)
        if "id" in querystring:
            kept = settings.get(_tier(querystring))
            return _no_such_configuration() if kept is None else (200, dict(_XML), kept)
        kept = "".join(_bare(text) for name, text in sorted(settings.items()) if name.startswith(_TIER))
        listing = "ListBucketIntelligentTieringConfigurationsOutput"
        return 200, dict(_XML), f"<{listing} {_XMLNS}><IsTruncated>false</IsTruncated>{kept}</{listing}>"

    def _bucket_response_put(self, request: Any, bucket_name: str, querystring: _Query) -> str | TYPE_RESPONSE:  # noqa: ANN401
        settings = _settings(self.backend.get_bucket(bucket_name)) if _ours(querystring) else {}
        if "requestPayment" in querystring:
            payer = re.search(rb"<Payer>(Requester|BucketOwner)</Payer>", self.body)
            if payer is None:
                raise MalformedXML
            settings["requestPayment"] = payer.group(1).decode()
            return 200, {}, ""
        if "intelligent-tiering" in querystring:
            settings[_tier(querystring)] = self.body.decode()
            return 200, {}, ""
        return super()._bucket_response_put(request, bucket_name, querystring)

    def _bucket_response_delete(self, bucket_name: str, querystring: _Query) -> TYPE_RESPONSE:
        if "intelligent-tiering" not in querystring:
            return super()._bucket_response_delete(bucket_name, querystring)
        kept = _settings(self.backend.get_bucket(bucket_name)).pop(_tier(querystring), None)
        return _no_such_configuration() if kept is None else (204, {}, "")


_TIER: Final = "intelligent-tiering/"


def _ours(querystring: _Query) -> bool:
    return "requestPayment" in querystring or "intelligent-tiering" in querystring


def _tier(querystring: _Query) -> str:
    return _TIER + str(querystring["id"][0])


def _settings(bucket: FakeBucket) -> dict[str, str]:
    """Return what we keep on a bucket beside the stock settings; it is remembered with it."""
    settings: dict[str, str] = vars(bucket).setdefault("rehearsal_settings", {})
    return settings


def _bare(document: str) -> str:
    return re.sub(r"<\?xml[^>]*\?>", "", document)


def _no_such_configuration() -> TYPE_RESPONSE:
    body = (
        "<Error><Code>NoSuchConfiguration</Code><Message>The specified configuration does not exist.</Message></Error>"
    )
    return 404, dict(_XML), body


def _get_permission(self: FakeBucket, action: str, resource: str) -> PermissionResult:
    """Answer for deletions of many keys; everything else was judged before the emulator saw it.

    The stock evaluation applies a Deny whatever its Condition says.
    """
    del self
    if action == "s3:DeleteObject" and denies_deletion(resource):
        return PermissionResult.DENIED
    return PermissionResult.NEUTRAL


def _dispose(self: FakeDeleteMarker, garbage: bool = False) -> None:
    """Do nothing: a delete marker holds no content."""
    del self, garbage


def install() -> None:
    """Put the extended service in the stock one's place and mend its models."""
    FakeBucket.get_permission = _get_permission  # type: ignore[method-assign]
    # The stock service calls it on every version when the last one goes, and delete markers lack it.
    FakeDeleteMarker.dispose = _dispose  # type: ignore[attr-defined]
    # The stock backend reloads its routes whenever they are asked for, so the name they import is what counts.
    moto.s3.responses.S3Response = RehearsalS3  # type: ignore[misc]
