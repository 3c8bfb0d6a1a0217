"""Checks of this machine."""

import subprocess
from pathlib import Path

import pytest

from autocorp_wizard.adapters.home import Home
from autocorp_wizard.checks import tools
from autocorp_wizard.core.environment import rehearsal_environment
from autocorp_wizard.core.preflight.record import Status
from autocorp_wizard.core.presets import Preset
from autocorp_wizard.rollout.preflight import all_checks, look_from
from tests.checks.placing import place


def test_settings_that_change_terraform_in_silence_are_named() -> None:
    seen = tools.terraform_settings(place(environ={"TF_VAR_region": "x", "TF_LOG": "TRACE", "HOME": "/"}))
    assert (seen.status, seen.remedies[0].command) == (Status.WARN, "unset TF_LOG TF_VAR_region")
    assert tools.terraform_settings(place()).status is Status.PASS


def test_a_machine_without_terraform_says_how_to_get_it(tmp_path: Path) -> None:
    seen = tools.terraform(place(root=tmp_path, environ={"PATH": str(tmp_path)}))
    assert (seen.status, seen.evidence["code"]) == (Status.FAIL, "TERRAFORM-MISSING")


def test_a_tree_without_a_lock_file_is_a_warning(tmp_path: Path) -> None:
    assert tools.providers(place(root=tmp_path)).status is Status.WARN


@pytest.mark.parametrize(("kind", "status"), [("ext4", Status.PASS), ("nfs4", Status.WARN)])
def test_the_type_of_a_file_system_is_that_of_the_longest_mount(tmp_path: Path, kind: str, status: Status) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"rootfs / rootfs rw 0 0\nhost:/x {tmp_path} {kind} rw 0 0\n")
    assert tools.file_system(tmp_path / "home", mounts) == kind
    assert (kind in tools._REMOTE) is (status is Status.WARN)


def test_a_tracked_state_is_a_failure(tmp_path: Path) -> None:
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b"]
    import os

    here = place(root=tmp_path, working=tmp_path, environ={"PATH": os.environ["PATH"], "HOME": str(tmp_path)})
    assert tools.git(here).status is Status.SKIP
    subprocess.run([*git, "init", "-q"], check=True)
    (tmp_path / "note.txt").write_text("x")
    assert (tools.git(here).status, tools.git(here).summary) == (Status.WARN, "1 file is not committed.")
    (tmp_path / "terraform.tfstate").write_text("{}")
    subprocess.run([*git, "add", "-f", "terraform.tfstate"], check=True)
    assert tools.git(here).status is Status.FAIL


def test_keys_and_a_profile_contradict_each_other() -> None:
    both = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_PROFILE": "dev"}
    assert tools.aws_profile(place(environ=both)).status is Status.WARN
    assert tools.aws_profile(place(environ={"AWS_PROFILE": "dev"})).summary == "Credentials come from profile dev."


def test_the_driver_is_there() -> None:
    assert tools.libpq().status is Status.PASS


def test_the_documentation_names_every_check() -> None:
    home, here = Home(Path("/nowhere")), rehearsal_environment(Preset.DEV)
    checks = all_checks(look_from(here, home, print, begin=False), home, print)
    text = (Path(__file__).parents[2] / "docs" / "preflight.md").read_text()
    assert len(checks) > 120
    assert [check.id for check in checks if f"`{check.id}`" not in text] == []
