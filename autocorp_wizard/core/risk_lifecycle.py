"""Which objects a bucket's lifecycle deletes sooner than before, judged by what they are and not by a rule's name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from autocorp_wizard.core.events import Json
from autocorp_wizard.core.risk_values import blocks, number

_DELETIONS = (
    ("expiration", "days", "objects"),
    ("noncurrent_version_expiration", "noncurrent_days", "earlier versions"),
)


@dataclass(frozen=True, slots=True)
class Expiry:
    """`what` below `prefix` is deleted after `days`; `whole` is False where tags or sizes narrow the rule further."""

    rule: str
    prefix: str
    what: str
    days: int
    whole: bool

    def covers(self, other: "Expiry") -> bool:
        """Whether everything that `other` deletes was this rule's to delete as well."""
        return self.whole and self.what == other.what and other.prefix.startswith(self.prefix)


def sooner(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[tuple[Expiry, int | None]]:
    """Yield each expiry that deletes sooner, with the days until now; None where it was kept until now."""
    old = tuple(expiries(before))
    for new in expiries(after):
        until_now = min((known.days for known in old if known.covers(new)), default=None)
        same = any(known == new for known in old)
        if not same and (until_now is None or new.days < until_now):
            yield new, until_now


def expiries(side: Mapping[str, Json]) -> Iterator[Expiry]:
    """Yield what the enabled rules of an `aws_s3_bucket_lifecycle_configuration` delete."""
    for rule in blocks(side.get("rule")):
        if rule.get("status") != "Enabled":
            continue
        prefix, whole = _scope(rule)
        for block, key, what in _DELETIONS:
            for inner in blocks(rule.get(block)):
                days = number(inner.get(key))
                if days:
                    # Where some newer versions are kept whatever their age, the rule deletes less than it could.
                    spared = bool(number(inner.get("newer_noncurrent_versions")))
                    yield Expiry(str(rule.get("id") or ""), prefix, what, int(days), whole and not spared)


def _scope(rule: Mapping[str, Json]) -> tuple[str, bool]:
    """Return the prefix that a rule is for, and whether that is its only condition."""
    parts = blocks(rule.get("filter"))
    parts += [inner for part in parts for inner in blocks(part.get("and"))]
    prefix = next((str(part["prefix"]) for part in [*parts, rule] if part.get("prefix")), "")
    narrowed = any(part.get(key) for part in parts for key in ("tag", "tags", "object_size_greater_than"))
    return prefix, not narrowed and not any(part.get("object_size_less_than") for part in parts)
