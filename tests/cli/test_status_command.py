"""`status` as it is called: one screen of text, one document, lines under --watch, and its exit codes."""

import json
import signal
import subprocess
from pathlib import Path

import pytest

from autocorp_wizard.cli.status_lines import lines_of
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.status import Report
from autocorp_wizard.core.status_rows import screen_of
from autocorp_wizard.operate.observing import observe
from tests.cli.command import PROGRAM, call, environ, judge
from tests.operate.healthy import HEALTHY, figures
from tests.operate.modelled import NOW, Refusal, look

MODULES = [("s3", True)]


def whole(**changes: object) -> Report:
    return observe(look(HEALTHY | changes), modules=MODULES)


@pytest.mark.parametrize("width", [40, 80, 160])
def test_a_whole_lake_fits_a_screen(width: int):
    lines = [text for text, _ in lines_of(screen_of(whole(), NOW), width)]
    assert len(lines) <= 23
    assert all(len(line) <= width for line in lines)


def test_what_is_wrong_can_be_read_at_80_columns():
    found = whole(
        **{
            "cloudwatch:GetMetricData": figures(lag=[400.0, 500.0]),
            "datasync:DescribeAgent": {"Status": "OFFLINE"},
            "glue:GetJobRuns": Refusal("AccessDeniedException"),
        }
    )
    text = "\n".join(line for line, _ in lines_of(screen_of(found, NOW), 80))
    assert "FAIL DMS" in text
    assert "agent OFFLINE" in text
    assert "AWS refuses glue:GetJobRuns" in text
    assert "Verdict: broken" in text


def test_what_is_well_has_no_colour_and_what_is_not_has():
    lines = dict(lines_of(screen_of(whole(**{"datasync:DescribeAgent": {"Status": "OFFLINE"}}), NOW), 120))
    tones = {text.split()[1]: tone for text, tone in lines.items() if text.startswith(("ok ", "FAIL"))}
    assert tones["DataSync"] == "error"
    assert tones["Secret"] == ""


def test_every_phase_is_in_the_title_until_all_are():
    assert "all four phases" in screen_of(whole(), NOW).title
    part = Report("dev", "aws", "dev", NOW, (Phase.FOUNDATION, Phase.GLUE))
    assert "phases: foundation, glue" in screen_of(part, NOW).title


@pytest.mark.slow
def test_an_empty_rehearsal_has_nothing_to_prove(cloud_home: Path, cloud):
    done = call(cloud_home, "status", "--env", "rehearsal", "--json")
    assert done.code == 5, done.err
    document = done.document()
    assert document["verdict"] == "not-deployed"
    assert document["phases"] == []
    watched = call(cloud_home, "status", "--env", "rehearsal", "--json", "--watch", "--every", "5", "--times", "1")
    [line] = watched.out.splitlines()
    judge(json.loads(line), "status")
    assert watched.code == 5
    words = call(cloud_home, "status", "--env", "rehearsal", "--no-color")
    assert "phase 3 (dms) is not deployed" in words.out
    assert words.out.splitlines()[-1].startswith("Verdict: not-deployed")


@pytest.mark.slow
def test_a_watch_ends_with_ctrl_c_between_whole_documents(cloud_home: Path, cloud):
    watch = subprocess.Popen(
        [str(PROGRAM), "--home", str(cloud_home), "status", "--env", "rehearsal", "--json", "--watch"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environ(),
    )
    assert watch.stdout is not None
    first = watch.stdout.readline()
    watch.send_signal(signal.SIGINT)
    rest, errors = watch.communicate(timeout=60)
    assert watch.returncode == 130
    assert "Traceback" not in errors
    for line in [first, *rest.splitlines()]:
        judge(json.loads(line), "status")


@pytest.mark.parametrize(
    "arguments", [("--watch", "--times", "0"), ("--times", "2"), ("--every", "60"), ("--watch", "--every", "1")]
)
def test_what_makes_no_watch_is_a_usage_error(tmp_path: Path, arguments: tuple[str, ...]):
    done = call(tmp_path / "home", "status", "--env", "rehearsal", *arguments, "--json")
    assert done.code == 2
    assert done.document()["error"]["code"] == "USAGE"


def test_without_an_environment_it_says_how_to_make_one(tmp_path: Path):
    done = call(tmp_path / "home", "status", "--json")
    assert done.code == 2
    assert done.document()["error"]["code"] == "ENVIRONMENT-MISSING"


@pytest.mark.parametrize("option", ["", "--plain", "--json"])
def test_the_dashboard_wants_a_terminal_and_says_what_does_without(tmp_path: Path, option: str):
    done = call(tmp_path, "dashboard", "--env", "rehearsal", *filter(None, [option]))
    assert done.code == 2
    assert "status --watch" in done.err + done.out
