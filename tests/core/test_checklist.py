"""Where a step stands after what was said and seen of it, and how its templates are filled in."""

from datetime import UTC, datetime, timedelta

import pytest

from autocorp_wizard.core.checklist import Command, Kind, Moment, Names, Record, State, Step, Who, standing

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def step(expires_days: int = 0, **changes: object) -> Step:
    given: dict[str, object] = {
        "id": "agent-activate",
        "title": "Activate the agent",
        "phase": Moment.DATASYNC,
        "who": Who.OPERATOR,
        "where": "here",
        "why": "because",
        "evidence": "the ARN",
        "verify": "agent-online",
        "expires_days": expires_days,
    }
    return Step(**(given | changes))  # type: ignore[arg-type]


def record(kind: Kind, days_ago: float, of: str = "agent-activate") -> Record:
    return Record(f"{kind}-{days_ago}", of, kind, NOW - timedelta(days=days_ago), "kim@laptop")


@pytest.mark.parametrize(
    ("records", "expires", "expected"),
    [
        ([], 0, State.TODO),
        ([record(Kind.PROVEN, 1, of="another-step")], 0, State.TODO),
        ([record(Kind.CLAIMED, 1)], 0, State.CLAIMED),
        ([record(Kind.CLAIMED, 2), record(Kind.PROVEN, 1)], 0, State.PROVEN),
        # The order of the records does not matter, their times do.
        ([record(Kind.PROVEN, 1), record(Kind.CLAIMED, 2)], 0, State.PROVEN),
        # A word after a proof takes nothing away from it.
        ([record(Kind.PROVEN, 2), record(Kind.CLAIMED, 1)], 0, State.PROVEN),
        # A probe that says no takes back what was said before.
        ([record(Kind.CLAIMED, 2), record(Kind.REFUTED, 1)], 0, State.TODO),
        ([record(Kind.PROVEN, 2), record(Kind.REFUTED, 1)], 0, State.TODO),
        ([record(Kind.PROVEN, 3), record(Kind.REFUTED, 2), record(Kind.CLAIMED, 1)], 0, State.CLAIMED),
        ([record(Kind.SKIPPED, 1)], 0, State.SKIPPED),
        ([record(Kind.SKIPPED, 2), record(Kind.PROVEN, 1)], 0, State.PROVEN),
        ([record(Kind.PROVEN, 400)], 0, State.PROVEN),
        ([record(Kind.PROVEN, 6)], 7, State.PROVEN),
        ([record(Kind.PROVEN, 8)], 7, State.EXPIRED),
        ([record(Kind.CLAIMED, 8)], 7, State.EXPIRED),
        ([record(Kind.SKIPPED, 8)], 7, State.EXPIRED),
        # An old proof does not lend its strength to a new word.
        ([record(Kind.PROVEN, 8), record(Kind.CLAIMED, 1)], 7, State.CLAIMED),
    ],
)
def test_the_state_follows_from_the_records(records: list[Record], expires: int, expected: State):
    assert standing(step(expires), records, NOW).state is expected


def test_until_when_it_holds_is_told():
    found = standing(step(7), [record(Kind.PROVEN, 1)], NOW)
    assert found.until == NOW + timedelta(days=6)
    assert standing(step(), [record(Kind.PROVEN, 1)], NOW).until is None


def test_a_refusal_is_kept_beside_the_state():
    found = standing(step(), [record(Kind.REFUTED, 1)], NOW)
    assert found.refuted is not None
    assert found.record is None


NAMES = Names(
    {"region": "eu-central-1", "postgres_host": None, "subnets": ["a", "b"], "create_vpc": True, "vpc_id": None},
    {"data_lake_bucket_id": "lake", "datasync_task_arns": {"customers": "arn:task"}},
)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("s3://${data_lake_bucket_id}/raw", "s3://lake/raw"),
        ("${datasync_task_arns.customers}", "arn:task"),
        ("${datasync_task_arns}", "customers=arn:task"),
        ("${region}: ${subnets}, ${create_vpc}", "eu-central-1: a,b, true"),
        ("${postgres_host}", "<postgres_host: not answered yet, see env edit>"),
        # Made by the foundation where nobody answered it.
        ("${vpc_id}", "<known after phase 1 (foundation)>"),
        ("${dms_replication_task_arn}", "<known after phase 3 (dms)>"),
        ("${datasync_task_arns.nothing}", "<known after phase 4 (datasync)>"),
        ("$(date) ${HOME} $1", "$(date) ${HOME} $1"),
    ],
)
def test_templates_are_filled_or_say_what_will_make_the_value_known(template: str, expected: str):
    assert NAMES.fill(template) == expected


def test_every_text_of_a_step_is_filled():
    raw = step(
        title="${region}",
        where="${region}",
        why="${region}",
        evidence="${region}",
        values={"Region": "${region}"},
        instructions=("${region}",),
        commands=(Command("look", "shell", "${region}"),),
    )
    assert all(text == "eu-central-1" for text in NAMES.filled(raw).texts)
