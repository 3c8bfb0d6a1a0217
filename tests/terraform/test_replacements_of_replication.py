"""What replaces replication, and with it the place in the source's log: almost nothing, and nothing by mistake."""

import pytest

from tests.terraform.conftest import Settled

pytestmark = pytest.mark.slow

_INSTANCE = "module.dms[0].aws_dms_replication_instance.this"
_SOURCE = "module.dms[0].aws_dms_endpoint.source"
_TARGET = "module.dms[0].aws_dms_s3_endpoint.target"
_TASK = "module.dms[0].aws_dms_replication_task.this"


def _of_dms(changes: dict[str, str]) -> dict[str, str]:
    return {address: action for address, action in changes.items() if address.startswith("module.dms")}


def test_size_storage_version_standby_and_windows_change_in_place(settled: Settled) -> None:
    assert settled.change(
        dms_allocated_storage_gb=100,
        dms_apply_immediately=True,
        dms_engine_version="3.5.4",
        dms_instance_class="dms.r6i.large",
        dms_maintenance_window="mon:01:00-mon:02:00",
        dms_multi_az=True,
    ) == {_INSTANCE: "update"}


def test_the_start_changes_the_task_and_nothing_else(settled: Settled) -> None:
    assert settled.change_of_the_lake(dms_start_replication=True) == {_TASK: "update"}


def test_other_tables_and_settings_change_the_task_in_place(settled: Settled) -> None:
    assert settled.change(postgres_tables=["customers"]) == {_TASK: "update"}


def test_the_length_of_texts_changes_the_task_and_is_told_to_the_jobs(settled: Settled) -> None:
    changes = settled.change(dms_lob_max_size_kb=64)
    jobs = {name for name in changes if ".aws_glue_job.refresh_all" in name or ".aws_glue_job.table[" in name}
    assert len(jobs) == 12
    assert changes == {_TASK: "update", **dict.fromkeys(jobs, "update")}


def test_settings_of_an_end_change_it_in_place_and_leave_the_task_alone(settled: Settled) -> None:
    changes = settled.change(dms_cdc_max_batch_interval_seconds=120, postgres_ssl_mode="verify-ca")
    assert changes == {_SOURCE: "update", _TARGET: "update"}


def test_a_heartbeat_that_the_provider_would_never_change_is_not_planned_again_and_again(settled: Settled) -> None:
    assert settled.change(dms_heartbeat_schema="pulse") == {}


def test_another_certificate_is_made_before_the_old_one_goes_and_the_source_stays(settled: Settled) -> None:
    other = "-----BEGIN CERTIFICATE-----\ndHdv\n-----END CERTIFICATE-----\n"
    assert settled.change(postgres_ca_certificate_pem=other) == {
        "module.dms[0].aws_dms_certificate.source[0]": "replace",
        _SOURCE: "update",
    }
    entry = settled.bench.plan({**settled.variables, "postgres_ca_certificate_pem": other}, "-refresh=false").changes()[
        "module.dms[0].aws_dms_certificate.source[0]"
    ]
    change = entry["change"]
    assert isinstance(change, dict)
    assert change["actions"] == ["create", "delete"]


def test_another_host_or_password_touches_neither_end(settled: Settled) -> None:
    assert _of_dms(settled.change(postgres_host="other.example.com", postgres_password_counter=2)) == {}


def test_another_network_replaces_no_task_and_no_end(settled: Settled) -> None:
    changes = _of_dms(settled.change(availability_zones=["eu-west-1b", "eu-west-1c"]))
    assert set(changes) <= {"module.dms[0].aws_dms_replication_subnet_group.this"}
    assert "replace" not in changes.values()


def test_another_bucket_keeps_the_task_and_its_place(settled: Settled) -> None:
    assert _of_dms(settled.change(data_lake_bucket_name="another-lake")) == {_TARGET: "update"}


def test_without_the_phase_only_its_own_things_go(settled: Settled) -> None:
    changes = settled.change_of_the_lake(enable_dms=False)
    assert set(changes.values()) == {"delete"}
    assert set(changes) == set(_of_dms(changes))
