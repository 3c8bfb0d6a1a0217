"""Replication is stopped for what AWS refuses while it runs, and goes on afterwards, however the apply ended."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from autocorp_wizard.core.change import Change
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.events import Action, LogWritten
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.plan import Plan
from autocorp_wizard.rollout.task_pause import paused_for, stop_replication
from tests.rollout.staging import BUCKET, TASK, Answer, context, missing, state_of

STATE = state_of(BUCKET, TASK, started=True)


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    async def at_once(_: float) -> None:
        return None

    monkeypatch.setattr("autocorp_wizard.rollout.task_pause.asyncio.sleep", at_once)


class FakeTask:
    """A task that takes one look to stop or start; `starts` is where a start leads."""

    def __init__(self, status: str, starts: str = "running") -> None:
        self.status = status
        self.starts = starts
        self._next: Iterator[str] = iter(())

    def __call__(self, operation: str, _: Mapping[str, object]) -> Answer:
        if operation == "stop_replication_task":
            assert self.status == "running", "AWS stops only what runs"
            self.status, self._next = "stopping", iter(["stopped"])
        elif operation == "start_replication_task":
            assert self.status in ("stopped", "failed")
            self.status, self._next = "starting", iter([self.starts])
        else:
            shown, self.status = self.status, next(self._next, self.status)
            if shown == "gone":
                return missing("the task")
            return {"ReplicationTasks": [{"ReplicationTaskArn": "arn:task", "Status": shown}]}
        return {}


def plan(action: Action, kind: str) -> Plan:
    change = Change(
        f"module.dms[0].{kind}.this",
        action,
        module="dms",
        phase=Phase.DMS,
        resource_type=kind,
        name="this",
        provider_name="aws",
        sentence="",
    )
    return Plan("rehearsal", "dms", "dms", (change,), {}, (), (), True, "0" * 64, "1.11.4")


ENDPOINT = plan(Action.UPDATE, "aws_dms_s3_endpoint")


async def _within(ctx: object, what: Plan, error: Exception | None = None) -> None:
    async with paused_for(ctx, what, STATE):  # type: ignore[arg-type]
        if error is not None:
            raise error


def test_an_endpoint_is_changed_while_replication_stands(tmp_path: Path) -> None:
    task = FakeTask("running")
    ctx, _, access = context(tmp_path, cloud=task)
    asyncio.run(_within(ctx, ENDPOINT))
    changing = [call for call in access.calls if not call.startswith("describe")]
    assert changing == ["stop_replication_task", "start_replication_task"]
    assert task.status == "running"


@pytest.mark.parametrize("status", ["ready", "stopped", "failed", "gone"])
def test_what_does_not_run_is_neither_stopped_nor_started(tmp_path: Path, status: str) -> None:
    ctx, _, access = context(tmp_path, cloud=FakeTask(status))
    asyncio.run(_within(ctx, ENDPOINT))
    assert all(call.startswith("describe") for call in access.calls)


@pytest.mark.parametrize(
    "what", [plan(Action.CREATE, "aws_dms_endpoint"), plan(Action.UPDATE, "aws_dms_replication_task")]
)
def test_other_plans_touch_nothing(tmp_path: Path, what: Plan) -> None:
    ctx, _, access = context(tmp_path, cloud=FakeTask("running"))
    asyncio.run(_within(ctx, what))
    assert access.calls == []


def test_replication_goes_on_where_the_apply_failed_and_the_failure_is_what_is_told(tmp_path: Path) -> None:
    task = FakeTask("running")
    ctx, _, _ = context(tmp_path, cloud=task)
    with pytest.raises(WizardError, match="Terraform failed"):
        asyncio.run(_within(ctx, ENDPOINT, WizardError("TERRAFORM-FAILED", "Terraform failed.")))
    assert task.status == "running"


def test_a_task_that_does_not_run_again_fails_the_apply(tmp_path: Path) -> None:
    ctx, _, _ = context(tmp_path, cloud=FakeTask("running", starts="failed"))
    with pytest.raises(WizardError, match="does not run again") as failed:
        asyncio.run(_within(ctx, ENDPOINT))
    assert failed.value.code == "TASK-NOT-RUNNING"


def test_beside_a_failed_apply_a_standing_replication_is_said(tmp_path: Path) -> None:
    ctx, recorder, _ = context(tmp_path, cloud=FakeTask("running", starts="failed"))
    with pytest.raises(WizardError, match="Terraform failed"):
        asyncio.run(_within(ctx, ENDPOINT, WizardError("TERRAFORM-FAILED", "Terraform failed.")))
    assert any(isinstance(e, LogWritten) and "does not run again" in e.text for e in recorder.events)


def test_a_task_that_is_just_starting_is_waited_for_and_then_stopped(tmp_path: Path) -> None:
    task = FakeTask("starting")
    task._next = iter(["running"])
    ctx, _, _ = context(tmp_path, cloud=task)
    stopped = asyncio.run(stop_replication(ctx, STATE))
    assert stopped is not None
    assert task.status == "stopped"


def test_without_a_task_in_the_state_aws_is_not_asked(tmp_path: Path) -> None:
    ctx, _, access = context(tmp_path)
    assert asyncio.run(stop_replication(ctx, state_of(BUCKET))) is None
    assert access.calls == []
