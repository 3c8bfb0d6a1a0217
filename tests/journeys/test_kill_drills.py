"""SIGKILL of the runner, of Terraform, of both, in the middle of an apply: the next start explains and finishes."""

import os
import signal
from collections import Counter
from collections.abc import Callable

import pytest

from autocorp_wizard.adapters.run_store import RunStore
from autocorp_wizard.rollout.recovery_need import terraform_pid
from tests.journeys.wizard import Document, Wizard

pytestmark = pytest.mark.slow

# After how many finished resources the blow falls, and whom it hits. The first runs in CI, all of them in full.
DRILLS = [
    (24, "both"),
    (38, "runner"),
    (0, "both"),
    (1, "terraform"),
    (6, "runner"),
    (12, "both"),
    (18, "terraform"),
    (30, "both"),
    (44, "terraform"),
    (48, "both"),
]

ROLLOUT = ("rehearse", "--plain", "--yes", "--until", "foundation")

# Written again by nature: what was finished is not found by an import that may not read the value (core/imports.py).
WRITTEN_AGAIN = ("_s3_bucket_", "aws_secretsmanager_secret_version")


def drills() -> list[object]:
    """The drills as parameters, each on a worker of its own choice."""
    return [
        pytest.param(
            done,
            whom,
            id=f"{whom}-after-{done}",
            marks=[pytest.mark.xdist_group(f"drill-{n}"), *([pytest.mark.full] if n > 0 else [])],
        )
        for n, (done, whom) in enumerate(DRILLS)
    ]


def blow(wizard: Wizard, after: int, whom: str) -> list[Document]:
    """Roll out and kill in the middle; returns the events that were seen."""
    store = RunStore(wizard.layout.runs)
    seen: list[Document] = []
    runner, done = 0, 0
    for event, _ in wizard.events(*ROLLOUT):
        seen.append(event)
        if event["kind"] == "run.started" and not runner:
            runner = event["pid"]
        done += event["kind"] == "resource.finished" and event["action"] == "create"
        at_work = event["kind"] in ("resource.started", "resource.finished") and event["action"] == "create"
        if at_work and done >= after:
            terraform = terraform_pid(store.files(event["run"]))
            assert terraform, "Terraform must be at work when the blow falls"
            if whom in ("runner", "both"):
                os.kill(runner, signal.SIGKILL)
            if whom in ("terraform", "both"):
                os.kill(terraform, signal.SIGKILL)
            after = 10**6
    return seen


def inventory(wizard: Wizard) -> Counter[str]:
    """Everything with an id of its own that an apply could make twice, by its unique name."""
    ec2, kms = wizard.client("ec2"), wizard.client("kms")
    found: Counter[str] = Counter()
    tagged = [
        *ec2.describe_vpcs()["Vpcs"],
        *ec2.describe_subnets()["Subnets"],
        *ec2.describe_security_groups()["SecurityGroups"],
        *ec2.describe_route_tables()["RouteTables"],
        *ec2.describe_vpc_endpoints()["VpcEndpoints"],
        *ec2.describe_security_group_rules()["SecurityGroupRules"],
    ]
    for thing in tagged:
        name = {tag["Key"]: tag["Value"] for tag in thing.get("Tags", [])}.get("Name")
        if name:
            found[name] += 1
    for key in kms.list_keys()["Keys"]:
        about = kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
        if about["KeyManager"] == "CUSTOMER" and about["KeyState"] != "PendingDeletion":
            found["customer key"] += 1
    for secret in wizard.client("secretsmanager").list_secrets()["SecretList"]:
        found[f"secret {secret['Name']}"] += 1
    return found


@pytest.mark.parametrize(("after", "whom"), drills())
def test_the_next_start_explains_and_finishes_with_nothing_twice_and_nothing_lost(
    after: int, whom: str, new_wizard: Callable[[str], Wizard]
) -> None:
    wizard = new_wizard(f"drill-{whom}-{after}")
    seen = blow(wizard, after, whom)
    planned = next(e for e in seen if e["kind"] == "plan.ready")["counts"]["create"]
    finished_before = {e["address"] for e in seen if e["kind"] == "resource.finished" and e["action"] == "create"}
    next_start = wizard.run(*ROLLOUT, "--json")
    assert next_start.code == 0, next_start.out[-3000:] + next_start.err
    events = next_start.events
    assert any(e["kind"] == "recovery.found" for e in events) or whom == "runner"
    made_again = {e["address"] for e in events if e["kind"] == "resource.finished" and e["action"] == "create"}
    unique = {a for a in finished_before & made_again if not any(kind in a for kind in WRITTEN_AGAIN)}
    assert unique == set(), "what was finished before the blow is imported, never made again"
    doubles = {name: count for name, count in inventory(wizard).items() if count > 1}
    assert doubles == {}
    state = wizard.run("env", "show", "rehearsal", "--json").document["applied"]
    assert state["resources"] == planned
    proof = [e for e in events if e["kind"] == "plan.ready"][-1]
    assert proof["changed"] is False
    for run in (e["run"] for e in seen if e["kind"] == "run.started"):
        shown = wizard.run("runs", "show", run, "--json").document
        assert "running" not in str(shown.get("status")), "every journal has an end now"
