"""Terraform's stream becomes our events, and nothing in it can break the reader."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autocorp_wizard.core import events as ev
from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.state_lock import lock_in_text
from autocorp_wizard.core.terraform_stream import emergency_state, read_line

FIXTURES = Path(__file__).parents[1] / "fixtures" / "terraform"


def line(**fields: object) -> str:
    return json.dumps({"@level": "info", "@message": "a message", "@module": "terraform.ui", **fields})


RESOURCE = {"addr": "module.s3.aws_s3_bucket.lake", "resource_type": "aws_s3_bucket", "module": "module.s3"}


def test_a_finished_resource_carries_the_id_that_recovery_imports_by():
    hook = {"resource": RESOURCE, "action": "create", "id_key": "id", "id_value": "lake", "elapsed_seconds": 3}
    assert read_line(line(type="apply_complete", hook=hook)) == (
        ev.ResourceFinished(
            address=RESOURCE["addr"],
            action="create",
            resource_type="aws_s3_bucket",
            id_key="id",
            id_value="lake",
            seconds=3.0,
        ),
    )


def test_a_data_source_read_during_an_apply_keeps_its_action_so_that_it_is_not_counted():
    hook = {"resource": {"addr": "data.aws_region.here"}, "action": "read"}
    (event,) = read_line(line(type="apply_start", hook=hook))
    assert isinstance(event, ev.ResourceStarted)
    assert event.action == ev.Action.READ


def test_values_that_a_diagnostic_quotes_from_variables_do_not_come_through():
    diagnostic = {
        "severity": "error",
        "summary": "Invalid value for variable",
        "detail": "It must be lower case.",
        "range": {"filename": "variables.tf", "start": {"line": 7, "column": 1}},
        "snippet": {"code": 'variable "x" {', "values": [{"traversal": "var.x", "statement": 'is "hunter2"'}]},
    }
    (event,) = read_line(line(type="diagnostic", diagnostic=diagnostic))
    assert event == ev.DiagnosticReported(
        severity="error",
        summary="Invalid value for variable",
        detail="It must be lower case.\n(variables.tf line 7)",
    )


def test_sensitive_outputs_and_outputs_without_a_value_are_left_out():
    outputs = {
        "bucket": {"sensitive": False, "type": "string", "value": "lake"},
        "secret": {"sensitive": True, "type": "string", "value": "hunter2"},
        "later": {"sensitive": False, "action": "create"},
    }
    assert read_line(line(type="outputs", outputs=outputs)) == (ev.OutputsReported(outputs={"bucket": '"lake"'}),)
    assert read_line(line(type="outputs", outputs={"later": {"action": "create"}})) == ()


def test_plain_text_among_the_stream_is_logged_without_its_colours():
    assert read_line("\x1b[1mInitializing the backend...\x1b[0m\n") == (
        ev.LogWritten(text="Initializing the backend..."),
    )
    assert read_line("   \n") == ()
    assert read_line("{not json") == (ev.LogWritten(text="{not json"),)


def test_a_type_of_a_newer_terraform_is_shown_by_its_message():
    assert read_line(line(type="policy_result", policy={})) == (ev.LogWritten(text="a message"),)


def test_a_stream_of_another_major_version_is_refused():
    assert read_line(line(type="version", ui="1.9", terraform="1.19.0")) == (ev.LogWritten(text="a message"),)
    with pytest.raises(WizardError) as refused:
        read_line(line(type="version", ui="2.0", terraform="2.0.0"))
    assert refused.value.code == "TERRAFORM-STREAM-UNKNOWN"


def test_a_state_that_terraform_could_save_nowhere_is_found_and_never_logged():
    dumped = line(type="log", state={"lineage": "abc", "serial": 3, "resources": [{"password": "hunter2"}]})
    assert json.loads(emergency_state(dumped) or "")["serial"] == 3
    assert "hunter2" not in repr(read_line(dumped))
    assert emergency_state(line(type="log")) is None


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.jsonl")), ids=lambda path: path.name)
def test_every_line_of_a_real_stream_is_understood_and_quotes_no_variable(path: Path):
    for text in path.read_text().splitlines():
        for event in read_line(text):
            assert "hunter2" not in repr(event).lower()
            assert not (isinstance(event, ev.LogWritten) and event.text.startswith("{"))


def events_of(name: str) -> list[ev.Event]:
    return [event for text in (FIXTURES / name).read_text().splitlines() for event in read_line(text)]


def test_a_failed_apply_tells_the_reason_at_its_end_and_ends_without_a_summary():
    told = events_of("failure.apply.jsonl")
    assert [event.address for event in told if isinstance(event, ev.ResourceFailed)] == ["terraform_data.fails"]
    (why,) = [event for event in told if isinstance(event, ev.DiagnosticReported)]
    assert (why.address, why.severity) == ("terraform_data.fails", "error")
    assert "exit status 7" in why.detail
    assert "(main.tf line 4)" in why.detail
    assert not [event for event in told if isinstance(event, ev.SummaryReported)]


def test_an_interrupted_apply_is_told_by_execution_halted():
    told = events_of("interrupt.apply.jsonl")
    assert any(isinstance(event, ev.ResourceProgressed) and event.seconds == 10 for event in told)
    assert "execution halted" in [event.summary for event in told if isinstance(event, ev.DiagnosticReported)]
    assert not [event for event in told if isinstance(event, ev.SummaryReported)]


def test_a_lock_that_somebody_holds_is_read_from_the_diagnostic():
    (held,) = [event for event in events_of("locked.plan.jsonl") if isinstance(event, ev.DiagnosticReported)]
    lock = lock_in_text(held.detail)
    assert lock is not None
    assert (lock.operation, lock.who, lock.path) == ("OperationTypeApply", "ops@laptop", "terraform.tfstate")


def test_a_plan_that_is_refused_has_a_summary_all_the_same_so_a_summary_alone_proves_nothing():
    told = events_of("refused.plan.jsonl")
    assert [type(event) for event in told[1:]] == [ev.SummaryReported, ev.DiagnosticReported]


def test_a_plan_that_was_overtaken_says_that_it_is_stale():
    assert events_of("stale.apply.jsonl")[-1].summary == "Saved plan is stale"  # type: ignore[attr-defined]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
kinds = st.sampled_from(
    ["apply_start", "apply_progress", "apply_complete", "apply_errored", "diagnostic", "change_summary", "outputs", "x"]
)
keys = st.sampled_from(["hook", "diagnostic", "changes", "outputs", "@message", "resource", "elapsed_seconds"])


@given(kind=kinds, fields=st.dictionaries(keys, json_values))
def test_whatever_shape_a_line_has_it_is_read_without_an_error(kind: str, fields: dict[str, object]):
    for event in read_line(json.dumps({"type": kind, **fields})):
        assert event.KIND in ev.EVENTS


@given(st.text())
def test_any_text_at_all_is_read_without_an_error(text: str):
    for event in read_line(text):
        assert isinstance(event, ev.LogWritten)
