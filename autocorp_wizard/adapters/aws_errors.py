"""What AWS and the way to it can answer, in the words of an operator: one catalogue, one function.

Works on botocore's exceptions without importing botocore: they are recognised by class name and error code, so that
naming an error costs no start-up time.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from autocorp_wizard.core.errors import ExitCode, WizardError
from autocorp_wizard.core.iam_actions import iam_action


class CloudError(WizardError):
    """AWS refused or could not be reached. `aws_code`, `status` and `action` are AWS's own words, if there were any."""

    def __init__(
        self,
        code: str,
        what: str,
        *,
        why: str = "",
        next_step: str = "",
        details: str = "",
        exit_code: ExitCode | None = None,
        aws_code: str = "",
        status: int = 0,
        action: str = "",
    ) -> None:
        super().__init__(code, what, why=why, next_step=next_step, details=details, exit_code=exit_code)
        self.aws_code: Final = aws_code
        self.status: Final = status
        self.action: Final = action

    @property
    def is_missing(self) -> bool:
        """Whether the answer was: what you ask for does not exist."""
        if self.aws_code == "InvalidRequestException":
            # Athena and DataSync have no code of their own for it.
            return "not found" in self.details or "does not exist" in self.details
        return bool(_MISSING.match(self.aws_code)) or (not self.aws_code and self.status == 404)


# A missing encryption key is no missing object: S3 says `KMS.NotFoundException` of the former.
_MISSING: Final = re.compile(
    r"(?!KMS)(404$|NoSuch|\w*NonExistent|[\w.]*(NotFound|DoesNotExist)(Exception|Fault|Error)?$)"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the catalogue. `{action}`, `{message}` and `{who}` are filled in."""

    code: str
    signs: frozenset[str]
    what: str
    why: str
    next_step: str
    exit_code: ExitCode = ExitCode.FAILED


def _signs(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Order matters only for readers; no sign stands in two entries (a test says so). Signs are AWS error codes and
# botocore class names.
CATALOGUE: Final[tuple[Entry, ...]] = (
    Entry(
        "AUTH-EXPIRED",
        _signs(
            "ExpiredToken ExpiredTokenException RequestExpired TokenRefreshRequired InvalidClientTokenId "
            "UnrecognizedClientException InvalidAccessKeyId InvalidToken UnauthorizedSSOTokenError SSOTokenLoadError "
            "TokenRetrievalError PendingAuthorizationExpiredError UnauthorizedException"
        ),
        "The AWS session{who} is over or its key is no longer valid.",
        "AWS answered to {action}: {message}",
        "Log in again (for a single sign-on profile: aws sso login), then run the same command; it goes on where it "
        "stopped.",
    ),
    Entry(
        "AUTH-MISSING",
        _signs(
            "NoCredentialsError PartialCredentialsError ProfileNotFound CredentialRetrievalError ConfigNotFound "
            "ConfigParseError InvalidConfigError MissingAuthenticationToken MissingAuthenticationTokenException"
        ),
        "There are no usable AWS credentials{who}.",
        "{message}",
        "Name a profile or a role in the environment (`env edit`: aws_profile, aws_role_arn), or set AWS_PROFILE.",
        ExitCode.USAGE,
    ),
    Entry(
        "AUTH-DENIED",
        _signs(
            "AccessDenied AccessDeniedException AccessDeniedFault UnauthorizedOperation AuthorizationError Forbidden "
            "403 AuthorizationErrorException NotAuthorized"
        ),
        "AWS refused {action}{who}.",
        "{message}",
        "Give this identity the permission (`autocorp-wizard policy deploy` prints all that the wizard needs), then "
        "run the same command.",
    ),
    Entry(
        "AUTH-SIGNATURE",
        _signs("SignatureDoesNotMatch InvalidSignatureException IncompleteSignature AuthFailure"),
        "AWS does not accept the signature of {action}{who}.",
        "The secret key does not belong to the access key, or something on the way changed the request: {message}",
        "Set the credentials anew, then run the same command.",
    ),
    Entry(
        "CLOCK-SKEWED",
        _signs("RequestTimeTooSkewed RequestInTheFuture"),
        "The clock of this machine differs too much from that of AWS.",
        "{message}",
        "Set the clock (for example by turning on network time), then run the same command.",
    ),
    Entry(
        "BACKEND-FOREIGN",
        _signs("BucketAlreadyExists"),
        "The bucket exists and belongs to another account.",
        "Bucket names are shared by all accounts of AWS: {message}",
        "Choose another name (`env edit`: state_bucket or project_name); never send state to somebody else's bucket.",
    ),
    Entry(
        "BACKEND-ELSEWHERE",
        _signs("PermanentRedirect AuthorizationHeaderMalformed IllegalLocationConstraintException 301"),
        "The bucket lies in another region.",
        "{message}",
        "Set the environment's region to the bucket's, or choose another bucket name.",
        ExitCode.USAGE,
    ),
    Entry(
        "REGION-DISABLED",
        _signs("OptInRequired RegionDisabledException NoRegionError InvalidRegionError UnknownRegionError"),
        "The region cannot be used by this account.",
        "{message}",
        "Enable the region in the account, or choose another one (`env edit`: region).",
        ExitCode.USAGE,
    ),
    Entry(
        "THROTTLED",
        _signs(
            "Throttling ThrottlingException ThrottledException RequestThrottled RequestThrottledException "
            "TooManyRequestsException RequestLimitExceeded SlowDown BandwidthLimitExceeded "
            "ProvisionedThroughputExceededException TransactionInProgressException 503"
        ),
        "AWS asks to be called less often; it said so again after several tries ({action}).",
        "{message}",
        "Wait a minute, then run the same command; it goes on where it stopped.",
    ),
    Entry(
        "LIMIT-REACHED",
        _signs(
            "LimitExceededException LimitExceeded TooManyBuckets ServiceQuotaExceededException "
            "ResourceQuotaExceededFault VpcLimitExceeded ResourceNumberLimitExceededException QuotaExceededException"
        ),
        "A quota of the account is used up ({action}).",
        "{message}",
        "Remove what is not needed, or ask AWS to raise the quota (Service Quotas), then run the same command.",
    ),
    Entry(
        "KMS-UNUSABLE",
        _signs(
            "KMSInvalidStateException KMSNotFoundException KMSAccessDeniedException DisabledException "
            "KMS.DisabledException KMS.KMSInvalidStateException KMS.NotFoundException KMSDisabledException"
        ),
        "The encryption key cannot be used ({action}).",
        "{message}",
        "Enable the key, cancel its deletion, or name another one, then run the same command.",
    ),
    Entry(
        "CLOUD-UNSUPPORTED",
        _signs("NotImplemented NotImplementedException 501 UnknownOperationException"),
        "{action} is not available here.",
        "{message}",
        "On the rehearsal cloud: this can only be done on a real account.",
        ExitCode.INCONCLUSIVE,
    ),
    Entry(
        "CLOUD-BROKEN",
        _signs(
            "InternalError InternalFailure InternalServerError InternalServiceError ServiceUnavailable "
            "ServiceException 500 502 504"
        ),
        "AWS had a fault of its own and had it again after several tries ({action}).",
        "{message}",
        "See the AWS health page, then run the same command; it goes on where it stopped.",
    ),
    Entry(
        "NET-TLS",
        _signs("SSLError"),
        "The connection to AWS is not trusted.",
        "{message}",
        "Behind a proxy that opens TLS, set AWS_CA_BUNDLE to a file with the proxy's certificate authority.",
    ),
    Entry(
        "NET-UNREACHABLE",
        _signs(
            "EndpointConnectionError ConnectTimeoutError ReadTimeoutError ConnectionClosedError ProxyConnectionError "
            "ConnectionError HTTPClientError ResponseStreamingError MetadataRetrievalError"
        ),
        "AWS cannot be reached from this machine.",
        "{message}",
        "Look at the network, the proxy (HTTPS_PROXY, NO_PROXY) and the region's name, then run the same command.",
    ),
)

_BY_SIGN: Final[dict[str, Entry]] = {sign: entry for entry in CATALOGUE for sign in entry.signs}
_DENIED_ACTION: Final = re.compile(r"not authorized to perform:? *\(?([a-z0-9-]+:[A-Za-z*]+)")


def is_cloud_exception(error: BaseException) -> bool:
    """Whether botocore (or the HTTP client below it) raised this, so that `explain` has something to say."""
    return any(base.__module__.partition(".")[0] in {"botocore", "boto3", "s3transfer"} for base in type(error).__mro__)


def explain(error: BaseException, *, service: str = "", who: str = "") -> CloudError:
    """Return the catalogue's words for an exception of botocore's.

    `service` is the IAM prefix of the client that raised it, `who` names the identity (a profile or a role).
    """
    response = cast("Mapping[str, Mapping[str, object]]", getattr(error, "response", None) or {})
    body = response.get("Error") or {}
    aws_code = str(body.get("Code") or "")
    status = _status(response)
    message = str(body.get("Message") or "") or str(error)
    operation = str(getattr(error, "operation_name", "") or "")
    denied = _DENIED_ACTION.search(message)
    action = denied.group(1) if denied else iam_action(service, operation) if operation else (service or "AWS")
    entry = _find(aws_code, status, type(error))
    whose = f" ({who})" if who else ""
    if entry is None:
        return CloudError(
            "CLOUD-ERROR",
            f"{action} failed.",
            why=f"AWS answered {aws_code or status or type(error).__name__}: {message}",
            next_step="See the message of AWS; the run's log holds the full text.",
            details=str(error),
            aws_code=aws_code,
            status=status,
            action=action,
        )
    filled = {"action": action, "message": message, "who": whose}
    return CloudError(
        entry.code,
        entry.what.format(**filled),
        why=entry.why.format(**filled),
        next_step=entry.next_step,
        details=str(error),
        exit_code=entry.exit_code,
        aws_code=aws_code,
        status=status,
        action=action,
    )


def _status(response: Mapping[str, Mapping[str, object]]) -> int:
    status = (response.get("ResponseMetadata") or {}).get("HTTPStatusCode")
    return status if isinstance(status, int) else 0


def _find(aws_code: str, status: int, kind: type[BaseException]) -> Entry | None:
    # EC2 and older services qualify some codes (`Client.UnauthorizedOperation`).
    for sign in (aws_code, aws_code.rpartition(".")[2], str(status) if status in {301, 501} else ""):
        if sign in _BY_SIGN:
            return _BY_SIGN[sign]
    if not aws_code:
        for base in kind.__mro__:
            if base.__name__ in _BY_SIGN and base.__module__.startswith("botocore"):
                return _BY_SIGN[base.__name__]
    if status >= 500:
        return _BY_SIGN["500"]
    return None
