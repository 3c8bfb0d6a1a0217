"""The remote state of one environment as data, its lock, its backups, and the small objects that a team shares.

Reads through S3's API, never through Terraform, so that looking takes no lock and needs no init.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol, cast

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.bootstrap import StatePlace
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.events import StateBackedUp
from autocorp_wizard.core.state_lock import LockInfo, lock_in_document
from autocorp_wizard.core.statefile import RemoteState

_CONFLICT: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})


class _Body(Protocol):
    def read(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class StoredObject:
    """A small object: its content and the tag that a conditional write compares."""

    key: str
    body: bytes
    etag: str


class ChangedMeanwhileError(WizardError):
    """Somebody wrote the object between our reading and our writing."""


class StateStore:
    """Everything in the state bucket that belongs to one environment."""

    def __init__(self, access: CloudAccess, place: StatePlace) -> None:
        self.place: Final = place
        self._access = access

    @property
    def location(self) -> str:
        """The state's address for people."""
        return f"s3://{self.place.bucket}/{self.place.key}"

    def bucket_exists(self) -> bool:
        """Whether there is a bucket for the state. Raises what AWS refuses (a foreign bucket too)."""
        try:
            self._access.call("s3", "head_bucket", Bucket=self.place.bucket)
        except CloudError as error:
            if error.is_missing:
                return False
            raise
        return True

    def exists(self) -> bool:
        """Whether there is a state object. Raises what AWS refuses."""
        return self._size(self.place.key) is not None

    def read(self) -> RemoteState | None:
        """Return the state, None where there is none (no object or no bucket).

        Raises STATE-UNREADABLE, and what AWS refuses.
        """
        found = self.get(self.place.key)
        return RemoteState.parse(found.body) if found else None

    def read_raw(self) -> bytes | None:
        """Return the state file as it is, for `terraform state push` and for backups."""
        found = self.get(self.place.key)
        return found.body if found else None

    def lock(self) -> LockInfo | None:
        """Return who holds Terraform's lock, None where nobody does. Raises as `locks` does."""
        return next(iter(self.locks()), None)

    def locks(self) -> tuple[LockInfo, ...]:
        """Return every lock: the lock file and, where the environment names a table, its item.

        Terraform takes both and gives both back, so they are of one holder unless that was interrupted in between.
        Raises STATE-LOCK-UNREADABLE for a lock that names no id: it still locks.
        """
        texts = ((self.lock_file, self._locked_in_file()), (self.lock_item, self._locked_in_table()))
        found: dict[str, LockInfo] = {}
        for where, text in texts:
            if text is None:
                continue
            info = lock_in_document(text)
            if info is None:
                raise WizardError(
                    "STATE-LOCK-UNREADABLE",
                    f"There is a lock at {where}, but it does not say whose.",
                    why="It is not in the form that Terraform writes.",
                    next_step="Make sure that nobody runs Terraform on this environment, then delete it.",
                )
            found.setdefault(info.id, info)
        return tuple(found.values())

    @property
    def lock_file(self) -> str:
        """The lock file's address for people."""
        return f"s3://{self.place.bucket}/{self.place.lock_key}"

    @property
    def lock_item(self) -> str:
        """The lock table's item for people."""
        return f"{self.place.lock_id} in the table {self.place.lock_table}"

    def _locked_in_file(self) -> bytes | None:
        found = self.get(self.place.lock_key)
        return found.body if found else None

    def _locked_in_table(self) -> str | None:
        if not self.place.lock_table:
            return None
        key = {"LockID": {"S": self.place.lock_id}}
        try:
            answer = self._access.call(
                "dynamodb", "get_item", TableName=self.place.lock_table, Key=key, ConsistentRead=True
            )
        except CloudError as error:
            if error.is_missing:
                return None
            raise
        item = cast("dict[str, dict[str, str]]", answer.get("Item") or {})
        return item.get("Info", {}).get("S", "") if item else None

    def back_up(self, now: datetime) -> StateBackedUp | None:
        """Copy the state to `backups/ENVIRONMENT/`, and return the event; None where there is no state yet.

        The name carries time and serial, so that no backup replaces another one.
        """
        found = self.get(self.place.key)
        if found is None:
            return None
        serial = RemoteState.parse(found.body).serial
        stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        key = f"{self.place.backup_prefix}{stamp}-serial-{serial}.tfstate"
        self._put(key, found.body)
        return StateBackedUp(location=f"s3://{self.place.bucket}/{key}", serial=serial)

    def backups(self) -> tuple[str, ...]:
        """Return the keys of the backups, oldest first."""
        return tuple(sorted(self._keys(self.place.backup_prefix)))

    def get(self, key: str) -> StoredObject | None:
        """Return an object by its whole key, None where it (or the bucket) does not exist."""
        try:
            answer = self._access.call("s3", "get_object", Bucket=self.place.bucket, Key=key)
            with self._access.plainly("s3"):
                body = cast("_Body", answer["Body"]).read()
        except CloudError as error:
            if error.is_missing:
                return None
            raise
        return StoredObject(key, body, str(answer.get("ETag", "")))

    def shared(self) -> tuple[str, ...]:
        """Return the names of what the team shares about this environment, without the prefix."""
        prefix = self.place.shared_prefix
        return tuple(sorted(key.removeprefix(prefix) for key in self._keys(prefix)))

    def get_shared(self, name: str) -> StoredObject | None:
        """Return an object under `wizard/ENVIRONMENT/`."""
        return self.get(self.place.shared_prefix + name)

    def put_shared(self, name: str, body: bytes, *, replacing: StoredObject | None = None) -> StoredObject:
        """Write an object under `wizard/ENVIRONMENT/`: a new one, or in place of the one that was read.

        Raises ChangedMeanwhileError (SHARED-CHANGED) where somebody else wrote it first; nothing is overwritten then.
        """
        key = self.place.shared_prefix + name
        condition = {"IfMatch": replacing.etag} if replacing else {"IfNoneMatch": "*"}
        try:
            return self._put(key, body, **condition)
        except CloudError as error:
            # An object that was deleted meanwhile answers 404 to IfMatch.
            if error.aws_code in _CONFLICT or error.status == 412 or (replacing and error.status == 404):
                raise ChangedMeanwhileError(
                    "SHARED-CHANGED",
                    f"{name} of environment {self.place.environment} was changed by somebody else in the meantime.",
                    next_step="Look at the new content, then run the command again.",
                ) from error
            raise

    def _put(self, key: str, body: bytes, **condition: str) -> StoredObject:
        encryption = (
            {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.place.kms_key_arn} if self.place.kms_key_arn else {}
        )
        answer = self._access.call(
            "s3", "put_object", Bucket=self.place.bucket, Key=key, Body=body, **encryption, **condition
        )
        return StoredObject(key, body, str(answer.get("ETag", "")))

    def _size(self, key: str) -> int | None:
        try:
            return int(str(self._access.call("s3", "head_object", Bucket=self.place.bucket, Key=key)["ContentLength"]))
        except CloudError as error:
            if error.is_missing:
                return None
            raise

    def _keys(self, prefix: str) -> list[str]:
        pages = self._access.pages("s3", "list_objects_v2", Bucket=self.place.bucket, Prefix=prefix)
        try:
            return [
                str(each["Key"])
                for page in pages
                for each in cast("list[dict[str, object]]", page.get("Contents") or [])
            ]
        except CloudError as error:
            if error.aws_code == "NoSuchBucket":
                return []
            raise
