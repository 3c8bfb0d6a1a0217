"""Reaching the source from here and logging in: each way to fail has a sentence of its own."""

import socket
import statistics
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from autocorp_wizard.adapters.postgres_wire import Greeting, greet
from autocorp_wizard.adapters.source_sessions import Sessions, SourceLogin, SourceLoginError, connect
from autocorp_wizard.checks.source.refusals import host_remedy, refused
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.preflight.record import (
    Audience,
    Remedy,
    Restart,
    Seen,
    failed,
    passed,
    skipped,
    unsure,
    warned,
)
from autocorp_wizard.core.preflight.source.facts import Wanted
from autocorp_wizard.core.preflight.source.remedies import count, setting, sql

_CONNECT_SECONDS: Final = 4.0
_HELLO_SECONDS: Final = 5.0
_SLOW_MS: Final = 150.0
_SOON_DAYS: Final = 30


class Reach:
    """The probes on one login."""

    def __init__(
        self, login: SourceLogin, wanted: Wanted, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.login, self.wanted, self._now = login, wanted, now
        self.sessions = Sessions(login)
        self._guard = threading.Lock()
        self._greeting: Greeting | None = None
        # What the replication connection said that it is; empty before.
        self.walsender_identifier = ""

    def dns(self) -> Seen:
        """Resolve the name."""
        try:
            found = sorted({str(info[4][0]) for info in socket.getaddrinfo(self.login.host, self.login.port)})
        except socket.gaierror as error:
            return failed(f"The name {self.login.host} has no address: {error.strerror}.", host_remedy())
        return passed(f"{self.login.host} is {', '.join(found)} from here.", addresses=list[Json](found))

    def tcp(self) -> Seen:
        """Open the port three times and keep the median time."""
        took: list[float] = []
        try:
            for _ in range(3):
                began = time.monotonic()
                socket.create_connection((self.login.host, self.login.port), _CONNECT_SECONDS).close()
                took.append((time.monotonic() - began) * 1000)
        except ConnectionRefusedError:
            return failed(
                f"Nothing listens at {self._place}.", host_remedy("Start PostgreSQL there, or correct the port.")
            )
        except TimeoutError:
            return failed(
                f"{self._place} does not answer: a firewall drops the packets, or no machine has this address.",
                Remedy("Open the way to the port.", Audience.NETWORK),
            )
        except OSError as error:
            return failed(f"There is no way to {self._place}: {error.strerror or error}.", host_remedy())
        median = statistics.median(took)
        if median > _SLOW_MS:
            return warned(
                f"{self._place} takes {median:.0f} ms to answer; changes come late over such a way.", ms=median
            )
        return passed(f"{self._place} answers in {median:.1f} ms.", milliseconds=round(median, 2))

    def wire(self) -> Seen:
        """Say hello without a credential."""
        try:
            seen = self._greet()
        except TimeoutError:
            return unsure(
                f"{self._place} takes connections but said nothing for {_HELLO_SECONDS:.0f} s: it hangs, or a firewall "
                "in between answers for it.",
                Remedy("Look at the server's log and load, and at what stands in between.", Audience.DATABASE),
            )
        except OSError as error:
            return failed(
                f"What answers at {self._place} hung up before it said what it is.", host_remedy(), said=str(error)
            )
        if not seen.speaks:
            return failed(f"What answers at {self._place} is no PostgreSQL.", host_remedy())
        if seen.message.startswith("TLS:"):
            return failed(
                f"The TLS handshake failed ({seen.message[5:]}).", *setting("ssl", "on", "Mend the certificate.")
            )
        if seen.sqlstate:
            return self._refused(seen.sqlstate, seen.message)
        return passed(f"PostgreSQL answers and would ask for {seen.method or 'a login'}.", method=seen.method)

    def tls_offered(self) -> Seen:
        """Judge the offer of TLS."""
        seen = self._greet()
        if seen.offers_tls:
            return passed(f"The source offers TLS ({seen.tls_version or 'version unknown'}).")
        remedies = setting("ssl", "on", "Offer TLS; it needs server.crt and server.key in the data directory.")
        if self.login.ssl_mode == "none":
            return warned("The source offers no TLS: passwords are hashed, rows travel in clear text.", *remedies)
        return failed(f"The source offers no TLS, but DMS is to use ssl_mode {self.login.ssl_mode}.", *remedies)

    def tls_certificate(self) -> Seen:
        """Judge the server's certificate."""
        seen = self._greet()
        found = seen.certificate
        if not seen.offers_tls:
            return skipped("Without TLS there is no certificate.")
        if found is None:
            return unsure("No certificate was shown.")
        left = (found.expires - self._now()).days
        renew = Remedy("Renew the server's certificate and reload.", Audience.DATABASE, restart=Restart.RELOAD)
        evidence: dict[str, Json] = {"expires": found.expires.isoformat(), "names": list[Json](found.names)}
        if found.expires <= self._now():
            unused = self.login.ssl_mode == "none"
            said = f"The server's certificate ran out {count(-left, 'day')} ago"
            said += "; DMS does not use it (ssl_mode none)." if unused else "."
            return (warned if unused else failed)(said, renew, findings=(), **evidence)
        if self.login.ssl_mode == "verify-full" and self.login.host not in found.names:
            return failed(
                f"The certificate is not for {self.login.host} ({', '.join(found.names) or 'no name'}).", renew
            )
        if left < _SOON_DAYS:
            return warned(f"The server's certificate runs out in {left} days.", renew, findings=(), **evidence)
        return passed(f"The server's certificate is good for {left} days.", **evidence)

    def plain_text(self) -> Seen:
        """Judge whether a client without TLS is let in, where DMS is to be one."""
        if self.login.ssl_mode != "none":
            return passed(f"DMS is to use TLS (ssl_mode {self.login.ssl_mode}).")
        seen = greet(*self._address, self.login.user, self.login.database, tls=False)
        if seen.sqlstate != "28000":
            return passed("A login without TLS is let in, as ssl_mode none needs.")
        return failed(
            "The source lets nobody in without TLS, but DMS is to use ssl_mode none.",
            Remedy("Set dms_ssl_mode to require.", command="autocorp-wizard env edit"),
        )

    def method(self) -> Seen:
        """Judge how a password is asked for."""
        method = self._greet().method
        statement = "ALTER SYSTEM SET password_encryption = 'scram-sha-256';"
        if method == "scram-sha-256":
            return passed("The password is asked for by SCRAM.")
        if method == "md5":
            return warned("The password is asked for by md5.", *sql("Set it anew with SCRAM.", statement))
        if method == "trust":
            return warned(
                "Anybody may log in from here without a password (trust).", Remedy("Ask for SCRAM.", Audience.DATABASE)
            )
        if method == "password in clear text":
            return failed("The password is asked for in clear text.", Remedy("Ask for SCRAM.", Audience.DATABASE))
        return unsure(f"How a password is asked for could not be told ({method or 'no answer'}).")

    def log_in(self) -> Seen:
        """Log in as the replication user."""
        if not self.login.password:
            return unsure(
                f"No password of {self.login.user} was given, so the source could not be asked.",
                Remedy("Give it by PGPASSWORD or PGPASSFILE, then run this again."),
            )
        try:
            with self.sessions.session() as source:
                source.execute("SELECT 1")
        except SourceLoginError as error:
            return self._refused(error.sqlstate, error.why, error.what, error.next_step)
        return passed(f"{self.login.user} logged in to {self.login.database}.")

    def pooler(self) -> Seen:
        """Compare the process that the protocol names with the one that answers."""
        with self.sessions.session() as source:
            named = source.info.backend_pid
            one = source.execute("SELECT pg_backend_pid()").fetchone()
        if one and one[0] == named:
            return passed("The server itself answers; no pooler is in between.")
        return failed("A connection pooler is in between; replication does not pass it.", host_remedy())

    def walsender(self) -> Seen:
        """Open a replication connection and ask it who it is."""
        try:
            with (
                self.sessions.place(),
                connect(self.login, self.login.user, self.login.password, replication=True) as source,
            ):
                one = source.execute("IDENTIFY_SYSTEM").fetchone()
        except SourceLoginError as error:
            return self._refused(error.sqlstate, error.why, error.what, error.next_step)
        self.walsender_identifier = str(one[0]) if one else ""
        return passed("A replication connection is let in.", system_identifier=self.walsender_identifier)

    def _refused(self, sqlstate: str, said: str, what: str = "", then: str = "") -> Seen:
        return refused(self.login, self.wanted, sqlstate, said, what=what, then=then)

    def _greet(self) -> Greeting:
        """Say hello once: every check judges the same answer."""
        with self._guard:
            if self._greeting is None:
                self._greeting = greet(*self._address, self.login.user, self.login.database, timeout=_HELLO_SECONDS)
            return self._greeting

    @property
    def _address(self) -> tuple[str, int]:
        return self.login.host, self.login.port

    @property
    def _place(self) -> str:
        return f"{self.login.host}:{self.login.port}"
