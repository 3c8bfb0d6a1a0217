"""The runs of a home: where each keeps its files, and whether it runs, ended or was lost.

A run is lost when its journal has no end and nobody holds its lease. Nobody needs to write that down for it to be
true: readers derive it.
"""

import re
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from autocorp_wizard.adapters import lease
from autocorp_wizard.adapters.journal import JournalReader, last_event, read_journal
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.events import RunFinished
from autocorp_wizard.core.request import Request
from autocorp_wizard.core.runstate import RunState, fold

RUN_NAME = re.compile(r"^\d{8}T\d{6}-[a-z]+-[0-9a-f]{4}$")


class RunStatus(StrEnum):
    """What a reader can say of a run."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The files of one run, all private to the user."""

    root: Path

    @property
    def run(self) -> str:
        """The run's name."""
        return self.root.name

    @property
    def journal(self) -> Path:
        """One event per line."""
        return self.root / "journal.jsonl"

    @property
    def request(self) -> Path:
        """What was asked for."""
        return self.root / "request.json"

    @property
    def lease(self) -> Path:
        """Held by the runner as long as it lives."""
        return self.root / "lease"

    @property
    def control(self) -> Path:
        """Answers and wishes of people: `cancel`, `approve`."""
        return self.root / "control"

    @property
    def raw(self) -> Path:
        """Terraform's own output while it is being read."""
        return self.root / "raw"

    @property
    def plan_file(self) -> Path:
        """The saved plan; gone once it was used."""
        return self.root / "plan" / "tfplan"

    @property
    def plan_document(self) -> Path:
        """The plan as data, for review."""
        return self.root / "plan" / "plan.json"

    @property
    def plan_inputs(self) -> Path:
        """What the plan was made from: snapshot, state serial, variables file."""
        return self.root / "plan" / "inputs.json"

    @property
    def tfvars(self) -> Path:
        """The variables file handed to Terraform."""
        return self.root / "plan" / "terraform.tfvars.json"

    @property
    def log(self) -> Path:
        """What the runner itself printed; empty unless it has a bug."""
        return self.root / "runner.log"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as a list shows it. `heartbeat_at` is the runner's last sign of life, None where there is none.

    `by` is the person of a colleague's run, `user@host`; empty for the runs of this machine.
    """

    run: str
    operation: str
    environment: str
    status: RunStatus
    phase: str = ""
    stage: str = ""
    parent: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    heartbeat_at: datetime | None = None
    sentence: str = ""
    exit_code: int | None = None
    done: int = 0
    total: int = 0
    pid: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    by: str = ""


class RunStore:
    """All runs below one folder.

    It remembers what journals said: one that has its end is read once, one that grows is read on from where it stood,
    so a list that is looked at every other second costs no more for long runs. May be asked from several threads.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._ended: dict[str, tuple[_Mark, RunRecord]] = {}
        self._growing: dict[str, tuple[JournalReader, RunState]] = {}
        self._guard = threading.Lock()

    def create(self, request: Request, *, now: datetime | None = None) -> RunFiles:
        """Make the folder of a new run and write its request."""
        moment = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%S")
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        while True:
            files = RunFiles(self.root / f"{moment}-{request.operation}-{secrets.token_hex(2)}")
            try:
                files.root.mkdir(mode=0o700)
                break
            except FileExistsError:
                continue
        for folder in (files.control, files.raw, files.plan_file.parent):
            folder.mkdir(mode=0o700)
        temporary = files.request.with_suffix(".new")
        temporary.write_text(request.to_json())
        temporary.chmod(0o600)
        temporary.rename(files.request)
        return files

    def files(self, run: str) -> RunFiles:
        """Return the files of `run`, which may be any unambiguous part of a run's name.

        Raises UsageError where no run, or more than one, fits.
        """
        exact = self.root / run
        if RUN_NAME.match(run) and exact.is_dir():
            return RunFiles(exact)
        fitting = [files for files in self.all() if run and run in files.run]
        if len(fitting) == 1:
            return fitting[0]
        raise UsageError(
            "RUN-UNKNOWN",
            f"There is no run {run!r}." if not fitting else f"{run!r} fits {len(fitting)} runs.",
            next_step="List them with: autocorp-wizard runs list",
        )

    def all(self) -> list[RunFiles]:
        """Return all runs, newest first."""
        return list(self._newest_first())

    def _newest_first(self) -> Iterator[RunFiles]:
        try:
            names = sorted((path.name for path in self.root.iterdir() if RUN_NAME.match(path.name)), reverse=True)
        except FileNotFoundError:
            return
        for name in names:
            yield RunFiles(self.root / name)

    def state(self, files: RunFiles) -> RunState:
        """Fold the run's journal."""
        return fold(read_journal(files.journal))

    def record(self, files: RunFiles) -> RunRecord:
        """Return the run as a list shows it."""
        mark = _mark(files.journal)
        known = self._ended.get(files.run)
        if known is not None and known[0] == mark:
            return known[1]
        record = self._read(files)
        if record.finished_at is not None and mark is not None:
            # A journal that grows after this look has another mark, and is looked at again.
            self._ended[files.run] = mark, record
            self._growing.pop(files.run, None)
        return record

    def _read(self, files: RunFiles) -> RunRecord:
        # The lease is looked at first: a run that ends in between is then read as ended, never as lost.
        alive = lease.is_held(files.lease)
        request = Request.from_json(files.request.read_text())
        end = last_event(files.journal)
        # A finished run is told by its last line; only a run without an end is folded (journals may be long).
        state = fold([end]) if end and isinstance(end.event, RunFinished) else self._read_on(files)
        without_end = RunStatus.RUNNING if alive else RunStatus.LOST
        status = RunStatus(state.outcome) if state.is_finished else without_end
        return RunRecord(
            run=files.run,
            operation=request.operation,
            environment=request.environment,
            status=status,
            phase=request.phase,
            stage=request.stage,
            parent=request.parent,
            started_at=datetime.strptime(files.run[:15], "%Y%m%dT%H%M%S").replace(tzinfo=UTC),
            finished_at=state.finished_at,
            heartbeat_at=_modified(files.lease),
            sentence=state.sentence,
            exit_code=state.exit_code,
            done=state.done,
            total=state.total,
            pid=state.pid,
            counts=dict(state.counts),
        )

    def _read_on(self, files: RunFiles) -> RunState:
        with self._guard:
            reader, state = self._growing.setdefault(files.run, (JournalReader(files.journal), RunState()))
            return state.add_all(reader.read())

    def records(self, environment: str | None = None) -> list[RunRecord]:
        """Return all runs (of one environment), newest first."""
        found = (self.record(files) for files in self.all() if files.request.exists())
        return [record for record in found if environment is None or record.environment == environment]


_Mark = tuple[int, int]


def _mark(path: Path) -> _Mark | None:
    """Return what changes when a journal does: its size in bytes and its time in nanoseconds."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns


def _modified(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return None
