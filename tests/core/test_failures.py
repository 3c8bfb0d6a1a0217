"""What Terraform and AWS said becomes one known failure, with what to do next."""

from datetime import UTC, datetime, timedelta

import pytest

from autocorp_wizard.core.errors import ExitCode
from autocorp_wizard.core.events import DiagnosticReported
from autocorp_wizard.core.failures import CATALOGUE, Launch, classify, left_its_lock

SAID = {
    "STATE-UNSAVED": ("Failed to save state", "Error saving state: AccessDenied"),
    "STATE-LOCKED": ("Error acquiring the state lock", "operation error S3: PutObject, 412 PreconditionFailed"),
    "STATE-LOCK-KEPT": ("Error releasing the state lock", "failed to delete the lock file: AccessDenied"),
    "STATE-DIGEST": ("Error loading state", "state data in S3 does not have the expected content."),
    "PLAN-STALE": ("Saved plan is stale", "The given plan file can no longer be applied because the state was changed"),
    "AUTH-EXPIRED": (
        "creating IAM Role",
        "ExpiredTokenException: The session has expired",
    ),
    "AUTH-MISSING": ("No valid credential sources found", "Please see the documentation"),
    "DISK-FULL": ("Error writing plan", "write plan: no space left on device"),
    "AUTH-DENIED": ("creating S3 Bucket", "api error AccessDenied: User is not authorized to perform: s3:CreateBucket"),
    "SECRET-PENDING-DELETE": ("creating Secret", "a secret with this name is already scheduled for deletion"),
    "NAME-TAKEN": ("creating IAM Role", "EntityAlreadyExists: Role with name x already exists."),
    "THROTTLED": ("creating VPC", "exceeded maximum number of attempts, 4, ThrottlingException: Rate exceeded"),
    "QUOTA": ("creating VPC", "VpcLimitExceeded: The maximum number of VPCs has been reached"),
    "CLOUD-BROKEN": (
        "creating Glue Job",
        "https response error StatusCode: 500, api error InternalServiceException: no",
    ),
    "NET-UNREACHABLE": ("reading KMS Key", "dial tcp 10.0.0.1:443: connect: connection refused"),
    "CONFIG-INVALID": ("Invalid value for variable", "must be one of dev, staging, prod"),
    "PROVIDER-UNVERIFIED": ("Failed to install", "doesn't match any of the checksums previously recorded"),
    "PROVIDER-MISSING": ("Failed to query available provider packages", "could not connect"),
}


def test_every_entry_of_the_catalogue_has_an_example_here() -> None:
    assert {entry.code for entry in CATALOGUE} == set(SAID)


@pytest.mark.parametrize("code", sorted(SAID))
def test_a_failure_is_known_by_what_was_said(code: str) -> None:
    summary, detail = SAID[code]
    error = classify([DiagnosticReported(severity="error", summary=summary, detail=detail, address="a.b")], 1)
    assert error.code == code
    assert error.next_step
    assert "a.b" in error.details


def test_an_unknown_failure_keeps_the_line_that_matters() -> None:
    error = classify([DiagnosticReported(severity="error", summary="The moon is too near", address="a.b")], 1)
    assert error.code == "TERRAFORM-FAILED"
    assert "a.b: The moon is too near" in error.why


def test_a_warning_is_no_cause() -> None:
    error = classify([DiagnosticReported(severity="warning", summary="AccessDenied")], 1)
    assert error.code == "TERRAFORM-FAILED"


def test_a_signal_says_so_whatever_was_said_before() -> None:
    error = classify([DiagnosticReported(severity="error", summary="AccessDenied")], -9)
    assert error.code == "TERRAFORM-KILLED"
    assert error.exit_code is ExitCode.FAILED


LOCKED = """Error message: operation error S3: PutObject, api error PreconditionFailed
Lock Info:
  ID:        2af473f4-eefd-37bc-d6fe-4c4d27e229e7
  Who:       root@here
  Created:   2026-11-27 12:11:16.5 +0000 UTC
  Info:      """
NOON = datetime(2026, 11, 27, 12, 11, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("launch", "code"),
    [
        (Launch(NOON, "here"), "STATE-LOCK-OWN"),
        (Launch(NOON + timedelta(seconds=1), "here"), "STATE-LOCKED"),
        (Launch(NOON, "there"), "STATE-LOCKED"),
        (None, "STATE-LOCKED"),
    ],
)
def test_a_lock_that_the_command_took_itself_is_told_from_another_s(launch: Launch | None, code: str) -> None:
    reported = DiagnosticReported(severity="error", summary="Error acquiring the state lock", detail=LOCKED)
    assert classify([reported], 1, launch).code == code
    unsaved = DiagnosticReported(severity="error", summary="Failed to save state", detail="broken")
    assert classify([unsaved, reported], 1, launch).code == "STATE-UNSAVED"


def test_what_ended_a_command_is_told_before_the_lock_that_it_could_not_give_back() -> None:
    kept = DiagnosticReported(severity="error", summary="Error releasing the state lock", detail="ExpiredToken: no")
    expired = DiagnosticReported(
        severity="error", summary="reading S3 Bucket", detail="ExpiredToken: gone", address="a.b"
    )
    assert classify([kept], 1).code == "STATE-LOCK-KEPT"
    both = classify([kept, expired], 1)
    assert (both.code, "a.b" in both.details, "releasing" in both.details) == ("AUTH-EXPIRED", True, True)
    assert left_its_lock([kept, expired])
    assert not left_its_lock([expired])
