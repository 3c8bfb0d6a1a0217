"""How a resource that exists is handed to Terraform again: by which id, and where that must not or need not be done.

What a journal records of a finished resource is its `id`; for most types that is also what an import asks for. The
exceptions are data here. Nothing is imported that would bring a secret into a plan or the state.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

_PLACE: Final = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Import:
    """One import block: the address, and the id in the words of the provider."""

    address: str
    id: str


@dataclass(frozen=True, slots=True)
class Rule:
    """`template` is filled from the resource's id and names; empty means: never import, because of `why_not`.

    `overwrites` says why a resource that was in flight needs no looking up: creating it again does no harm.
    """

    template: str = "{id}"
    why_not: str = ""
    overwrites: str = ""


_PUT: Final = "It is a setting of its bucket: writing it again overwrites it."
_SETTINGS: Final = Rule(overwrites=_PUT)

RULES: Final[dict[str, Rule]] = {
    # Settings of something else: one per bucket, topic or group, written by PUT.
    "aws_s3_bucket_versioning": _SETTINGS,
    "aws_s3_bucket_policy": _SETTINGS,
    "aws_s3_bucket_logging": _SETTINGS,
    "aws_s3_bucket_cors_configuration": _SETTINGS,
    "aws_s3_bucket_ownership_controls": _SETTINGS,
    "aws_s3_bucket_public_access_block": _SETTINGS,
    "aws_s3_bucket_lifecycle_configuration": _SETTINGS,
    "aws_s3_bucket_replication_configuration": _SETTINGS,
    "aws_s3_bucket_server_side_encryption_configuration": _SETTINGS,
    "aws_s3_bucket_intelligent_tiering_configuration": Rule(overwrites=_PUT),
    "aws_s3_bucket_notification": _SETTINGS,
    "aws_sns_topic_policy": Rule(overwrites="It is a setting of its topic: writing it again overwrites it."),
    "aws_default_security_group": Rule(overwrites="AWS made it; Terraform takes it over again."),
    "aws_iam_role_policy": Rule(overwrites="It is a part of its role: writing it again overwrites it."),
    "aws_iam_role_policy_attachment": Rule(
        "{role}/{policy_arn}", overwrites="Attaching a policy that is attached changes nothing."
    ),
    "aws_cloudwatch_metric_alarm": Rule(overwrites="Writing an alarm of the same name again overwrites it."),
    "aws_cloudwatch_dashboard": Rule(overwrites="Writing a dashboard of the same name again overwrites it."),
    "aws_cloudwatch_event_rule": Rule(overwrites="Writing a rule of the same name again overwrites it."),
    "aws_cloudwatch_event_target": Rule(
        "{rule}/{target_id}", overwrites="Writing a target of the same id again overwrites it."
    ),
    "aws_cloudwatch_log_resource_policy": Rule(overwrites="Writing a policy of the same name again overwrites it."),
    "aws_glue_resource_policy": Rule(overwrites="It is a setting of the account: writing it again overwrites it."),
    "aws_glue_data_catalog_encryption_settings": Rule(
        overwrites="It is a setting of the account: writing it again overwrites it."
    ),
    "aws_s3_object": Rule("{bucket}/{key}", overwrites="Writing an object of the same key again overwrites it."),
    # Seen with provider 5.100: an import reads the value into the saved plan, and then wants to replace the version.
    "aws_secretsmanager_secret_version": Rule(
        "",
        why_not="An import would read the password into the saved plan; a new version is written instead.",
        overwrites="A new version of the value takes the place of the old one.",
    ),
    "aws_secretsmanager_secret_policy": Rule(overwrites="It is a setting of its secret: writing it overwrites it."),
    "aws_route_table_association": Rule("{subnet_id}/{route_table_id}"),
    "aws_route": Rule("{route_table_id}_{destination_cidr_block}"),
    "aws_vpc_endpoint_route_table_association": Rule("{vpc_endpoint_id}/{route_table_id}"),
    # No import exists for these.
    "aws_iam_policy_attachment": Rule("", why_not="The provider cannot import it."),
    "aws_security_group_rule": Rule("", why_not="Its import id spells out the whole rule; the tree does not use it."),
    "null_resource": Rule(
        "", why_not="It is nothing outside Terraform.", overwrites="It is nothing outside Terraform."
    ),
    "time_sleep": Rule("", why_not="It is nothing outside Terraform.", overwrites="It is nothing outside Terraform."),
}

DEFAULT: Final = Rule()


def rule_for(resource_type: str) -> Rule:
    """Return the rule of a type; without one of its own, it is imported by its id."""
    return RULES.get(resource_type, DEFAULT)


def import_id(resource_type: str, id_key: str, id_value: str, identity: Mapping[str, str]) -> str:
    """Return the id to import a finished resource by.

    `id_key` and `id_value` are what the journal recorded, `identity` the names that the plan knew (attribute name to
    value). Empty where it must not be imported, or where a part of the id is not known (rollout/lookup.py asks AWS).
    """
    known = dict(identity)
    if id_value:
        known[id_key or "id"] = id_value
    return fill(rule_for(resource_type).template, known)


def fill(template: str, known: Mapping[str, str]) -> str:
    """Return the template with every name filled in, empty where one is not known."""
    if not template or any(not known.get(name) for name in _PLACE.findall(template)):
        return ""
    return _PLACE.sub(lambda place: known[place[1]], template)


def import_blocks(imports: Iterable[Import]) -> str:
    """Return the Terraform text of import blocks, one per address; the last one given for an address counts."""
    wanted = {each.address: each.id for each in imports}
    return "".join(f"import {{\n  to = {address}\n  id = {_quoted(id_)}\n}}\n" for address, id_ in wanted.items())


def _quoted(text: str) -> str:
    # Terraform reads ${ and %{ within quotes as the start of an expression.
    return json.dumps(text, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
