"""Spans are those of AWS, shortened by one factor that is remembered."""

import pytest

from autocorp_wizard.rehearsal import pace


@pytest.fixture
def clock(monkeypatch, tmp_path):
    """A clock that the test sets."""
    moment = [1000.0]
    monkeypatch.setattr(pace, "now", lambda: moment[0])
    pace.remember_in(tmp_path / "speed")
    yield moment
    pace.set_speed(pace.DEFAULT_SPEED)


def test_a_span_is_over_as_many_times_sooner_as_the_factor_says(clock):
    pace.set_speed(100)
    span = pace.Span.start(600)
    clock[0] = 1003.0
    assert (span.elapsed, span.share, span.over) == (300.0, 0.5, False)
    clock[0] = 1006.0
    assert (span.elapsed, span.share, span.over) == (600.0, 1.0, True)


def test_a_span_keeps_the_factor_it_began_with(clock):
    pace.set_speed(10)
    span = pace.Span.start(100)
    pace.set_speed(100)
    clock[0] = 1005.0
    assert span.share == 0.5


def test_the_factor_outlives_the_process(clock, tmp_path):
    pace.set_speed(25)
    pace.remember_in(tmp_path / "speed")
    assert pace.speed() == 25


@pytest.mark.parametrize("factor", [0, 0.5, -3, 10_001, float("nan")])
def test_a_factor_outside_the_range_is_refused(clock, factor):
    with pytest.raises(ValueError, match="a speed lies between"):
        pace.set_speed(factor)


def test_one_call_sees_one_moment_and_the_next_one_a_later(monkeypatch):
    moments = iter([10.0, 11.0, 12.0, 13.0])
    monkeypatch.setattr(pace.time, "time", lambda: next(moments))
    with pace.one_moment():
        span = pace.Span.start(0.5 * pace.speed())
        assert (pace.now(), span.over) == (10.0, False)
    assert (pace.now(), pace.now()) == (11.0, 12.0)
    assert span.over
