"""The installed command as the tests call it: its own home, nothing of the operator's, JSON judged by its schema."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import jsonschema

PROGRAM = Path(sys.executable).with_name("autocorp-wizard")
SCHEMAS = Path(__file__).parent / "schemas"
JOURNALS = Path(__file__).parents[1] / "fixtures" / "journals"


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    def document(self) -> dict:
        """The one JSON document on stdout, judged by the schema that it names."""
        document = json.loads(self.out)
        judge(document, document["schema"].split("/")[1])
        return document

    def events(self) -> list[dict]:
        """The events on stdout, each judged, and each run's sequence without gaps."""
        events = [json.loads(line) for line in self.out.splitlines()]
        for event in events:
            judge(event, "event")
        for run in {event["run"] for event in events}:
            numbers = [event["seq"] for event in events if event["run"] == run]
            assert numbers == list(range(1, len(numbers) + 1)), f"gaps in {run}"
        return events


def judge(document: dict, name: str) -> None:
    """Raise where a document is not as its committed schema says."""
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    jsonschema.validate(document, schema, format_checker=jsonschema.FormatChecker())


def environ(**extra: str) -> dict[str, str]:
    """An environment without anything of the operator's AWS, Terraform or wizard settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "TF_", "AUTOCORP_", "PG", "NO_COLOR"))}
    return {**kept, "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull, **extra}


def call(home: Path, *arguments: str, stdin: str = "", timeout: float = 120, **extra: str) -> Done:
    """Run the installed command in a home."""
    done = subprocess.run(
        [str(PROGRAM), "--home", str(home), *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
        env=environ(**extra),
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return Done(done.returncode, done.stdout, done.stderr)


def inside(capsys, home: Path, *arguments: str) -> Done:
    """Run a command line in this process (many cases, one start)."""
    from autocorp_wizard.cli import app

    code = app.run(["--home", str(home), *arguments], lambda settings, environment: 0)
    captured = capsys.readouterr()
    assert "Traceback" not in captured.out + captured.err
    return Done(code, captured.out, captured.err)


def put_run(home: Path, journal: str) -> str:
    """Put a recorded journal into a home as a run of its own and return its name."""
    lines = (JOURNALS / journal).read_text().splitlines()
    started = json.loads(lines[0])
    folder = home / "runs" / started["run"]
    folder.mkdir(parents=True)
    shutil.copy(JOURNALS / journal, folder / "journal.jsonl")
    request = {key: started[key] for key in ("operation", "environment", "phase", "stage", "command")}
    (folder / "request.json").write_text(json.dumps(request))
    return str(started["run"])
