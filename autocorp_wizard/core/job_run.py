"""A run of a Glue job as its API tells it: whether it is over, whether it proves the job, what helps if it failed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from autocorp_wizard.core.errors import WizardError

GOING: Final = frozenset({"STARTING", "RUNNING", "STOPPING", "WAITING"})

# What a message holds, and what helps. The first that fits is taken.
_REMEDIES: Final = (
    ("TABLE-BUSY", "Another job was writing the table. Run it again: autocorp-wizard apply glue"),
    (
        "assume role",
        "Let Glue assume the role: autocorp-wizard plan glue shows what its trust policy differs in, apply glue mends "
        "it.",
    ),
    (
        "not authorized",
        "Give the role that permission: autocorp-wizard plan glue shows what its policy differs in, apply glue mends "
        "it. Where the policy is as it should be, something above it denies: an organisation's policy or a boundary.",
    ),
    (
        "Access Denied",
        "Let the role read what the message names: autocorp-wizard plan glue shows what its policy or the bucket's "
        "differs in, apply glue mends it.",
    ),
    (
        "does not exist",
        "Upload what is missing: autocorp-wizard plan glue finds that it is gone, apply glue uploads it again.",
    ),
    (
        "timed out",
        "Give the job more time or more workers (glue_job_timeout_minutes, glue_number_of_workers with env edit), then "
        "autocorp-wizard apply glue",
    ),
)
_ELSE: Final = "Read the run's log in CloudWatch Logs (the details name group and run), mend it, then: autocorp-wizard "


@dataclass(frozen=True, slots=True)
class JobRun:
    """One run. `seconds` are those that workers worked; `message` is Glue's own."""

    job: str
    id: str
    state: str
    started: datetime
    attempt: int = 0
    seconds: int = 0
    message: str = ""
    log_group: str = ""

    @property
    def is_going(self) -> bool:
        """Whether it has not ended yet."""
        return self.state in GOING

    @property
    def succeeded(self) -> bool:
        """Whether it ended well."""
        return self.state == "SUCCEEDED"

    def proves(self, changed: datetime) -> bool:
        """Whether it ended well with the definition that the job has since `changed`."""
        return self.succeeded and self.started >= changed


def read_run(document: Mapping[str, object]) -> JobRun:
    """Return the run that GetJobRun or GetJobRuns describes."""
    started = document["StartedOn"]
    if not isinstance(started, datetime):
        raise TypeError("StartedOn is no moment")
    return JobRun(
        job=str(document.get("JobName", "")),
        id=str(document["Id"]),
        state=str(document.get("JobRunState", "")),
        started=started,
        attempt=int(str(document.get("Attempt") or 0)),
        seconds=int(str(document.get("ExecutionTime") or 0)),
        message=str(document.get("ErrorMessage") or ""),
        log_group=str(document.get("LogGroupName") or ""),
    )


def failure(failed: tuple[JobRun, ...]) -> WizardError:
    """Return the error that says which jobs failed, each with Glue's own message; `failed` holds one run or more."""
    first = failed[0]
    names = ", ".join(run.job for run in failed)
    what = f"Job {names} {_ended(first)}." if len(failed) == 1 else f"{len(failed)} jobs failed: {names}."
    message = first.message or f"Glue gave no reason; the run ended {first.state}."
    remedy = next((help_ for text, help_ in _REMEDIES if text in message), f"{_ELSE}apply glue")
    return WizardError(
        "GLUE-RUN-FAILED",
        what,
        why=message if len(failed) == 1 else f"{first.job}: {message}",
        next_step=remedy,
        details="\n".join(f"{run.job} {run.id} {run.state} ({run.log_group}): {run.message}" for run in failed),
    )


def _ended(run: JobRun) -> str:
    return {"TIMEOUT": "ran out of time", "STOPPED": "was stopped"}.get(run.state, "failed")
