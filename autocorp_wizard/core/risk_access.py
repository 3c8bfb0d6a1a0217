"""Which doors a change opens: policies that allow more, networks that reach further, guards that go.

The first creation of a role or a rule is no widening: only a create that opens a door to everybody, or allows
everything, is named.
"""

from collections.abc import Iterator, Mapping

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


def widening(change: Change, thing: str) -> Iterator[str]:
    """Yield a sentence for each door that a create, an update or a replacement opens."""
    before, after = change.before, change.after
    fresh = change.action is Action.CREATE
    yield from _policies(change, thing)
    if change.resource_type == "aws_s3_bucket_public_access_block":
        for key in ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"):
            if after.get(key) is False and (fresh or before.get(key) is True):
                yield f"{thing}: {key.replace('_', ' ')} is off."
    if change.resource_type == "aws_iam_role_policy_attachment" and not fresh:
        yield f"{thing}: another policy is attached ({after.get('policy_arn') or 'known after apply'})."
    yield from _opened_doors(change, thing)
    if after.get("publicly_accessible") is True and before.get("publicly_accessible") is not True:
        yield f"{thing} becomes reachable from the internet."
    if not fresh and _trusted(after) - _trusted(before):
        yield f"{thing} trusts more: {', '.join(sorted(_trusted(after) - _trusted(before)))}."


def _policies(change: Change, thing: str) -> Iterator[str]:
    before, after, fresh = change.before, change.after, change.action is Action.CREATE
    hidden = {attribute.path for attribute in change.attributes if not attribute.known}
    for key in _POLICY_ATTRIBUTES:
        if key in hidden and not fresh:
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


def unguarding(change: Change, thing: str) -> Iterator[str]:
    """A guard that is deleted while what it guards stays is a door that opens."""
    if change.resource_type in ("aws_s3_bucket_public_access_block", "aws_s3_bucket_policy"):
        yield f"{thing} is deleted: what it denied is denied no more."


def _opened_doors(change: Change, thing: str) -> Iterator[str]:
    fresh = change.action is Action.CREATE
    if change.resource_type in ("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"):
        inward = "ingress" in change.resource_type
        new, old = _ranges(change.after), _ranges(change.before)
        wide = {text for text in new if text.endswith("/0")}
        if fresh and inward and wide:
            yield f"{thing} lets anyone in ({', '.join(sorted(wide))})."
        elif not fresh and (new - old or _ports(change.after) > _ports(change.before)):
            reach = ", ".join(sorted(new)) or "another group"
            yield f"{thing} now reaches {reach}, {_ports(change.after)} ports."
    if change.resource_type in ("aws_security_group", "aws_default_security_group"):
        for side, word in (("ingress", "from"), ("egress", "to")):
            old_doors, new_doors = _doors(change.before.get(side)), _doors(change.after.get(side))
            opened = {door for door in new_doors - old_doors if not fresh or (side == "ingress" and "/0" in door)}
            for door in sorted(opened):
                yield f"{thing} opens {word} {door}."


def _ranges(side: Mapping[str, Json]) -> set[str]:
    keys = ("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id")
    return {text for key in keys if isinstance(text := side.get(key), str) and text}


def _ports(side: Mapping[str, Json]) -> int:
    low, high = number(side.get("from_port")), number(side.get("to_port"))
    if side.get("ip_protocol") == "-1" or low is None or high is None or low < 0:
        return 65536
    return int(high - low) + 1


def _doors(rules: Json) -> set[str]:
    doors: set[str] = set()
    for rule in blocks(rules):
        ports = "all ports" if rule.get("protocol") == "-1" else f"ports {rule.get('from_port')}-{rule.get('to_port')}"
        for key in ("cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids", "security_groups"):
            ranges = rule.get(key)
            doors |= {f"{text} on {ports}" for text in (ranges if isinstance(ranges, list) else [])}
    return doors


def _trusted(side: Mapping[str, Json]) -> frozenset[str]:
    arns = side.get("managed_policy_arns")
    return frozenset(str(arn) for arn in arns) if isinstance(arns, list) else frozenset()
