"""What colleagues did comes from the state bucket, is read like our own runs, and is never taken for one of them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.home import Home
from autocorp_wizard.adapters.journal import JournalWriter
from autocorp_wizard.adapters.run_store import RunFiles
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.bootstrap import StatePlace
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.request import Request
from autocorp_wizard.rollout.engine import Engine
from autocorp_wizard.rollout.state_store import StateStore
from autocorp_wizard.rollout.team_runs import Fetched

PLACE = StatePlace("dev", "123456789012", "us-east-1", "state", "datalake/dev/terraform.tfstate")
STARTED = ev.RunStarted(operation="apply", environment="dev", phase="glue", user="ann", host="laptop", command="apply")
DONE = ev.RunFinished(outcome=ev.Outcome.SUCCEEDED, sentence="Applied: 3 created.", counts={"create": 3})


def store() -> StateStore:
    keys = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE000000000", "AWS_SECRET_ACCESS_KEY": "throw-away"}
    return StateStore(CloudAccess(keys, "us-east-1", "123456789012"), PLACE)


@pytest.fixture
def shared() -> Iterator[StateStore]:
    with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="state")
        yield store()


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(Home(tmp_path / "home"))


def journal(folder: Path, run: str, *events: ev.Event) -> bytes:
    """A journal as another machine wrote it."""
    path = folder / f"{run}.jsonl"
    write(path, run, *events)
    return path.read_bytes()


def write(path: Path, run: str, *events: ev.Event) -> None:
    """Write a journal."""
    writer = JournalWriter(path, run)
    for event in events:
        writer.append(event)
    writer.close()


def own_run(engine: Engine, *events: ev.Event) -> RunFiles:
    files = engine.store.create(Request(operation=ev.Operation.APPLY, environment="dev", phase="foundation"))
    write(files.journal, files.run, *events)
    return files


def test_a_colleague_s_run_is_listed_shown_and_replayed(shared: StateStore, engine: Engine, tmp_path: Path) -> None:
    run = "20260301T101500-apply-1f2e"
    body = journal(tmp_path, run, STARTED, ev.LogWritten(text="at work"), DONE)
    shared.put_shared(f"runs/{run}.jsonl", body)
    own = own_run(engine, replace(STARTED, phase="foundation"), DONE)
    shared.put_shared(f"runs/{own.run}.jsonl", own.journal.read_bytes())
    assert engine.team.fetch(shared, [own.run]) == Fetched(received=1)
    assert engine.team.fetch(shared, [own.run]) == Fetched()

    mine, theirs = engine.history("dev")
    assert (mine.run, mine.by) == (own.run, "")
    assert (theirs.run, theirs.by, theirs.phase, theirs.status) == (run, "ann@laptop", "glue", "succeeded")
    assert theirs.counts == {"create": 3}
    assert engine.history("prod") == []
    assert engine.record("1f2e").by == "ann@laptop"
    assert engine.state(run).sentence == "Applied: 3 created."
    assert [each.event.KIND for each in engine.follow(run)] == ["run.started", "log.written", "run.finished"]
    assert engine.proofs(run) == ()
    assert (engine.home.environment_dir("dev") / "team" / run / "journal.jsonl").stat().st_mode & 0o077 == 0
    # A home that is opened again knows them as well.
    assert [each.by for each in Engine(engine.home).history("dev")] == ["", "ann@laptop"]


def test_nothing_that_decides_by_this_machine_s_runs_sees_them(
    shared: StateStore, engine: Engine, tmp_path: Path
) -> None:
    run = "20260301T101500-apply-1f2e"
    killed = replace(DONE, outcome=ev.Outcome.FAILED, error={"code": "TERRAFORM-KILLED"})
    shared.put_shared(f"runs/{run}.jsonl", journal(tmp_path, run, STARTED, killed))
    engine.team.fetch(shared, [])
    assert len(engine.history("dev")) == 1
    assert engine.runs("dev") == []
    assert engine.unsettled("dev") == []
    with pytest.raises(UsageError) as over:
        engine.cancel(run)
    assert over.value.code == "RUN-OVER"
    with pytest.raises(UsageError) as unknown:
        engine.record("20990101T000000-apply-0000")
    assert unknown.value.code == "RUN-UNKNOWN"


@pytest.mark.parametrize(
    ("run", "events"),
    [
        ("20260301T101500-apply-0001", [STARTED]),
        ("20260301T101500-apply-0002", [DONE]),
        ("20260301T101500-apply-0003", [replace(STARTED, environment="prod"), DONE]),
        ("20260301T101500-apply-0004", [replace(STARTED, operation="levitate"), DONE]),
    ],
    ids=["unfinished", "without a start", "of another environment", "of a newer wizard"],
)
def test_a_journal_that_is_not_what_its_name_says_is_left_there(
    shared: StateStore, engine: Engine, tmp_path: Path, run: str, events: list[ev.Event]
) -> None:
    shared.put_shared(f"runs/{run}.jsonl", journal(tmp_path, run, *events))
    assert engine.team.fetch(shared, []) == Fetched(0, (run,))
    assert engine.history() == []


def test_names_that_are_no_runs_are_passed_over(shared: StateStore, engine: Engine, tmp_path: Path) -> None:
    other = journal(tmp_path, "20260301T101500-apply-1f2e", STARTED, DONE)
    for name in ("runs/../../../escape.jsonl", "runs/notes.txt", "evidence/20260301T101500-apply-1f2e.jsonl"):
        shared.put_shared(name, other)
    # A journal under another run's name is not that run's.
    shared.put_shared("runs/20260301T101500-apply-ffff.jsonl", other)
    shared.put_shared("runs/20260301T101500-apply-eeee.jsonl", b"\x1b[2Jno journal\n")
    assert sorted(engine.team.fetch(shared, []).unreadable) == [
        "20260301T101500-apply-eeee",
        "20260301T101500-apply-ffff",
    ]
    assert engine.history() == []


def test_a_folder_that_a_killed_fetch_left_is_no_run_and_is_fetched_again(
    shared: StateStore, engine: Engine, tmp_path: Path
) -> None:
    run = "20260301T101500-apply-1f2e"
    shared.put_shared(f"runs/{run}.jsonl", journal(tmp_path, run, STARTED, DONE))
    left = engine.home.make(engine.home.environment_dir("dev") / "team" / run)
    (left / "journal.jsonl").write_bytes(b"half")
    assert engine.history() == []
    assert engine.team.fetch(shared, []).received == 1
    assert len(engine.history()) == 1


def test_before_bootstrap_nobody_shared_anything(engine: Engine) -> None:
    with mock_aws():
        assert engine.team.fetch(store(), []) == Fetched()
