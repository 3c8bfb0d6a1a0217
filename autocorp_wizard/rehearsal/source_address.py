"""What a client needs to reach the rehearsal's source database, and a connection as one of its roles."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import psycopg

DATABASE: Final = "autocorp"
REPLICATION_USER: Final = "dms_replication"
INSPECTOR_USER: Final = "dms_inspector"
HOST: Final = "127.0.0.1"
SUPERUSER: Final = "postgres"


@dataclass(frozen=True, slots=True)
class SourceAddress:
    """A running source database. Passwords lie in files of mode 0600 below `passwords`.

    `tls` says whether the server speaks TLS (those that wheels carry do not), with a certificate of `ca_bundle`.
    """

    host: str
    port: int
    database: str
    replication_user: str
    inspector_user: str
    tls: bool
    ca_bundle: Path
    passwords: Path
    pid: int

    def password_of(self, user: str) -> str:
        """Return the password of one of the roles (`postgres` is the superuser)."""
        return (self.passwords / user).read_text().strip()


def connect(address: SourceAddress, user: str, database: str) -> "psycopg.Connection":
    """Connect as one of the roles, in autocommit. Raises psycopg.OperationalError."""
    import psycopg  # the driver costs a third of a second: only who really connects pays for it

    return psycopg.connect(
        host=address.host,
        # Nothing of the operator's own PostgreSQL set-up is used: PGHOSTADDR alone would lead our password away.
        hostaddr=address.host,
        options="",
        target_session_attrs="any",
        port=address.port,
        dbname=database,
        user=user,
        password=address.password_of(user),
        sslmode="verify-full" if address.tls else "disable",
        sslrootcert=str(address.ca_bundle) if address.tls else None,
        connect_timeout=5,
        autocommit=True,
        passfile=os.devnull,
        sslcert="",
        sslkey="",
        application_name="autocorp-wizard rehearsal",
    )


def lets_in(address: SourceAddress, user: str, database: str) -> bool:
    """Whether the server answers and accepts that role."""
    import psycopg

    try:
        connect(address, user, database).close()
    except (psycopg.OperationalError, OSError):
        return False
    return True


def driver_errors() -> tuple[type[Exception], ...]:
    """Return what a connection may raise; looked up only when something was raised."""
    import psycopg

    return (OSError, psycopg.Error)
