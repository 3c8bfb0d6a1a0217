"""Sessions on a source PostgreSQL for looking: at most three, read-only, with deadlines, recognisable by their name.

The driver is loaded when a session is really opened.
"""

import contextlib
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, LiteralString

from autocorp_wizard.core.errors import WizardError

if TYPE_CHECKING:
    import psycopg

APPLICATION: Final = "autocorp-wizard/preflight"
_CONNECT_SECONDS: Final = 5
# One round trip: deadlines, and, where the server can, that it notices within a second that this process was killed.
_BEGIN: Final[LiteralString] = """
    SET statement_timeout = 5000; SET lock_timeout = 2000;
    SELECT set_config(name, '1000', false) FROM pg_settings WHERE name = 'client_connection_check_interval'"""
_READ_ONLY: Final[LiteralString] = "; SET default_transaction_read_only = on"
_MOST: Final = 3
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class SourceLogin:
    """Where the source is and who looks; the inspector (pg_monitor) sees what the replication user does not."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    inspector: str = ""
    inspector_password: str = field(default="", repr=False)
    ssl_mode: str = "none"


class Sessions:
    """Opens sessions as they are needed, three at a time at most; each is kept for the next question until `close`."""

    def __init__(self, login: SourceLogin) -> None:
        self.login = login
        self._turn = threading.Condition()
        self._idle: list[tuple[str, psycopg.Connection[Row]]] = []
        self._open = 0
        self._over = False

    @contextlib.contextmanager
    def session(self, *, inspect: bool = False, write: bool = False) -> Iterator["psycopg.Connection[Row]"]:
        """Give a session as the replication user, or as the inspector where there is one. Raises SourceLoginError.

        `write` is for the temporary slot alone: a slot cannot be made in a read-only transaction, and what such a
        session did is not left to the next question.
        """
        login = self.login
        as_inspector = inspect and bool(login.inspector)
        user = login.inspector if as_inspector else login.user
        password = login.inspector_password if as_inspector else login.password
        connection = self._take("" if write else user)
        try:
            if connection is None:
                connection = connect(login, user, password)
                # Set after the login, so that the settings of the role can be read as they are in force.
                connection.execute(_BEGIN if write else _BEGIN + _READ_ONLY)
            yield connection
        except BaseException:
            self._end(connection)
            raise
        if write:
            self._end(connection)
        else:
            self._keep(user, connection)

    @contextlib.contextmanager
    def place(self) -> Iterator[None]:
        """Hold one of the three places for a connection of another kind."""
        self._take("")
        try:
            yield
        finally:
            self._end(None)

    def close(self) -> None:
        """End what is idle; what is in use ends when it is given back."""
        with self._turn:
            self._over = True
            idle, self._idle = self._idle, []
        for _, connection in idle:
            self._end(connection)

    def _take(self, user: str) -> "psycopg.Connection[Row] | None":
        """Return an idle session of `user`, or None with a place for a new one."""
        with self._turn:
            while True:
                for kept in self._idle:
                    if kept[0] == user:
                        self._idle.remove(kept)
                        return kept[1]
                if self._open < _MOST:
                    self._open += 1
                    return None
                if self._idle:
                    self._idle.pop(0)[1].close()
                    return None
                self._turn.wait()

    def _keep(self, user: str, connection: "psycopg.Connection[Row]") -> None:
        with self._turn:
            if not self._over and not connection.closed:
                self._idle.append((user, connection))
                self._turn.notify()
                return
        self._end(connection)

    def _end(self, connection: "psycopg.Connection[Row] | None") -> None:
        if connection is not None:
            connection.close()
        with self._turn:
            self._open -= 1
            self._turn.notify()


@contextlib.contextmanager
def at_once(connection: "psycopg.Connection[Row]") -> Iterator[None]:
    """Send the questions that are asked inside in one go, where the driver can: they then cost one round trip."""
    import psycopg

    if psycopg.Pipeline.is_supported():
        with connection.pipeline():
            yield
    else:
        yield


class SourceLoginError(WizardError):
    """The source let nobody in. `sqlstate` is the server's code where it told one."""

    def __init__(self, sqlstate: str, what: str, *, why: str = "", next_step: str = "") -> None:
        super().__init__("SOURCE-LOGIN", what, why=why, next_step=next_step)
        self.sqlstate = sqlstate


def connect(login: SourceLogin, user: str, password: str, *, replication: bool = False) -> "psycopg.Connection[Row]":
    """Log in. Raises SourceLoginError with what the server or the network said."""
    import psycopg

    more: dict[str, Any] = {"replication": "database"} if replication else {}
    try:
        return psycopg.connect(
            host=login.host,
            port=login.port,
            dbname=login.database,
            user=user,
            password=password,
            autocommit=True,
            connect_timeout=_CONNECT_SECONDS,
            tcp_user_timeout=_CONNECT_SECONDS * 1000,
            # Whose certificate it is, is another check's question; here only DMS's wish for encryption is followed.
            sslmode="prefer" if login.ssl_mode == "none" else "require",
            application_name=APPLICATION,
            passfile=os.devnull,
            sslcert="",
            sslkey="",
            **more,
        )
    except psycopg.Error as error:
        raise _translated(login, user, error) from None


# Words of PgBouncer that no server uses.
POOLER: Final = re.compile(r"unsupported startup parameter|no such (database|user): |bouncer", re.IGNORECASE)

# What libpq and the server say, most telling first: (pattern, SQLSTATE, sentence, what to do).
_SAID: Final = (
    (r"no pg_hba\.conf entry", "28000", "pg_hba.conf has no line for {user} on {database}.", "Add a line for it."),
    (r"pg_hba\.conf rejects", "28000", "pg_hba.conf rejects {user} on {database}.", "Remove the line that rejects it."),
    (r"password authentication failed", "28P01", "The source refused the password of {user}, or there is no such user.",
     "Create the user, or set its password anew."),
    (r"role \"[^\"]*\" does not exist", "28000", "There is no user {user}.", "Create it."),
    (r"is not permitted to log in", "28000", "{user} may not log in.", "ALTER ROLE ... LOGIN."),
    (r"database \"[^\"]*\" does not exist", "3D000", "There is no database {database}.",
     "Correct postgres_database."),
    (r"permission denied for database", "42501", "{user} may not connect to {database}.", "GRANT CONNECT ON DATABASE."),
    (r"not currently accepting connections", "55000", "{database} accepts no connections.",
     "ALTER DATABASE ... ALLOW_CONNECTIONS true."),
    (r"must be superuser or replication role|permission denied to start WAL sender", "42501",
     "{user} may not replicate.", "ALTER ROLE ... REPLICATION."),
    (r"exceeds max_wal_senders", "53300", "All walsenders are in use.", "Raise max_wal_senders."),
    (r"too many connections|remaining connection slots", "53300", "The source has no connection left.",
     "Raise max_connections, or end idle sessions."),
    (r"starting up", "57P03", "The source is starting up.", "Try again in a minute."),
    (r"shutting down", "57P03", "The source is shutting down.", "Start it."),
    (r"server does not support SSL", "", "The source offers no TLS, but ssl_mode asks for it.", "Set ssl = on."),
    (r"received invalid response|expected authentication request", "",
     "What answers at {host}:{port} is no PostgreSQL.", "Correct postgres_host and postgres_port."),
    (r"could not translate host name|Name or service not known|nodename nor servname", "",
     "The name {host} has no address.", "Correct postgres_host, or the DNS."),
    (r"Connection refused", "", "Nothing listens at {host}:{port}.", "Start PostgreSQL, or correct the port."),
    (r"timeout expired|timed out", "", "{host}:{port} does not answer: a firewall drops it, or nothing is there.",
     "Open the way to the port."),
    (r"No route to host|Network is unreachable", "", "There is no route to {host}.", "Mend the network."),
    (r"server closed the connection|Connection reset", "", "The source closed the connection before the login ended.",
     "Look into its log."),
)  # fmt: skip


def _translated(login: SourceLogin, user: str, error: "psycopg.Error") -> SourceLoginError:
    said = " ".join(str(error).split())
    about = {"user": user, "database": login.database, "host": login.host, "port": login.port}
    for pattern, sqlstate, what, then in _SAID:
        if re.search(pattern, said):
            return SourceLoginError(error.sqlstate or sqlstate, what.format(**about), why=said, next_step=then)
    return SourceLoginError(error.sqlstate or "", "The source let nobody in.", why=said)
