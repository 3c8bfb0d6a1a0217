"""What the list of runs costs: a journal with its end is read once, one that grows is read on."""

from pathlib import Path

import pytest

from autocorp_wizard.adapters import run_store
from autocorp_wizard.adapters.journal import JournalReader, JournalWriter
from autocorp_wizard.adapters.lease import Lease
from autocorp_wizard.adapters.run_store import RunFiles, RunStatus, RunStore
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.events import Action, Operation
from autocorp_wizard.core.request import Request

BUCKET = "module.s3.aws_s3_bucket.lake"


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """An empty one."""
    return RunStore(tmp_path)


@pytest.fixture
def files(store: RunStore) -> RunFiles:
    """A run that has just begun."""
    return store.create(Request(operation=Operation.APPLY, environment="dev", phase="foundation"))


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many events each reading of a whole or growing journal brought."""
    seen: list[int] = []
    plain = JournalReader.read

    def counted(reader: JournalReader) -> list[ev.Envelope]:
        found = plain(reader)
        seen.append(len(found))
        return found

    monkeypatch.setattr(JournalReader, "read", counted)
    return seen


def begun(files: RunFiles) -> JournalWriter:
    journal = JournalWriter(files.journal, files.run)
    journal.append(ev.RunStarted(operation=Operation.APPLY, environment="dev", phase="foundation"))
    journal.append(ev.ResourcePlanned(address=BUCKET, action=Action.CREATE))
    return journal


def test_a_run_that_goes_on_is_read_on_and_counts_as_it_would_from_the_start(store, files, read):
    lease, journal = Lease.acquire(files.lease), begun(files)
    assert (store.record(files).done, store.record(files).total) == (0, 1)
    journal.append(ev.ResourceStarted(address=BUCKET, action=Action.CREATE))
    journal.append(ev.ResourceFinished(address=BUCKET, action=Action.CREATE, seconds=1.0))
    record = store.record(files)
    assert read == [2, 0, 2]
    assert (record.status, record.done) == (RunStatus.RUNNING, 1)
    assert record.done == RunStore(store.root).record(files).done
    journal.close()
    lease.release()
    assert store.record(files).status is RunStatus.LOST


def test_a_run_that_ended_is_read_once_and_again_only_where_its_journal_changed(store, files, monkeypatch):
    asked: list[Path] = []
    plain = run_store.last_event
    monkeypatch.setattr(run_store, "last_event", lambda path: asked.append(path) or plain(path))
    journal = begun(files)
    assert store.record(files).status is RunStatus.LOST
    journal.append(ev.RunFinished(outcome="failed", exit_code=3))
    assert store.record(files).status is RunStatus.FAILED
    assert store.records() == [store.record(files)]
    assert len(asked) == 2
    journal.append(ev.RunFinished(outcome="succeeded"))
    assert store.record(files).status is RunStatus.SUCCEEDED
    journal.close()
