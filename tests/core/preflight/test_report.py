"""Waivers cover what failed until their day; the exit code says the worst that is left."""

from datetime import UTC, date, datetime

import pytest

from autocorp_wizard.core.environment import Waiver
from autocorp_wizard.core.errors import ExitCode
from autocorp_wizard.core.preflight.record import Check, Group, Result, Seen, Status, Vantage, passed
from autocorp_wizard.core.preflight.report import Report, under_waivers

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TODAY = NOW.date()


def result(name: str, status: Status, *, group: Group = Group.TOOLS, blocked_by: str = "") -> Result:
    check = Check(name, name, group, Vantage.LAPTOP, lambda: passed(""))
    return Result(check, Seen(status, "so"), NOW, 0.1, blocked_by)


@pytest.mark.parametrize(
    ("statuses", "fail_on", "code"),
    [
        ([Status.PASS, Status.SKIP], (), ExitCode.OK),
        ([Status.PASS, Status.WARN], (), ExitCode.WARNINGS),
        ([Status.PASS, Status.WARN], ("warn",), ExitCode.FAILED),
        ([Status.WARN, Status.INCONCLUSIVE], (), ExitCode.INCONCLUSIVE),
        ([Status.INCONCLUSIVE], ("inconclusive",), ExitCode.FAILED),
        ([Status.INCONCLUSIVE, Status.FAIL], (), ExitCode.FAILED),
    ],
)
def test_the_exit_code_is_the_worst(statuses: list[Status], fail_on: tuple[str, ...], code: ExitCode) -> None:
    report = Report("dev", NOW, tuple(result(f"c{n}", s) for n, s in enumerate(statuses)))
    assert report.exit_code(fail_on=fail_on) is code


def test_a_waiver_covers_until_its_day_and_no_longer() -> None:
    waivers = (Waiver("a", "known", date(2026, 3, 1), "ann"), Waiver("b", "known", date(2026, 2, 28), "ann"))
    a, b, c = under_waivers(
        [result("a", Status.FAIL), result("b", Status.FAIL), result("c", Status.FAIL)], waivers, TODAY
    )
    assert (a.status, a.was) == (Status.WAIVED, Status.FAIL)
    assert (b.status, b.expired) == (Status.FAIL, "2026-02-28")
    assert c.status is Status.FAIL


def test_a_waiver_never_hides_a_pass_or_what_is_blocked() -> None:
    waivers = (Waiver("a", "known", date(2026, 3, 9)),)
    passing, blocked = result("a", Status.PASS), result("a", Status.SKIP, blocked_by="b")
    assert [each.status for each in under_waivers([passing, blocked], waivers, TODAY)] == [Status.PASS, Status.SKIP]


def test_causes_are_the_failures_first_and_never_what_they_block() -> None:
    found = (
        result("warns", Status.WARN),
        result("blocked", Status.SKIP, blocked_by="root"),
        result("root", Status.FAIL, group=Group.SOURCE),
        result("unknown", Status.INCONCLUSIVE),
    )
    assert [each.check.id for each in Report("dev", NOW, found).causes] == ["root", "unknown", "warns"]


def test_the_sentence_counts_in_singular_and_plural() -> None:
    assert Report("dev", NOW, (result("a", Status.PASS),)).sentence == "1 check: 1 passed."
    assert Report("dev", NOW, (result("a", Status.PASS), result("b", Status.FAIL))).sentence == (
        "2 checks: 1 passed, 1 failed."
    )
