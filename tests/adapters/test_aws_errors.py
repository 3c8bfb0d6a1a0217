"""The catalogue: one meaning per sign, and a door out of every error."""

from collections import Counter

import pytest
from botocore import exceptions as core
from hypothesis import given
from hypothesis import strategies as st

from autocorp_wizard.adapters.aws_errors import CATALOGUE, explain, is_cloud_exception
from autocorp_wizard.core.errors import ExitCode
from autocorp_wizard.core.iam_actions import iam_action


def refused(code: str, message: str = "no", status: int = 400, operation: str = "CreateKey") -> core.ClientError:
    answer = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return core.ClientError(answer, operation)  # type: ignore[arg-type]


def test_no_sign_has_two_meanings() -> None:
    twice = [sign for sign, n in Counter(sign for entry in CATALOGUE for sign in entry.signs).items() if n > 1]
    assert twice == []


@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.code)
def test_every_entry_says_what_why_and_what_next(entry: object) -> None:
    sign = min(entry.signs)
    known = getattr(core, sign, None)
    error = known.__new__(known) if known else refused(sign)
    told = explain(error, service="kms", who="profile lake")
    assert told.code == entry.code
    assert told.what.endswith(".")
    assert told.next_step.endswith(".")
    assert "{" not in str(told)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (refused("ExpiredToken"), "AUTH-EXPIRED"),
        (refused("InvalidClientTokenId", status=403), "AUTH-EXPIRED"),
        (core.NoCredentialsError(), "AUTH-MISSING"),
        (core.ProfileNotFound(profile="lake"), "AUTH-MISSING"),
        (core.UnauthorizedSSOTokenError(), "AUTH-EXPIRED"),
        (refused("AccessDeniedException"), "AUTH-DENIED"),
        (refused("Client.UnauthorizedOperation", status=403), "AUTH-DENIED"),
        (refused("403", status=403, operation="HeadBucket"), "AUTH-DENIED"),
        (refused("BucketAlreadyExists", status=409), "BACKEND-FOREIGN"),
        (refused("ThrottlingException"), "THROTTLED"),
        (refused("SlowDown", status=503), "THROTTLED"),
        (refused("SomethingNew", status=500), "CLOUD-BROKEN"),
        (refused("NotImplemented", status=501), "CLOUD-UNSUPPORTED"),
        (core.EndpointConnectionError(endpoint_url="https://x"), "NET-UNREACHABLE"),
        (core.ConnectTimeoutError(endpoint_url="https://x"), "NET-UNREACHABLE"),
        (core.ReadTimeoutError(endpoint_url="https://x"), "NET-UNREACHABLE"),
        (core.SSLError(endpoint_url="https://x", error="bad"), "NET-TLS"),
        (refused("RequestTimeTooSkewed", status=403), "CLOCK-SKEWED"),
        (refused("301", status=301, operation="HeadBucket"), "BACKEND-ELSEWHERE"),
        (refused("SomethingElse"), "CLOUD-ERROR"),
    ],
)
def test_what_aws_answers_has_a_name(error: Exception, code: str) -> None:
    assert is_cloud_exception(error)
    assert explain(error, service="s3").code == code


def test_a_denied_action_is_named_as_iam_names_it() -> None:
    told = explain(refused("403", status=403, operation="HeadBucket"), service="s3", who="role r")
    assert "s3:ListBucket" in told.what
    assert "(role r)" in told.what
    message = "User: arn:aws:iam::1:user/u is not authorized to perform: kms:CreateKey on resource: *"
    assert "kms:CreateKey" in explain(refused("AccessDeniedException", message), service="x").what


def test_what_cannot_be_looked_at_is_inconclusive_not_failed() -> None:
    assert explain(refused("NotImplemented", status=501)).exit_code is ExitCode.INCONCLUSIVE


@given(st.text(max_size=30), st.text(max_size=80), st.integers(0, 599))
def test_any_answer_of_aws_can_be_told(code: str, message: str, status: int) -> None:
    told = explain(refused(code, message, status), service="s3", who="profile {x}")
    assert told.what
    assert told.aws_code == code


def test_permissions_are_named_after_operations() -> None:
    assert iam_action("s3", "HeadBucket") == "s3:ListBucket"
    assert iam_action("kms", "CreateKey") == "kms:CreateKey"
