"""Small readings of plan values that the risks share."""

from autocorp_wizard.core.change import Change
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.sentences import full_name
from autocorp_wizard.core.wordings import WORDINGS


def thing_of(change: Change) -> str:
    """Return how a sentence about a change begins: `The bucket lake`."""
    wording = WORDINGS.get(change.resource_type)
    if wording is None:
        return f"The {change.resource_type.removeprefix('aws_').replace('_', ' ')} {change.name}"
    return f"The {wording.noun} {full_name(wording, change.label or change.name, change.after, change.before)}"


def blocks(value: Json) -> list[dict[str, Json]]:
    """Return the nested blocks of an attribute; none where it is something else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def outermost(path: str) -> str:
    """Return the attribute that a path begins with."""
    return path.replace("[", ".").split(".", 1)[0]


def number(value: Json) -> float | int | None:
    """Return a number, None for anything else."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
