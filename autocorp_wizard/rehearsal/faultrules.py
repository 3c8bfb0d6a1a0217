"""Rules by which the rehearsal cloud misbehaves: pure values, and a book that says which one a call meets."""

import random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.rehearsal.call import AwsCall


class FaultKind(StrEnum):
    """How a call goes wrong."""

    THROTTLE = "throttle"
    DENY = "deny"
    DELAY = "delay"
    EXPIRE = "expire"
    SERVER_ERROR = "5xx"
    DROP = "drop"
    HANG = "hang"
    LOST_ANSWER = "lost-answer"


_DEFAULT_SECONDS: Final = {FaultKind.DELAY: 5.0, FaultKind.HANG: 300.0}
_WAITS: Final = frozenset({FaultKind.DELAY, FaultKind.HANG})
_FIELDS: Final = frozenset({"service", "action", "kind", "times", "after", "seconds", "span", "probability", "seed"})


@dataclass(frozen=True, slots=True)
class FaultRule:
    """One rule. It meets calls of `service` whose action starts with `action`; empty strings meet all.

    The first `after` matching calls pass; then at most `times` (0: no limit) are hit, each with `probability`
    (drawn from `seed`, so that a run can be repeated); `span` seconds after it was added it is over
    (0: never). `seconds` is how long a delay or a hang lasts.
    """

    kind: FaultKind
    service: str = ""
    action: str = ""
    times: int = 0
    after: int = 0
    seconds: float = 0.0
    span: float = 0.0
    probability: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse numbers without a meaning."""
        if min(self.times, self.after, self.seconds, self.span) < 0 or not 0 < self.probability <= 1:
            raise UsageError(
                "FAULT-NUMBERS",
                "A fault rule holds a number without a meaning.",
                why="times, after, seconds and span count from 0, probability is above 0 and at most 1.",
                next_step="Correct the rule and add it again.",
            )

    @property
    def lasts(self) -> float:
        """Return the seconds a delay or a hang lasts."""
        return self.seconds or _DEFAULT_SECONDS.get(self.kind, 0.0)

    def meets(self, call: AwsCall) -> bool:
        """Say whether the rule speaks of this call."""
        return self.service in {"", call.service, call.known_as} and call.action.lower().startswith(self.action.lower())

    def as_document(self) -> dict[str, str | int | float]:
        """Return the rule as JSON values."""
        return {
            "kind": self.kind.value,
            "service": self.service,
            "action": self.action,
            "times": self.times,
            "after": self.after,
            "seconds": self.lasts if self.kind in _WAITS else self.seconds,
            "span": self.span,
            "probability": self.probability,
            "seed": self.seed,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> "FaultRule":
        """Read a rule from JSON values; raises UsageError naming what is wrong."""
        unknown = sorted(set(document) - _FIELDS)
        try:
            if unknown:
                raise ValueError(f"unknown: {', '.join(unknown)}")
            return cls(
                kind=FaultKind(str(document.get("kind", ""))),
                service=str(document.get("service", "")).lower(),
                action=str(document.get("action", "")),
                times=int(str(document.get("times", 0))),
                after=int(str(document.get("after", 0))),
                seconds=float(str(document.get("seconds", 0))),
                span=float(str(document.get("span", 0))),
                probability=float(str(document.get("probability", 1))),
                seed=int(str(document.get("seed", 0))),
            )
        except ValueError as cause:
            raise UsageError(
                "FAULT-RULE",
                "The fault rule cannot be read.",
                why=f"{cause}.",
                next_step=f"Kinds are {', '.join(FaultKind)}; fields are {', '.join(sorted(_FIELDS))}.",
            ) from cause


@dataclass(slots=True)
class _Entry:
    number: int
    rule: FaultRule
    added: float
    dice: random.Random
    seen: int = 0
    hit: int = 0
    lifted: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that a call met; `lifted` is set when the rule is cleared, which ends waits early."""

    number: int
    rule: FaultRule
    lifted: threading.Event


class FaultBook:
    """The rules in force, in the order in which they were added; safe to use from many threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._entries: list[_Entry] = []
        self._next = 1
        self._lock = threading.Lock()

    def add(self, rule: FaultRule) -> int:
        """Put a rule in force and return its number."""
        with self._lock:
            number, self._next = self._next, self._next + 1
            dice = random.Random(rule.seed)  # noqa: S311  (repeatable on purpose)
            self._entries.append(_Entry(number, replace(rule), self._clock(), dice))
            return number

    def clear(self, number: int | None = None) -> int:
        """Lift one rule, or all; returns how many were lifted. Calls that hang on them go on."""
        with self._lock:
            gone = [entry for entry in self._entries if number in {None, entry.number}]
            self._entries = [entry for entry in self._entries if entry not in gone]
        for entry in gone:
            entry.lifted.set()
        return len(gone)

    def meet(self, call: AwsCall) -> Hit | None:
        """Return the first rule that hits this call, and count it."""
        with self._lock:
            self._forget_ended()
            for entry in self._entries:
                rule = entry.rule
                if not rule.meets(call) or (rule.times and entry.hit >= rule.times):
                    continue
                entry.seen += 1
                if entry.seen <= rule.after or entry.dice.random() >= rule.probability:
                    continue
                entry.hit += 1
                return Hit(entry.number, rule, entry.lifted)
        return None

    def as_documents(self) -> list[dict[str, str | int | float]]:
        """Return rules in force with how many calls they saw and hit."""
        with self._lock:
            self._forget_ended()
            return [
                {"id": entry.number, **entry.rule.as_document(), "seen": entry.seen, "hit": entry.hit}
                for entry in self._entries
            ]

    def _forget_ended(self) -> None:
        now = self._clock()
        self._entries = [entry for entry in self._entries if not entry.rule.span or now < entry.added + entry.rule.span]
