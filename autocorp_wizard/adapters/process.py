"""Starting processes: the only place that does. Argument lists, never a shell; a session of their own.

A child in a session of its own gets no Ctrl-C from the terminal: whoever wants it stopped signals it deliberately.
"""

import asyncio
import contextlib
import os
import pwd
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autocorp_wizard.core.errors import WizardError


@dataclass(frozen=True, slots=True)
class Completed:
    """A process that ended; a negative exit code is the signal that ended it."""

    argv: tuple[str, ...]
    exit_code: int
    stdout: str
    stderr: str


class Child:
    """A running process whose output goes to files."""

    def __init__(self, argv: tuple[str, ...], process: asyncio.subprocess.Process) -> None:
        self.argv = argv
        self._process = process

    @property
    def pid(self) -> int:
        """The process id, which is also its process group's."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.returncode

    async def wait(self, timeout: float | None = None) -> int | None:
        """Return the exit code, or None where the process still runs after `timeout` seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), timeout)
        return self._process.returncode

    def interrupt(self) -> None:
        """Send one SIGINT to the process itself, not to its group: its own children are its own business."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGINT)

    def kill(self) -> None:
        """Send SIGKILL to the whole group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)


async def start(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    stdout: Path,
    stderr: Path,
    pass_fds: Sequence[int] = (),
) -> Child:
    """Start `argv` with its output appended to two private files (mode 0600).

    Files, because a pipe whose reader dies takes Terraform along (SIGPIPE) and its state with it.
    """
    with _private(stdout) as out, _private(stderr) as err:
        try:
            process = await asyncio.create_subprocess_exec(
                *argv,
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
                pass_fds=tuple(pass_fds),
                umask=0o077,
            )
        except OSError as error:
            raise _cannot_start(argv, error) from error
    return Child(tuple(argv), process)


async def capture(argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], timeout: float | None = None) -> Completed:
    """Run `argv` to its end and return what it printed; past `timeout` seconds it is killed and an error raised."""
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            umask=0o077,
        )
    except OSError as error:
        raise _cannot_start(argv, error) from error
    try:
        out, err = await asyncio.wait_for(process.communicate(), timeout)
    except TimeoutError as error:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        raise _timed_out(argv, timeout or 0.0) from error
    return Completed(tuple(argv), process.returncode or 0, out.decode(errors="replace"), err.decode(errors="replace"))


def capture_briefly(argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], timeout: float = 30.0) -> Completed:
    """Run a short question (`terraform version`) without an event loop; the same errors as `capture`."""
    try:
        done = subprocess.run(
            list(argv),
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            start_new_session=True,
            timeout=timeout,
            check=False,
        )
    except OSError as error:
        raise _cannot_start(argv, error) from error
    except subprocess.TimeoutExpired as error:
        raise _timed_out(argv, timeout) from error
    return Completed(
        tuple(argv), done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    )


def run(
    argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], timeout: float, account: str | None = None
) -> Completed:
    """Run `argv` to its end without an event loop; `account` is whom to run it as, where we are root."""
    try:
        ended = subprocess.run(
            list(argv),
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            start_new_session=True,
            umask=0o077,
            check=False,
            user=account,
            group=_group_of(account),
            extra_groups=None if account is None else (),
        )
    except OSError as error:
        raise _cannot_start(argv, error) from error
    except subprocess.TimeoutExpired as error:
        raise WizardError(
            "PROCESS-TIMEOUT",
            f"{Path(argv[0]).name} did not end within {timeout:.0f} s.",
            next_step="See what keeps this machine busy, then run the command again.",
        ) from error
    return Completed(
        tuple(argv), ended.returncode, ended.stdout.decode(errors="replace"), ended.stderr.decode(errors="replace")
    )


def is_alive(pid: int) -> bool:
    """Whether a process with this id exists and has not ended; one that nobody waited for counts as ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        # The state stands behind the name, which is in parentheses and may hold anything.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return True


def spawn_detached(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    log: Path,
    pass_fds: Sequence[int] = (),
    account: str | None = None,
) -> int:
    """Start a process that outlives this one and return its process id; its output goes to `log` (mode 0600).

    `account` is whom to run it as, where we are root.
    """
    with _private(log) as out:
        try:
            process = subprocess.Popen(
                list(argv),
                cwd=cwd,
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=tuple(pass_fds),
                umask=0o077,
                user=account,
                group=_group_of(account),
                extra_groups=None if account is None else (),
            )
        except OSError as error:
            raise _cannot_start(argv, error) from error
    # It is meant to outlive us: nobody waits for it, and the interpreter need not warn about that.
    process.returncode = 0
    return process.pid


def _group_of(account: str | None) -> int | None:
    return None if account is None else pwd.getpwnam(account).pw_gid


@contextlib.contextmanager
def _private(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _cannot_start(argv: Sequence[str], error: OSError) -> WizardError:
    return WizardError(
        "PROCESS-START",
        f"{argv[0]} could not be started.",
        why=str(error.strerror or error),
        next_step="See that the program exists, is executable and fits this machine.",
    )


def _timed_out(argv: Sequence[str], seconds: float) -> WizardError:
    return WizardError(
        "PROCESS-TIMEOUT",
        f"{Path(argv[0]).name} {argv[1] if len(argv) > 1 else ''} did not end within {seconds:.0f} s.",
        next_step="Look for a hanging network connection, then run the command again.",
    )
