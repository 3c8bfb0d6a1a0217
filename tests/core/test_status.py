"""Verdicts, judgements and promises: pure functions over what was read."""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.session import get_session

from autocorp_wizard.core import objectives, status_rules
from autocorp_wizard.core.errors import ExitCode
from autocorp_wizard.core.objectives import Query
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.status import Level, Panel, Reading, Reason, Report, Verdict, Why, worst
from autocorp_wizard.core.status_rows import screen_of
from autocorp_wizard.core.status_rules import Run

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def report(*levels: Level, phases: tuple[Phase, ...] = (Phase.FOUNDATION,)) -> Report:
    panels = tuple(
        Panel(f"p{n}", f"P{n}", (Reading("r", "R", level, f"sentence {n}", at=NOW, source="x:Y"),))
        for n, level in enumerate(levels)
    )
    return Report("dev", "aws", "dev", NOW, phases, panels)


@pytest.mark.parametrize(
    ("levels", "verdict", "code"),
    [
        ([Level.OK, Level.OFF], Verdict.KEPT, ExitCode.OK),
        ([Level.OK, Level.WARN], Verdict.WARNINGS, ExitCode.WARNINGS),
        ([Level.OK, Level.UNKNOWN], Verdict.INCONCLUSIVE, ExitCode.INCONCLUSIVE),
        # A failure may hide in what could not be looked at.
        ([Level.WARN, Level.UNKNOWN], Verdict.INCONCLUSIVE, ExitCode.INCONCLUSIVE),
        ([Level.WARN, Level.UNKNOWN, Level.FAIL], Verdict.BROKEN, ExitCode.FAILED),
    ],
)
def test_the_verdict_is_the_worst(levels: list[Level], verdict: Verdict, code: ExitCode):
    assert report(*levels).verdict is verdict
    assert report(*levels).exit_code() is code


def test_fail_on_warn_also_counts_a_warning_beside_something_unknown():
    assert report(Level.WARN, Level.UNKNOWN).exit_code(fail_on_warn=True) is ExitCode.FAILED
    assert report(Level.UNKNOWN).exit_code(fail_on_warn=True) is ExitCode.INCONCLUSIVE


def test_nothing_deployed_proves_nothing():
    assert report(Level.OK, phases=()).exit_code() is ExitCode.INCONCLUSIVE


@pytest.mark.parametrize("why", Why)
def test_every_reason_has_a_level(why: Why):
    assert Reason(why, "because").level in (Level.UNKNOWN, Level.FAIL, Level.OFF)


def test_worst_of_nothing_is_off():
    assert worst([]) is Level.OFF


@pytest.mark.parametrize(
    ("service", "shape", "judge"),
    [
        ("datasync", "TaskExecutionStatus", status_rules.execution),
        ("datasync", "AgentStatus", status_rules.agent),
        ("glue", "JobRunState", lambda state: status_rules.runs([Run(state)])),
        ("glue", "LastCrawlStatus", lambda state: status_rules.crawler("READY", state)),
        ("cloudwatch", "StateValue", lambda state: status_rules.alarms({"a": state})),
    ],
)
def test_every_state_of_the_service_model_is_judged_in_words(service, shape, judge):
    states = get_session().get_service_model(service).shape_for(shape).enum
    assert states
    judged = {state: judge(state) for state in states}
    good = [state for state, each in judged.items() if each.level is Level.OK]
    assert good
    for state in ("ERROR", "FAILED", "TIMEOUT", "ALARM", "OFFLINE"):
        assert state not in good
    assert all(each.sentence for each in judged.values())


def test_a_state_that_nobody_knows_is_never_silently_good():
    assert status_rules.task("dreaming").level is Level.WARN
    assert status_rules.instance("dreaming").level is Level.WARN
    assert status_rules.table("dreaming", 1).level is Level.WARN
    assert status_rules.runs([Run("DREAMING")]).level is Level.WARN
    assert status_rules.transfer_task("DREAMING").level is Level.WARN


def test_a_running_job_is_judged_by_the_run_before_it():
    history = [Run("RUNNING", NOW), Run("FAILED", NOW, NOW, 4.0, "AnalysisException: x\n  at y"), Run("SUCCEEDED")]
    judged = status_rules.runs(history)
    assert judged.level is Level.FAIL
    assert judged.sentence == "running; last run failed in 4 s: AnalysisException: x"


def test_more_files_than_planned_is_said_and_not_a_share_above_one():
    assert status_rules.execution("TRANSFERRING", 12, 10).sentence == "transferring, more files than planned"
    assert status_rules.execution("TRANSFERRING", 5, 10).sentence == "transferring, 5 of 10 files"
    assert status_rules.execution("PREPARING").sentence == "preparing"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (119, "119 s"), (240, "4 min"), (9000, "2 h"), (259200, "3 days")]
)
def test_durations_are_said_as_people_do(seconds: float, words: str):
    assert status_rules.seconds_in_words(seconds) == words


def run(state: str, seconds: float | None = 60.0) -> Run:
    return Run(state, NOW, NOW, seconds)


def test_success_counts_ended_runs_and_not_those_that_a_person_stopped():
    history = [run("RUNNING", None), *[run("SUCCEEDED")] * 199, run("STOPPED"), run("FAILED")]
    found = objectives.pipeline_success(history)
    assert found.sample == 200
    assert found.value == 99.5
    # More than 99.5 is promised.
    assert found.met is False
    assert objectives.pipeline_success([run("SUCCEEDED")] * 3).met is True


def test_a_promise_without_data_is_neither_kept_nor_broken():
    for found in (
        objectives.pipeline_success([]),
        objectives.glue_duration([run("FAILED")]),
        objectives.athena_time([]),
        objectives.cdc_lag([], None),
    ):
        assert found.met is None
        assert found.reason is not None
        assert found.level is Level.OFF


def test_the_slowest_of_twenty_queries_is_forgiven_and_the_second_is_not():
    fast = [Query(1.0, NOW, "SELECT 1")] * 19
    assert objectives.athena_time([*fast, Query(90.0, NOW, "SELECT 2")]).met is True
    slow = objectives.athena_time([*fast, *[Query(90.0, NOW, "SELECT 2")] * 2])
    assert slow.met is False
    assert "SELECT 2" in slow.sentence


def test_glue_is_judged_by_its_longest_run():
    assert objectives.glue_duration([run("SUCCEEDED", 10), run("SUCCEEDED", 601)]).met is False
    assert objectives.glue_duration([run("SUCCEEDED", 10), run("FAILED", 9000)]).met is True


def test_a_module_without_a_readme_is_named():
    found = objectives.module_readme([("s3", True), ("dms", False)], NOW)
    assert found.met is False
    assert "dms" in found.sentence


def test_what_is_amiss_stands_first_and_old_values_say_their_age():
    readings = (
        Reading("a", "A", Level.OK, "fine", at=NOW, source="x:Y"),
        Reading("b", "B", Level.FAIL, "broken", at=NOW - timedelta(minutes=5), source="x:Y"),
        Reading("c", "C", Level.OK, "a detail", at=NOW, source="x:Y", detail=True),
        Reading("d", "D", Level.FAIL, "a broken detail", at=NOW, source="x:Y", detail=True),
    )
    shown = screen_of(Report("dev", "aws", "dev", NOW, (), (Panel("p", "P", readings),)), NOW)
    assert shown.panels[0].sentence == "broken (5 min ago); a broken detail; fine"
    whole = screen_of(Report("dev", "aws", "dev", NOW, (), (Panel("p", "P", readings),)), NOW, details=True)
    assert [row.name.strip() for row in whole.panels] == ["P", "A", "B", "C", "D"]
