"""One Terraform command inside a run: started apart, its output read from a file, folded into events, stopped politely.

Terraform writes to files of its own, in a session of its own, holding a lease of its own: it outlives this process,
and whoever comes later can tell whether it still lives and read what it said.
"""

import contextlib
import json
import os
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from autocorp_wizard.adapters import lease, process
from autocorp_wizard.adapters.lease import Lease
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.failures import Launch, classify
from autocorp_wizard.core.terraform_stream import emergency_state, read_line
from autocorp_wizard.rollout.recorder import Recorder

# The pause between two looks at Terraform's output, in seconds; a person sees no difference below a fifth.
_LOOK = 0.15


@dataclass(slots=True)
class StreamEnd:
    """How a streaming command ended. Success is exit code 0 and, for apply and destroy, Terraform's own summary."""

    exit_code: int | None
    launch: Launch | None = None
    summary: ev.SummaryReported | None = None
    diagnostics: list[ev.DiagnosticReported] = field(default_factory=list)
    interrupted: bool = False

    def fold(self, event: ev.Event) -> None:
        """Keep what decides the outcome."""
        match event:
            case ev.SummaryReported():
                self.summary = event
            case ev.DiagnosticReported():
                self.diagnostics.append(event)
            case _:
                pass

    @property
    def error(self) -> WizardError:
        """The failure in words, for a command that did not succeed."""
        return classify(self.diagnostics, self.exit_code or 0, self.launch)


class RawOutput:
    """Terraform's output file, read as events from where it stopped; the place is kept on disk for whoever comes next.

    Reading again what was read before is possible after a crash and harmless: folding an event twice changes nothing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mark = path.with_suffix(".offset")
        try:
            self._offset = int(self._mark.read_text())
        except (OSError, ValueError):
            self._offset = 0

    def events(self) -> Iterator[ev.Event]:
        """Yield the events of all whole lines that are new; the plan's own lines are left out (see plan.json)."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._offset)
                data = file.read()
        except FileNotFoundError:
            return
        end = data.rfind(b"\n") + 1
        # Cut at newlines alone: a string in JSON may hold what Python takes for the end of a line (U+0085).
        for line in data[:end].decode(errors="replace").split("\n"):
            self._keep_emergency_state(line)
            for event in read_line(line):
                if not isinstance(event, ev.ResourcePlanned):
                    yield event
        if end:
            self._offset += end
            self._mark.write_text(str(self._offset))

    def _keep_emergency_state(self, line: str) -> None:
        """Where Terraform could save its state nowhere else, it says it into its output: keep it as errored.tfstate."""
        state = emergency_state(line)
        if state is None:
            return
        about = json.loads((self.path.parent / "terraform.json").read_text())
        descriptor = os.open(Path(about["cwd"]) / "errored.tfstate", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(state)

    def forget(self) -> None:
        """Delete what was read: raw output may quote values."""
        for path in (self.path, self._mark, self.path.with_suffix(".stderr")):
            path.unlink(missing_ok=True)


async def stream(recorder: Recorder, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], name: str) -> StreamEnd:
    """Run a Terraform command that prints JSON lines, recording events until it ends.

    A wish to stop becomes one SIGINT, never a second; a wish to kill ends the whole group. Raises nothing for a
    failing command: the caller judges StreamEnd.
    """
    folder = recorder.files.raw
    raw = RawOutput(folder / f"{name}.jsonl")
    launch = _launch()
    terraform_lease = Lease.acquire(folder / "terraform.lease", what=recorder.run)
    if terraform_lease is None:
        raise WizardError("TERRAFORM-ALIVE", "A Terraform of this run is still at work.", next_step="Wait for its end.")
    try:
        child = await process.start(
            argv,
            cwd=cwd,
            env=env,
            stdout=raw.path,
            stderr=raw.path.with_suffix(".stderr"),
            pass_fds=(terraform_lease.descriptor,),
        )
    finally:
        terraform_lease.release()
    began = time.monotonic()
    shown = _shown(argv)
    about = {"pid": child.pid, "boot_id": lease.boot_id(), "argv": list(shown), "raw": raw.path.name, "cwd": str(cwd)}
    (folder / "terraform.json").write_text(json.dumps(about))
    recorder.record(ev.CommandStarted(argv=shown, pid=child.pid, directory=cwd.parent.name))
    end = StreamEnd(None, launch)
    while True:
        code = await child.wait(_LOOK)
        for event in raw.events():
            end.fold(event)
            recorder.record(event)
        if code is not None:
            end.exit_code = code
            break
        wish = recorder.cancel_wish()
        if wish and not end.interrupted:
            end.interrupted = True
            child.interrupt()
        if wish == "kill":
            child.kill()
    _record_stderr(recorder, raw.path.with_suffix(".stderr"))
    recorder.record(ev.CommandFinished(argv=shown, exit_code=end.exit_code, seconds=round(time.monotonic() - began, 3)))
    raw.forget()
    for leftover in ("terraform.json", "terraform.lease"):
        (folder / leftover).unlink(missing_ok=True)
    return end


async def capture(
    recorder: Recorder, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], timeout: float = 600.0
) -> str:
    """Run a short Terraform command and return its standard output; raises the WizardError it amounts to on failure."""
    shown = _shown(argv)
    recorder.record(ev.CommandStarted(argv=shown, directory=cwd.parent.name))
    began = time.monotonic()
    launch = _launch()
    done = await process.capture(argv, cwd=cwd, env=env, timeout=timeout)
    recorder.record(
        ev.CommandFinished(argv=shown, exit_code=done.exit_code, seconds=round(time.monotonic() - began, 3))
    )
    if done.exit_code != 0:
        said = (done.stderr.strip() or done.stdout.strip())[-4000:]
        told = [event for line in done.stdout.split("\n") for event in read_line(line)]
        reported = [e for e in told if isinstance(e, ev.DiagnosticReported) and e.severity == "error"]
        for event in reported:
            recorder.record(event)
        raise classify(
            reported or [ev.DiagnosticReported(severity="error", summary=_headline(said), detail=said)],
            done.exit_code,
            launch,
        )
    return done.stdout


def _launch() -> Launch:
    return Launch(datetime.now(UTC), socket.gethostname())


def _headline(text: str) -> str:
    for line in text.splitlines():
        cleaned = line.strip(" │╷╵")
        if cleaned:
            return cleaned.removeprefix("Error: ")
    return "Terraform said nothing"


def _shown(argv: Sequence[str]) -> tuple[str, ...]:
    """Return the command as people know it: the program's name instead of its path."""
    return (Path(argv[0]).name, *argv[1:])


def _record_stderr(recorder: Recorder, path: Path) -> None:
    with contextlib.suppress(OSError):
        if path.stat().st_size == 0:
            return
        for line in path.read_text(errors="replace").splitlines()[-200:]:
            if line.strip():
                recorder.record(ev.LogWritten(text=line, level="warning"))
