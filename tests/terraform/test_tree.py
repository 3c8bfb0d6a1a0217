"""The tree's own rules, read from the HCL: what a reader may rely on in every module."""

import re
from pathlib import Path

import hcl2
import pytest
from hcl2.utils import SerializationOptions

from autocorp_wizard.core.presets import PRESETS, Preset
from tests.terraform.workbench import TREE

MODULES = sorted(path for path in (TREE / "modules").iterdir() if path.is_dir())
DIRECTORIES = [TREE, *MODULES]
# What existing automation uses.
KEPT_OUTPUTS = {
    "data_lake_bucket_id",
    "datasync_role_arn",
    "dms_role_arn",
    "glue_role_arn",
    "postgres_password_secret_arn",
    "postgres_password_secret_name",
}
KEPT_INPUTS = {
    "datasync_agent_arns",
    "enable_datasync",
    "enable_dms",
    "enable_glue_crawlers",
    "enable_s3_versioning",
    "environment",
    "glue_crawler_schedule",
    "postgres_database",
    "postgres_host",
    "postgres_username",
    "project_name",
    "s3_lifecycle_days",
}


def _document(path: Path) -> dict[str, object]:
    options = SerializationOptions(strip_string_quotes=True, with_comments=False)
    with path.open(encoding="utf-8") as source:
        return dict(hcl2.load(source, serialization_options=options))


def _blocks(path: Path, kind: str) -> dict[str, dict[str, object]]:
    found = _document(path).get(kind, [])
    assert isinstance(found, list)
    return {name: body for block in found for name, body in block.items()}


@pytest.mark.parametrize("directory", DIRECTORIES, ids=lambda path: path.name)
def test_a_module_is_complete(directory: Path) -> None:
    for name in ("main.tf", "outputs.tf", "variables.tf", "versions.tf", "README.md"):
        assert (directory / name).is_file(), name
    assert list((directory / "tests").glob("*.tftest.hcl"))


@pytest.mark.parametrize("directory", DIRECTORIES, ids=lambda path: path.name)
def test_inputs_and_outputs_are_described_typed_and_in_order(directory: Path) -> None:
    for kind, wanted in (("variable", ("type", "description")), ("output", ("description", "value"))):
        blocks = _blocks(directory / f"{kind}s.tf", kind)
        assert list(blocks) == sorted(blocks)
        for name, body in blocks.items():
            assert tuple(body)[:2] == wanted, name
            assert "any" not in re.findall(r"\w+", str(body.get("type", ""))), f"{name} is not typed to the leaf"


def test_every_input_of_the_root_has_a_default_and_is_null_only_where_null_means_something() -> None:
    means_something = {
        "account_id",
        "data_lake_bucket_name",
        "dms_engine_version",
        "postgres_ca_certificate_pem",
        "datasync_custom_schedule",
        "postgres_host",
        "postgres_password",
        "s3_replication",
        "vpc_id",
    }
    for name, body in _blocks(TREE / "variables.tf", "variable").items():
        assert "default" in body, name
        assert (body.get("nullable") is False) == (name not in means_something), name
        assert body["type"] == "bool" or "validation" in body, f"{name} has no validation"


@pytest.mark.parametrize("directory", DIRECTORIES, ids=lambda path: path.name)
def test_every_validation_has_a_test_in_which_it_refuses(directory: Path) -> None:
    text = (directory / "tests/validations.tftest.hcl").read_text(encoding="utf-8")
    expected = re.findall(r"expect_failures = \[([^\]]*)\]", text)
    for name, body in _blocks(directory / "variables.tf", "variable").items():
        validations = body.get("validation", [])
        assert isinstance(validations, list)
        refused = sum(bool(re.search(rf"var\.{name}\b", names)) for names in expected)
        assert refused >= len(validations), f"{name}: {len(validations)} validations, refused in {refused} runs"


def test_what_existing_automation_uses_keeps_its_name() -> None:
    assert set(_blocks(TREE / "variables.tf", "variable")) >= KEPT_INPUTS
    assert set(_blocks(TREE / "outputs.tf", "output")) >= KEPT_OUTPUTS


def test_the_tree_knows_nothing_of_an_emulator() -> None:
    for path in TREE.rglob("*.tf*"):
        if "tests" not in path.parts:
            text = path.read_text(encoding="utf-8")
            for word in ("127.0.0.1", "localhost", "skip_", "endpoints {", "path_style", "rehears", "moto"):
                assert word not in text, f"{path.relative_to(TREE)} holds {word}"


def test_nothing_is_locked_for_every_environment_alike() -> None:
    for path in TREE.rglob("*.tf"):
        assert "prevent_destroy" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("preset", list(Preset))
def test_a_preset_says_the_same_in_its_tfvars_and_in_the_wizard(preset: Preset) -> None:
    said = _document(TREE / f"environments/{preset}.tfvars")
    assert said.pop("environment") == preset
    assert said == dict(PRESETS[preset])


def test_presets_really_differ() -> None:
    dev, staging, prod = (_document(TREE / f"environments/{preset}.tfvars") for preset in Preset)
    for one, other in ((dev, staging), (staging, prod), (dev, prod)):
        assert sum(one[name] != other[name] for name in one) >= 5


def test_the_lock_file_pins_the_provider_for_other_platforms_too() -> None:
    lock = (TREE / ".terraform.lock.hcl").read_text(encoding="utf-8")
    assert len(re.findall(r'"zh:[0-9a-f]{64}"', lock)) == 15
    assert len(re.findall(r'"h1:[A-Za-z0-9+/]{43}="', lock)) == 2
