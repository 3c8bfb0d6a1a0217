"""A journal played again keeps its order and its pauses, at any speed, and loses nothing."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocorp_wizard.core.events import Envelope, Operation
from autocorp_wizard.core.request import Request
from autocorp_wizard.core.runstate import fold
from autocorp_wizard.tui.replay import SPEEDS, Replay
from tests.tui.handmade import NOW, apply_events, sample_plan


class Clock:
    """Real seconds, as a test says."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """Now."""
        return self.seconds


def journal() -> list[Envelope]:
    request = Request(operation=Operation.APPLY, environment="dev", phase="foundation")
    events = apply_events(request, sample_plan())
    return [Envelope(seq, NOW + timedelta(seconds=seq), "run", event) for seq, event in enumerate(events, 1)]


def test_events_come_when_their_time_has_come_and_the_first_one_at_once():
    clock = Clock()
    replay = Replay(journal(), clock, speed=1.0)
    assert [each.seq for each in replay.read()] == [1]
    clock.seconds = 2.5
    assert [each.seq for each in replay.read()] == [2, 3]
    assert replay.now == NOW + timedelta(seconds=3.5)


def test_it_stands_still_while_it_is_paused_and_goes_on_from_there():
    clock = Clock()
    replay = Replay(journal(), clock, speed=1.0)
    replay.read()
    assert replay.pause()
    clock.seconds = 60.0
    assert replay.read() == []
    assert not replay.pause()
    clock.seconds = 61.0
    assert [each.seq for each in replay.read()] == [2]


def test_its_speed_has_steps_and_ends():
    replay = Replay(journal(), Clock(), speed=1.0)
    assert [replay.faster() for _ in range(10)][-1] == SPEEDS[-1]
    assert [replay.slower() for _ in range(10)][-1] == SPEEDS[0]


@given(st.lists(st.tuples(st.floats(0, 20), st.sampled_from(["read", "faster", "slower", "pause"])), max_size=30))
def test_whatever_is_pressed_the_same_state_comes_out_at_the_end(steps):
    events, clock = journal(), Clock()
    replay = Replay(events, clock)
    got: list[Envelope] = list(replay.read())
    for seconds, what in steps:
        clock.seconds += seconds
        if what == "read":
            got += replay.read()
        else:
            getattr(replay, what)()
    if replay.paused:
        replay.pause()
    clock.seconds += 10_000
    got += replay.read()
    assert replay.is_over
    assert [each.seq for each in got] == [each.seq for each in events]
    assert fold(got).done == fold(events).done


def test_an_empty_journal_is_over():
    replay = Replay([], Clock())
    assert (replay.read(), replay.is_over) == ([], True)


@pytest.mark.parametrize("speed", SPEEDS)
def test_at_any_speed_nothing_comes_before_its_time(speed):
    clock = Clock()
    replay = Replay(journal(), clock, speed=speed)
    for _ in range(200):
        clock.seconds += 0.1
        for each in replay.read():
            assert each.at <= replay.now
