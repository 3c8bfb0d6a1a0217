"""After a destroy somebody looks: what still exists by tag or by name, compared with the list of what stays by nature.

A look that AWS refused is said to be refused; it never counts as nothing found.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, cast

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.bootstrap import StatePlace
from autocorp_wizard.core.events import LeftoverFound
from autocorp_wizard.core.leftovers import HasNames, Names, Stays, stays, unexpected
from autocorp_wizard.rollout.emptying import bucket_names, empty_buckets, inventory
from autocorp_wizard.rollout.leftover_kinds import KINDS, leftovers_of
from autocorp_wizard.rollout.lookup import is_usable

__all__ = ["Aftermath", "bucket_names", "empty_buckets", "find_leftovers", "inventory"]

# EC2's word for a resource, and the type that says how it is looked at.
_EC2_TYPES: Final = {
    "vpc": "aws_vpc",
    "subnet": "aws_subnet",
    "route-table": "aws_route_table",
    "security-group": "aws_security_group",
    "security-group-rule": "aws_vpc_security_group_egress_rule",
    "vpc-endpoint": "aws_vpc_endpoint",
}
_ACCOUNT_ROLES: Final = ("dms-vpc-role", "dms-cloudwatch-logs-role")
# Looked at one by one below; the tag index names them as well, often long after they are gone.
_LOOKED_AT: Final = ("s3", "kms", "secretsmanager", "ec2", "iam", "dynamodb", *{kind.service for kind in KINDS})
# Of these the tag index alone names everything: a location has no name, a log group is looked at by its prefix.
_BY_TAG_ALONE: Final = ("datasync",)


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What still exists, and what could not be looked at (a sentence each)."""

    found: tuple[LeftoverFound, ...]
    unseen: tuple[str, ...]

    @property
    def unexpected(self) -> tuple[LeftoverFound, ...]:
        """What should be gone."""
        return tuple(each for each in self.found if not each.by_nature)


def find_leftovers(environment: HasNames, access: CloudAccess) -> Aftermath:
    """Look for everything that an environment's tree makes; changes nothing."""
    names, place = Names.of(environment), StatePlace.of(environment)
    looks: tuple[tuple[str, Callable[[], Iterator[LeftoverFound]]], ...] = (
        ("buckets", lambda: _buckets(access, names)),
        ("roles", lambda: _roles(access, names)),
        ("the secret", lambda: _secret(access, names)),
        ("keys", lambda: _keys(access, names)),
        ("the network", lambda: _network(access, names)),
        *((f"every {kind.noun}", partial(leftovers_of, access, names, kind)) for kind in KINDS),
        ("everything else by tag", lambda: _by_tag(access, names)),
        ("log groups", lambda: _log_groups(access, names)),
        ("agents", lambda: _agents(access, names)),
        ("the remote state", lambda: _state(access, place)),
    )
    found: dict[str, LeftoverFound] = {}
    unseen: list[str] = []
    for what, look in looks:
        try:
            for each in look():
                found.setdefault(each.name, each)
        except CloudError as error:
            unseen.append(f"{what}: {error.what} {error.why}".strip())
    return Aftermath(tuple(found.values()), tuple(unseen))


def _buckets(access: CloudAccess, names: Names) -> Iterator[LeftoverFound]:
    for name in names.buckets:
        if _exists(access, "s3", "head_bucket", Bucket=name) is not None:
            yield unexpected(name, "The bucket still exists.")


def _roles(access: CloudAccess, names: Names) -> Iterator[LeftoverFound]:
    for page in access.pages("iam", "list_roles"):
        for role in _dicts(page.get("Roles")):
            if str(role["RoleName"]).startswith(f"{names.prefix}-"):
                yield unexpected(str(role["RoleName"]), "The role still exists.")
    for shared in _ACCOUNT_ROLES:
        answer = _exists(access, "iam", "get_role", RoleName=shared)
        tags = _dicts(cast("dict[str, object]", answer["Role"]).get("Tags")) if answer else []
        # Once per account: where another environment's state owns it, it is none of ours.
        if {str(t["Key"]): str(t["Value"]) for t in tags}.items() >= names.tags.items():
            yield unexpected(shared, "The role still exists.")


def _secret(access: CloudAccess, names: Names) -> Iterator[LeftoverFound]:
    answer = _exists(access, "secretsmanager", "describe_secret", SecretId=names.secret)
    if answer is None:
        return
    gone = answer.get("DeletedDate")
    if gone:
        yield stays(Stays.SECRET, names.secret, f"Deleted for good {_day(gone)}.")
    else:
        yield unexpected(names.secret, "The secret still exists.")


def _keys(access: CloudAccess, names: Names) -> Iterator[LeftoverFound]:
    """Keys by their tags; AWS's own keys and those of others are passed over."""
    wanted = names.tags.items()
    for page in access.pages("kms", "list_keys"):
        for key in _dicts(page.get("Keys")):
            key_id = str(key["KeyId"])
            try:
                tags = access.call("kms", "list_resource_tags", KeyId=key_id)
            except CloudError as error:
                if error.is_missing or error.code == "AUTH-DENIED":
                    continue
                raise
            carried = {str(t["TagKey"]): str(t["TagValue"]) for t in _dicts(tags.get("Tags"))}
            if not carried.items() >= wanted:
                continue
            called = f"The key {carried['Name']}" if carried.get("Name") else "The key"
            data = cast("dict[str, object]", access.call("kms", "describe_key", KeyId=key_id)["KeyMetadata"])
            if data.get("KeyState") == "PendingDeletion":
                yield stays(Stays.KEY, key_id, f"{called} is deleted for good {_day(data.get('DeletionDate'))}.")
            else:
                yield unexpected(key_id, f"{called} still exists and costs a dollar a month.")
    for page in access.pages("kms", "list_aliases"):
        for alias in _dicts(page.get("Aliases")):
            if alias.get("AliasName") == names.key_alias:
                yield unexpected(names.key_alias, "The key's alias still exists.")


def _network(access: CloudAccess, names: Names) -> Iterator[LeftoverFound]:
    filters = [
        {"Name": "key", "Values": ["Environment", "Project"]},
        {"Name": "value", "Values": [names.environment, names.project]},
    ]
    seen: dict[str, dict[str, str]] = {}
    kinds: dict[str, str] = {}
    for page in access.pages("ec2", "describe_tags", Filters=filters):
        for tag in _dicts(page.get("Tags")):
            seen.setdefault(str(tag["ResourceId"]), {})[str(tag["Key"])] = str(tag["Value"])
            kinds[str(tag["ResourceId"])] = str(tag["ResourceType"])
    for found, tags in seen.items():
        if not tags.items() >= names.tags.items():
            continue
        kind = _EC2_TYPES.get(kinds[found])
        # Tags outlive what they are tied to by some minutes.
        if kind is None or is_usable(access, kind, found):
            yield unexpected(found, f"The {kinds[found].replace('-', ' ')} still exists.")


def _by_tag(access: CloudAccess, names: Names) -> Iterator[LeftoverFound]:
    filters = [{"Key": key, "Values": [value]} for key, value in names.tags.items()]
    for page in access.pages("resourcegroupstaggingapi", "get_resources", TagFilters=filters):
        for resource in _dicts(page.get("ResourceTagMappingList")):
            arn = str(resource["ResourceARN"])
            service, kind = arn.split(":")[2], arn.split(":")[5].partition("/")[0]
            if service not in _LOOKED_AT or (service in _BY_TAG_ALONE and kind == "location"):
                yield unexpected(arn, "The index of tags still lists it; it may lag some minutes behind.")


def _log_groups(access: CloudAccess, names: Names) -> Iterator[LeftoverFound]:
    for prefix in names.log_prefixes:
        for page in access.pages("logs", "describe_log_groups", logGroupNamePrefix=prefix):
            for group in _dicts(page.get("logGroups")):
                yield stays(Stays.LOG_GROUP, str(group["logGroupName"]))


def _agents(access: CloudAccess, names: Names) -> Iterator[LeftoverFound]:
    for page in access.pages("datasync", "list_agents"):
        for agent in _dicts(page.get("Agents")):
            if str(agent.get("Name", "")).startswith(names.prefix):
                yield stays(Stays.AGENT, str(agent["AgentArn"]), f"{agent.get('Name')}.")


def _state(access: CloudAccess, place: StatePlace) -> Iterator[LeftoverFound]:
    if _exists(access, "s3", "head_bucket", Bucket=place.bucket) is None:
        return
    yield stays(Stays.STATE_BUCKET, place.bucket)
    listing = access.call("s3", "list_objects_v2", Bucket=place.bucket, Prefix=place.backup_prefix, MaxKeys=1)
    if listing.get("Contents"):
        yield stays(Stays.BACKUPS, f"{place.bucket}/{place.backup_prefix}")
    if place.lock_table and _exists(access, "dynamodb", "describe_table", TableName=place.lock_table) is not None:
        yield stays(Stays.LOCK_TABLE, place.lock_table)


def _exists(access: CloudAccess, service: str, operation: str, **parameters: object) -> dict[str, object] | None:
    try:
        return access.call(service, operation, **parameters)
    except CloudError as error:
        if error.is_missing:
            return None
        raise


def _day(when: object) -> str:
    return f"on {when:%Y-%m-%d}" if isinstance(when, datetime) else "after its waiting period"


def _dicts(value: object) -> list[dict[str, object]]:
    return cast("list[dict[str, object]]", value) if isinstance(value, list) else []
