"""Progress is counted from the plan, never takes anything back, and says nothing that it does not know."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocorp_wizard.core import events as ev
from autocorp_wizard.core.durations import Durations
from autocorp_wizard.core.plan import read_plan
from autocorp_wizard.core.progress import Progress, progress_of
from autocorp_wizard.core.runstate import RunState
from autocorp_wizard.core.terraform_stream import read_line

FIXTURES = Path(__file__).parents[1] / "fixtures" / "terraform"
START = datetime(2026, 1, 1, tzinfo=UTC)
TYPES = ("aws_s3_bucket", "aws_dms_replication_instance", "aws_kms_key", "aws_s3_bucket_lifecycle_configuration")


class Run:
    """A run that is fed by hand; `at` is its clock."""

    def __init__(self) -> None:
        self.state = RunState()
        self.at = START
        self.seq = 0

    def tell(self, *events: ev.Event, after: float = 0.0) -> "Run":
        self.at += timedelta(seconds=after)
        for event in events:
            self.seq += 1
            self.state.add(ev.Envelope(self.seq, self.at, "run", event))
        return self

    def progress(self, history: Durations | None = None) -> Progress:
        return progress_of(self.state, self.at, history)


def planned(address: str, action: str = "create", of_type: str = "aws_s3_bucket") -> ev.Event:
    return ev.ResourcePlanned(address=address, action=action, resource_type=of_type)


def started(address: str, action: str = "create") -> ev.Event:
    return ev.ResourceStarted(address=address, action=action)


def finished(address: str, action: str = "create", seconds: float = 1.0) -> ev.Event:
    return ev.ResourceFinished(address=address, action=action, seconds=seconds, id_key="id", id_value=address)


@st.composite
def applies(draw: st.DrawFn) -> list[tuple[float, list[ev.Event]]]:
    """An apply as Terraform tells it: the plan first, then starts, beats and ends of at most ten at a time."""
    actions = st.sampled_from(["create", "update", "delete", "replace", "import", "forget"])
    count = draw(st.integers(1, 12))
    work: dict[str, list[str]] = {}
    first: list[ev.Event] = [ev.RunStarted(operation="apply", environment="dev")]
    for index in range(count):
        address, action = f"module.m.aws_x.y[{index}]", draw(actions)
        first.append(planned(address, action, draw(st.sampled_from([*TYPES, "other_thing"]))))
        halves = ["delete", "create"] if draw(st.booleans()) else ["create", "delete"]
        steps = {"replace": halves, "import": [], "forget": []}.get(action, [action])
        # An old object under the same address is deleted besides.
        work[address] = [*steps, "delete"] if action in ("create", "update") and draw(st.integers(0, 5)) == 0 else steps
    told: list[tuple[float, list[ev.Event]]] = [(0.0, first)]
    running: dict[str, str] = {}
    failed = False
    while running or (not failed and any(work.values())):
        ready = [address for address, steps in work.items() if steps and address not in running and not failed]
        pause = draw(st.floats(0, 60))
        if ready and len(running) < 10 and draw(st.booleans()):
            address = draw(st.sampled_from(ready))
            running[address] = work[address].pop(0)
            told.append((pause, [started(address, running[address])]))
        elif running:
            address = draw(st.sampled_from(sorted(running)))
            seconds = draw(st.floats(0, 1000))
            match draw(st.integers(0, 9)):
                case 0:
                    told.append((pause, [ev.ResourceFailed(address=address, action=running.pop(address))]))
                    failed = True
                case 1 | 2 | 3:
                    event = ev.ResourceProgressed(address=address, action=running[address], seconds=seconds)
                    told.append((pause, [event]))
                case _:
                    told.append((pause, [finished(address, running.pop(address), seconds)]))
    if failed:
        told.append((1.0, [ev.DiagnosticReported(severity="error", summary="x"), ev.RunFinished(outcome="failed")]))
    else:
        told.append((1.0, [ev.SummaryReported(operation="apply"), ev.RunFinished(outcome="succeeded")]))
    return told


@given(applies(), st.booleans())
def test_progress_never_goes_back_and_is_whole_only_when_the_run_ended_well(
    told: list[tuple[float, list[ev.Event]]], rehearsal: bool
):
    run, history = Run(), Durations(rehearsal)
    last = Progress(0, 0, 0, 0, 0, 0.0, None, None)
    for pause, events in told:
        for step in (run.tell(after=pause), run.tell(*events)):
            now = step.progress(history)
            assert now.fraction >= last.fraction
            assert now.done >= last.done
            assert now.failed >= last.failed
            assert 0 <= now.fraction <= 1
            assert now.done + now.failed + now.running + now.waiting == now.total
            if now.remaining is not None:
                assert 0 <= now.remaining[0] <= now.remaining[1]
            last = now
    assert (last.fraction == 1.0) == (run.state.outcome == ev.Outcome.SUCCEEDED)
    if run.state.outcome == ev.Outcome.SUCCEEDED:
        assert (last.done, last.running, last.waiting) == (last.total, 0, 0)
        assert run.state.done == run.state.total
    assert last.remaining is None


def test_a_replacement_is_one_change_and_done_when_both_halves_are():
    for halves in (("delete", "create"), ("create", "delete")):
        run = Run().tell(planned("a", "replace"))
        run.tell(started("a", halves[0]), finished("a", halves[0]))
        assert (run.progress().done, run.progress().waiting) == (0, 1)
        run.tell(started("a", halves[1]), finished("a", halves[1]))
        assert (run.progress().done, run.progress().total) == (1, 1)
        assert run.state.resources["a"].id_value == "a"
        assert run.state.resources["a"].seconds == 2.0


def test_data_sources_that_are_read_during_an_apply_are_not_counted():
    run = Run().tell(planned("a"), started("data.x", "read"), finished("data.x", "read"))
    assert (run.progress().done, run.progress().total) == (0, 1)


def test_a_change_that_the_plan_did_not_name_does_not_make_the_whole_grow():
    run = Run().tell(planned("a"), started("a"), finished("a"))
    before = run.progress()
    assert run.tell(started("b")).progress().total == before.total


def test_what_runs_longest_is_named_with_what_is_usual_for_it():
    run = Run().tell(planned("slow", of_type="aws_dms_replication_instance"), planned("quick"))
    run.tell(started("slow")).tell(started("quick"), after=100).tell(after=20)
    slowest = run.progress().slowest
    assert slowest is not None
    assert (slowest.address, slowest.seconds, slowest.expected) == ("slow", 120.0, (300, 900))


def test_the_rest_is_a_range_of_what_is_left_of_the_longest():
    run = Run().tell(planned("dms", of_type="aws_dms_replication_instance"), started("dms")).tell(after=100)
    assert run.progress().remaining == (200.0, 800.0)
    assert run.progress(Durations(rehearsal=True)).remaining == (0.0, 25.0)


def test_ten_things_at_a_time_share_the_work():
    run = Run().tell(*(planned(str(index), of_type="aws_kms_key") for index in range(100)))
    remaining = run.progress().remaining
    assert remaining is not None
    assert remaining[0] == pytest.approx(50.0)
    assert remaining[1] == pytest.approx(275.0)


def test_nothing_is_said_about_a_kind_that_nobody_has_seen_three_times():
    run = Run().tell(planned("a", of_type="other_thing"))
    assert run.progress().remaining is None
    seen = Durations()
    for seconds, known in ((5, False), (7, False), (6, True)):
        earlier = Run().tell(planned("b", of_type="other_thing"), started("b"), finished("b", seconds=seconds))
        seen = seen.learned([earlier.state])
        assert (run.progress(seen).remaining is not None) is known
    assert run.progress(seen).remaining == (5.0, 8.0)


def test_what_earlier_runs_took_replaces_the_prior_and_survives_on_disk():
    runs = []
    for seconds in (10, 12, 11):
        run = Run().tell(planned("a", of_type="aws_kms_key"), started("a"), finished("a", seconds=seconds))
        runs.append(run.state)
    learned = Durations().learned(runs)
    assert learned.of("aws_kms_key", "create") == (10.0, 13.0)
    assert Durations.from_document(json.loads(json.dumps(learned.as_document())), rehearsal=False) == learned
    assert Durations.from_document({"a": "b", "c": [1, "x", -3]}, rehearsal=True).samples == {"c": (1.0,)}
    assert Durations.from_document(None, rehearsal=True) == Durations(rehearsal=True)


def test_a_run_that_failed_stays_where_it_was():
    run = Run().tell(planned("a"), planned("b"), started("a"), finished("a"), started("b"))
    run.tell(ev.ResourceFailed(address="b", action="create"), ev.RunFinished(outcome="failed"), after=1)
    assert run.progress().fraction < 1
    assert (run.progress().done, run.progress().failed, run.progress().remaining) == (1, 1, None)


@pytest.mark.parametrize("name", ["create", "change", "destroy"])
def test_a_real_apply_ends_with_every_planned_change_done_and_terraforms_own_counts(name: str):
    plan = read_plan(json.loads((FIXTURES / f"{name}.show.json").read_text()), environment="dev", stage="foundation")
    run = Run().tell(*(planned(c.address, c.action, c.resource_type) for c in plan.changes))
    for line in (FIXTURES / f"{name}.apply.jsonl").read_text().splitlines():
        run.tell(*read_line(line), after=0.1)
    summary = run.state.summary
    assert summary is not None
    # A destroy is an apply of another name in Terraform's summary; the counts are what matters.
    assert (summary.add, summary.change, summary.remove, summary.import_) == plan.expected_summary
    assert (run.state.done, run.state.failed, run.state.waiting) == (run.state.total, 0, 0)
