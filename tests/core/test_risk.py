"""The risks of a plan are the ones that an operator would want to be told about, and no others."""

import json

import pytest

from autocorp_wizard.core.plan import Plan, read_plan
from autocorp_wizard.core.risk import COSTS_MORE, DATA_LOSS, REPLACEMENT, STOPS_REPLICATION, WIDENS_ACCESS


def plan_of(*resources: dict[str, object]) -> Plan:
    document = {"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": list(resources)}
    return read_plan(document, environment="dev", stage="foundation")


def resource(of_type: str, actions: list[str], before: object, after: object, **more: object) -> dict[str, object]:
    return {
        "address": f"module.m.{of_type}.x",
        "module_address": "module.m",
        "mode": "managed",
        "type": of_type,
        "name": "x",
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {"actions": actions, "before": before, "after": after, "after_unknown": more.pop("unknown", {})},
        **more,
    }


def kinds(*resources: dict[str, object]) -> set[str]:
    return {risk.kind for risk in plan_of(*resources).risks}


def updated(of_type: str, before: dict[str, object], after: dict[str, object]) -> dict[str, object]:
    return resource(of_type, ["update"], before, after)


def replaced(of_type: str, before: dict[str, object], after: dict[str, object]) -> dict[str, object]:
    return resource(of_type, ["delete", "create"], before, after, action_reason="replace_because_cannot_update")


@pytest.mark.parametrize(
    "of_type",
    [
        "aws_s3_bucket",
        "aws_kms_key",
        "aws_secretsmanager_secret",
        "aws_glue_catalog_database",
        "aws_glue_catalog_table",
        "aws_dms_replication_task",
        "aws_dms_replication_instance",
        "aws_dms_endpoint",
        "aws_dms_s3_endpoint",
        "aws_cloudwatch_log_group",
    ],
)
def test_deleting_or_replacing_what_holds_data_is_named(of_type: str):
    assert DATA_LOSS in kinds(resource(of_type, ["delete"], {"name": "x"}, None))
    assert {DATA_LOSS, REPLACEMENT} <= kinds(replaced(of_type, {"name": "x"}, {"name": "y"}))
    assert DATA_LOSS not in kinds(resource(of_type, ["create"], None, {"name": "x"}))


def test_deleting_what_holds_no_data_is_no_loss():
    assert kinds(resource("aws_iam_role", ["delete"], {"name": "x"}, None)) == set()
    assert kinds(replaced("aws_iam_role", {"name": "x"}, {"name": "y"})) == {REPLACEMENT}


@pytest.mark.parametrize(
    ("of_type", "before", "after"),
    [
        ("aws_s3_bucket", {"force_destroy": False}, {"force_destroy": True}),
        (
            "aws_s3_bucket_versioning",
            {"versioning_configuration": [{"status": "Enabled"}]},
            {"versioning_configuration": [{"status": "Suspended"}]},
        ),
        ("aws_kms_key", {"deletion_window_in_days": 30}, {"deletion_window_in_days": 7}),
        ("aws_secretsmanager_secret", {"recovery_window_in_days": 7}, {"recovery_window_in_days": 0}),
        ("aws_cloudwatch_log_group", {"retention_in_days": 0}, {"retention_in_days": 30}),
        ("aws_cloudwatch_log_group", {"retention_in_days": 90}, {"retention_in_days": 30}),
        ("aws_dynamodb_table", {"deletion_protection": True}, {"deletion_protection": False}),
    ],
)
def test_weakening_what_protects_data_is_named_and_strengthening_it_is_not(
    of_type: str, before: dict[str, object], after: dict[str, object]
):
    assert kinds(updated(of_type, before, after)) == {DATA_LOSS}
    assert kinds(updated(of_type, after, before)) == set()


LIFECYCLE = "aws_s3_bucket_lifecycle_configuration"


def expiry(days: int, prefix: str = "raw/", *, enabled: bool = True, **more: object) -> dict[str, object]:
    rule = {"id": prefix, "status": "Enabled" if enabled else "Disabled", "filter": [{"prefix": prefix}]}
    return {**rule, "expiration": [{"days": days}], **more}


def versions(days: int, **more: object) -> dict[str, object]:
    return {**expiry(1), "expiration": [], "noncurrent_version_expiration": [{"noncurrent_days": days, **more}]}


def rules(*each: dict[str, object]) -> dict[str, object]:
    return {"bucket": "lake", "rule": list(each)}


def test_a_shorter_life_of_objects_is_named_with_both_figures():
    (risk,) = plan_of(updated(LIFECYCLE, rules(expiry(90)), rules(expiry(30)))).risks
    assert risk.kind == DATA_LOSS
    assert risk.sentence.endswith("objects below raw/ expire after 30 days (after 90 days until now).")
    (risk,) = plan_of(updated(LIFECYCLE, rules(), rules(expiry(30, "")))).risks
    assert risk.sentence.endswith("objects expire after 30 days (kept until now).")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (rules(expiry(90, enabled=False)), rules(expiry(90))),
        (rules(expiry(90, "raw/csv/")), rules(expiry(90, "raw/"))),
        (rules(versions(30)), rules(versions(3))),
        (rules(versions(30, newer_noncurrent_versions=3)), rules(versions(30))),
        (rules(expiry(90, filter=[{"tag": [{"key": "a"}]}])), rules(expiry(90))),
        (rules(expiry(90)), rules(expiry(90), expiry(30, "raw/csv/"))),
    ],
)
def test_objects_that_go_sooner_are_a_loss_however_the_rules_are_cut(before: object, after: object):
    assert kinds(resource(LIFECYCLE, ["update"], before, after)) == {DATA_LOSS}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (rules(expiry(30)), rules(expiry(90))),
        (rules(expiry(90)), rules(expiry(30, enabled=False))),
        (rules(expiry(90)), rules()),
        (rules(expiry(90, "")), rules(expiry(90, "raw/"), expiry(90, "curated/"))),
        (rules(expiry(90, id="one")), rules(expiry(90, id="another"))),
        (rules(versions(30)), rules(versions(30, newer_noncurrent_versions=3))),
    ],
)
def test_objects_that_stay_as_long_or_longer_are_none(before: object, after: object):
    assert kinds(resource(LIFECYCLE, ["update"], before, after)) == set()


def test_a_first_lifecycle_is_a_loss_for_a_bucket_that_exists_and_none_for_a_new_one():
    first = resource(LIFECYCLE, ["create"], None, rules(expiry(30)))
    assert kinds(first) == {DATA_LOSS}
    assert kinds(first, resource("aws_s3_bucket", ["create"], None, {"bucket": "lake"})) == set()
    assert kinds(resource(LIFECYCLE, ["create"], None, {"rule": [expiry(30)]}, unknown={"bucket": True})) == set()


def test_what_an_unfinished_apply_was_making_holds_nobodys_data_yet():
    document = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "resource_changes": [
            resource(LIFECYCLE, ["create"], None, rules(expiry(30))),
            resource(
                "aws_s3_bucket",
                ["update"],
                {"bucket": "lake", "force_destroy": None},
                {"bucket": "lake", "force_destroy": True},
            ),
        ],
    }
    document["resource_changes"][1]["change"]["importing"] = {"id": "lake"}
    ours = {("aws_s3_bucket", "lake")}
    taken_back = read_plan(document, environment="dev", stage="foundation", unfinished=ours)
    adopted = read_plan(document, environment="dev", stage="foundation")
    assert [risk.kind for risk in taken_back.risks] == []
    assert [risk.kind for risk in adopted.risks] == [DATA_LOSS, DATA_LOSS]


def test_a_script_with_a_new_name_and_a_secret_with_a_new_version_are_written_not_lost():
    assert kinds(replaced("aws_s3_object", {"key": "jobs/a-1.py"}, {"key": "jobs/a-2.py"})) == {REPLACEMENT}
    assert kinds(replaced("aws_secretsmanager_secret_version", {"secret_string_wo_version": 1}, {})) == {REPLACEMENT}


def test_any_change_of_what_replicates_says_that_replication_stops():
    running = {"replication_task_id": "t", "start_replication_task": True, "table_mappings": "a"}
    changed = {**running, "table_mappings": "b"}
    (risk,) = plan_of(updated("aws_dms_replication_task", running, changed)).risks
    assert risk.kind == STOPS_REPLICATION
    assert "goes on from where it stopped" in risk.sentence
    (risk,) = plan_of(updated("aws_dms_replication_task", running, {**changed, "start_replication_task": False})).risks
    assert "not started again" in risk.sentence
    assert kinds(updated("aws_dms_endpoint", {"port": 1}, {"port": 2})) == {STOPS_REPLICATION}
    assert STOPS_REPLICATION in kinds(resource("aws_dms_replication_instance", ["delete"], {}, None))


def test_starting_replication_is_no_stop_and_a_tag_stops_nothing():
    still = {"replication_task_id": "t", "start_replication_task": False}
    assert kinds(updated("aws_dms_replication_task", still, {**still, "start_replication_task": True})) == set()
    assert kinds(updated("aws_dms_endpoint", {"tags": {"a": "1"}}, {"tags": {"a": "2"}})) == set()


def test_nothing_stops_where_the_task_is_only_being_made():
    resized = updated("aws_dms_replication_instance", {"allocated_storage": 50}, {"allocated_storage": 100})
    task = resource("aws_dms_replication_task", ["create"], None, {"replication_task_id": "t"})
    assert STOPS_REPLICATION in kinds(resized)
    assert STOPS_REPLICATION not in {risk.kind for risk in plan_of(resized, task).risks}


def test_what_only_steers_terraform_stops_nothing():
    imported = updated("aws_dms_replication_instance", {"apply_immediately": None}, {"apply_immediately": True})
    assert kinds(imported) == set()


def policy(*actions: str, principal: object = None, resource_: str = "*") -> str:
    statement: dict[str, object] = {"Effect": "Allow", "Action": list(actions), "Resource": resource_}
    if principal is not None:
        statement["Principal"] = principal
    return json.dumps({"Statement": [statement]})


def test_a_role_that_is_allowed_more_is_named_and_a_new_role_is_not():
    narrow, wide = policy("s3:GetObject"), policy("s3:GetObject", "s3:DeleteObject")
    assert kinds(updated("aws_iam_role_policy", {"policy": narrow}, {"policy": wide})) == {WIDENS_ACCESS}
    assert kinds(updated("aws_iam_role_policy", {"policy": wide}, {"policy": narrow})) == set()
    assert kinds(resource("aws_iam_role_policy", ["create"], None, {"policy": wide})) == set()
    assert kinds(resource("aws_iam_role_policy", ["create"], None, {"policy": policy("*")})) == {WIDENS_ACCESS}


def test_a_role_that_somebody_else_may_take_is_named():
    before = policy("sts:AssumeRole", principal={"Service": "glue.amazonaws.com"})
    after = policy("sts:AssumeRole", principal={"AWS": "arn:aws:iam::999999999999:root"})
    assert kinds(updated("aws_iam_role", {"assume_role_policy": before}, {"assume_role_policy": after})) == {
        WIDENS_ACCESS
    }
    assert kinds(resource("aws_iam_role", ["create"], None, {"assume_role_policy": before})) == set()
    anyone = policy("sts:AssumeRole", principal="*")
    assert kinds(resource("aws_iam_role", ["create"], None, {"assume_role_policy": anyone})) == {WIDENS_ACCESS}


def test_a_policy_that_is_known_only_after_the_apply_is_named_when_it_changes():
    unknown = resource("aws_s3_bucket_policy", ["update"], {"policy": policy("a:X")}, {}, unknown={"policy": True})
    assert kinds(unknown) == {WIDENS_ACCESS}
    assert kinds(resource("aws_s3_bucket_policy", ["create"], None, {}, unknown={"policy": True})) == set()


def test_a_bucket_that_loses_a_guard_is_named():
    shut = {"block_public_acls": True, "block_public_policy": True}
    of_type = "aws_s3_bucket_public_access_block"
    assert kinds(updated(of_type, shut, {**shut, "block_public_policy": False})) == {WIDENS_ACCESS}
    assert kinds(resource(of_type, ["create"], None, {**shut, "block_public_acls": False})) == {WIDENS_ACCESS}
    assert kinds(resource(of_type, ["create"], None, shut)) == set()
    assert kinds(resource(of_type, ["delete"], shut, None)) == {WIDENS_ACCESS}


def rule(cidr: str, low: int = 5432, high: int = 5432) -> dict[str, object]:
    return {"cidr_ipv4": cidr, "from_port": low, "to_port": high, "ip_protocol": "tcp"}


def test_a_network_rule_that_reaches_further_is_named():
    inward = "aws_vpc_security_group_ingress_rule"
    assert kinds(updated(inward, rule("10.0.0.0/8"), rule("0.0.0.0/0"))) == {WIDENS_ACCESS}
    assert kinds(updated(inward, rule("10.0.0.0/8"), rule("10.0.0.0/8", 0, 65535))) == {WIDENS_ACCESS}
    assert kinds(resource(inward, ["create"], None, rule("0.0.0.0/0"))) == {WIDENS_ACCESS}
    assert kinds(resource(inward, ["create"], None, rule("10.0.0.0/8"))) == set()
    assert kinds(updated("aws_vpc_security_group_egress_rule", rule("10.0.0.0/8"), rule("0.0.0.0/0"))) == {
        WIDENS_ACCESS
    }


def test_a_network_rule_that_reaches_less_far_opens_nothing():
    inward = "aws_vpc_security_group_ingress_rule"
    assert kinds(updated(inward, rule("10.0.0.0/8"), rule("10.0.1.0/24"))) == set()
    assert kinds(updated(inward, rule("10.0.0.0/8", 0, 9), rule("10.0.0.0/8", 3, 4))) == set()
    assert kinds(updated(inward, rule("10.0.0.0/8", 3, 4), rule("10.0.0.0/8", 5, 6))) == {WIDENS_ACCESS}


def test_a_rule_that_is_added_to_a_group_that_exists_is_named_unless_it_narrows_one_that_goes():
    outward = "aws_vpc_security_group_egress_rule"
    new = resource(outward, ["create"], None, {**rule("10.9.0.0/16"), "security_group_id": "sg-1"})
    (risk,) = plan_of(new).risks
    assert risk.sentence.endswith("opens port 5432 to 10.9.0.0/16.")
    old = resource(outward, ["delete"], {**rule("10.0.0.0/8"), "security_group_id": "sg-1"}, None)
    assert kinds({**old, "address": "module.m.old"}, new) == set()
    elsewhere = resource(outward, ["delete"], {**rule("10.0.0.0/8"), "security_group_id": "sg-2"}, None)
    assert kinds({**elsewhere, "address": "module.m.old", "name": "old"}, new) == {WIDENS_ACCESS}


def test_a_rule_that_takes_the_place_of_narrower_ones_is_named_though_its_group_is_made_anew():
    outward = "aws_vpc_security_group_egress_rule"
    old = resource(outward, ["delete"], {**rule("10.0.0.0/8"), "security_group_id": "sg-1"}, None, index="10.0.0.0/8")
    new = resource(outward, ["create"], None, rule("0.0.0.0/0"), index="0.0.0.0/0", unknown={"security_group_id": True})
    assert kinds(old, new) == {WIDENS_ACCESS}


def test_a_policy_for_a_role_that_exists_is_a_widening_and_for_a_role_of_the_same_plan_is_not():
    given = resource("aws_iam_role_policy", ["create"], None, {"role": "glue", "policy": policy("s3:GetObject")})
    attached = resource("aws_iam_role_policy_attachment", ["create"], None, {"role": "glue", "policy_arn": "arn:x"})
    made = resource("aws_iam_role", ["create"], None, {"name": "glue"})
    assert kinds(given) == kinds(attached) == {WIDENS_ACCESS}
    assert kinds(made, given, attached) == set()


def test_a_guard_that_goes_together_with_its_bucket_opens_nothing():
    guard = resource("aws_s3_bucket_public_access_block", ["delete"], {"bucket": "lake"}, None)
    assert kinds(guard) == {WIDENS_ACCESS}
    assert kinds(guard, resource("aws_s3_bucket", ["delete"], {"bucket": "lake"}, None)) == {DATA_LOSS}


def test_rules_inside_a_security_group_count_as_well():
    def group(cidr: str) -> dict[str, object]:
        return {"ingress": [{"protocol": "tcp", "from_port": 1, "to_port": 2, "cidr_blocks": [cidr]}], "egress": []}

    assert kinds(updated("aws_security_group", group("10.0.0.0/8"), group("0.0.0.0/0"))) == {WIDENS_ACCESS}
    assert kinds(updated("aws_security_group", group("10.0.0.0/8"), group("10.0.0.0/8"))) == set()


def test_what_is_paid_for_around_the_clock_is_named_with_its_price():
    endpoint = {"vpc_endpoint_type": "Interface", "subnet_ids": ["a", "b", "c"]}
    (risk,) = plan_of(resource("aws_vpc_endpoint", ["create"], None, endpoint)).risks
    assert risk.kind == COSTS_MORE
    assert "21.90 USD" in risk.sentence
    assert kinds(resource("aws_vpc_endpoint", ["create"], None, {"vpc_endpoint_type": "Gateway"})) == set()
    assert kinds(resource("aws_nat_gateway", ["create"], None, {})) == {COSTS_MORE}
    assert kinds(resource("aws_iam_role", ["create"], None, {})) == set()


def test_growing_costs_more_and_shrinking_does_not():
    of_type = "aws_dms_replication_instance"
    small, big = {"replication_instance_class": "dms.t3.medium"}, {"replication_instance_class": "dms.r5.2xlarge"}
    assert COSTS_MORE in kinds(updated(of_type, small, big))
    assert COSTS_MORE not in kinds(updated(of_type, big, small))
    assert kinds(updated("aws_glue_job", {"number_of_workers": 2}, {"number_of_workers": 10})) == {COSTS_MORE}
    assert kinds(updated("aws_glue_job", {"worker_type": "G.2X"}, {"worker_type": "G.1X"})) == set()


def test_the_gravest_come_first():
    found = plan_of(
        resource("aws_nat_gateway", ["create"], None, {}),
        resource("aws_s3_bucket", ["delete"], {"bucket": "lake"}, None),
    ).risks
    assert [risk.kind for risk in found] == [DATA_LOSS, COSTS_MORE]
    assert found[0].sentence == "The bucket lake is deleted: every object in it goes with it."
