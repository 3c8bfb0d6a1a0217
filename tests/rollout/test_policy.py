"""The generated policies: they cover what was measured, on the environment's names, and nothing else."""

import ast
import importlib.util
import json
import re
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType

import pytest

from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.iam_actions import permissions
from autocorp_wizard.core.policy import SIZE_LIMIT
from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rollout.policy import (
    LOOKS,
    RARE_CHANGES,
    WIZARD_CALLS,
    calls,
    measured,
    measured_in_all,
    policy_for,
)
from tests.core.test_imports import types_of_the_tree

ROOT = Path(__file__).parents[2]
ACCOUNT = "123456789012"
GIVEN: dict[str, Json] = {"cloud": "aws", "account_id": ACCOUNT, "region": "eu-central-1"}
DEV = Environment("dev", GIVEN | {"lock_table": "terraform-locks"})
READS = re.compile(r"^[a-z0-9-]+:(Get|List|Describe|BatchGet|View|Simulate)")


def statements(environment: Environment, kind: str) -> list[dict[str, object]]:
    return [each for document in policy_for(environment, kind) for each in document["Statement"]]  # type: ignore[union-attr,misc]


def actions(environment: Environment, kind: str) -> set[str]:
    return {action for statement in statements(environment, kind) for action in statement["Action"]}  # type: ignore[attr-defined]


def allowed(environment: Environment, kind: str, action: str) -> bool:
    return any(fnmatchcase(action, pattern) for pattern in actions(environment, kind))


@pytest.mark.parametrize("kind", types_of_the_tree())
def test_every_type_of_the_tree_was_measured(kind: str) -> None:
    assert measured().get(kind), "run scripts/measure_actions.py"


def test_deploy_covers_every_measured_call() -> None:
    lacking = [call for call in calls() for each in permissions(call) if not allowed(DEV, "deploy", each)]
    assert lacking == []
    assert len(measured_in_all()) > 100


def test_nothing_is_granted_that_nobody_asks_for() -> None:
    needed = {each for call in calls() for each in permissions(call)}
    for action in actions(DEV, "deploy"):
        pattern = re.compile(re.escape(action).replace(r"\*", ".*") + "$")
        assert any(pattern.match(each) for each in needed), action


def test_no_statement_is_a_wildcard_over_everything() -> None:
    for statement in statements(DEV, "deploy"):
        for action in statement["Action"]:  # type: ignore[attr-defined]
            reads = READS.match(action)
            everywhere = statement["Resource"] == ["*"]
            assert reads or not everywhere or statement.get("Condition") or action.startswith("route53:"), action
            assert action != "*"
            assert not action.endswith(":*")


def test_resources_carry_the_environments_names() -> None:
    text = json.dumps(policy_for(DEV))
    for name in (
        "autocorp-dev-*",
        "autocorp/dev/postgres/password",
        DEV.state_bucket,
        f"autocorp-datalake-dev-{ACCOUNT}",
    ):
        assert name in text
    assert not re.search(r"\{[a-z_]+\}", text)
    assert "prod" not in text


def test_state_of_other_environments_is_out_of_reach() -> None:
    [state] = [statement for statement in statements(DEV, "deploy") if statement["Sid"] == "State"]
    assert all("/dev/" in str(resource) for resource in state["Resource"])  # type: ignore[attr-defined]


def test_read_only_reads_and_tells_no_secret() -> None:
    granted = actions(DEV, "read-only")
    assert all(READS.match(action) for action in granted)
    assert not allowed(DEV, "read-only", "secretsmanager:GetSecretValue")
    assert allowed(DEV, "read-only", "s3:GetObject")
    [state] = [s for s in statements(DEV, "read-only") if "s3:GetObject" in s["Action"]]  # type: ignore[operator]
    assert all(DEV.state_bucket in str(resource) for resource in state["Resource"])  # type: ignore[attr-defined]


@pytest.mark.parametrize("call", sorted(LOOKS))
def test_read_only_is_enough_for_a_status_and_for_every_probe(call: str) -> None:
    assert all(allowed(DEV, "read-only", each) for each in permissions(call))


def test_without_a_lock_table_dynamodb_is_not_asked_for() -> None:
    plain = Environment("dev", GIVEN)
    assert not any(action.startswith("dynamodb:") for action in actions(plain, "deploy"))
    assert any(action.startswith("dynamodb:") for action in actions(DEV, "deploy"))


@pytest.mark.parametrize("kind", ["deploy", "read-only"])
def test_each_document_fits_into_a_managed_policy(kind: str) -> None:
    longest = Environment("a-very-long-name-abc", GIVEN | {"lock_table": "l" * 60, "project_name": "autocorp"})
    for document in policy_for(longest, kind):
        assert len(json.dumps(document, separators=(",", ":"))) <= SIZE_LIMIT
        assert document["Version"] == "2012-10-17"
    sids = [str(statement["Sid"]) for statement in statements(longest, kind)]
    assert len(sids) == len(set(sids))


def test_the_other_partitions_have_arns_of_their_own() -> None:
    china = Environment("dev", GIVEN | {"region": "cn-north-1"})
    assert "arn:aws:" not in json.dumps(policy_for(china))


def test_rare_changes_belong_to_types_of_the_tree() -> None:
    assert set(RARE_CHANGES) <= set(types_of_the_tree())


def calls_in_the_code() -> set[str]:
    """Read `access.call("s3", "put_object", ...)` and its like out of the wizard's own code."""
    found: set[str] = set()
    for path in sorted((ROOT / "autocorp_wizard").rglob("*.py")):
        if "rehearsal" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                words = [a.value for a in node.args[:3] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in {"call", "pages", "_exists", "entries"} and len(words) >= 2:
                    found.add(f"{words[0]}:{words[1].replace('_', '').lower()}")
    return found


def test_what_the_wizards_own_code_calls_is_listed() -> None:
    prefixes = {"resourcegroupstaggingapi": "tag", "service-quotas": "servicequotas"}
    listed = {call.lower() for call in WIZARD_CALLS | LOOKS}
    found = {f"{prefixes.get(s, s)}:{o}" for s, _, o in (call.partition(":") for call in calls_in_the_code())}
    assert found
    assert found - listed == set()


def measurement() -> ModuleType:
    spec = importlib.util.spec_from_file_location("measure_actions", ROOT / "scripts" / "measure_actions.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.full
def test_a_whole_cycle_asks_for_nothing_that_the_policy_lacks(own_cloud: RehearsalCloud, tmp_path: Path) -> None:
    by_type, in_all = measurement().measure(own_cloud, tmp_path, home=tmp_path / "own-home")
    asked = in_all | {call for calls in by_type.values() for call in calls}
    assert [call for call in sorted(asked) for each in permissions(call) if not allowed(DEV, "deploy", each)] == []
