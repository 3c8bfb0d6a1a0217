"""The source database of a rehearsal that names none of its own: where it is and how DMS would log in."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from autocorp_wizard.adapters.home import Home
from autocorp_wizard.core.events import Json
from autocorp_wizard.rehearsal.source import REPLICATION_USER, SourceDatabase


@dataclass(frozen=True, slots=True)
class Source:
    """The replication login, without the password in any representation; `free_bytes` is its disk's."""

    host: str
    port: int
    database: str
    username: str
    password: str = field(repr=False)
    inspector: str = ""
    inspector_password: str = field(default="", repr=False)
    tls: bool = False
    free_bytes: int | None = None


def inputs_of(source: Source) -> dict[str, Json]:
    """Return the inputs of the Terraform root that the built-in source answers itself, because nobody is asked."""
    return {
        "postgres_host": source.host,
        "postgres_port": source.port,
        "postgres_database": source.database,
        "postgres_username": source.username,
        # On loopback there is nobody to read along, and no authority that DMS would need a certificate of.
        "postgres_ssl_mode": "none",
    }


# The names of those inputs, for whoever must tell them from answers without a source at hand.
FOUND_OUT: Final = frozenset(inputs_of(Source("", 0, "", "", "")))


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
        _free(database.place().data),
    )


def _free(directory: Path) -> int | None:
    """What is free where the cluster keeps its write-ahead log: on this machine it can be looked at."""
    try:
        return shutil.disk_usage(directory).free
    except OSError:
        return None


def password_on_file(home: Home) -> str:
    """Return the replication login's password without starting or asking anything; empty where there is none yet."""
    return SourceDatabase(home.root).password_on_file(REPLICATION_USER)
