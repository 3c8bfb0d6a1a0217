"""A live environment survives what is upgraded around it: the wizard, the tree, the provider's patch level."""

import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from autocorp_wizard.adapters.provider_lock import locked_providers
from autocorp_wizard.adapters.terraform_mirror import REGISTRY, Wanted, find_mirrors
from autocorp_wizard.core.versions import terraform_platform
from tests.journeys.wizard import Document, Wizard

pytestmark = [pytest.mark.slow, pytest.mark.full]

REPOSITORY = Path(__file__).parents[2]
RECORDED = REPOSITORY / "tests" / "fixtures" / "upgrade" / "0.1.0"
RUN = "20261125T222656-bootstrap-a1ce"


@pytest.fixture
def old_tree(tmp_path: Path) -> Path:
    """The Terraform tree of version 0.1.0."""
    with tarfile.open(RECORDED / "tree.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path / "terraform"


def place_what_was_recorded(wizard: Wizard) -> None:
    folder = wizard.layout.make(wizard.layout.environment_dir("rehearsal"))
    shutil.copy(RECORDED / "environment.yaml", folder)
    shutil.copytree(RECORDED / "run", wizard.layout.make(wizard.layout.runs) / RUN)


def planned(wizard: Wizard, *options: str) -> Document:
    ran = wizard.run("plan", "foundation", "--env", "rehearsal", *options, "--json")
    assert ran.code == 0, ran.out[-3000:] + ran.err
    return ran.document


def mirror_of_a_newer_patch(folder: Path) -> Path:
    """The provider of this machine under the next patch number: what Terraform sees of an upgrade."""
    held = find_mirrors(os.environ)
    if not held or held[0].packed:
        pytest.skip("no unpacked copy of the AWS provider on this machine, so there is none to show under a new number")
    old = held[0].path / REGISTRY / Wanted().source / held[0].versions[0] / terraform_platform()
    new = folder / REGISTRY / Wanted().source / next_patch(held[0].versions[0])
    new.mkdir(parents=True)
    (new / terraform_platform()).symlink_to(old)
    return folder


def next_patch(version: str) -> str:
    major, minor, patch = version.split(".")
    return f"{major}.{minor}.{int(patch) + 1}"


def tree_that_locks_the_newer_patch(folder: Path) -> Path:
    """Today's tree with a lock file that names the next patch; the content, and so its checksum, is the same."""
    shutil.copytree(REPOSITORY / "glue_scripts", folder / "glue_scripts")
    tree = Path(shutil.copytree(REPOSITORY / "terraform", folder / "terraform"))
    lock = tree / ".terraform.lock.hcl"
    version = next(item.version for item in locked_providers(lock.read_text()) if item.address == Wanted().address)
    lock.write_text(lock.read_text().replace(f'"{version}"', f'"{next_patch(version)}"'))
    return tree


def test_an_environment_of_the_previous_version_is_planned_without_surprise_and_applied(
    old_tree: Path, tmp_path: Path, new_wizard: Callable[[str], Wizard]
) -> None:
    wizard = new_wizard("upgrade")
    place_what_was_recorded(wizard)
    assert RUN in wizard.run("runs", "list", "--json").out, "an old journal is history"
    assert wizard.run("bootstrap", "--env", "rehearsal").code == 0
    made = wizard.run(
        *("apply", "foundation", "--env", "rehearsal", "--terraform-dir", str(old_tree), "--yes", "--json")
    )
    assert made.code == 0, made.out[-3000:] + made.err
    before = wizard.run("env", "show", "rehearsal", "--json").document["applied"]["resources"]
    assert before >= 45

    plan = planned(wizard)
    assert {change["action"] for change in plan["changes"]} <= {"create", "update"}, plan["changes"]
    assert [risk for risk in plan["risks"] if risk["kind"] in ("data-loss", "replacement", "stops-replication")] == []
    if plan["changes"]:
        applied = wizard.run("apply", "foundation", "--env", "rehearsal", "--approve", plan["digest"], "--json")
        assert applied.code == 0, applied.out[-3000:] + applied.err
    assert planned(wizard)["changes"] == []

    wizard.environment["AUTOCORP_TF_PLUGIN_DIR"] = str(mirror_of_a_newer_patch(tmp_path / "mirror"))
    newer = tree_that_locks_the_newer_patch(tmp_path / "newer")
    assert planned(wizard, "--terraform-dir", str(newer))["changes"] == []
    assert wizard.run("destroy", "--env", "rehearsal", "--confirm", "rehearsal", "--json").code == 0
