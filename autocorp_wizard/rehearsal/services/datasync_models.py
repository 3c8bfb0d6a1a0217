"""DataSync's agents, locations and tasks as the emulator keeps them; plain values, remembered across restarts."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from moto.core.exceptions import ServiceException

from autocorp_wizard.rehearsal.address import ACCOUNT_ID
from autocorp_wizard.rehearsal.agent_book import FIRST_CONTACT_SECONDS, SILENCE_SECONDS, Machine, MintedKey
from autocorp_wizard.rehearsal.pace import Span, now

Settings = dict[str, Any]

# Quotas of an account in a region, as AWS documents them.
MAX_TASKS: Final = 100
MAX_QUEUED: Final = 50
_CREATING_SECONDS: Final = 20.0
# So often must a task fail in the same way until the service takes its schedule away.
PATIENCE: Final = 5

DEFAULT_OPTIONS: Final[Mapping[str, str | int]] = {
    "VerifyMode": "POINT_IN_TIME_CONSISTENT",
    "OverwriteMode": "ALWAYS",
    "Atime": "BEST_EFFORT",
    "Mtime": "PRESERVE",
    "Uid": "INT_VALUE",
    "Gid": "INT_VALUE",
    "PreserveDeletedFiles": "PRESERVE",
    "PreserveDevices": "NONE",
    "PosixPermissions": "PRESERVE",
    "BytesPerSecond": -1,
    "TaskQueueing": "ENABLED",
    "LogLevel": "OFF",
    "TransferMode": "CHANGED",
    "SecurityDescriptorCopyFlags": "NONE",
    "ObjectTags": "PRESERVE",
}


class DataSyncRefusal(ServiceException):
    """DataSync's one answer to whatever it does not like."""

    code = "InvalidRequestException"

    def __init__(self, message: str, error_code: str = "InvalidRequest", datasync_code: str = "") -> None:
        super().__init__(message)
        self.errorCode = error_code
        self.datasyncErrorCode = datasync_code or None


def new_arn(region: str, kind: str, prefix: str) -> str:
    """Return an ARN in the caller's account with a random id, as AWS gives them out."""
    return f"arn:aws:datasync:{region}:{ACCOUNT_ID}:{kind}/{prefix}-0{secrets.token_hex(8)}"


def tags_of(listed: list[dict[str, str]] | None) -> dict[str, str]:
    """Return a list of tags as a dictionary."""
    return {tag["Key"]: tag.get("Value", "") for tag in listed or []}


@dataclass
class Agent:
    """An activated agent; it lives on a machine of the book."""

    arn: str
    name: str
    tags: dict[str, str]
    key: MintedKey
    private_link: Settings
    created: float = field(default_factory=now)
    first_contact: Span = field(default_factory=lambda: Span.start(FIRST_CONTACT_SECONDS))

    def is_online(self, machine: Machine) -> bool:
        """Whether DataSync holds it for online: not before its first contact, nor after five minutes of silence."""
        if not self.first_contact.over:
            return False
        silent = machine.silent
        return silent is None or not Span(silent.began, SILENCE_SECONDS, silent.factor).over

    def is_reachable(self, machine: Machine) -> bool:
        """Whether it would really do something now."""
        return self.first_contact.over and machine.silent is None

    def last_contact(self, machine: Machine) -> float:
        """When it was last heard of, in epoch seconds."""
        return min(now(), machine.silent.began) if machine.silent is not None else now()

    def as_document(self, machine: Machine) -> Settings:
        """Return what DescribeAgent answers."""
        return {
            "AgentArn": self.arn,
            "Name": self.name,
            "Status": "ONLINE" if self.is_online(machine) else "OFFLINE",
            "LastConnectionTime": self.last_contact(machine),
            "CreationTime": self.created,
            "EndpointType": self.key.endpoint_type,
            "PrivateLinkConfig": self.private_link or None,
            "Platform": {"Version": "3.0.1-rehearsal"},
        }


@dataclass
class Location:
    """A place that is read or written; `kind` is nfs, smb or s3, `settings` what it was made with, without secrets."""

    arn: str
    kind: str
    settings: Settings
    tags: dict[str, str]
    created: float = field(default_factory=now)

    @property
    def uri(self) -> str:
        """The location as DataSync writes it, with a slash at its end."""
        host = str(self.settings.get("ServerHostname") or str(self.settings.get("S3BucketArn", "")).rpartition(":")[2])
        folder = str(self.settings.get("Subdirectory") or "/").strip("/")
        return f"{self.kind}://{host}/{folder}/" if folder else f"{self.kind}://{host}/"

    @property
    def agents(self) -> tuple[str, ...]:
        """The ARNs of the agents that read it; none for a bucket."""
        on_premises = self.settings.get("OnPremConfig") or {}
        return tuple(on_premises.get("AgentArns") or self.settings.get("AgentArns") or ())


@dataclass
class Task:
    """A transfer from one location to another."""

    arn: str
    source: str
    destination: str
    settings: Settings
    tags: dict[str, str]
    created: float = field(default_factory=now)
    creating: Span = field(default_factory=lambda: Span.start(_CREATING_SECONDS))
    schedule_changed: float = field(default_factory=now)
    disabled_by: str = ""
    disabled_reason: str = ""
    failures: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Its name; empty for none."""
        return str(self.settings.get("Name") or "")

    @property
    def mode(self) -> str:
        """BASIC or ENHANCED."""
        return str(self.settings.get("TaskMode") or "BASIC")

    @property
    def options(self) -> Settings:
        """All options, with the defaults of those that nobody set."""
        return {**DEFAULT_OPTIONS, **(self.settings.get("Options") or {})}

    def change(self, changes: Settings) -> None:
        """Take over what UpdateTask names; a new schedule, or one that is switched on again, starts without a past."""
        for name, value in changes.items():
            if name == "Options":
                self.settings["Options"] = {**self.options, **value}
            else:
                self.settings[name] = value
        if "Schedule" in changes:
            self.schedule_changed = now()
            self.failures.clear()
            is_off = (changes["Schedule"] or {}).get("Status") == "DISABLED"
            self.disabled_by, self.disabled_reason = ("USER", "") if is_off else ("", "")

    def note_end(self, error_code: str) -> None:
        """Count a failure (empty: a success); repeated ones of one kind take the schedule away."""
        if not error_code or (self.failures and self.failures[-1] != error_code):
            self.failures.clear()
        if error_code:
            self.failures.append(error_code)
        expression = (self.settings.get("Schedule") or {}).get("ScheduleExpression")
        if len(self.failures) >= PATIENCE and expression and not self.disabled_by:
            self.disabled_by, self.schedule_changed = "SERVICE", now()
            self.disabled_reason = f"The task failed {PATIENCE} times in a row with the error {error_code}."

    def schedule(self) -> Settings | None:
        """Return the schedule with its status, None where there is none."""
        expression = (self.settings.get("Schedule") or {}).get("ScheduleExpression")
        if not expression:
            return None
        return {"ScheduleExpression": expression, "Status": "DISABLED" if self.disabled_by else "ENABLED"}

    def schedule_details(self) -> Settings | None:
        """Return who changed the schedule last, and why."""
        if self.schedule() is None:
            return None
        return {
            "StatusUpdateTime": self.schedule_changed,
            "DisabledBy": self.disabled_by or None,
            "DisabledReason": self.disabled_reason or None,
        }
