"""The optional DynamoDB table that older tools lock Terraform's state by."""

from typing import Final, cast

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.bootstrap import OWNER_TAG, StatePlace, wanted_tags
from autocorp_wizard.core.errors import UsageError, WizardError
from autocorp_wizard.rollout.settings import Pause, Setting

# Terraform writes this attribute; a table keyed otherwise cannot hold its lock.
_KEY: Final = "LockID"
_TRIES: Final = 40

Table = dict[str, object]


class LockTable:
    """Reads and writes one table."""

    def __init__(self, access: CloudAccess, place: StatePlace, pause: Pause) -> None:
        self._access = access
        self._place = place
        self._pause = pause
        self.exists = False

    @property
    def wanted(self) -> str:
        """The table itself, in words."""
        return f"{self._place.lock_table} keyed by {_KEY}"

    def look(self) -> tuple[str, bool]:
        """Return what is there in words (`missing` for nothing) and whether it is the wizard's.

        Raises LOCK-TABLE-UNFIT for a table with another key.
        """
        table = self._table()
        if table is None:
            return "missing", False
        keys = [str(key["AttributeName"]) for key in cast("list[dict[str, object]]", table.get("KeySchema") or [])]
        if keys != [_KEY]:
            raise UsageError(
                "LOCK-TABLE-UNFIT",
                f"The table {self._place.lock_table} is keyed by {', '.join(keys)}; Terraform locks by {_KEY}.",
                next_step="Name another table with `env edit` (lock_table), or none: the lock file in S3 is enough.",
            )
        self.exists = True
        return self.wanted, self._tags().get(OWNER_TAG[0]) == OWNER_TAG[1]

    def create(self) -> None:
        """Create it with everything but point-in-time recovery, and wait until it can be used."""
        try:
            self._call(
                "create_table",
                AttributeDefinitions=[{"AttributeName": _KEY, "AttributeType": "S"}],
                KeySchema=[{"AttributeName": _KEY, "KeyType": "HASH"}],
                BillingMode="PAY_PER_REQUEST",
                SSESpecification={"Enabled": True},
                DeletionProtectionEnabled=True,
                Tags=[{"Key": key, "Value": value} for key, value in wanted_tags(self._place).items()],
            )
        except CloudError as error:
            if error.aws_code != "ResourceInUseException":
                raise
        self.exists = True
        self._wait()

    def settings(self) -> tuple[Setting, ...]:
        """Return the settings; the tags first, so that adoption is remembered."""
        return (
            Setting("lock-table-tags", f"{OWNER_TAG[0]}={OWNER_TAG[1]}", self._read_tags, self._write_tags),
            Setting("lock-table-billing", "PAY_PER_REQUEST", self._read_billing, self._write_billing),
            Setting("lock-table-encryption", "ENABLED", self._read_encryption, self._write_encryption),
            Setting("lock-table-protection", "on", self._read_protection, self._write_protection),
            Setting("lock-table-recovery", "ENABLED", self._read_recovery, self._write_recovery),
        )

    def _call(self, operation: str, **parameters: object) -> dict[str, object]:
        return self._access.call("dynamodb", operation, TableName=self._place.lock_table, **parameters)

    def _table(self) -> Table | None:
        try:
            return cast("Table", self._call("describe_table")["Table"])
        except CloudError as error:
            if error.is_missing:
                return None
            raise

    def _known(self) -> Table:
        return self._table() or {}

    def _wait(self) -> None:
        """Wait until the table takes changes: DynamoDB refuses one while another is under way."""
        for attempt in range(_TRIES):
            if self._known().get("TableStatus") == "ACTIVE":
                return
            self._pause(min(2.0**attempt / 4, 5.0))
        raise WizardError(
            "LOCK-TABLE-SLOW",
            f"The table {self._place.lock_table} is still not ready.",
            next_step="Run bootstrap again in a few minutes; it goes on where it stopped.",
        )

    def _update(self, **change: object) -> None:
        self._wait()
        self._call("update_table", **change)
        self._wait()

    def _arn(self) -> str:
        return str(self._known().get("TableArn", ""))

    def _tags(self) -> dict[str, str]:
        answer = self._access.call("dynamodb", "list_tags_of_resource", ResourceArn=self._arn())
        return {str(t["Key"]): str(t["Value"]) for t in cast("list[dict[str, object]]", answer.get("Tags") or [])}

    def _read_tags(self) -> tuple[str, bool]:
        found = self._tags().get(OWNER_TAG[0])
        return (f"{OWNER_TAG[0]}={found}" if found else "none"), found == OWNER_TAG[1]

    def _write_tags(self) -> None:
        tags = [{"Key": key, "Value": value} for key, value in wanted_tags(self._place).items()]
        self._access.call("dynamodb", "tag_resource", ResourceArn=self._arn(), Tags=tags)

    def _read_billing(self) -> tuple[str, bool]:
        summary = cast("dict[str, str]", self._known().get("BillingModeSummary") or {})
        found = summary.get("BillingMode") or "PROVISIONED"
        return found, found == "PAY_PER_REQUEST"

    def _write_billing(self) -> None:
        self._update(BillingMode="PAY_PER_REQUEST")

    def _read_encryption(self) -> tuple[str, bool]:
        found = cast("dict[str, str]", self._known().get("SSEDescription") or {}).get("Status") or "off"
        return found, found in ("ENABLED", "UPDATING")

    def _write_encryption(self) -> None:
        self._update(SSESpecification={"Enabled": True})

    def _read_protection(self) -> tuple[str, bool]:
        on = bool(self._known().get("DeletionProtectionEnabled"))
        return ("on" if on else "off"), on

    def _write_protection(self) -> None:
        self._update(DeletionProtectionEnabled=True)

    def _read_recovery(self) -> tuple[str, bool]:
        answer = cast(
            "dict[str, dict[str, str]]", self._call("describe_continuous_backups")["ContinuousBackupsDescription"]
        )
        found = (answer.get("PointInTimeRecoveryDescription") or {}).get("PointInTimeRecoveryStatus") or "off"
        return found, found == "ENABLED"

    def _write_recovery(self) -> None:
        self._wait()
        self._call("update_continuous_backups", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True})
