"""The installed command, as a person or a script drives it, on a home of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from autocorp_wizard.adapters.home import Home
from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rehearsal.source import SourceDatabase

COMMAND = str(Path(sys.executable).with_name("autocorp-wizard"))
Document = dict[str, Any]


@dataclass
class Ran:
    """A command that ended."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[Document]:
        """Standard output, read as one event a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def document(self) -> Document:
        """Standard output, read as one document."""
        return dict(json.loads(self.out))


@dataclass
class Wizard:
    """One home and the command on it. `close` ends what the home started."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, timeout: float = 900) -> Ran:
        """Run a command to its end."""
        done = subprocess.run(
            [COMMAND, *arguments, "--home", str(self.home)],
            env=self._env(),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=timeout,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def run_until(self, enough: Callable[[Document], bool], *arguments: str) -> list[Document]:
        """Run a command that prints events, and kill it (SIGKILL) at the first event that is enough."""
        seen: list[Document] = []
        with subprocess.Popen(
            [COMMAND, *arguments, "--json", "--home", str(self.home)],
            env=self._env(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            text=True,
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                seen.append(json.loads(line))
                if enough(seen[-1]):
                    process.send_signal(signal.SIGKILL)
                    break
        return seen

    def events(self, *arguments: str) -> Iterator[tuple[Document, subprocess.Popen[str]]]:
        """Run a command that prints events and yield each as it comes, with the process."""
        with subprocess.Popen(
            [COMMAND, *arguments, "--json", "--home", str(self.home)],
            env=self._env(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            text=True,
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                yield json.loads(line), process

    def client(self, service: str) -> Any:
        """A boto3 client set up by nothing but `rehearse --exports`."""
        exported = self.exports()
        session = boto3.Session(
            exported["AWS_ACCESS_KEY_ID"], exported["AWS_SECRET_ACCESS_KEY"], region_name=exported["AWS_REGION"]
        )
        return session.client(service, endpoint_url=exported["AWS_ENDPOINT_URL"], verify=exported["AWS_CA_BUNDLE"])

    def exports(self) -> dict[str, str]:
        """What a POSIX shell has after evaluating the exports."""
        script = 'eval "$("$0" rehearse --exports --home "$1")" && env'
        shell = shutil.which("sh") or "/bin/sh"
        done = subprocess.run(
            [shell, "-c", script, COMMAND, str(self.home)], env=self._env(), capture_output=True, text=True, check=True
        )
        return dict(line.split("=", 1) for line in done.stdout.splitlines() if line.startswith("AWS_"))

    def close(self) -> None:
        """End the cloud and the database of this home."""
        RehearsalCloud(self.home).stop()
        SourceDatabase(self.home).remove()

    @property
    def layout(self) -> Home:
        """The home's paths."""
        return Home(self.home)

    def _env(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "AUTOCORP_", "PG"))}
        return kept | self.environment


def gaps(events: list[Document]) -> list[str]:
    """Return where the sequence of a run has a gap or a repetition."""
    last: dict[str, int] = {}
    found: list[str] = []
    for event in events:
        before = last.get(event["run"], 0)
        if event["seq"] != before + 1:
            found.append(f"{event['run']}: {before} -> {event['seq']}")
        last[event["run"]] = event["seq"]
    return found
