"""Asks a DataSync agent that is not activated yet for its key, over plain HTTP on the operator's network.

The key is a secret for half an hour: it stays in memory, it is never logged, and a redirect that carries it is read
and not followed, because it leads to a web page.
"""

import http.client
import re
import time
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from autocorp_wizard.core.errors import UsageError, WizardError

_TIMEOUT_SECONDS: Final = 10.0
# AWS voids a key after 30 minutes; what is older than this is not worth a try.
STALE_SECONDS: Final = 25 * 60.0
_KEY: Final = re.compile(r"[A-Z0-9]{5}(-[A-Z0-9]{5}){4}")
_BODY_LIMIT: Final = 4096
_PORT: Final = 80


@dataclass(frozen=True, slots=True)
class ActivationKey:
    """A key and when it was told (epoch seconds); it is kept out of every representation."""

    key: str = field(repr=False)
    minted_at: float

    def is_stale(self, now: float) -> bool:
        """Whether it is too old to be used."""
        return now - self.minted_at > STALE_SECONDS


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came back: status, the redirect's target, and the first bytes of the body as text."""

    status: int
    location: str
    body: str


class _ClosedWithoutAnswerError(Exception):
    """The agent hung up: one of kind Enhanced that was asked for a redirect."""


def fetch_key(address: str, region: str, *, endpoint_type: str = "PUBLIC", private_link_ip: str = "") -> ActivationKey:
    """Return a new key of the agent at `address` (HOST or HOST:PORT) for an agent in `region`.

    An earlier key of that agent that was not used becomes void. Raises WizardError AGENT-CLOSED (nothing listens),
    AGENT-TIMEOUT, AGENT-UNREACHABLE, AGENT-PORTAL (something else answers), AGENT-EGRESS (the agent cannot reach AWS)
    or AGENT-KEY (an answer that is no key).
    """
    host, port = _split(address)
    query = _query(region, endpoint_type, private_link_ip)
    # The flag stands alone: with a value, as an encoder would write it, an agent does not know it.
    first = _try(host, port, f"{query}&no_redirect")
    if first is not None and _KEY.fullmatch(first.body.strip()):
        return ActivationKey(first.body.strip(), time.time())
    second = _try(host, port, query)
    if second is not None:
        told = _redirect(second.location)
        if _KEY.fullmatch(told.get("activationKey", "")):
            return ActivationKey(told["activationKey"], time.time())
        if told.get("errorType"):
            raise _cannot_reach_aws(address, told["errorType"])
    raise _no_key(address, first, second)


def accept_key(text: str, minted_at: float) -> ActivationKey:
    """Return a key that somebody copied from the agent's console. Raises UsageError AGENT-KEY-SHAPE."""
    key = text.strip().upper()
    if _KEY.fullmatch(key) is None:
        raise UsageError(
            "AGENT-KEY-SHAPE",
            "That is no activation key.",
            why="A key is five groups of five letters and digits, joined by hyphens.",
            next_step="Copy it from the agent's local console (menu item 0, get activation key).",
        )
    return ActivationKey(key, minted_at)


def _split(address: str) -> tuple[str, int]:
    name, colon, port = address.rpartition(":")
    if colon and port.isdigit() and name.count(":") == 0:
        return name, int(port)
    return address, _PORT


def _query(region: str, endpoint_type: str, private_link_ip: str) -> str:
    asked = {"gatewayType": "SYNC", "activationRegion": region}
    if endpoint_type != "PUBLIC":
        asked["endpointType"] = endpoint_type
    if private_link_ip:
        asked["privateLinkEndpoint"] = private_link_ip
    return urlencode(asked)


def _try(host: str, port: int, query: str) -> _Answer | None:
    """Ask once; None where the agent hung up without an answer. Raises WizardError where it cannot be reached."""
    try:
        return _ask(host, port, query)
    except _ClosedWithoutAnswerError:
        return None


def _ask(host: str, port: int, query: str) -> _Answer:
    # No proxy of the operator's: the agent is on this network, and the key is nobody else's business.
    connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT_SECONDS)
    began = time.monotonic()
    try:
        connection.request("GET", f"/?{query}", headers={"Accept": "*/*", "Connection": "close"})
        answer = connection.getresponse()
        body = answer.read(_BODY_LIMIT)
        return _Answer(answer.status, answer.getheader("Location") or "", body.decode("utf-8", "replace"))
    except TimeoutError as cause:
        raise _unreachable(
            host,
            port,
            "AGENT-TIMEOUT",
            f"It said nothing for {time.monotonic() - began:.0f} s.",
            "Look whether the machine is up and whether a firewall swallows port "
            f"{port}; a starting agent needs some minutes.",
        ) from cause
    except ConnectionRefusedError as cause:
        raise _unreachable(
            host,
            port,
            "AGENT-CLOSED",
            "Nothing listens there: the agent is activated already, or it is still starting, or a firewall refuses.",
            "Where it is activated, adopt it: autocorp-wizard agent adopt ARN. Otherwise wait, or take the key from "
            "its local console and give it to: autocorp-wizard agent activate --stdin",
        ) from cause
    except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError) as cause:
        raise _ClosedWithoutAnswerError from cause
    except http.client.HTTPException as cause:
        raise _not_an_agent(f"{host}:{port}", "What answers there does not speak HTTP.") from cause
    except OSError as cause:
        raise _unreachable(
            host,
            port,
            "AGENT-UNREACHABLE",
            f"{cause.strerror or cause}.",
            "Look at the address (autocorp-wizard env edit --set datasync_agent_address=HOST) and at the way to it.",
        ) from cause
    finally:
        connection.close()


def _redirect(location: str) -> dict[str, str]:
    """Return the parameters that a redirect carries, in its query or behind its fragment sign."""
    parts = urlsplit(location)
    found: dict[str, str] = {}
    for text in (parts.query, parts.fragment.partition("?")[2]):
        found |= {name: values[0] for name, values in parse_qs(text).items()}
    return found


def _unreachable(host: str, port: int, code: str, why: str, next_step: str) -> WizardError:
    return WizardError(code, f"The DataSync agent at {host}:{port} cannot be asked.", why=why, next_step=next_step)


def _cannot_reach_aws(address: str, error_type: str) -> WizardError:
    # It came from outside: only its shape of a word is shown.
    word = error_type if re.fullmatch(r"[A-Za-z0-9_]{1,80}", error_type) else "unknown"
    private = "PRIVATE_LINK" in word
    return WizardError(
        "AGENT-EGRESS",
        f"The DataSync agent at {address} answers, but it cannot reach AWS ({word}).",
        why="It needs the VPC endpoint's address in its network." if private else "An agent fetches its key from AWS.",
        next_step="Open TCP 443 and 1024-1064 from the agent to the endpoint's address."
        if private
        else "Open TCP 443 from the agent to the DataSync endpoints of the region; its local console has a test.",
    )


def _not_an_agent(address: str, why: str) -> WizardError:
    return WizardError(
        "AGENT-PORTAL",
        f"What answers at {address} is no DataSync agent.",
        why=why,
        next_step="Look at the address; a login page of the network or a proxy may stand in between.",
    )


def _no_key(address: str, first: _Answer | None, second: _Answer | None) -> WizardError:
    bodies = [each.body for each in (first, second) if each is not None]
    if any("<html" in body.lower() or "<!doctype" in body.lower() for body in bodies):
        return _not_an_agent(address, "It answers with a web page.")
    if first is not None and not first.body.strip() and first.status == 200:
        return _cannot_reach_aws(address, "unknown")
    statuses = " and ".join(str(each.status) if each is not None else "a closed connection" for each in (first, second))
    return WizardError(
        "AGENT-KEY",
        f"The DataSync agent at {address} told no key.",
        why=f"Asked in both ways it answered with {statuses}, and nothing in it has the shape of a key.",
        next_step="Try again; or take the key from its local console: autocorp-wizard agent activate --stdin",
    )
