"""What an environment has: its state, the plan that waits on it, or why nobody can tell."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.home import Home
from autocorp_wizard.adapters.journal import JournalWriter
from autocorp_wizard.adapters.run_store import RunFiles, RunStore
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.environment import Environment, rehearsal_environment
from autocorp_wizard.core.presets import Preset
from autocorp_wizard.core.request import Request
from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rollout.holdings import holding_of
from tests.tui.handmade import sample_plan

pytestmark = pytest.mark.slow

LAKE = "module.s3.aws_s3_bucket.lake"
STATE = {
    "version": 4,
    "serial": 7,
    "lineage": "l",
    "outputs": {},
    "resources": [
        {
            "mode": "managed",
            "module": "module.s3",
            "type": "aws_s3_bucket",
            "name": "lake",
            "instances": [{"attributes": {"id": "lake"}}],
        }
    ],
}


def ended(home: Home, operation: ev.Operation, moment: int) -> RunFiles:
    """A run of this environment that ended well, in the order of the moments."""
    files = RunStore(home.runs).create(
        Request(operation=operation, environment="rehearsal", phase="foundation"),
        now=datetime(2026, 3, 1, 12, moment, tzinfo=UTC),
    )
    writer = JournalWriter(files.journal, files.run)
    writer.append(ev.RunStarted(operation=operation.value, environment="rehearsal"))
    writer.append(ev.RunFinished(outcome=ev.Outcome.SUCCEEDED))
    writer.close()
    return files


def test_state_plan_and_apply(own_cloud: RehearsalCloud, tmp_path: Path) -> None:
    home = Home(tmp_path / "own-home")
    environment: Environment = rehearsal_environment(Preset.DEV)
    assert holding_of(environment, home, print).source == "an empty state"

    address = own_cloud.ensure()
    access = CloudAccess(address.environment(), environment.region, address.account_id)
    access.call("s3", "create_bucket", Bucket=environment.state_bucket)
    body = json.dumps(STATE).encode()
    access.call("s3", "put_object", Bucket=environment.state_bucket, Key=environment.state_key, Body=body)
    found = holding_of(environment, home, print)
    assert (found.resources, found.source) == ({LAKE: "aws_s3_bucket"}, "the state, serial 7")

    planned = ended(home, ev.Operation.PLAN, 1)
    planned.plan_document.write_text(json.dumps(sample_plan(environment="rehearsal").as_document()))
    planned.plan_file.write_bytes(b"saved")
    waiting = holding_of(environment, home, print)
    assert len(waiting.resources) > 1
    assert planned.run in waiting.source

    ended(home, ev.Operation.APPLY, 2)
    assert holding_of(environment, home, print) == found


def test_credentials_that_fail_are_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    found = holding_of(Environment("dev", {"account_id": "123456789012"}), Home(tmp_path), print)
    assert found.reason
    assert found.as_document()["count"] is None
