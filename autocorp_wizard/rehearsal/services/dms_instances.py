"""DMS: replication instances, and the subnet groups that place them into a real network of the rehearsal."""

from collections.abc import Mapping
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final, cast

from autocorp_wizard.rehearsal.permissions import denial, distrust
from autocorp_wizard.rehearsal.services import install
from autocorp_wizard.rehearsal.services.dms_store import (
    GONE,
    QUOTAS,
    Action,
    Asked,
    Document,
    Fault,
    Life,
    RehearsalDms,
    Thing,
    filtered,
    given,
    moment,
    paged,
    text,
    texts,
    unique_part,
)

if TYPE_CHECKING:
    from moto.ec2.models.subnets import Subnet

ENGINE_VERSION: Final = "3.5.4"
_CREATING, _MODIFYING, _DELETING, _REBOOTING = 600.0, 300.0, 300.0, 120.0
_MOST_NAME: Final = 63


def create_subnet_group(backend: RehearsalDms, asked: Asked) -> Document:
    """CreateReplicationSubnetGroup."""
    _need_vpc_role(backend)
    name = text(asked, "ReplicationSubnetGroupIdentifier").lower()
    document = {
        "ReplicationSubnetGroupIdentifier": name,
        "ReplicationSubnetGroupDescription": text(asked, "ReplicationSubnetGroupDescription"),
        "SubnetGroupStatus": "Complete",
        **_placed(backend, texts(asked, "SubnetIds")),
    }
    group = Thing("subgrp", name, backend.arn("subgrp", name), document, Life("Complete"))
    return {"ReplicationSubnetGroup": backend.add(group, asked, "ReplicationSubnetGroups").document}


def modify_subnet_group(backend: RehearsalDms, asked: Asked) -> Document:
    """ModifyReplicationSubnetGroup."""
    group = _group(backend, text(asked, "ReplicationSubnetGroupIdentifier"))
    group.document |= _placed(backend, texts(asked, "SubnetIds"))
    group.document |= given(asked, "ReplicationSubnetGroupDescription")
    return {"ReplicationSubnetGroup": group.document}


def describe_subnet_groups(backend: RehearsalDms, asked: Asked) -> Document:
    """DescribeReplicationSubnetGroups."""
    groups = [group.document for group in backend.living("subgrp")]
    fields = {"replication-subnet-group-id": "ReplicationSubnetGroupIdentifier"}
    found = filtered(groups, asked, fields, "No Replication Subnet Groups found matching provided filters.")
    return paged(found, asked, "ReplicationSubnetGroups")


def delete_subnet_group(backend: RehearsalDms, asked: Asked) -> Document:
    """DeleteReplicationSubnetGroup."""
    group = _group(backend, text(asked, "ReplicationSubnetGroupIdentifier"))
    for instance in backend.living("rep"):
        if _group_of(instance) == group.name:
            message = f"Replication Subnet Group {group.name} is in use by replication instance {instance.name}."
            raise Fault("InvalidResourceStateFault", message)
    group.life = Life(GONE)
    backend.living("subgrp")
    return {}


def create_instance(backend: RehearsalDms, asked: Asked) -> Document:
    """CreateReplicationInstance: available after some ten minutes of AWS."""
    _need_vpc_role(backend)
    name = text(asked, "ReplicationInstanceIdentifier").lower()
    if len(name) > _MOST_NAME or "--" in name or name.endswith("-") or not name[:1].isalpha():
        raise Fault("InvalidParameterValueException", f"The replication instance identifier {name} is not valid.")
    group = _group(backend, text(asked, "ReplicationSubnetGroupIdentifier") or "default")
    groups = [{"VpcSecurityGroupId": each, "Status": "active"} for each in texts(asked, "VpcSecurityGroupIds")]
    zones = _zones(group)
    wants_two = asked.get("MultiAZ") is True
    document: Document = {
        "AllocatedStorage": asked.get("AllocatedStorage") or 50,
        "AutoMinorVersionUpgrade": asked.get("AutoMinorVersionUpgrade") is not False,
        "AvailabilityZone": text(asked, "AvailabilityZone") or zones[0],
        "EngineVersion": text(asked, "EngineVersion") or ENGINE_VERSION,
        "KmsKeyId": text(asked, "KmsKeyId") or f"arn:aws:kms:{backend.region_name}:{backend.account_id}:key/aws-dms",
        "MultiAZ": wants_two,
        "NetworkType": text(asked, "NetworkType") or "IPV4",
        "PendingModifiedValues": {},
        "PreferredMaintenanceWindow": text(asked, "PreferredMaintenanceWindow") or "sun:06:00-sun:06:30",
        "PubliclyAccessible": asked.get("PubliclyAccessible") is not False,
        "ReplicationInstanceClass": text(asked, "ReplicationInstanceClass"),
        "ReplicationInstanceIdentifier": name,
        "ReplicationInstancePrivateIpAddresses": [_address(backend, group)],
        "ReplicationInstancePublicIpAddresses": [None],
        "ReplicationSubnetGroup": group.name,
        "VpcSecurityGroups": groups,
        **({"SecondaryAvailabilityZone": zones[-1]} if wants_two else {}),
        **given(asked, "DnsNameServers", "KerberosAuthenticationSettings"),
    }
    life = Life.passing("creating", "available", _CREATING)
    instance = Thing("rep", name, backend.arn("rep", unique_part(asked)), document, life)
    backend.add(instance, asked, "ReplicationInstances")
    backend.note(name, "replication-instance", "creation", "Replication instance creation has started.")
    return {"ReplicationInstance": shown(backend, instance)}


def modify_instance(backend: RehearsalDms, asked: Asked) -> Document:
    """ModifyReplicationInstance: at once, or pending until a maintenance window that a rehearsal never reaches."""
    instance = backend.thing("rep", text(asked, "ReplicationInstanceArn"))
    _need(instance, "modified")
    size = asked.get("AllocatedStorage")
    if isinstance(size, int) and size < int(str(instance.document["AllocatedStorage"])):
        raise Fault("InvalidParameterValueException", "Allocated storage cannot be decreased.")
    at_once = given(asked, "AutoMinorVersionUpgrade", "PreferredMaintenanceWindow", "KerberosAuthenticationSettings")
    if "VpcSecurityGroupIds" in asked:
        groups = [{"VpcSecurityGroupId": each, "Status": "active"} for each in texts(asked, "VpcSecurityGroupIds")]
        at_once["VpcSecurityGroups"] = groups
    instance.document |= at_once
    wanted = given(asked, "AllocatedStorage", "EngineVersion", "MultiAZ", "NetworkType", "ReplicationInstanceClass")
    changed = {name: value for name, value in wanted.items() if instance.document.get(name) != value}
    if changed and asked.get("ApplyImmediately") is True:
        instance.document |= {**changed, "PendingModifiedValues": {}}
        instance.life = Life.passing("modifying", "available", _MODIFYING)
        message = "Replication instance is being modified: " + ", ".join(sorted(changed))
        backend.note(instance.name, "replication-instance", "configuration change", message)
    elif changed:
        instance.document["PendingModifiedValues"] = changed
    return {"ReplicationInstance": shown(backend, instance)}


def reboot_instance(backend: RehearsalDms, asked: Asked) -> Document:
    """RebootReplicationInstance."""
    instance = backend.thing("rep", text(asked, "ReplicationInstanceArn"))
    _need(instance, "rebooted")
    instance.life = Life.passing("rebooting", "available", _REBOOTING)
    return {"ReplicationInstance": shown(backend, instance)}


def describe_instances(backend: RehearsalDms, asked: Asked) -> Document:
    """DescribeReplicationInstances."""
    fields = {
        "replication-instance-arn": "ReplicationInstanceArn",
        "replication-instance-id": "ReplicationInstanceIdentifier",
        "replication-instance-class": "ReplicationInstanceClass",
        "engine-version": "EngineVersion",
    }
    instances = [shown(backend, each) for each in backend.living("rep")]
    found = filtered(instances, asked, fields, "No Replication Instances found matching provided filters.")
    return paged(found, asked, "ReplicationInstances")


def delete_instance(backend: RehearsalDms, asked: Asked) -> Document:
    """DeleteReplicationInstance: refused while a task is on it."""
    instance = backend.thing("rep", text(asked, "ReplicationInstanceArn"))
    for task in backend.tasks.values():
        if task.instance_arn == instance.arn:
            message = f"Replication Instance {instance.arn} is associated with one or more ReplicationTasks."
            raise Fault("InvalidResourceStateFault", message)
    if instance.life.present in {"creating", "deleting"}:
        message = f"Replication Instance {instance.name} is in state {instance.life.present} and cannot be deleted."
        raise Fault("InvalidResourceStateFault", message)
    instance.life = Life.passing("deleting", GONE, _DELETING)
    backend.note(instance.name, "replication-instance", "deletion", "Replication instance deletion has started.")
    return {"ReplicationInstance": shown(backend, instance)}


def describe_pending_maintenance(backend: RehearsalDms, asked: Asked) -> Document:
    """DescribePendingMaintenanceActions: AWS plans none in a rehearsal."""
    arn = text(asked, "ReplicationInstanceArn")
    if arn:
        backend.thing("rep", arn)
    return {"PendingMaintenanceActions": []}


def shown(backend: RehearsalDms, instance: Thing) -> Document:
    """Return an instance as it is described."""
    state = instance.life.present
    group = next((each for each in backend.living("subgrp") if each.name == _group_of(instance)), None)
    return {
        **instance.document,
        "InstanceCreateTime": moment(instance.born),
        "ReplicationInstanceArn": instance.arn,
        "ReplicationInstanceStatus": state,
        "ReplicationSubnetGroup": group.document if group is not None else None,
    }


def _group_of(instance: Thing) -> str:
    return str(instance.document["ReplicationSubnetGroup"])


def _group(backend: RehearsalDms, name: str) -> Thing:
    return backend.thing("subgrp", backend.arn("subgrp", name.lower()))


def _need(instance: Thing, what: str) -> None:
    if instance.life.present != "available":
        message = f"Replication Instance {instance.name} is not available and cannot be {what}."
        raise Fault("InvalidResourceStateFault", message)


def _placed(backend: RehearsalDms, ids: list[str]) -> Document:
    """Return network, subnets and zones of a group. Raises as DMS does where they do not fit together."""
    known = _known_subnets(backend)
    lost = [each for each in ids if each not in known]
    if lost:
        raise Fault("InvalidSubnet", f"The subnet ID '{lost[0]}' does not exist.")
    if len(ids) > QUOTAS["SubnetsPerReplicationSubnetGroup"]:
        raise Fault("ResourceQuotaExceededFault", "The group would hold too many subnets.")
    subnets = [known[each] for each in ids]
    if len({subnet.vpc_id for subnet in subnets}) != 1:
        raise Fault("InvalidSubnet", "The subnets of a replication subnet group must lie in one VPC.")
    if len({subnet.availability_zone for subnet in subnets}) < 2:
        message = "The replication subnet group doesn't meet Availability Zone coverage requirement: add subnets in 2."
        raise Fault("ReplicationSubnetGroupDoesNotCoverEnoughAZs", message)
    return {
        "VpcId": subnets[0].vpc_id,
        "Subnets": [
            {
                "SubnetIdentifier": subnet.id,
                "SubnetAvailabilityZone": {"Name": subnet.availability_zone},
                "SubnetStatus": "Active",
            }
            for subnet in sorted(subnets, key=lambda each: str(each.availability_zone))
        ],
        "SupportedNetworkTypes": ["IPV4"],
    }


def _subnets(group: Thing) -> list[dict[str, dict[str, str]]]:
    return cast("list[dict[str, dict[str, str]]]", group.document["Subnets"])


def _zones(group: Thing) -> list[str]:
    return sorted(each["SubnetAvailabilityZone"]["Name"] for each in _subnets(group))


def _address(backend: RehearsalDms, group: Thing) -> str:
    """Return a private address: the eleventh of the group's first subnet, as good as any."""
    subnet = _known_subnets(backend)[str(_subnets(group)[0]["SubnetIdentifier"])]
    return str(ip_network(subnet.cidr_block)[11])


def _known_subnets(backend: RehearsalDms) -> dict[str, "Subnet"]:
    install("ec2")
    from moto.ec2.models import ec2_backends

    zones = ec2_backends[backend.account_id][backend.region_name].subnets.values()
    return {subnet.id: subnet for zone in zones for subnet in zone.values()}


def _need_vpc_role(backend: RehearsalDms) -> None:
    """Raise AccessDeniedFault unless the account-wide role is there, trusts DMS and may touch networks."""
    role = f"arn:{backend.partition}:iam::{backend.account_id}:role/dms-vpc-role"
    wrong = distrust(role, "dms.amazonaws.com", backend.arn("rep", "*")) or denial(
        role, "ec2:CreateNetworkInterface", "*"
    )
    if wrong:
        raise Fault("AccessDeniedFault", f"The IAM Role {role} is not configured properly.")


ACTIONS: Final[Mapping[str, Action]] = {
    "CreateReplicationInstance": create_instance,
    "CreateReplicationSubnetGroup": create_subnet_group,
    "DeleteReplicationInstance": delete_instance,
    "DeleteReplicationSubnetGroup": delete_subnet_group,
    "DescribePendingMaintenanceActions": describe_pending_maintenance,
    "DescribeReplicationInstances": describe_instances,
    "DescribeReplicationSubnetGroups": describe_subnet_groups,
    "ModifyReplicationInstance": modify_instance,
    "ModifyReplicationSubnetGroup": modify_subnet_group,
    "RebootReplicationInstance": reboot_instance,
}
