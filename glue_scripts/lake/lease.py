"""Who writes a table: one at a time, whether started by the schedule or by hand (decisions.md 16).

On S3 a conditional write takes the lease and a heartbeat keeps it, so that the lease of a job that died ends by itself
after five minutes. On a disk a lock of the operating system does, which ends with the process.
"""

import fcntl
import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from glue_scripts.lake.refusals import BatchRefusedError

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

LEASE_SECONDS = 300
_HEARTBEAT_SECONDS = 60


@contextmanager
def held_lease(location: str) -> Iterator[Callable[[], None]]:
    """Hold the lease at `location` (a path, `file:`, `s3:` or `s3a:`). Raises BatchRefusedError if another does.

    What it gives is to be called right before the commit: it refuses where the lease was lost on the way.
    """
    parts = urlsplit(location)
    if parts.scheme in ("s3", "s3a"):
        import boto3

        with _on_s3(boto3.client("s3"), parts.netloc, parts.path.lstrip("/"), location) as confirm:
            yield confirm
    else:
        with _on_disk(Path(parts.path), location):
            yield lambda: None  # the lock is this process's for as long as it lives


def _busy(location: str, holder: str) -> BatchRefusedError:
    return BatchRefusedError(
        "TABLE-BUSY",
        f"Another job writes this table: {location} is held by {holder}.",
        why="A Hudi table has one writer at a time.",
        next_step=f"Wait for it. The lease of a job that died ends by itself within {LEASE_SECONDS // 60} minutes.",
    )


@contextmanager
def _on_disk(path: Path, location: str) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            raise _busy(location, file.read().strip() or "another process") from error
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()}\n")
        file.flush()
        yield


@contextmanager
def _on_s3(client: "S3Client", bucket: str, key: str, location: str) -> Iterator[Callable[[], None]]:
    lease = S3Lease(client, bucket, key, location)
    lease.take()
    done = threading.Event()

    def keep() -> None:
        while not done.wait(_HEARTBEAT_SECONDS):
            # One that fails may succeed a minute later; whether the lease still stands is asked before the commit.
            with suppress(Exception):
                lease.renew()

    heart = threading.Thread(target=keep, name="lease", daemon=True)
    heart.start()

    def confirm() -> None:
        if not lease.renew():
            raise _busy(location, "a job that took over, because this one could not prolong it for too long")

    try:
        yield confirm
    finally:
        done.set()
        heart.join()
        lease.give_back()


class S3Lease:
    """The lease as an object: who holds it and until when (seconds since 1970)."""

    def __init__(self, client: "S3Client", bucket: str, key: str, location: str) -> None:
        self._client = client
        self._bucket = bucket
        self._key = key
        self._location = location
        self._etag = ""
        self._renewing = threading.Lock()
        self._holder = f"{os.environ.get('HOSTNAME') or socket.gethostname()}/{uuid.uuid4().hex[:8]}"

    def take(self) -> None:
        """Take the lease, or that of a holder whose time is over. Raises BatchRefusedError where another holds it."""
        if self._put("If-None-Match", "*"):
            return
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=self._key)
        except self._client.exceptions.NoSuchKey as error:
            raise _busy(self._location, "a job that is just ending") from error
        held = json.loads(answer["Body"].read())
        if held["until"] > time.time() or not self._put("If-Match", answer["ETag"]):
            raise _busy(self._location, str(held["holder"]))

    def renew(self) -> bool:
        """Prolong the lease; False where another has taken it."""
        with self._renewing:  # the heartbeat and the commit may come at the same moment
            return self._put("If-Match", self._etag)

    def give_back(self) -> None:
        """Let the next one have it, unless it is another's by now."""
        with suppress(self._client.exceptions.ClientError):
            if self._client.head_object(Bucket=self._bucket, Key=self._key)["ETag"] == self._etag:
                self._client.delete_object(Bucket=self._bucket, Key=self._key)

    def _put(self, condition: str, value: str) -> bool:
        """Write the lease under `condition`. As a header: the SDK of Glue 5.0 has no parameter for it yet."""

        def add(params: dict[str, dict[str, str]], **_: object) -> None:
            params["headers"][condition] = value

        document = {"holder": self._holder, "until": time.time() + LEASE_SECONDS}
        self._client.meta.events.register("before-call.s3.PutObject", add, unique_id="lease-condition")
        try:
            answer = self._client.put_object(Bucket=self._bucket, Key=self._key, Body=json.dumps(document).encode())
        except self._client.exceptions.ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in (409, 412):
                return False
            raise
        finally:
            self._client.meta.events.unregister("before-call.s3.PutObject", unique_id="lease-condition")
        self._etag = answer["ETag"]
        return True
