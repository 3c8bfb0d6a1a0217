"""The local twin: the job that Glue runs, from anybody's terminal."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from glue_scripts.build import build
from glue_scripts.jars import JarMissingError, hudi_bundle
from glue_scripts.lake.session import HUDI_CONF
from glue_scripts.local import java_is_here

REPOSITORY = Path(__file__).parents[2]


def twin(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "glue_scripts.run", *arguments]
    return subprocess.run(argv, cwd=REPOSITORY, capture_output=True, text=True, check=False, env=env)


def one_customer(root: Path, *more: str) -> None:
    """Write the export of customers below the raw zone of `root`: one good row, and `more`."""
    incoming = root / "raw/csv/customers"
    incoming.mkdir(parents=True)
    rows = ["first_name,last_name,email,phone,address,city,state,zip", "Ann,Lee,ann@x.org,,,,,", *more]
    (incoming / "customers.csv").write_text("".join(f"{row}\n" for row in rows))


def needs_spark() -> None:
    pytest.importorskip("pyspark", reason="Spark is not installed: pip install autocorp-wizard[glue]")
    if not java_is_here():
        pytest.skip("Spark needs Java, and there is none on this machine")


def test_a_window_that_is_none_is_said_before_spark_is_started(tmp_path: Path):
    ran = twin("service", "--raw", str(tmp_path), "--curated", str(tmp_path), "--window", "2024", "--json")
    assert ran.returncode == 2
    assert json.loads(ran.stdout)["error"]["code"] == "ARGUMENT-INVALID"
    assert "2021-06-07..2024-12-31" in ran.stderr


def test_a_table_that_nobody_knows_is_a_usage_error():
    ran = twin("sales", "--raw", "r", "--curated", "c")
    assert ran.returncode == 2
    assert "sales_order_parts" in ran.stderr


def test_a_missing_bundle_is_said_with_what_to_do(tmp_path: Path):
    ran = twin("service", "--raw", "r", "--curated", "c", env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)})
    assert ran.returncode == 3
    assert "python -m glue_scripts.jars" in ran.stderr
    assert "--sink parquet" in ran.stderr


@pytest.mark.slow
@pytest.mark.xdist_group("spark")
def test_one_batch_is_run_and_accounted_for_as_json(tmp_path: Path):
    needs_spark()
    one_customer(tmp_path, "Bo,,bo@x.org,,,,,")
    ran = twin(
        "csv_customers", "--raw", f"{tmp_path}/raw", "--curated", f"{tmp_path}/curated", "--sink", "parquet", "--json"
    )
    assert ran.returncode == 0, ran.stderr
    account = json.loads(ran.stdout)
    assert {"read", "written", "deleted", "folded", "set_aside", "commit", "seconds"} <= account.keys()
    assert (account["read"], account["written"], account["set_aside"]) == (2, 1, {"REQUIRED_MISSING": 1})
    assert list((tmp_path / "quarantine/csv_customers/batch=00000001").glob("*.parquet"))


@pytest.mark.full
@pytest.mark.xdist_group("spark")
def test_what_hudi_prints_is_no_part_of_the_json(tmp_path: Path):
    needs_spark()
    one_customer(tmp_path)
    ran = twin("csv_customers", "--raw", f"{tmp_path}/raw", "--curated", f"{tmp_path}/curated", "--json")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["written"] == 1


@pytest.mark.full
@pytest.mark.xdist_group("spark")
def test_spark_runs_the_script_with_the_zip_beside_it_as_glue_does(tmp_path: Path):
    needs_spark()
    try:
        bundle = hudi_bundle()
    except JarMissingError as error:
        pytest.skip(str(error))
    one_customer(tmp_path)
    conf = [word for key, value in HUDI_CONF.items() for word in ("--conf", f"{key}={value}")]
    (spark_home,) = find_spec("pyspark").submodule_search_locations  # type: ignore[union-attr, misc]
    submit = [f"{spark_home}/bin/spark-submit", "--master", "local[2]", "--jars", str(bundle), *conf]
    library = build(REPOSITORY / "glue_scripts")
    ran = subprocess.run(
        [
            *submit,
            *("--py-files", str(library), str(REPOSITORY / "glue_scripts/jobs/refresh_all.py")),
            *("--JOB_NAME", "refresh", "--TempDir", "s3://lake/tmp/", "--enable-metrics", "true"),
            *("--raw_root", f"{tmp_path}/raw", "--curated_root", f"{tmp_path}/curated"),
            *("--quarantine_root", f"{tmp_path}/quarantine"),
        ],
        cwd=tmp_path,
        env={**os.environ, "SPARK_HOME": spark_home, "PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    lines = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
    accounts = {line["table"]: line for line in lines if line["autocorp"] == "batch"}
    assert len(accounts) == 11
    assert accounts["csv_customers"]["written"] == 1
    assert all(line["commit"] is None for name, line in accounts.items() if name != "csv_customers")
    assert (tmp_path / "curated/hudi/csv_customers/.hoodie/hoodie.properties").is_file()
