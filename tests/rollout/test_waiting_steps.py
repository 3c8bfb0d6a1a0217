"""How many manual steps wait, by what was recorded."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from autocorp_wizard.adapters.checklist_files import packaged_checklists, read_checklists
from autocorp_wizard.adapters.evidence_store import EvidenceStore
from autocorp_wizard.adapters.home import Home
from autocorp_wizard.core.checklist import Kind, Moment
from autocorp_wizard.rollout.waiting_steps import waiting_steps

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def test_a_step_waits_until_somebody_says_or_sees_it_and_again_when_that_is_too_old(tmp_path: Path) -> None:
    home = Home(tmp_path)
    steps = [step for each in read_checklists(packaged_checklists()) for step in each.steps]
    due = [step for step in steps if step.phase is Moment.FOUNDATION]
    assert due
    assert waiting_steps("dev", home, Moment.FOUNDATION, NOW) == len(due)
    evidence = EvidenceStore(home.environment_dir("dev") / "evidence")
    evidence.add(due[0].id, Kind.CLAIMED, "kim", NOW, text="ticket 4711")
    assert waiting_steps("dev", home, Moment.FOUNDATION, NOW) == len(due) - 1
    assert waiting_steps("other", home, Moment.FOUNDATION, NOW) == len(due)
    ageing = next(step for step in steps if step.expires_days)
    before = waiting_steps("dev", home, ageing.phase, NOW)
    evidence.add(ageing.id, Kind.PROVEN, "kim", NOW, text="seen", probe=ageing.verify)
    later = NOW + timedelta(days=ageing.expires_days + 1)
    assert waiting_steps("dev", home, ageing.phase, NOW) == before - 1
    assert waiting_steps("dev", home, ageing.phase, later) == before
