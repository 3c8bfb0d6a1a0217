"""A real PostgreSQL to spoil: what administrators do to it, what the checks say, and what their remedies do."""

import os
import shutil
import signal
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
from cryptography import x509

from autocorp_wizard.adapters.postgres_wire import greet
from autocorp_wizard.adapters.source_sessions import SourceLogin
from autocorp_wizard.checks.engine import run_checks
from autocorp_wizard.checks.source.registry import source_checks
from autocorp_wizard.core.preflight.record import Remedy, Restart, Result, Status, Variant
from autocorp_wizard.core.preflight.source.facts import Wanted
from autocorp_wizard.rehearsal.source import SourceDatabase
from autocorp_wizard.rehearsal.source_address import SUPERUSER, SourceAddress, connect
from tests.rehearsal.replicating import TABLES

CONFIGURATION = ("postgresql.auto.conf", "pg_hba.conf")


@dataclass
class Bench:
    """One cluster of the tests' own. `restore` gives back its configuration files as they were."""

    home: Path
    database: SourceDatabase = field(init=False)
    address: SourceAddress = field(init=False)
    held: list[psycopg.Connection] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.database = SourceDatabase(self.home, rows=60)
        self.address = self.database.ensure()
        self.data = self.database.place().data
        self._kept = {name: (self.data / name).read_bytes() for name in CONFIGURATION}

    def sql(self, *statements: str, database: str = "") -> None:
        """Run statements as the superuser, each on its own."""
        with self._admin(database or self.address.database) as admin:
            for statement in statements:
                admin.execute(statement.encode())

    def _admin(self, database: str) -> psycopg.Connection:
        try:
            return connect(self.address, SUPERUSER, database)
        except psycopg.OperationalError as error:
            if "does not support SSL" not in str(error):
                raise
            return connect(replace(self.address, tls=False), SUPERUSER, database)

    def script(self, text: str, database: str = "") -> None:
        """Run what a remedy prints, statement by statement, as an administrator's client does."""
        self.sql(*(each for each in (part.strip() for part in text.split(";")) if each), database=database)

    def hold(self, *statements: str, database: str = "") -> None:
        """Open a session, run statements in a transaction and leave it open."""
        session = connect(self.address, SUPERUSER, database or self.address.database)
        self.held.append(session)
        session.execute("BEGIN")
        for statement in statements:
            session.execute(statement.encode())

    def restart(self) -> None:
        self.database.stop()
        self.address = self.database.ensure()

    def reload(self) -> None:
        self.sql("SELECT pg_reload_conf()")

    def hba(self, text: str) -> None:
        """Replace pg_hba.conf and reload."""
        self._write("pg_hba.conf", text.encode())
        self.reload()

    def login(self, **changes: object) -> SourceLogin:
        address = self.address
        mode = "require" if address.tls else "none"
        made = SourceLogin(
            address.host, address.port, address.database, address.replication_user,
            address.password_of(address.replication_user), address.inspector_user,
            address.password_of(address.inspector_user), mode,
        )  # fmt: skip
        return replace(made, **changes)

    def wanted(self, **changes: object) -> Wanted:
        tables = tuple(f"public.{name}" for name in TABLES)
        made = Wanted(
            self.address.replication_user, self.address.database, tables, "require" if self.address.tls else "none",
            heartbeat_schema="dms_artifacts", network="127.0.0.1/32",
        )  # fmt: skip
        return replace(made, **changes)

    def look(self, login: SourceLogin | None = None, wanted: Wanted | None = None) -> dict[str, Result]:
        """Run every check."""
        results = run_checks(source_checks(lambda: (login or self.login(), wanted or self.wanted())))
        return {each.check.id: each for each in results}

    def apply(self, remedies: Iterable[Remedy], database: str = "") -> None:
        """Do literally what the remedies for a server of one's own say."""
        needed = Restart.NONE
        for remedy in remedies:
            if remedy.variant not in (Variant.ANY, Variant.SELF_MANAGED):
                continue
            if remedy.sql:
                self.script(remedy.sql, database=database)
            if remedy.hba:
                self._write("pg_hba.conf", (remedy.hba + "\n").encode() + (self.data / "pg_hba.conf").read_bytes())
            needed = max(needed, remedy.restart, key=list(Restart).index)
        if needed is Restart.RESTART:
            self.restart()
        elif needed is Restart.RELOAD:
            self.reload()

    def restore(self, statements: Sequence[str], database: str = "") -> None:
        """Give back what a case took."""
        for session in self.held:
            session.close()
        self.held.clear()
        if {name: (self.data / name).read_bytes() for name in CONFIGURATION} != self._kept:
            for name, content in self._kept.items():
                self._write(name, content)
            self.restart()
        self.sql(
            "SET default_transaction_read_only = off",
            "ALTER ROLE dms_replication RESET ALL",
            "ALTER ROLE dms_replication IN DATABASE autocorp RESET ALL",
            *statements,
            database=database,
        )

    def close(self) -> None:
        for session in self.held:
            session.close()
        self.database.remove()

    def _write(self, name: str, content: bytes) -> None:
        path = self.data / name
        before = path.stat()
        path.write_bytes(content)
        os.chown(path, before.st_uid, before.st_gid)

    def renew_certificate(self, certificate: Path, key: Path) -> None:
        """Put another certificate in place, reload, and wait until it is shown."""
        for source, name in ((certificate, "server.crt"), (key, "server.key")):
            before = (self.data / name).stat()
            shutil.copyfile(source, self.data / name)
            os.chown(self.data / name, before.st_uid, before.st_gid)
        os.kill(self.address.pid, signal.SIGHUP)  # a client that checks the certificate might not get in
        wanted = x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
        end = time.monotonic() + 10
        while True:
            shown = greet(self.address.host, self.address.port, SUPERUSER, self.address.database).certificate
            if shown is not None and shown.expires == wanted:
                return
            assert time.monotonic() < end, "the server does not show the certificate"
            time.sleep(0.02)


def failures(results: dict[str, Result]) -> list[str]:
    """The root causes: what failed, not what is only blocked."""
    return [name for name, each in results.items() if each.status is Status.FAIL]
