"""EC2: rules of security groups keep their description and change in place; what has tags is found by them."""

from collections.abc import Callable, Iterator
from inspect import signature
from typing import Any

import moto.ec2.urls
from moto.core.resource_tagging import TaggedResource
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.models.vpcs import VPC

from autocorp_wizard.rehearsal.services import replace_backend

_Rules = dict[str, dict[str, Any]]


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


class RehearsalEc2(EC2Backend):
    """The stock backend changes IPv4 rules only, keeps deleted endpoints, and finds too little by tags."""

    _url_module = moto.ec2.urls

    def modify_security_group_rules(self, group_id: str, rules: _Rules) -> None:
        """Change rules in place, whatever they point at."""
        super().modify_security_group_rules(group_id, rules)
        group = self.get_security_group_by_name_or_id(group_id)
        for rule_id, wanted in rules.items():
            rule = group.get_rule(rule_id) if group is not None else None
            if rule is not None:
                _point(rule, wanted)

    def delete_vpc_endpoints(self, vpce_ids: list[str] | None = None) -> None:
        """Delete endpoints so that nobody sees them afterwards; AWS forgets them within minutes."""
        super().delete_vpc_endpoints(vpce_ids)
        for endpoint in vpce_ids or []:
            self.vpc_end_points.pop(endpoint, None)

    def delete_vpc(self, vpc_id: str) -> VPC:
        """Delete a VPC with its default network ACL."""
        deleted = super().delete_vpc(vpc_id)
        for acl in [acl for acl in self.network_acls.values() if acl.vpc_id == vpc_id]:
            self.network_acls.pop(acl.id)
        return deleted

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield what has tags, endpoints and rules included."""
        yield from super().iter_tagged_resources()
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


def install() -> None:
    """Put the extended backend in the stock one's place and mend the model of a rule."""
    replace_backend(ec2_backends, RehearsalEc2)
    SecurityGroupRule.description = property(_describe)  # type: ignore[assignment,method-assign]
    SecurityGroupRule.__init__ = _keep_prefix_list(SecurityGroupRule.__init__)  # type: ignore[method-assign]
