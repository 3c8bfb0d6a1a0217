"""Finds, starts and ends the rehearsal cloud: a child process that outlives the wizard and remembers."""

import fcntl
import json
import os
import secrets
import select
import shutil
import ssl
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from autocorp_wizard.adapters.private_file import replace_file
from autocorp_wizard.adapters.process import spawn_detached
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.rehearsal import memory
from autocorp_wizard.rehearsal.address import ACCOUNT_ID, REGION, CloudAddress
from autocorp_wizard.rehearsal.layout import RehearsalHome
from autocorp_wizard.rehearsal.processes import ProcessMark, end, is_alive, mark_of
from autocorp_wizard.rehearsal.source import SourceDatabase
from autocorp_wizard.rehearsal.tls import Authority

IDLE_SECONDS: Final = 2 * 60 * 60
_START_SECONDS: Final = 60.0
_STOP_SECONDS: Final = 15.0
_HEALTH_SECONDS: Final = 10.0
_DEAF_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.1
# What the child's environment takes over; everything of AWS in the operator's stays out.
_KEPT: Final = ("PATH", "LANG", "LC_ALL", "TMPDIR", "PYTHONPATH", "SYSTEMROOT")
_HOME_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def _silent(_: str) -> None:
    """Say nothing."""


class RehearsalCloud:
    """The cloud of one wizard home; everything lies below `home/rehearsal`.

    It ends itself after `idle_seconds` without a call. `warm` loads the services ahead of the first calls.
    """

    def __init__(self, home: Path, *, idle_seconds: float = IDLE_SECONDS, warm: bool = True) -> None:
        self._home = RehearsalHome(home.absolute() / "rehearsal")
        self._idle_seconds = idle_seconds
        self._warm = warm
        self._source = SourceDatabase(home)

    def find(self) -> CloudAddress | None:
        """Return the running cloud, None if none runs (or what runs does not answer)."""
        return self._find(_HEALTH_SECONDS)

    def ensure(self, say: Callable[[str], None] = _silent) -> CloudAddress:
        """Return the running cloud, started if need be. Raises WizardError if it cannot be started."""
        found = self.find()
        if found is not None:
            return found
        try:
            self._home.prepare()
            with self._alone():
                # It may be busy: whoever kills it loses what was not saved, so it gets time to answer.
                return self._find(_DEAF_SECONDS) or self._start(say)
        except OSError as cause:
            raise WizardError(
                "REHEARSAL-HOME",
                "The rehearsal cloud cannot write its files.",
                why=f"{cause.strerror or cause}: {cause.filename or self._home.root}.",
                next_step="Make room or give the wizard another home with --home.",
            ) from cause

    def stop(self) -> bool:
        """End the cloud after it has saved its state, and its PostgreSQL; say whether the cloud ran."""
        self._source.stop()
        record = self._read_record()
        if record is None:
            return False
        ran = end(record[0], patience=_STOP_SECONDS)
        self._home.record.unlink(missing_ok=True)
        return ran

    def reset(self) -> None:
        """End the cloud and its PostgreSQL, and forget everything; certificates, keys and port stay."""
        self.stop()
        self._source.remove()
        shutil.rmtree(self._home.memory.parent, ignore_errors=True)
        shutil.rmtree(self._home.exports, ignore_errors=True)
        self._home.speed.unlink(missing_ok=True)

    def agent_address(self) -> str:
        """Return HOST:PORT of the pretend DataSync agent of the running cloud. Raises WizardError where none runs."""
        try:
            port = int(json.loads(self._home.agent_record.read_text())["port"])
        except (OSError, ValueError, KeyError, TypeError):
            port = 0
        if not port or self.find() is None:
            raise WizardError(
                "REHEARSAL-NOT-RUNNING",
                "No rehearsal cloud is running, so there is no agent either.",
                next_step="Start one with `autocorp-wizard rehearse`.",
            )
        return f"127.0.0.1:{port}"

    def control_token(self) -> str:
        """Return the word that opens the control interface."""
        return self._home.token.read_text().strip()

    def _find(self, patience: float) -> CloudAddress | None:
        deadline = time.monotonic() + patience
        record = self._read_record()
        while record is not None and is_alive(record[0]):
            mark, port, instance = record
            if self._ask_instance(port) == instance:
                return self._known_address(port, mark.pid)
            if time.monotonic() >= deadline:
                return None
            time.sleep(_POLL_SECONDS)
        return None

    def _known_address(self, port: int, pid: int) -> CloudAddress | None:
        try:
            return self._address(port, pid)
        except (OSError, ValueError, KeyError):
            # Somebody took its files away under it; it cannot be used any more.
            return None

    def _start(self, say: Callable[[str], None]) -> CloudAddress:
        memory.check(self._home.memory)
        stale = self._read_record()
        if stale is not None:
            # Alive but deaf, or dead: either way it must not write the memory after the new one has read it.
            end(stale[0], patience=_STOP_SECONDS)
        say("Starting the rehearsal cloud")
        Authority(self._home.tls).ensure("cloud", now=datetime.now(UTC))
        self._ensure_secrets()
        record = self._spawn(self._last_port())
        replace_file(self._home.root / "last-port", str(record["port"]).encode())
        address = self._address(int(record["port"]), int(record["pid"]))
        say(f"The rehearsal cloud answers at {address.endpoint_url}, account {address.account_id}")
        return address

    def _spawn(self, port: int) -> dict[str, int | str]:
        environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
        environment |= self._address(port, 0).environment()
        environment |= {
            "HOME": str(self._home.root),
            "MOTO_ACCOUNT_ID": ACCOUNT_ID,
            "MOTO_DISABLE_GLOBAL_CORS": "true",
            "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
            "MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS": "false",
        }
        command = [sys.executable, "-P", "-m", "autocorp_wizard.rehearsal.server"]
        command += ["--home", str(self._home.root), "--port", str(port)]
        command += ["--idle-seconds", str(self._idle_seconds)]
        command += ["--warm"] if self._warm else []
        self._home.errors.unlink(missing_ok=True)
        reader, writer = os.pipe()
        with os.fdopen(reader, "rb") as answers:
            try:
                pid = spawn_detached(
                    [*command, "--ready-fd", str(writer)],
                    cwd=self._home.root,
                    env=environment,
                    log=self._home.errors,
                    pass_fds=(writer,),
                )
            finally:
                os.close(writer)
            answered, _, _ = select.select([answers], [], [], _START_SECONDS)
            text = answers.read() if answered else b""
        if not text:
            mark = mark_of(pid)
            if mark is not None:
                end(mark, patience=_STOP_SECONDS if answered else 0)
            raise WizardError(
                "REHEARSAL-START",
                "The rehearsal cloud did not start.",
                why=f"Its process ended without an answer: {self._last_words()}",
                next_step=f"Look into {self._home.errors}; `autocorp-wizard rehearse --reset` starts over.",
            )
        record: dict[str, int | str] = json.loads(text)
        error = json.loads(text).get("error")
        if error is not None:
            raise WizardError(error["code"], error["what"], why=error["why"], next_step=error["next_step"])
        return record

    def _last_words(self) -> str:
        lines = self._home.errors.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing."

    def _ensure_secrets(self) -> None:
        if not self._home.token.exists():
            replace_file(self._home.token, secrets.token_urlsafe(32).encode())
        if not self._home.credentials.exists():
            tail = "".join(secrets.choice(_HOME_ALPHABET) for _ in range(7))
            pair = {"access_key_id": f"AKIAREHEARSAL{tail}", "secret_access_key": secrets.token_urlsafe(30)}
            replace_file(self._home.credentials, json.dumps(pair).encode())

    def _address(self, port: int, pid: int) -> CloudAddress:
        pair = json.loads(self._home.credentials.read_text())
        authority = Authority(self._home.tls)
        return CloudAddress(
            endpoint_url=f"https://127.0.0.1:{port}",
            region=REGION,
            account_id=ACCOUNT_ID,
            access_key_id=pair["access_key_id"],
            secret_access_key=pair["secret_access_key"],
            ca_bundle=authority.ca,
            truststore=authority.truststore,
            config_file=self._home.aws_config,
            credentials_file=self._home.aws_credentials,
            pid=pid,
        )

    def _read_record(self) -> tuple[ProcessMark, int, str] | None:
        try:
            record = json.loads(self._home.record.read_text())
            mark = ProcessMark(int(record["pid"]), str(record["started"]), str(record["boot"]))
            return mark, int(record["port"]), str(record["instance"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _last_port(self) -> int:
        try:
            return int((self._home.root / "last-port").read_text())
        except (OSError, ValueError):
            return 0

    def _ask_instance(self, port: int) -> str | None:
        try:
            context = ssl.create_default_context(cafile=str(Authority(self._home.tls).ca))
            # No proxy of the operator's stands between us and the loopback interface.
            opener = urllib.request.build_opener(
                urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
            )
            url = f"https://127.0.0.1:{port}/_rehearsal/health"
            with opener.open(url, timeout=_HEALTH_SECONDS) as answer:
                return str(json.loads(answer.read(4096))["instance"])
        except (OSError, ValueError, KeyError, urllib.error.URLError):
            return None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        descriptor = os.open(self._home.lock, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            yield
