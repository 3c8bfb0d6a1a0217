"""Runs as steady lines: each recorded journal gives the same lines, wherever it is read."""

from datetime import timedelta
from pathlib import Path

import pytest

from autocorp_wizard.adapters.journal import read_journal
from autocorp_wizard.cli import lines
from autocorp_wizard.core.runstate import RunState

JOURNALS = Path(__file__).parents[1] / "fixtures" / "journals"


def told(name, *, verbose=False):
    state = RunState()
    shown = []
    for envelope in read_journal(JOURNALS / name):
        state.add(envelope)
        text = lines.line(envelope, state, verbose=verbose)
        if text is not None:
            shown.append(text)
    return shown


def test_an_apply_is_one_line_per_start_and_end_with_the_count():
    assert told("apply.jsonl") == [
        "Apply of foundation in dev  (run 20260301T100000-apply-1f2e)",
        "  Plan 3f2a91c04b7e: 2 to create, 1 to replace",
        "  The state as it is goes to a safe place ...",
        "  State (serial 7) kept at s3://autocorp-terraform-state-123456789012-us-east-1/backups/dev/7.tfstate",
        "  Terraform applies the plan ...",
        '  + module.iam.aws_iam_role.role["glue"]: creating',
        '  - module.network.aws_vpc_endpoint.interface["secretsmanager"]: deleting',
        '  + module.iam.aws_iam_role.role["glue"]: created in 1 s (1/3)',
        "  + module.s3.aws_s3_bucket.lake: creating",
        "  + module.s3.aws_s3_bucket.lake: created in 9 s (2/3)",
        '  - module.network.aws_vpc_endpoint.interface["secretsmanager"]: deleted in 1 min 03 s (2/3)',
        '  + module.network.aws_vpc_endpoint.interface["secretsmanager"]: creating',
        '  + module.network.aws_vpc_endpoint.interface["secretsmanager"]: created in 10 s (3/3)',
        "  Terraform: 3 added, 0 changed, 1 removed",
        "    3 added, 0 changed, 1 removed (1 min 14 s)",
        "Apply done after 1 min 15 s: 3 created, 1 removed.",
    ]


def test_a_failure_shows_terraforms_words_and_the_reason():
    shown = told("apply-failed.jsonl")
    assert '  ! module.iam.aws_iam_role.role["glue"]: failed after 1 s' in shown
    assert any("AccessDenied: not authorized\n    to perform" in text for text in shown)
    assert "  something odd" in shown
    assert "  a line of Terraform's own" not in shown
    assert "  a word of ours" in shown
    assert shown[-1] == "Apply failed after 3 s: AWS refused iam:CreateRole."


def test_log_lines_and_commands_are_shown_to_those_who_ask():
    assert "  a line of Terraform's own" in told("apply-failed.jsonl", verbose=True)
    assert "  $ terraform apply -json tfplan" in told("apply.jsonl", verbose=True)


def test_settings_say_what_was_found_and_done():
    assert told("bootstrap.jsonl")[1:4] == [
        "  bucket: exists (was missing)",
        "  versioning: Enabled",
        "  tls-only: differs; found none, wanted denied without TLS",
    ]


def test_what_a_destroy_leaves_is_told_apart():
    shown = told("destroy.jsonl")
    assert "  Stays: kms key 1234. Pending deletion until 2026-03-31." in shown
    assert any(text.startswith("  LEFT OVER: slot dms_1. Drop it:") for text in shown)
    assert "  Protections are opened first, by a plan of their own: force_destroy" in shown


def test_a_heartbeat_names_the_slowest_resource_and_the_place():
    state = RunState().add_all(read_journal(JOURNALS / "apply-lost.jsonl"))
    assert lines.heartbeat(state, 42) == "  ... creating module.s3.aws_s3_bucket.lake (1/2, 42 s)"


def test_a_heartbeat_without_resources_names_the_step():
    events = read_journal(JOURNALS / "apply.jsonl")[:7]
    state = RunState().add_all(events[:1] + events[6:])
    assert "The state as it is goes to a safe place" in lines.heartbeat(state, 5)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (0.4, "0.4 s"), (9.9, "9 s"), (64, "1 min 04 s"), (7500, "2 h 05 min"), (-1, "0.0 s")],
)
def test_durations_read_as_people_say_them(seconds, words):
    assert lines.duration(seconds) == words


def test_every_kind_of_event_is_either_told_or_knowingly_silent():
    silent = {"child.started", "child.finished", "resource.planned", "approval.used", "resource.progressed"}
    silent |= {"outputs.reported"}
    from autocorp_wizard.core.events import EVENTS, Envelope, Event

    def sample(kind: type[Event]) -> Event:
        import dataclasses

        values = {"str": "x", "int": 1, "float": 1.0, "bool": False, "tuple[str, ...]": ("x",)}
        given = {}
        for field in dataclasses.fields(kind):
            name = field.type if isinstance(field.type, str) else getattr(field.type, "__name__", str(field.type))
            given[field.name] = values.get(str(name), {}) if "dict" not in str(name) else {}
            if str(name).startswith("tuple"):
                given[field.name] = ("x",)
        if "outcome" in given:
            given["outcome"] = "failed"
        if "level" in given:
            given["level"] = "error"
        return kind(**given)

    at = read_journal(JOURNALS / "apply.jsonl")[0].at + timedelta(seconds=1)
    untold = {
        kind
        for kind, cls in EVENTS.items()
        if lines.line(Envelope(1, at, "r", sample(cls)), RunState(operation="apply"), verbose=True) is None
    }
    assert untold == silent
