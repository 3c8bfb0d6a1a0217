"""By which id a resource is handed to Terraform again."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocorp_wizard.core.imports import RULES, Import, import_blocks, import_id, rule_for

TREE = Path(__file__).parents[2] / "terraform"


def types_of_the_tree() -> list[str]:
    texts = (path.read_text() for path in TREE.rglob("*.tf") if ".terraform" not in path.parts)
    return sorted({kind for text in texts for kind in re.findall(r'^resource "(\w+)"', text, re.MULTILINE)})


@pytest.mark.parametrize(
    ("kind", "value", "identity", "expected"),
    [
        ("aws_kms_key", "1234", {}, "1234"),
        ("aws_iam_role", "autocorp-dev-glue-job", {}, "autocorp-dev-glue-job"),
        ("aws_iam_role_policy", "role:policy", {}, "role:policy"),
        (
            "aws_iam_role_policy_attachment",
            "dms-vpc-role-20261123",
            {"role": "dms-vpc-role", "policy_arn": "arn:aws:iam::aws:policy/x"},
            "dms-vpc-role/arn:aws:iam::aws:policy/x",
        ),
        ("aws_s3_object", "scripts/a.py", {"bucket": "lake", "key": "scripts/a.py"}, "lake/scripts/a.py"),
        ("aws_cloudwatch_event_target", "rule-t1", {"rule": "rule", "target_id": "t1"}, "rule/t1"),
        ("aws_route_table_association", "rtbassoc-1", {}, ""),
        ("aws_secretsmanager_secret_version", "arn|v1", {}, ""),
    ],
)
def test_the_id_follows_the_types_rule(kind: str, value: str, identity: dict[str, str], expected: str) -> None:
    assert import_id(kind, "id", value, identity) == expected


def test_a_secret_value_is_never_imported() -> None:
    rule = rule_for("aws_secretsmanager_secret_version")
    assert "password" in rule.why_not
    assert rule.overwrites


@pytest.mark.parametrize("kind", sorted(RULES))
def test_every_exception_has_a_way_or_a_reason(kind: str) -> None:
    rule = RULES[kind]
    assert rule.template or rule.why_not


@pytest.mark.parametrize("kind", types_of_the_tree())
def test_every_type_of_the_tree_can_come_back(kind: str) -> None:
    rule = rule_for(kind)
    assert rule.template or rule.overwrites


def test_blocks_are_written_once_per_address() -> None:
    text = import_blocks([Import("aws_vpc.a", "vpc-1"), Import('aws_subnet.b["0"]', "s"), Import("aws_vpc.a", "vpc-2")])
    assert text == 'import {\n  to = aws_vpc.a\n  id = "vpc-2"\n}\nimport {\n  to = aws_subnet.b["0"]\n  id = "s"\n}\n'


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_no_id_can_become_an_expression(text: str) -> None:
    block = import_blocks([Import("aws_vpc.a", text)])
    assert "${" not in block.replace("$${", "")
    assert "%{" not in block.replace("%%{", "")
