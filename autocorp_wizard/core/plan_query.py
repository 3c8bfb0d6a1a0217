"""What a reader of a plan looks for: words, and terms like `risk:data-loss`, `action:delete`, `-phase:dms`.

All of a query must hold; a minus turns a term around. The value of a term may be the beginning of it.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from autocorp_wizard.core.change import Change, Risk

_Look = Callable[[Change, Collection[Risk]], Collection[str]]


def _module(change: Change, _: Collection[Risk]) -> Collection[str]:
    name = change.module.removeprefix("module.")
    return (name or "root", *name.split("."))


TERMS: Final[Mapping[str, _Look]] = {
    "risk": lambda _, risks: [risk.kind for risk in risks] + (["any"] if risks else ["none"]),
    "action": lambda change, _: (change.action.value,),
    "phase": lambda change, _: (change.phase.value if change.phase else "root",),
    "module": _module,
    "type": lambda change, _: (change.resource_type, change.resource_type.removeprefix("aws_")),
    "attribute": lambda change, _: [attribute.path for attribute in change.attributes],
}


@dataclass(frozen=True, slots=True)
class Term:
    """One condition: a plain word (`field` is empty) or a field's value, wanted or, with `negated`, not."""

    field: str
    text: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """All conditions of a search; an empty one leaves every change."""

    terms: tuple[Term, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Query":
        """Read what a person typed; what names no field of TERMS is a plain word, so that any text may be sought."""
        terms: list[Term] = []
        for part in text.lower().split():
            bare = part.removeprefix("-")
            negated = part.startswith("-") and bare != ""
            field, colon, value = bare.partition(":")
            if colon and field in TERMS:
                if value:  # half a term, as it stands while it is being typed, leaves everything
                    terms.append(Term(field, value, negated))
            else:
                terms.append(Term("", bare or part, negated))
        return cls(tuple(terms))

    def leaves(self, change: Change, risks: Collection[Risk], haystack: str) -> bool:
        """Whether a change is found; `haystack` is all of its text in lower case."""
        return all(_holds(term, change, risks, haystack) is not term.negated for term in self.terms)


def haystack_of(change: Change) -> str:
    """Return the text that plain words are sought in: address, sentence, action and the paths of its attributes."""
    paths = " ".join(attribute.path for attribute in change.attributes)
    return f"{change.address} {change.sentence} {change.action} {paths}".lower()


def _holds(term: Term, change: Change, risks: Collection[Risk], haystack: str) -> bool:
    if not term.field:
        return term.text in haystack
    return any(value.lower().startswith(term.text) for value in TERMS[term.field](change, risks))
