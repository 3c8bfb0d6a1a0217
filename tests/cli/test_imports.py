"""Start-up stays cheap: help and version load none of the heavy libraries, and no command that was not called."""

import subprocess
import sys

import pytest

HEAVY = ("textual", "boto3", "botocore", "moto", "pyspark", "psycopg", "rich", "questionary", "prompt_toolkit")

PROBE = """
import sys
from autocorp_wizard.cli.app import run
code = run(sys.argv[1:], lambda settings, environment: 0)
heavy = [name for name in sys.modules if name.split(".")[0] in {heavy!r}]
assert not heavy, heavy[:5]
raise SystemExit(code)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["version"],
        ["version", "--json"],
        ["plan", "--help"],
        ["env", "--help"],
        ["preflight", "--help"],
        ["waive", "--help"],
        ["runs", "list"],
    ],
)
def test_light_commands_load_nothing_heavy(arguments, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(heavy=HEAVY), "--home", str(tmp_path), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
