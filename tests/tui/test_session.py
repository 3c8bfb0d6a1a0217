"""What the screens ask of a sitting."""

from datetime import UTC, datetime

from autocorp_wizard.adapters.run_store import RunRecord, RunStatus
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.runstate import RunState, fold
from autocorp_wizard.tui.overview import Overview
from autocorp_wizard.tui.session import Session

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Engine:
    """Runs that each made one key, in as many seconds as their name says."""

    def state(self, run: str) -> RunState:
        events = (
            ev.ResourcePlanned(address="k", action="create", resource_type="aws_kms_key"),
            ev.ResourceStarted(address="k", action="create"),
            ev.ResourceFinished(address="k", action="create", seconds=float(run)),
        )
        return fold(ev.Envelope(number, NOW, run, event) for number, event in enumerate(events, 1))


def record(run: str, operation: str = "apply", *, over: bool = True) -> RunRecord:
    return RunRecord(run, operation, "dev", RunStatus.SUCCEEDED, finished_at=NOW if over else None)


def test_time_left_is_learned_from_the_latest_finished_applies_of_the_environment():
    session = Session(open_store=lambda: None, open_engine=Engine)
    runs = (record("99", over=False), record("98", "plan"), record("9"), record("8"), record("7"))
    learned = session.durations(Overview("dev", rehearsal=True, runs=runs))
    assert learned.samples == {"aws_kms_key create": (7.0, 8.0, 9.0)}
    assert learned.of("aws_kms_key", "create") == (7.0, 10.0)
    assert session.durations(Overview("dev", rehearsal=True)).of("aws_kms_key", "create") == (4, 8)
