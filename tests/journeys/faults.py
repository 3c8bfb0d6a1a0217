"""How services misbehave during a phase that calls them: what to spoil, which fault, and what may come of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from autocorp_wizard.rehearsal.faultrules import FaultKind
from tests.journeys.wizard import Document, Ran, Wizard, gaps


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


def expected(target: Target, kind: FaultKind) -> set[str]:
    """The cards that may come of it; empty for success."""
    # EC2 says RequestExpired, as of a skewed clock, and the provider tries that again.
    more = {""} if (target.service, kind) == ("ec2", FaultKind.EXPIRE) else set()
    return EXPECTED[kind] | more


@dataclass(frozen=True)
class Struck:
    """A fault in an apply, and the apply after it."""

    target: Target
    kind: FaultKind
    hit: int
    struck: Ran
    again: Ran
    proof: Document

    def judge(self) -> None:
        """Typed outcome, nothing lost, again finishes, state and cloud agree."""
        end = [event for event in self.struck.events if event["kind"] == "run.finished"][-1]
        code = end.get("error", {}).get("code", "")
        assert self.hit > 0, "the fault was met, or the case shows nothing"
        assert code in expected(self.target, self.kind), end
        assert (end["outcome"], self.struck.code in (2, 3)) == (("failed", True) if code else ("succeeded", False)), end
        if code:
            assert end["error"]["what"]
            assert end["error"]["next_step"]
        assert gaps(self.struck.events) == []
        assert self.again.code == 0, self.again.out[-3000:] + self.again.err
        assert self.proof["changed"] is False, "state and cloud agree"


def strike(wizard: Wizard, target: Target, kind: FaultKind) -> Struck:
    """Make the phase due again, apply it while the fault is in force, lift the fault and apply again."""
    applying = ("apply", target.phase, "--env", "rehearsal", "--yes", "--json")
    target.spoil(wizard)
    times, seconds = TIMES.get(kind, 3), "2" if kind is FaultKind.DELAY else "0"
    fault = ("rehearse", "fault", "add", kind.value, "--service", target.service, "--action", target.action)
    assert wizard.run(*fault, "--times", str(times), "--seconds", seconds).code == 0
    struck = wizard.run(*applying)
    hit = [rule["hit"] for rule in wizard.run("rehearse", "fault", "list", "--json").document["faults"]]
    wizard.run("rehearse", "fault", "clear")
    again = wizard.run(*applying)
    proof = wizard.run("plan", target.phase, "--env", "rehearsal", "--json").document
    return Struck(target, kind, sum(hit), struck, again, proof)


def target_of(phase: str, service: str) -> Target:
    """The first target of a service in a phase."""
    return next(each for each in TARGETS if (each.phase, each.service) == (phase, service))
