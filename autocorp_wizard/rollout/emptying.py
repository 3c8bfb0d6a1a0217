"""What lies in the buckets that a destroy takes with it: counted before, deleted with all versions when it is meant."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, cast

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.statefile import RemoteState

# S3 lists at most 1000 versions a page and deletes at most 1000 a call.
_SAMPLED_PAGES: Final = 20
# Logs that are under way may still arrive while a bucket is being emptied.
_PASSES: Final = 5


@dataclass(frozen=True, slots=True)
class BucketContent:
    """How much a bucket holds: current objects, older versions and delete markers, bytes of all versions.

    `whole` is False where only the first pages were counted; the figures are then a lower bound.
    """

    bucket: str
    objects: int = 0
    versions: int = 0
    size: int = 0
    whole: bool = True

    @property
    def sentence(self) -> str:
        """The content in words."""
        at_least = "" if self.whole else "at least "
        if not self.objects and not self.versions:
            return f"{self.bucket} is empty."
        return (
            f"{self.bucket} holds {at_least}{self.objects:,} objects and {self.versions:,} older versions, "
            f"{at_least}{self.size:,} bytes."
        )


def bucket_names(state: RemoteState) -> tuple[str, ...]:
    """Return the buckets that a state holds."""
    return tuple(name for each in state.of_type("aws_s3_bucket") if (name := each.attributes.get("bucket") or each.id))


def inventory(access: CloudAccess, names: Iterable[str], *, pages: int = _SAMPLED_PAGES) -> tuple[BucketContent, ...]:
    """Count what buckets hold, looking at most at `pages` pages of 1000 versions each. Missing buckets are left out."""
    found: list[BucketContent] = []
    for name in names:
        objects = versions = size = looked = 0
        whole = True
        try:
            for page in access.pages("s3", "list_object_versions", Bucket=name):
                if looked == pages:
                    whole = False
                    break
                looked += 1
                entries = _dicts(page.get("Versions"))
                current = sum(bool(entry.get("IsLatest")) for entry in entries)
                objects += current
                versions += len(entries) - current + len(_dicts(page.get("DeleteMarkers")))
                size += sum(cast("int", entry.get("Size") or 0) for entry in entries)
        except CloudError as error:
            if error.is_missing:
                continue
            raise
        found.append(BucketContent(name, objects, versions, size, whole))
    return tuple(found)


def empty_buckets(access: CloudAccess, names: Iterable[str], say: Callable[[str], None]) -> int:
    """Delete every version and every delete marker of every object; return how many. Missing buckets are passed over.

    Raises BUCKET-NOT-EMPTY where S3 keeps something (an object lock), and what AWS refuses; nothing is undone then.
    """
    total = 0
    for name in names:
        deleted = 0
        for _ in range(_PASSES):
            now = _one_pass(access, name)
            deleted += now
            if not now:
                break
        if deleted:
            say(f"{name}: {deleted:,} objects and versions deleted.")
        total += deleted
    return total


def _one_pass(access: CloudAccess, name: str) -> int:
    deleted = 0
    for batch in _batches(access, name):
        answer = access.call("s3", "delete_objects", Bucket=name, Delete={"Objects": batch, "Quiet": True})
        errors = _dicts(answer.get("Errors"))
        if errors:
            first = errors[0]
            raise WizardError(
                "BUCKET-NOT-EMPTY",
                f"S3 keeps {len(errors)} of {len(batch)} versions in {name}.",
                why=f"{first.get('Key')}: {first.get('Code')} {first.get('Message')}",
                next_step="Look for an object lock or a policy on the bucket, then run the destroy again.",
            )
        deleted += len(batch)
    return deleted


def _batches(access: CloudAccess, name: str) -> Iterator[list[dict[str, object]]]:
    try:
        for page in access.pages("s3", "list_object_versions", Bucket=name):
            entries = _dicts(page.get("Versions")) + _dicts(page.get("DeleteMarkers"))
            if entries:
                yield [{"Key": entry["Key"], "VersionId": entry.get("VersionId") or "null"} for entry in entries]
    except CloudError as error:
        if not error.is_missing:
            raise


def _dicts(value: object) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", value) if isinstance(value, list) else []
