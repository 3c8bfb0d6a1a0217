"""What --yes may approve, what asks for the name, and when a rollout's plan is asked about."""

from datetime import UTC, datetime

import pytest

from autocorp_wizard.cli import applying, reviewing
from autocorp_wizard.cli.approving import Approvals
from autocorp_wizard.cli.following import Followed
from autocorp_wizard.cli.settings import Settings
from autocorp_wizard.core import events as ev
from autocorp_wizard.core.change import Change, Risk
from autocorp_wizard.core.errors import UsageError
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.plan import Plan
from autocorp_wizard.core.plan_page import as_markdown
from autocorp_wizard.core.runstate import RunState

BUCKET = "module.s3.aws_s3_bucket.lake"
SECRET = "module.secrets.aws_secretsmanager_secret_version.postgres[0]"


def plan_with(*risks):
    change = Change(
        address=BUCKET,
        action=ev.Action.REPLACE,
        module="s3",
        phase=Phase.FOUNDATION,
        resource_type="aws_s3_bucket",
        name="lake",
        provider_name="aws",
        sentence="Replaces the lake's bucket.",
        attributes=(),
        reason="its name changes",
    )
    counts = {"create": 0, "update": 0, "replace": 1, "delete": 0, "import": 0}
    return Plan("dev", "foundation", "foundation", (change,), counts, risks, (), True, "ab" * 32, "1.11.4")


def settings(**options):
    return Settings(open_wizard=lambda settings, environment: 0, quiet=True, **options)


@pytest.mark.parametrize("kind", ["data-loss", "replacement", "stops-replication"])
def test_yes_does_not_approve_what_loses_replaces_or_stops(kind):
    with pytest.raises(UsageError) as caught:
        applying.approve(settings(yes=True), plan_with(Risk(kind, BUCKET, "The bucket is gone.")), "")
    assert caught.value.code == "CONFIRM-NEEDED"
    assert "--approve abababababab" in caught.value.next_step


@pytest.mark.parametrize("kind", ["widens-access", "costs-more"])
def test_yes_approves_what_can_be_taken_back(kind):
    assert applying.approve(settings(yes=True), plan_with(Risk(kind, BUCKET, "More.")), "") == ""


def test_the_typed_name_approves_the_loss_of_data():
    plan = plan_with(Risk("data-loss", BUCKET, "The bucket is gone."))
    assert applying.approve(settings(yes=True), plan, "dev") == "dev"
    with pytest.raises(UsageError, match="--confirm says 'prod'"):
        applying.approve(settings(yes=True), plan, "prod")


def test_yes_alone_never_answers_for_the_name():
    with pytest.raises(UsageError) as caught:
        applying.approve(settings(), plan_with(Risk("data-loss", BUCKET, "Gone.")), "")
    assert caught.value.next_step == "Answer it with: --confirm dev"


def test_writing_the_password_may_replace_its_version_and_nothing_else():
    own = Risk("replacement", SECRET, "The version is replaced.")
    assert (
        applying.approve(settings(yes=True), plan_with(own), "", expected=SECRET.split("postgres", maxsplit=1)[0]) == ""
    )
    with pytest.raises(UsageError):
        applying.approve(
            settings(yes=True),
            plan_with(own, Risk("replacement", BUCKET, "Another.")),
            "",
            expected=SECRET.split("postgres", maxsplit=1)[0],
        )


def test_a_review_names_risks_first_then_changes_counts_and_digest():
    text = [line for line, _ in reviewing.review(plan_with(Risk("data-loss", BUCKET, "The bucket is gone.")))]
    order = ["Plan of foundation in dev", "Risks (1):", "Phase 1 foundation", "1 to replace.", "Digest: " + "ab" * 32]
    assert [line for line in text if line in order] == order
    assert any("Replaces the lake's bucket." in line for line in text)
    assert any("because: its name changes" in line for line in text)


def test_the_next_command_names_what_the_plan_needs():
    harmless = reviewing.next_command(plan_with())
    assert harmless == "autocorp-wizard apply foundation --env dev --approve abababababab"
    assert reviewing.next_command(plan_with(Risk("data-loss", BUCKET, "Gone."))).endswith("--confirm dev")


def test_a_page_for_a_pull_request_holds_risks_changes_and_digest():
    page = as_markdown(plan_with(Risk("data-loss", BUCKET, "The bucket is gone.")))
    assert "- **loses data**: The bucket is gone. (`module.s3.aws_s3_bucket.lake`)" in page
    assert "- replace: Replaces the lake's bucket." in page
    assert "ab" * 32 in page


ROLLOUT, PLAN, APPLY = "20260301T100000-rollout-0000", "20260301T100001-plan-0001", "20260301T100009-apply-0002"


def child(run, operation, *, changed=True, outcome="succeeded"):
    """The state and the last event of a rollout's child that is over."""
    stage = {"phase": "foundation", "stage": "foundation"}
    events = [
        ev.RunStarted(operation=operation, environment="dev", parent=ROLLOUT, **stage),
        ev.PlanReady(digest="ab" * 32, counts={"create": 1}, changed=changed),
        ev.RunFinished(outcome=outcome),
    ]
    at = datetime(2026, 3, 1, tzinfo=UTC)
    envelopes = [ev.Envelope(seq, at, run, event) for seq, event in enumerate(events, 1)]
    return RunState().add_all(envelopes), envelopes[-1]


def asked(state, end, *before):
    followed = Followed(ROLLOUT, {each.run: each for each in (*before, state)})
    return Approvals(settings(), ROLLOUT).question_of(end, followed) is not None


def test_a_rollout_asks_once_a_plan_that_changes_something_is_made():
    state, end = child(PLAN, "plan")
    assert asked(state, end)


def test_a_rollout_does_not_ask_about_nothing_a_failure_or_the_proof_after_an_apply():
    unchanged, end = child(PLAN, "plan", changed=False)
    assert not asked(unchanged, end)
    failed, end = child(PLAN, "plan", outcome="failed")
    assert not asked(failed, end)
    apply_state, apply_end = child(APPLY, "apply")
    assert not asked(apply_state, apply_end)
    proof, end = child("20260301T100012-plan-0003", "plan")
    assert not asked(proof, end, apply_state)
