"""Runs checks side by side: what a check needs comes first, nothing waits for anything else, a hang has a deadline.

A failure is counted once: what needs it is skipped and names the root cause. A check that is late is INCONCLUSIVE,
never a failure; its thread is left behind, because nothing can end it from outside.
"""

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.preflight.record import Check, Result, Seen, Status, skipped, unsure

# Checks of a lane that run at a time; the source must not be crowded.
LANES: Final[Mapping[str, int]] = {"source": 3, "slot": 1}
# Enough for all rules of the source to wait for one set of facts while everything else goes on.
MOST_AT_ONCE: Final = 96
DEADLINE_SECONDS: Final = 60.0

_Answer = tuple[str, Seen]


def run_checks(
    checks: Sequence[Check],
    *,
    tell: Callable[[Result], None] = lambda _: None,
    deadline: float = DEADLINE_SECONDS,
    lanes: Mapping[str, int] = LANES,
) -> tuple[Result, ...]:
    """Run all checks and return their results in the order given; `tell` gets each as it comes, in the caller's thread.

    A need that is not among `checks` counts as fulfilled. Raises ValueError for needs that go in a circle.
    """
    try:
        return _Run(checks, tell, deadline, lanes).carry_out()
    finally:
        for release in {each.release for each in checks if each.release is not None}:
            release()


def with_needs(checks: Sequence[Check], wanted: Iterable[str]) -> tuple[Check, ...]:
    """Return the checks of these ids and everything that they need, in the order given."""
    known = {each.id: each for each in checks}
    found: set[str] = set()
    rest = [each for each in wanted if each in known]
    while rest:
        name = rest.pop()
        if name not in found:
            found.add(name)
            rest += [need for need in known[name].needs if need in known]
    return tuple(each for each in checks if each.id in found)


class _Run:
    def __init__(
        self, checks: Sequence[Check], tell: Callable[[Result], None], deadline: float, lanes: Mapping[str, int]
    ) -> None:
        self._order = [each.id for each in checks]
        self._known = {each.id: each for each in checks}
        self._waiting = dict(self._known)
        self._running: dict[str, tuple[float, datetime]] = {}
        self._results: dict[str, Result] = {}
        self._answers: queue.SimpleQueue[_Answer] = queue.SimpleQueue()
        self._tell, self._lanes = tell, lanes
        self._end = time.monotonic() + deadline

    def carry_out(self) -> tuple[Result, ...]:
        while self._waiting or self._running:
            self._settle_blocked()
            self._start_due()
            if self._running:
                self._take_answers()
                self._drop_late()
            elif self._waiting and not self._due():
                raise ValueError(f"needs go in a circle: {sorted(self._waiting)}")
        return tuple(self._results[name] for name in self._order)

    def _settle_blocked(self) -> None:
        changed = True
        while changed:
            changed = False
            for check in list(self._waiting.values()):
                cause = next((c for need in check.needs if (c := self._cause(need))), "")
                if cause:
                    del self._waiting[check.id]
                    seen = skipped(f"Not looked at, because {cause} stands in the way.")
                    self._note(Result(check, seen, datetime.now(UTC), 0.0, blocked_by=cause))
                    changed = True

    def _cause(self, need: str) -> str:
        """Return what blocks whoever needs `need`; empty where it passed, does not apply, or is not done yet."""
        found = self._results.get(need)
        if found is None:
            return ""
        if found.seen.status in (Status.FAIL, Status.INCONCLUSIVE):
            return need
        return found.blocked_by

    def _due(self) -> list[Check]:
        taken = Counter(self._known[name].lane for name in self._running)
        due: list[Check] = []
        for check in self._waiting.values():
            ready = all(need in self._results or need not in self._known for need in check.needs)
            free = not check.lane or taken[check.lane] < self._lanes.get(check.lane, MOST_AT_ONCE)
            if ready and free and len(self._running) + len(due) < MOST_AT_ONCE:
                taken[check.lane] += 1
                due.append(check)
        return due

    def _start_due(self) -> None:
        for check in self._due():
            del self._waiting[check.id]
            self._running[check.id] = (time.monotonic(), datetime.now(UTC))
            threading.Thread(target=self._ask, args=(check,), name=f"check {check.id}", daemon=True).start()

    def _ask(self, check: Check) -> None:
        self._answers.put((check.id, ask(check)))

    def _take_answers(self) -> None:
        first_end = min(self._limit(name) for name in self._running)
        try:
            name, seen = self._answers.get(timeout=max(0.0, first_end - time.monotonic()))
        except queue.Empty:
            return
        if name in self._running:  # else it came too late
            began, at = self._running.pop(name)
            self._note(Result(self._known[name], seen, at, time.monotonic() - began))

    def _limit(self, name: str) -> float:
        return min(self._running[name][0] + self._known[name].timeout, self._end)

    def _drop_late(self) -> None:
        now = time.monotonic()
        for name in [each for each in self._running if self._limit(each) <= now]:
            began, at = self._running.pop(name)
            seen = unsure(f"No answer within {now - began:.0f} s.", timeout_s=round(now - began, 1))
            self._note(Result(self._known[name], seen, at, now - began))
        if now >= self._end:
            for check in list(self._waiting.values()):
                del self._waiting[check.id]
                self._note(Result(check, unsure("The time for all checks was over."), datetime.now(UTC), 0.0))

    def _note(self, result: Result) -> None:
        self._results[result.check.id] = result
        self._tell(result)


def ask(check: Check) -> Seen:
    """Let a check look; never raises."""
    try:
        return check.probe()
    except WizardError as error:
        return unsure(" ".join(filter(None, (error.what, error.why))), code=error.code)
    except Exception as error:
        # One broken check must not take the others' results with it; it says that it is ours.
        return unsure(f"A bug of the wizard, please report: {type(error).__name__}: {error}", code="BUG")
