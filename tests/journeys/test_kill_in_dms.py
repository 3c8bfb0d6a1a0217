"""SIGKILL while the replication instance is being made: the next start waits for that instance and imports it."""

import os
import signal
import time
from collections.abc import Callable

import pytest

from autocorp_wizard.adapters.run_store import RunStore
from autocorp_wizard.rollout.recovery_need import terraform_pid
from tests.journeys.wizard import Document, Wizard

pytestmark = [pytest.mark.slow, pytest.mark.full]

INSTANCE = "aws_dms_replication_instance"
# So slow that the instance is still being made when the next start looks for it.
SLOW, FAST = "20", "300"


def instances(wizard: Wizard) -> list[Document]:
    """The replication instances that AWS has."""
    client = wizard.client("dms")
    try:
        return list(client.describe_replication_instances()["ReplicationInstances"])
    except client.exceptions.ResourceNotFoundFault:
        return []


def blow(wizard: Wizard, whom: str) -> Document:
    """Roll out and kill while the instance is being made; returns the instance as AWS has it then."""
    store, runner = RunStore(wizard.layout.runs), 0
    caught: list[Document] = []
    for event, _ in wizard.events("rehearse", "--plain", "--yes", "--until", "dms", "--speed", SLOW):
        if event["kind"] == "run.started" and not runner:
            runner = event["pid"]
        if caught or event["kind"] != "resource.started" or f".{INSTANCE}." not in event["address"]:
            continue
        deadline = time.monotonic() + 60
        while not caught and time.monotonic() < deadline:
            caught += instances(wizard)
        assert caught, "AWS must have begun to make the instance when the blow falls"
        terraform = terraform_pid(store.files(event["run"]))
        if whom in ("runner", "both"):
            os.kill(runner, signal.SIGKILL)
        if whom in ("terraform", "both"):
            os.kill(terraform, signal.SIGKILL)
    return caught[0]


@pytest.mark.parametrize(
    "whom",
    [pytest.param(whom, marks=pytest.mark.xdist_group(f"dms-{whom}")) for whom in ("both", "terraform", "runner")],
)
def test_the_instance_that_was_being_made_is_kept(whom: str, new_wizard: Callable[[str], Wizard]) -> None:
    wizard = new_wizard(f"dms-{whom}")
    done = wizard.run("rehearse", "--plain", "--yes", "--until", "glue", "--speed", FAST)
    assert done.code == 0, done.err
    begun = blow(wizard, whom)
    assert begun["ReplicationInstanceStatus"] == "creating"
    again = wizard.run("rehearse", "--plain", "--yes", "--until", "dms", "--json")
    assert again.code == 0, again.out[-3000:] + again.err
    (kept,) = instances(wizard)
    assert kept["ReplicationInstanceArn"] == begun["ReplicationInstanceArn"]
    assert kept["InstanceCreateTime"] == begun["InstanceCreateTime"]
    made = [e for e in again.events if e["kind"] == "resource.finished" and e["action"] == "create"]
    assert not any(f".{INSTANCE}." in e["address"] for e in made), "it is imported, never made again"
    if whom != "runner":  # without its runner, Terraform finishes alone and its state has the instance
        found = [e for e in again.events if e["kind"] == "recovery.found"]
        assert any(f".{INSTANCE}." in address for e in found for address in e["addresses"])
    assert [e["changed"] for e in again.events if e["kind"] == "plan.ready"][-1] is False


def test_an_interrupted_instance_is_untainted_once_it_is_there(new_wizard: Callable[[str], Wizard]) -> None:
    wizard = new_wizard("dms-interrupt")
    done = wizard.run("rehearse", "--plain", "--yes", "--until", "glue", "--speed", FAST)
    assert done.code == 0, done.err
    caught: list[Document] = []
    for event, _ in wizard.events("rehearse", "--plain", "--yes", "--until", "dms", "--speed", SLOW):
        if not caught and event["kind"] == "resource.started" and f".{INSTANCE}." in event["address"]:
            while not caught:
                caught += instances(wizard)
            assert wizard.run("runs", "cancel", "--env", "rehearsal").code == 0
    again = wizard.run("rehearse", "--plain", "--yes", "--until", "dms", "--json")
    assert again.code == 0, again.out[-3000:] + again.err
    (kept,) = instances(wizard)
    assert kept["InstanceCreateTime"] == caught[0]["InstanceCreateTime"]
    replaced = [e for e in again.events if e["kind"] == "resource.planned" and e["action"] == "replace"]
    assert [e["address"] for e in replaced if f".{INSTANCE}." in e["address"]] == []
