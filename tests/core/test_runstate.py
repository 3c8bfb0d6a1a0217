"""The state of a run is what its events say, in whatever portions they arrive."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from autocorp_wizard.core import events as ev
from autocorp_wizard.core.runstate import ResourceStatus, RunState, fold

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def journal(*events: ev.Event, run: str = "r") -> list[ev.Envelope]:
    return [ev.Envelope(n, START + timedelta(seconds=n), run, event) for n, event in enumerate(events, 1)]


def test_counts_come_from_the_plan() -> None:
    state = fold(
        journal(
            ev.RunStarted(operation="apply", environment="dev"),
            ev.ResourcePlanned(address="a", action="create"),
            ev.ResourcePlanned(address="b", action="create"),
            ev.ResourcePlanned(address="c", action="create"),
            ev.ResourceStarted(address="a", action="create"),
            ev.ResourceStarted(address="b", action="create"),
            ev.ResourceFinished(address="a", action="create", id_key="id", id_value="x", seconds=1),
        )
    )
    assert (state.total, state.done, len(state.running), state.waiting, state.failed) == (3, 1, 1, 1, 0)
    assert state.resources["a"].id_value == "x"
    assert not state.is_finished


def test_a_replacement_is_done_when_its_second_half_is() -> None:
    events = [
        ev.ResourcePlanned(address="a", action="replace"),
        ev.ResourceStarted(address="a", action="delete"),
        ev.ResourceFinished(address="a", action="delete"),
    ]
    assert fold(journal(*events)).resources["a"].status is ResourceStatus.WAITING
    events += [ev.ResourceStarted(address="a", action="create"), ev.ResourceFinished(address="a", action="create")]
    state = fold(journal(*events))
    assert (state.done, state.resources["a"].status) == (1, ResourceStatus.DONE)


def test_reading_a_data_source_is_no_change() -> None:
    state = fold(journal(ev.ResourceStarted(address="data.x", action="read")))
    assert state.total == 0


def test_events_of_another_run_are_not_mine() -> None:
    state = RunState()
    state.add_all(journal(ev.RunStarted(operation="plan", environment="dev")))
    state.add_all(journal(ev.LogWritten(text=""), ev.RunFinished(outcome="failed"), run="other"))
    assert not state.is_finished


CHOICES = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["start", "progress", "finish", "fail"])), max_size=40
)


def _events(choices: list[tuple[str, str]]) -> list[ev.Envelope]:
    made: list[ev.Event] = [ev.ResourcePlanned(address=a, action="create") for a in "abc"]
    for address, what in choices:
        match what:
            case "start":
                made.append(ev.ResourceStarted(address=address, action="create"))
            case "progress":
                made.append(ev.ResourceProgressed(address=address, action="create", seconds=10))
            case "finish":
                made.append(ev.ResourceFinished(address=address, action="create"))
            case _:
                made.append(ev.ResourceFailed(address=address, action="create"))
    return journal(*made)


@given(CHOICES, st.integers(0, 50))
def test_portions_and_repetitions_change_nothing(choices: list[tuple[str, str]], cut: int) -> None:
    events = _events(choices)
    whole = fold(events)
    state = RunState()
    state.add_all(events[:cut])
    state.add_all(events)  # the same ones again: the second reading of a portion does nothing
    assert state == whole


@given(CHOICES)
def test_counts_always_add_up(choices: list[tuple[str, str]]) -> None:
    state = fold(_events(choices))
    by_status = [resource.status for resource in state.resources.values()]
    assert state.done == by_status.count(ResourceStatus.DONE)
    assert state.failed == by_status.count(ResourceStatus.FAILED)
    assert len(state.running) == by_status.count(ResourceStatus.RUNNING)
    assert state.waiting == by_status.count(ResourceStatus.WAITING)
