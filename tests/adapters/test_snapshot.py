"""A run works in a private copy of the tree that is named by its content."""

import shutil
import stat
import zipfile
from pathlib import Path

import pytest

from autocorp_wizard.adapters.snapshot import (
    LOCK_FILE,
    Tree,
    content_hash,
    open_snapshot,
    operator_tree,
    packaged_tree,
    take_snapshot,
)
from autocorp_wizard.core.errors import UsageError, WizardError


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    root = tmp_path / "source" / "terraform"
    (root / "modules/s3/tests").mkdir(parents=True)
    (root / ".terraform/providers").mkdir(parents=True)
    (root / "main.tf").write_text("# main")
    (root / "terraform.tfvars").write_text("a = 1")
    (root / LOCK_FILE).write_text("# locked")
    (root / "modules/s3/main.tf").write_text("# s3")
    scripts = root.parent / "glue_scripts"
    scripts.mkdir()
    (scripts / "job.py").write_text("pass")
    return operator_tree(root)


def names(directory: Path) -> list[str]:
    return sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file())


def test_the_copy_holds_what_terraform_needs_and_nothing_else(tree: Tree, tmp_path: Path):
    for name in (
        ".terraform/providers/x",
        "modules/s3/tests/s3.tftest.hcl",
        "terraform.tfstate",
        "terraform.tfstate.1.backup",
        "errored.tfstate",
        "prod.secret.tfvars",
        "crash.log",
    ):
        (tree.terraform / name).write_text("left out")
    snapshot = take_snapshot(tree, tmp_path / "snapshots")
    assert names(snapshot.directory.parent) == [
        "glue_scripts/job.py",
        "terraform/.terraform.lock.hcl",
        "terraform/main.tf",
        "terraform/modules/s3/main.tf",
        "terraform/terraform.tfvars",
    ]
    assert snapshot.directory == tmp_path / "snapshots" / snapshot.hash / "terraform"


def test_the_copy_is_private(tree: Tree, tmp_path: Path):
    snapshot = take_snapshot(tree, tmp_path / "snapshots")
    assert stat.S_IMODE(snapshot.directory.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "snapshots").stat().st_mode) == 0o700


def test_the_same_content_has_the_same_name_wherever_and_whenever(tree: Tree, tmp_path: Path):
    first = take_snapshot(tree, tmp_path / "snapshots")
    for path in tree.terraform.rglob("*"):
        path.touch()
    (tree.terraform / "terraform.tfstate").write_text("left out")
    inode = first.directory.stat().st_ino
    assert take_snapshot(tree, tmp_path / "snapshots") == first
    assert first.directory.stat().st_ino == inode
    assert take_snapshot(tree, tmp_path / "elsewhere").hash == first.hash


@pytest.mark.parametrize("name", ["main.tf", "modules/s3/main.tf", "../glue_scripts/job.py", LOCK_FILE, "new.tf"])
def test_any_other_content_has_another_name(tree: Tree, tmp_path: Path, name: str):
    before = take_snapshot(tree, tmp_path / "snapshots")
    (tree.terraform / name).write_text("changed")
    assert take_snapshot(tree, tmp_path / "snapshots").hash != before.hash


def test_a_file_that_only_changed_its_name_or_its_right_to_run_is_other_content(tree: Tree, tmp_path: Path):
    hashes = {take_snapshot(tree, tmp_path / "snapshots").hash}
    (tree.terraform / "main.tf").rename(tree.terraform / "root.tf")
    hashes.add(take_snapshot(tree, tmp_path / "snapshots").hash)
    (tree.terraform / "root.tf").chmod(0o755)
    hashes.add(take_snapshot(tree, tmp_path / "snapshots").hash)
    assert len(hashes) == 3


def test_editing_the_source_after_planning_does_not_change_what_was_planned(tree: Tree, tmp_path: Path):
    snapshot = take_snapshot(tree, tmp_path / "snapshots")
    (tree.terraform / "main.tf").write_text("# edited")
    assert (snapshot.directory / "main.tf").read_text() == "# main"
    assert open_snapshot(tmp_path / "snapshots", snapshot.hash) == snapshot


def test_a_copy_that_somebody_edited_is_refused_and_taken_anew(tree: Tree, tmp_path: Path):
    snapshot = take_snapshot(tree, tmp_path / "snapshots")
    (snapshot.directory / "main.tf").write_text("# edited")
    with pytest.raises(WizardError) as refused:
        open_snapshot(tmp_path / "snapshots", snapshot.hash)
    assert refused.value.code == "SNAPSHOT-CHANGED"
    assert take_snapshot(tree, tmp_path / "snapshots") == snapshot
    assert (snapshot.directory / "main.tf").read_text() == "# main"
    assert [path.name for path in (tmp_path / "snapshots").iterdir()] == [snapshot.hash]


def test_what_terraform_leaves_in_its_directory_does_not_change_the_name(tree: Tree, tmp_path: Path):
    snapshot = take_snapshot(tree, tmp_path / "snapshots")
    (snapshot.directory / "errored.tfstate").write_text("{}")
    assert open_snapshot(tmp_path / "snapshots", snapshot.hash) == snapshot


def test_an_environment_can_have_its_own_provider_lock(tree: Tree, tmp_path: Path):
    own = take_snapshot(tree, tmp_path / "snapshots", lock_file=b"# own")
    assert (own.directory / LOCK_FILE).read_text() == "# own"
    assert own.hash != take_snapshot(tree, tmp_path / "snapshots").hash


def test_a_read_only_installation_is_copied_to_files_that_can_be_deleted_again(tree: Tree, tmp_path: Path):
    for path in (tree.terraform / "main.tf", tree.terraform / "modules/s3/main.tf"):
        path.chmod(0o444)
    snapshot = take_snapshot(tree, tmp_path / "snapshots")
    assert stat.S_IMODE((snapshot.directory / "main.tf").stat().st_mode) == 0o600


def test_modules_behind_links_are_copied_and_a_circle_of_links_ends(tree: Tree, tmp_path: Path):
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "main.tf").write_text("# shared")
    (shared / "again").symlink_to(shared)
    (tree.terraform / "modules/shared").symlink_to(shared)
    snapshot = take_snapshot(tree, tmp_path / "snapshots")
    copied = snapshot.directory / "modules/shared/main.tf"
    assert copied.read_text() == "# shared"
    assert not copied.is_symlink()


def test_a_directory_that_cannot_be_written_says_so_and_leaves_nothing(tree: Tree, tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WizardError) as refused:
        take_snapshot(tree, tmp_path / "file")
    assert refused.value.code == "SNAPSHOT-FAILED"


def test_a_copy_that_breaks_off_leaves_nothing_behind(tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("autocorp_wizard.adapters.snapshot.shutil.copyfile", full)
    with pytest.raises(WizardError) as refused:
        take_snapshot(tree, tmp_path / "snapshots")
    assert "No space left" in refused.value.why
    assert list((tmp_path / "snapshots").iterdir()) == []


def test_a_directory_without_terraform_files_is_no_tree(tmp_path: Path):
    for directory in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(UsageError) as refused:
            operator_tree(directory)
        assert refused.value.code == "TREE-NOT-FOUND"


def test_the_packaged_tree_is_the_one_beside_the_program(tmp_path: Path):
    tree = packaged_tree()
    assert (tree.terraform / "main.tf").is_file()
    snapshot = take_snapshot(tree, tmp_path)
    assert (snapshot.directory / "modules/s3/main.tf").is_file()
    assert content_hash(snapshot.directory.parent) == snapshot.hash


def test_an_installed_package_brings_its_tree_along_and_needs_no_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    package = tmp_path / "site-packages/autocorp_wizard"
    (package / "_tree/terraform").mkdir(parents=True)
    (package / "_tree/glue_scripts").mkdir()
    (package / "_tree/terraform/main.tf").write_text("# main")
    (package / "_tree/glue_scripts/job.py").write_text("pass")
    monkeypatch.setattr("autocorp_wizard.adapters.snapshot.autocorp_wizard.__file__", str(package / "__init__.py"))
    tree = packaged_tree()
    assert tree.origin == "the installed package"
    assert names(take_snapshot(tree, tmp_path / "home").directory.parent) == [
        "glue_scripts/job.py",
        "terraform/main.tf",
    ]
    (package / "_tree/terraform/main.tf").unlink()
    with pytest.raises(WizardError) as missing:
        packaged_tree()
    assert missing.value.code == "TREE-MISSING"


def test_a_copy_brings_the_jobs_library_built_from_the_very_sources_in_it(tmp_path: Path):
    checkout = packaged_tree()
    fresh = take_snapshot(checkout, tmp_path / "snapshots").directory.parent / "glue_scripts"
    with zipfile.ZipFile(fresh / "dist/autocorp_glue.zip") as library:
        packed = {name: library.read(name) for name in library.namelist()}
    assert packed["glue_scripts/lake/pipeline.py"] == (fresh / "lake/pipeline.py").read_bytes()
    assert {f"glue_scripts/{path.relative_to(fresh).as_posix()}" for path in (fresh / "lake").rglob("*.py")} < set(
        packed
    )


def test_a_library_that_is_older_than_its_sources_is_not_taken(tmp_path: Path):
    root = tmp_path / "terraform"
    root.mkdir()
    (root / "main.tf").write_text("# main")
    scripts = Path(shutil.copytree(dict(packaged_tree().beside)["glue_scripts"], tmp_path / "glue_scripts"))
    (scripts / "dist").mkdir(exist_ok=True)
    (scripts / "dist/autocorp_glue.zip").write_bytes(b"of yesterday")
    taken = take_snapshot(operator_tree(root), tmp_path / "snapshots").directory.parent
    assert zipfile.is_zipfile(taken / "glue_scripts/dist/autocorp_glue.zip")
    assert (scripts / "dist/autocorp_glue.zip").read_bytes() == b"of yesterday", "the source tree is never written to"
