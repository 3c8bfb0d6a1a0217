"""The bucket that holds Terraform's state: is it there, whose is it, how is it set, and how to set it."""

import json
from collections.abc import Mapping
from typing import Final, cast

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core import bootstrap as wanted
from autocorp_wizard.core.bootstrap import OWNER_TAG, StatePlace
from autocorp_wizard.core.errors import UsageError, WizardError
from autocorp_wizard.core.events import Json
from autocorp_wizard.rollout.settings import Pause, Setting, patiently

_BLOCKS: Final = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_OWNERSHIP: Final = "BucketOwnerEnforced"


class StateBucket:
    """Reads and writes one bucket. The expected owner goes with every request (adapters/aws.py)."""

    def __init__(self, access: CloudAccess, place: StatePlace, pause: Pause) -> None:
        self._access = access
        self._place = place
        self._pause = pause
        self._made_now = False
        self.exists = False

    def is_fresh(self) -> bool:
        """Whether this run made the bucket, so that parts of S3 may not know it yet."""
        return self._made_now

    @property
    def wanted(self) -> str:
        """The bucket itself, in words."""
        return f"{self._place.bucket} in account {self._place.account_id}, region {self._place.region}"

    def look(self) -> tuple[str, bool]:
        """Return what is there in words (`missing` for nothing) and whether it is the wizard's.

        Raises BACKEND-FOREIGN, BACKEND-ELSEWHERE, AUTH-DENIED.
        """
        try:
            head = self._call("head_bucket")
        except CloudError as error:
            if error.is_missing:
                return "missing", False
            if error.status == 403:
                raise self._foreign_or_denied(error) from error
            raise
        region = str(head.get("BucketRegion") or self._located())
        if region != self._place.region:
            raise UsageError(
                "BACKEND-ELSEWHERE",
                f"The bucket {self._place.bucket} lies in {region}, not in {self._place.region}.",
                next_step="Set the environment's region to the bucket's, or choose another bucket name (`env edit`).",
            )
        self.exists = True
        tags = self._tags()
        is_ours = tags.get(OWNER_TAG[0]) == OWNER_TAG[1]
        return self.wanted, is_ours or (not tags and self._is_untouched())

    def create(self) -> None:
        """Create it with ACLs off, and wait until S3 knows it. A bucket that is ours already is fine."""
        parameters: dict[str, object] = {"ObjectOwnership": _OWNERSHIP}
        # The one region whose name S3 refuses to be told.
        if self._place.region != "us-east-1":
            parameters["CreateBucketConfiguration"] = {"LocationConstraint": self._place.region}
        try:
            self._call("create_bucket", **parameters)
        except CloudError as error:
            if error.aws_code != "BucketAlreadyOwnedByYou":
                raise
        self.exists = self._made_now = True
        patiently(lambda: self._call("head_bucket"), self._pause, self.is_fresh)

    def settings(self) -> tuple[Setting, ...]:
        """Return the settings; the tag first, so that a run that was cut short recognises its bucket."""
        place = self._place
        tags = wanted.wanted_tags(place)
        return (
            Setting("tags", _pairs(tags), self._read_tags, self._write_tags),
            Setting("ownership", _OWNERSHIP, self._read_ownership, self._write_ownership),
            Setting("public-access", "blocked", self._read_public_access, self._write_public_access),
            Setting("versioning", "Enabled", self._read_versioning, self._write_versioning),
            Setting(
                "encryption",
                wanted.encryption_in_words(wanted.wanted_encryption(place)),
                self._read_encryption,
                self._write_encryption,
            ),
            Setting(
                "policy",
                ", ".join(str(s["Sid"]) for s in wanted.wanted_statements(place)),
                self._read_policy,
                self._write_policy,
            ),
            Setting(
                "lifecycle",
                wanted.rules_in_words(wanted.wanted_rules(place)),
                self._read_lifecycle,
                self._write_lifecycle,
            ),
        )

    def _call(self, operation: str, **parameters: object) -> dict[str, object]:
        return self._access.call("s3", operation, Bucket=self._place.bucket, **parameters)

    def _get(self, operation: str, missing: str) -> Mapping[str, Json]:
        """Return an answer, or an empty one where S3 says that nothing is configured (code `missing`)."""
        try:
            return cast("Mapping[str, Json]", self._call(operation))
        except CloudError as error:
            if error.aws_code == missing:
                return {}
            raise

    def _located(self) -> str:
        return str(self._call("get_bucket_location").get("LocationConstraint") or "us-east-1")

    def _foreign_or_denied(self, error: CloudError) -> WizardError:
        """S3 answers 403 for a bucket of somebody else and for one of ours that we may not see: tell them apart."""
        try:
            ours = {
                str(bucket.get("Name"))
                for page in self._access.pages("s3", "list_buckets", Prefix=self._place.bucket)
                for bucket in cast("list[dict[str, object]]", page.get("Buckets") or [])
            }
        except CloudError:
            ours = set()
        if self._place.bucket in ours:
            return error
        return CloudError(
            "BACKEND-FOREIGN",
            f"The bucket {self._place.bucket} is not in account {self._place.account_id}.",
            why="It exists, but S3 refuses to show it to the account that should own it: it belongs to another "
            "account, or this identity may not list its own buckets.",
            next_step="Choose another name (`env edit`: state_bucket or project_name). Do not force it: a bucket of "
            "somebody else would receive your state.",
            aws_code=error.aws_code,
            status=error.status,
            action=error.action,
        )

    def _is_untouched(self) -> bool:
        """Whether it looks like one of ours whose run ended right after creating it: no objects, nothing set."""
        if self._call("get_bucket_versioning").get("Status") or self._get("get_bucket_policy", "NoSuchBucketPolicy"):
            return False
        return not self._call("list_objects_v2", MaxKeys=1).get("Contents")

    def _tags(self) -> dict[str, str]:
        found = cast("list[dict[str, Json]]", self._get("get_bucket_tagging", "NoSuchTagSet").get("TagSet") or [])
        return {str(tag["Key"]): str(tag["Value"]) for tag in found}

    def _read_tags(self) -> tuple[str, bool]:
        found = self._tags()
        return _pairs(found) or "none", found.items() >= wanted.wanted_tags(self._place).items()

    def _write_tags(self) -> None:
        merged = self._tags() | wanted.wanted_tags(self._place)
        self._call("put_bucket_tagging", Tagging={"TagSet": [{"Key": k, "Value": v} for k, v in merged.items()]})

    def _read_ownership(self) -> tuple[str, bool]:
        answer = self._get("get_bucket_ownership_controls", "OwnershipControlsNotFoundError")
        controls = cast("dict[str, list[dict[str, str]]]", answer.get("OwnershipControls") or {})
        found = [rule["ObjectOwnership"] for rule in controls.get("Rules", [])]
        return ", ".join(found) or "none", found == [_OWNERSHIP]

    def _write_ownership(self) -> None:
        self._call("put_bucket_ownership_controls", OwnershipControls={"Rules": [{"ObjectOwnership": _OWNERSHIP}]})

    def _read_public_access(self) -> tuple[str, bool]:
        answer = self._get("get_public_access_block", "NoSuchPublicAccessBlockConfiguration")
        found = cast("dict[str, bool]", answer.get("PublicAccessBlockConfiguration") or {})
        lacking = [name for name in _BLOCKS if not found.get(name)]
        if not lacking:
            return "blocked", True
        return ("none" if len(lacking) == len(_BLOCKS) else f"without {', '.join(lacking)}"), False

    def _write_public_access(self) -> None:
        self._call("put_public_access_block", PublicAccessBlockConfiguration=dict.fromkeys(_BLOCKS, True))

    def _read_versioning(self) -> tuple[str, bool]:
        found = str(self._call("get_bucket_versioning").get("Status") or "off")
        return found, found == "Enabled"

    def _write_versioning(self) -> None:
        self._call("put_bucket_versioning", VersioningConfiguration={"Status": "Enabled"})

    def _read_encryption(self) -> tuple[str, bool]:
        answer = self._get("get_bucket_encryption", "ServerSideEncryptionConfigurationNotFoundError")
        found = cast("dict[str, Json]", answer.get("ServerSideEncryptionConfiguration") or {})
        words = wanted.encryption_in_words(found)
        return words, words == wanted.encryption_in_words(wanted.wanted_encryption(self._place))

    def _write_encryption(self) -> None:
        document = wanted.wanted_encryption(self._place)
        self._call("put_bucket_encryption", ServerSideEncryptionConfiguration=document)

    def _policy(self) -> str:
        return str(self._get("get_bucket_policy", "NoSuchBucketPolicy").get("Policy") or "")

    def _read_policy(self) -> tuple[str, bool]:
        found = self._policy()
        return wanted.policy_in_words(found), wanted.holds_policy(found, self._place)

    def _write_policy(self) -> None:
        self._call("put_bucket_policy", Policy=json.dumps(wanted.merged_policy(self._policy(), self._place)))

    def _rules(self) -> list[dict[str, Json]]:
        answer = self._get("get_bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration")
        return cast("list[dict[str, Json]]", answer.get("Rules") or [])

    def _read_lifecycle(self) -> tuple[str, bool]:
        found = self._rules()
        return wanted.rules_in_words(found), wanted.holds_rules(found, self._place)

    def _write_lifecycle(self) -> None:
        rules = wanted.merged_rules(self._rules(), self._place)
        self._call("put_bucket_lifecycle_configuration", LifecycleConfiguration={"Rules": rules})


def _pairs(tags: Mapping[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(tags.items()))
