"""Whether the source's secret holds a value, and how old that is; learned without ever reading the value."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.environment import Environment

MISSING, EMPTY, FILLED, DELETED = "missing", "empty", "filled", "deleted"


@dataclass(frozen=True, slots=True)
class SecretStatus:
    """`state` is missing, empty, filled or deleted (recoverable); version and time are those of the present value."""

    name: str
    state: str
    version: str = ""
    changed_at: datetime | None = None
    rotation: bool = False

    def age_days(self, now: datetime) -> float | None:
        """Return the age of the value in days, None without a value."""
        return (now - self.changed_at).total_seconds() / 86400 if self.changed_at else None


def secret_name(environment: Environment) -> str:
    """Return the secret's name, as terraform/main.tf builds it."""
    return f"{environment.project_name}/{environment.name}/postgres/password"


def secret_status(environment: Environment, access: CloudAccess) -> SecretStatus:
    """Look at the secret; needs DescribeSecret and ListSecretVersionIds only. Raises what AWS refuses."""
    name = secret_name(environment)
    try:
        found = access.call("secretsmanager", "describe_secret", SecretId=name)
    except CloudError as error:
        if error.is_missing:
            return SecretStatus(name, MISSING)
        raise
    rotation = found.get("RotationEnabled") is True
    if found.get("DeletedDate") is not None:
        return SecretStatus(name, DELETED, rotation=rotation)
    listed = access.call("secretsmanager", "list_secret_version_ids", SecretId=name)
    for entry in cast("list[dict[str, object]]", listed.get("Versions") or []):
        if "AWSCURRENT" in cast("list[str]", entry.get("VersionStages") or []):
            # A value cannot be younger than the last change of its secret; the earlier of both is the safer claim.
            times = [t for t in (entry.get("CreatedDate"), found.get("LastChangedDate")) if isinstance(t, datetime)]
            changed = min(times).astimezone(UTC) if times else None
            return SecretStatus(name, FILLED, str(entry.get("VersionId") or ""), changed, rotation)
    return SecretStatus(name, EMPTY, rotation=rotation)
