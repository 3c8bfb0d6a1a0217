"""The source database of a rehearsal that names none of its own: where it is and how DMS would log in."""

from collections.abc import Callable
from dataclasses import dataclass, field

from autocorp_wizard.adapters.home import Home
from autocorp_wizard.rehearsal.source import REPLICATION_USER, SourceDatabase


@dataclass(frozen=True, slots=True)
class Source:
    """The replication login; the password is kept out of every representation."""

    host: str
    port: int
    database: str
    username: str
    password: str = field(repr=False)
    inspector: str = ""
    inspector_password: str = field(default="", repr=False)
    tls: bool = False


def source_for(home: Home, say: Callable[[str], None]) -> Source:
    """Find or start the built-in source database and return the replication login."""
    database = SourceDatabase(home.root)
    address = database.ensure(say)
    return Source(
        address.host,
        address.port,
        address.database,
        address.replication_user,
        address.password_of(address.replication_user),
        address.inspector_user,
        address.password_of(address.inspector_user),
        address.tls,
    )


def password_on_file(home: Home) -> str:
    """Return the replication login's password without starting or asking anything; empty where there is none yet."""
    return SourceDatabase(home.root).password_on_file(REPLICATION_USER)
