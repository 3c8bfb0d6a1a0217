"""Every service misbehaves in every way during every phase that calls it: typed outcome, nothing lost, again finishes.

One home for each phase is rolled out once. A case makes the phase due again (something small of it is taken away from
the outside), puts one fault in force, applies the phase, lifts the fault and applies it again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pytest

from autocorp_wizard.rehearsal.faultrules import FaultKind
from tests.journeys.wizard import Document, Wizard, gaps

pytestmark = [pytest.mark.slow]


@dataclass(frozen=True)
class Target:
    """A service in a phase: the action that a rollout of that phase makes there, and what makes it due again."""

    phase: str
    service: str
    action: str
    spoil: Callable[[Wizard], None]


def prefix(name: str) -> str:
    """A name of the environment."""
    return f"autocorp-rehearsal-{name}"


def _nothing(_: Wizard) -> None:
    """The proof or the preparation of a stage calls it each time."""


def _role_policy(wizard: Wizard) -> None:
    iam = wizard.client("iam")
    role = prefix("glue-job")
    iam.delete_role_policy(RoleName=role, PolicyName=iam.list_role_policies(RoleName=role)["PolicyNames"][0])


def _rotation(wizard: Wizard) -> None:
    # Not the alias: roles are allowed to use the key under that name, so without it replication really fails.
    kms = wizard.client("kms")
    aliases = kms.list_aliases()["Aliases"]
    key = next(each["TargetKeyId"] for each in aliases if each["AliasName"] == "alias/autocorp-rehearsal")
    kms.disable_key_rotation(KeyId=key)


def _ruleset(wizard: Wizard) -> None:
    glue = wizard.client("glue")
    glue.delete_data_quality_ruleset(Name=glue.list_data_quality_rulesets()["Rulesets"][0]["Name"])


def _named_query(wizard: Wizard) -> None:
    athena = wizard.client("athena")
    ids = athena.list_named_queries(WorkGroup="autocorp-rehearsal")["NamedQueryIds"]
    athena.delete_named_query(NamedQueryId=ids[0])


def _subscription(wizard: Wizard) -> None:
    dms = wizard.client("dms")  # there are subscriptions where the tree has a topic for them
    name = dms.describe_event_subscriptions()["EventSubscriptionsList"][0]["CustSubscriptionId"]
    dms.delete_event_subscription(SubscriptionName=name)


def _log_group(start: str) -> Callable[[Wizard], None]:
    def spoil(wizard: Wizard) -> None:
        logs = wizard.client("logs")
        for group in logs.describe_log_groups(logGroupNamePrefix=start)["logGroups"]:
            logs.delete_log_group(logGroupName=group["logGroupName"])

    return spoil


def _transfer_task(wizard: Wizard) -> None:
    datasync = wizard.client("datasync")
    datasync.delete_task(TaskArn=datasync.list_tasks()["Tasks"][0]["TaskArn"])


def _bucket_versioning(wizard: Wizard) -> None:
    wizard.client("s3").put_bucket_versioning(
        Bucket="autocorp-datalake-rehearsal-999999999999", VersioningConfiguration={"Status": "Suspended"}
    )


def _job(wizard: Wizard) -> None:
    wizard.client("glue").delete_job(JobName=prefix("customers"))


def _budget(wizard: Wizard) -> None:
    budgets, account = wizard.client("budgets"), "999999999999"
    found = budgets.describe_budgets(AccountId=account)["Budgets"]
    budgets.delete_budget(AccountId=account, BudgetName=found[0]["BudgetName"])


def _dashboard(wizard: Wizard) -> None:
    watch = wizard.client("cloudwatch")
    found = watch.list_dashboards(DashboardNamePrefix="autocorp-rehearsal")["DashboardEntries"]
    watch.delete_dashboards(DashboardNames=[found[0]["DashboardName"]])


def _egress(wizard: Wizard) -> None:
    ec2 = wizard.client("ec2")
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "tag:Environment", "Values": ["rehearsal"]}])
    rule = next(each for each in rules["SecurityGroupRules"] if each["IsEgress"])
    ec2.revoke_security_group_egress(GroupId=rule["GroupId"], SecurityGroupRuleIds=[rule["SecurityGroupRuleId"]])


TARGETS: Final = (
    Target("foundation", "s3", "PutBucketVersioning", _bucket_versioning),
    Target("foundation", "iam", "PutRolePolicy", _role_policy),
    Target("foundation", "kms", "EnableKeyRotation", _rotation),
    Target("foundation", "ec2", "AuthorizeSecurityGroupEgress", _egress),
    Target("foundation", "budgets", "CreateBudget", _budget),
    Target("foundation", "cloudwatch", "PutDashboard", _dashboard),
    Target("glue", "glue", "CreateDataQualityRuleset", _ruleset),
    Target("glue", "athena", "CreateNamedQuery", _named_query),
    Target("glue", "glue", "CreateJob", _job),
    Target("dms", "dms", "CreateEventSubscription", _subscription),
    Target("dms", "dms", "TestConnection", _nothing),
    Target("dms", "logs", "CreateLogGroup", _log_group("dms-tasks-")),
    Target("datasync", "datasync", "CreateTask", _transfer_task),
    Target("datasync", "datasync", "DescribeAgent", _nothing),
    Target("datasync", "logs", "CreateLogGroup", _log_group("/aws/datasync/")),
)
# What a kind of fault may lead to: success (the retries outlast it), or one of these cards.
EXPECTED: Final = {
    FaultKind.THROTTLE: {"", "THROTTLED", "LIMIT-REACHED"},
    FaultKind.DENY: {"AUTH-DENIED"},
    FaultKind.EXPIRE: {"AUTH-EXPIRED"},
    FaultKind.SERVER_ERROR: {"", "CLOUD-BROKEN"},
    FaultKind.DELAY: {""},
    FaultKind.DROP: {"", "NET-UNREACHABLE"},
}
# How many calls are hit: more than one retry, less than a provider that retries for minutes bears.
TIMES: Final = {FaultKind.DENY: 1, FaultKind.EXPIRE: 1, FaultKind.DELAY: 2}
# These run in CI; all of them in full.
REPRESENTATIVE: Final = {("foundation", "iam", FaultKind.DENY), ("datasync", "datasync", FaultKind.THROTTLE)}


def cases() -> list[object]:
    """The matrix; workers share the phases out among them."""
    found: list[object] = []
    for target in TARGETS:
        for kind in EXPECTED:
            marks = [pytest.mark.xdist_group(f"faults-{target.phase}")]
            if (target.phase, target.service, kind) not in REPRESENTATIVE:
                marks.append(pytest.mark.full)
            found.append(pytest.param(target, kind, id=f"{target.phase}-{target.service}-{kind}", marks=marks))
    return found


def test_the_matrix_is_large_enough() -> None:
    assert len(cases()) >= 60
    assert {target.phase for target in TARGETS} == {"foundation", "glue", "dms", "datasync"}


@pytest.fixture(scope="module")
def deployed(new_wizard: Callable[[str], Wizard]) -> Wizard:
    """A home on which everything is deployed."""
    wizard = new_wizard("faults")
    ran = wizard.run("rehearse", "--plain", "--yes", "--speed", "600")
    assert ran.code == 0, ran.out[-3000:] + ran.err
    return wizard


def end_of(events: list[Document]) -> Document:
    """The end of the last run."""
    return [event for event in events if event["kind"] == "run.finished"][-1]


@pytest.mark.parametrize(("target", "kind"), cases())
def test_a_fault_has_a_card_and_the_next_apply_finishes(deployed: Wizard, target: Target, kind: FaultKind) -> None:
    applying = ("apply", target.phase, "--env", "rehearsal", "--yes", "--json")
    target.spoil(deployed)
    times, seconds = TIMES.get(kind, 3), "2" if kind is FaultKind.DELAY else "0"
    fault = ("rehearse", "fault", "add", kind.value, "--service", target.service, "--action", target.action)
    assert deployed.run(*fault, "--times", str(times), "--seconds", seconds).code == 0
    struck = deployed.run(*applying)
    hit = [rule["hit"] for rule in deployed.run("rehearse", "fault", "list", "--json").document["faults"]]
    deployed.run("rehearse", "fault", "clear")
    end = end_of(struck.events)
    code = end.get("error", {}).get("code", "")
    again = deployed.run(*applying)
    proof = deployed.run("plan", target.phase, "--env", "rehearsal", "--json")

    assert sum(hit) > 0, "the fault was met, or the case shows nothing"
    assert code in EXPECTED[kind], end
    assert (end["outcome"], struck.code in (2, 3)) == (("failed", True) if code else ("succeeded", False)), end
    if code:
        assert end["error"]["what"]
        assert end["error"]["next_step"]
    assert gaps(struck.events) == []
    assert again.code == 0, again.out[-3000:] + again.err
    assert proof.document["changed"] is False, "state and cloud agree"
