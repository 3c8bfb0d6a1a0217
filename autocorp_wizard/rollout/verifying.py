"""What proves a manual step: a probe of its own, or a check of the preflight that it names.

The two live apart because neither knows the other; here they meet.
"""

from typing import Final

from autocorp_wizard.adapters.home import Home
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.preflight.record import Result, Status
from autocorp_wizard.operate.finding import Finding
from autocorp_wizard.operate.look import Look
from autocorp_wizard.operate.probes import PROBES, look_with
from autocorp_wizard.rollout import preflight

# A waived failure is no proof: somebody lives with it.
_HOLDS: Final = {Status.PASS: True, Status.WARN: True, Status.FAIL: False}


def find(probe: str, look: Look, environment: Environment, home: Home) -> Finding:
    """Let a probe look, or the checks of these ids (with a comma between them), which all have to hold.

    Never raises: what cannot be looked at is not known.
    """
    if probe in PROBES:
        return look_with(probe, look)
    wanted = tuple(each.strip() for each in probe.split(","))
    try:
        report = preflight.look(environment, home, ids=wanted)
    except WizardError as error:
        return Finding(None, " ".join(filter(None, (error.what, error.why))))
    found = [each for each in report.results if each.check.id in wanted]
    if len(found) < len(wanted):
        return Finding(None, f"There is no probe and no check {probe!r}.")
    holds = [_HOLDS.get(each.seen.status) for each in found]
    verdict = False if False in holds else None if None in holds else True
    sentence = next(each.seen.summary for each, held in zip(found, holds, strict=True) if held is verdict)
    return Finding(verdict, sentence, tuple(_line(each) for each in found))


def _line(result: Result) -> str:
    return f"{result.check.id}: {result.status.value}: {result.seen.summary}"
