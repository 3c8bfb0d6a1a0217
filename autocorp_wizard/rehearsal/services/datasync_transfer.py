"""What a transfer really does: files of the pretend agent's share that changed become objects of the emulated bucket.

Who may write is judged by the role and by the bucket's policy, and every figure is counted, none made up.
"""

import hashlib
from dataclasses import dataclass
from fnmatch import translate
from pathlib import Path
from re import compile as compile_pattern
from typing import Any, Final

from autocorp_wizard.rehearsal import bucketpolicy, permissions
from autocorp_wizard.rehearsal.address import ACCOUNT_ID
from autocorp_wizard.rehearsal.services.datasync_models import Location, Settings
from autocorp_wizard.rehearsal.source_exports import SHARE_HOST, SHARE_PATH, shared_folder

SERVICE: Final = "datasync.amazonaws.com"
_MTIME: Final = "file-mtime"


class TransferError(Exception):
    """A transfer cannot go on; `code` and `detail` are what the execution ends with."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class SourceFile:
    """A file on the share. `path` begins with a slash and is relative to the location."""

    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True)
class Listing:
    """What a transfer found: files to transfer and how many were left as they are."""

    files: tuple[SourceFile, ...]
    skipped: int

    @property
    def size(self) -> int:
        """Bytes to transfer."""
        return sum(each.size for each in self.files)


def folder_of(source: Location) -> Path:
    """Return where a share's files lie. Raises TransferError for a share that the pretend agent does not reach."""
    host, path = str(source.settings["ServerHostname"]), "/" + str(source.settings["Subdirectory"]).strip("/") + "/"
    folder = shared_folder()
    if host != SHARE_HOST or folder is None:
        detail = f"The agent cannot reach {source.uri}: {host} does not answer. It shares {SHARE_HOST}:{SHARE_PATH}."
        raise TransferError("MountFailed", detail)
    below = path.removeprefix(SHARE_PATH)
    target = (folder / below).resolve()
    if not path.startswith(SHARE_PATH) or not target.is_relative_to(folder.resolve()) or not target.is_dir():
        raise TransferError("MountFailed", f"The agent cannot mount {source.uri}: there is no such export.")
    return target


def bucket_problem(destination: Location, task_arn: str) -> tuple[str, str] | None:
    """Return why DataSync cannot use a bucket (what it tried, and the reason), None where it can."""
    role, bucket, prefix = _target(destination)
    refused = permissions.distrust(role, SERVICE, task_arn)
    if refused is not None:
        return "sts:AssumeRole", refused
    if _bucket(bucket) is None:
        return "s3:HeadBucket", f"The specified bucket does not exist: {bucket}"
    arn = f"arn:aws:s3:::{bucket}"
    for action in ("s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"):
        refused = _refused(role, action, arn, {"s3:prefix": prefix} if action == "s3:ListBucket" else {})
        if refused is not None:
            return action, refused
    return None


def compare(source: Location, destination: Location, definition: Settings) -> Listing:
    """List what is to be transferred. Raises TransferError."""
    folder = folder_of(source)
    wanted: list[SourceFile] = []
    skipped = 0
    role, bucket, prefix = _target(destination)
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        relative = f"/{path.relative_to(folder).as_posix()}"
        if not _passes(relative, definition):
            continue
        stat = path.stat()
        file = SourceFile(relative, stat.st_size, stat.st_mtime_ns)
        key = prefix + relative.lstrip("/")
        _demand(role, "s3:GetObject", bucket, key)
        if _is_there(bucket, key, file, definition["Options"]):
            skipped += 1
        else:
            wanted.append(file)
    return Listing(tuple(wanted), skipped)


def write(file: SourceFile, source: Location, destination: Location) -> int:
    """Write one file into the bucket and return its bytes. Raises TransferError."""
    role, bucket, prefix = _target(destination)
    key = prefix + file.path.lstrip("/")
    _demand(role, "s3:PutObject", bucket, key)
    try:
        content = (folder_of(source) / file.path.lstrip("/")).read_bytes()
    except OSError as cause:
        raise TransferError("ReadFailed", f"{file.path}: {cause.strerror}") from cause
    _put(bucket, key, content, {_MTIME: f"{file.mtime_ns}ns", "user-agent": "aws-datasync"})
    return len(content)


def differs(file: SourceFile, source: Location, destination: Location) -> str | None:
    """Compare a file with its object by size and checksum; return what differs, None where nothing does."""
    _, bucket, prefix = _target(destination)
    content = (folder_of(source) / file.path.lstrip("/")).read_bytes()
    stored = _stored(bucket, prefix + file.path.lstrip("/"))
    if stored is None:
        return f"{file.path} is not in the bucket."
    if stored.contentsize != len(content):
        return f"{file.path} has {len(content)} bytes at the source and {stored.contentsize} in the bucket."
    if str(stored.etag).strip('"') != hashlib.md5(content, usedforsecurity=False).hexdigest():
        return f"{file.path} has another checksum in the bucket."
    return None


def write_report(config: Settings, name: str, content: bytes) -> tuple[str, str] | None:
    """Write a task report; return error code and detail where that is refused."""
    target: Settings = config["Destination"]["S3"]
    bucket = str(target["S3BucketArn"]).rpartition(":")[2]
    folder = str(target.get("Subdirectory") or "").strip("/")
    key = f"{folder}/{name}".lstrip("/")
    try:
        _demand(str(target["BucketAccessRoleArn"]), "s3:PutObject", bucket, key)
        _put(bucket, key, content, {})
    except TransferError as refused:
        return refused.code, refused.detail
    return None


def _passes(path: str, definition: Settings) -> bool:
    includes = _patterns(definition.get("Includes"))
    if includes and not any(_matches(path, pattern) for pattern in includes):
        return False
    return not any(_matches(path, pattern) for pattern in _patterns(definition.get("Excludes")))


def _patterns(rules: list[Settings] | None) -> list[str]:
    return [part for rule in rules or [] for part in str(rule.get("Value", "")).split("|") if part]


def _matches(path: str, pattern: str) -> bool:
    """Whether a pattern names a file, or a folder above it; a star stands for anything, slashes included."""
    shape = compile_pattern(translate(pattern.replace("[", "[[]").replace("?", "[?]")))
    parts = path.split("/")
    return any(shape.match("/".join(parts[:end])) for end in range(2, len(parts) + 1))


def _is_there(bucket: str, key: str, file: SourceFile, options: Settings) -> bool:
    stored = _stored(bucket, key)
    if stored is None:
        return False
    if options["OverwriteMode"] == "NEVER":
        return True
    same = stored.contentsize == file.size and dict(stored.metadata).get(f"x-amz-meta-{_MTIME}") == f"{file.mtime_ns}ns"
    return bool(same and options["TransferMode"] == "CHANGED")


def _target(destination: Location) -> tuple[str, str, str]:
    """Return role, bucket and key prefix (with its slash) of an S3 location."""
    settings = destination.settings
    folder = str(settings.get("Subdirectory") or "/").strip("/")
    bucket = str(settings["S3BucketArn"]).rpartition(":")[2]
    return str(settings["S3Config"]["BucketAccessRoleArn"]), bucket, f"{folder}/" if folder else ""


def _demand(role: str, action: str, bucket: str, key: str) -> None:
    refused = _refused(role, action, f"arn:aws:s3:::{bucket}/{key}", {})
    if refused is not None:
        raise TransferError("FsS3AccessDenied", refused)


def _refused(role: str, action: str, resource: str, conditions: dict[str, str]) -> str | None:
    refused = permissions.denial(role, action, resource, conditions)
    if refused is not None:
        return refused
    bucket = _bucket(resource.removeprefix("arn:aws:s3:::").partition("/")[0])
    if bucket is None:
        return "The specified bucket does not exist"
    if not bucket.policy:
        return None
    present = {
        "aws:principalaccount": ACCOUNT_ID,
        "aws:resourceaccount": ACCOUNT_ID,
        "aws:securetransport": "true",
        **conditions,
    }
    policy = bucket.policy.decode() if isinstance(bucket.policy, bytes) else str(bucket.policy)
    request = bucketpolicy.PolicyRequest(action, resource, role, ACCOUNT_ID, present)
    sid = bucketpolicy.denial(policy, request)
    return f"The bucket's policy denies {action} on {resource} (statement {sid})" if sid is not None else None


def _bucket(name: str) -> Any:  # noqa: ANN401  (the emulator's own model)
    from moto.s3.models import s3_backends

    return s3_backends[ACCOUNT_ID]["aws"].buckets.get(name)


def _stored(bucket: str, key: str) -> Any:  # noqa: ANN401  (the emulator's own model)
    from moto.s3.models import s3_backends

    return s3_backends[ACCOUNT_ID]["aws"].get_object(bucket, key)


def _put(bucket: str, key: str, content: bytes, metadata: dict[str, str]) -> None:
    from moto.s3.models import s3_backends

    made = s3_backends[ACCOUNT_ID]["aws"].put_object(bucket, key, content)
    made.set_metadata({f"x-amz-meta-{name}": value for name, value in metadata.items()})
