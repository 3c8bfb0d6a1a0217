"""Why a source lets nobody in, by SQLSTATE, and what helps against each."""

from autocorp_wizard.adapters.source_sessions import POOLER, SourceLogin
from autocorp_wizard.core.preflight.record import Audience, Remedy, Restart, Seen, Variant, failed
from autocorp_wizard.core.preflight.source.facts import Wanted
from autocorp_wizard.core.preflight.source.remedies import quote, sql


def refused(login: SourceLogin, wanted: Wanted, sqlstate: str, said: str, *, what: str = "", then: str = "") -> Seen:
    """Return the failure for what the server said, with what helps; `what` and `then` are the driver's words for it."""
    user, database = quote(login.user), quote(login.database)
    sessions = "SELECT usename, count(*) FROM pg_stat_activity GROUP BY 1;"
    if sqlstate == "42501" and "may not connect" in what:
        grant = f"GRANT CONNECT ON DATABASE {database} TO {user};"
        return failed(what, *sql("Let it connect.", grant), sqlstate=sqlstate)
    if sqlstate == "55000":
        statement = f"ALTER DATABASE {database} ALLOW_CONNECTIONS true;"
        return failed(what, *sql("Let it accept connections.", statement), sqlstate=sqlstate)
    if POOLER.search(said):
        return failed(
            f"What answers at {login.host}:{login.port} is a connection pooler; replication does not pass it.",
            host_remedy("Name the server's own port, not the pooler's."),
            sqlstate=sqlstate,
            said=said,
        )
    may_log_in = sql("Let it log in.", f"ALTER ROLE {user} LOGIN;")
    password = sql("Set it anew, then tell the wizard (secret set).", f"\\password {login.user}")
    known = {
        "28000": (what or said, _line(login, wanted) if "pg_hba" in said else may_log_in),
        "28P01": (what or said, password),
        "3D000": (
            what or f"There is no database {login.database}.",
            (host_remedy("Correct postgres_database."),),
        ),
        "53300": (what or said, sql("Look who holds the connections.", sessions)),
    }
    sentence, remedies = known.get(sqlstate, (what or said, (Remedy(then or "Look into the server's log."),)))
    return failed(sentence if sentence.endswith(".") else f"{sentence}.", *remedies, sqlstate=sqlstate, said=said)


def _line(login: SourceLogin, wanted: Wanted) -> tuple[Remedy, ...]:
    """Return the line of pg_hba.conf that lets DMS in."""
    kind = "host" if login.ssl_mode == "none" else "hostssl"
    where = wanted.network or "ADDRESS/32"
    line = f"{kind} {quote(login.database)} {quote(login.user)} {where} scram-sha-256"
    return (
        Remedy(
            "Let DMS in from its network, and this computer too while it looks; then reload.",
            Audience.DATABASE,
            Variant.SELF_MANAGED,
            hba=line,
            restart=Restart.RELOAD,
        ),
        *(
            Remedy("Let the security group of DMS in.", Audience.NETWORK, each)
            for each in (Variant.RDS, Variant.AURORA)
        ),
    )


def host_remedy(text: str = "Correct postgres_host and postgres_port.") -> Remedy:
    """Return the remedy that corrects where the source is."""
    return Remedy(text, command="autocorp-wizard env edit")
