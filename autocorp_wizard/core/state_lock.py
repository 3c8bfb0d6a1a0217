"""Terraform's state lock, read from its two forms: the "Lock Info" block of an error, and the document that
the lock file and the lock table hold.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

# Anchored on the block: on S3 the same text has a RequestID and a HostID before it.
_BLOCK = re.compile(r"^[\s│|]*Lock Info:[^\S\n]*$", re.MULTILINE)
_FIELD = re.compile(r"^[\s│|]*(ID|Path|Operation|Who|Version|Created|Info):[^\S\n]*(.*?)\s*$", re.MULTILINE)
_FRACTION = re.compile(r"(\.\d{6})\d+")


@dataclass(frozen=True, slots=True)
class LockInfo:
    """Who holds a state lock. `created` is UTC, None where it could not be read; `who` is `user@host`."""

    id: str
    operation: str = ""
    who: str = ""
    version: str = ""
    created: datetime | None = None
    path: str = ""

    @property
    def host(self) -> str:
        """The holder's host name, empty where unknown."""
        return self.who.rpartition("@")[2] if "@" in self.who else ""

    def taken_since(self, moment: datetime, host: str) -> bool:
        """Whether somebody on `host` took it at `moment` (aware) or later; False where the lock does not say."""
        return self.created is not None and self.host == host and self.created >= moment

    @property
    def sentence(self) -> str:
        """Who holds it, for what and since when."""
        what = self.operation.removeprefix("OperationType").lower() or "an operation"
        since = f" since {self.created:%Y-%m-%d %H:%M:%S} UTC" if self.created else ""
        return f"{self.who or 'Somebody'} holds the state lock for {what}{since} (id {self.id})."


def lock_in_text(text: str) -> LockInfo | None:
    """Return the lock that an "Error acquiring the state lock" names, None where the text holds no such block."""
    block = _BLOCK.search(text)
    if block is None:
        return None
    fields: dict[str, str] = {}
    for name, value in _FIELD.findall(text[block.end() :]):
        fields.setdefault(name, value)
    return _lock(fields)


def lock_in_document(text: str | bytes) -> LockInfo | None:
    """Return the lock in a `.tflock` object or in a lock table's `Info`, None where it is not one."""
    try:
        document = json.loads(text)
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    fields = cast("dict[str, object]", document)
    return _lock({key: value for key, value in fields.items() if isinstance(value, str)})


def _lock(fields: dict[str, str]) -> LockInfo | None:
    if not fields.get("ID"):
        return None
    return LockInfo(
        fields["ID"],
        fields.get("Operation", ""),
        fields.get("Who", ""),
        fields.get("Version", ""),
        _time(fields.get("Created", "")),
        fields.get("Path", ""),
    )


def _time(text: str) -> datetime | None:
    """Read RFC 3339, or Go's `2026-11-23 08:19:53.153864123 +0000 UTC`."""
    plain = _FRACTION.sub(r"\1", text.strip()).removesuffix(" UTC").replace(" +0000", "+00:00")
    try:
        when = datetime.fromisoformat(plain)
    except ValueError:
        return None
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
