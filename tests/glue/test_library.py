"""The zip that the jobs share, and rules that its code keeps."""

import ast
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from glue_scripts.build import build
from glue_scripts.lake.contracts import CONTRACTS
from glue_scripts.lake.sinks.hudi import write_options

SCRIPTS = Path(__file__).parents[2] / "glue_scripts"
SOURCES = sorted((SCRIPTS / "lake").rglob("*.py"))


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """A copy of glue_scripts without what was built."""
    return Path(
        shutil.copytree(SCRIPTS, tmp_path / "glue_scripts", ignore=shutil.ignore_patterns("dist", "__pycache__"))
    )


def test_the_same_sources_give_the_same_bytes(scripts: Path):
    first = build(scripts).read_bytes()
    for path in scripts.rglob("*.py"):
        path.touch()
        path.chmod(0o600)
    assert build(scripts).read_bytes() == first
    (scripts / "lake/rules.py").write_text("# changed")
    assert build(scripts).read_bytes() != first


def test_it_holds_the_library_and_nothing_else(scripts: Path):
    (scripts / "lake/notes.txt").write_text("not code")
    names = zipfile.ZipFile(build(scripts)).namelist()
    assert names == sorted(
        ["glue_scripts/__init__.py", *(f"glue_scripts/{p.relative_to(SCRIPTS).as_posix()}" for p in SOURCES)]
    )


def test_without_a_library_nothing_is_packed(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        build(tmp_path)


def test_a_job_finds_the_library_in_the_zip_alone(scripts: Path, tmp_path: Path):
    archive = build(scripts)
    script = shutil.copy(SCRIPTS / "jobs/service.py", tmp_path / "job.py")
    # As Glue does: the script on its own, the zip on the path, nothing of the repository in sight.
    ran = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys, runpy; sys.path.insert(0, {str(archive)!r}); "
         f"sys.argv = ['job.py', '--JOB_NAME', 'x']; runpy.run_path({str(script)!r}, run_name='__main__')"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 1
    assert "ARGUMENT-MISSING" in ran.stderr
    assert str(archive) in ran.stderr


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_raw_text_is_never_cast_in_a_way_that_can_kill_the_job(path: Path):
    """Under ANSI mode a bare cast of '$1,234.56' ends the job; without it the same cast gives NULL."""
    code = path.read_text()
    assert re.findall(r"\.cast\(|\.astype\(|to_date\(|to_timestamp\(|(?<!try_)\b(cast|element_at)\(", code) == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_nothing_of_glue_is_needed_to_run(path: Path):
    assert "awsglue" not in path.read_text()


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_every_refusal_says_what_to_do(path: Path):
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    refusals = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "BatchRefusedError"]
    assert all("next_step" in {each.arg for each in call.keywords} for call in refusals)


def test_hudi_is_told_to_order_by_what_replication_delivers():
    options = write_options(CONTRACTS["sales_order"], mode_of("upsert"), database="")
    assert options["hoodie.datasource.write.operation"] == "upsert"
    assert options["hoodie.datasource.write.recordkey.field"] == "order_id"
    assert (
        options["hoodie.datasource.write.precombine.field"] == options["hoodie.payload.ordering.field"] == "_change_seq"
    )
    assert options["hoodie.datasource.write.payload.class"].endswith(".DefaultHoodieRecordPayload")
    assert options["hoodie.datasource.write.table.type"] == "COPY_ON_WRITE"
    assert options["hoodie.write.table.version"] == "6"
    assert not [name for name in options if "hive_sync" in name]


def test_with_a_catalog_database_the_writer_describes_the_table_itself():
    options = write_options(CONTRACTS["sales_order"], mode_of("first"), database="lake_curated")
    assert options["hoodie.datasource.write.operation"] == "bulk_insert"
    assert options["hoodie.datasource.hive_sync.database"] == "lake_curated"
    assert options["hoodie.datasource.hive_sync.mode"] == "hms"


def mode_of(name: str):
    from glue_scripts.lake.batch import Mode

    return Mode(name)
