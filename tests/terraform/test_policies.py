"""What each role may do, and that it may do nothing else: every action on every place, judged over the rendered JSON.

Each role has a table of what it is allowed; everything else in the universe of questions is denied. Widening or
narrowing any statement must show in that table, or the table is worth nothing.
"""

import copy
import itertools
import json
from collections.abc import Iterator, Mapping

import pytest

from tests.terraform.conftest import Settled
from tests.terraform.policy_judge import Probe, allows, denies

pytestmark = pytest.mark.slow

ACCOUNT = "123456789012"
REGION = "eu-west-1"
LAKE = f"arn:aws:s3:::autocorp-datalake-dev-{ACCOUNT}"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0123"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:autocorp/dev/postgres/password-AbCdEf"
GLUE = f"arn:aws:glue:{REGION}:{ACCOUNT}"
LOGS = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:"
WORKGROUP = f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/autocorp-dev"

Policy = dict[str, list[dict[str, object]]]

OBJECTS = {
    "raw/database": "raw/database/public/customers/2026/11/23/part.parquet",
    "raw/csv": "raw/csv/customers/customers.csv",
    "raw": "raw/elsewhere",
    "curated": "curated/hudi/customers/part.parquet",
    "quarantine": "quarantine/customers/part.parquet",
    "scripts": "scripts/lib.zip",
    "logs/glue": "logs/glue/events",
    "logs/datasync": "logs/datasync/report.json",
    "logs/dms": "logs/dms/x",
    "tmp/glue": "tmp/glue/x",
    "tmp/athena": "tmp/athena/result.csv",
    "tmp": "tmp/x",
    "": "top-level",
}
OBJECT_ACTIONS = (
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:GetObject",
    "s3:GetObjectTagging",
    "s3:GetObjectVersion",
    "s3:GetObjectVersionAcl",
    "s3:GetObjectVersionForReplication",
    "s3:GetObjectVersionTagging",
    "s3:ListMultipartUploadParts",
    "s3:ObjectOwnerOverrideToBucketOwner",
    "s3:PutObject",
    "s3:PutObjectAcl",
    "s3:PutObjectTagging",
    "s3:ReplicateDelete",
    "s3:ReplicateObject",
    "s3:ReplicateTags",
)
BUCKET_ACTIONS = (
    "s3:DeleteBucket",
    "s3:GetBucketLocation",
    "s3:GetReplicationConfiguration",
    "s3:ListBucketMultipartUploads",
    "s3:ListBucketVersions",
    "s3:PutBucketPolicy",
)
KEY_ACTIONS = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ScheduleKeyDeletion",
)
SECRET_ACTIONS = (
    "secretsmanager:DeleteSecret",
    "secretsmanager:DescribeSecret",
    "secretsmanager:GetSecretValue",
    "secretsmanager:PutSecretValue",
)
CATALOG_READS = (
    "glue:BatchGetPartition",
    "glue:GetDatabase",
    "glue:GetDatabases",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:GetTable",
    "glue:GetTables",
)
CATALOG_WRITES = (
    "glue:BatchCreatePartition",
    "glue:CreatePartition",
    "glue:CreateTable",
    "glue:UpdatePartition",
    "glue:UpdateTable",
)
CATALOG_ACTIONS = (
    *CATALOG_READS,
    *CATALOG_WRITES,
    "glue:BatchDeletePartition",
    "glue:DeleteDatabase",
    "glue:DeleteTable",
    "glue:GetJobBookmark",
    "glue:GetJobBookmarks",
    "glue:GetUserDefinedFunctions",
    "glue:ResetJobBookmark",
    "glue:StartJobRun",
)
CATALOG = {
    "catalog": f"{GLUE}:catalog",
    "raw": f"{GLUE}:database/autocorp_dev_raw",
    "raw tables": f"{GLUE}:table/autocorp_dev_raw/customers",
    "raw functions": f"{GLUE}:userDefinedFunction/autocorp_dev_raw/f",
    "curated": f"{GLUE}:database/autocorp_dev_curated",
    "curated tables": f"{GLUE}:table/autocorp_dev_curated/customers",
    "curated functions": f"{GLUE}:userDefinedFunction/autocorp_dev_curated/f",
    "default": f"{GLUE}:database/default",
    "other": f"{GLUE}:database/payroll",
    "other tables": f"{GLUE}:table/payroll/salaries",
    "other functions": f"{GLUE}:userDefinedFunction/payroll/f",
    "job": f"{GLUE}:job/autocorp-dev-customers",
    "other job": f"{GLUE}:job/payroll",
}
OWN_QUALITY_ACTIONS = (
    "glue:GetDataQualityRuleset",
    "glue:PublishDataQuality",
    "glue:StartDataQualityRulesetEvaluationRun",
)
QUALITY_ACTIONS = (
    "glue:GetDataQualityResult",
    "glue:GetDataQualityRulesetEvaluationRun",
    "glue:ListDataQualityRulesetEvaluationRuns",
    "glue:ListDataQualityRulesets",
)
RULESETS = (f"{GLUE}:dataQualityRuleset/autocorp-dev-customers", f"{GLUE}:dataQualityRuleset/payroll")
JOB_ROLE = f"arn:aws:iam::{ACCOUNT}:role/autocorp-dev-glue-job"
TO_GLUE = ("iam:PassedToService", "glue.amazonaws.com")
LOG_ACTIONS = (
    "logs:AssociateKmsKey",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DeleteLogGroup",
    "logs:PutLogEvents",
)
ATHENA_ACTIONS = (
    "athena:BatchGetNamedQuery",
    "athena:BatchGetQueryExecution",
    "athena:GetNamedQuery",
    "athena:GetPreparedStatement",
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:GetQueryResultsStream",
    "athena:GetWorkGroup",
    "athena:ListNamedQueries",
    "athena:ListPreparedStatements",
    "athena:ListQueryExecutions",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
)
OURS = ("aws:ResourceAccount", ACCOUNT)
FOREIGN = ("aws:ResourceAccount", "999999999999")


def _object(action: str, zone: str) -> Probe:
    return Probe(action, f"{LAKE}/{OBJECTS[zone]}", (OURS,))


def _list(prefix: str) -> Probe:
    return Probe("s3:ListBucket", LAKE, (OURS, ("s3:prefix", prefix)))


def _key(action: str, via: str = "", *, alias: str = "alias/autocorp-dev", key: str = KEY) -> Probe:
    service = (("kms:ViaService", f"{via}.amazonaws.com"),) if via else ()
    return Probe(action, key, (("kms:ResourceAliases", (alias,)), *service))


def _universe() -> Iterator[Probe]:
    for action, zone in itertools.product(OBJECT_ACTIONS, OBJECTS):
        yield _object(action, zone)
    for action, zone in itertools.product(("s3:GetObject", "s3:PutObject"), OBJECTS):
        yield Probe(action, f"{LAKE}/{OBJECTS[zone]}", (FOREIGN,))
        yield Probe(action, f"arn:aws:s3:::autocorp-datalake-prod-{ACCOUNT}/{OBJECTS[zone]}", (OURS,))
        yield Probe(action, f"{LAKE}-copy/{OBJECTS[zone]}", (OURS,))
    for action, zone in itertools.product(OBJECT_ACTIONS, ("raw/database", "curated")):
        yield Probe(action, f"{LAKE}/{OBJECTS[zone]}", (FOREIGN,))
        yield Probe(action, f"arn:aws:s3:::autocorp-copy/{OBJECTS[zone]}", (FOREIGN,))
    for action, owner in itertools.product(BUCKET_ACTIONS, (OURS, FOREIGN)):
        yield Probe(action, LAKE, (owner,))
        yield Probe(action, "arn:aws:s3:::another", (owner,))
    for zone in OBJECTS:
        for prefix in dict.fromkeys((zone, f"{zone}/", f"{zone}/deeper/", f"{zone}-beside/")):
            yield _list(prefix)
            yield Probe("s3:ListBucket", LAKE, (FOREIGN, ("s3:prefix", prefix)))
            yield Probe("s3:ListBucketVersions", LAKE, (OURS, ("s3:prefix", prefix)))
            yield Probe("s3:ListBucket", "arn:aws:s3:::another", (OURS, ("s3:prefix", prefix)))
    vias = ("", f"s3.{REGION}", f"secretsmanager.{REGION}", f"glue.{REGION}", "s3.eu-central-1")
    for action, via in itertools.product(KEY_ACTIONS, vias):
        yield _key(action, via)
        yield _key(action, via, alias="alias/payroll")
        yield _key(action, via, key=f"arn:aws:kms:{REGION}:999999999999:key/0123")
        yield _key(action, via, key=KEY.replace("key/", "alias/"))
        yield _key(action, via, key=f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/another", alias="alias/copy")
        yield _key(action, via, key=f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/copy", alias="alias/copy")
    for action in SECRET_ACTIONS:
        for secret in (SECRET, SECRET.replace("/dev/", "/prod/"), SECRET.replace("-AbCdEf", "-of-others-AbCdEf")):
            yield Probe(action, secret)
    for action, place in itertools.product(CATALOG_ACTIONS, CATALOG.values()):
        yield Probe(action, place)
    for action, group in itertools.product(LOG_ACTIONS, ("/aws-glue/jobs/output", "/aws/dms/tasks", "/aws-other/x")):
        yield Probe(action, LOGS + group)
    spaces = ("Glue", "Glue Data Quality", "autocorp/dev", "autocorp/prod", "AWS/EC2")
    for action, space in itertools.product(("cloudwatch:DeleteAlarms", "cloudwatch:PutMetricData"), spaces):
        yield Probe(action, "*", (("cloudwatch:namespace", space),))
    for action, group in itertools.product((*ATHENA_ACTIONS, "athena:DeleteWorkGroup"), (WORKGROUP, f"{WORKGROUP}-x")):
        yield Probe(action, group)
    for action, ruleset in itertools.product(
        (*OWN_QUALITY_ACTIONS, *QUALITY_ACTIONS, "glue:DeleteDataQualityRuleset"),
        (*RULESETS, f"{GLUE}:mlTransform/x"),
    ):
        yield Probe(action, ruleset)
    for action in ("glue:GetSecurityConfiguration", "glue:DeleteSecurityConfiguration"):
        yield Probe(action, "*")
    for role in (JOB_ROLE, JOB_ROLE.replace("-dev-", "-prod-"), f"arn:aws:iam::{ACCOUNT}:role/admin"):
        for service in (TO_GLUE, ("iam:PassedToService", "ec2.amazonaws.com")):
            yield Probe("iam:PassRole", role, (service,))
            yield Probe("iam:GetRole", role, (service,))
    for action in ("iam:PassRole", "sts:AssumeRole", "dms:StopReplicationTask", "ec2:CreateRoute"):
        yield Probe(action, "*")
        yield Probe(action, f"arn:aws:iam::{ACCOUNT}:role/admin")


UNIVERSE = frozenset(_universe())


def _listing(*zones: str) -> Iterator[Probe]:
    for zone in zones:
        yield from (_list(zone), _list(f"{zone}/"), _list(f"{zone}/deeper/"))


def _below(*zones: str) -> list[str]:
    return [zone for zone in OBJECTS if any(zone == top or zone.startswith(f"{top}/") for top in zones)]


def _allowed() -> dict[str, set[Probe]]:
    locate = Probe("s3:GetBucketLocation", LAKE, (OURS,))
    s3, secrets = f"s3.{REGION}", f"secretsmanager.{REGION}"
    vias = ("", s3, secrets, f"glue.{REGION}", "s3.eu-central-1")
    whole = (
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "s3:GetObject",
        "s3:ListMultipartUploadParts",
        "s3:PutObject",
    )
    partitions_gone = "glue:BatchDeletePartition"
    raw, curated = ("catalog", "raw", "raw tables"), ("catalog", "curated", "curated tables")
    write_logs = {Probe(action, f"{LOGS}/aws-glue/jobs/output") for action in LOG_ACTIONS if "Delete" not in action}
    versions = ("s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging")
    replicas = ("s3:ObjectOwnerOverrideToBucketOwner", "s3:ReplicateObject", "s3:ReplicateTags")
    return {
        "dms": {
            *(_object(action, "raw/database") for action in ("s3:DeleteObject", "s3:PutObject", "s3:PutObjectTagging")),
            *_listing("raw/database"),
            locate,
            *(_key(action, s3) for action in ("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")),
        },
        "dms_secret_reader": {
            Probe("secretsmanager:GetSecretValue", SECRET),
            Probe("secretsmanager:DescribeSecret", SECRET),
            _key("kms:Decrypt", secrets),
        },
        "glue": {
            *(_object("s3:GetObject", zone) for zone in _below("raw", "scripts")),
            *(
                _object(action, zone)
                for action in whole
                for zone in _below("curated", "quarantine", "logs/glue", "tmp/glue")
            ),
            *_listing("raw", "raw/database", "raw/csv", "scripts", "curated", "quarantine", "logs/glue", "tmp/glue"),
            *(_list(f"{zone}-beside/") for zone in ("raw/database", "raw/csv")),
            locate,
            *(
                Probe(action, CATALOG[place])
                for action in (*CATALOG_READS, *CATALOG_WRITES, partitions_gone)
                for place in {*raw, *curated}
            ),
            Probe("glue:GetDatabase", CATALOG["default"]),
            *(
                Probe("glue:GetUserDefinedFunctions", CATALOG[place])
                for place in ("catalog", "raw", "raw functions", "curated", "curated functions")
            ),
            *(Probe(action, RULESETS[0]) for action in OWN_QUALITY_ACTIONS),
            *(Probe(action, ruleset) for action in QUALITY_ACTIONS for ruleset in RULESETS),
            Probe("iam:PassRole", JOB_ROLE, (TO_GLUE,)),
            Probe("glue:GetSecurityConfiguration", "*"),
            Probe("glue:GetJobBookmark", CATALOG["job"]),
            Probe("glue:GetJobBookmarks", CATALOG["job"]),
            *write_logs,
            *(
                Probe("cloudwatch:PutMetricData", "*", (("cloudwatch:namespace", space),))
                for space in ("Glue", "Glue Data Quality", "autocorp/dev")
            ),
            *(
                _key(action, via)
                for action in KEY_ACTIONS
                if action not in {"kms:CreateGrant", "kms:ScheduleKeyDeletion"}
                for via in vias
            ),
        },
        "glue_crawler": {
            *(_object("s3:GetObject", zone) for zone in _below("raw")),
            *_listing("raw", "raw/database", "raw/csv"),
            *(_list(f"{zone}-beside/") for zone in ("raw/database", "raw/csv")),
            locate,
            *(
                Probe(action, CATALOG[place])
                for action in {*CATALOG_READS, *CATALOG_WRITES} - {"glue:GetDatabases"}
                for place in raw
            ),
            Probe("glue:GetSecurityConfiguration", "*"),
            *write_logs,
            _key("kms:Decrypt", s3),
            _key("kms:DescribeKey", s3),
        },
        "datasync": {
            *(_object(action, "raw/csv") for action in (*whole, "s3:GetObjectTagging", "s3:PutObjectTagging")),
            _object("s3:PutObject", "logs/datasync"),
            *_listing("raw/csv"),
            locate,
            Probe("s3:ListBucketMultipartUploads", LAKE, (OURS,)),
            _key("kms:Decrypt", s3),
            _key("kms:GenerateDataKey", s3),
        },
        "athena_analyst": {
            *(Probe(action, WORKGROUP) for action in ATHENA_ACTIONS),
            *(Probe(action, CATALOG[place]) for action in CATALOG_READS for place in curated),
            _object("s3:GetObject", "curated"),
            *(_object(action, "tmp/athena") for action in whole if action != "s3:DeleteObject"),
            *_listing("curated", "tmp/athena"),
            locate,
            _key("kms:Decrypt", s3),
            _key("kms:GenerateDataKey", s3),
        },
        "s3_replication": {
            *(_object(action, zone) for action in versions for zone in OBJECTS),
            *(
                Probe(action, f"{LAKE}/{OBJECTS[zone]}", (FOREIGN,))
                for action in versions
                for zone in ("raw/database", "curated")
            ),
            *(
                Probe(action, f"arn:aws:s3:::autocorp-copy/{OBJECTS[zone]}", (FOREIGN,))
                for action in replicas
                for zone in ("raw/database", "curated")
            ),
            *(Probe("s3:GetReplicationConfiguration", LAKE, (owner,)) for owner in (OURS, FOREIGN)),
            *(probe for probe in UNIVERSE if probe.action == "s3:ListBucket" and probe.resource == LAKE),
            _key("kms:Decrypt", s3),
            *(
                _key(action, "s3.eu-central-1", key=f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/copy", alias="alias/copy")
                for action in ("kms:Encrypt", "kms:GenerateDataKey")
            ),
        },
    }


ALLOWED = _allowed()
ROLES = sorted(ALLOWED)


@pytest.fixture(scope="module")
def policies(settled: Settled) -> Mapping[str, Policy]:
    """The policy of each role as the plan renders it."""
    found: dict[str, Policy] = {}
    for address in settled.plan.changes():
        if address.startswith("module.iam.aws_iam_role_policy."):
            name = address.removeprefix("module.iam.aws_iam_role_policy.").partition("[")[0]
            found[name] = json.loads(str(settled.plan.after(address)["policy"]))
    return found


def test_every_role_with_a_policy_has_a_table(policies: Mapping[str, Policy]) -> None:
    assert sorted(policies) == ROLES
    assert all(table <= UNIVERSE for table in ALLOWED.values()), "a table names a question that is never asked"


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_what_its_table_says_and_nothing_else(role: str, policies: Mapping[str, Policy]) -> None:
    may = {probe for probe in UNIVERSE if allows(policies[role], probe)}
    assert may - ALLOWED[role] == set(), "allowed, but not meant"
    assert ALLOWED[role] - may == set(), "meant, but not allowed"


@pytest.mark.parametrize("role", ROLES)
def test_every_widened_or_narrowed_statement_shows_in_the_table(role: str, policies: Mapping[str, Policy]) -> None:
    unnoticed = [
        what
        for what, mutant in _mutants(policies[role])
        if {probe for probe in UNIVERSE if allows(mutant, probe)} == ALLOWED[role]
    ]
    # Nothing is allowed under raw/ that the Deny takes away: it stands for policies that somebody adds later.
    expected = ["NeverRaw without itself"] if role == "athena_analyst" else []
    assert [what for what in unnoticed if not what.startswith("NeverRaw: ")] == expected


def test_an_analyst_is_denied_raw_whatever_else_is_granted(policies: Mapping[str, Policy]) -> None:
    for action, zone in itertools.product(OBJECT_ACTIONS, OBJECTS):
        assert denies(policies["athena_analyst"], _object(action, zone)) == (zone in _below("raw"))


def test_no_allow_names_every_action_of_a_service_or_every_resource(policies: Mapping[str, Policy]) -> None:
    for role, policy in policies.items():
        for statement in policy["Statement"]:
            if statement["Effect"] == "Allow":
                assert not any(action.endswith(":*") or action == "*" for action in _listed(statement["Action"])), role
                if "*" in _listed(statement["Resource"]):
                    named = {"PublishMetrics", "ReadEncryptionSettings"}
                    assert statement["Sid"] in named, "only metrics and encryption settings have no resources to name"


def test_buckets_refuse_plain_http_other_accounts_and_other_keys(settled: Settled) -> None:
    lake = json.loads(str(settled.plan.after("module.s3.aws_s3_bucket_policy.lake")["policy"]))
    logs = json.loads(str(settled.plan.after("module.s3.aws_s3_bucket_policy.access_logs")["policy"]))
    logs_bucket = f"arn:aws:s3:::autocorp-logs-dev-{ACCOUNT}"
    key = settled.plan.after("module.kms.aws_kms_key.lake")["arn"]
    tls, own = ("aws:SecureTransport", "true"), ("aws:PrincipalAccount", ACCOUNT)
    sse, sse_key = "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id"

    def refused(policy: Mapping[str, object], action: str, resource: str, *context: tuple[str, str]) -> bool:
        return denies(policy, Probe(action, resource, context))

    for policy, bucket in ((lake, LAKE), (logs, logs_bucket)):
        assert not refused(policy, "s3:PutObject", f"{bucket}/s3/x", tls, own)
        assert refused(policy, "s3:PutObject", f"{bucket}/s3/x", ("aws:SecureTransport", "false"), own)
        assert refused(policy, "s3:GetObject", f"{bucket}/s3/x", tls, ("aws:PrincipalAccount", "999999999999"))
        assert refused(policy, "s3:ListBucket", bucket, tls), "an anonymous caller has no account"
    assert refused(lake, "s3:PutObject", f"{LAKE}/raw/x", tls, own, (sse, "AES256"))
    assert refused(lake, "s3:PutObject", f"{LAKE}/raw/x", tls, own, (sse, "aws:kms"), (sse_key, f"{key}0"))
    assert not refused(lake, "s3:PutObject", f"{LAKE}/raw/x", tls, own, (sse, "aws:kms"), (sse_key, str(key)))

    service = (tls, ("aws:PrincipalIsAWSService", "true"))
    source = (("aws:SourceArn", LAKE), ("aws:SourceAccount", ACCOUNT))
    assert allows(logs, Probe("s3:PutObject", f"{logs_bucket}/s3/2026", (*service, *source)))
    assert not allows(logs, Probe("s3:PutObject", f"{logs_bucket}/elsewhere", (*service, *source)))
    assert not allows(logs, Probe("s3:PutObject", f"{logs_bucket}/s3/2026", (*service, ("aws:SourceArn", LAKE))))


def _mutants(policy: Policy) -> Iterator[tuple[str, Policy]]:
    """Every way of widening or narrowing one thing in one statement, with its name."""
    for number, statement in enumerate(policy["Statement"]):
        for what, changed in _changed(statement):
            mutant = copy.deepcopy(policy)
            mutant["Statement"][number] = changed
            yield f"{statement['Sid']}: {what}", mutant
        mutant = copy.deepcopy(policy)
        del mutant["Statement"][number]
        yield f"{statement['Sid']} without itself", mutant


def _changed(statement: dict[str, object]) -> Iterator[tuple[str, dict[str, object]]]:
    actions, resources = _listed(statement["Action"]), _listed(statement["Resource"])
    conditions = statement.get("Condition", {})
    assert isinstance(conditions, dict)
    for service in {action.partition(":")[0] for action in actions}:
        yield f"all of {service}", {**statement, "Action": f"{service}:*"}
    if len(actions) > 1:
        for action in actions:
            yield f"without {action}", {**statement, "Action": [other for other in actions if other != action]}
    for resource in resources:
        others = [other for other in resources if other != resource]
        if resource != "*":
            yield f"wider than {resource}", {**statement, "Resource": [*others, _wider(resource)]}
        if others:
            yield f"without {resource}", {**statement, "Resource": others}
    for operator, keys in conditions.items():
        for key, values in keys.items():
            rest = {**conditions, operator: {other: keys[other] for other in keys if other != key}}
            yield f"without the condition on {key}", {**statement, "Condition": rest}
            for value in _listed(values):
                if key == "s3:prefix" and value.endswith("/*"):
                    kept = [other for other in _listed(values) if other != value]
                    wide = {**conditions, operator: {**keys, key: [*kept, _wider(value)]}}
                    yield f"prefix wider than {value}", {**statement, "Condition": wide}
                    narrow = {**conditions, operator: {**keys, key: kept}}
                    yield f"prefix without {value}", {**statement, "Condition": narrow}


def _wider(pattern: str) -> str:
    """One level up: raw/database/* becomes raw/*, a whole name becomes any name beside it."""
    body = pattern.removesuffix("/*").removesuffix("-??????")
    cut = max(body.rfind("/"), body.rfind(":"))
    return f"{body[: cut + 1]}*"


def _listed(value: object) -> list[str]:
    return [value] if isinstance(value, str) else list(value)  # type: ignore[call-overload]
