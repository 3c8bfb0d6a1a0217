"""Which input replaces what, planned by the real provider on a state made by hand: what is kept must stay kept."""

import pytest

from tests.terraform.conftest import Settled

pytestmark = pytest.mark.slow

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
        f'module.network.aws_vpc_security_group_egress_rule.dms_postgres["{block}"]'
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
        if "tags_all" in entry["change"]["after"]  # type: ignore[index,operator]
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
    assert all(address.startswith("module.network.") for address in changes)


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
    assert settled.change(datasync_nfs_sources=moved) == {
        'module.datasync[0].aws_datasync_location_nfs.source["customers"]': "update"
    }
    moved["customers"]["server_hostname"] = "other.example.com"
    assert settled.change(datasync_nfs_sources=moved) == {
        'module.datasync[0].aws_datasync_location_nfs.source["customers"]': "replace",
        'module.datasync[0].aws_datasync_task.export["customers"]': "replace",
    }


def test_another_agent_by_plan_replaces_what_reads_a_share_through_it(settled: Settled) -> None:
    """Which is why `agent replace` moves locations through the API, where it happens in place."""
    other = "arn:aws:datasync:eu-west-1:123456789012:agent/agent-0fedcba9876543210"
    assert settled.change(datasync_agent_arns=[other]) == {
        'module.datasync[0].aws_datasync_location_nfs.source["customers"]': "replace",
        'module.datasync[0].aws_datasync_task.export["customers"]': "replace",
    }


def test_transfers_go_without_touching_anything_else(settled: Settled) -> None:
    changes = settled.change(enable_datasync=False)
    assert set(changes.values()) == {"delete"}
    assert all(address.startswith("module.datasync[0].") for address in changes)


def test_every_resource_that_takes_tags_has_a_name_of_its_own(settled: Settled) -> None:
    names: dict[str, str] = {}
    for address in settled.plan.changes():
        after = settled.plan.after(address)
        if "tags_all" in after:
            tags = after["tags_all"]
            assert isinstance(tags, dict)
            assert {"Environment", "ManagedBy", "Name", "Project"} <= set(tags), address
            assert tags["Name"] not in names, f"{address} and {names.get(tags['Name'])} share the Name {tags['Name']}"
            names[tags["Name"]] = address
    assert len(names) > 25


def _is_stateful(address: str) -> bool:
    return any(kind in address for kind in _STATEFUL)
