"""The account's checks: each fault is one failure with its own sentence, and what may not be asked is not known."""

from datetime import timedelta

import pytest

from autocorp_wizard.checks import account, account_names, account_quotas, account_rights
from autocorp_wizard.checks.engine import ask
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.policy import Asked
from autocorp_wizard.core.preflight.record import Status
from autocorp_wizard.core.state_lock import LockInfo
from tests.checks.placing import place, state_of
from tests.operate.modelled import ACCOUNT, NOW, Refusal

ROLE = f"arn:aws:iam::{ACCOUNT}:role/teams/Deployer"
DENIED = Refusal("AccessDenied", "no", 403)
MISSING = Refusal("404", "Not Found", 404)


def test_the_wrong_account_and_the_root_user_are_refused() -> None:
    foreign = {"Account": "210987654321", "Arn": "arn:aws:iam::210987654321:user/eve", "UserId": "A"}
    seen = account.identity(place({"sts:GetCallerIdentity": foreign}))
    assert (seen.status, "210987654321" in seen.summary) == (Status.FAIL, True)
    root = {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:root", "UserId": ACCOUNT}
    assert "root" in account.identity(place({"sts:GetCallerIdentity": root})).summary
    assert account.identity(place()).status is Status.PASS
    unnamed = account.identity(place(given={"account_id": None}))
    assert f"account_id={ACCOUNT}" in unnamed.remedies[0].command


@pytest.mark.parametrize(
    ("minutes", "status"), [(90, Status.PASS), (20, Status.FAIL), (-5, Status.FAIL), (None, Status.INCONCLUSIVE)]
)
def test_temporary_credentials_must_outlive_a_rollout(minutes: int | None, status: Status) -> None:
    environ = {"AWS_SESSION_TOKEN": "t"}
    if minutes is not None:
        environ["AWS_CREDENTIAL_EXPIRATION"] = (NOW + timedelta(minutes=minutes)).isoformat()
    assert account.credential_life(place(environ=environ)).status is status


@pytest.mark.parametrize(("word", "status"), [("ENABLED_BY_DEFAULT", Status.PASS), ("DISABLED", Status.FAIL)])
def test_a_region_that_is_off_is_a_failure(word: str, status: Status) -> None:
    answers = {"account:GetRegionOptStatus": {"RegionName": "eu-central-1", "RegionOptStatus": word}}
    assert account.region(place(answers)).status is status


def offer(**changes: Json) -> dict[str, Json]:
    known = place()
    return {
        "ReplicationInstanceClass": known.text("dms_instance_class"),
        "EngineVersion": known.text("dms_engine_version"),
        "MinAllocatedStorage": 5,
        "MaxAllocatedStorage": 6144,
        "AvailabilityZones": ["eu-central-1a", "eu-central-1b"],
    } | changes


@pytest.mark.parametrize(
    ("changes", "status", "word"),
    [
        ({}, Status.PASS, "can be ordered"),
        ({"ReplicationInstanceClass": "dms.r5.large"}, Status.FAIL, "cannot be ordered"),
        ({"EngineVersion": "2.0.0"}, Status.FAIL, "not offered with engine"),
        ({"MinAllocatedStorage": 5000}, Status.FAIL, "outside"),
    ],
)
def test_the_instance_must_be_orderable(changes: dict[str, Json], status: Status, word: str) -> None:
    answers = {"dms:DescribeOrderableReplicationInstances": {"OrderableReplicationInstances": [offer(**changes)]}}
    seen = account.orderable(place(answers))
    assert (seen.status, word in seen.summary) == (status, True)


@pytest.mark.parametrize(
    ("entry", "status"),
    [
        ({}, Status.PASS),
        ({"Lifecycle": "DEPRECATED"}, Status.WARN),
        ({"DeprecationDate": NOW + timedelta(days=30)}, Status.WARN),
        ({"DeprecationDate": NOW + timedelta(days=900)}, Status.PASS),
        ({"Version": "1.0"}, Status.FAIL),
    ],
)
def test_the_engine_must_be_kept_up(entry: dict[str, object], status: Status) -> None:
    versions = [{"Version": place().text("dms_engine_version"), **entry}]
    assert account.engine(place({"dms:DescribeEngineVersions": {"EngineVersions": versions}})).status is status


ASKED = (
    Asked(
        ("kms:CreateKey", "iam:PassRole"),
        ("arn:aws:iam::1:role/autocorp-dev-*",),
        {"StringLike": {"iam:PassedToService": ["glue.amazonaws.com", "dms.*amazonaws.com"]}},
    ),
    Asked(("s3:ListAllMyBuckets",), ("*",)),
)


def judged(**result: object) -> dict[str, object]:
    whole = {"EvalActionName": "s3:ListAllMyBuckets", "EvalResourceName": "*", "EvalDecision": "allowed", **result}
    return {"EvaluationResults": [whole], "IsTruncated": False}


def role_answer() -> dict[str, object]:
    return {"Role": {"Path": "/teams/", "RoleName": "Deployer", "RoleId": "A" * 16, "Arn": ROLE, "CreateDate": NOW}}


@pytest.mark.parametrize(
    ("result", "word"),
    [
        ({"EvalDecision": "implicitDeny"}, "no policy allows it"),
        ({"EvalDecision": "explicitDeny", "MatchedStatements": [{"SourcePolicyId": "Guard"}]}, "Guard denies it"),
        (
            {"EvalDecision": "implicitDeny", "OrganizationsDecisionDetail": {"AllowedByOrganizations": False}},
            "organisation",
        ),
        (
            {
                "EvalDecision": "implicitDeny",
                "PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": False},
            },
            "boundary",
        ),
    ],
)
def test_what_iam_refuses_says_by_what(result: dict[str, object], word: str) -> None:
    answers = {"iam:GetRole": role_answer(), "iam:SimulatePrincipalPolicy": judged(**result)}
    seen = account_rights.simulate(place(answers, asked=ASKED))
    assert seen.status is Status.FAIL
    assert word in seen.findings[0]
    assert "policy deploy" in seen.remedies[0].command


def test_the_simulation_asks_for_the_role_with_its_path_and_for_real_names() -> None:
    asked: list[dict[str, object]] = []

    def answer(params: dict[str, object]) -> dict[str, object]:
        asked.append(dict(params))
        return judged()

    here = place({"iam:GetRole": role_answer(), "iam:SimulatePrincipalPolicy": answer}, asked=ASKED)
    assert account_rights.simulate(here).status is Status.PASS
    assert {str(each["PolicySourceArn"]) for each in asked} == {ROLE}
    assert asked[0]["ActionNames"] == ["kms:CreateKey"]
    assert asked[0]["ResourceArns"] == ["arn:aws:iam::1:role/autocorp-dev-preflight"]
    asked.clear()
    assert account_rights.pass_role(here).status is Status.PASS
    entries = [each["ContextEntries"][0]["ContextKeyValues"] for each in asked]  # type: ignore[index]
    assert entries == [["glue.amazonaws.com"], ["dms.amazonaws.com"]]


def test_who_may_not_simulate_is_not_known_to_be_refused() -> None:
    answers = {"iam:GetRole": role_answer(), "iam:SimulatePrincipalPolicy": DENIED}
    seen = account_rights.simulate(place(answers, asked=ASKED))
    assert seen.status is Status.INCONCLUSIVE
    assert "read-only" in seen.remedies[0].command


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("DryRunOperation", Status.PASS),
        ("UnauthorizedOperation", Status.FAIL),
        ("VpcLimitExceeded", Status.INCONCLUSIVE),
    ],
)
def test_a_dry_run_is_read_by_its_error(code: str, status: Status) -> None:
    assert account_rights.dry_run(place({"ec2:CreateVpc": Refusal(code, "x", 412)})).status is status


def test_a_lock_says_who_holds_it_and_how_to_go_on() -> None:
    held = LockInfo("id-1", "OperationTypeApply", "ann@host", created=NOW)
    seen = account_names.lock(place(lock=lambda: held))
    assert (seen.status, "ann@host" in seen.summary) == (Status.FAIL, True)
    assert account_names.lock(place()).status is Status.PASS


@pytest.mark.parametrize(
    ("answer", "status"), [(MISSING, Status.PASS), ({}, Status.FAIL), (Refusal("403", "Forbidden", 403), Status.FAIL)]
)
def test_a_bucket_name_is_free_ours_or_taken(answer: object, status: Status) -> None:
    assert account_names.bucket_names(place({"s3:HeadBucket": answer})).status is status  # type: ignore[dict-item]


def test_a_bucket_in_our_state_is_ours() -> None:
    here = place({"s3:HeadBucket": {}}, state=state_of(aws_s3_bucket={"bucket": f"autocorp-datalake-dev-{ACCOUNT}"}))
    seen = account_names.bucket_names(here)
    assert f"autocorp-datalake-dev-{ACCOUNT}: ours, in the state" in seen.findings


@pytest.mark.parametrize(("versions", "status"), [({"Status": "Enabled"}, Status.PASS), ({}, Status.FAIL)])
def test_a_state_without_versions_is_a_failure(versions: dict[str, str], status: Status) -> None:
    answers = {"s3:HeadBucket": {}, "s3:GetBucketVersioning": versions}
    assert account_names.state_bucket(place(answers)).status is status


def test_the_roles_of_dms_must_trust_it_and_hold_their_policy() -> None:
    def role(params: dict[str, object]) -> dict[str, object]:
        name = str(params["RoleName"])
        document = '{"Principal": {"Service": "ec2.amazonaws.com"}}' if "vpc" in name else '{"x": "dms.amazonaws.com"}'
        whole = {"Path": "/", "RoleName": name, "RoleId": "A" * 16, "Arn": ROLE, "CreateDate": NOW}
        return {"Role": {**whole, "AssumeRolePolicyDocument": document}}

    attached = {"AttachedPolicies": [{"PolicyName": "AmazonDMSCloudWatchLogsRole", "PolicyArn": "a" * 20}]}
    seen = account_names.account_roles(place({"iam:GetRole": role, "iam:ListAttachedRolePolicies": attached}))
    assert seen.status is Status.FAIL
    assert "dms-vpc-role: does not trust dms.amazonaws.com" in seen.findings


@pytest.mark.parametrize(("used", "status"), [(1, Status.PASS), (600, Status.FAIL), (550, Status.WARN)])
def test_quotas_of_dms_count_what_is_planned(used: int, status: Status) -> None:
    quota = {"AccountQuotaName": "ReplicationTasks", "Used": used, "Max": 600}
    assert (
        account_quotas.dms_quotas(place({"dms:DescribeAccountAttributes": {"AccountQuotas": [quota]}})).status is status
    )


def test_limits_that_cannot_be_read_are_not_known() -> None:
    assert account_quotas.other_quotas(place()).status is Status.INCONCLUSIVE


def test_a_call_that_is_denied_is_not_known_and_names_the_permission() -> None:
    [check] = [each for each in account.account_checks(place()) if each.id == "aws.region"]
    denied = [
        each for each in account.account_checks(place({"account:GetRegionOptStatus": DENIED})) if each.id == check.id
    ]
    seen = ask(denied[0])
    assert seen.status is Status.INCONCLUSIVE
    assert "GetRegionOptStatus" in seen.summary
