"""A state made by hand out of a plan: what Terraform would know had it applied, without anything that was applied."""

import json
import re
from collections.abc import Iterator, Mapping

from tests.terraform.workbench import ACCOUNT, Plan, Workbench

_ROUNDS = 6

# Lists and sets that AWS fills: empty is known, null is not.
_FILLED_BY_AWS = {
    "cidr_blocks",
    "dns_entry",
    "egress",
    "ingress",
    "managed_policy_arns",
    "network_interface_ids",
    "propagating_vgws",
    "replication_instance_private_ips",
    "replication_instance_public_ips",
    "route",
    "route_table_ids",
    "security_group_ids",
    "subnet_ids",
    "version_stages",
}


def settle(bench: Workbench, variables: Mapping[str, object]) -> Plan:
    """Write a state under which `variables` plan no change, and return that last plan, in which everything is known.

    What a first plan does not know yet (ids, ARNs) is made up; then whatever follows from it is planned and taken over.
    """
    plan = bench.plan(variables, "-refresh=false")
    for serial in range(1, _ROUNDS):
        if not plan.actions():
            return plan
        state = {
            "version": 4,
            "terraform_version": str(plan.document["terraform_version"]),
            "serial": serial,
            "lineage": "00000000-0000-0000-0000-000000000000",
            "outputs": {},
            "resources": list(_resources(plan)),
        }
        (bench.directory / "terraform.tfstate").write_text(json.dumps(state), encoding="utf-8")
        plan = bench.plan(variables, "-refresh=false")
    raise AssertionError(f"The state does not settle: {plan.actions()}")


def _resources(plan: Plan) -> Iterator[dict[str, object]]:
    versions = dict(_schema_versions(plan.document["planned_values"]))
    for number, (address, entry) in enumerate(sorted(plan.changes().items())):
        instance: dict[str, object] = {
            "schema_version": versions[address],
            "attributes": _filled(entry, f"{number:017x}"),
            # Terraform keeps these marks, and a state without them is a change.
            "sensitive_attributes": [[{"type": "get_attr", "value": name}] for name in _sensitive(entry)],
        }
        if "index" in entry:
            instance["index_key"] = entry["index"]
        resource = {
            "mode": "managed",
            "type": entry["type"],
            "name": entry["name"],
            "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
            "instances": [instance],
        }
        yield resource | ({"module": entry["module_address"]} if "module_address" in entry else {})


def _schema_versions(values: object) -> Iterator[tuple[str, int]]:
    assert isinstance(values, Mapping)
    module = values.get("root_module", values)
    for resource in module.get("resources", []):
        yield resource["address"], resource["schema_version"]
    for child in module.get("child_modules", []):
        yield from _schema_versions(child)


def _sensitive(entry: Mapping[str, object]) -> list[str]:
    change = entry["change"]
    assert isinstance(change, Mapping)
    return sorted(name for name, marked in change["after_sensitive"].items() if marked is True)


def _filled(entry: Mapping[str, object], number: str) -> dict[str, object]:
    """The planned attributes, with what is unknown made up where others build on it, and null elsewhere."""
    change = entry["change"]
    assert isinstance(change, Mapping)
    before: Mapping[str, object] = change["before"] or {}
    attributes: dict[str, object] = dict(change["after"])
    kind = str(entry["type"]).removeprefix("aws_")
    # DMS has an argument of its own for the name of each kind of thing.
    dms = f"{kind.removeprefix('dms_').removeprefix('s3_')}_id"
    name = str(attributes.get("name") or attributes.get("bucket") or attributes.get(dms) or "")
    prefix = {"security_group": "sg", "vpc_endpoint": "vpce", "route_table": "rtb", "default_security_group": "sg"}
    made_up = {
        "id": name or f"{prefix.get(kind, re.sub('[^a-z]', '', kind))}-{number}",
        "arn": _arn(kind, name, number),
        "key_id": number,
        "bucket": "bucket",
        "prefix_list_id": f"pl-{number}",
        # Of what opts out of the default tags.
        "tags_all": {},
        # As the provider writes them: with null instead it would replace the lifecycle of a bucket.
        "expected_bucket_owner": "",
        "transition_default_minimum_object_size": "all_storage_classes_128K",
    }
    for attribute, unknown in change["after_unknown"].items():
        if unknown is True:
            attributes[attribute] = before.get(attribute) or made_up.get(attribute, _reference(attribute, number))
    return attributes


def _reference(attribute: str, number: str) -> str | list[str] | None:
    if attribute in _FILLED_BY_AWS:
        return []
    if attribute.endswith("_arn"):
        return f"arn:aws:dms:eu-west-1:{ACCOUNT}:{attribute.removesuffix('_arn')}:{number}"
    # Wrong, and planned anew in the next round; but the provider cannot compare with nothing.
    return f"unknown-{number}" if attribute.endswith("_id") else None


def _arn(kind: str, name: str, number: str) -> str:
    if kind == "iam_role":
        return f"arn:aws:iam::{ACCOUNT}:role/{name}"
    if kind == "s3_bucket":
        return f"arn:aws:s3:::{name}"
    service, thing = {
        "cloudwatch_log_group": ("logs", f"log-group:{name}"),
        "datasync_location_nfs": ("datasync", f"location/loc-{number}"),
        "datasync_location_s3": ("datasync", f"location/loc-{number}"),
        "datasync_task": ("datasync", f"task/task-{number}"),
        "kms_key": ("kms", f"key/{number}"),
        "secretsmanager_secret": ("secretsmanager", f"secret:{name}-AbCdEf"),
    }.get(kind, ("ec2", f"{kind}/{number}"))
    return f"arn:aws:{service}:eu-west-1:{ACCOUNT}:{thing}"
