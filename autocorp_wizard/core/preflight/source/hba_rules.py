"""Rules on pg_hba.conf as the server shows it: faulty lines, and whether the network of DMS is let in.

The first line that fits decides (PostgreSQL, "The pg_hba.conf File"); one for a part of the network leaves it open.
"""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final

from autocorp_wizard.core.preflight.record import (
    Audience,
    Remedy,
    Restart,
    Seen,
    Variant,
    failed,
    passed,
    skipped,
    unsure,
)
from autocorp_wizard.core.preflight.source.facts import HbaLine, Role, Wanted
from autocorp_wizard.core.preflight.source.remedies import quote

_LATER: Final = "apply dms"
_Network = IPv4Network | IPv6Network


def errors(role: Role, _: Wanted) -> Seen:
    """Judge whether a reload would be taken, where the login may read the file."""
    if role.hba is None:
        return _hidden(role, "so faulty lines cannot be seen")
    wrong = tuple(f"line {each.number}: {each.error}" for each in role.hba if each.error)
    if not wrong:
        return passed("pg_hba.conf has no faulty line.")
    return failed(
        "pg_hba.conf has a faulty line, so a reload is ignored.",
        Remedy("Correct the line, then reload.", Audience.DATABASE, sql="SELECT pg_reload_conf();",
               restart=Restart.RELOAD),
        findings=wrong,
    )  # fmt: skip


def network(role: Role, wanted: Wanted) -> Seen:
    """Judge whether the replication user is let in from where DMS will be, as the file stands on the disk."""
    if wanted.dms_is_here and not wanted.network:
        return skipped("The DMS of a rehearsal is on this computer, whose own login tells.")
    if not wanted.network:
        return unsure(
            "From which network DMS comes is not known (it is not the wizard's), so no line can be looked for.",
            resolves_at=_LATER,
        )
    if role.hba is None:
        return _hidden(role, "so whether DMS is let in cannot be seen", resolves_at=_LATER)
    where = ip_network(wanted.network, strict=False)
    line, sure = next(
        ((each, fits) for each in role.hba if (fits := _fits(each, where, role.name, wanted)) is not False),
        (None, True),
    )
    return _judged(line, role.name, where, _line(role, wanted), sure=bool(sure))


def _judged(line: HbaLine | None, user: str, where: _Network, remedy: Remedy, *, sure: bool) -> Seen:
    if line is None:
        return failed(
            f"No line of pg_hba.conf lets {user} in from {where}, where DMS will be; another address only where a "
            "gateway in between translates it.",
            remedy,
        )
    if not sure:
        return unsure(
            f"Line {line.number} of pg_hba.conf is perhaps for {user} from {where}: it names a group, a pattern, a "
            "host or a part of the network. Only a login from there tells.",
            resolves_at=_LATER,
        )
    if line.method == "reject":
        return failed(f"Line {line.number} of pg_hba.conf rejects {user} from {where}.", remedy)
    return passed(f"Line {line.number} of pg_hba.conf lets {user} in from {where} by {line.method}.")


def _fits(line: HbaLine, where: _Network, user: str, wanted: Wanted) -> bool | None:
    """Whether the line decides about all of the network; None where that cannot be told from the file."""
    kinds = ("host", "hostnossl") if wanted.ssl_mode == "none" else ("host", "hostssl")
    parts = (
        line.kind in kinds and not line.error,
        _holds(line.databases, wanted.database, sameuser=user == wanted.database),
        _holds(line.users, user),
        _covers(line, where),
    )
    if False in parts:
        return False
    return None if None in parts else True


def _holds(names: tuple[str, ...], wanted: str, *, sameuser: bool = False) -> bool | None:
    if "all" in names or wanted in names or (sameuser and "sameuser" in names):
        return True
    # A group, a pattern, or what depends on membership.
    return None if any(each[:1] in "+/" or each in ("samerole", "samegroup") for each in names) else False


def _covers(line: HbaLine, where: _Network) -> bool | None:
    if line.address == "all":
        return True
    try:
        ones = int(ip_address(line.netmask)).bit_count() if line.netmask else 0
        own = ip_network(f"{line.address}/{ones}", strict=False)
    except ValueError:
        return None if line.address else False  # a host's name, samehost, samenet
    if not own.overlaps(where):
        return False
    return True if own.prefixlen <= where.prefixlen else None


def _line(role: Role, wanted: Wanted) -> Remedy:
    kind = "host" if wanted.ssl_mode == "none" else "hostssl"
    return Remedy(
        "Let DMS in from its network: above the lines that refuse, then reload.",
        Audience.DATABASE,
        Variant.SELF_MANAGED,
        hba=f"{kind} {quote(wanted.database)} {quote(role.name)} {wanted.network} scram-sha-256",
        restart=Restart.RELOAD,
    )


def _hidden(role: Role, therefore: str, *, resolves_at: str = "") -> Seen:
    reader = role.looked_as
    if reader == role.name:
        help_ = Remedy(
            "Give the preflight a second login that may read it; docs/preflight.md has the statements.",
            Audience.DATABASE,
            Variant.SELF_MANAGED,
        )
    else:
        help_ = Remedy(
            "Let the inspecting login read the rules.",
            Audience.DATABASE,
            Variant.SELF_MANAGED,
            sql=f"GRANT SELECT ON pg_hba_file_rules TO {quote(reader)};\n"
            f"GRANT EXECUTE ON FUNCTION pg_hba_file_rules() TO {quote(reader)};",
            risk="It shows that login every rule of pg_hba.conf.",
            undo=f"REVOKE ALL ON pg_hba_file_rules FROM {quote(reader)};",
        )
    return unsure(f"{reader} may not read pg_hba_file_rules, {therefore}.", help_, resolves_at=resolves_at)
