"""What is done around a plan: prepared, proven, told as not proven; a failure is recorded and ends the run."""

import asyncio
from pathlib import Path

import pytest

from autocorp_wizard.core.errors import InterruptedByUser, UsageError, WizardError
from autocorp_wizard.core.events import Operation, ProofRecorded
from autocorp_wizard.core.followups import FOLLOW_UPS, PREPARATIONS
from autocorp_wizard.core.proofs import Proof, Proven
from autocorp_wizard.core.request import Request
from autocorp_wizard.rollout import proving
from autocorp_wizard.rollout.context import Context
from tests.rollout.staging import BUCKET, FakeRecorder, context, state_of


@pytest.fixture
def provers(monkeypatch: pytest.MonkeyPatch) -> dict[str, proving.Prover]:
    """The table of provers, to be filled by a test."""
    table: dict[str, proving.Prover] = {}
    monkeypatch.setattr(proving, "PROVERS", table)
    return table


def shows(sentence: str, *details: str) -> proving.Prover:
    async def prove(_: Context) -> Proof:
        return Proof("whatever it calls itself", Proven.PROVEN, sentence, details)

    return prove


def fails(error: WizardError) -> proving.Prover:
    async def prove(_: Context) -> Proof:
        raise error

    return prove


def outcomes(recorder: FakeRecorder) -> list[tuple[str, str, str]]:
    return [(e.stage, e.subject, e.outcome) for e in recorder.events if isinstance(e, ProofRecorded)]


def test_every_follow_up_and_preparation_has_somebody_who_does_it() -> None:
    assert {each.subject for each in (*FOLLOW_UPS, *PREPARATIONS)} == set(proving.PROVERS)


def test_a_proof_is_recorded_under_the_name_of_its_follow_up(
    tmp_path: Path, provers: dict[str, proving.Prover]
) -> None:
    provers["full-load"] = shows("All loaded.", "public.customers: 12 rows")
    ctx, recorder, _ = context(tmp_path)
    (proof,) = asyncio.run(proving.prove_stage(ctx, "dms-start"))
    assert (proof.subject, proof.outcome, proof.details) == ("full-load", "proven", ("public.customers: 12 rows",))
    assert outcomes(recorder) == [("dms-start", "full-load", "proven")]


def test_a_failure_is_recorded_and_raised_as_it_is(tmp_path: Path, provers: dict[str, proving.Prover]) -> None:
    error = WizardError("DMS-TEST-FAILED", "The source does not answer.", next_step="Open the port.")
    provers["connection-test"] = fails(error)
    ctx, recorder, _ = context(tmp_path)
    with pytest.raises(WizardError) as raised:
        asyncio.run(proving.prove_stage(ctx, "dms"))
    assert raised.value is error
    assert outcomes(recorder) == [("dms", "connection-test", "failed")]


def test_a_stop_is_no_failure(tmp_path: Path, provers: dict[str, proving.Prover]) -> None:
    provers["first-transfer"] = fails(InterruptedByUser("RUN-CANCELLED", "Stopped."))
    ctx, recorder, _ = context(tmp_path)
    with pytest.raises(InterruptedByUser):
        asyncio.run(proving.prove_stage(ctx, "datasync"))
    assert outcomes(recorder) == []


def test_a_wish_to_stop_is_heard_before_each_piece_of_work(tmp_path: Path, provers: dict[str, proving.Prover]) -> None:
    provers["agent"] = fails(AssertionError("it must not begin"))  # type: ignore[arg-type]
    ctx, recorder, _ = context(tmp_path)
    recorder.wish = InterruptedByUser("RUN-CANCELLED", "Stopped.")
    with pytest.raises(InterruptedByUser):
        asyncio.run(proving.prepare_stage(ctx, "datasync"))


def test_what_nobody_shows_is_said_as_such(tmp_path: Path) -> None:
    ctx, recorder, _ = context(tmp_path)
    (proof,) = proving.say_unproven(ctx, "foundation", "dms", "dms-start")
    assert proof.outcome == Proven.NOT_HERE
    assert outcomes(recorder) == [("dms-start", "tables-in-lake", "not-proven-here")]


def test_a_phase_that_is_not_applied_cannot_be_proven(tmp_path: Path) -> None:
    request = Request(operation=Operation.PROVE, environment="rehearsal", phase="glue")
    ctx, _, _ = context(tmp_path, state=state_of(BUCKET), request=request)
    with pytest.raises(UsageError, match="not applied") as refused:
        asyncio.run(proving.prove_operation(ctx))
    assert refused.value.code == "PHASE-NOT-APPLIED"


def test_proving_by_itself_says_what_is_not_proven_and_a_rollout_says_it_at_its_end(
    tmp_path: Path, provers: dict[str, proving.Prover]
) -> None:
    provers["full-load"] = shows("All loaded.")
    state = state_of(BUCKET, "module.dms[0].aws_dms_replication_task.this", started=True)
    asked = Request(operation=Operation.PROVE, environment="rehearsal", phase="dms", stage="dms-start")
    alone, _, _ = context(tmp_path, state=state, request=asked)
    assert [each.outcome for each in asyncio.run(proving.prove_operation(alone))] == ["proven", "not-proven-here"]
    as_child = Request(
        operation=Operation.PROVE, environment="rehearsal", phase="dms", stage="dms-start", parent="a-rollout"
    )
    child, _, _ = context(tmp_path, state=state, request=as_child)
    assert [each.outcome for each in asyncio.run(proving.prove_operation(child))] == ["proven"]
