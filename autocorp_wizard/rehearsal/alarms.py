"""When CloudWatch calls an alarm: how many periods breach, what missing data means, and how the reason is worded.

Computed for any minute from the figures of the periods before it, so that the history is the same whoever looks, and
whenever.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

# Data may arrive late, so CloudWatch looks at more periods than it asks for: two more here.
_LOOK_BACK: Final = 2

_COMPARISONS: Final[Mapping[str, tuple[Callable[[float, float], bool], str]]] = {
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}


class State(StrEnum):
    """The state of an alarm."""

    OK = "OK"
    ALARM = "ALARM"
    UNKNOWN = "INSUFFICIENT_DATA"


@dataclass(frozen=True, slots=True)
class Rule:
    """What an alarm asks for. `missing` is breaching, notBreaching, ignore or missing."""

    comparison: str
    threshold: float
    period: int
    periods: int
    datapoints: int
    missing: str

    @property
    def reach(self) -> int:
        """How many seconds before a moment it looks at."""
        return self.period * (self.periods + _LOOK_BACK + 1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A state, why, and the figures that it was judged by: the start of each period with its value, newest first."""

    state: State
    reason: str
    figures: tuple[tuple[int, float], ...]


def can_be_judged(comparison: str) -> bool:
    """Say whether a comparison with a fixed threshold is asked for; anomaly bands are not emulated."""
    return comparison in _COMPARISONS


def judge(rule: Rule, figures: Mapping[int, float], moment: float, current: State) -> Verdict:
    """Return the state at a moment (epoch seconds), given the value of each period that has any."""
    newest = int(moment // rule.period) * rule.period - rule.period
    starts = [newest - back * rule.period for back in range(rule.periods + _LOOK_BACK)]
    present = [(start, figures[start]) for start in starts if start in figures][: rule.periods]
    absent = rule.periods - len(present)
    if not present:
        return _without_figures(rule, current)
    breaches, _ = _COMPARISONS[rule.comparison]
    breaching = [point for point in present if breaches(point[1], rule.threshold)]
    # Missing periods are filled in as asked; left alone, they take no side.
    counted = len(breaching) + (absent if rule.missing == "breaching" else 0)
    possible = counted + (absent if rule.missing in {"missing", "ignore"} else 0)
    # A single breach among gaps is one only when it is old enough not to be the beginning of a gap that still fills.
    old_enough = present[-1][0] <= newest - (rule.datapoints - 1) * rule.period
    if counted >= rule.datapoints or (possible >= rule.datapoints and rule.missing == "missing" and old_enough):
        state = State.ALARM
    elif possible < rule.datapoints or not breaching:
        state = State.OK
    else:
        state = current
    return Verdict(state, _reason(rule, state, current, present, absent), tuple(present))


def _without_figures(rule: Rule, current: State) -> Verdict:
    count = f"{rule.periods} {'period' if rule.periods == 1 else 'periods'}"
    points = f"{rule.periods} missing {'datapoint was' if rule.periods == 1 else 'datapoints were'}"
    treated = {"breaching": (State.ALARM, "Breaching"), "notBreaching": (State.OK, "NonBreaching")}
    if rule.missing in treated:
        state, word = treated[rule.missing]
        reason = f"Threshold Crossed: no datapoints were received for {count} and {points} treated as [{word}]."
        return Verdict(state, reason, ())
    unknown = "1 datapoint was unknown." if rule.periods == 1 else f"{rule.periods} datapoints were unknown."
    state = current if rule.missing == "ignore" else State.UNKNOWN
    return Verdict(state, f"Insufficient Data: {unknown}", ())


def _reason(rule: Rule, state: State, before: State, present: list[tuple[int, float]], absent: int) -> str:
    breaches, words = _COMPARISONS[rule.comparison]
    shown = [point for point in present if breaches(point[1], rule.threshold) is (state is State.ALARM)] or present
    listed = ", ".join(f"{value} ({_day(start)})" for start, value in shown)
    negation = "" if state is State.ALARM else "not "
    one = len(shown) == 1
    if rule.periods == 1:
        counted = f"1 datapoint [{listed}] was"
    else:
        counted = f"{len(shown)} out of the last {rule.periods} datapoints [{listed}] {'was' if one else 'were'}"
    needed = rule.datapoints if state is State.ALARM else rule.periods - rule.datapoints + 1
    filled = ""
    if absent and rule.missing in {"breaching", "notBreaching"}:
        word = "Breaching" if rule.missing == "breaching" else "NonBreaching"
        verb = "datapoint was" if absent == 1 else "datapoints were"
        filled = f" and {absent} missing {verb} treated as [{word}]"
    transition = f" (minimum {needed} datapoint{'' if needed == 1 else 's'} for {before} -> {state} transition)"
    turned = transition if rule.periods > 1 and before is not state else ""
    return f"Threshold Crossed: {counted} {negation}{words} the threshold ({rule.threshold}){filled}{turned}."


def _day(start: int) -> str:
    return datetime.fromtimestamp(start, UTC).strftime("%d/%m/%y %H:%M:%S")
