"""What a person wants of the screens, as a value; where it is kept and whether it can be had is said elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Likings:
    """A theme by its name (empty for the usual one), nothing that moves by itself, keys by the id of an action."""

    theme: str = ""
    reduced_motion: bool = False
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
