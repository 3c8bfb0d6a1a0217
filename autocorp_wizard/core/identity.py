"""Who AWS says we are, and whether that lasts as long as what is about to be done."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Identity:
    """Who AWS says we are. `expires_at` is None for credentials that do not end."""

    account: str
    arn: str
    expires_at: datetime | None = None

    @property
    def name(self) -> str:
        """The role, user or root behind the ARN, as people call it."""
        kind, _, rest = self.arn.rpartition(":")[2].partition("/")
        if kind == "assumed-role":
            return rest.partition("/")[0]
        return rest.rpartition("/")[2] or kind

    def minutes_left(self, now: datetime) -> int | None:
        """Return the whole minutes until the credentials end, at least 0; None where they do not."""
        return None if self.expires_at is None else max(0, int((self.expires_at - now).total_seconds() // 60))
