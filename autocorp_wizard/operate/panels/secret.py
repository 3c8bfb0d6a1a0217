"""The source's secret: whether it holds a value and how old that is; the value itself is never read."""

from datetime import UTC

from autocorp_wizard.core import status_rules as rules
from autocorp_wizard.core.phases import Phase
from autocorp_wizard.core.status import Judged, Level
from autocorp_wizard.operate.look import Look, Sheet

_CALL = "secretsmanager:ListSecretVersionIds"
_CURRENT = "AWSCURRENT"


def fill(look: Look, sheet: Sheet) -> None:
    """Ask for the secret's description, and for its versions: only those that hold a value are listed."""
    name = look.subject.secret
    with sheet.asking("value", "Value", "secretsmanager:DescribeSecret"):
        client = look.access.client("secretsmanager")
        described = client.describe_secret(SecretId=name)
        needed = Phase.DMS in look.phases
        if described.get("DeletedDate") is not None:
            sheet.add("value", "Value", rules.secret("deleted", None, needed=needed), "secretsmanager:DescribeSecret")
            return
        # Deprecated versions are left out, so one page holds them all.
        versions = client.list_secret_version_ids(SecretId=name, MaxResults=100).get("Versions", [])
        current = [each for each in versions if _CURRENT in each.get("VersionStages", [])]
        times = [each["CreatedDate"].astimezone(UTC) for each in current if "CreatedDate" in each]
        written = max(times, default=None)
        age = (look.now() - written).total_seconds() / 86400 if written else None
        judged = rules.secret("filled" if written else "empty", age, needed=needed)
        sheet.add(
            "value", "Value", judged, _CALL, value=round(age, 3) if age is not None else None, unit="days", at=written
        )
        rotated = described.get("RotationEnabled") is True
        words = "rotation on" if rotated else "rotation off"
        source = "secretsmanager:DescribeSecret"
        sheet.add("rotation", "Rotation", Judged(Level.OK, words), source, value=rotated, detail=True)
