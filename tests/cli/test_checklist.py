"""`checklist` as it is called: states, evidence, documents, exit codes, and what is refused with which words."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.cli.command import call, inside

AWS = ("--set", "cloud=aws", "--set", "account_id=123456789012")


@pytest.fixture
def home(tmp_path: Path, capsys, monkeypatch) -> Path:
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "PGPASSWORD", "AUTOCORP_ENV"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    inside(capsys, tmp_path / "home", "env", "new", "live", *AWS)
    return tmp_path / "home"


def states(capsys, home: Path) -> dict[str, str]:
    document = inside(capsys, home, "checklist", "list", "--offline", "--json").document()
    return {each["step"]: each["state"] for each in document["steps"]}


def test_everything_is_to_do_at_first(capsys, home: Path):
    found = states(capsys, home)
    assert len(found) > 80
    assert set(found.values()) == {"todo"}


def test_the_list_is_filtered_by_phase_group_and_state(capsys, home: Path):
    inside(capsys, home, "checklist", "skip", "agent-image", "--reason", "we have one")
    document = inside(
        capsys, home, "checklist", "list", "--offline", "--json", "--phase", "datasync", "--group", "agent"
    ).document()
    assert {each["group"] for each in document["steps"]} == {"agent"}
    assert {each["phase"] for each in document["steps"]} == {"datasync"}
    assert document["counts"]["skipped"] == 1
    skipped = inside(capsys, home, "checklist", "list", "--offline", "--state", "skipped")
    assert "agent-image" in skipped.out
    assert "agent-deploy" not in skipped.out


def test_a_step_says_who_where_why_and_what_to_copy(capsys, home: Path):
    document = inside(capsys, home, "checklist", "show", "account-state-bucket", "--json").document()
    assert document["values"]["Bucket"] == "autocorp-terraform-state-123456789012-us-east-1"
    assert document["commands"][0]["text"] == "autocorp-wizard bootstrap --env live"
    words = inside(capsys, home, "checklist", "show", "agent-activate").out
    assert "<known after phase 1 (foundation)>" not in words
    assert "30 minutes" in words
    assert "autocorp-wizard checklist verify agent-activate" in words


def test_a_value_that_is_not_known_says_what_will_make_it_known(capsys, home: Path):
    document = inside(capsys, home, "checklist", "show", "exports-arrived", "--json").document()
    assert document["where"] == "s3://<known after phase 1 (foundation)>/raw/csv/"


def test_a_word_is_a_claim_and_says_what_could_prove_it(capsys, home: Path):
    done = inside(capsys, home, "checklist", "done", "agent-deploy", "--evidence", "Host esx-7, ticket 4711", "--json")
    document = done.document()
    assert document["state"] == "claimed"
    assert document["record"]["text"] == "Host esx-7, ticket 4711"
    assert "@" in document["record"]["who"]
    assert "not shared" in done.err
    assert states(capsys, home)["agent-deploy"] == "claimed"
    provable = inside(capsys, home, "checklist", "done", "agent-activate", "--evidence", "arn:aws:datasync:x:y:agent/z")
    assert "checklist verify agent-activate" in provable.err


def test_a_file_is_copied_and_its_secrets_are_struck_out(capsys, home: Path, tmp_path: Path):
    (tmp_path / "session.log").write_text("PGPASSWORD=verysecretvalue psql\nwal_level = logical\n")
    done = inside(
        capsys, home, "checklist", "done", "source-disk", "--evidence", str(tmp_path / "session.log"), "--json"
    )
    file = done.document()["record"]["file"]
    assert file["name"] == "session.log"
    kept = home / "environments" / "live" / "evidence" / "files" / file["sha256"]
    assert "logical" in kept.read_text()
    everything = b"".join(each.read_bytes() for each in home.rglob("*") if each.is_file())
    assert b"verysecretvalue" not in everything
    assert "struck out" in done.err


def test_the_output_of_a_command_is_kept_under_its_hash_without_secrets(capsys, home: Path, monkeypatch):
    monkeypatch.setenv("AUTOCORP_INSPECTOR_PASSWORD", "looksharmless7")
    command = "echo 200 GB free for looksharmless7; echo PGPASSWORD=verysecretvalue 1>&2"
    document = inside(
        capsys, home, "checklist", "done", "source-disk", "--output-of", command, "--json"
    ).document()  # fmt: skip
    record, file = document["record"], document["record"]["file"]
    assert (document["state"], file["name"]) == ("claimed", "output.txt")
    assert record["text"].startswith("$ echo 200 GB free for ")
    kept = (home / "environments" / "live" / "evidence" / "files" / file["sha256"]).read_bytes()
    assert hashlib.sha256(kept).hexdigest() == file["sha256"]
    assert b"200 GB free" in kept
    everything = b"".join(each.read_bytes() for each in home.rglob("*") if each.is_file())
    assert b"verysecretvalue" not in everything
    assert b"looksharmless7" not in everything


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("show", "agent-activat"), "STEP-UNKNOWN", "'agent-activate'"),
        (("verify", "nonsense-of-a-step-xyz"), "STEP-UNKNOWN", "checklist list"),
        (("done", "agent-deploy", "--evidence", "  "), "EVIDENCE-EMPTY", "--evidence"),
        (("done", "agent-deploy", "--evidence", "./missing.png"), "EVIDENCE-FILE", "does not exist"),
        (("done", "agent-deploy", "--evidence", "proof.pdf"), "EVIDENCE-FILE", "does not exist"),
        (("done", "agent-deploy", "--evidence", "/"), "EVIDENCE-FILE", "no file"),
        (("done", "agent-deploy", "--output-of", "true"), "EVIDENCE-EMPTY", "shows nothing"),
        (("done", "agent-deploy", "--output-of", " "), "EVIDENCE-EMPTY", "--output-of"),
        (("done", "agent-deploy", "--output-of", "echo no such disk; exit 7"), "EVIDENCE-COMMAND", "no such disk"),
        (("done", "agent-deploy", "--output-of", "true", "--evidence", "x"), "USAGE", "contradict"),
        (("skip", "agent-deploy", "--reason", " "), "REASON-EMPTY", "--reason"),
        (("done", "agent-deploy"), "USAGE", "--evidence"),
        (("list", "--group", "agents"), "GROUP-UNKNOWN", "agent"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(capsys, home: Path, arguments, code: str, words: str):
    done = inside(capsys, home, "checklist", *arguments, "--json")
    error = done.document()["error"]
    assert (done.code, error["code"]) == (2, code)
    assert words in " ".join(map(str, error.values()))
    assert not (home / "environments" / "live" / "evidence").exists()


@pytest.mark.parametrize(
    "evidence", ["https://wiki.example/page.html", "a/b is not a path, it is a sentence", "x" * 5000, "done\x00"]
)
def test_a_sentence_stays_a_sentence(capsys, home: Path, evidence: str):
    document = inside(capsys, home, "checklist", "done", "agent-deploy", "--evidence", evidence, "--json").document()
    assert document["record"]["file"] is None
    assert document["record"]["text"]


def test_only_a_person_can_prove_some_steps(capsys, home: Path):
    done = inside(capsys, home, "checklist", "verify", "agent-deploy", "--json")
    assert done.code == 5
    assert "checklist done agent-deploy" in done.document()["error"]["next_step"]


def test_a_record_that_was_changed_is_recognised(capsys, home: Path):
    inside(capsys, home, "checklist", "done", "agent-deploy", "--evidence", "done")
    [record] = (home / "environments" / "live" / "evidence" / "records").glob("*.json")
    record.write_text(record.read_text().replace("claimed", "proven"))
    done = inside(capsys, home, "checklist", "list", "--offline", "--json")
    assert done.code == 3
    assert done.document()["error"]["code"] == "EVIDENCE-CHANGED"


@pytest.mark.slow
def test_a_rehearsal_proves_what_is_so_and_refuses_what_is_not(cloud_home: Path, source):
    proven = call(cloud_home, "checklist", "verify", "source-logical-replication", "--env", "rehearsal", "--json")
    assert proven.code == 0, proven.err
    assert proven.document()["state"] == "proven"
    refused = call(cloud_home, "checklist", "verify", "dms-slot", "--env", "rehearsal", "--json")
    assert refused.code == 3
    assert refused.document()["state"] == "todo"
    assert refused.document()["refuted"]["probe"] == "source-slot"
    unknown = call(cloud_home, "checklist", "verify", "agent-activate", "--env", "rehearsal", "--json")
    assert unknown.code == 5
    assert unknown.document()["holds"] is None
    assert "phase 4" in unknown.document()["sentence"]
    listed = call(cloud_home, "checklist", "list", "--env", "rehearsal", "--json").document()
    assert {each["step"]: each["state"] for each in listed["steps"]}["source-logical-replication"] == "proven"


def test_the_documents_hold_no_templates(capsys, home: Path):
    document = inside(capsys, home, "checklist", "list", "--offline", "--json").document()
    for each in document["steps"][::7]:
        shown = inside(capsys, home, "checklist", "show", each["step"], "--json").document()
        text = json.dumps(shown)
        assert "${datasync" not in text
        assert "${postgres" not in text
