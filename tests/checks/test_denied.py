"""Whoever may ask nothing of AWS learns nothing: no check passes that needs an answer, and each says so."""

import pytest

from autocorp_wizard.checks.account import account_checks
from autocorp_wizard.checks.account_names import name_checks
from autocorp_wizard.checks.account_quotas import quota_checks
from autocorp_wizard.checks.account_rights import rights_checks
from autocorp_wizard.checks.agent import agent_checks
from autocorp_wizard.checks.engine import ask
from autocorp_wizard.checks.network_vpc import vpc_checks
from autocorp_wizard.core.policy import Asked
from autocorp_wizard.core.preflight.record import Check, SideEffect, Status, Vantage
from tests.checks.placing import IDENTITY, place, state_of
from tests.operate.modelled import AGENT, INSTANCE, SOURCE, TARGET, ModelledCloud, Prepared, Refusal

DENIED = Refusal("AccessDenied", "User: ann is not authorized to perform this action", 403)
STATE = state_of({
    "vpc_id": "vpc-1", "subnet_ids": ["subnet-0a"], "dms_security_group_id": "sg-1",
    "dms_replication_instance_arn": INSTANCE, "dms_source_endpoint_arn": SOURCE, "dms_target_endpoint_arn": TARGET,
    "datasync_task_arns": {"customers": "arn:aws:datasync:eu-central-1:1:task/task-0"},
    "vpc_endpoint_ids": {"datasync": "vpce-1"},
})  # fmt: skip
KEY = "arn:aws:kms:eu-central-1:123456789012:key/0f0e0d0c-0000-4000-8000-000000000000"
GIVEN = {"datasync_agent_arns": [AGENT], "create_datasync_endpoint": True, "state_kms_key_arn": KEY}
HERE = place(given=GIVEN, state=STATE, asked=(Asked(("s3:CreateBucket",), ("*",)),))
# HeadBucket tells no reason with its 403: a name that is somebody else's looks the same, and both are in the way.
TAKEN_OR_DENIED = {"aws.tf.bucket", "aws.s3.name"}
# They judge the answers of the environment or its state alone.
ASK_NOTHING = {"aws.tf.lock", "aws.budget", "net.vpc.overlap"}


class Denying(dict[str, Prepared]):
    """Answers that refuse whatever nobody prepared."""

    def get(self, key: str, default: object = None) -> Prepared:
        return super().get(key, DENIED)


def checks() -> list[Check]:
    everything = (
        *account_checks(HERE), *rights_checks(HERE), *name_checks(HERE), *quota_checks(HERE), *vpc_checks(HERE),
        *agent_checks(HERE),
    )  # fmt: skip
    return [each for each in everything if each.vantage is not Vantage.LAPTOP and each.side_effects is SideEffect.NONE]


@pytest.mark.parametrize("check", checks(), ids=lambda each: each.id)
def test_a_refused_call_is_never_a_pass(check: Check) -> None:
    cloud = HERE.access()
    assert isinstance(cloud, ModelledCloud)
    about_us = check.id in ("aws.identity", "aws.cred.expiry")
    cloud.answers = Denying() if about_us else Denying(IDENTITY)
    cloud.asked.clear()
    seen = ask(check)
    refused = [each for each in cloud.asked if about_us or each not in IDENTITY]
    assert bool(refused) == (check.id not in ASK_NOTHING), seen
    if refused:
        assert seen.status is (Status.FAIL if check.id in TAKEN_OR_DENIED else Status.INCONCLUSIVE), seen
        assert seen.evidence.get("code") != "BUG"
        assert any(word in seen.summary for word in ("refused", "may not be", "taken by", "No limit could be read"))
