"""The map of an environment, as it follows from its answers and runs."""

from dataclasses import replace

from autocorp_wizard.adapters.run_store import RunRecord, RunStatus
from autocorp_wizard.core.checklist import Moment
from autocorp_wizard.core.phases import STAGES, Phase
from autocorp_wizard.tui.overview import Overview, Step, StepStatus, first_open, sentence_of, steps_of
from tests.tui.handmade import NOW


def run(operation: str, status: str = "succeeded", phase: str = "", name: str = "r") -> RunRecord:
    counts = {"create": 2} if operation == "plan" else {}
    return RunRecord(name, operation, "dev", RunStatus(status), phase=phase, started_at=NOW, counts=counts)


SAVED = Overview("dev", saved=True)
WAITING = dict.fromkeys(["environment", "bootstrap", *(stage.name for stage in STAGES)], "waiting")


def words(overview: Overview) -> dict[str, str]:
    return {step.key: step.status.value for step in steps_of(overview)}


def test_nothing_can_be_done_before_the_answers_are_saved() -> None:
    assert words(Overview("dev")) == WAITING | {"environment": "ready"}


def test_replication_starts_in_a_step_of_its_own() -> None:
    created = replace(SAVED, phases=("foundation", "glue", "dms"), runs=(run("apply", phase="dms"),))
    assert [words(created)[key] for key in ("glue", "dms", "dms-start", "datasync")] == [
        "done",
        "done",
        "ready",
        "waiting",
    ]
    started = replace(created, replication_started=True)
    assert [words(started)[key] for key in ("dms", "dms-start", "datasync")] == ["done", "done", "ready"]
    start = steps_of(started)[5]
    assert (start.phase, start.note) == (Phase.DMS, "replication was started")


def test_a_run_shows_on_the_step_of_its_stage() -> None:
    tested = replace(run("prove", "failed", "dms"), stage="dms")
    planned = replace(run("plan", phase="dms", name="p"), stage="dms-start")
    seen = replace(SAVED, phases=("foundation", "glue", "dms"), runs=(planned, tested))
    assert words(seen)["dms"] == "failed"
    assert words(seen)["dms-start"] == "review"


def test_a_wrong_answer_is_said_where_it_is() -> None:
    step = steps_of(replace(SAVED, problems=("region cannot be 'moon'.",)))[0]
    assert (step.status, step.note) == (StepStatus.FAILED, "region cannot be 'moon'.")


def test_each_step_waits_for_the_one_before() -> None:
    assert words(SAVED) == WAITING | {"environment": "done", "bootstrap": "ready"}
    done = replace(SAVED, runs=(run("bootstrap"),))
    assert words(done) == WAITING | {"environment": "done", "bootstrap": "done", "foundation": "ready"}
    assert first_open(steps_of(done)) == 2


def test_a_plan_waits_for_review_until_something_changes_the_world() -> None:
    planned = replace(SAVED, runs=(run("plan", phase="foundation", name="p"), run("bootstrap")))
    assert words(planned)["foundation"] == "review"
    found = planned.reviewable("foundation")
    assert found is not None
    assert found.run == "p"
    applied = replace(planned, runs=(run("apply", phase="foundation"), *planned.runs), phases=("foundation",))
    assert applied.reviewable("foundation") is None
    assert words(applied)["foundation"] == "done"


def test_a_plan_without_changes_asks_for_no_review() -> None:
    quiet = replace(run("plan", phase="foundation"), counts={"create": 0})
    assert words(replace(SAVED, phases=("foundation",), runs=(quiet,)))["foundation"] == "done"


def test_a_failed_plan_cannot_be_reviewed() -> None:
    failed = replace(SAVED, runs=(run("plan", "failed", "foundation"), run("bootstrap")))
    assert failed.reviewable("foundation") is None
    assert words(failed)["foundation"] == "failed"


def test_a_run_that_is_going_on_shows_on_its_step() -> None:
    going = replace(SAVED, runs=(run("apply", "running", "foundation"), run("bootstrap")))
    assert words(going)["foundation"] == "running"
    assert going.live is not None


def test_only_the_newest_run_can_be_lost() -> None:
    lost = replace(SAVED, runs=(run("apply", "lost", "foundation"),))
    assert lost.lost is not None
    mended = replace(SAVED, runs=(run("recover"), *lost.runs))
    assert mended.lost is None


def test_an_environment_is_told_in_a_sentence() -> None:
    assert sentence_of(Overview("dev"), NOW) == "new: answers not saved yet"
    applied = replace(SAVED, phases=("foundation",), runs=(run("apply"),))
    assert sentence_of(applied, NOW) == "phase 1 of 4 applied, last apply succeeded just now"
    waits = replace(applied, phases=("foundation", "glue"), waiting_steps=1, runs=(run("plan", "failed"),))
    assert sentence_of(waits, NOW) == "phase 2 of 4 applied, 1 manual step waiting, last plan failed just now"
    created = replace(applied, phases=("foundation", "glue", "dms"), runs=())
    assert sentence_of(created, NOW) == "phase 3 of 4 applied, replication not started"
    assert sentence_of(replace(created, phases=("foundation", "dms"), runs=()), NOW) == "foundation, dms applied"


def test_what_is_due_is_the_first_phase_that_is_not_applied() -> None:
    assert SAVED.due is Moment.FOUNDATION
    assert replace(SAVED, phases=("foundation", "glue")).due is Moment.DMS
    assert replace(SAVED, phases=tuple(phase.value for phase in Phase)).due is Moment.OPERATE


def test_the_step_that_wants_attention_is_the_first_that_is_not_done() -> None:
    done = Step("environment", "Environment", "", StepStatus.DONE)
    assert first_open((done, done)) == 1
