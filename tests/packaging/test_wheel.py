"""The wheel alone is the product: unpacked where nothing can be written, run from an empty directory."""

import json
import os
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from autocorp_wizard.rehearsal.cloud import RehearsalCloud
from autocorp_wizard.rehearsal.source import SourceDatabase

REPOSITORY = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the checkout without asking an index for anything."""
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(out)]
    subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True)
    (found,) = out.glob("*.whl")
    return found


@pytest.fixture
def installed(wheel: Path, tmp_path: Path) -> Iterator[Path]:
    """The wheel's content in a directory that nobody can write to."""
    target = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(target)
    entries = [target, *target.rglob("*")]
    for path in entries:
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    yield target
    for path in entries:
        path.chmod(path.stat().st_mode | stat.S_IWUSR)


def run(installed: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    empty = home.parent / "empty"
    empty.mkdir(exist_ok=True)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "AUTOCORP_"))}
    env |= {"PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}
    # -P keeps the checkout, which an editable install would offer, behind the unpacked wheel.
    argv = [sys.executable, "-P", "-m", "autocorp_wizard", *arguments, "--home", str(home)]
    return subprocess.run(argv, cwd=empty, env=env, capture_output=True, text=True, check=False, timeout=300)


def test_the_wheel_carries_the_tree_without_what_grows_in_a_checkout(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "autocorp_wizard/_tree/terraform/main.tf" in names
    assert "autocorp_wizard/_tree/terraform/.terraform.lock.hcl" in names
    assert "autocorp_wizard/_tree/glue_scripts/jobs/refresh_all.py" in names
    assert "autocorp_wizard/_tree/glue_scripts/dist/autocorp_glue.zip" in names
    assert not any(name.startswith("glue_scripts/") for name in names), (
        "the jobs are cargo, not a package of the wizard"
    )
    assert any(name.endswith(".tcss") for name in names)
    assert [n for n in names if "/.terraform/" in n or n.endswith((".tfstate", ".pyc"))] == []


def test_it_plans_from_a_read_only_installation_in_an_empty_directory(installed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    try:
        version = run(installed, home, "version", "--json")
        assert version.returncode == 0, version.stderr
        made = run(installed, home, "env", "new", "trial", "--answers", str(answers(tmp_path)), "--yes")
        assert made.returncode == 0, made.stderr
        bootstrap = run(installed, home, "bootstrap", "--env", "trial", "--yes")
        assert bootstrap.returncode == 0, bootstrap.stderr
        plan = run(installed, home, "plan", "foundation", "--env", "trial", "--json")
        assert plan.returncode == 0, plan.stderr
        assert json.loads(plan.stdout)["counts"]["create"] > 40
        assert sorted(path.name for path in (home.parent / "empty").iterdir()) == []
    finally:
        RehearsalCloud(home).stop()
        SourceDatabase(home).remove()


def answers(tmp_path: Path) -> Path:
    """An answers file for an environment on the rehearsal cloud."""
    path = tmp_path / "answers.yaml"
    path.write_text("preset: dev\ncloud: rehearsal\n")
    return path
