"""Numbers and times in words."""

from datetime import timedelta

import pytest

from autocorp_wizard.tui.words import ago, clock, count, counts, printable
from tests.tui.handmade import NOW


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0s"), (9.9, "9s"), (64, "1m 04s"), (3600, "1h 00m"), (7505, "2h 05m"), (-3, "0s")],
)
def test_a_duration_reads_as_people_say_it(seconds: float, words: str) -> None:
    assert clock(seconds) == words


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(seconds=40), "40 s ago"),
        (timedelta(minutes=5), "5 min ago"),
        (timedelta(hours=2), "2 h ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(seconds=-30), "just now"),
    ],
)
def test_a_moment_is_told_by_its_distance(before: timedelta, words: str) -> None:
    assert ago(NOW - before, NOW) == words


def test_counts_leave_out_what_is_zero() -> None:
    assert counts({"create": 14, "update": 0, "delete": 2}) == "14 create, 2 delete"
    assert counts({"create": 0}) == "no changes"
    assert (count(1, "risk"), count(2, "risk")) == ("1 risk", "2 risks")


def test_nothing_from_outside_can_move_the_cursor() -> None:
    assert printable("a\x1b[2Jb\nc\td") == "a [2Jb c d"
