"""Which input replaces what, planned by the real provider on a state made by hand: what is kept must stay kept."""

import pytest

from tests.terraform.conftest import Settled

pytestmark = pytest.mark.slow

_JOBS = (
    *(
        f'module.glue[0].aws_glue_job.table["{key}"]'
        for key in (
            "auto_parts",
            "csv_customers",
            "csv_sales_order_parts",
            "csv_sales_order_services",
            "csv_sales_orders",
            "customers",
            "sales_order",
            "sales_order_parts",
            "sales_order_services",
            "service",
            "service_parts",
        )
    ),
    "module.glue[0].aws_glue_job.evaluate_quality",
    "module.glue[0].aws_glue_job.refresh_all",
)
_CRAWLERS = ("module.glue[0].aws_glue_crawler.raw_csv", "module.glue[0].aws_glue_crawler.raw_database")
_IN_THE_NETWORK = (
    "module.glue[0].aws_glue_connection.network[0]",
    "module.glue[0].aws_security_group.glue",
    "module.glue[0].aws_vpc_security_group_",
)
_STATEFUL = ("aws_s3_bucket.", "aws_kms_key.", "aws_secretsmanager_secret.")


def test_figures_and_switches_are_changed_in_place(settled: Settled) -> None:
    assert settled.change(
        athena_analyst_principals=["arn:aws:iam::123456789012:role/others"],
        force_destroy=True,
        kms_deletion_window_days=7,
        s3_access_logs_expiration_days=10,
        s3_cors_rules=[{"allowed_methods": ["HEAD"], "allowed_origins": ["https://reports.example.com"]}],
        s3_lifecycle_days=30,
        secret_recovery_window_days=0,
        single_zone_endpoints=True,
    ) == {
        "module.athena[0].aws_athena_workgroup.this": "update",
        "module.iam.aws_iam_role.athena_analyst[0]": "update",
        "module.kms.aws_kms_key.lake": "update",
        'module.network.aws_vpc_endpoint.interface["secretsmanager"]': "update",
        "module.s3.aws_s3_bucket.access_logs": "update",
        "module.s3.aws_s3_bucket.lake": "update",
        "module.s3.aws_s3_bucket_cors_configuration.lake[0]": "update",
        "module.s3.aws_s3_bucket_lifecycle_configuration.access_logs": "update",
        "module.s3.aws_s3_bucket_lifecycle_configuration.lake": "update",
        "module.secrets.aws_secretsmanager_secret.postgres": "update",
    }


def test_another_encryption_and_no_versions_keep_the_bucket(settled: Settled) -> None:
    assert settled.change(enable_s3_versioning=False, s3_encryption="SSE-S3", s3_replication=None) == {
        "module.athena[0].aws_athena_workgroup.this": "update",
        # It cannot be changed; what uses it gets the new one before the old one goes.
        "module.glue[0].aws_glue_security_configuration.this": "replace",
        **dict.fromkeys((*_JOBS, *_CRAWLERS), "update"),
        "module.dms[0].aws_dms_s3_endpoint.target": "update",
        "module.iam.aws_iam_role.s3_replication[0]": "delete",
        "module.iam.aws_iam_role_policy.s3_replication[0]": "delete",
        "module.s3.aws_s3_bucket_policy.lake": "update",
        "module.s3.aws_s3_bucket_replication_configuration.lake[0]": "delete",
        "module.s3.aws_s3_bucket_server_side_encryption_configuration.lake": "update",
        "module.s3.aws_s3_bucket_versioning.access_logs": "update",
        "module.s3.aws_s3_bucket_versioning.lake": "update",
    }


def test_another_host_makes_a_new_version_of_the_secret_and_nothing_else(settled: Settled) -> None:
    changes = settled.change(postgres_host="other.example.com")
    assert changes == {"module.secrets.aws_secretsmanager_secret_version.postgres[0]": "replace"}


def test_another_port_reaches_the_secret_and_the_firewall(settled: Settled) -> None:
    rules = [
        f'module.{rule}["{block}"]'
        for rule in (
            "glue[0].aws_vpc_security_group_egress_rule.glue_postgres",
            "network.aws_vpc_security_group_egress_rule.dms_postgres",
        )
        for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
    ]
    assert settled.change(postgres_port=5433) == {
        **dict.fromkeys(rules, "update"),
        "module.secrets.aws_secretsmanager_secret_version.postgres[0]": "replace",
    }


def test_tags_change_everything_that_has_tags_and_replace_nothing(settled: Settled) -> None:
    tagged = {
        address
        for address, entry in settled.plan.changes().items()
        if "tags_all" in entry["change"]["after"] and ".aws_s3_object." not in address  # type: ignore[index,operator]
    }
    assert settled.change(tags={"CostCenter": "42"}) == dict.fromkeys(tagged, "update")
    assert len(tagged) > 25


def test_options_that_are_taken_back_remove_only_themselves(settled: Settled) -> None:
    changes = settled.change(
        athena_analyst_principals=[],
        create_datasync_endpoint=False,
        create_dms_account_roles=False,
        s3_cors_rules=[],
    )
    assert set(changes.values()) == {"delete"}
    assert {address.partition("[")[0] for address in changes} == {
        "module.iam.aws_iam_role.athena_analyst",
        "module.iam.aws_iam_role.dms_cloudwatch_logs",
        "module.iam.aws_iam_role.dms_vpc",
        "module.iam.aws_iam_role_policy.athena_analyst",
        "module.iam.aws_iam_role_policy_attachment.dms_cloudwatch_logs",
        "module.iam.aws_iam_role_policy_attachment.dms_vpc",
        "module.network.aws_security_group.endpoints",
        "module.network.aws_vpc_endpoint.interface",
        "module.network.aws_vpc_security_group_ingress_rule.datasync",
        "module.s3.aws_s3_bucket_cors_configuration.lake",
    }


def test_settings_of_jobs_crawlers_and_queries_are_changed_in_place(settled: Settled) -> None:
    assert settled.change_of_the_lake(
        athena_scan_limit_gb=5,
        enable_glue_crawlers=False,
        glue_execution_class="FLEX",
        glue_job_timeout_minutes=45,
        glue_number_of_workers=4,
        glue_refresh_enabled=True,
        glue_refresh_schedule="cron(0 * * * ? *)",
        glue_version="5.1",
        glue_worker_type="G.2X",
    ) == {
        "module.athena[0].aws_athena_workgroup.this": "update",
        "module.glue[0].aws_glue_trigger.refresh_start": "update",
        **dict.fromkeys((*_JOBS, *_CRAWLERS), "update"),
    }


def test_phase_2_goes_without_touching_phase_1(settled: Settled) -> None:
    changes = settled.change_of_the_lake(enable_glue=False)
    assert set(changes.values()) == {"delete"}
    assert {address.partition("[")[0] for address in changes} == {"module.athena", "module.glue"}


def test_changed_code_is_uploaded_beside_the_old_and_changes_only_its_job(settled: Settled) -> None:
    script = settled.bench.directory.parent / "glue_scripts/jobs/customers.py"
    before = script.read_text(encoding="utf-8")
    try:
        script.write_text(f"{before}# changed\n", encoding="utf-8")
        assert settled.change() == {
            'module.glue[0].aws_glue_job.table["customers"]': "update",
            'module.glue[0].aws_s3_object.script["customers"]': "replace",
        }
    finally:
        script.write_text(before, encoding="utf-8")


def test_another_bucket_name_replaces_the_lake_but_neither_key_nor_secret(settled: Settled) -> None:
    changes = settled.change(data_lake_bucket_name="another-lake")
    assert changes["module.s3.aws_s3_bucket.lake"] == "replace"
    assert [address for address, action in changes.items() if action == "replace" and _is_stateful(address)] == [
        "module.s3.aws_s3_bucket.lake"
    ]
    assert all(action != "replace" for address, action in changes.items() if ".aws_iam_role." in address)


def test_another_network_block_replaces_the_network_and_nothing_that_holds_data(settled: Settled) -> None:
    changes = settled.change(vpc_cidr="10.99.0.0/22")
    assert changes["module.network.aws_vpc.this[0]"] == "replace"
    # The connection and its firewall stand in the network; what the jobs do does not. Replication moves with it.
    assert all(
        address.startswith(("module.network.", *_IN_THE_NETWORK))
        or (address.startswith("module.dms[0].") and action == "update")
        for address, action in changes.items()
    )


def test_other_zones_replace_the_subnets_but_not_the_network(settled: Settled) -> None:
    changes = settled.change(availability_zones=["eu-west-1b", "eu-west-1c"])
    assert {address for address, action in changes.items() if action == "replace"} == {
        'module.network.aws_route_table_association.private["0"]',
        'module.network.aws_route_table_association.private["1"]',
        'module.network.aws_subnet.private["0"]',
        'module.network.aws_subnet.private["1"]',
    }


def test_transfers_are_tuned_in_place(settled: Settled) -> None:
    changes = settled.change(
        datasync_bytes_per_second=1048576,
        datasync_exclude_patterns=[],
        datasync_include_patterns={"customers": "/customers*.csv"},
        datasync_log_level="OFF",
        datasync_log_retention_days=7,
        datasync_schedule="off",
        datasync_task_report="all",
    )
    assert changes == {
        "module.datasync[0].aws_cloudwatch_log_group.datasync": "update",
        'module.datasync[0].aws_datasync_task.export["customers"]': "update",
        'module.datasync[0].aws_datasync_task.export["parts"]': "update",
    }


def test_another_share_replaces_that_exports_location_and_task_and_no_other(settled: Settled) -> None:
    moved = {"customers": {"server_hostname": "files.example.com", "subdirectory": "/elsewhere/"}}
    assert settled.change_of_the_lake(datasync_nfs_sources=moved) == {
        'module.datasync[0].aws_datasync_location_nfs.source["customers"]': "update"
    }
    moved["customers"]["server_hostname"] = "other.example.com"
    assert settled.change_of_the_lake(datasync_nfs_sources=moved) == {
        'module.datasync[0].aws_datasync_location_nfs.source["customers"]': "replace",
        'module.datasync[0].aws_datasync_task.export["customers"]': "replace",
    }


def test_another_agent_by_plan_replaces_what_reads_a_share_through_it(settled: Settled) -> None:
    """Which is why `agent replace` moves locations through the API, where it happens in place."""
    other = "arn:aws:datasync:eu-west-1:123456789012:agent/agent-0fedcba9876543210"
    assert settled.change_of_the_lake(datasync_agent_arns=[other]) == {
        'module.datasync[0].aws_datasync_location_nfs.source["customers"]': "replace",
        'module.datasync[0].aws_datasync_task.export["customers"]': "replace",
    }


def test_transfers_go_without_touching_anything_else(settled: Settled) -> None:
    changes = settled.change_of_the_lake(enable_datasync=False)
    assert set(changes.values()) == {"delete"}
    assert all(address.startswith("module.datasync[0].") for address in changes)


def test_every_resource_that_takes_tags_has_a_name_of_its_own(settled: Settled) -> None:
    names: dict[str, str] = {}
    for address in settled.plan.changes():
        after = settled.plan.after(address)
        # S3 takes ten tags per object, so uploaded files have none: what they are, their keys say.
        if "tags_all" in after and ".aws_s3_object." not in address:
            tags = after["tags_all"]
            assert isinstance(tags, dict)
            assert {"Environment", "ManagedBy", "Name", "Project"} <= set(tags), address
            assert tags["Name"] not in names, f"{address} and {names.get(tags['Name'])} share the Name {tags['Name']}"
            names[tags["Name"]] = address
    assert len(names) > 25


def test_budget_and_lag_are_changed_in_place_and_a_trail_comes_with_what_lets_it_in(settled: Settled) -> None:
    assert settled.change(budget_by_environment_tag=True, budget_limit_usd=200, cdc_latency_alarm_seconds=600) == {
        "module.monitoring.aws_budgets_budget.monthly": "update",
        "module.monitoring.aws_cloudwatch_dashboard.lake": "update",
        'module.monitoring.aws_cloudwatch_metric_alarm.dms_cdc_latency["source"]': "update",
        'module.monitoring.aws_cloudwatch_metric_alarm.dms_cdc_latency["target"]': "update",
    }
    assert settled.change(enable_secret_audit_trail=True) == {
        "module.kms.aws_kms_key.lake": "update",
        "module.monitoring.aws_cloudtrail.audit[0]": "create",
        "module.monitoring.aws_cloudwatch_event_rule.secret_read[0]": "create",
        "module.monitoring.aws_cloudwatch_event_target.secret_read[0]": "create",
        "module.s3.aws_s3_bucket_policy.access_logs": "update",
    }


def _is_stateful(address: str) -> bool:
    return any(kind in address for kind in _STATEFUL)
