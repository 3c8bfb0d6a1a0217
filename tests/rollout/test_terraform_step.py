"""One real Terraform command inside a run: streamed, stopped, killed, outlived. No provider, no cloud."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autocorp_wizard.adapters import lease
from autocorp_wizard.adapters.journal import JournalReader, read_journal
from autocorp_wizard.adapters.run_store import RunFiles, RunStore
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.request import Request
from autocorp_wizard.core.runstate import fold
from autocorp_wizard.rollout.recorder import Discretion, Recorder
from autocorp_wizard.rollout.recovery_need import terraform_lives, terraform_pid
from autocorp_wizard.rollout.terraform_step import RawOutput, StreamEnd, stream

TREE = """
resource "terraform_data" "quick" {
  input = "a"
}

# Waits for the test, not for the clock.
resource "terraform_data" "gated" {
  provisioner "local-exec" {
    command = "until [ -e '${path.module}/go' ]; do sleep 0.05; done"
  }
}
"""
ENV = {"PATH": os.environ["PATH"], "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "HOME": os.environ["HOME"]}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    (folder / "main.tf").write_text(TREE)
    (folder / "rc").write_text("")
    ENV["TF_CLI_CONFIG_FILE"] = str(folder / "rc")
    for argv in (["init", "-input=false"], ["plan", "-input=false", "-out=plan"]):
        subprocess.run(["terraform", *argv], cwd=folder, env=ENV, check=True, capture_output=True)
    return folder


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    files = RunStore(tmp_path / "runs").create(Request(operation=ev.Operation.APPLY, environment="dev"))
    made = Recorder(files, Discretion())
    yield made
    made.close()


APPLY = ("terraform", "apply", "-json", "-input=false", "plan")


async def applied(recorder: Recorder, tree: Path, when_started: Callable[[], None]) -> StreamEnd:
    """Apply the tree; `when_started` is called once the gated resource is being made."""
    reader = JournalReader(recorder.files.journal)
    task = asyncio.create_task(stream(recorder, APPLY, cwd=tree, env=ENV, name="apply"))
    seen: list[ev.Event] = []
    while not task.done():
        seen += [envelope.event for envelope in reader.read()]
        if any(isinstance(e, ev.ResourceStarted) and e.address.endswith("gated") for e in seen):
            when_started()
            break
        await asyncio.sleep(0.02)
    return await task


async def test_an_apply_is_counted_and_its_raw_output_is_gone_afterwards(recorder: Recorder, tree: Path) -> None:
    end = await applied(recorder, tree, (tree / "go").touch)
    state = fold(read_journal(recorder.files.journal))
    assert end.exit_code == 0
    assert end.summary is not None
    assert (end.summary.add, state.done, state.failed) == (2, 2, 0)
    assert state.resources["terraform_data.quick"].id_value
    assert list(recorder.files.raw.iterdir()) == []
    assert [c.exit_code for c in state.commands] == [0]


async def test_a_wish_to_stop_is_one_interrupt_and_terraform_ends_in_order(recorder: Recorder, tree: Path) -> None:
    end = await applied(recorder, tree, lambda: (recorder.files.control / "cancel").write_text("stop") and None)
    assert end.interrupted
    assert end.exit_code == 1
    assert end.summary is None
    assert not (tree / ".terraform.tfstate.lock.info").exists()
    state = fold(read_journal(recorder.files.journal))
    assert state.cancel == "stop"


async def test_terraform_that_is_killed_ends_with_its_signal(recorder: Recorder, tree: Path) -> None:
    end = await applied(recorder, tree, lambda: os.kill(terraform_pid(recorder.files), signal.SIGKILL))
    assert end.exit_code == -signal.SIGKILL
    assert end.error.code == "TERRAFORM-KILLED"
    assert not terraform_lives(recorder.files)


RUNNER = """
import asyncio, json, sys
from pathlib import Path
from autocorp_wizard.adapters.run_store import RunFiles
from autocorp_wizard.rollout.recorder import Discretion, Recorder
from autocorp_wizard.rollout.terraform_step import stream
files, tree, env = RunFiles(Path(sys.argv[1])), Path(sys.argv[2]), json.loads(sys.argv[3])
asyncio.run(stream(Recorder(files, Discretion()), sys.argv[4:], cwd=tree, env=env, name="apply"))
"""


def test_terraform_outlives_a_killed_runner_and_is_read_to_its_end_by_another(tmp_path: Path, tree: Path) -> None:
    import json

    files: RunFiles = RunStore(tmp_path / "runs").create(Request(operation=ev.Operation.APPLY, environment="dev"))
    reader = JournalReader(files.journal)
    with subprocess.Popen(
        [sys.executable, "-c", RUNNER, str(files.root), str(tree), json.dumps(ENV), *APPLY]
    ) as runner:
        seen: list[ev.Event] = []
        while not any(isinstance(e, ev.ResourceStarted) and e.address.endswith("gated") for e in seen):
            assert runner.poll() is None
            seen += [envelope.event for envelope in reader.read()]
        runner.kill()
    assert terraform_lives(files)
    (tree / "go").touch()
    while lease.is_held(files.raw / "terraform.lease"):
        pass
    rest = list(RawOutput(files.raw / "apply.jsonl").events())
    finished = {e.address for e in [*seen, *rest] if isinstance(e, ev.ResourceFinished)}
    assert finished == {"terraform_data.quick", "terraform_data.gated"}
    assert [e.add for e in rest if isinstance(e, ev.SummaryReported)] == [2]
    assert list(RawOutput(files.raw / "apply.jsonl").events()) == []
