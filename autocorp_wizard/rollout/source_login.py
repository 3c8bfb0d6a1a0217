"""Where an environment's source is, who logs in there, and what replication wants of it."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from autocorp_wizard.adapters.home import Home
from autocorp_wizard.adapters.source_sessions import SourceLogin
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import InconclusiveError
from autocorp_wizard.core.preflight.source.facts import Wanted
from autocorp_wizard.operate.source_probes import TABLES
from autocorp_wizard.rollout.looking import remembered
from autocorp_wizard.rollout.source import source_for

# A second login that sees what the replication user does not (pg_monitor); both or neither.
INSPECTOR: Final = ("AUTOCORP_INSPECTOR_USER", "AUTOCORP_INSPECTOR_PASSWORD")


def source_login(
    environment: Environment,
    home: Home,
    say: Callable[[str], None],
    password: Callable[[], str] | None = None,
    environ: Mapping[str, str] | None = None,
) -> tuple[SourceLogin, Wanted]:
    """Return the login and the wishes of an environment. Raises SOURCE-UNSEEN where nobody said where the source is."""
    answers = environment.answers
    around = os.environ if environ is None else environ
    wanted = wishes(environment, home)
    if environment.source_is_built_in:
        source = source_for(home, say)
        mode = "require" if source.tls else "none"
        login = SourceLogin(
            source.host, source.port, source.database, source.username, source.password, source.inspector,
            source.inspector_password, mode,
        )  # fmt: skip
        wanted = wishes(environment, home, ssl_mode=mode, user=source.username, database=source.database)
        # DMS of the rehearsal is on this machine, and so is the disk.
        return login, replace(wanted, network=f"{source.host}/32", wal_free_bytes=source.free_bytes)
    host = str(answers["postgres_host"].value or "")
    if not host:
        raise InconclusiveError(
            "SOURCE-UNSEEN",
            "Nobody said where the source is.",
            next_step="Set postgres_host: autocorp-wizard env edit",
        )
    login = SourceLogin(
        host,
        int(str(answers["postgres_port"].value or 5432)),
        wanted.database,
        wanted.user,
        password() if password else "",
        around.get(INSPECTOR[0], ""),
        around.get(INSPECTOR[1], ""),
        wanted.ssl_mode,
    )
    return login, wanted


def wishes(environment: Environment, home: Home, *, ssl_mode: str = "", user: str = "", database: str = "") -> Wanted:
    """Return what replication wants of the source, by the answers."""
    answers = environment.answers

    def text(name: str) -> str:
        return str(answers[name].value or "")

    named = answers["postgres_tables"].value
    tables = tuple(map(str, named)) if isinstance(named, list) and named else TABLES
    free = answers["postgres_wal_free_gb"].value
    phases = remembered(home, environment.name).get("phases")
    return Wanted(
        user or text("postgres_username"),
        database or text("postgres_database"),
        tuple(f"{text('postgres_schema') or 'public'}.{name}" for name in tables),
        ssl_mode or text("postgres_ssl_mode") or "none",
        heartbeat_schema=text("dms_heartbeat_schema"),
        lob_max_bytes=int(str(answers["dms_lob_max_size_kb"].value or 32)) * 1024,
        network=text("vpc_cidr") if answers["create_vpc"].value and not environment.is_rehearsal else "",
        dms_is_here=environment.is_rehearsal,
        system_identifier=text("postgres_system_identifier"),
        replicating=isinstance(phases, list) and "dms" in phases,
        wal_free_bytes=None if free is None else int(str(free)) * 10**9,
    )
