"""The rules of answers about exports and the agent; the same as in terraform/variables.tf, with reason and remedy."""

import re
from collections.abc import Mapping
from typing import Final

from autocorp_wizard.core.answer_rules import host
from autocorp_wizard.core.answers import Refusal
from autocorp_wizard.core.events import Json

# The exports by the name of their folder under raw/csv/, and the file that each of them delivers.
EXPORTS: Final[Mapping[str, str]] = {
    "customers": "customers.csv",
    "parts": "sales_order_parts.csv",
    "sales_orders": "sales_orders.csv",
    "services": "sales_order_services.csv",
}

# fmt: off
_RETENTIONS: Final = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)
# fmt: on
_SHARE: Final = '{"customers": {"server_hostname": "files.example.com", "subdirectory": "/exports/"}}'
_VERSIONS: Final = {
    "nfs": ("AUTOMATIC", "NFS3", "NFS4_0", "NFS4_1"),
    "smb": ("AUTOMATIC", "SMB2", "SMB3"),
}


def agent_address(value: Json) -> Refusal | None:
    """HOST or HOST:PORT of an agent, without a scheme."""
    text = str(value)
    name, colon, port = text.rpartition(":")
    if not colon or text.count(":") > 1:
        return host(text)
    if not port.isdigit() or not 1 <= int(port) <= 65535:
        return Refusal("After the colon stands a port, 1 to 65535.", "For example: 10.20.0.5 or 127.0.0.1:8080")
    return host(name)


def nfs_sources(value: Json) -> Refusal | None:
    """NFS shares by export."""
    return _shares(value, "nfs", {"server_hostname", "subdirectory"}, {"version"})


def smb_sources(value: Json) -> Refusal | None:
    """SMB shares by export; the password is no answer."""
    return _shares(value, "smb", {"server_hostname", "subdirectory", "user"}, {"version", "domain"})


def location_arns(value: Json) -> Refusal | None:
    """ARNs of locations by export."""
    for export, arn in _entries(value):
        refusal = _export(export)
        if refusal is not None:
            return refusal
        if re.fullmatch(r"arn:aws[a-z-]*:datasync:[a-z0-9-]+:[0-9]{12}:location/loc-[0-9a-z]{17}", str(arn)) is None:
            return Refusal(
                f"{export}: it is not the ARN of a DataSync location.",
                "It looks like arn:aws:datasync:us-east-1:123456789012:location/loc-0123456789abcdef0",
            )
    return None


def include_patterns(value: Json) -> Refusal | None:
    """Patterns by export."""
    for export, pattern in _entries(value):
        refusal = _export(export)
        if refusal is not None:
            return refusal
        if re.fullmatch(r"/[^|]+([|]/[^|]+)*", str(pattern)) is None:
            return Refusal(f"{export}: a pattern starts with a slash.", 'For example: {"customers": "/customers*.csv"}')
    return None


def once_an_hour(value: Json) -> Refusal | None:
    """A cron expression that names one minute: DataSync runs a task once an hour at most."""
    if re.match(r"cron\([0-9]{1,2} ", str(value)):
        return None
    return Refusal(
        "DataSync runs a task once an hour at most, so the first field is one minute.",
        "For example: cron(0 4 * * ? *) for every night at four, UTC.",
    )


def log_retention(value: Json) -> Refusal | None:
    """A number of days that CloudWatch Logs takes."""
    if value in _RETENTIONS:
        return None
    return Refusal("CloudWatch Logs takes " + ", ".join(map(str, _RETENTIONS)) + " days.", "For example: 30")


def _shares(value: Json, kind: str, needed: set[str], optional: set[str]) -> Refusal | None:
    for export, share in _entries(value):
        refusal = _export(export)
        if refusal is not None:
            return refusal
        if not isinstance(share, dict) or not needed <= set(share) <= needed | optional:
            what = ", ".join(sorted(needed)) + "; and where needed " + ", ".join(sorted(optional))
            return Refusal(f"{export}: a share is a map of {what}.", f"For example: {_SHARE}")
        refusal = _share(export, share, kind)
        if refusal is not None:
            return refusal
    return None


def _share(export: str, share: Mapping[str, Json], kind: str) -> Refusal | None:
    refusal = host(share["server_hostname"])
    if refusal is not None:
        return Refusal(f"{export}: server_hostname: {refusal.why}", refusal.remedy)
    if re.fullmatch(r"/([A-Za-z0-9_+./() $-]*/)?", str(share["subdirectory"])) is None:
        return Refusal(f"{export}: subdirectory starts and ends with a slash.", "For example: /exports/")
    if share.get("version", "AUTOMATIC") not in _VERSIONS[kind]:
        return Refusal(f"{export}: version is none of {', '.join(_VERSIONS[kind])}.", "Leave it out for AUTOMATIC.")
    if "user" in share and re.fullmatch(r'[^"\[\]/\\:;|=,+*?<>]{1,104}', str(share["user"])) is None:
        return Refusal(f"{export}: user is a name alone.", "A domain goes into domain.")
    return None


def _entries(value: Json) -> list[tuple[str, Json]]:
    return list(value.items()) if isinstance(value, dict) else []


def _export(name: str) -> Refusal | None:
    if name in EXPORTS:
        return None
    return Refusal(f"{name!r} is no export; there are {', '.join(EXPORTS)}.", f"For example: {_SHARE}")
