"""Evidence on disk: private, redacted, only added to, and recognised when somebody changed it."""

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from autocorp_wizard.adapters.evidence_store import FILE_LIMIT, EvidenceStore
from autocorp_wizard.core.checklist import Kind
from autocorp_wizard.core.errors import UsageError, WizardError
from autocorp_wizard.core.redaction import Redactor

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SECRET = "correct-horse-battery"


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "evidence", Redactor([SECRET]))


def test_records_come_back_as_they_were_said_oldest_first(store: EvidenceStore):
    second = store.add("b-step", Kind.PROVEN, "kim@laptop", NOW, text="seen", probe="agent-online", details=("x", "y"))
    first = store.add("a-step", Kind.CLAIMED, "kim@laptop", NOW - timedelta(days=1), text="done")
    assert store.records() == (first, second)


def test_each_record_names_the_one_before_it(store: EvidenceStore):
    first = store.add("a-step", Kind.CLAIMED, "kim", NOW)
    second = store.add("b-step", Kind.CLAIMED, "kim", NOW + timedelta(minutes=1))
    assert (first.previous, second.previous) == ("", first.id)
    assert store.gaps() == ()
    (store.folder / "records" / f"{first.id}.json").unlink()
    assert store.gaps() == (first.id,)


def test_two_records_of_one_moment_keep_their_order(store: EvidenceStore):
    kinds = [Kind.CLAIMED, Kind.PROVEN, Kind.REFUTED, Kind.SKIPPED, Kind.CLAIMED]
    for kind in kinds:
        store.add("a-step", kind, "kim", NOW)
    assert [record.kind for record in store.records()] == kinds


def test_nobody_else_can_look_at_it(store: EvidenceStore, tmp_path: Path):
    (tmp_path / "proof.txt").write_text("proof")
    store.keep(tmp_path / "proof.txt")
    store.add("a-step", Kind.CLAIMED, "kim", NOW)
    for path in [store.folder, *store.folder.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_no_secret_is_kept(store: EvidenceStore, tmp_path: Path):
    (tmp_path / "log.txt").write_text(f"login with {SECRET} worked\nexport PGPASSWORD=hunter2hunter2\n")
    kept = store.keep(tmp_path / "log.txt")
    assert kept.redacted
    store.add("a-step", Kind.CLAIMED, "kim", NOW, text=f"I used {SECRET}", details=(f"and {SECRET}",))
    everything = b"".join(path.read_bytes() for path in store.folder.rglob("*") if path.is_file())
    assert SECRET.encode() not in everything
    assert b"hunter2hunter2" not in everything
    assert b"worked" in everything


def test_a_file_is_kept_under_the_hash_of_what_was_kept(store: EvidenceStore, tmp_path: Path):
    (tmp_path / "shot.png").write_bytes(b"\x89PNG\xff\xfe")
    kept = store.keep(tmp_path / "shot.png")
    assert not kept.readable
    assert (store.folder / "files" / kept.file.sha256).read_bytes() == b"\x89PNG\xff\xfe"
    assert (kept.file.name, kept.file.size) == ("shot.png", 6)


def test_what_is_no_evidence_is_refused(store: EvidenceStore, tmp_path: Path):
    (tmp_path / "empty.txt").write_text(" \n")
    (tmp_path / "large.bin").write_bytes(b"\xff" * (FILE_LIMIT + 1))
    for name, words in (
        ("empty.txt", "empty"),
        ("large.bin", "larger than 5 MB"),
        ("missing.txt", "does not exist"),
        (".", "is no file"),
    ):
        with pytest.raises(UsageError) as caught:
            store.keep(tmp_path / name)
        assert words in str(caught.value)
    assert not store.folder.exists()


def test_a_changed_record_is_recognised(store: EvidenceStore):
    record = store.add("a-step", Kind.REFUTED, "kim", NOW, text="not so")
    path = store.folder / "records" / f"{record.id}.json"
    document = json.loads(path.read_text())
    for change in ({"kind": "proven"}, {"who": "somebody"}, {"at": "2020-01-01T00:00:00.000000Z"}, {"kind": "sure"}):
        path.write_text(json.dumps(document | change))
        with pytest.raises(WizardError) as caught:
            store.records()
        assert caught.value.code == "EVIDENCE-CHANGED"
        assert str(path) in caught.value.what


def test_half_a_record_is_recognised(store: EvidenceStore):
    record = store.add("a-step", Kind.CLAIMED, "kim", NOW)
    path = store.folder / "records" / f"{record.id}.json"
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(WizardError, match="not what was recorded"):
        store.records()


def test_two_stores_together_hold_what_both_said(store: EvidenceStore, tmp_path: Path):
    other = EvidenceStore(tmp_path / "other")
    mine = store.add("a-step", Kind.CLAIMED, "kim", NOW)
    theirs = other.add("a-step", Kind.PROVEN, "lee", NOW + timedelta(minutes=1))
    for name in other.names():
        store.take_over(name, other.read_raw(name))
    assert store.records() == (mine, theirs)


def test_a_shared_record_that_is_not_what_its_name_says_is_refused(store: EvidenceStore, tmp_path: Path):
    other = EvidenceStore(tmp_path / "other")
    other.add("a-step", Kind.PROVEN, "lee", NOW)
    [name] = other.names()
    body = other.read_raw(name).replace(b"lee", b"kim")
    for wrong, content in ((name, body), ("records/../../x.json", body), ("files/" + "0" * 64, b"x"), ("x/y", b"x")):
        with pytest.raises(WizardError, match="not what was recorded"):
            store.take_over(wrong, content)
    assert not store.folder.exists()


def test_a_disk_that_cannot_be_written_leaves_nothing_half_done(tmp_path: Path):
    (tmp_path / "evidence").write_text("a file stands in the way")
    with pytest.raises(WizardError) as caught:
        EvidenceStore(tmp_path / "evidence").add("a-step", Kind.CLAIMED, "kim", NOW)
    assert caught.value.code == "EVIDENCE-NOT-WRITTEN"
