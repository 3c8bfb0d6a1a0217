"""The local twin: the job that Glue runs, from anybody's terminal."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


def twin(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "glue_scripts.run", *arguments]
    return subprocess.run(argv, cwd=REPOSITORY, capture_output=True, text=True, check=False, env=env)


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
    incoming = tmp_path / "raw/csv/customers"
    incoming.mkdir(parents=True)
    (incoming / "customers.csv").write_text(
        "first_name,last_name,email,phone,address,city,state,zip\nAnn,Lee,ann@x.org,,,,,\nBo,,bo@x.org,,,,,\n"
    )
    ran = twin(
        "csv_customers", "--raw", f"{tmp_path}/raw", "--curated", f"{tmp_path}/curated", "--sink", "parquet", "--json"
    )
    assert ran.returncode == 0, ran.stderr
    account = json.loads(ran.stdout)
    assert {"read", "written", "deleted", "folded", "set_aside", "commit", "seconds"} <= account.keys()
    assert (account["read"], account["written"], account["set_aside"]) == (2, 1, {"REQUIRED_MISSING": 1})
    assert list((tmp_path / "quarantine/csv_customers/batch=00000001").glob("*.parquet"))
