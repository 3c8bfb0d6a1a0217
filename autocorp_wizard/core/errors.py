"""One family of errors: what happened, why, and what to do next, with the exit code that cli.md promises.

Anything else that reaches the boundary is a bug of ours and ends with exit code 1.
"""

from enum import IntEnum
from typing import Final


class ExitCode(IntEnum):
    """The codes a script may rely on (cli.md, "Exit codes")."""

    OK = 0
    BUG = 1
    USAGE = 2
    FAILED = 3
    WARNINGS = 4
    INCONCLUSIVE = 5
    INTERRUPTED = 130


class WizardError(Exception):
    """A failure that was foreseen: it can be shown to a person without a traceback.

    `code` is stable (`STATE-LOCKED`), `what` a sentence, `why` the cause as far as it is known, `next_step` what
    the person can do now. `details` may hold raw text from outside; it is shown on request and redacted before.
    """

    exit_code: ExitCode = ExitCode.FAILED

    def __init__(
        self,
        code: str,
        what: str,
        *,
        why: str = "",
        next_step: str = "",
        details: str = "",
        exit_code: ExitCode | None = None,
    ) -> None:
        super().__init__(what)
        self.code: Final = code
        self.what: Final = what
        self.why: Final = why
        self.next_step: Final = next_step
        self.details: Final = details
        if exit_code is not None:
            self.exit_code = exit_code

    def __str__(self) -> str:
        return " ".join(part for part in (self.what, self.why, self.next_step) if part)

    def as_document(self) -> dict[str, str | int]:
        """Return the error as the JSON object that `--json` prints under `error`."""
        return {
            "code": self.code,
            "what": self.what,
            "why": self.why,
            "next_step": self.next_step,
            "exit_code": int(self.exit_code),
        }


class UsageError(WizardError):
    """The command line, an answer or a file was wrong; nothing was started."""

    exit_code = ExitCode.USAGE


class InconclusiveError(WizardError):
    """Something could not be looked at, so nothing is claimed about it."""

    exit_code = ExitCode.INCONCLUSIVE


class InterruptedByUser(WizardError):  # noqa: N818  (an outcome, not a fault)
    """The person at the keyboard stopped it."""

    exit_code = ExitCode.INTERRUPTED
