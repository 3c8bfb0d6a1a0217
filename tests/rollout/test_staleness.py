"""A plan, and what is deployed, know whether the answers they were made from still hold."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autocorp_wizard.adapters.journal import JournalWriter
from autocorp_wizard.adapters.run_store import RunFiles, RunStore
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.environment import Environment, rehearsal_environment
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.presets import Preset
from autocorp_wizard.core.request import Request
from autocorp_wizard.rollout.applying import refuse_outdated
from autocorp_wizard.rollout.staleness import changed_since_apply, changed_since_plan
from tests.tui.handmade import sample_plan

DEV = Environment("dev").with_answers({"account_id": "111122223333", "postgres_host": "db.example.com"})
EDITED = DEV.with_answers({"s3_lifecycle_days": 45})


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """No run yet."""
    return RunStore(tmp_path)


class Bench:
    """Writes runs as a runner would."""

    def __init__(self, store: RunStore) -> None:
        self.store, self.moment = store, datetime(2026, 11, 1, tzinfo=UTC)

    def run(self, operation: Operation, *, outcome: str = "succeeded", phase: str = "", plan_run: str = "") -> RunFiles:
        """A run that ended."""
        self.moment += timedelta(minutes=1)
        request = Request(operation=operation, environment="dev", phase=phase, plan_run=plan_run)
        files = self.store.create(request, now=self.moment)
        moment = self.moment
        journal = JournalWriter(files.journal, files.run, clock=lambda: moment)
        journal.append(ev.RunStarted(operation=operation, environment="dev", phase=phase))
        journal.append(ev.RunFinished(outcome=outcome))
        journal.close()
        return files

    def plan(self, environment: Environment) -> RunFiles:
        """A plan of the foundation made from these answers."""
        files = self.run(Operation.PLAN, phase="foundation")
        files.tfvars.write_text(json.dumps(environment.tfvars([Phase.FOUNDATION])))
        return files

    def apply(self, environment: Environment, *, outcome: str = "succeeded") -> RunFiles:
        """A plan, and its apply."""
        return self.run(Operation.APPLY, outcome=outcome, phase="foundation", plan_run=self.plan(environment).run)


@pytest.fixture
def bench(store: RunStore) -> Bench:
    """Runs."""
    return Bench(store)


def test_a_plan_of_the_present_answers_is_not_outdated(bench: Bench):
    files = bench.plan(DEV)
    assert changed_since_plan(files, DEV) == ()
    refuse_outdated(files, DEV, sample_plan(environment="dev"))


def test_a_plan_is_refused_once_an_answer_of_it_has_changed(bench: Bench):
    files = bench.plan(DEV)
    (changed,) = changed_since_plan(files, EDITED)
    assert (changed.name, changed.after) == ("s3_lifecycle_days", 45)
    with pytest.raises(UsageError, match="Answers have changed since this plan was made: s3_lifecycle_days") as caught:
        refuse_outdated(files, EDITED, sample_plan(environment="dev"))
    assert caught.value.code == "PLAN-OUTDATED"
    assert caught.value.next_step == "Plan again: autocorp-wizard plan foundation --env dev"


def test_what_a_rehearsal_finds_out_by_itself_is_no_changed_answer(bench: Bench):
    rehearsal = rehearsal_environment(Preset.DEV)
    files = bench.plan(rehearsal)
    found_out = {"postgres_host": "127.0.0.1", "postgres_port": 41234, "datasync_nfs_sources": {"a": {}}}
    files.tfvars.write_text(json.dumps(rehearsal.tfvars([Phase.FOUNDATION]) | found_out))
    assert changed_since_plan(files, rehearsal) == ()
    assert [each.name for each in changed_since_plan(files, rehearsal.with_answers({"vpc_cidr": "10.9.0.0/16"}))] == [
        "vpc_cidr"
    ]


def test_what_is_deployed_is_measured_by_the_last_apply_that_came_to_its_end(bench: Bench, store: RunStore):
    assert changed_since_apply(store, DEV) == ()
    bench.apply(DEV)
    bench.apply(EDITED, outcome="failed")
    bench.plan(EDITED)
    assert [each.name for each in changed_since_apply(store, EDITED)] == ["s3_lifecycle_days"]
    bench.apply(EDITED)
    assert changed_since_apply(store, EDITED) == ()


def test_nothing_is_old_where_nothing_is_left(bench: Bench, store: RunStore):
    bench.apply(DEV)
    bench.run(Operation.DESTROY)
    assert changed_since_apply(store, EDITED) == ()


def test_taking_one_phase_down_brings_the_rest_up_to_date(bench: Bench, store: RunStore):
    bench.apply(DEV)
    files = bench.run(Operation.DESTROY, phase="datasync")
    files.tfvars.write_text(json.dumps(EDITED.tfvars([Phase.FOUNDATION])))
    assert changed_since_apply(store, EDITED) == ()
    assert [each.name for each in changed_since_apply(store, DEV)] == ["s3_lifecycle_days"]


def test_a_plan_whose_inputs_are_gone_says_nothing(bench: Bench):
    files = bench.plan(DEV)
    files.tfvars.write_text("{")
    assert changed_since_plan(files, EDITED) == ()
