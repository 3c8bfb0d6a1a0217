"""A plan as rows of a tree: risks first, then phase, module, action and change, and below a change its attributes.

Pure: the same plan, the same open branches and the same query give the same rows.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from autocorp_wizard.core.attributes import AttributeChange
from autocorp_wizard.core.change import Change, Risk
from autocorp_wizard.core.events import Action, Json
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.plan import Plan
from autocorp_wizard.core.plan_query import Query, haystack_of
from autocorp_wizard.tui.words import SYMBOLS, count, counts, printable
from autocorp_wizard.tui.wrapping import Parts, wrap

_ACTIONS: Final = (Action.DELETE, Action.REPLACE, Action.UPDATE, Action.CREATE, Action.IMPORT)
TONES: Final = {
    Action.CREATE: "good",
    Action.UPDATE: "accent",
    Action.REPLACE: "error",
    Action.DELETE: "error",
    Action.IMPORT: "good",
}
# Longer plans begin as an overview: their modules with counts, closed.
_OVERVIEW: Final = 60
_UNSHOWN: Final = frozenset({Action.NOOP, Action.READ})


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `key` names the branch for opening and closing (empty: nothing to open)."""

    key: str
    depth: int
    parts: Parts
    opens: bool = False
    is_open: bool = False
    address: str = ""


class PlanTreeModel:
    """The plan, which branches are open, and what is searched for (`query`)."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.changes = tuple(change for change in plan.changes if change.action not in _UNSHOWN)
        self.query = Query()
        self.width = 0
        self._risks: dict[str, list[Risk]] = {}
        for risk in plan.risks:
            self._risks.setdefault(risk.address, []).append(risk)
        self._haystacks = [haystack_of(change) for change in self.changes]
        self._closed: set[str] = set()
        self._opened: set[str] = set()
        if len(self.changes) > _OVERVIEW:
            self._closed = {key for key in self.branches() if key.startswith("module:")}

    def branches(self) -> list[str]:
        """Return the keys of all branches that hold changes."""
        return list(dict.fromkeys(key for change in self.changes for key in _path(change)))

    def toggle(self, key: str) -> None:
        """Open what is closed and close what is open."""
        chosen = self._opened if key.startswith("change:") else self._closed
        chosen.symmetric_difference_update({key})

    @property
    def risky(self) -> list[str]:
        """The addresses of changes that carry a risk, in the order of the risks; those that a search hides left out."""
        found = {change.address for change in self.found()}
        return [address for address in self._risks if address in found]

    def open_way_to(self, address: str) -> None:
        """Open the branches above a change, and the change."""
        for change in self.changes:
            if change.address == address:
                self._closed -= set(_path(change))
                self._opened.add(f"change:{address}")

    def toggle_all(self) -> None:
        """Close every branch; where all are closed, open them."""
        modules = {key for key in self.branches() if key.startswith("module:")}
        self._closed = set() if modules <= self._closed else modules
        self._opened.clear()

    def is_open(self, key: str) -> bool:
        """Whether a branch shows what it holds; a search opens every branch."""
        if key.startswith("change:"):
            return key in self._opened
        return bool(self.query.terms) or key not in self._closed

    def found(self) -> list[Change]:
        """Return the changes that the search leaves."""
        if not self.query.terms:
            return list(self.changes)
        return [
            change
            for change, haystack in zip(self.changes, self._haystacks, strict=True)
            if self.query.leaves(change, self._risks.get(change.address, ()), haystack)
        ]

    def rows(self) -> list[Row]:
        """Return the rows as they stand on the screen."""
        rows = list(self._risk_rows()) if not self.query.terms else []
        found = self.found()
        if not found:
            rows.append(Row("", 0, (("Nothing matches." if self.query.terms else "No changes.", "dim"),)))
        by_branch: dict[str, dict[str, list[Change]]] = {}
        for change in found:
            phase, module = _path(change)
            by_branch.setdefault(phase, {}).setdefault(module, []).append(change)
        for phase in sorted(by_branch, key=_phase_order):
            modules = by_branch[phase]
            every = [change for changes in modules.values() for change in changes]
            opened = self.is_open(phase)
            rows.append(Row(phase, 0, ((_phase_title(phase), "bold"), (f"  {_counted(every)}", "dim")), True, opened))
            if opened:
                for module in sorted(modules):
                    rows += self._module_rows(module, modules[module])
        if self.plan.outputs_changed and not self.query.terms:
            rows.append(
                Row("", 0, ((f"Outputs that change: {', '.join(map(str, self.plan.outputs_changed))}", "dim"),))
            )
        return rows

    def _risk_rows(self) -> Iterator[Row]:
        if not self.plan.risks:
            return
        yield Row("", 0, ((f"! {count(len(self.plan.risks), 'risk')}", "error"),))
        for risk in self.plan.risks:
            parts = ((printable(risk.sentence), ""), (f"  {risk.kind}", "error"))
            yield from self._wrapped(1, parts, risk.address)

    def _module_rows(self, module: str, changes: list[Change]) -> Iterator[Row]:
        name = module.rpartition(":")[2]
        opened = self.is_open(module)
        yield Row(module, 1, ((name, "bold"), (f"  {_counted(changes)}", "dim")), True, opened)
        if not opened:
            return
        actions = [action for action in _ACTIONS if any(change.action == action for change in changes)]
        for action in actions:
            if len(actions) > 1:
                number = sum(change.action == action for change in changes)
                yield Row("", 2, ((f"{action} {number}", TONES.get(action, "dim")),))
            for change in sorted((c for c in changes if c.action == action), key=self._rank):
                yield from self._change_rows(change, 3 if len(actions) > 1 else 2)

    def _rank(self, change: Change) -> tuple[bool, str]:
        return (change.address not in self._risks, change.address)

    def _change_rows(self, change: Change, depth: int) -> Iterator[Row]:
        key = f"change:{change.address}"
        opened = self.is_open(key)
        mark = ("! ", "error") if change.address in self._risks else ("", "")
        label = f"{change.resource_type}.{change.name}" if change.name else change.address
        symbol = (f"{SYMBOLS.get(change.action, '?')} ", TONES.get(change.action, ""))
        sentence = printable(change.sentence)
        parts: Parts = (
            symbol,
            mark,
            (sentence or printable(label), ""),
            (f"  {printable(label)}" if sentence else "", "dim"),
        )
        yield Row(key, depth, parts, True, opened, change.address)
        if opened:
            for line in detail_of(change, self._risks.get(change.address, ())):
                yield from self._wrapped(depth + 1, line, change.address)

    def _wrapped(self, depth: int, parts: Parts, address: str) -> Iterator[Row]:
        """Break what is wider than the screen, so that nothing of a value is out of reach."""
        room = self.width - 2 * depth - 2 if self.width else 0
        for line in wrap(parts, room) if room > 20 else [parts]:
            yield Row("", depth, line, address=address)


def detail_of(change: Change, risks: Sequence[Risk] = ()) -> Iterator[Parts]:
    """Return a change in full, a line each: address, risks, why it is replaced, every attribute before and after."""
    yield ((printable(change.address), "dim"),)
    for risk in risks:
        yield (("! ", "error"), (printable(risk.sentence), "error"))
    if change.action is Action.REPLACE:
        paths = ", ".join(change.replace_paths)
        why = f"Replaced because {paths} cannot be changed in place." if paths else f"Replaced: {change.reason}."
        yield ((printable(why), "error"),)
    elif change.reason:
        yield ((printable(change.reason), "warn"),)
    width = min(36, max((len(attribute.path) for attribute in change.attributes), default=0))
    for attribute in change.attributes:
        yield _attribute(attribute, change, width)


def _attribute(attribute: AttributeChange, change: Change, width: int) -> Parts:
    forced = attribute.path in change.replace_paths
    name = (f"{printable(attribute.path):<{width}}  ", "error" if forced else "")
    if attribute.sensitive:
        return (name, ("(sensitive, not shown)", "dim"))
    after = "(known after apply)" if not attribute.known else _value(attribute.after)
    tail = ("  forces replacement", "error") if forced else ("", "")
    if change.action is Action.CREATE or attribute.before is None:
        return (name, (after, "good" if attribute.known else "dim"), tail)
    return (
        name,
        (_value(attribute.before), "error"),
        (" → ", "dim"),
        (after, "good" if attribute.known else "dim"),
        tail,
    )


def _value(value: Json) -> str:
    if value is None:
        return "(none)"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return printable(text) if len(text) <= 2000 else printable(text[:2000]) + "…"


def _path(change: Change) -> tuple[str, str]:
    phase = f"phase:{change.phase or ''}"
    return phase, f"module:{phase}:{change.module.removeprefix('module.') or 'root'}"


def _phase_order(key: str) -> int:
    name = key.partition(":")[2]
    return Phase(name).number if name else 0


def _phase_title(key: str) -> str:
    name = key.partition(":")[2]
    return f"Phase {Phase(name).number} {name}" if name else "Root"


def _counted(changes: list[Change]) -> str:
    return counts({action: sum(change.action == action for change in changes) for action in _ACTIONS})
