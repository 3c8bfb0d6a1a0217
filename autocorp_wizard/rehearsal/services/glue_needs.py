"""Why a job or a crawler would fail on AWS: its role, its code, and what it must read and write.

The rehearsal does not run the code. It knows what a job needs from the job's own arguments.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from autocorp_wizard.rehearsal.address import ACCOUNT_ID, REGION
from autocorp_wizard.rehearsal.permissions import denial, distrust

if TYPE_CHECKING:
    from moto.glue.models import FakeCrawler, FakeJob
    from moto.s3.models import FakeBucket, FakeKey

_GLUE: Final = f"arn:aws:glue:{REGION}:{ACCOUNT_ID}"
_S3_FAULT: Final = "Service: Amazon S3; Status Code: {status}; Error Code: {code}; Request ID: REHEARSAL"


@dataclass(frozen=True, slots=True)
class _Need:
    action: str
    resource: str
    conditions: tuple[tuple[str, str], ...] = ()


def role_arn(role: str) -> str:
    """Return a role's ARN; Glue takes names as well."""
    return role if role.startswith("arn:") else f"arn:aws:iam::{ACCOUNT_ID}:role/{role}"


def mistrust(role: str, kind: str, name: str) -> str:
    """Return what Glue says of a role that it cannot assume for a job or crawler, empty where it can."""
    if distrust(role_arn(role), "glue.amazonaws.com", f"{_GLUE}:{kind}/{name}") is None:
        return ""
    if kind == "crawler":
        return "Service is unable to assume provided role. Please verify role's TrustPolicy"
    return f"Role {role_arn(role)} should be given assume role permissions for Glue Service."


def job_failure(job: "FakeJob", arguments: Mapping[str, str]) -> str:
    """Return the message that a run of `job` with `arguments` would fail with now; empty where it would succeed."""
    refused = mistrust(job.role, "job", job.name)
    if refused:
        return f"JobName:{job.name} failed to execute with exception {refused}"
    command = command_of(job)
    code = [command.get("ScriptLocation", ""), *arguments.get("--extra-py-files", "").split(",")]
    for uri in filter(None, (each.strip() for each in code)):
        fault = _download_fault(job.role, uri)
        if fault:
            return f"LAUNCH ERROR | {fault}"
    for need in _job_needs(command.get("Name", ""), arguments):
        refusal = denial(role_arn(job.role), need.action, need.resource, dict(need.conditions))
        if refusal is not None:
            return f"AccessDeniedException: {refusal}"
    return ""


def crawler_failure(crawler: "FakeCrawler") -> str:
    """Return the message that a crawl would fail with now; empty where it would complete."""
    refused = mistrust(crawler.role, "crawler", crawler.name)
    if refused:
        return refused
    for need in _crawler_needs(crawler):
        refusal = denial(role_arn(crawler.role), need.action, need.resource, dict(need.conditions))
        if refusal is not None:
            return f"{refusal} (Service: AWSGlue; Status Code: 403; Error Code: AccessDeniedException)"
    return ""


def command_of(job: "FakeJob") -> Mapping[str, str]:
    """Return a job's command; the emulator's annotation says that it is a text."""
    return cast("Mapping[str, str]", job.command)


def split_uri(uri: str) -> tuple[str, str]:
    """Return bucket and key of s3://BUCKET/KEY."""
    bucket, _, key = uri.removeprefix("s3://").removeprefix("s3a://").partition("/")
    return bucket, key


def bucket_of(name: str) -> "FakeBucket | None":
    """Return the bucket, or None."""
    from moto.s3.models import s3_backends

    found: FakeBucket | None = s3_backends[ACCOUNT_ID]["aws"].buckets.get(name)
    return found


def _download_fault(role: str, uri: str) -> str:
    bucket_name, key = split_uri(uri)
    where = f"Error downloading from S3 for bucket: {bucket_name}, key: {key}."
    bucket = bucket_of(bucket_name)
    found: FakeKey | None = None if bucket is None else bucket.keys.get(key)
    if bucket is None:
        return f"{where}The specified bucket does not exist ({_S3_FAULT.format(status=404, code='NoSuchBucket')})"
    if denial(role_arn(role), "s3:GetObject", f"arn:aws:s3:::{bucket_name}/{key}") is not None:
        return f"{where}Access Denied ({_S3_FAULT.format(status=403, code='AccessDenied')})"
    if found is None or type(found).__name__ == "FakeDeleteMarker":
        return f"{where}The specified key does not exist. ({_S3_FAULT.format(status=404, code='NoSuchKey')})"
    return ""


def _job_needs(command: str, arguments: Mapping[str, str]) -> Iterator[_Need]:
    lake = f"arn:aws:s3:::{arguments['--lake_bucket']}" if arguments.get("--lake_bucket") else ""
    database = arguments.get("--curated_database", "")
    if command == "pythonshell":
        if database:
            yield _Need("glue:GetTables", f"{_GLUE}:database/{database}")
        if arguments.get("--ruleset_prefix"):
            ruleset = f"{_GLUE}:dataQualityRuleset/{arguments['--ruleset_prefix']}any"
            yield _Need("glue:StartDataQualityRulesetEvaluationRun", ruleset)
        return
    if lake:
        yield _Need("s3:ListBucket", lake, (("s3:prefix", "raw/"),))
        yield _Need("s3:GetObject", f"{lake}/raw/any")
        for zone in ("curated", "quarantine"):
            yield _Need("s3:PutObject", f"{lake}/{zone}/any")
    if database:
        yield _Need("glue:GetDatabase", f"{_GLUE}:database/{database}")
        yield _Need("glue:CreateTable", f"{_GLUE}:table/{database}/any")
    if arguments.get("--metrics_namespace"):
        spoken = (("cloudwatch:namespace", arguments["--metrics_namespace"]),)
        yield _Need("cloudwatch:PutMetricData", "*", spoken)


def _crawler_needs(crawler: "FakeCrawler") -> Iterator[_Need]:
    for target in crawler.targets.get("S3Targets", []):
        bucket, prefix = split_uri(target["Path"])
        yield _Need("s3:ListBucket", f"arn:aws:s3:::{bucket}", (("s3:prefix", prefix),))
        yield _Need("s3:GetObject", f"arn:aws:s3:::{bucket}/{prefix}any")
    yield _Need("glue:GetDatabase", f"{_GLUE}:database/{crawler.database_name}")
    yield _Need("glue:CreateTable", f"{_GLUE}:table/{crawler.database_name}/any")
