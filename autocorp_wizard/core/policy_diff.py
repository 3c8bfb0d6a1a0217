"""Whether one policy document allows more than another: statements are compared by what they grant, not by text.

It answers for a person who reviews a plan, so it errs on the side of naming: what it cannot prove to be covered by
what was allowed before counts as new. Denies that disappear count as well.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import product

from autocorp_wizard.core.attributes import parsed
from autocorp_wizard.core.events import Json

ANYONE = "*"
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Grant:
    """One atom of a policy: who may do what to which resource, under which conditions."""

    effect: str
    principal: str
    action: str
    resource: str
    conditions: frozenset[tuple[str, str, str]]
    inverted: bool = False

    def covers(self, other: "Grant") -> bool:
        """Whether everything that `other` allows is allowed by this one; patterns are taken as patterns."""
        if self.inverted or other.inverted:
            return self == other
        return (
            self.effect == other.effect
            and _matches(self.principal, other.principal)
            and _matches(self.action, other.action)
            and _matches(self.resource, other.resource)
            and self.conditions <= other.conditions
        )


def widened(before: Json, after: Json) -> tuple[str, ...]:
    """Return what `after` allows and `before` did not, as short clauses; empty where nothing is wider.

    Both are policy documents as JSON text or as objects; None stands for no policy. A document that cannot be read
    counts as wider when it differs, because nothing can be said for it.
    """
    old, new = grants(before), grants(after)
    if old is None or new is None:
        return () if before == after else ("it cannot be compared with what was there",)
    clauses = [
        _clause(grant)
        for grant in new
        if grant.effect == "Allow" and not any(known.covers(grant) for known in old if known.effect == "Allow")
    ]
    lost = [
        f"no longer denies {grant.action}{_on(grant.resource)}"
        for grant in old
        if grant.effect == "Deny" and not any(known.covers(grant) for known in new if known.effect == "Deny")
    ]
    return _shortened([*clauses, *lost])


def opens_to_anyone(document: Json) -> bool:
    """Whether a policy allows something to every principal without a condition."""
    return any(
        grant.effect == "Allow" and grant.principal == ANYONE and not grant.conditions
        for grant in grants(document) or ()
    )


def allows_everything(document: Json) -> bool:
    """Whether a policy allows every action on every resource without a condition."""
    return any(
        grant.effect == "Allow" and grant.action == "*" and grant.resource == "*" and not grant.conditions
        for grant in grants(document) or ()
    )


def grants(document: Json) -> tuple[Grant, ...] | None:
    """Return the atoms of a policy document, None where it is none."""
    if document is None or document == "":
        return ()
    body = parsed(document) if isinstance(document, str) else document
    if not isinstance(body, dict):
        return None
    statements = body.get("Statement")
    found: list[Grant] = []
    for statement in statements if isinstance(statements, list) else [statements]:
        if isinstance(statement, dict):
            found += _atoms(statement)
    return tuple(dict.fromkeys(found))


def _atoms(statement: dict[str, Json]) -> Iterable[Grant]:
    inverted = any(key in statement for key in ("NotAction", "NotResource", "NotPrincipal"))
    effect = str(statement.get("Effect", ""))
    conditions = frozenset(_conditions(statement.get("Condition")))
    for principal, action, resource in product(
        _principals(statement.get("Principal", statement.get("NotPrincipal"))),
        _texts(statement.get("Action", statement.get("NotAction"))),
        _texts(statement.get("Resource", statement.get("NotResource"))) or [""],
    ):
        yield Grant(effect, principal, action, resource, conditions, inverted)


def _principals(value: Json) -> list[str]:
    if value is None:
        return [""]
    if isinstance(value, dict):
        return [
            ANYONE if name == "*" else f"{kind}:{name}" for kind, names in value.items() for name in _texts(names)
        ] or [""]
    return [ANYONE if text == "*" else text for text in _texts(value)]


def _conditions(value: Json) -> Iterable[tuple[str, str, str]]:
    if not isinstance(value, dict):
        return
    for operator, tests in value.items():
        for key, wanted in (tests if isinstance(tests, dict) else {}).items():
            # Several values of one key are alternatives: together they are one condition.
            yield operator, key.lower(), "\n".join(sorted(_texts(wanted)))


def _texts(value: Json) -> list[str]:
    if value is None:
        return []
    items = value if isinstance(value, list) else [value]
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in items]


def _matches(pattern: str, text: str) -> bool:
    if pattern in {text, ANYONE}:
        return True
    # Brackets mean nothing in a policy.
    return fnmatchcase(text.lower(), pattern.lower().replace("[", "[[]"))


def _clause(grant: Grant) -> str:
    who = f" to {'anyone' if grant.principal == ANYONE else grant.principal}" if grant.principal else ""
    return f"allows {grant.action}{_on(grant.resource)}{who}"


def _on(resource: str) -> str:
    return f" on {'everything' if resource == '*' else resource}" if resource else ""


def _shortened(clauses: list[str]) -> tuple[str, ...]:
    unique = list(dict.fromkeys(clauses))
    if len(unique) <= _MOST_NAMED:
        return tuple(unique)
    return (*unique[:_MOST_NAMED], f"and {len(unique) - _MOST_NAMED} more")
