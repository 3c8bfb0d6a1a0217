"""The one honest test of replication: make a temporary logical slot, which goes with its session."""

from typing import TYPE_CHECKING

from autocorp_wizard.adapters.source_facts import SourceFacts
from autocorp_wizard.checks.source.reach import Reach
from autocorp_wizard.core.preflight.record import Audience, Remedy, Restart, Seen, failed, passed
from autocorp_wizard.core.preflight.source import activity_rules as on_activity
from autocorp_wizard.core.preflight.source import server_rules as on_server
from autocorp_wizard.core.preflight.source.facts import Wanted
from autocorp_wizard.core.preflight.source.remedies import sql

if TYPE_CHECKING:
    import psycopg

_SAY = {
    "55000": "wal_level does not let a slot be made.",
    "53400": "All replication slots are in use.",
    "42501": "The replication user may not make a slot.",
    "58P01": "The output plugin's file is missing.",
}


def probe(reach: Reach, facts: SourceFacts) -> Seen:
    """Make a temporary slot by SQL (so that statement_timeout bounds it) and drop it; no trace stays on any way out."""
    import psycopg

    wanted = reach.wanted
    with reach.sessions.session(write=True) as source:
        source.execute("SET lock_timeout = 0")  # so that statement_timeout alone ends the wait, and says so
        name = f"acw_probe_{source.info.backend_pid}"
        try:
            one = source.execute(
                "SELECT lsn::text FROM pg_create_logical_replication_slot(%s, %s, true)", (name, wanted.plugin)
            ).fetchone()
        except psycopg.Error as error:
            return _held_back(facts, wanted) if error.sqlstate == "57014" else _failed(error, wanted)
        source.execute("SELECT pg_drop_replication_slot(%s)", (name,))
    return passed(
        f"A temporary slot with {wanted.plugin} was made and dropped: replication can start.",
        lsn=one[0] if one else None,
    )


def _held_back(facts: SourceFacts, wanted: Wanted) -> Seen:
    """The slot waits for transactions that hold an id, in any database, and for prepared ones: name them."""
    blockers = (on_activity.writers(facts.activity(), wanted, patience=0.0), on_server.prepared(facts.server(), wanted))
    held = [each for each in blockers if each.remedies]
    return failed(
        "Making a slot did not end within 5 s: an open transaction holds it back.",
        *(remedy for each in held for remedy in each.remedies),
        findings=tuple(finding for each in held for finding in each.findings),
        sqlstate="57014",
    )


def _failed(error: "psycopg.Error", wanted: Wanted) -> Seen:
    state = error.sqlstate or ""
    said = " ".join(str(error).split())
    if "could not access file" in said:
        state = "58P01"
        remedy = Remedy(f"Install the package that brings {wanted.plugin} (contrib).", Audience.DATABASE)
    elif "may not be used as an output plugin" in said:
        return failed(
            f"{wanted.plugin} is not among the allowed output plugins.",
            *sql("Allow it.", f"ALTER SYSTEM SET output_plugin_libraries = 'pgoutput, {wanted.plugin}';",
                 restart=Restart.RELOAD),
            sqlstate=state,
        )  # fmt: skip
    else:
        remedy = Remedy("See the checks that this one needs; their remedies help.", Audience.DATABASE)
    return failed(_SAY.get(state, said), remedy, sqlstate=state, said=said)
