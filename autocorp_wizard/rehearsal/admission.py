"""Who may call: the throw-away key pair, keys from the emulated IAM and STS, and nobody's real profile."""

import sys
from dataclasses import dataclass
from typing import Final

from autocorp_wizard.rehearsal.address import ACCOUNT_ID, OPERATOR_ARN
from autocorp_wizard.rehearsal.call import AwsCall, Protocol
from autocorp_wizard.rehearsal.errorbody import Answer, error_answer

_BAD_WORDS: Final = "The security token included in the request is invalid."
_UNKNOWN: Final = {
    Protocol.S3: (
        403,
        "InvalidAccessKeyId",
        "The AWS Access Key Id you provided does not exist in our records.",
    ),
    Protocol.EC2: (401, "AuthFailure", "AWS was not able to validate the provided access credentials"),
    Protocol.QUERY: (403, "InvalidClientTokenId", _BAD_WORDS),
}
_UNKNOWN_TO_JSON: Final = (400, "UnrecognizedClientException", _BAD_WORDS)
_UNSIGNED: Final = {Protocol.S3: (403, "AccessDenied", "Access Denied: the request is not signed.")}
_UNSIGNED_ELSEWHERE: Final = (403, "MissingAuthenticationToken", "Request is missing Authentication Token")


@dataclass(frozen=True, slots=True)
class Admission:
    """Judges a caller by its key id; signatures are not recomputed, the interface is loopback's."""

    access_key_id: str

    def refusal(self, call: AwsCall) -> Answer | None:
        """Return the answer AWS gives to a caller it does not know, None for one that may pass."""
        if call.access_key_id == self.access_key_id or (call.is_signed and _given_out(call)):
            return None
        status, code, message = (_UNKNOWN if call.is_signed else _UNSIGNED).get(
            call.protocol, _UNKNOWN_TO_JSON if call.is_signed else _UNSIGNED_ELSEWHERE
        )
        return error_answer(call, status, code, message)

    def principal(self, call: AwsCall) -> str:
        """Return the ARN of the caller as policies see it: a user's, or the role behind a session."""
        return _given_out(call) or OPERATOR_ARN


def _given_out(call: AwsCall) -> str | None:
    """Return the ARN of the user or role whose key the emulated IAM or STS gave out."""
    # Looked up only where the emulated services are loaded: before that they cannot have given out a key.
    # A service that another thread is loading right now has no backends yet.
    iam = getattr(sys.modules.get("moto.iam.models"), "iam_backends", None)
    sts = getattr(sys.modules.get("moto.sts.models"), "sts_backends", None)
    if iam is not None:
        user = iam[ACCOUNT_ID]["aws"].get_user_from_access_key_id(call.access_key_id)
        if user is not None:
            return str(user.arn)
    if sts is None:
        return None
    role = sts[ACCOUNT_ID]["aws"].get_assumed_role_from_access_key(call.access_key_id)
    return str(role.role_arn) if role is not None and role.session_token == call.session_token else None
