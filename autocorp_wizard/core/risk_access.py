"""Which doors a change opens: policies that allow more, networks that reach further, guards that go.

What is made together with its holder (a role and its policy, a group and its rules) is no widening: then only what is
open to everybody, or allows everything, is named. A policy or a rule that is added to something that exists is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Self

from autocorp_wizard.core.change import Change
from autocorp_wizard.core.events import Action, Json
from autocorp_wizard.core.policy_diff import allows_everything, opens_to_anyone, widened
from autocorp_wizard.core.risk_values import blocks, number

_POLICY_ATTRIBUTES: tuple[str, ...] = (
    "policy",
    "assume_role_policy",
    "resource_policy",
    "access_policy",
    "policy_document",
)


@dataclass(frozen=True, slots=True)
class Scene:
    """What a change is judged against: the plan's other changes.

    `made` and `gone` are (type, name) of what the plan creates and deletes; `closed` are the doors of rules that it
    deletes, by group (or by the rule's own place in the tree, where the group is made anew) and direction.
    """

    made: frozenset[tuple[str, str]]
    gone: frozenset[tuple[str, str]]
    closed: Mapping[tuple[str, bool], tuple["_Door", ...]]

    @classmethod
    def of(cls, changes: Iterable[Change], unfinished: Iterable[tuple[str, str]] = ()) -> Self:
        """Return the scene of a plan; what an unfinished apply was making counts as made by this one."""
        made: set[tuple[str, str]] = set(unfinished)
        gone: set[tuple[str, str]] = set()
        closed: dict[tuple[str, bool], tuple[_Door, ...]] = {}
        for change in changes:
            for names, action, side in (
                (made, Action.CREATE, change.after),
                (gone, Action.DELETE, change.before),
            ):
                if change.action is action:
                    names.update((change.resource_type, str(side[key])) for key in ("name", "bucket") if side.get(key))
            if change.action is Action.DELETE and change.resource_type in _SINGLE_RULES:
                for key in _groups(change, change.before):
                    closed[key] = (*closed.get(key, ()), *_of_rule(change.before))
        return cls(frozenset(made), frozenset(gone), closed)

    def holder_exists(self, change: Change) -> bool:
        """Whether what a new policy, lifecycle or rule belongs to was there before this plan."""
        role, bucket = change.after.get("role"), change.after.get("bucket")
        match change.resource_type:
            case "aws_iam_role_policy" | "aws_iam_role_policy_attachment":
                return isinstance(role, str) and ("aws_iam_role", role) not in self.made
            case "aws_s3_bucket_policy" | "aws_s3_bucket_lifecycle_configuration":
                return isinstance(bucket, str) and ("aws_s3_bucket", bucket) not in self.made
            case "aws_vpc_security_group_ingress_rule" | "aws_vpc_security_group_egress_rule":
                known = isinstance(change.after.get("security_group_id"), str)
                return known or any(group in self.closed for group in _groups(change, change.after))
            case _:
                return False


def widening(change: Change, thing: str, scene: Scene) -> Iterator[str]:
    """Yield a sentence for each door that a create, an update or a replacement opens."""
    before, after = change.before, change.after
    fresh = change.action is Action.CREATE and not scene.holder_exists(change)
    yield from _policies(change, thing, fresh=fresh)
    if change.resource_type == "aws_s3_bucket_public_access_block":
        for key in ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"):
            if after.get(key) is False and (fresh or before.get(key) is True):
                yield f"{thing}: {key.replace('_', ' ')} is off."
    if change.resource_type == "aws_iam_role_policy_attachment" and not fresh:
        yield f"{thing}: another policy is attached ({after.get('policy_arn') or 'known after apply'})."
    yield from _opened_doors(change, thing, scene, fresh=fresh)
    if after.get("publicly_accessible") is True and before.get("publicly_accessible") is not True:
        yield f"{thing} becomes reachable from the internet."
    if not fresh and _attached(after) - _attached(before):
        yield f"{thing} gets more policies: {', '.join(sorted(_attached(after) - _attached(before)))}."


def _policies(change: Change, thing: str, *, fresh: bool) -> Iterator[str]:
    before, after = change.before, change.after
    hidden = {attribute.path for attribute in change.attributes if not attribute.known}
    for key in _POLICY_ATTRIBUTES:
        # Where the object itself is made anew, its policy names the new one and cannot be known.
        if key in hidden and change.action is Action.UPDATE:
            yield f"{thing} gets a policy that is known only after the apply."
        document = after.get(key)
        if document is None or document == before.get(key):
            continue
        if fresh:
            if opens_to_anyone(document):
                yield f"{thing} is open to anyone."
            if allows_everything(document) and change.resource_type != "aws_kms_key":
                yield f"{thing} allows everything on everything."
            continue
        for clause in widened(before.get(key), document):
            yield f"{thing} {clause}."


def unguarding(change: Change, thing: str, scene: Scene) -> Iterator[str]:
    """Yield a sentence where a guard goes while what it guards stays: a door that opens."""
    guards = change.resource_type in ("aws_s3_bucket_public_access_block", "aws_s3_bucket_policy")
    if guards and ("aws_s3_bucket", str(change.before.get("bucket"))) not in scene.gone:
        yield f"{thing} is deleted: what it denied is denied no more."


def _opened_doors(change: Change, thing: str, scene: Scene, *, fresh: bool) -> Iterator[str]:
    for inward, read in _RULES.get(change.resource_type, ()):
        gone = [door for group in _groups(change, change.after) for door in scene.closed.get(group, ())]
        known = (*read(change.before), *(gone if change.resource_type in _SINGLE_RULES else ()))
        for door in read(change.after):
            named = inward and door.is_anyone if fresh else not any(old.covers(door) for old in known)
            if named:
                yield f"{thing} opens {door.ports} {'from' if inward else 'to'} {door.peer}."


@dataclass(frozen=True, slots=True)
class _Door:
    """A peer (addresses, a prefix list, a group) and the ports that are open to it."""

    peer: str
    protocol: str
    low: int
    high: int

    @property
    def is_anyone(self) -> bool:
        return self.peer.endswith("/0")

    @property
    def ports(self) -> str:
        if self.protocol == "-1":
            return "everything"
        return f"port {self.low}" if self.low == self.high else f"ports {self.low} to {self.high}"

    def covers(self, other: "_Door") -> bool:
        wide = self.protocol in ("-1", other.protocol) and self.low <= other.low and other.high <= self.high
        return wide and (self.peer == other.peer or _contains(self.peer, other.peer))


def _groups(change: Change, side: Mapping[str, Json]) -> tuple[tuple[str, bool], ...]:
    inward = _SINGLE_RULES.get(change.resource_type, False)
    place = f"{change.module} {change.resource_type}.{change.name.partition('[')[0]}"
    group = side.get("security_group_id")
    return ((place, inward), (group, inward)) if isinstance(group, str) else ((place, inward),)


def _of_rule(side: Mapping[str, Json]) -> Iterator[_Door]:
    for key in ("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"):
        peer = side.get(key)
        if isinstance(peer, str) and peer:
            yield _door(peer, side.get("ip_protocol"), side)


def _of_group(side_name: str) -> Callable[[Mapping[str, Json]], Iterator[_Door]]:
    def read(side: Mapping[str, Json]) -> Iterator[_Door]:
        for rule in blocks(side.get(side_name)):
            for key in ("cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "security_groups"):
                peers = rule.get(key)
                for peer in peers if isinstance(peers, list) else []:
                    yield _door(str(peer), rule.get("protocol"), rule)

    return read


_SINGLE_RULES: dict[str, bool] = {
    "aws_vpc_security_group_ingress_rule": True,
    "aws_vpc_security_group_egress_rule": False,
}
_RULES: dict[str, tuple[tuple[bool, Callable[[Mapping[str, Json]], Iterator[_Door]]], ...]] = {
    "aws_vpc_security_group_ingress_rule": ((True, _of_rule),),
    "aws_vpc_security_group_egress_rule": ((False, _of_rule),),
    "aws_security_group": ((True, _of_group("ingress")), (False, _of_group("egress"))),
    "aws_default_security_group": ((True, _of_group("ingress")), (False, _of_group("egress"))),
}


def _door(peer: str, protocol: Json, ports: Mapping[str, Json]) -> _Door:
    low, high = number(ports.get("from_port")), number(ports.get("to_port"))
    if protocol == "-1" or low is None or high is None or low < 0:
        return _Door(peer, str(protocol), 0, 65535)
    return _Door(peer, str(protocol), int(low), int(high))


def _contains(wide: str, narrow: str) -> bool:
    try:
        outer, inner = ip_network(wide, strict=False), ip_network(narrow, strict=False)
    except ValueError:
        return False
    return (
        outer.version == inner.version
        and int(outer.network_address) <= int(inner.network_address)
        and int(inner.broadcast_address) <= int(outer.broadcast_address)
    )


def _attached(side: Mapping[str, Json]) -> frozenset[str]:
    arns = side.get("managed_policy_arns")
    return frozenset(str(arn) for arn in arns) if isinstance(arns, list) else frozenset()
