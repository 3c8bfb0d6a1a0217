"""The rule on whose server answers: a name that was re-pointed, or a foreign cluster on the port, lets anybody in."""

from autocorp_wizard.core.preflight.record import Remedy, Seen, failed, passed
from autocorp_wizard.core.preflight.source.facts import Server, Wanted


def stable_peer(server: Server, wanted: Wanted, walsender: str) -> Seen:
    """Judge whether two logins met one server, and the one that the environment means.

    `walsender` is the identifier that the replication connection told. A standby and its primary share theirs.
    """
    here, meant = server.system_identifier, wanted.system_identifier
    if walsender != here:
        return failed(
            f"Two logins met two servers ({here} and {walsender}): something in between distributes them.",
            Remedy("Give the primary's own address as postgres_host.", command="autocorp-wizard env edit"),
        )
    if not meant:
        return passed(
            f"Two logins met the same server, {here}; the environment names none to compare it with "
            "(postgres_system_identifier).",
            system_identifier=here,
        )
    if meant == here:
        return passed(f"It is the server that the environment means, {here}.", system_identifier=here)
    return failed(
        f"Another server answers: this one is {here}, the environment means {meant}.",
        Remedy(
            "Where it is meant (an upgrade, a restore), write it down.",
            command=f"autocorp-wizard env edit --set postgres_system_identifier={here}",
        ),
        Remedy("Else give the address of the server that is meant.", command="autocorp-wizard env edit"),
        system_identifier=here,
    )
