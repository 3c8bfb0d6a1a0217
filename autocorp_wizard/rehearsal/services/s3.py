"""S3: policies judged by our own evaluation, and mends that a versioned bucket needs."""

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket, FakeDeleteMarker

from autocorp_wizard.rehearsal.bucketguard import denies_deletion


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
    """Mend the stock models; their responses stay."""
    FakeBucket.get_permission = _get_permission  # type: ignore[method-assign]
    # The stock service calls it on every version when the last one goes, and delete markers lack it.
    FakeDeleteMarker.dispose = _dispose  # type: ignore[attr-defined]
