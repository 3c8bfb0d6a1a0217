"""Checks run side by side; what hangs has an end, and one failure is counted once."""

import threading
import time

import pytest

from autocorp_wizard.checks.engine import run_checks, with_needs
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.preflight.record import Check, Group, Result, Seen, Status, Vantage, failed, passed


def check(name: str, probe: object = None, *needs: str, **more: object) -> Check:
    answer = probe if callable(probe) else lambda: passed("fine")
    return Check(name, name, Group.TOOLS, Vantage.LAPTOP, answer, needs, **more)  # type: ignore[arg-type]


def bad() -> Seen:
    return failed("broken")


def test_one_failure_blocks_its_whole_tree_and_is_counted_once() -> None:
    tree = [check("c", None, "b"), check("b", None, "a"), check("a", bad), check("d")]
    found = {each.check.id: each for each in run_checks(tree)}
    assert [found[name].status for name in "abcd"] == [Status.FAIL, Status.SKIP, Status.SKIP, Status.PASS]
    assert found["b"].blocked_by == found["c"].blocked_by == "a"


def test_a_hang_is_inconclusive_at_its_deadline_and_holds_nobody_up() -> None:
    hold = threading.Event()
    seen: list[str] = []

    def hang() -> Seen:
        hold.wait(30)
        return passed("late")

    def hear(result: Result) -> None:
        seen.append(result.check.id)

    found = run_checks([check("hangs", hang, timeout=0.2), check("quick")], tell=hear)
    hold.set()
    assert [each.status for each in found] == [Status.INCONCLUSIVE, Status.PASS]
    assert seen == ["quick", "hangs"]
    assert "No answer" in found[0].seen.summary


def test_the_deadline_of_all_ends_what_was_not_begun() -> None:
    hold = threading.Event()

    def hang() -> Seen:
        hold.wait(30)
        return passed("late")

    found = run_checks([check("one", hang, lane="slot"), check("two", hang, lane="slot")], deadline=0.2)
    hold.set()
    assert {each.status for each in found} == {Status.INCONCLUSIVE}


def test_what_a_probe_raises_is_inconclusive_in_its_words() -> None:
    def refused() -> Seen:
        raise WizardError("AUTH-DENIED", "AWS refused it.", why="No permission.")

    def broken() -> Seen:
        raise KeyError("oops")

    one, two = run_checks([check("refused", refused), check("broken", broken)])
    assert (one.status, one.seen.summary) == (Status.INCONCLUSIVE, "AWS refused it. No permission.")
    assert two.status is Status.INCONCLUSIVE
    assert "bug" in two.seen.summary


def test_a_lane_takes_no_more_than_its_share() -> None:
    at_once, most, guard = 0, 0, threading.Lock()
    meet = threading.Barrier(3)

    def count() -> Seen:
        nonlocal at_once, most
        with guard:
            at_once += 1
            most = max(most, at_once)
        meet.wait(10)
        with guard:
            at_once -= 1
        return passed("fine")

    found = run_checks([check(f"c{n}", count, lane="source") for n in range(6)])
    assert most == 3
    assert all(each.status is Status.PASS for each in found)


def test_wall_time_is_that_of_the_slowest_chain() -> None:
    gate = threading.Barrier(8)

    def together() -> Seen:
        gate.wait(10)  # passes only where all eight run at the same time
        return passed("fine")

    began = time.monotonic()
    found = run_checks([check(f"c{n}", together) for n in range(8)])
    assert all(each.status is Status.PASS for each in found)
    assert time.monotonic() - began < 10


def test_needs_in_a_circle_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="circle"):
        run_checks([check("a", None, "b"), check("b", None, "a")])


def test_one_check_brings_what_it_needs() -> None:
    tree = [check("a"), check("b", None, "a"), check("c", None, "b"), check("d")]
    assert [each.id for each in with_needs(tree, ["c"])] == ["a", "b", "c"]


def test_checks_that_wait_for_another_do_not_keep_it_from_starting() -> None:
    told = threading.Event()

    def waits() -> Seen:
        return passed("It came.") if told.wait(20.0) else failed("It never came.")

    def tells() -> Seen:
        told.set()
        return passed("Told.")

    results = run_checks([*(check(f"waits.{number}", waits) for number in range(70)), check("tells", tells)])
    assert {each.status for each in results} == {Status.PASS}


def test_what_checks_share_is_given_back_once_also_where_a_run_is_refused() -> None:
    given: list[str] = []

    def release() -> None:
        given.append("back")

    run_checks([check("a", release=release), check("b", None, "a", release=release), check("c")])
    assert given == ["back"]
    with pytest.raises(ValueError, match="circle"):
        run_checks([check("a", None, "b", release=release), check("b", None, "a", release=release)])
    assert given == ["back", "back"]
