"""Checks of quotas: what is used, what a rollout adds, and what the account allows."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.checks.account import IDENTITY
from autocorp_wizard.checks.place import Place
from autocorp_wizard.core.preflight.record import (
    Audience,
    Check,
    Group,
    Remedy,
    Seen,
    Status,
    Vantage,
    skipped,
)

CALLS: Final = frozenset(
    {
        "dms:DescribeAccountAttributes",
        "servicequotas:ListServiceQuotas",
        "ec2:DescribeVpcs",
        "ec2:DescribeVpcEndpoints",
        "s3:ListBuckets",
        "glue:ListJobs",
        "glue:ListCrawlers",
        "datasync:ListTasks",
    }
)
_NEARLY: Final = 0.8


@dataclass(frozen=True, slots=True)
class Quota:
    """One limit: found by `words` in its name; used things are counted by a list; `planned` is what a rollout adds."""

    service: str
    words: tuple[str, ...]
    list_of: tuple[str, str, str]
    planned: int
    flag: str = ""


# What the tree adds at most: one network with an S3 gateway and three interface endpoints, two buckets, jobs per table.
QUOTAS: Final = (
    Quota("vpc", ("vpcs per region",), ("ec2", "describe_vpcs", "Vpcs"), 1, "create_vpc"),
    Quota("s3", ("general purpose buckets",), ("s3", "list_buckets", "Buckets"), 2),
    Quota("glue", ("jobs per account",), ("glue", "list_jobs", "JobNames"), 9),
    Quota("glue", ("crawlers per account",), ("glue", "list_crawlers", "CrawlerNames"), 2),
    Quota("datasync", ("tasks",), ("datasync", "list_tasks", "Tasks"), 4),
)
# What phase 3 adds of each thing that DMS limits.
DMS_PLANNED: Final = {
    "ReplicationInstances": 1,
    "ReplicationSubnetGroups": 1,
    "Endpoints": 2,
    "ReplicationTasks": 1,
}


def quota_checks(place: Place) -> tuple[Check, ...]:
    """Return the checks of quotas."""
    check = partial(Check, group=Group.ACCOUNT, vantage=Vantage.API, needs=(IDENTITY,), timeout=30.0)
    return (
        check(
            "aws.quota.dms",
            "DMS has room",
            probe=partial(dms_quotas, place),
            phases=frozenset({"dms"}),
            proves="that the account's limits of DMS leave room for phase 3",
        ),
        check(
            "aws.quota.other",
            "The other services have room",
            probe=partial(other_quotas, place),
            proves="that the limits which could be read leave room",
            does_not_prove="limits that AWS does not list",
        ),
    )


def dms_quotas(place: Place) -> Seen:
    """Ask DMS itself for its limits and for what is used."""
    if place.environment.is_rehearsal:
        return skipped("A rehearsal has no quotas.")
    state = place.state()
    exists = bool(state and state.of_type("aws_dms_replication_instance"))
    planned = {**DMS_PLANNED, "AllocatedStorage": int(str(place.answer("dms_allocated_storage_gb")))}
    lines: list[tuple[str, int, int, int]] = []
    for each in place.entries("dms", "describe_account_attributes", "AccountQuotas"):
        name = str(each.get("AccountQuotaName"))
        if name in planned:
            adds = 0 if exists else planned[name]
            lines.append((name, int(str(each.get("Used") or 0)), adds, int(str(each.get("Max") or 0))))
    return _judged(lines, ())


def other_quotas(place: Place) -> Seen:
    """Ask Service Quotas by name and count what is used by the services' own lists."""
    if place.environment.is_rehearsal:
        return skipped("A rehearsal has no quotas.")
    state = place.state()
    lines: list[tuple[str, int, int, int]] = []
    unread: list[str] = []
    for quota in QUOTAS:
        if quota.flag and not place.flag(quota.flag):
            continue
        title = f"{quota.service}: {quota.words[0]}"
        try:
            limit = _limit(place, quota)
            used = sum(1 for _ in place.entries(*quota.list_of))
        except CloudError as error:
            unread.append(f"{title}: {error.what}")
            continue
        if limit is None:
            unread.append(f"{title}: AWS lists no such limit")
        else:
            lines.append((title, used, 0 if state and state.phases else quota.planned, limit))
    return _judged(lines, tuple(unread))


def _limit(place: Place, quota: Quota) -> int | None:
    for each in place.entries("service-quotas", "list_service_quotas", "Quotas", ServiceCode=quota.service):
        name = str(each.get("QuotaName")).lower()
        if any(words in name for words in quota.words):
            return int(float(str(each.get("Value") or 0)))
    return None


def _judged(lines: list[tuple[str, int, int, int]], unread: tuple[str, ...]) -> Seen:
    findings = tuple(f"{name}: {used} used + {adds} planned of {limit}" for name, used, adds, limit in lines)
    over = [name for name, used, adds, limit in lines if used + adds > limit]
    near = [name for name, used, adds, limit in lines if limit and used + adds > _NEARLY * limit]
    raise_it = Remedy("Ask for more in the Service Quotas console, or remove what nobody uses.", Audience.ACCOUNT)
    if over:
        return Seen(Status.FAIL, f"No room for {', '.join(over)}.", {}, (*findings, *unread), (raise_it,))
    if not lines:
        return Seen(Status.INCONCLUSIVE, "No limit could be read.", {}, unread)
    if near:
        return Seen(Status.WARN, f"Nearly used up: {', '.join(near)}.", {}, (*findings, *unread), (raise_it,))
    said = f"{len(lines)} limit{' leaves' if len(lines) == 1 else 's leave'} room"
    if unread:
        return Seen(Status.INCONCLUSIVE, f"{said}, {len(unread)} could not be read.", {}, (*findings, *unread))
    return Seen(Status.PASS, f"{said}.", {}, findings)
