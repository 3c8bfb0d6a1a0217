"""The probes of the checklists: each looks at the real thing and says yes, no, or that it could not look.

What a status shows already is not asked in a second way: those probes judge the panel's own readings, strictly.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.objectives import PIPELINE_SUCCESS
from autocorp_wizard.core.status import Level, Verdict, Why
from autocorp_wizard.operate.finding import Finding
from autocorp_wizard.operate.look import Look, reason_of
from autocorp_wizard.operate.observing import observe
from autocorp_wizard.operate.panels import COLLECTORS
from autocorp_wizard.operate.source_probes import SOURCE_PROBES, ask_source

Probe = Callable[[Look], Finding]
_COLLECTORS: Final = {collector.name: collector for collector in COLLECTORS}

# Calls that only probes make, beside those of the panels.
PROBE_CALLS: Final = frozenset(
    {
        "cloudwatch:ListMetrics",
        "dms:DescribeEndpoints",
        "dynamodb:DescribeTable",
        "glue:GetTables",
        "iam:GetRole",
        "s3:GetBucketVersioning",
        "s3:HeadBucket",
        "s3:ListObjectsV2",
        "sts:GetCallerIdentity",
    }
)


@dataclass(frozen=True, slots=True)
class OnPanel:
    """Judges readings of a panel whose names begin with one of `names`; each must also have a value that `fits`."""

    panel: str
    names: tuple[str, ...]
    fits: Callable[[Json], bool] = lambda value: True
    levels: frozenset[Level] = frozenset({Level.OK})

    def __call__(self, look: Look) -> Finding:
        """Collect the panel and judge."""
        panel = _COLLECTORS[self.panel].collect(look).panel
        if panel.reason is not None:
            return Finding(None, f"{panel.title} could not be looked at: {panel.reason.sentence}.")
        found = [each for each in panel.readings if each.name.startswith(self.names)]
        details = tuple(f"{each.title}: {each.sentence}" for each in found)
        unseen = [each for each in found if each.reason is not None and each.reason.why is not Why.GONE]
        wrong = [
            each
            for each in found
            if each not in unseen and (each.level not in self.levels or not self.fits(each.value))
        ]
        if wrong:
            return Finding(False, f"Not so: {wrong[0].title}: {wrong[0].sentence}.", details)
        if unseen or not found:
            why = unseen[0].sentence if unseen else f"{panel.title} shows no such thing"
            return Finding(None, f"Not known: {why}.", details)
        return Finding(True, "; ".join(f"{each.title}: {each.sentence}" for each in found) + ".", details)


def _asks(service: str) -> Callable[[Probe], Probe]:
    """Let a probe that calls AWS itself fail in the catalogue's words."""

    def wrap(probe: Probe) -> Probe:
        def asking(look: Look) -> Finding:
            with look.access.plainly(service):
                return probe(look)

        return asking

    return wrap


@_asks("s3")
def state_bucket(look: Look) -> Finding:
    """The state's bucket exists in our account and keeps versions."""
    client = look.access.client("s3")
    bucket = look.subject.state_bucket
    client.head_bucket(Bucket=bucket)
    status = client.get_bucket_versioning(Bucket=bucket).get("Status", "off")
    return Finding(status == "Enabled", f"The bucket {bucket} exists, versioning is {str(status).lower()}.")


@_asks("dynamodb")
def lock_table(look: Look) -> Finding:
    """The lock table is there, or S3's own lock file does its work."""
    table = look.subject.lock_table
    if not table:
        return Finding(True, "The state is locked by S3's own lock file; no table is needed.")
    status = look.access.client("dynamodb").describe_table(TableName=table)["Table"].get("TableStatus", "")
    return Finding(status == "ACTIVE", f"The table {table} is {str(status).lower()}.")


@_asks("s3")
def state_backup(look: Look) -> Finding:
    """A copy of the state lies beside it."""
    prefix = f"backups/{look.subject.environment}/"
    pages = look.access.client("s3").get_paginator("list_objects_v2")
    times: list[datetime] = [
        each["LastModified"]
        for page in pages.paginate(Bucket=look.subject.state_bucket, Prefix=prefix)
        for each in page.get("Contents", [])
        if "LastModified" in each
    ]
    if not times:
        return Finding(False, f"There is no copy under {prefix} yet; one is made before each apply.")
    return Finding(True, f"{len(times)} copies, the newest of {max(times):%Y-%m-%d %H:%M} UTC.")


def account(look: Look) -> Finding:
    """The credentials belong to the environment's account."""
    identity = look.access.identity()
    ours = identity.account == look.subject.account_id
    return Finding(ours, f"The identity is {identity.arn} in account {identity.account}.")


@_asks("iam")
def account_roles(look: Look) -> Finding:
    """The two roles that DMS looks for by name exist in the account."""
    roles = [
        look.access.client("iam").get_role(RoleName=name)["Role"]["RoleName"]
        for name in ("dms-vpc-role", "dms-cloudwatch-logs-role")
    ]
    return Finding(True, f"The roles {' and '.join(roles)} exist.")


@_asks("s3")
def lake_bucket(look: Look) -> Finding:
    """The lake's bucket exists in our account and can be reached."""
    bucket = look.output("data_lake_bucket_id")
    if not bucket:
        return Finding(None, "The state names no lake bucket; phase 1 (foundation) makes it.")
    look.access.client("s3").head_bucket(Bucket=bucket)
    return Finding(True, f"The bucket {bucket} can be reached.")


@_asks("s3")
def exports_arrived(look: Look) -> Finding:
    """Files of exports lie under raw/csv/."""
    bucket = look.output("data_lake_bucket_id")
    if not bucket:
        return Finding(None, "The state names no lake bucket; phase 1 (foundation) makes it.")
    found = look.access.client("s3").list_objects_v2(Bucket=bucket, Prefix="raw/csv/", MaxKeys=1000).get("Contents", [])
    keys = tuple(each["Key"] for each in found if each.get("Key") and each.get("Size"))
    return Finding(
        bool(keys), f"{len(keys)} files lie under raw/csv/." if keys else "Nothing lies under raw/csv/.", keys[:20]
    )


@_asks("glue")
def curated_tables(look: Look) -> Finding:
    """The catalog holds the tables that the jobs' first run makes."""
    database = look.output("glue_catalog_database_name")
    if not database:
        return Finding(None, "The state names no catalog database; phase 2 (glue) makes it.")
    pages = look.access.client("glue").get_paginator("get_tables").paginate(DatabaseName=database)
    names = tuple(sorted(each["Name"] for page in pages for each in page["TableList"]))
    wanted = {name for name in look.output_map("glue_job_names") if not name.startswith("csv_")}
    lacking = sorted(wanted - set(names))
    if lacking or not names:
        return Finding(False, f"Not in {database} yet: {', '.join(lacking) or 'any table'}.", names)
    return Finding(True, f"{len(names)} tables in {database}.", names)


@_asks("cloudwatch")
def metric_dimensions(look: Look) -> Finding:
    """CloudWatch knows the task's latency under the two dimensions that the alarms and the status use."""
    task, instance = look.output("dms_replication_task_arn"), look.output("dms_replication_instance_id")
    if not task or not instance:
        return Finding(None, "The state names no task; phase 3 (dms) makes it.")
    found = look.access.client("cloudwatch").list_metrics(
        Namespace="AWS/DMS",
        MetricName="CDCLatencyTarget",
        Dimensions=[
            {"Name": "ReplicationInstanceIdentifier", "Value": instance},
            {"Name": "ReplicationTaskIdentifier", "Value": task.rpartition(":")[2]},
        ],
    )
    known = found.get("Metrics", [])
    sentence = "The latency stands under both dimensions." if known else "No latency under these dimensions."
    return Finding(bool(known), sentence)


def changes_seen(look: Look) -> Finding:
    """Replication carried an insert, an update and a delete since the task was loaded."""
    panel = _COLLECTORS["dms"].collect(look).panel
    values = [each.value for each in panel.readings if each.name.startswith("table:")]
    if not values:
        why = panel.reason or next((each.reason for each in panel.readings if each.reason), None)
        return Finding(None, f"The tables' counters could not be read{f': {why.sentence}' if why else ''}.")
    sums = {
        kind: sum(int(str(each.get(kind, 0))) for each in values if isinstance(each, dict))
        for kind in ("inserts", "updates", "deletes")
    }
    details = tuple(f"{count} {kind}" for kind, count in sums.items())
    lacking = [kind for kind, count in sums.items() if not count]
    return Finding(not lacking, f"Carried: {', '.join(details)}.", details)


@_asks("dms")
def endpoint_by_secret(look: Look) -> Finding:
    """The source endpoint is given the secret, and no password of its own."""
    arn = look.output("dms_source_endpoint_arn")
    if not arn:
        return Finding(None, "The state names no source endpoint; phase 3 (dms) makes it.")
    answer = look.access.client("dms").describe_endpoints(Filters=[{"Name": "endpoint-arn", "Values": [arn]}])
    settings = [each.get("PostgreSQLSettings", {}) for each in answer.get("Endpoints", [])]
    if not settings:
        return Finding(False, "The endpoint of the state does not exist.")
    secret = settings[0].get("SecretsManagerSecretId", "")
    return Finding(bool(secret), f"The endpoint reads {secret}." if secret else "The endpoint names no secret.")


@_asks("datasync")
def transfer_rate(look: Look) -> Finding:
    """Enough of the transfers that AWS still lists have succeeded."""
    tasks = look.output_map("datasync_task_arns")
    if not tasks:
        return Finding(None, "The state names no transfer tasks; phase 4 (datasync) makes them.")
    pages = look.access.client("datasync").get_paginator("list_task_executions")
    details: list[str] = []
    good = ended = 0
    for export, arn in sorted(tasks.items()):
        found = [each.get("Status", "") for page in pages.paginate(TaskArn=arn) for each in page["TaskExecutions"]]
        done, failed = found.count("SUCCESS"), found.count("ERROR")
        details.append(f"{export}: {done} succeeded, {failed} failed")
        good, ended = good + done, ended + done + failed
    if not ended:
        return Finding(None, "No transfer has ended yet.", tuple(details))
    share = 100 * good / ended
    return Finding(
        share > PIPELINE_SUCCESS.target, f"{good} of {ended} transfers succeeded ({share:.1f} %).", tuple(details)
    )


def status(look: Look) -> Finding:
    """Nothing that a status shows is broken, and everything could be looked at."""
    report = observe(look)
    shown = [panel for panel in report.panels if panel.level in (Level.FAIL, Level.UNKNOWN, Level.WARN)]
    details = tuple(f"{panel.title}: {panel.level.value}" for panel in shown)
    details += tuple(f"{each.promise}: {each.sentence}" for each in report.objectives if each.met is False)
    holds = {Verdict.KEPT: True, Verdict.WARNINGS: True, Verdict.BROKEN: False}.get(report.verdict)
    return Finding(holds, f"The verdict is {report.verdict.value}.", details)


def _promise(panel: str, name: str, look: Look) -> Finding:
    """A promise of the assessment is kept."""
    [promise] = [each for each in _COLLECTORS[panel].collect(look).promises if each.name == name]
    return Finding(promise.met, f"{promise.promise}: {promise.sentence}")


_SUCCEEDED = "SUCCEEDED"

PROBES: Final[Mapping[str, Probe]] = {
    "account": account,
    "account-roles": account_roles,
    "agent-online": OnPanel("datasync", ("agent",)),
    "alarm-subscriptions": OnPanel("alarms", ("subscriptions",)),
    "alarms-quiet": OnPanel("alarms", ("alarms", "gone")),
    "athena-promise": partial(_promise, "athena", "athena-time"),
    "athena-queries": OnPanel("athena", ("queries",), bool),
    "budget": OnPanel("budget", ("budget",)),
    "crawlers-green": OnPanel("glue", ("crawler_",), lambda value: value == _SUCCEEDED),
    "curated-tables": curated_tables,
    "datasync-schedules": OnPanel("datasync", ("task:",)),
    "datasync-transfers": OnPanel(
        "datasync", ("transfer:",), lambda value: isinstance(value, dict) and value.get("status") == "SUCCESS"
    ),
    "dms-changes": changes_seen,
    "dms-connections": OnPanel("dms", ("connection_",)),
    "dms-host": OnPanel("dms", ("host_",)),
    "dms-lag": OnPanel("dms", ("lag",), lambda value: value is not None),
    "dms-metric-dimensions": metric_dimensions,
    "dms-tables": OnPanel("dms", ("table:", "tables")),
    "endpoint-by-secret": endpoint_by_secret,
    "exports-arrived": exports_arrived,
    "glue-promise": partial(_promise, "glue", "glue-duration"),
    "jobs-green": OnPanel("glue", ("job:",), lambda value: value == _SUCCEEDED),
    "lake-bucket": lake_bucket,
    "lock-table": lock_table,
    "refresh-green": OnPanel("glue", ("refresh",), lambda value: value is not None),
    # An old value is a value.
    "secret-filled": OnPanel(
        "secret", ("value",), levels=frozenset({Level.OK, Level.WARN}), fits=lambda v: v is not None
    ),
    "secret-young": OnPanel("secret", ("value",), lambda value: value is not None),
    "state-backup": state_backup,
    "state-bucket": state_bucket,
    "state-unlocked": OnPanel("state", ("lock", "tainted")),
    "status": status,
    "transfer-rate": transfer_rate,
    **{name: partial(ask_source, probe=probe) for name, probe in SOURCE_PROBES.items()},
}


def look_with(probe: str, look: Look) -> Finding:
    """Let a probe look. What AWS or the source refuses is not known; that something does not exist is a no."""
    try:
        return PROBES[probe](look)
    except WizardError as error:
        reason = reason_of(error)
        return Finding(False if reason.why is Why.GONE else None, " ".join(filter(None, (error.what, error.why))))
