"""All panels of one look at once, each with a deadline; a panel that fails or hangs never hides the others."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from queue import Empty, SimpleQueue
from typing import Final, TypeVar

from autocorp_wizard.core import objectives
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.status import Reason, Report, Why
from autocorp_wizard.operate.look import Collector, Found, Look, reason_of
from autocorp_wizard.operate.panels import COLLECTORS

DEADLINE_SECONDS: Final = 25.0

Answer = TypeVar("Answer")


def observe(
    look: Look,
    remembered: Mapping[str, Json] | None = None,
    *,
    modules: Sequence[tuple[str, bool]] | None = None,
    deadline: float = DEADLINE_SECONDS,
    collectors: Sequence[Collector] = COLLECTORS,
) -> Report:
    """Look at everything and return the report; never raises what AWS answers.

    `remembered` is what this machine last knew of the state (outputs and phases), for the case that it cannot be read
    now; `modules` are the tree's modules and whether each has a README, None to leave that promise out.
    """
    began = look.now()
    look = with_state(look, remembered, deadline)
    found = together({each.name: _work(each, look) for each in collectors}, deadline)
    brought = [
        each.without(answer, deadline) if isinstance(answer, Reason) else answer
        for each in collectors
        for answer in (found[each.name],)
    ]
    promises = {promise.name: promise for each in brought for promise in each.promises}
    if modules is not None:
        promises[objectives.MODULE_README.name] = objectives.module_readme(modules, began)
    promises |= {each.name: each for each in objectives.NOT_MEASURED}
    return Report(
        environment=look.subject.environment,
        cloud=look.subject.cloud,
        preset=look.subject.preset,
        at=began,
        phases=tuple(phase for phase in Phase if phase in look.phases),
        panels=tuple(each.panel for each in brought),
        objectives=tuple(promises.values()),
    )


def with_state(look: Look, remembered: Mapping[str, Json] | None = None, deadline: float = DEADLINE_SECONDS) -> Look:
    """Return the look with the outputs and phases of the state; where it cannot be read, with those remembered."""
    answer = together({"state": look.state.read}, deadline)["state"]
    if isinstance(answer, Reason):
        outputs, phases = (remembered or {}).get("outputs"), (remembered or {}).get("phases")
        known = frozenset(phase for phase in Phase if isinstance(phases, list) and phase.value in phases)
        return replace(look, outputs=outputs if isinstance(outputs, dict) else {}, phases=known)
    if answer is None:
        return replace(look, outputs={}, phases=frozenset())
    return replace(look, outputs=answer.outputs or {}, phases=answer.phases)


def together(works: Mapping[str, Callable[[], Answer]], deadline: float) -> dict[str, Answer | Reason]:
    """Do all works at once and return each answer, or the reason why there is none within `deadline` seconds.

    Raises what a bug of ours raises. A work that hangs is left behind; it cannot keep the process alive.
    """
    done: SimpleQueue[tuple[str, Answer | Reason | Exception]] = SimpleQueue()

    def carry_out(name: str, work: Callable[[], Answer]) -> None:
        try:
            done.put((name, work()))
        except WizardError as error:
            done.put((name, reason_of(error)))
        except Exception as error:
            done.put((name, error))

    for name, work in works.items():
        threading.Thread(target=carry_out, args=(name, work), name=f"look-{name}", daemon=True).start()
    answers: dict[str, Answer | Reason] = {}
    ends = time.monotonic() + deadline
    while len(answers) < len(works):
        try:
            name, answer = done.get(timeout=max(0.0, ends - time.monotonic()))
        except Empty:
            break
        if isinstance(answer, Exception):
            raise answer
        answers[name] = answer
    late = Reason(Why.LATE, f"no answer within {deadline:g} s")
    return {name: answers.get(name, late) for name in works}


def _work(collector: Collector, look: Look) -> Callable[[], Found]:
    def timed() -> Found:
        began = time.monotonic()
        found = collector.collect(look)
        return replace(found, panel=replace(found.panel, seconds=time.monotonic() - began))

    return timed
