"""The source database, looked at by SQL that can change nothing: which replication slots it holds.

The driver is loaded when a connection is really made.
"""

import os
from dataclasses import dataclass, field
from typing import Final

from autocorp_wizard.core.errors import InconclusiveError
from autocorp_wizard.core.slots import Slot

_CONNECT_SECONDS: Final = 5
_READ_ONLY: Final = "-c default_transaction_read_only=on -c statement_timeout=2000"
_SLOTS: Final = """
    SELECT slot_name, plugin, active, restart_lsn::text,
           CASE WHEN pg_is_in_recovery() THEN NULL
                ELSE pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint END
    FROM pg_replication_slots
    WHERE slot_type = 'logical' AND database = current_database()
    ORDER BY slot_name
"""


@dataclass(frozen=True, slots=True)
class Login:
    """Where the source is and who logs in; `ssl_mode` is DMS's word, `ca` the authority's certificate in PEM."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    ssl_mode: str = "none"


def slots(login: Login) -> tuple[Slot, ...]:
    """Return the logical replication slots of the database. Raises SOURCE-UNSEEN where it cannot be looked at."""
    import psycopg

    try:
        with psycopg.connect(
            host=login.host,
            port=login.port,
            dbname=login.database,
            user=login.user,
            password=login.password,
            # From here the name of the server may differ from the one that DMS uses, so it is not verified here.
            sslmode="disable" if login.ssl_mode == "none" else "require",
            connect_timeout=_CONNECT_SECONDS,
            options=_READ_ONLY,
            passfile=os.devnull,
            target_session_attrs="any",
            sslcert="",
            sslkey="",
            application_name="autocorp-wizard",
        ) as source:
            rows = source.execute(_SLOTS).fetchall()
    except (psycopg.Error, OSError) as error:
        raise InconclusiveError(
            "SOURCE-UNSEEN",
            f"The source at {login.host}:{login.port} could not be looked at.",
            why=" ".join(str(error).split()),
            next_step="Look from a machine that reaches it, or ask its administrator for: SELECT * FROM "
            "pg_replication_slots;",
        ) from error
    return tuple(
        Slot(str(name), str(plugin or ""), active is True, str(lsn or ""), None if held is None else int(held))
        for name, plugin, active, lsn, held in rows
    )
