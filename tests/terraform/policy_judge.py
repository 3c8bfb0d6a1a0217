"""A small judge of IAM policies: Allow and Deny with wildcards and the condition operators that our policies use.

An operator or a form that it does not know is an error, so that no statement is passed over in silence.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

Context = Mapping[str, str | Sequence[str]]
Statement = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Probe:
    """One question: may `action` be done to `resource` (an ARN) in `context` (condition keys and their values)?"""

    action: str
    resource: str
    context: tuple[tuple[str, str | tuple[str, ...]], ...] = field(default=())


def allows(policy: Mapping[str, object], probe: Probe) -> bool:
    """Return whether one policy document allows the probe: some Allow matches, and no Deny does."""
    statements = [statement for statement in _mappings(policy["Statement"]) if _matches(statement, probe)]
    effects = {str(statement["Effect"]) for statement in statements}
    return "Allow" in effects and "Deny" not in effects


def denies(policy: Mapping[str, object], probe: Probe) -> bool:
    """Return whether a Deny of the document matches, whatever another policy allows."""
    return any(
        statement["Effect"] == "Deny" and _matches(statement, probe) for statement in _mappings(policy["Statement"])
    )


def _matches(statement: Statement, probe: Probe) -> bool:
    unknown = set(statement) - {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
    if unknown:
        raise NotImplementedError(f"The judge does not know {unknown}.")
    context = dict(probe.context)
    return (
        any(_like(probe.action.lower(), pattern.lower()) for pattern in _strings(statement["Action"]))
        and any(_like(probe.resource, pattern) for pattern in _strings(statement["Resource"]))
        and all(
            _holds(operator, context.get(key), _strings(wanted))
            for operator, conditions in _mapping(statement.get("Condition", {})).items()
            for key, wanted in _mapping(conditions).items()
        )
    )


def _holds(operator: str, found: str | Sequence[str] | None, wanted: list[str]) -> bool:
    if operator == "Null":
        return (found is None) == (wanted == ["true"])
    if operator == "ForAnyValue:StringEquals":
        values = [found] if isinstance(found, str) else list(found or ())
        return any(value in wanted for value in values)
    if_exists = operator.endswith("IfExists")
    operator = operator.removesuffix("IfExists")
    if operator not in {"StringEquals", "StringNotEquals", "StringLike", "ArnLike", "Bool"}:
        raise NotImplementedError(f"The judge does not know the operator {operator}.")
    if found is None:
        # An absent key fails every test but a negated one, and passes every ...IfExists.
        return if_exists or operator == "StringNotEquals"
    if not isinstance(found, str):
        raise NotImplementedError("Several values need ForAnyValue or ForAllValues.")
    if operator == "StringNotEquals":
        return found not in wanted
    if operator in {"StringLike", "ArnLike"}:
        return any(_like(found, pattern) for pattern in wanted)
    return found in wanted


def _like(value: str, pattern: str) -> bool:
    # fnmatch knows brackets, IAM does not.
    return fnmatchcase(value, pattern.replace("[", "[[]"))


def _strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Iterable):
        return [str(item) for item in value]
    raise NotImplementedError(f"Not a string or a list of them: {value!r}")


def _mapping(value: object) -> Mapping[str, object]:
    if isinstance(value, Mapping):
        return value
    raise NotImplementedError(f"Not a map: {value!r}")


def _mappings(value: object) -> list[Mapping[str, object]]:
    if isinstance(value, list):
        return [_mapping(item) for item in value]
    raise NotImplementedError(f"Not a list of statements: {value!r}")
