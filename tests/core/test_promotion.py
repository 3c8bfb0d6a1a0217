"""Two environments side by side."""

from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.promotion import Holding, compare
from tests.tui.handmade import sample_plan

LAKE, JOB = "module.s3.aws_s3_bucket.lake", 'module.glue[0].aws_glue_job.table["a"]'
EMPTY = Holding({}, "an empty state")


def two() -> tuple[Environment, Environment]:
    first = Environment("staging", {"preset": "staging", "account_id": "111111111111", "s3_lifecycle_days": 30})
    return first, Environment("prod", {"preset": "prod", "account_id": "111111111111"})


def test_what_somebody_gave_stands_before_what_follows_from_the_preset() -> None:
    pairs = compare(*two(), (EMPTY, EMPTY)).answers
    names = [pair.name for pair in pairs]
    assert {"preset", "s3_lifecycle_days"} <= set(names)
    assert "account_id" not in names
    given = [pair.was_given for pair in pairs]
    assert given == sorted(given, reverse=True)
    [days] = [pair for pair in pairs if pair.name == "s3_lifecycle_days"]
    assert (days.first, days.first_origin) == (30, "given")
    assert days.second != 30


def test_resources_are_compared_by_address_and_counted_by_phase_and_type() -> None:
    first = Holding({LAKE: "aws_s3_bucket", JOB: "aws_glue_job"}, "the state, serial 3")
    second = Holding({LAKE: "aws_s3_bucket", "module.s3.aws_s3_bucket.extra": "aws_s3_bucket"}, "the state, serial 1")
    found = compare(*two(), (first, second))
    assert found.only_first == (JOB,)
    assert found.only_second == ("module.s3.aws_s3_bucket.extra",)
    assert found.phases == {"foundation": (1, 2), "glue": (1, 0)}
    assert found.types == {"aws_glue_job": (1, 0), "aws_s3_bucket": (1, 2)}


def test_where_one_side_is_not_known_nothing_is_compared() -> None:
    found = compare(*two(), (Holding({LAKE: "aws_s3_bucket"}, "state"), Holding({}, reason="The session has expired.")))
    assert (found.types, found.phases, found.only_first, found.only_second) == ({}, {}, (), ())
    assert found.answers


def test_a_plan_that_waits_counts_as_done() -> None:
    plan = sample_plan()
    made = {change.address for change in plan.changes if change.action in {"create", "replace"}}
    assert made
    kept = Holding({LAKE: "aws_s3_bucket"}, "the state, serial 3").with_plan(plan, "run")
    assert set(kept.resources) >= made
    assert kept.source == "the state, serial 3, with the plan run that waits"
