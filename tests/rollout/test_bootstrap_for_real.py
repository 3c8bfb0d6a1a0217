"""What bootstrap makes is what Terraform's S3 backend can work with, on the rehearsal cloud as on a real account."""

from collections.abc import Callable
from pathlib import Path

import pytest

from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.bootstrap import StatePlace
from autocorp_wizard.rehearsal.address import FOREIGN_ACCOUNT_ID, CloudAddress
from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rehearsal.faultrules import FaultRule
from autocorp_wizard.rehearsal.faults import CloudControl
from autocorp_wizard.rollout.bootstrap import bootstrap
from autocorp_wizard.rollout.state_store import StateStore
from tests.rollout.backend import CONFIGURATION, access, environment, init_arguments, terraform

pytestmark = pytest.mark.slow

KEY = "arn:aws:kms:us-east-1:999999999999:key/1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.mark.parametrize("lock_table", ["", "terraform-locks"])
def test_terraform_keeps_its_state_where_bootstrap_says(cloud: CloudAddress, tmp_path: Path, lock_table: str) -> None:
    given = {"state_bucket": f"state-{tmp_path.name.lower().replace('_', '-')[-30:].strip('-')}"}
    env = environment("dev", **given, **({"lock_table": lock_table} if lock_table else {}))
    way = access(cloud)
    assert bootstrap(env, way, record=lambda _: None).holds
    (tmp_path / "main.tf").write_text(CONFIGURATION)
    variables = way.terraform_environment()

    initialised = terraform(tmp_path, variables, "init", "-no-color", *init_arguments(env))
    assert initialised.returncode == 0, initialised.stderr
    applied = terraform(tmp_path, variables, "apply", "-no-color", "-auto-approve")
    assert applied.returncode == 0, applied.stderr

    store = StateStore(way, StatePlace.of(env))
    state = store.read()
    assert state is not None
    assert [resource.address for resource in state.resources] == ["terraform_data.thing"]
    assert state.outputs == {"thing": "kept"}
    assert store.lock() is None
    assert not (tmp_path / "terraform.tfstate").exists()
    again = bootstrap(env, way, record=lambda _: None)
    assert {row.outcome.value for row in again.rows} == {"ok"}


def test_a_bucket_of_another_account_is_foreign(
    cloud: CloudAddress, cloud_home: Path, unique: Callable[[str], str]
) -> None:
    env = environment("foreign", state_bucket=unique("somebody-elses"))
    CloudControl(RehearsalCloud(cloud_home)).create_foreign_bucket(env.state_bucket)
    for mode in ("create", "adopt", "verify"):
        with pytest.raises(CloudError) as caught:
            bootstrap(env, access(cloud), mode=mode, record=lambda _: None)
        assert caught.value.code == "BACKEND-FOREIGN"


def test_a_bucket_of_ours_refuses_whoever_expects_another_owner(
    cloud: CloudAddress, unique: Callable[[str], str]
) -> None:
    env = environment("ours", state_bucket=unique("ours"))
    assert bootstrap(env, access(cloud), record=lambda _: None).holds
    with pytest.raises(CloudError) as caught:
        StateStore(access(cloud, FOREIGN_ACCOUNT_ID), StatePlace.of(env)).get("x")
    assert caught.value.status == 403


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"kind": "deny", "action": "PutBucketPolicy"}, "AUTH-DENIED"),
        ({"kind": "expire", "action": "PutBucketVersioning"}, "AUTH-EXPIRED"),
        ({"kind": "throttle", "action": "PutBucketEncryption", "times": 20}, "THROTTLED"),
        ({"kind": "5xx", "action": "PutBucketTagging", "times": 20}, "CLOUD-BROKEN"),
    ],
)
def test_a_fault_is_named_and_the_next_run_goes_on(
    cloud: CloudAddress, cloud_home: Path, unique: Callable[[str], str], fault: dict[str, object], code: str
) -> None:
    env = environment("faulty", state_bucket=unique("faulty"), state_kms_key_arn=KEY)
    control = CloudControl(RehearsalCloud(cloud_home))
    number = control.add_fault(FaultRule.from_document({"service": "s3", "times": 1} | fault))
    try:
        with pytest.raises(CloudError) as caught:
            bootstrap(env, access(cloud), record=lambda _: None)
        assert caught.value.code == code
    finally:
        control.clear_faults(number)
    assert bootstrap(env, access(cloud), record=lambda _: None).holds


def test_throttling_for_a_moment_is_not_noticed(
    cloud: CloudAddress, cloud_home: Path, unique: Callable[[str], str]
) -> None:
    control = CloudControl(RehearsalCloud(cloud_home))
    number = control.add_fault(FaultRule.from_document({"service": "s3", "kind": "throttle", "times": 2}))
    try:
        env = environment("busy", state_bucket=unique("busy"))
        assert bootstrap(env, access(cloud), record=lambda _: None).holds
    finally:
        control.clear_faults(number)
