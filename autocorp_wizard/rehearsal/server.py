"""The cloud's own process: the emulator behind the gateway, over TLS on loopback, until it is idle.

Started by `RehearsalCloud` in a session of its own; says on an inherited descriptor that it is ready, or why
not.
"""

import argparse
import json
import logging
import logging.handlers
import os
import secrets
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from autocorp_wizard.adapters.private_file import replace_file
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.rehearsal import memory, pace
from autocorp_wizard.rehearsal.address import ACCOUNT_ID, REGION
from autocorp_wizard.rehearsal.layout import RehearsalHome
from autocorp_wizard.rehearsal.processes import mark_of
from autocorp_wizard.rehearsal.pulse import Pulse

if TYPE_CHECKING:
    from flask import Flask
    from moto.backends import SERVICE_NAMES

    from autocorp_wizard.rehearsal.agent import PretendAgent

_LOG: Final = logging.getLogger("rehearsal")
_LOG_BYTES: Final = 2_000_000
_TICK_SECONDS: Final = 0.25
# Loaded in the background, because the first call to a service pays for its import (up to 2 s for ec2).
_PRE_TOUCHED: Final = ("sts", "s3", "iam", "kms", "ec2", "secretsmanager", "dynamodb", "logs", "tagging")


def main(arguments: list[str] | None = None) -> int:
    """Run the cloud until it is told to end or idle."""
    parser = argparse.ArgumentParser(prog="rehearsal-cloud")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--ready-fd", type=int, required=True)
    parser.add_argument("--idle-seconds", type=float, required=True)
    parser.add_argument("--warm", action="store_true")
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args(arguments)
    home = RehearsalHome(given.home)
    _log_to(home.log)
    with os.fdopen(given.ready_fd, "w") as ready:
        try:
            cloud = _Server(home, port=given.port, idle_seconds=given.idle_seconds)
        except WizardError as error:
            ready.write(json.dumps({"error": error.as_document()}))
            return int(error.exit_code)
        ready.write(json.dumps(cloud.record))
    return cloud.run(warm=given.warm)


def _log_to(path: Path) -> None:
    handler = logging.handlers.RotatingFileHandler(path, maxBytes=_LOG_BYTES, backupCount=1)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    path.chmod(0o600)
    root = logging.getLogger("rehearsal")
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    root.propagate = False


class _Server:
    def __init__(self, home: RehearsalHome, *, port: int, idle_seconds: float) -> None:
        from moto.backends import list_of_moto_modules
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

        from autocorp_wizard.rehearsal.admission import Admission
        from autocorp_wizard.rehearsal.control import Control
        from autocorp_wizard.rehearsal.faultrules import FaultBook
        from autocorp_wizard.rehearsal.gate import Gate
        from autocorp_wizard.rehearsal.gateway import Gateway
        from autocorp_wizard.rehearsal.listener import listen
        from autocorp_wizard.rehearsal.services import install

        known = {*list_of_moto_modules(), "moto_api"}

        def create(service: "SERVICE_NAMES") -> "Flask":
            if service not in known:
                raise NotImplementedError(service)
            install(service)
            return create_backend_app(service)

        self._home = home
        self._stop = threading.Event()
        self._gate = Gate()
        self._pulse = Pulse(time.monotonic, idle_seconds)
        pace.remember_in(home.speed)
        memory.load(home.memory)
        self._emulator = DomainDispatcherApplication(create)
        self._agent = self._pretend_agent()
        faults = FaultBook(time.monotonic)
        instance = secrets.token_hex(16)
        control = Control(
            token=home.token.read_text().strip(),
            instance=instance,
            faults=faults,
            gate=self._gate,
            save=self.save,
            changed=self._pulse.changed,
            has_unsaved=self._pulse.has_unsaved,
            agent=self._agent.control,
        )
        gateway = Gateway(
            self._emulator,
            admission=Admission(json.loads(home.credentials.read_text())["access_key_id"]),
            faults=faults,
            control=control,
            gate=self._gate,
            changed=self._pulse.changed,
            used=self._pulse.used,
        )
        self._listener = listen(gateway, port, home.tls / "cloud.pem", home.tls / "cloud-key.pem")
        mark = mark_of(os.getpid())
        self.record: dict[str, str | int] = {
            "schema": "autocorp-wizard/rehearsal-cloud/1",
            "port": self._listener.server_port,
            "instance": instance,
            **(mark.as_document() if mark is not None else {"pid": os.getpid()}),
        }
        replace_file(home.record, json.dumps(self.record).encode())

    def save(self) -> None:
        """Write the memory while nobody changes anything."""
        with self._gate.alone():
            memory.save(self._home.memory)
            self._pulse.saved()

    def run(self, *, warm: bool) -> int:
        """Serve until told to end, or idle."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        threading.Thread(target=self._listener.serve_forever, daemon=True, name="listener").start()
        self._agent.start()
        if warm:
            threading.Thread(target=self._touch, daemon=True, name="pre-touch").start()
        _LOG.info("listening on port %s", self._listener.server_port)
        reason = "told to end"
        while not self._stop.wait(_TICK_SECONDS):
            if self._pulse.wants_save():
                self._try_to_save()
            if self._pulse.is_idle():
                reason = "idle"
                self._end_source()
                break
        self._agent.stop()
        self._listener.shutdown()
        self._listener.server_close()
        saved = self._try_to_save()
        self._home.record.unlink(missing_ok=True)
        _LOG.info("ended: %s", reason)
        return 0 if saved else 3

    def _pretend_agent(self) -> "PretendAgent":
        """Make the pretend DataSync agent; what was remembered of it is there already."""
        from autocorp_wizard.rehearsal import source_exports
        from autocorp_wizard.rehearsal.agent import PretendAgent
        from autocorp_wizard.rehearsal.services import install

        install("datasync")
        from autocorp_wizard.rehearsal.services.datasync_state import the_book

        source_exports.share(self._home.exports)
        return PretendAgent(the_book, self._home.agent_record, gate=self._gate, changed=self._pulse.changed)

    def _end_source(self) -> None:
        """End the PostgreSQL of this home as well: nobody else will."""
        from autocorp_wizard.rehearsal.source import SourceDatabase

        SourceDatabase(self._home.root.parent).stop()

    def _try_to_save(self) -> bool:
        try:
            self.save()
        except Exception as failure:
            self._pulse.saved()
            _LOG.error("cannot save: %s: %s", type(failure).__name__, failure)
            return False
        return True

    def _touch(self) -> None:
        for service in _PRE_TOUCHED:
            scope = f"AWS4-HMAC-SHA256 Credential=x/20260101/{REGION}/{service}/aws4_request, SignedHeaders=host"
            target = "DynamoDB_20120810.ListTables"
            environ = {
                "HTTP_AUTHORIZATION": scope,
                "HTTP_X_AMZ_TARGET": target,
                "PATH_INFO": "/",
                "HTTP_HOST": "127.0.0.1",
            }
            with self._gate.together():
                self._emulator.get_application(environ)


if __name__ == "__main__":
    os.environ.setdefault("MOTO_ACCOUNT_ID", ACCOUNT_ID)
    sys.exit(main())
