"""The disk of the write-ahead log: what an outage needs beside what is free, and how sure the pace is."""

import pytest

from autocorp_wizard.core.preflight.record import Status
from autocorp_wizard.core.preflight.source.activity_rules import disk, rate
from autocorp_wizard.core.preflight.source.facts import Activity, Wanted

GB = 10**9
# 48 hours at this pace are 10 GB.
PACE = 10 * GB / (48 * 3600)


def going_on(*, steady: float | None) -> Activity:
    return Activity((), (), False, 0, 16 << 20, PACE, None, (), steady)


def wanted(free: int | None) -> Wanted:
    return Wanted("dms", "erp", (), wal_free_bytes=free)


@pytest.mark.parametrize(
    ("free", "steady", "status"),
    [
        (25 * GB, PACE, Status.PASS),
        (15 * GB, PACE, Status.WARN),
        (9 * GB, PACE, Status.FAIL),
        (9 * GB, None, Status.WARN),
        (25 * GB, None, Status.PASS),
        (25 * GB, 10 * PACE, Status.FAIL),
        (None, PACE, Status.INCONCLUSIVE),
    ],
)
def test_what_is_free_beside_what_is_needed(free: int | None, steady: float | None, status: Status) -> None:
    seen = disk(going_on(steady=steady), wanted(free))
    assert seen.status is status
    assert seen.evidence["needed_bytes"] == pytest.approx((steady or PACE) * 48 * 3600, rel=1e-6)


def test_the_usual_pace_counts_where_it_is_known() -> None:
    assert "since its statistics began" in rate(going_on(steady=2 * PACE), wanted(None)).summary
    assert "since its statistics began" not in rate(going_on(steady=None), wanted(None)).summary
