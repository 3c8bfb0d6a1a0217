"""The connection test of both ends, made by DMS itself: the only proof of its ways to the source and to the lake."""

import time
from dataclasses import dataclass
from typing import cast

from autocorp_wizard.adapters.aws import CloudAccess
from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.core.errors import InconclusiveError, WizardError
from autocorp_wizard.core.replication import Replication
from autocorp_wizard.rollout.replication import Waiting


@dataclass(frozen=True, slots=True)
class EndTest:
    """How one end did: `end` is source or target, `message` DMS's own words where it failed."""

    end: str
    endpoint: str
    passed: bool
    message: str


async def test_ends(access: CloudAccess, replication: Replication, wait: Waiting) -> tuple[EndTest, ...]:
    """Let DMS test both ends and wait for both verdicts.

    Raises DMS-TEST-LATE where there is none in time, and what AWS refuses.
    """
    ends = {"source": replication.source_arn, "target": replication.target_arn}
    for endpoint in ends.values():
        _begin(access, replication.instance_arn, endpoint)
    deadline = time.monotonic() + wait.within
    while True:
        found = _verdicts(access, replication.instance_arn)
        if all(found.get(arn, {}).get("Status") in {"successful", "failed"} for arn in ends.values()):
            return tuple(_result(end, found[arn]) for end, arn in ends.items())
        if time.monotonic() > deadline:
            late = [end for end, arn in ends.items() if found.get(arn, {}).get("Status") == "testing"]
            raise InconclusiveError(
                "DMS-TEST-LATE",
                f"DMS has not finished the connection test of {' and '.join(late) or 'its ends'}.",
                why=f"{wait.within:.0f} s have passed.",
                next_step="Look again later: autocorp-wizard dms test",
            )
        await wait.rest(wait.every)


def _begin(access: CloudAccess, instance: str, endpoint: str) -> None:
    try:
        access.call("dms", "test_connection", ReplicationInstanceArn=instance, EndpointArn=endpoint)
    except CloudError as error:
        if error.aws_code != "InvalidResourceStateFault":
            raise
        # A test of this end runs already: its verdict is as good. Whatever else is in the way is not.
        if _verdicts(access, instance).get(endpoint, {}).get("Status") != "testing":
            raise WizardError(
                "DMS-NOT-TESTABLE",
                "DMS cannot test its connections now.",
                why=error.details or error.why,
                next_step="Wait until the replication instance is available, then: autocorp-wizard dms test",
            ) from error


def _verdicts(access: CloudAccess, instance: str) -> dict[str, dict[str, object]]:
    filters = [{"Name": "replication-instance-arn", "Values": [instance]}]
    found: dict[str, dict[str, object]] = {}
    try:
        for page in access.pages("dms", "describe_connections", Filters=filters):
            for each in cast("list[dict[str, object]]", page.get("Connections") or []):
                found[str(each.get("EndpointArn"))] = each
    except CloudError as error:
        if not error.is_missing:
            raise
    return found


def _result(end: str, found: dict[str, object]) -> EndTest:
    passed = found.get("Status") == "successful"
    message = "" if passed else str(found.get("LastFailureMessage") or "")
    return EndTest(end, str(found.get("EndpointIdentifier") or ""), passed, message)
