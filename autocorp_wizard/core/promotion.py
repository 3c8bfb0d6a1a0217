"""Two environments side by side, for before a promotion: which answers differ, and which resources only one has.

What an environment has is what its state holds, and on top of it what its newest plan would make or take away where
that plan was not applied yet.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autocorp_wizard.core.answers import Origin
from autocorp_wizard.core.edits import changed_names
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.events import Action, Json
from autocorp_wizard.core.phases import Phase, phase_of_address
from autocorp_wizard.core.plan import Plan


@dataclass(frozen=True, slots=True)
class AnswerPair:
    """One answer that differs; origins say whether somebody gave it or it follows from the preset or the name."""

    name: str
    first: Json
    second: Json
    first_origin: str
    second_origin: str

    @property
    def was_given(self) -> bool:
        """Whether somebody gave it on either side; what merely follows differs by nature."""
        return Origin.GIVEN in (self.first_origin, self.second_origin)

    def as_document(self) -> dict[str, Json]:
        """Return the pair as `env diff --json` prints it."""
        return {
            "name": self.name,
            "first": self.first,
            "second": self.second,
            "first_origin": self.first_origin,
            "second_origin": self.second_origin,
        }


@dataclass(frozen=True, slots=True)
class Holding:
    """What one environment has: types by address, and in words where that is known from; or why it is not known."""

    resources: dict[str, str]
    source: str = ""
    reason: str = ""

    def with_plan(self, plan: Plan, run: str) -> "Holding":
        """Return what it would have once a plan that waits is applied."""
        gone = {change.address for change in plan.changes if change.action in (Action.DELETE, Action.FORGET)}
        made = {
            change.address: change.resource_type
            for change in plan.changes
            if change.action in (Action.CREATE, Action.IMPORT, Action.REPLACE)
        }
        kept = {address: kind for address, kind in self.resources.items() if address not in gone}
        return Holding(kept | made, f"{self.source}, with the plan {run} that waits", self.reason)

    def as_document(self) -> dict[str, Json]:
        """Return it as `env diff --json` prints it."""
        return {"count": None if self.reason else len(self.resources), "source": self.source, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs. `phases` and `types` count (first, second) by phase and resource type where the counts differ."""

    answers: tuple[AnswerPair, ...]
    phases: dict[str, tuple[int, int]]
    types: dict[str, tuple[int, int]]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]


def compare(first: Environment, second: Environment, holdings: tuple[Holding, Holding]) -> Difference:
    """Compare two environments; where either's resources are not known, none is compared."""
    pairs = tuple(_pairs(first, second))
    one, other = holdings
    if one.reason or other.reason:
        return Difference(pairs, {}, {}, (), ())
    return Difference(
        pairs,
        _unequal(map(_phase_of, one.resources), map(_phase_of, other.resources), [phase.value for phase in Phase]),
        _unequal(one.resources.values(), other.resources.values()),
        tuple(sorted(one.resources.keys() - other.resources.keys())),
        tuple(sorted(other.resources.keys() - one.resources.keys())),
    )


def _phase_of(address: str) -> str:
    phase = phase_of_address(address)
    return phase.value if phase else "(root)"


def _unequal(first: Iterable[str], second: Iterable[str], order: Sequence[str] = ()) -> dict[str, tuple[int, int]]:
    """Count both sides by name and return what is not equal: in this order, then by the alphabet."""
    one, other = Counter(first), Counter(second)
    place = {name: number for number, name in enumerate(order)}
    names = sorted(one.keys() | other.keys(), key=lambda name: (place.get(name, len(place)), name))
    return {name: (one[name], other[name]) for name in names if one[name] != other[name]}


def _pairs(first: Environment, second: Environment) -> Iterable[AnswerPair]:
    one, other = first.answers, second.answers
    found = [
        AnswerPair(name, one[name].value, other[name].value, one[name].origin.value, other[name].origin.value)
        for name in changed_names(first, second)
    ]
    # What somebody decided comes first; what follows from name or preset differs anyway.
    return sorted(found, key=lambda pair: not pair.was_given)
