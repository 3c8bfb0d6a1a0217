"""A lock whose answer was lost: Terraform's own next try meets it, and that is told from somebody else's lock."""

from collections.abc import Callable
from pathlib import Path

import pytest

from autocorp_wizard.adapters.run_store import RunStore
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.bootstrap import StatePlace
from autocorp_wizard.core.request import Request
from autocorp_wizard.rehearsal.address import CloudAddress
from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rehearsal.faultrules import FaultKind, FaultRule
from autocorp_wizard.rehearsal.faults import CloudControl
from autocorp_wizard.rollout.bootstrap import bootstrap
from autocorp_wizard.rollout.recorder import Discretion, Recorder
from autocorp_wizard.rollout.recovery_need import unsettled_runs
from autocorp_wizard.rollout.state_store import StateStore
from autocorp_wizard.rollout.terraform_step import StreamEnd, stream
from tests.rollout.backend import CONFIGURATION, access, environment, init_arguments, surroundings, terraform

pytestmark = pytest.mark.slow

PLAN = ("terraform", "plan", "-json", "-input=false", "-lock-timeout=0s")


@pytest.mark.parametrize(("service", "action"), [("s3", "PutObject"), ("dynamodb", "PutItem")])
async def test_a_lock_of_its_own_is_named_and_waits_for_a_recovery(
    cloud: CloudAddress,
    cloud_home: Path,
    tmp_path: Path,
    unique: Callable[[str], str],
    *,
    service: str,
    action: str,
) -> None:
    given = {"lock_table": "terraform-locks"} if service == "dynamodb" else {}
    env = environment("dev", state_bucket=unique("own-lock"), **given)
    way = access(cloud)
    assert bootstrap(env, way, record=lambda _: None).holds
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "main.tf").write_text(CONFIGURATION)
    variables = way.terraform_environment()
    assert terraform(tree, variables, "init", "-no-color", *init_arguments(env)).returncode == 0

    runs = RunStore(tmp_path / "runs")
    control = CloudControl(RehearsalCloud(cloud_home))
    number = control.add_fault(FaultRule(FaultKind.LOST_ANSWER, service, action, times=1))
    try:
        own = await _planned(runs, tree, surroundings(variables))
    finally:
        control.clear_faults(number)
    assert own.error.code == "STATE-LOCK-OWN"
    assert [record.operation for record in unsettled_runs(runs, "dev")] == ["plan"]

    # Whoever comes now meets the lock of somebody who was there before.
    other = await _planned(runs, tree, surroundings(variables))
    assert other.error.code == "STATE-LOCKED"
    assert len(unsettled_runs(runs, "dev")) == 1

    store = StateStore(way, StatePlace.of(env))
    [lock] = store.locks()
    terraform(tree, variables, "force-unlock", "-force", lock.id)
    assert store.locks() == ()
    assert (await _planned(runs, tree, surroundings(variables))).exit_code == 0


async def _planned(runs: RunStore, tree: Path, env: dict[str, str]) -> StreamEnd:
    """Plan in a run of its own, which ends as a runner would end it."""
    files = runs.create(Request(operation=ev.Operation.PLAN, environment="dev"))
    recorder = Recorder(files, Discretion())
    try:
        recorder.record(ev.RunStarted(operation="plan", environment="dev", phase="foundation"))
        end = await stream(recorder, PLAN, cwd=tree, env=env, name="plan")
        if end.exit_code == 0:
            recorder.record(ev.RunFinished(outcome=ev.Outcome.SUCCEEDED))
        else:
            error = end.error
            recorder.record(ev.RunFinished(outcome=ev.Outcome.FAILED, exit_code=1, error=error.as_document()))
    finally:
        recorder.close()
    return end
