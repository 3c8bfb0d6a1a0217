"""The rules an answer must keep, each with the reason and the remedy that a person is shown.

A rule takes a value of the right kind and returns a Refusal or None. What AWS would refuse is refused here, before
anything is started.
"""

import difflib
import ipaddress
import re

from autocorp_wizard.core.answers import Check, Refusal
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.regions import REGIONS

NAME_PATTERN = r"^[a-z](-?[a-z0-9])+$"
NAME_LIMIT = 20


def name(value: Json) -> Refusal | None:
    """Names of environments and projects: 2 to 20 characters that every AWS name accepts (decisions.md 2)."""
    text = str(value)
    if not 2 <= len(text) <= NAME_LIMIT:
        return Refusal(
            f"It has {len(text)} characters; AWS names are built from it, so it must have 2 to {NAME_LIMIT}.",
            "Use a shorter name." if len(text) > NAME_LIMIT else "Use a longer name.",
        )
    if re.fullmatch(NAME_PATTERN, text) is None:
        proposal = re.sub(r"-+", "-", re.sub(r"[^a-z0-9]+", "-", text.lower())).strip("-0123456789")
        return Refusal(
            "It must start with a lower-case letter and hold only lower-case letters, digits and single hyphens: "
            "bucket names allow nothing else.",
            f"For example: {proposal}" if re.fullmatch(NAME_PATTERN, proposal) else "For example: dev",
        )
    return None


def matches(pattern: str, why: str, remedy: str) -> Check:
    """Text must match a pattern as a whole."""
    compiled = re.compile(pattern)

    def check(value: Json) -> Refusal | None:
        return None if compiled.fullmatch(str(value)) else Refusal(why, remedy)

    return check


def each(rule: Check) -> Check:
    """Every member of a list must keep a rule; the refusal names the first that does not."""

    def check(value: Json) -> Refusal | None:
        for member in value if isinstance(value, list) else []:
            refusal = rule(member)
            if refusal is not None:
                return Refusal(f"{member}: {refusal.why}", refusal.remedy)
        return None

    return check


def between(low: int, high: int, unit: str, *, also: int | None = None) -> Check:
    """A whole number from `low` to `high`, or the one value `also`."""

    def check(value: Json) -> Refusal | None:
        if isinstance(value, int) and (low <= value <= high or value == also):
            return None
        extra = f", or {also}" if also is not None else ""
        return Refusal(f"It must be {low} to {high} {unit}{extra}.", f"Give a number from {low} to {high}{extra}.")

    return check


def one_of_each(choices: tuple[str, ...]) -> Check:
    """Members of a list out of a fixed set."""

    def check(value: Json) -> Refusal | None:
        for member in value if isinstance(value, list) else []:
            if member not in choices:
                near = difflib.get_close_matches(str(member), choices, n=1)
                return Refusal(
                    f"{member!r} is none of {', '.join(choices)}.", f"Did you mean {near[0]}?" if near else "Remove it."
                )
        return None

    return check


account_id = matches(
    r"[0-9]{12}",
    "An AWS account id has exactly 12 digits.",
    "Find it with: aws sts get-caller-identity. In YAML, put it in quotes.",
)

role_arn = matches(
    r"arn:aws[a-z-]*:iam::[0-9]{12}:role/.+",
    "It is not the ARN of an IAM role.",
    "It looks like arn:aws:iam::123456789012:role/deployer",
)

postgres_name = matches(
    r"[^|]{1,63}",
    "PostgreSQL names have 1 to 63 characters, and no bar.",
    "Give the name as `\\l` or `\\du` shows it in psql.",
)

bucket_name = matches(
    r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]",
    "A bucket name has 3 to 63 lower-case letters, digits and hyphens; dots would break TLS.",
    "For example: autocorp-terraform-state-123456789012-us-east-1",
)


def cron(value: Json) -> Refusal | None:
    """An AWS cron expression: six fields, with a question mark for the day or for the weekday."""
    text = str(value)
    fields = r"[0-9*/,-]+ [0-9*/,-]+ [0-9*?/,LW-]+ [0-9A-Z*/,-]+ [0-9A-Z*?/,L#-]+ [0-9*/,-]+"
    if re.fullmatch(rf"cron\({fields}\)", text) is None:
        why = "AWS schedules are cron(MINUTE HOUR DAY MONTH WEEKDAY YEAR)."
    elif text.count("?") != 1:
        why = "Exactly one of day and weekday must be a question mark."
    else:
        return None
    return Refusal(why, "For example: cron(0 2 * * ? *) for every night at two, UTC.")


def at_most(limit: int, things: str) -> Check:
    """A list of no more than `limit` members."""

    def check(value: Json) -> Refusal | None:
        count = len(value) if isinstance(value, list | dict) else 0
        if count <= limit:
            return None
        return Refusal(f"It has {count} {things}; at most {limit} are possible.", f"Keep {limit} or fewer.")

    return check


def region(value: Json) -> Refusal | None:
    """A region that AWS has."""
    if value in REGIONS:
        return None
    near = difflib.get_close_matches(str(value).lower(), sorted(REGIONS), n=1)
    return Refusal("AWS has no region of that name.", f"Did you mean {near[0]}?" if near else "For example: us-east-1")


def host(value: Json) -> Refusal | None:
    """A host name or an address, without scheme, user, port or password."""
    text = str(value)
    if "://" in text or "@" in text or "/" in text:
        return Refusal(
            "It is an address only: no scheme, no user, no database.",
            "Give the host alone (for example db.example.com); user, port and database are answers of their own.",
        )
    try:
        ipaddress.ip_address(text)
    except ValueError:
        if re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?", text) and ".." not in text and len(text) <= 253:
            return None
        if re.fullmatch(r".+:\d+", text):
            return Refusal("It holds a port.", "Give the host alone; the port goes into postgres_port.")
        return Refusal("It is neither a host name nor an IP address.", "For example: db.example.com or 10.0.4.12")
    return None


def cidr(low: int, high: int) -> Check:
    """An IPv4 network whose prefix length lies between `low` and `high`."""

    def check(value: Json) -> Refusal | None:
        try:
            network = ipaddress.IPv4Network(str(value), strict=True)
        except ValueError as error:
            return Refusal(f"It is not an IPv4 network ({error}).", "For example: 10.20.0.0/16")
        if not low <= network.prefixlen <= high:
            return Refusal(
                f"A network of size /{network.prefixlen} does not fit.", f"Use a size from /{low} to /{high}."
            )
        return None

    return check


def at_least(limit: int, thing: str) -> Check:
    """A list of no fewer than `limit` members."""

    def check(value: Json) -> Refusal | None:
        if isinstance(value, list) and len(value) < limit:
            return Refusal(f"It needs {limit} {thing} or more.", f"Name a {thing}.")
        return None

    return check


# Set on everything by the tree itself.
RESERVED_TAGS = ("Environment", "ManagedBy", "Name", "Project")


def tags(value: Json) -> Refusal | None:
    """Tags as AWS takes them, without those that the tree sets."""
    for key, text in value.items() if isinstance(value, dict) else ():
        if key in RESERVED_TAGS:
            return Refusal(f"{', '.join(RESERVED_TAGS)} are set by the wizard.", f"Remove {key}.")
        if not isinstance(text, str):
            return Refusal(f"The value of {key} is no text.", f'Put it in quotes: {key}: "{text}"')
        if not 1 <= len(key) <= 128 or len(text) > 256 or key.lower().startswith("aws:"):
            return Refusal(
                f"AWS refuses the tag {key!r}.", "Keys have 1 to 128 characters and no aws: prefix, values up to 256."
            )
    return None


def cors_rules(value: Json) -> Refusal | None:
    """Cross-origin rules: each with methods and origins."""
    known = {"allowed_headers", "allowed_methods", "allowed_origins", "expose_headers", "max_age_seconds"}
    remedy = 'For example: {"allowed_methods": ["GET"], "allowed_origins": ["https://reports.example.com"]}'
    for rule in value if isinstance(value, list) else []:
        if not isinstance(rule, dict) or set(rule) - known:
            return Refusal("A rule is a map of " + ", ".join(sorted(known)) + ".", remedy)
        methods, origins = rule.get("allowed_methods"), rule.get("allowed_origins")
        if not (isinstance(methods, list) and methods and isinstance(origins, list) and origins):
            return Refusal("Each rule needs at least one method and one origin.", remedy)
        refusal = one_of_each(("GET", "HEAD", "PUT", "POST", "DELETE"))(methods)
        if refusal is not None:
            return refusal
    return None


def replication(value: Json) -> Refusal | None:
    """The destination of a copy: a bucket's ARN, and zones."""
    known = {"account_id", "bucket_arn", "kms_key_arn", "region", "storage_class", "zones"}
    remedy = 'For example: {"bucket_arn": "arn:aws:s3:::autocorp-copy", "zones": ["curated"]}'
    if not isinstance(value, dict):
        return None
    if set(value) - known:
        return Refusal("It knows only " + ", ".join(sorted(known)) + ".", remedy)
    if re.fullmatch(r"arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]+", str(value.get("bucket_arn"))) is None:
        return Refusal("bucket_arn is no bucket's ARN.", remedy)
    classes = ("STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR")
    if value.get("storage_class") is not None and value["storage_class"] not in classes:
        return Refusal("storage_class is none of " + ", ".join(classes) + ".", remedy)
    zones = value.get("zones", ["curated"])
    if not isinstance(zones, list) or not zones:
        return Refusal("zones names no zone.", remedy)
    return one_of_each(("raw", "curated", "quarantine", "logs", "scripts", "tmp"))(zones)
