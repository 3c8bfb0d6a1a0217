"""The error catalogue: from what Terraform and AWS said to what it means and what to do next.

The first entry whose pattern is found wins, so the specific stand before the general.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from autocorp_wizard.core.errors import ExitCode, WizardError
from autocorp_wizard.core.events import DiagnosticReported
from autocorp_wizard.core.state_lock import lock_in_text


@dataclass(frozen=True, slots=True)
class Entry:
    """One known failure: `pattern` is searched in summary and detail of the diagnostics, case-insensitively."""

    code: str
    pattern: str
    what: str
    why: str
    next_step: str
    exit_code: ExitCode = ExitCode.FAILED


_LOCK_REFUSED: Final = r"Error acquiring the state lock"
_LOCK_KEPT: Final = r"Error releasing the state lock"
_LOCKED_OUT: Final = Entry(
    "STATE-LOCK-OWN",
    _LOCK_REFUSED,
    "Terraform locked itself out.",
    "It took the state lock, the answer was lost on the way, and its next try met its own lock. Nothing was changed.",
    "Give the lock back: autocorp-wizard runs recover",
)

CATALOGUE: tuple[Entry, ...] = (
    Entry(
        "STATE-UNSAVED",
        r"Failed to (save|persist) state|errored\.tfstate",
        "AWS was changed, but the state could not be saved.",
        "The write to the state bucket was refused or the connection broke; the state lies in a file on this machine.",
        "Do not apply again before it is saved: autocorp-wizard runs recover",
    ),
    Entry(
        "STATE-LOCKED",
        _LOCK_REFUSED,
        "The state is locked.",
        "Another run works on this environment, or one that was killed left its lock behind.",
        "See who holds it and break it if that process is dead: autocorp-wizard runs recover",
    ),
    Entry(
        "STATE-LOCK-KEPT",
        _LOCK_KEPT,
        "Terraform could not give the state lock back.",
        "The call that removes the lock was refused or the connection broke; the state itself is saved.",
        "Give the lock back: autocorp-wizard runs recover",
    ),
    Entry(
        "STATE-DIGEST",
        r"state data in S3 does not have the expected content|checksum calculated for the state stored in S3",
        "The lock table's checksum is not that of the state.",
        "A Terraform died between writing the one and the other.",
        "Look whether the newest version of the state is whole, then delete the item that ends in -md5 from the table.",
    ),
    Entry(
        "PLAN-STALE",
        r"Saved plan is stale|plan file can no longer be applied",
        "The plan is stale: the state was changed after it was made.",
        "Somebody applied in between.",
        "Plan again and review what is different: autocorp-wizard plan PHASE",
    ),
    Entry(
        "AUTH-EXPIRED",
        r"ExpiredToken|RequestExpired|security token included in the request is expired|session has expired",
        "The AWS credentials have expired.",
        "The session ended while Terraform was working. What was finished is in the state.",
        "Log in again, then run the same command: it goes on where it stopped.",
    ),
    Entry(
        "AUTH-MISSING",
        r"No valid credential sources|failed to refresh cached credentials|InvalidClientTokenId"
        r"|failed retrieving via all available methods",
        "AWS did not accept the credentials.",
        "They are missing, wrong or belong to another account.",
        "Check the environment's aws_profile or aws_role_arn: autocorp-wizard env show",
    ),
    Entry(
        "DISK-FULL",
        r"no space left on device",
        "The disk is full.",
        "Terraform or the wizard could not write.",
        "Make room (or name another home with --home), then run: autocorp-wizard runs recover",
    ),
    Entry(
        "AUTH-DENIED",
        r"AccessDenied|UnauthorizedOperation|is not authorized to perform|\b403\b.*Forbidden",
        "AWS refused an action.",
        "The identity lacks a permission; the text names it.",
        "Grant it (autocorp-wizard policy deploy prints what is needed), then run the same command again.",
    ),
    Entry(
        "SECRET-PENDING-DELETE",
        r"already scheduled for deletion|scheduled for deletion",
        "A secret of that name waits for its deletion.",
        "An earlier destroy left it in its recovery window.",
        "Apply again: the wizard restores such a secret before it plans.",
    ),
    Entry(
        "NAME-TAKEN",
        r"EntityAlreadyExists|AlreadyExistsException|BucketAlreadyExists|BucketAlreadyOwnedByYou|ResourceExistsException"
        r"|already exists",
        "Something of that name exists already and is not in the state.",
        "An earlier run was cut off after AWS had made it, or somebody made it by hand.",
        "If it is ours, take it over: autocorp-wizard plan PHASE --adopt (it is imported by a plan that you review)."
        " Otherwise choose another name.",
    ),
    Entry(
        "THROTTLED",
        r"Throttl|Rate exceeded|SlowDown|TooManyRequests|RequestLimitExceeded",
        "AWS slowed us down for longer than the retries last.",
        "Too many calls in this account at once.",
        "Wait a few minutes and run the same command again; finished resources stay finished.",
    ),
    Entry(
        "QUOTA",
        r"LimitExceeded|QuotaExceeded|limit .*exceeded|MaxNumberOf",
        "A quota of the account is used up.",
        "The text names it.",
        "Ask for a higher quota or remove what is not needed, then run the same command again.",
    ),
    Entry(
        "CLOUD-BROKEN",
        r"InternalFailure|InternalSer|InternalError|ServiceUnavailable|StatusCode: 5\d\d",
        "AWS had a fault of its own, and had it again after several tries.",
        "The text names the call.",
        "See the AWS health page, then run the same command again; finished resources stay finished.",
    ),
    Entry(
        "NET-UNREACHABLE",
        r"connection refused|no such host|i/o timeout|connection reset|dial tcp|TLS handshake|x509|EOF\b",
        "AWS could not be reached.",
        "The network between this machine and AWS broke, or a proxy or certificate is in the way.",
        "Check the connection (proxy and CA variables too), then run the same command again.",
    ),
    Entry(
        "CONFIG-INVALID",
        r"Invalid value for variable|Unsupported argument|Invalid configuration|Missing required argument"
        r"|Reference to undeclared|Unsupported block type|Argument or block definition required"
        r"|Invalid (expression|character)",
        "The configuration or an answer is not valid.",
        "The text names the place.",
        "Correct the answer (autocorp-wizard env edit) or the tree, then plan again.",
        ExitCode.USAGE,
    ),
    Entry(
        "PROVIDER-UNVERIFIED",
        r"doesn't match any of the checksums previously recorded",
        "The AWS provider found on this machine is not vouched for by the lock file.",
        "The lock file holds checksums of other platforms or of another release.",
        "Use a copy of the release that the lock file names, or connect to the network, then run again.",
    ),
    Entry(
        "PROVIDER-MISSING",
        r"Failed to (query available provider packages|install provider)|Inconsistent dependency lock file"
        r"|provider registry|Required plugins are not installed",
        "The AWS provider could not be installed.",
        "No copy that fits the lock file was found on this machine, and the registry did not give one.",
        "Name a folder that holds it in AUTOCORP_TF_PLUGIN_DIR, or connect to the network, then run again.",
    ),
)


@dataclass(frozen=True, slots=True)
class Launch:
    """Where and when a Terraform command was started; `at` is aware, `host` as the machine names itself."""

    at: datetime
    host: str

    def took(self, text: str) -> bool:
        """Whether the state lock that a failure names was taken by the command itself: here, and not before."""
        lock = lock_in_text(text)
        return lock is not None and lock.taken_since(self.at, self.host)


def classify(diagnostics: Sequence[DiagnosticReported], exit_code: int, launch: Launch | None = None) -> WizardError:
    """Return the error that a failed Terraform command amounts to.

    `exit_code` below zero is the signal that ended it; with its `launch` a lock of its own is told from another's.
    """
    reported = [d for d in diagnostics if d.severity == "error"]
    details = _text(reported)
    # What ended the command mostly ended the giving back of its lock as well, and is what a person has to mend.
    errors = [d for d in reported if not _keeps_lock(d)] or reported
    raw = _text(errors)
    if exit_code < 0:
        return WizardError(
            "TERRAFORM-KILLED",
            f"Terraform was killed (signal {-exit_code}).",
            why="It could not save its state or give the lock back.",
            next_step="Nothing is lost: autocorp-wizard runs recover",
            details=details,
        )
    entry = next((entry for entry in CATALOGUE if re.search(entry.pattern, raw, re.IGNORECASE | re.DOTALL)), None)
    if entry is not None:
        if entry.pattern == _LOCK_REFUSED and launch is not None and launch.took(raw):
            entry = _LOCKED_OUT
        return WizardError(
            entry.code,
            entry.what,
            why=f"{entry.why} {_first_line(errors, entry.pattern)}".strip(),
            next_step=entry.next_step,
            details=details,
            exit_code=entry.exit_code,
        )
    first = _first_line(errors, ".")
    return WizardError(
        "TERRAFORM-FAILED",
        "Terraform failed.",
        why=first or f"It ended with exit code {exit_code} and said nothing.",
        next_step="What was finished is in the state; mend the cause and run the same command again.",
        details=details,
    )


def left_its_lock(diagnostics: Sequence[DiagnosticReported]) -> bool:
    """Whether a command said that it could not give its lock back, whatever else ended it."""
    return any(map(_keeps_lock, diagnostics))


def _keeps_lock(diagnostic: DiagnosticReported) -> bool:
    return diagnostic.severity == "error" and _LOCK_KEPT in diagnostic.summary


def _text(errors: Sequence[DiagnosticReported]) -> str:
    return "\n".join(f"{d.summary}: {d.detail}".strip(": ") + (f" ({d.address})" if d.address else "") for d in errors)


def _first_line(errors: Sequence[DiagnosticReported], pattern: str) -> str:
    for error in errors:
        text = f"{error.summary}: {error.detail}"
        if re.search(pattern, text, re.IGNORECASE | re.DOTALL):
            where = f"{error.address}: " if error.address else ""
            lines = [line.strip() for line in (error.summary + "\n" + error.detail).splitlines() if line.strip()]
            matching = [line for line in lines if re.search(pattern, line, re.IGNORECASE)]
            return f"Terraform says: {where}{(matching or lines or [''])[0]}"[:500]
    return ""
