"""Answers that do not go together, found before Terraform is asked; the same rules stand in variables.tf."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from autocorp_wizard.core.answers import Problem
from autocorp_wizard.core.events import Json


@dataclass(frozen=True, slots=True)
class Conflict:
    """A rule over several answers: `applies` says that it is broken; the problem is shown at the field `name`."""

    name: str
    applies: Callable[[Mapping[str, Json]], bool]
    what: str
    why: str
    remedy: str


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _sources_overlap(values: Mapping[str, Json]) -> bool:
    shares = [_names(values["datasync_nfs_sources"]), _names(values["datasync_smb_sources"])]
    return bool(shares[0] & shares[1] or shares[0] & _names(values["datasync_source_location_arns"]))


def _names(value: Json) -> set[str]:
    return set(value) if isinstance(value, dict) else set()


def _zones_are_wrong(values: Mapping[str, Json]) -> bool:
    zones = _list(values["availability_zones"])
    region = str(values["region"])
    return bool(zones) and (
        len(zones) != 2 or zones[0] == zones[1] or any(not str(z).startswith(region) for z in zones)
    )


def _replication_lacks_a_key(values: Mapping[str, Json]) -> bool:
    copy = values["s3_replication"]
    return isinstance(copy, dict) and values["s3_encryption"] == "SSE-KMS" and not copy.get("kms_key_arn")


CONFLICTS: tuple[Conflict, ...] = (
    Conflict(
        "vpc_id",
        lambda v: bool(v["create_vpc"]) and v["vpc_id"] is not None,
        "create_vpc and vpc_id exclude each other.",
        "A network is either made or used.",
        "Answer create_vpc with no to use the existing network, or remove vpc_id.",
    ),
    Conflict(
        "subnet_ids",
        lambda v: v["vpc_id"] is not None and len({str(s) for s in _list(v["subnet_ids"])}) < 2,
        "vpc_id needs subnet_ids: two subnets or more.",
        "Replication wants two availability zones.",
        "Name two subnets of that network in different zones.",
    ),
    Conflict(
        "subnet_ids",
        lambda v: v["vpc_id"] is None and bool(_list(v["subnet_ids"])),
        "subnet_ids belong to an existing network, and vpc_id names none.",
        "A network that is made gets subnets of its own.",
        "Name the network in vpc_id, or remove subnet_ids.",
    ),
    Conflict(
        "route_table_ids",
        lambda v: bool(v["create_s3_endpoint"]) and v["vpc_id"] is not None and not _list(v["route_table_ids"]),
        "The S3 endpoint in an existing network needs route_table_ids.",
        "A gateway endpoint works only through the route tables that it is entered in.",
        "Name the subnets' route tables, or answer create_s3_endpoint with no where an endpoint exists.",
    ),
    Conflict(
        "availability_zones",
        _zones_are_wrong,
        "availability_zones do not fit.",
        "They are two different zones of the region.",
        "For example us-east-1a, us-east-1b in the region us-east-1; or leave them out.",
    ),
    Conflict(
        "create_datasync_endpoint",
        lambda v: (
            bool(v["create_datasync_endpoint"])
            and not (_list(v["datasync_agent_cidr_blocks"]) and (v["create_vpc"] or v["vpc_id"] is not None))
        ),
        "The DataSync endpoint lacks something.",
        "It needs datasync_agent_cidr_blocks (who may reach it) and a network (create_vpc or vpc_id).",
        "Answer those, or answer create_datasync_endpoint with no.",
    ),
    Conflict(
        "datasync_nfs_sources",
        _sources_overlap,
        "An export has more than one source.",
        "A task reads one location.",
        "Name it in datasync_nfs_sources or in datasync_source_location_arns (where the wizard writes SMB locations).",
    ),
    Conflict(
        "datasync_custom_schedule",
        lambda v: (v["datasync_schedule"] == "custom") != (v["datasync_custom_schedule"] is not None),
        "datasync_schedule custom and datasync_custom_schedule belong together.",
        "One says that there is an expression, the other is the expression.",
        "Answer both, or remove datasync_custom_schedule and choose hourly, daily or off.",
    ),
    Conflict(
        "s3_intelligent_tiering_zones",
        lambda v: "raw" in _list(v["s3_intelligent_tiering_zones"]) and v["s3_lifecycle_days"] != 0,
        "The zone raw cannot be tiered and archived.",
        "It goes to Glacier after s3_lifecycle_days.",
        "Set s3_lifecycle_days to 0, or take raw out of s3_intelligent_tiering_zones.",
    ),
    Conflict(
        "s3_replication",
        lambda v: v["s3_replication"] is not None and not v["enable_s3_versioning"],
        "s3_replication needs versioning.",
        "S3 replicates only buckets that keep versions.",
        "Answer enable_s3_versioning with yes, or remove s3_replication.",
    ),
    Conflict(
        "s3_replication",
        _replication_lacks_a_key,
        "s3_replication lacks kms_key_arn.",
        "Objects under SSE-KMS are replicated only with a key at the destination.",
        "Add kms_key_arn of a key in the destination's region.",
    ),
)


def conflicts(values: Mapping[str, Json]) -> tuple[Problem, ...]:
    """Return the rules that a whole set of answers breaks."""
    return tuple(
        Problem(rule.name, rule.what, rule.why, rule.remedy, "ANSWERS-CONFLICT")
        for rule in CONFLICTS
        if rule.applies(values)
    )
