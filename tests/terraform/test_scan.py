"""The security scanner: what it passes over has a reason that people can read, and it does find what is wrong."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.terraform.workbench import TREE

REPOSITORY = TREE.parent
SCAN = REPOSITORY / "scripts/terraform-scan.sh"
_SKIP = re.compile(r"#\s*checkov:skip=(\w+):(.*)")


def _skips() -> list[tuple[str, str]]:
    return [
        (check, reason.strip())
        for path in TREE.rglob("*.tf")
        for check, reason in _SKIP.findall(path.read_text(encoding="utf-8"))
    ]


def test_every_skip_has_a_reason_and_stands_in_the_readme() -> None:
    readme = (TREE / "README.md").read_text(encoding="utf-8")
    listed = readme.partition("<!-- BEGIN SKIPS -->")[2].partition("<!-- END SKIPS -->")[0]
    rows = [line for line in listed.splitlines() if line.startswith("| CKV")]
    assert len(rows) == len(_skips()) > 0
    for check, reason in _skips():
        assert len(reason.split()) >= 4, f"{check}: {reason!r} is no reason"
        assert any(row.startswith(f"| {check} |") and row.endswith(f"| {reason} |") for row in rows), check


def test_no_file_is_skipped_as_a_whole() -> None:
    # Above the first block a skip would count for the whole file.
    for path in TREE.rglob("*.tf"):
        above = re.split(r"^\w+[^\n]*\{$", path.read_text(encoding="utf-8"), maxsplit=1, flags=re.MULTILINE)[0]
        assert "checkov:skip" not in above, path.name


@pytest.mark.full
def test_the_scanner_finds_what_is_planted(tmp_path: Path) -> None:
    if not (REPOSITORY / ".venv-scan").is_dir():
        pytest.skip("the scanner is not installed; `make scan` installs it")
    planted = tmp_path / "terraform"
    shutil.copytree(TREE, planted, ignore=shutil.ignore_patterns(".terraform"))
    policy = planted / "modules/s3/main.tf"
    text = policy.read_text(encoding="utf-8")
    assert text.count("block_public_acls       = true") == 2
    policy.write_text(
        text.replace("block_public_acls       = true", "block_public_acls       = false"), encoding="utf-8"
    )
    found = subprocess.run([SCAN, planted], capture_output=True, text=True, check=False, timeout=300)
    assert found.returncode == 1
    assert "CKV_AWS_53" in found.stdout
