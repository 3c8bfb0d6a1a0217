"""How many manual steps wait before a moment of the rollout, cheaply: nothing is looked at but what was recorded."""

from datetime import datetime
from functools import cache

from autocorp_wizard.adapters.checklist_files import packaged_checklists, read_checklists
from autocorp_wizard.adapters.evidence_store import EvidenceStore
from autocorp_wizard.adapters.home import Home
from autocorp_wizard.core.checklist import Moment, Step, standing


@cache
def _steps() -> tuple[Step, ...]:
    return tuple(step for checklist in read_checklists(packaged_checklists()) for step in checklist.steps)


def waiting_steps(environment: str, home: Home, moment: Moment, now: datetime) -> int:
    """Return how many of the steps before a moment nobody has done, or not recently enough.

    Raises WizardError where the checklists or the evidence cannot be read.
    """
    due = [step for step in _steps() if step.phase is moment]
    records = EvidenceStore(home.environment_dir(environment) / "evidence").records() if due else ()
    return sum(standing(step, records, now).is_open for step in due)
