"""What every face uses: start a run, follow it, answer it, stop it. All work happens in a detached runner process.

Nothing here talks to AWS or to Terraform, so closing a face, losing its connection or killing it touches no run.
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from autocorp_wizard.adapters.home import Home
from autocorp_wizard.adapters.lease import Lease, holder
from autocorp_wizard.adapters.process import spawn_detached
from autocorp_wizard.adapters.run_store import RunFiles, RunRecord, RunStatus, RunStore
from autocorp_wizard.core.dependants import ChangedAnswer
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import UsageError, WizardError
from autocorp_wizard.core.events import Envelope, Json, Operation, ProofRecorded
from autocorp_wizard.core.plan import Plan
from autocorp_wizard.core.request import Request
from autocorp_wizard.core.runstate import RunState
from autocorp_wizard.rollout.recovery_need import unsettled_runs
from autocorp_wizard.rollout.staleness import changed_since_apply, changed_since_plan
from autocorp_wizard.rollout.tail import JournalTail, follow
from autocorp_wizard.rollout.team_runs import TeamRuns

# How long a runner may take to its first event, in seconds; a laptop that swaps needs some.
_START_PATIENCE = 60.0
# What a runner needs of the caller's environment is kept, what could smuggle a secret or bend Terraform is not.
_FOR_DISCOVERY = ("TF_PLUGIN_CACHE_DIR", "TF_CLI_CONFIG_FILE")  # where the provider lies; never handed to Terraform
_NOT_FOR_RUNNERS = ("PGPASSWORD", "PGPASSFILE", "TF_", "PYTHONSTARTUP")


@dataclass(frozen=True, slots=True)
class AppliedState:
    """What was deployed when this machine last looked: phases, the state's serial, resources, and when (RFC 3339)."""

    phases: tuple[str, ...]
    serial: int
    resources: int
    at: str
    outputs: dict[str, Json]
    replication_started: bool = False


class Engine:
    """The rollout engine of one home."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.store = RunStore(home.runs)
        self.team = TeamRuns(home)

    def start(self, request: Request, secrets: Mapping[str, str] | None = None) -> str:
        """Start a runner for `request` and return the run's name.

        `secrets` travel over an inherited descriptor, never by argument or file. Raises UsageError RUN-BUSY while
        another run of that environment lives, WizardError RUNNER-START where the runner dies before its first event.
        """
        folder = self.home.environment_dir(request.environment)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        environment_lease = Lease.acquire(folder / "lease", what=str(request.operation), patience=1.0)
        if environment_lease is None:
            raise self._busy(request.environment, folder / "lease")
        try:
            files = self.store.create(request)
            environment_lease.sign(files.run)
            run_lease = Lease.acquire(files.lease, what=files.run)
            if run_lease is None:  # the folder is seconds old and its name random
                raise WizardError("RUNNER-START", f"Somebody else holds the new run {files.run}.")
            try:
                self._spawn(files, environment_lease, run_lease, secrets or {})
            finally:
                run_lease.release()
        finally:
            environment_lease.release()
        self._await_first_event(files)
        return files.run

    def runs(self, environment: str | None = None) -> list[RunRecord]:
        """Return all runs (of one environment), newest first."""
        return self.store.records(environment)

    def history(self, environment: str | None = None) -> list[RunRecord]:
        """Return the runs of this machine and what was fetched of the colleagues', newest first."""
        found = [*self.store.records(environment), *self.team.records(environment)]
        return sorted(found, key=lambda record: record.run, reverse=True)

    def unsettled(self, environment: str) -> list[RunRecord]:
        """Return the runs that must be recovered before anything else may touch the state, newest first."""
        return unsettled_runs(self.store, environment)

    def record(self, run: str) -> RunRecord:
        """Return one run as a list shows it."""
        store, files = self._find(run)
        return store.record(files) if store is self.store else self.team.record(store, files)

    def state(self, run: str) -> RunState:
        """Fold one run's journal."""
        store, files = self._find(run)
        return store.state(files)

    def tail(self, run: str, *, after: int = 0) -> JournalTail:
        """Return a reader of the run's events that never blocks."""
        store, files = self._find(run)
        return JournalTail(files, store.files, after=after)

    def follow(self, run: str, *, after: int = 0, poll: float = 0.1) -> Iterator[Envelope]:
        """Yield the run's events until its end, or until its runner is lost."""
        return follow(self.tail(run, after=after), poll=poll)

    def plan(self, run: str) -> Plan:
        """Return the plan that a plan run, or the newest plan of a rollout, saved for review."""
        files = self.store.files(run)
        for name in (files.run, *reversed(self.store.state(files).children)):
            document = self.store.files(name).plan_document
            if document.exists():
                return Plan.from_document(json.loads(document.read_text()))
        raise UsageError(
            "PLAN-MISSING",
            f"The run {files.run} holds no plan.",
            next_step="Make one with: autocorp-wizard plan PHASE",
        )

    def find_plan(self, environment: str, digest: str) -> str:
        """Return the plan run of `environment` whose digest begins with `digest` and whose plan is still unused."""
        for record in self.runs(environment):
            files = self.store.files(record.run)
            if record.status is not RunStatus.SUCCEEDED or not files.plan_file.exists():
                continue
            document = json.loads(files.plan_document.read_text())
            if len(digest) >= 8 and str(document.get("digest", "")).startswith(digest):
                return record.run
        raise UsageError(
            "PLAN-UNKNOWN",
            f"No unused plan of {environment} has the digest {digest}.",
            why="It was used, or made for another environment, or the digest was not copied whole.",
            next_step="Plan again and approve the digest that it prints: autocorp-wizard plan PHASE",
        )

    def proofs(self, run: str) -> tuple[ProofRecorded, ...]:
        """Return what a run proved, its children's proofs included; of each subject the last word."""
        state = self.state(run)
        found = {each.subject: each for child in state.children for each in self.state(child).proofs}
        return tuple((found | {each.subject: each for each in state.proofs}).values())

    def approve(self, run: str, digest: str) -> None:
        """Answer a rollout that waits for approval of the plan with this digest."""
        self._wish(run, "approve", digest)

    def cancel(self, run: str, how: str = "stop") -> None:
        """Ask a run to stop: `stop` is one SIGINT to Terraform, `kill` ends it at once and may lose its state."""
        self._wish(run, "cancel", how)

    def applied(self, environment: str) -> AppliedState | None:
        """Return what was deployed when this machine last looked; None where it never did."""
        try:
            raw = json.loads((self.home.environment_dir(environment) / "applied.json").read_text())
            return AppliedState(
                tuple(raw["phases"]),
                int(raw["serial"]),
                int(raw["resources"]),
                str(raw["at"]),
                dict(raw["outputs"]),
                raw.get("replication_started") is True,
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def changed_since_plan(self, run: str, environment: Environment) -> tuple[ChangedAnswer, ...]:
        """Return the answers that are not what they were when a plan run planned."""
        return changed_since_plan(self.store.files(run), environment)

    def changed_since_apply(self, environment: Environment) -> tuple[ChangedAnswer, ...]:
        """Return the answers that are not what they were when the environment was last applied."""
        return changed_since_apply(self.store, environment)

    def _find(self, run: str) -> tuple[RunStore, RunFiles]:
        """Return a run of this machine, or else of a colleague. Raises UsageError RUN-UNKNOWN."""
        try:
            return self.store, self.store.files(run)
        except UsageError:
            found = self.team.find(run)
            if found is None:
                raise
            return found

    def _wish(self, run: str, name: str, text: str) -> None:
        files = self._find(run)[1]
        if self.record(files.run).status is not RunStatus.RUNNING:
            raise UsageError(
                "RUN-OVER",
                f"The run {files.run} is not running.",
                next_step=f"See how it ended: autocorp-wizard runs show {files.run}",
            )
        temporary = files.control / f".{name}"
        temporary.write_text(text)
        temporary.rename(files.control / name)

    def _busy(self, environment: str, path: Path) -> UsageError:
        who = holder(path)
        run = who.what if who else "another run"
        return UsageError(
            "RUN-BUSY",
            f"{environment} is busy: {run} is going on.",
            why="Two runs on one environment would work against each other.",
            next_step=f"Watch it with: autocorp-wizard runs attach {run}",
        )

    def _spawn(self, files: RunFiles, environment_lease: Lease, run_lease: Lease, secrets: Mapping[str, str]) -> None:
        reader, writer = os.pipe()
        try:
            argv = [
                sys.executable,
                "-P",
                "-m",
                "autocorp_wizard.rollout.runner",
                files.run,
                "--home",
                str(self.home.root),
                "--run-lease",
                str(run_lease.descriptor),
                "--environment-lease",
                str(environment_lease.descriptor),
                "--secrets",
                str(reader),
            ]
            env = {k: v for k, v in os.environ.items() if k in _FOR_DISCOVERY or not k.startswith(_NOT_FOR_RUNNERS)}
            spawn_detached(
                argv,
                cwd=files.root,
                env=env,
                log=files.log,
                pass_fds=(run_lease.descriptor, environment_lease.descriptor, reader),
            )
        finally:
            os.close(reader)
            with os.fdopen(writer, "w") as pipe:
                json.dump(dict(secrets), pipe)

    def _await_first_event(self, files: RunFiles) -> None:
        tail = JournalTail(files, self.store.files)
        deadline = time.monotonic() + _START_PATIENCE
        while not tail.read():
            if tail.is_lost or time.monotonic() > deadline:
                raise WizardError(
                    "RUNNER-START",
                    "The runner ended before it began.",
                    why=_last_line(files.log),
                    next_step=f"The whole text is in {files.log}; free space there: "
                    f"{shutil.disk_usage(files.root).free // 2**20} MiB.",
                )
            time.sleep(0.02)


def _last_line(path: Path) -> str:
    try:
        lines = path.read_text(errors="replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1][:300] if lines else ""


__all__ = ["AppliedState", "Engine", "Operation", "Request"]
