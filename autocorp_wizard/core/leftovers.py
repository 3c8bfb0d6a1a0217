"""What a destroy leaves behind by nature, as a written list, and the names of an environment that are looked for.

Anything found that is not on this list should not be there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from autocorp_wizard.core.bootstrap import HasState
from autocorp_wizard.core.events import Json, LeftoverFound


class Stays(StrEnum):
    """Why something stays after a destroy."""

    KEY = "key-pending-deletion"
    SECRET = "secret-in-recovery-window"  # noqa: S105  (the name of a reason)
    LOG_GROUP = "service-made-log-group"
    AGENT = "datasync-agent"
    STATE_BUCKET = "state-bucket"
    LOCK_TABLE = "lock-table"
    BACKUPS = "state-backups"


# The written list (decisions.md 6): what stays, and what that means for whoever reads it.
WRITTEN_LIST: Final[Mapping[Stays, str]] = {
    Stays.KEY: "KMS deletes a key only after its waiting period; until then nothing encrypted with it is lost, and it "
    "costs nothing.",
    Stays.SECRET: "Secrets Manager keeps a deleted secret for its recovery window; the next apply restores it.",
    Stays.LOG_GROUP: "The service made it, not Terraform; it holds the logs of what ran.",
    Stays.AGENT: "The agent belongs to the wizard and to a machine of yours; a next rollout uses it again.",
    Stays.STATE_BUCKET: "It holds the state and its versions, which is how a next rollout knows what it made.",
    Stays.LOCK_TABLE: "It belongs to the remote state and may serve other environments.",
    Stays.BACKUPS: "Copies of the state from before each apply; they expire after a year.",
}


class HasNames(HasState, Protocol):
    """What an environment says about its names (core/environment.py)."""

    @property
    def variables(self) -> Mapping[str, Json]: ...


@dataclass(frozen=True, slots=True)
class Names:
    """The names that the Terraform tree gives in one environment (terraform/main.tf, locals)."""

    prefix: str
    project: str
    environment: str
    buckets: tuple[str, ...]
    secret: str
    key_alias: str

    @classmethod
    def of(cls, environment: HasNames) -> "Names":
        """Return the names that follow from an environment's answers."""
        project, name, account = environment.project_name, environment.name, environment.account_id
        lake = environment.variables.get("data_lake_bucket_name") or f"{project}-datalake-{name}-{account}"
        return cls(
            prefix=f"{project}-{name}",
            project=project,
            environment=name,
            buckets=(str(lake), f"{project}-logs-{name}-{account}"),
            secret=f"{project}/{name}/postgres/password",
            key_alias=f"alias/{project}-{name}",
        )

    @property
    def tags(self) -> dict[str, str]:
        """The tags that every taggable resource carries (the provider's default_tags)."""
        return {"Project": self.project, "Environment": self.environment}

    @property
    def log_prefixes(self) -> tuple[str, ...]:
        """Where services make log groups of their own for this environment."""
        jobs = (f"/aws-glue/jobs/{self.prefix}", f"/aws-glue/jobs/logs-v2-{self.prefix}")
        crawlers = f"/aws-glue/crawlers-role/{self.prefix}"
        return (f"dms-tasks-{self.prefix}", *jobs, crawlers, f"/aws/datasync/{self.prefix}")


def stays(why: Stays, name: str, detail: str = "") -> LeftoverFound:
    """Return the event for something on the written list."""
    return LeftoverFound(name=name, sentence=" ".join(filter(None, (detail, WRITTEN_LIST[why]))), by_nature=True)


def unexpected(name: str, sentence: str) -> LeftoverFound:
    """Return the event for something that should be gone."""
    return LeftoverFound(name=name, sentence=sentence, by_nature=False)
