"""Checks of the way from this machine to AWS: names, ports, certificates, proxies, clocks.

They prove nothing about the ways of DMS and of the agent, and say so.
"""

import os
import socket
import ssl
import statistics
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from http.client import HTTPException, HTTPSConnection
from typing import Final

from autocorp_wizard.checks.place import Place
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.preflight.record import (
    Audience,
    Check,
    Group,
    Remedy,
    Seen,
    Status,
    Vantage,
    failed,
    passed,
    skipped,
    unsure,
    warned,
)

_SERVICES: Final = ("sts", "dms", "datasync", "s3", "glue", "secretsmanager", "dynamodb", "logs")
_TRUSTED: Final = ("Amazon", "Starfield", "DigiCert")
_TIMEOUT: Final = 5.0
_CLOCK_WARN: Final = 60.0
# AWS refuses signatures that are five minutes off.
_CLOCK_FAIL: Final = 240.0
_MTU_LOW: Final = 1400
_ALL: Final = frozenset({"foundation", "glue", "dms", "datasync"})


def operator_checks(place: Place) -> tuple[Check, ...]:
    """Return the checks of this machine's way to AWS."""
    check = partial(Check, group=Group.NETWORK, vantage=Vantage.LAPTOP)
    scope = "the ways of DMS and of the agent"
    return (
        check(
            "net.operator.aws",
            "AWS can be reached from here",
            probe=partial(endpoints, place),
            proves="that this computer reaches the region's endpoints over TLS",
            does_not_prove=scope,
            phases=_ALL,
            timeout=20.0,
        ),
        check(
            "net.operator.intercept",
            "Nobody opens TLS on the way",
            probe=partial(interception, place),
            needs=("net.operator.aws",),
            proves="who signed what this computer is shown",
            does_not_prove=scope,
        ),
        check("net.operator.proxy", "The proxy leaves the source alone", probe=partial(proxy, place)),
        check(
            "net.operator.clock",
            "The clock is right",
            probe=partial(clock, place),
            needs=("net.operator.aws",),
            phases=_ALL,
            volatile=True,
        ),
        check(
            "net.mtu",
            "Packets to the source are not cut",
            probe=partial(mtu, place),
            proves="what this computer's own path carries",
            does_not_prove="the VPN that DMS uses",
        ),
        check(
            "net.agent.share",
            "The share answers",
            probe=partial(share, place),
            proves="that this computer reaches the share's port",
            does_not_prove="that the agent does: its local console has a test",
        ),
    )


@dataclass(frozen=True, slots=True)
class Reached:
    """How one endpoint answered: addresses, milliseconds to a connection, who signed it; `wrong` is what failed."""

    host: str
    addresses: tuple[str, ...] = ()
    milliseconds: float = 0.0
    issuer: str = ""
    wrong: str = ""

    @property
    def is_private(self) -> bool:
        """Whether the name leads into a private network: an endpoint of a VPC."""
        from ipaddress import ip_address

        return any(ip_address(each).is_private for each in self.addresses)


def reach(host: str, port: int = 443, *, cafile: str | None = None, timeout: float = _TIMEOUT) -> Reached:
    """Resolve, connect and shake hands; each failure has a sentence of its own. Never raises."""
    addresses: tuple[str, ...] = ()
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = tuple(dict.fromkeys(str(each[4][0]) for each in found))
        began = time.monotonic()
        with socket.create_connection((host, port), timeout=timeout) as raw:
            took = (time.monotonic() - began) * 1000
            context = ssl.create_default_context(cafile=cafile)
            with context.wrap_socket(raw, server_hostname=host) as shaken:
                return Reached(host, addresses, took, _issuer(shaken.getpeercert()))
    except OSError as error:
        return Reached(host, addresses, wrong=_what_failed(error, timeout))


def _what_failed(error: OSError, timeout: float) -> str:
    """Return a sentence of its own for each way to fail; the narrower kinds stand before the wider."""
    kinds: tuple[tuple[type[OSError], str], ...] = (
        (socket.gaierror, f"the name means nothing here ({error.strerror or error})"),
        (ssl.SSLCertVerificationError, f"its certificate is not trusted ({getattr(error, 'verify_message', '')})"),
        (ssl.SSLError, f"what answers there does not speak TLS ({getattr(error, 'reason', '')})"),
        (TimeoutError, f"no answer within {timeout:.0f} s: a firewall may drop it"),
        (ConnectionRefusedError, "the connection is refused: nothing listens there"),
    )
    return next((said for kind, said in kinds if isinstance(error, kind)), str(error.strerror or error))


def _issuer(certificate: Mapping[str, object] | None) -> str:
    fields: dict[str, str] = {}
    for part in (certificate or {}).get("issuer", ()):  # type: ignore[attr-defined]  # a tuple of tuples of pairs
        for key, value in part:
            fields[key] = value
    return fields.get("organizationName", "") or fields.get("commonName", "")


def hosts_of(region: str) -> tuple[str, ...]:
    """Return the endpoints of AWS that a rollout in a region talks to."""
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return (*(f"{name}.{region}.{suffix}" for name in _SERVICES), f"iam.{suffix}")


def endpoints(place: Place, ask: Callable[[str], Reached] | None = None) -> Seen:
    """Reach every endpoint, side by side."""
    if place.environment.is_rehearsal:
        return skipped("A rehearsal never leaves this machine.")
    if proxied(place.environ):
        return unsure(
            "The way to AWS leads through a proxy, which the calls of the account's checks try out.",
            resolves_at="aws.identity",
        )
    bundle = place.environ.get("AWS_CA_BUNDLE") or None
    hosts = hosts_of(place.environment.region)
    with ThreadPoolExecutor(len(hosts)) as pool:
        found = list(pool.map(ask or partial(reach, cafile=bundle), hosts))
    findings = tuple(f"{each.host}: {each.wrong or f'{each.milliseconds:.0f} ms'}" for each in found)
    wrong = [each for each in found if each.wrong]
    if wrong:
        many = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        return failed(
            f"{wrong[0].host}{many} cannot be reached: {wrong[0].wrong}.",
            Remedy(
                "Open TCP 443 from this computer to these names, or set HTTPS_PROXY; for a certificate of your own "
                "company set AWS_CA_BUNDLE.",
                Audience.NETWORK,
            ),
            findings=findings,
        )
    private = [each.host for each in found if each.is_private]
    median = statistics.median(each.milliseconds for each in found)
    said = f"All {len(found)} endpoints answer, {median:.0f} ms in the middle"
    evidence: dict[str, Json] = {"median_ms": round(median, 1), "private": list[Json](private)}
    note = f"; {len(private)} through endpoints of a VPC" if private else ""
    return Seen(Status.PASS, f"{said}{note}.", evidence, findings)


def interception(place: Place, ask: Callable[[str], Reached] | None = None) -> Seen:
    """Look who signed the certificate of STS."""
    if place.environment.is_rehearsal:
        return skipped("A rehearsal never leaves this machine.")
    host = hosts_of(place.environment.region)[0]
    found = (ask or partial(reach, cafile=place.environ.get("AWS_CA_BUNDLE") or None))(host)
    if found.wrong:
        return unsure(f"{host}: {found.wrong}.")
    if found.issuer.startswith(_TRUSTED):
        return passed(f"{host} is signed by {found.issuer}.", issuer=found.issuer)
    return warned(
        f"{host} is signed by {found.issuer or 'an unnamed authority'}: somebody opens TLS on the way.",
        Remedy(
            "Set AWS_CA_BUNDLE here, and exempt AWS from TLS inspection for the agent and for DMS: they will not "
            "trust this authority.",
            Audience.NETWORK,
        ),
        issuer=found.issuer,
    )


def proxied(environ: Mapping[str, str]) -> str:
    """Return the proxy for HTTPS that the variables name, empty for none."""
    return environ.get("HTTPS_PROXY") or environ.get("https_proxy") or ""


def _is_exempt(host: str, exempt: str) -> bool:
    names = [each.strip().removeprefix("*.").removeprefix(".").lower() for each in exempt.split(",") if each.strip()]
    return any(name == "*" or host.lower() == name or host.lower().endswith(f".{name}") for name in names)


def proxy(place: Place) -> Seen:
    """Look whether a proxy is named, and whether it would take in this machine's own services."""
    if not proxied(place.environ):
        return passed("No proxy is named.")
    exempt = place.environ.get("NO_PROXY") or place.environ.get("no_proxy") or ""
    host = place.source_host
    if host and not _is_exempt(host, exempt):
        return warned(
            f"HTTPS_PROXY is set and NO_PROXY does not exempt the source {host}; tools that obey it would go astray.",
            Remedy("Add the source's host.", command=f"export NO_PROXY={','.join(filter(None, (exempt, host)))}"),
        )
    if "169.254.169.254" not in exempt:
        return warned(
            "HTTPS_PROXY is set and NO_PROXY does not exempt 169.254.169.254 (credentials of an EC2 machine).",
            Remedy("On EC2, add 169.254.169.254 to NO_PROXY."),
        )
    return passed("The proxy leaves the source alone.")


def clock(place: Place, ask: Callable[[str], datetime] | None = None) -> Seen:
    """Compare the clock with the date of an answer of STS."""
    if place.environment.is_rehearsal:
        return skipped("A rehearsal has this machine's own clock.")
    host = hosts_of(place.environment.region)[0]
    try:
        theirs = (ask or date_of)(host)
    except (OSError, HTTPException, ValueError) as error:
        return unsure(f"{host} told no time: {error}.")
    off = abs((place.now() - theirs) / timedelta(seconds=1))
    set_it = Remedy("Let NTP set the clock.", command="timedatectl set-ntp true")
    if off > _CLOCK_FAIL:
        return failed(f"The clock is {off:.0f} s off; AWS refuses signatures that are 300 s off.", set_it, off_s=off)
    if off > _CLOCK_WARN:
        return warned(f"The clock is {off:.0f} s off.", set_it, off_s=off)
    return passed(f"The clock is right to {max(off, 1):.0f} s.", off_s=round(off, 1))


def date_of(host: str) -> datetime:
    """Return the time that a server says. Raises OSError, HTTPException or ValueError."""
    connection = HTTPSConnection(host, timeout=_TIMEOUT)
    try:
        connection.request("HEAD", "/")
        told = connection.getresponse().getheader("Date")
    finally:
        connection.close()
    if not told:
        raise ValueError("no Date header")
    return parsedate_to_datetime(told)


def mtu(place: Place) -> Seen:
    """Ask the kernel what this computer's path to the source carries (Linux)."""
    if not place.source_host:
        return skipped("The source's host is not answered yet.")
    if not hasattr(socket, "IP_MTU") and not os.path.exists("/proc/sys/net/ipv4"):  # noqa: PTH110  (a kernel's own file)
        return skipped("Only Linux says it.")
    try:
        with socket.create_connection((place.source_host, place.source_port), timeout=_TIMEOUT) as found:
            option = 14 if found.family == socket.AF_INET else 24  # IP_MTU and IPV6_MTU of Linux
            level = socket.IPPROTO_IP if found.family == socket.AF_INET else socket.IPPROTO_IPV6
            size = found.getsockopt(level, option)
    except OSError as error:
        return unsure(f"The source cannot be reached from here: {error.strerror or error}.")
    note = "" if size >= _MTU_LOW else "; a tunnel may be on the way"
    return passed(f"The path carries packets of {size} bytes{note}.", mtu=size)


def share(place: Place) -> Seen:
    """Try the ports of the shares from here; the agent's own way stays unproven."""
    wanted = [
        (str(each.get("server_hostname") or ""), port)
        for name, port in (("datasync_nfs_sources", 2049), ("datasync_smb_sources", 445))
        for each in _sources(place.answer(name))
    ]
    hosts = sorted({(host, port) for host, port in wanted if host})
    if not hosts:
        return skipped("No share is named.")
    state = place.state()
    if state is not None and state.of_type("aws_datasync_task"):
        return skipped("The transfer tasks tell better: see ds.share.")
    shut = []
    for host, port in hosts:
        try:
            socket.create_connection((host, port), timeout=3.0).close()
        except OSError as error:
            shut.append(f"{host}:{port}: {error.strerror or error}")
    if shut:
        return unsure(
            f"From this computer {shut[0]} does not answer; whether the agent reaches it is not known.",
            resolves_at="the agent's local console, and the first transfer",
        )
    names = ", ".join(f"{host}:{port}" for host, port in hosts)
    return unsure(
        f"From this computer {names} answers; whether the agent reaches it is not known.",
        resolves_at="the agent's local console, and the first transfer",
    )


def _sources(value: Json) -> list[Mapping[str, Json]]:
    if isinstance(value, dict):
        value = list(value.values())
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
