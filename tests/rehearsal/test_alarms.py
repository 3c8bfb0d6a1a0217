"""When an alarm goes off: enough breaching periods, and missing ones counted as the alarm says."""

import pytest

from autocorp_wizard.rehearsal.alarms import Rule, State, judge
from autocorp_wizard.rehearsal.figures import Sample, in_periods, is_statistic, value_of

NOON = 1_800_000_000 // 60 * 60


def rule(**changes):
    asked = {
        "comparison": "GreaterThanThreshold",
        "threshold": 300.0,
        "period": 60,
        "periods": 3,
        "datapoints": 3,
        "missing": "missing",
    }
    return Rule(**{**asked, **changes})


def series(pattern):
    """Figures of the minutes before noon, newest last: X breaches, 0 does not, - is missing."""
    values = {"X": 500.0, "0": 1.0}
    return {NOON - (len(pattern) - place) * 60: values[sign] for place, sign in enumerate(pattern) if sign in values}


# The table of AWS's own guide ("How alarms treat missing data", three out of three): missing, ignore, breaching,
# notBreaching.
TABLE = {
    "0-X-X": ("OK", "OK", "OK", "OK"),
    "0----": ("OK", "OK", "OK", "OK"),
    "-----": ("INSUFFICIENT_DATA", "kept", "ALARM", "OK"),
    "0XX-X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "--X--": ("ALARM", "kept", "ALARM", "OK"),
}


@pytest.mark.parametrize("pattern", TABLE)
@pytest.mark.parametrize("before", [State.OK, State.ALARM])
def test_missing_figures_count_as_the_alarm_says(pattern, before):
    for treatment, state in zip(("missing", "ignore", "breaching", "notBreaching"), TABLE[pattern], strict=True):
        verdict = judge(rule(missing=treatment), series(pattern), NOON, before)
        assert verdict.state == (before if state == "kept" else state), treatment


def test_a_single_late_breach_among_gaps_waits_for_its_neighbours():
    assert judge(rule(), series("----X"), NOON, State.OK).state is State.OK


def test_the_running_period_is_not_looked_at():
    assert judge(rule(periods=1, datapoints=1), {NOON: 500.0}, NOON + 59, State.OK).state is State.UNKNOWN
    assert judge(rule(periods=1, datapoints=1), {NOON: 500.0}, NOON + 60, State.OK).state is State.ALARM


def test_two_out_of_three_is_enough_where_that_is_asked_for():
    assert judge(rule(datapoints=2), series("X0X"), NOON, State.OK).state is State.ALARM
    assert judge(rule(datapoints=3), series("X0X"), NOON, State.ALARM).state is State.OK


@pytest.mark.parametrize(
    ("comparison", "at_threshold"),
    [
        ("GreaterThanThreshold", State.OK),
        ("GreaterThanOrEqualToThreshold", State.ALARM),
        ("LessThanThreshold", State.OK),
        ("LessThanOrEqualToThreshold", State.ALARM),
    ],
)
def test_the_threshold_itself_belongs_to_one_side(comparison, at_threshold):
    asked = rule(comparison=comparison, periods=1, datapoints=1)
    assert judge(asked, {NOON - 60: 300.0}, NOON, State.OK).state is at_threshold


def test_the_reason_is_worded_as_by_cloudwatch():
    turned = judge(rule(), series("XXX"), NOON, State.OK).reason
    assert turned.startswith("Threshold Crossed: 3 out of the last 3 datapoints [500.0 (")
    assert turned.endswith(
        ")] were greater than the threshold (300.0) (minimum 3 datapoints for OK -> ALARM transition)."
    )
    single = judge(rule(periods=1, datapoints=1), series("X"), NOON, State.OK).reason
    assert single.startswith("Threshold Crossed: 1 datapoint [500.0 (")
    assert single.endswith(")] was greater than the threshold (300.0).")
    silent = judge(rule(missing="breaching"), {}, NOON, State.OK).reason
    assert silent == (
        "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as "
        "[Breaching]."
    )
    assert judge(rule(), {}, NOON, State.OK).reason == "Insufficient Data: 3 datapoints were unknown."


def test_samples_fall_into_periods_that_start_at_whole_minutes():
    found = in_periods([Sample.of(NOON - 1, 1), Sample.of(NOON, 2), Sample.of(NOON + 59.9, 3)], 60)
    assert {start: [sample.total for sample in inside] for start, inside in found.items()} == {
        NOON - 60: [1],
        NOON: [2, 3],
    }


@pytest.mark.parametrize(
    ("statistic", "value"),
    [
        ("SampleCount", 5.0),
        ("Sum", 110.0),
        ("Average", 22.0),
        ("Minimum", 1.0),
        ("Maximum", 100.0),
        ("p50", 3.0),
        ("p90", 100.0),
        ("p0", 1.0),
    ],
)
def test_statistics_over_a_period(statistic, value):
    assert value_of([Sample.of(NOON, each) for each in (1, 2, 3, 4, 100)], statistic) == value


def test_a_summary_counts_as_often_as_it_says():
    summary = Sample(NOON, total=90.0, least=10.0, most=50.0, count=3)
    assert value_of([summary, Sample.of(NOON, 10)], "Average") == 25.0
    assert value_of([summary, Sample.of(NOON, 10)], "SampleCount") == 4.0
    assert value_of([summary, Sample.of(NOON, 60)], "Maximum") == 60.0


def test_what_is_no_statistic_is_known_as_such():
    assert not any(map(is_statistic, ("Median", "p101", "px", "tm99", "")))
    assert all(map(is_statistic, ("Average", "p90", "p99.9", "p100")))
