"""The engine with a real runner, real Terraform and the rehearsal cloud's backend, on a tree of two resources."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from autocorp_wizard.adapters.environment_store import EnvironmentStore
from autocorp_wizard.adapters.home import Home
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.environment import rehearsal_environment
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.events import Operation
from autocorp_wizard.core.presets import Preset
from autocorp_wizard.core.request import Request
from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rehearsal.faultrules import FaultKind, FaultRule
from autocorp_wizard.rehearsal.faults import CloudControl
from autocorp_wizard.rollout.engine import Engine

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("engine")]

TREE = """
terraform {
  backend "s3" {}
}

resource "terraform_data" "quick" {
  input = "%s"
}

# Waits for the test, not for the clock.
resource "terraform_data" "gated" {
  triggers_replace = "%s"

  provisioner "local-exec" {
    command = "until [ -e '%s' ]; do sleep 0.05; done"
  }
}
"""


class Bench:
    """One home, one tree; `gate` lets the second resource finish."""

    def __init__(self, root: Path) -> None:
        self.home = Home(root / "home")
        self.home.make()
        # A source of its own keeps PostgreSQL and passwords out of these tests.
        answers = {"postgres_host": "db.example.org"}
        environment = rehearsal_environment(Preset.DEV).with_answers(answers)
        EnvironmentStore(self.home).save(environment)
        self.engine = Engine(self.home)
        self.tree = root / "tree"
        self.tree.mkdir()
        self.gate = root / "gate"
        self.gate.touch()
        names = sorted(environment.tfvars([]))
        (self.tree / "variables.tf").write_text(
            "".join(f'variable "{name}" {{\n  default = null\n}}\n' for name in names)
        )
        self.write("a")

    def write(self, text: str) -> None:
        """Change what the tree wants of both resources."""
        (self.tree / "main.tf").write_text(TREE % (text, text, self.gate))

    def run(self, operation: Operation, *, secrets: Mapping[str, str] | None = None, **more: str) -> str:
        """Run an operation to its end and return the run."""
        run = self.start(operation, secrets=secrets, **more)
        for _ in self.engine.follow(run):
            pass
        return run

    def start(self, operation: Operation, *, secrets: Mapping[str, str] | None = None, **more: str) -> str:
        """Start an operation."""
        request = Request(
            operation=operation, environment="rehearsal", phase="foundation", terraform_dir=str(self.tree), **more
        )
        return self.engine.start(request, secrets or {})

    def plan(self) -> tuple[str, str]:
        """Plan; returns the run and the digest."""
        run = self.run(Operation.PLAN)
        assert self.engine.record(run).status == "succeeded", self.engine.state(run).error
        return run, self.engine.plan(run).digest

    def apply(self, plan_run: str, digest: str) -> str:
        """Apply a plan; returns the run."""
        return self.run(Operation.APPLY, plan_run=plan_run, digest=digest, confirm="rehearsal")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    made = Bench(tmp_path_factory.mktemp("engine"))
    made.run(Operation.BOOTSTRAP)
    yield made
    RehearsalCloud(made.home.root).stop()


@pytest.fixture
def deployed(bench: Bench, request: pytest.FixtureRequest) -> Bench:
    """The bench with both resources as this test named them, nothing waiting."""
    bench.gate.touch()
    bench.run(Operation.RECOVER)
    bench.write(f"before {request.node.name}")
    plan_run, digest = bench.plan()
    run = bench.apply(plan_run, digest)
    assert bench.engine.record(run).status == "succeeded", bench.engine.state(run).error
    return bench


def test_an_edit_after_the_plan_changes_nothing_of_what_is_applied(deployed: Bench) -> None:
    deployed.write("planned")
    plan_run, digest = deployed.plan()
    deployed.write("edited afterwards")
    run = deployed.apply(plan_run, digest)
    assert deployed.engine.record(run).status == "succeeded"
    deployed.write("planned")
    again, _ = deployed.plan()
    assert not deployed.engine.plan(again).changed


def test_the_first_plan_that_is_given_the_password_writes_it_and_no_later_one_again(bench: Bench) -> None:
    store = EnvironmentStore(bench.home)
    bench.gate.touch()
    bench.run(Operation.RECOVER)
    store.save(replace(store.load("rehearsal"), secret_counter=0))
    bench.plan()
    assert store.load("rehearsal").secret_counter == 0
    for _ in range(2):
        bench.run(Operation.PLAN, secrets={"postgres_password": "pass-of-the-source"})
        assert store.load("rehearsal").secret_counter == 1


def test_an_approval_is_used_once(deployed: Bench) -> None:
    deployed.write("once")
    plan_run, digest = deployed.plan()
    deployed.apply(plan_run, digest)
    second = deployed.apply(plan_run, digest)
    state = deployed.engine.state(second)
    assert (state.outcome, state.exit_code, state.error["code"]) == ("failed", 2, "PLAN-USED")


def test_an_approval_of_another_plan_is_refused_and_the_plan_stays(deployed: Bench) -> None:
    deployed.write("mine")
    plan_run, digest = deployed.plan()
    wrong = deployed.apply(plan_run, "0" * 64)
    assert deployed.engine.state(wrong).error["code"] == "APPROVAL-MISMATCH"
    right = deployed.apply(plan_run, digest)
    assert deployed.engine.record(right).status == "succeeded"


def test_a_plan_that_somebody_overtook_is_stale(deployed: Bench) -> None:
    deployed.write("first")
    first, first_digest = deployed.plan()
    deployed.write("second")
    second, second_digest = deployed.plan()
    deployed.apply(second, second_digest)
    late = deployed.apply(first, first_digest)
    assert deployed.engine.state(late).error["code"] == "PLAN-STALE"


def test_an_edited_copy_of_the_planned_tree_is_refused(deployed: Bench) -> None:
    deployed.write("tampered")
    plan_run, digest = deployed.plan()
    (copy,) = (deployed.home.run_dir(plan_run) / "tree").glob("*/terraform/main.tf")
    copy.chmod(0o600)
    copy.write_text(copy.read_text().replace("tampered", "something else"))
    run = deployed.apply(plan_run, digest)
    assert deployed.engine.state(run).error["code"] == "SNAPSHOT-CHANGED"


def wait_for(engine: Engine, run: str, wanted: Callable[[ev.Event], bool]) -> Iterator[ev.Event]:
    for envelope in engine.follow(run, poll=0.02):
        yield envelope.event
        if wanted(envelope.event):
            return


def is_gated(event: ev.Event) -> bool:
    return (
        isinstance(event, ev.ResourceStarted) and event.address.endswith("gated") and event.action == ev.Action.CREATE
    )


def test_one_environment_takes_one_run_and_stopping_is_explained_and_gone_on_from(deployed: Bench) -> None:
    deployed.write("stopped")
    plan_run, digest = deployed.plan()
    deployed.gate.unlink()
    run = deployed.start(Operation.APPLY, plan_run=plan_run, digest=digest, confirm="rehearsal")
    list(wait_for(deployed.engine, run, is_gated))
    with pytest.raises(UsageError) as busy:
        deployed.start(Operation.PLAN)
    assert busy.value.code == "RUN-BUSY"
    assert run in busy.value.next_step
    deployed.engine.cancel(run)
    for _ in deployed.engine.follow(run):
        pass
    state = deployed.engine.state(run)
    assert (state.outcome, state.exit_code, state.cancel) == ("cancelled", 130, "stop")
    deployed.gate.touch()
    # What was being made may be tainted: a plan would lie before somebody looked.
    refused = deployed.run(Operation.PLAN)
    assert deployed.engine.state(refused).error["code"] == "RUN-UNSETTLED"
    recovered = deployed.run(Operation.RECOVER)
    assert deployed.engine.record(recovered).status == "succeeded"
    plan_run, digest = deployed.plan()
    assert deployed.engine.record(deployed.apply(plan_run, digest)).status == "succeeded"


def test_a_lock_that_could_not_be_given_back_is_given_back_by_a_recovery(deployed: Bench) -> None:
    deployed.write("locked")
    plan_run, digest = deployed.plan()
    control = CloudControl(RehearsalCloud(deployed.home.root))
    number = control.add_fault(FaultRule(FaultKind.DENY, "s3", "DeleteObject"))
    try:
        run = deployed.apply(plan_run, digest)
    finally:
        control.clear_faults(number)
    assert deployed.engine.state(run).error["code"] == "STATE-LOCK-KEPT"
    assert deployed.engine.state(deployed.run(Operation.PLAN)).error["code"] == "RUN-UNSETTLED"
    assert deployed.engine.record(deployed.run(Operation.RECOVER)).status == "succeeded"
    again, _ = deployed.plan()
    assert not deployed.engine.plan(again).changed


def test_another_lock_is_taken_up_and_left_again(deployed: Bench) -> None:
    store = EnvironmentStore(deployed.home)
    for answers in ({"lock_table": "terraform-locks"}, {"lock_table": None}):
        store.save(store.load("rehearsal").with_answers(answers))
        deployed.run(Operation.BOOTSTRAP)
        again, _ = deployed.plan()
        assert not deployed.engine.plan(again).changed


def test_a_finished_run_hears_no_wishes(deployed: Bench) -> None:
    plan_run, _ = deployed.plan()
    with pytest.raises(UsageError) as over:
        deployed.engine.cancel(plan_run)
    assert over.value.code == "RUN-OVER"


def test_the_team_finds_the_journal_of_an_apply_in_the_state_bucket(deployed: Bench) -> None:
    newest = next(r for r in deployed.engine.runs() if r.operation == "apply")
    local = (deployed.home.run_dir(newest.run) / "journal.jsonl").read_text()
    import boto3

    address = RehearsalCloud(deployed.home.root).ensure()
    client = boto3.client(
        "s3",
        endpoint_url=address.endpoint_url,
        verify=str(address.ca_bundle),
        aws_access_key_id=address.access_key_id,
        aws_secret_access_key=address.secret_access_key,
        region_name=address.region,
    )
    bucket = EnvironmentStore(deployed.home).load("rehearsal").state_bucket
    shared = client.get_object(Bucket=bucket, Key=f"wizard/rehearsal/runs/{newest.run}.jsonl")["Body"].read().decode()
    assert shared == local
    assert json.loads(shared.splitlines()[-1])["outcome"] == "succeeded"
