"""EC2: rules of security groups keep their description and change in place; what has tags is found by them."""

from collections.abc import Callable, Iterator
from inspect import signature
from typing import Any

from moto.core.resource_tagging import TaggedResource
from moto.ec2.models import EC2Backend
from moto.ec2.models.security_groups import SecurityGroupBackend, SecurityGroupRule

Rules = dict[str, dict[str, Any]]


def _describe(rule: SecurityGroupRule) -> str | None:
    """Return the description; the stock one knows it for address ranges only."""
    target = rule.ip_range or rule.source_group or vars(rule).get("prefix_list") or {}
    described: str | None = target.get("Description")
    return described


def _keep_prefix_list(stock: Callable[..., None]) -> Callable[..., None]:
    shape = signature(stock)

    def create(self: SecurityGroupRule, *details: object, **more: object) -> None:
        stock(self, *details, **more)
        prefix_list = shape.bind(self, *details, **more).arguments.get("prefix_list_id")
        if prefix_list is not None:
            vars(self)["prefix_list"] = dict(prefix_list)

    return create


def _modify_fully(stock: Callable[..., None]) -> Callable[..., None]:
    def modify(self: SecurityGroupBackend, group_id: str, rules: Rules) -> None:
        stock(self, group_id, rules)
        group = self.get_security_group_by_name_or_id(group_id)
        for rule_id, wanted in rules.items():
            rule = group.get_rule(rule_id) if group is not None else None
            if rule is not None:
                _point(rule, wanted)

    return modify


def _point(rule: SecurityGroupRule, wanted: dict[str, Any]) -> None:
    """Let a rule point at what was asked for; the stock one changes IPv4 ranges only."""
    described = {"Description": wanted["Description"]} if wanted.get("Description") else {}
    rule.ip_range, rule.source_group, rule.prefix_list_id = {}, {}, None
    if wanted.get("CidrIpv4"):
        rule.ip_range = {"CidrIp": wanted["CidrIpv4"], **described}
    elif wanted.get("CidrIpv6"):
        rule.ip_range = {"CidrIpv6": wanted["CidrIpv6"], **described}
    elif wanted.get("ReferencedGroupId"):
        owner = rule.owner_id
        rule.source_group = {"GroupId": wanted["ReferencedGroupId"], "OwnerId": owner, "UserId": owner, **described}
    else:
        rule.prefix_list_id = wanted["PrefixListId"]
        vars(rule)["prefix_list"] = {"PrefixListId": wanted["PrefixListId"], **described}


def _tag_everything(stock: Callable[[EC2Backend], Iterator[TaggedResource]]) -> Callable[..., Iterator[TaggedResource]]:
    def iterate(self: EC2Backend) -> Iterator[TaggedResource]:
        yield from stock(self)
        rules = [
            rule
            for groups in self.groups.values()
            for group in groups.values()
            for rule in (*group.ingress_rules, *group.egress_rules)
        ]
        for kind, found in (("vpc-endpoint", [*self.vpc_end_points.values()]), ("security-group-rule", rules)):
            for resource in found:
                yield TaggedResource(
                    arn=f"arn:{self.partition}:ec2:{self.region_name}:{self.account_id}:{kind}/{resource.id}",
                    tags=dict(self.tags.get(resource.id, {})),
                    resource_type=f"ec2:{kind}",
                )

    return iterate


def install() -> None:
    """Mend the stock models; their responses stay."""
    SecurityGroupRule.description = property(_describe)  # type: ignore[assignment,method-assign]
    SecurityGroupRule.__init__ = _keep_prefix_list(SecurityGroupRule.__init__)  # type: ignore[method-assign]
    stock = SecurityGroupBackend.modify_security_group_rules
    SecurityGroupBackend.modify_security_group_rules = _modify_fully(stock)  # type: ignore[method-assign]
    tagged = EC2Backend.iter_tagged_resources
    EC2Backend.iter_tagged_resources = _tag_everything(tagged)  # type: ignore[method-assign]
