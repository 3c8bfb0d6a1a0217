"""Executions of DataSync tasks: queued, launched, prepared, transferred, verified; each step falls due by its span.

An execution moves on when somebody calls the cloud after a step's end, never because of how often they look. Tasks
that share an agent run one after the other, as on AWS.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from autocorp_wizard.rehearsal.pace import Span, now
from autocorp_wizard.rehearsal.services import datasync_transfer as transfer
from autocorp_wizard.rehearsal.services.datasync_models import Agent, Location, Settings, Task
from autocorp_wizard.rehearsal.services.datasync_transfer import Listing, TransferError

# As on AWS in mode BASIC; a small transfer takes about three minutes there, most of it without a byte moving.
_LAUNCH_SECONDS: Final = 90.0
_PREPARE_SECONDS: Final = 30.0
_TRANSFER_SECONDS: Final = 20.0
_VERIFY_SECONDS: Final = 20.0
_CANCEL_SECONDS: Final = 10.0
_BYTES_PER_SECOND: Final = 25_000_000


@dataclass(frozen=True)
class Surroundings:
    """What an execution works with at the moment: its task, both locations, and who of the agents is reachable."""

    task: Task
    source: Location
    destination: Location
    agents: Mapping[str, Agent]
    reachable: Callable[[Agent], bool]


@dataclass
class Execution:
    """One run of a task with the definition that it began with (`Options`, `Includes`, `Excludes`, report)."""

    arn: str
    task_arn: str
    mode: str
    definition: Settings
    agents: tuple[str, ...]
    tags: dict[str, str]
    queued_at: float = field(default_factory=now)
    launching: Span | None = None
    preparing: Span | None = None
    transferring: Span | None = None
    verifying: Span | None = None
    cancelling: Span | None = None
    listing: Listing | None = None
    files_written: int = 0
    bytes_written: int = 0
    files_verified: int = 0
    ended_at: float | None = None
    error_code: str = ""
    error_detail: str = ""
    report: Settings | None = None

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.ended_at is not None

    @property
    def status(self) -> str:
        """The state as DataSync calls it."""
        if self.ended_at is not None:
            return "ERROR" if self.error_code else "SUCCESS"
        if self.cancelling is not None:
            return "CANCELLING"
        for span, name in (
            (self.verifying, "VERIFYING"),
            (self.transferring, "TRANSFERRING"),
            (self.preparing, "PREPARING"),
            (self.launching, "LAUNCHING"),
        ):
            if span is not None:
                return name
        return "QUEUED"

    def launch(self, began: float) -> None:
        """Leave the queue."""
        self.launching = Span(began, _LAUNCH_SECONDS, Span.start(0).factor)

    def advance(self, around: Surroundings) -> bool:
        """Do every step that is due; say whether anything changed."""
        moved = False
        while not self.is_over and self._step(around):
            moved = True
        return moved

    def cancel(self) -> None:
        """Begin to stop."""
        self.cancelling = Span.start(_CANCEL_SECONDS)

    def _step(self, around: Surroundings) -> bool:
        present = self.cancelling or self.verifying or self.transferring or self.preparing or self.launching
        if present is None or not present.over:
            return False
        try:
            self._finish(present, around)
        except TransferError as failure:
            self._end(present.ends, failure.code, failure.detail, around)
        return True

    def _finish(self, present: Span, around: Surroundings) -> None:
        """Do what the end of a step brings. Raises TransferError."""
        if present is self.cancelling:
            self._end(present.ends, "Cancelled", "The task execution was cancelled.", around)
        elif present is self.launching:
            self._look_at_both_ends(around)
            self.preparing = Span(present.ends, _PREPARE_SECONDS, present.factor)
        elif present is self.preparing:
            self.listing = transfer.compare(around.source, around.destination, self.definition)
            limit = int(self.definition["Options"]["BytesPerSecond"])
            pace = _BYTES_PER_SECOND if limit <= 0 else min(limit, _BYTES_PER_SECOND)
            self.transferring = Span(present.ends, _TRANSFER_SECONDS + self.listing.size / pace, present.factor)
        elif present is self.transferring:
            self._write(around)
            self.verifying = Span(present.ends, _VERIFY_SECONDS, present.factor)
        else:
            self._verify(around)
            self._end(present.ends, "", "", around)

    def _look_at_both_ends(self, around: Surroundings) -> None:
        self._demand_agents(around)
        problem = transfer.bucket_problem(around.destination, self.task_arn)
        if problem is not None:
            action, why = problem
            raise TransferError("FsS3HeadBucketFailed", f"DataSync cannot use the bucket ({action}): {why}")
        transfer.folder_of(around.source)

    def _demand_agents(self, around: Surroundings) -> None:
        for arn in self.agents:
            agent = around.agents.get(arn)
            if agent is None or not around.reachable(agent):
                raise TransferError("AgentOffline", f"The agent {arn} does not answer.")

    def _write(self, around: Surroundings) -> None:
        self._demand_agents(around)
        for file in self.listing.files if self.listing is not None else ():
            self.bytes_written += transfer.write(file, around.source, around.destination)
            self.files_written += 1

    def _verify(self, around: Surroundings) -> None:
        if self.definition["Options"]["VerifyMode"] == "NONE":
            return
        for file in self.listing.files if self.listing is not None else ():
            wrong = transfer.differs(file, around.source, around.destination)
            if wrong is not None:
                raise TransferError("VerificationFailed", wrong)
            self.files_verified += 1

    def _end(self, at: float, code: str, detail: str, around: Surroundings) -> None:
        self.ended_at, self.error_code, self.error_detail = at, code, detail
        around.task.note_end(code)
        config = self.definition.get("TaskReportConfig")
        if config:
            name = f"Summary-Reports/{self.task_arn.rpartition('/')[2]}-{self.arn.rpartition('/')[2]}.json"
            refused = transfer.write_report(config, name, json.dumps(self._summary(), indent=1).encode())
            self.report = (
                {"Status": "SUCCESS"}
                if refused is None
                else {"Status": "ERROR", "ErrorCode": refused[0], "ErrorDetail": refused[1]}
            )

    def _summary(self) -> Settings:
        return {
            "taskExecutionArn": self.arn,
            "status": self.status,
            "started": _iso(self.launching.began if self.launching is not None else self.queued_at),
            "ended": _iso(self.ended_at),
            "filesTransferred": self.files_written,
            "bytesWritten": self.bytes_written,
            "filesVerified": self.files_verified,
            "filesSkipped": self.listing.skipped if self.listing is not None else 0,
            "errorCode": self.error_code or None,
            "errorDetail": self.error_detail or None,
        }

    def as_document(self) -> Settings:
        """Return what DescribeTaskExecution answers."""
        done = self._counted()
        listing = self.listing
        return {
            "TaskExecutionArn": self.arn,
            "Status": self.status,
            "TaskMode": self.mode,
            "Options": self.definition["Options"],
            "Includes": self.definition.get("Includes") or [],
            "Excludes": self.definition.get("Excludes") or [],
            "TaskReportConfig": self.definition.get("TaskReportConfig"),
            "StartTime": self.queued_at,
            "LaunchTime": self.launching.began if self.launching is not None else None,
            "EndTime": self.ended_at,
            "EstimatedFilesToTransfer": len(listing.files) if listing is not None else 0,
            "EstimatedBytesToTransfer": listing.size if listing is not None else 0,
            "EstimatedFilesToDelete": 0,
            "FilesTransferred": done[0],
            "BytesTransferred": done[1],
            "BytesWritten": done[1],
            "BytesCompressed": done[1],
            "FilesSkipped": listing.skipped if listing is not None else 0,
            "FilesVerified": self.files_verified,
            "FilesDeleted": 0,
            "ReportResult": self.report or ({"Status": "PENDING"} if self.definition.get("TaskReportConfig") else None),
            "Result": self._result(),
        }

    def _counted(self) -> tuple[int, int]:
        """Return files and bytes transferred so far; on the way, a share of what is to be transferred."""
        if self.files_written or self.listing is None or self.transferring is None or self.is_over:
            return self.files_written, self.bytes_written
        share = self.transferring.share
        return int(len(self.listing.files) * share), int(self.listing.size * share)

    def _result(self) -> Settings:
        """Phases as Basic mode tells them: their states and, always, no durations but the total."""
        steps = {"Prepare": self.preparing, "Transfer": self.transferring, "Verify": self.verifying}
        later = {"Prepare": self.transferring, "Transfer": self.verifying, "Verify": None}
        result: Settings = {"PrepareDuration": 0, "TransferDuration": 0, "VerifyDuration": 0}
        for name, span in steps.items():
            done = later[name] is not None or (self.is_over and not self.error_code)
            failed = self.is_over and bool(self.error_code) and span is not None and later[name] is None
            result[f"{name}Status"] = "SUCCESS" if done else "ERROR" if failed else "PENDING"
        if self.ended_at is not None:
            result["TotalDuration"] = int(max(0.0, self.ended_at - self.queued_at) * 1000)
        if self.error_code:
            result |= {"ErrorCode": self.error_code, "ErrorDetail": self.error_detail}
        return result

    def figures(self) -> Iterator[tuple[str, float, str]]:
        """Yield the CloudWatch figures of an execution that has ended: name, value, unit."""
        listing = self.listing
        if listing is None:
            return
        yield "FilesPreparedSource", len(listing.files) + listing.skipped, "Count"
        yield "BytesPreparedSource", listing.size, "Bytes"
        yield "FilesTransferred", self.files_written, "Count"
        yield "BytesTransferred", self.bytes_written, "Bytes"
        yield "BytesWritten", self.bytes_written, "Bytes"
        yield "BytesCompressed", self.bytes_written, "Bytes"
        yield "FilesVerifiedDestination", self.files_verified, "Count"


def start_what_may(executions: list[Execution]) -> bool:
    """Let queued executions go whose agents and tasks are free, oldest first; say whether one went."""
    moved = False
    for waiting in executions:
        if waiting.launching is not None or waiting.is_over:
            continue
        others = [each for each in executions if each is not waiting and _in_each_others_way(each, waiting)]
        if any(each.launching is not None and not each.is_over for each in others):
            continue
        if any(each.launching is None and not each.is_over and each.queued_at < waiting.queued_at for each in others):
            continue
        free_since = max((each.ended_at for each in others if each.ended_at is not None), default=0.0)
        waiting.launch(max(waiting.queued_at, free_since))
        moved = True
    return moved


def _in_each_others_way(one: Execution, other: Execution) -> bool:
    return one.task_arn == other.task_arn or bool(set(one.agents) & set(other.agents))


def _iso(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
