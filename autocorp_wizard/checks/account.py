"""Checks of the AWS account: who we are and for how long, where we are, what the region offers."""

from datetime import datetime, timedelta
from functools import partial
from typing import Final, cast

from autocorp_wizard.checks.place import Entry, Place
from autocorp_wizard.core.events import Json
from autocorp_wizard.core.preflight.record import (
    Audience,
    Check,
    Group,
    Remedy,
    Seen,
    Vantage,
    failed,
    passed,
    skipped,
    unsure,
    warned,
)

IDENTITY: Final = "aws.identity"
_PHASES: Final = frozenset({"foundation", "glue", "dms", "datasync"})
_DMS: Final = frozenset({"dms"})
_DEPRECATION_DAYS: Final = 180
# What the calls of this module need; the read-only policy grants them.
CALLS: Final = frozenset(
    {
        "sts:GetCallerIdentity",
        "account:GetRegionOptStatus",
        "dms:DescribeOrderableReplicationInstances",
        "dms:DescribeEngineVersions",
    }
)


def account_checks(place: Place) -> tuple[Check, ...]:
    """Return the checks of identity, credentials and region."""
    check = partial(Check, group=Group.ACCOUNT, vantage=Vantage.API)
    return (
        check(
            IDENTITY,
            "The credentials belong to the environment's account",
            probe=partial(identity, place),
            proves="calls from here act in this account",
            does_not_prove="what they may do there",
            phases=_PHASES,
            volatile=True,
            integrity=True,
        ),
        check(
            "aws.cred.expiry",
            "The credentials outlive a rollout",
            probe=partial(credential_life, place),
            needs=(IDENTITY,),
            proves="how long these credentials are good for",
            phases=_PHASES,
            volatile=True,
            integrity=True,
        ),
        check(
            "aws.region",
            "The account may use the region",
            probe=partial(region, place),
            needs=(IDENTITY,),
            proves="that the region is switched on",
            phases=_PHASES,
        ),
        check(
            "aws.service.region",
            "The region offers the replication instance",
            probe=partial(orderable, place),
            needs=(IDENTITY,),
            proves="that class and engine can be ordered there today",
            does_not_prove="that there is capacity at the moment of ordering",
            phases=_DMS,
        ),
        check(
            "aws.dms.engine",
            "The engine of replication is kept up",
            probe=partial(engine, place),
            needs=(IDENTITY,),
            proves="until when AWS supports the engine version",
            phases=_DMS,
        ),
    )


def identity(place: Place) -> Seen:
    """Compare the account of the credentials with the environment's; the root user is refused."""
    environment = place.environment
    found = place.access().identity()
    if not environment.account_id:
        return failed(
            f"{environment.name} does not say which account it lives in; the credentials are of {found.account}.",
            Remedy(
                "Say which account is meant.",
                command=f"autocorp-wizard env edit {environment.name} --set account_id={found.account}",
            ),
            account=found.account,
            arn=found.arn,
        )
    if found.account != environment.account_id:
        return failed(
            f"The credentials belong to account {found.account}, {environment.name} lives in {environment.account_id}.",
            Remedy("Use a profile or role of the right account: env edit, aws_profile or aws_role_arn."),
            account=found.account,
            arn=found.arn,
        )
    if found.arn.endswith(":root"):
        return failed(
            "These are the credentials of the account's root user.",
            Remedy("Use a role or user that has the policy which `policy deploy` prints.", Audience.ACCOUNT),
            arn=found.arn,
        )
    return passed(f"{found.arn} in account {found.account}.", account=found.account, arn=found.arn)


def credential_life(place: Place) -> Seen:
    """Compare what is left of the credentials' life with the time that a rollout usually takes."""
    access = place.access()
    found = access.identity()
    told = place.environ.get("AWS_CREDENTIAL_EXPIRATION", "")
    fixed = bool(place.environ.get("AWS_SESSION_TOKEN")) and not access.who
    ends = found.expires_at or (_moment(told) if fixed and told else None)
    minutes = round(place.rollout_seconds / 60)
    if ends is None:
        if fixed and not place.environment.is_rehearsal:
            return unsure(
                "The credentials are temporary and do not say when they end.",
                Remedy("Name a profile (aws_profile) that can renew them, or set AWS_CREDENTIAL_EXPIRATION."),
            )
        return passed("The credentials do not end.")
    left = (ends - place.now()) / timedelta(minutes=1)
    if left > minutes:
        return passed(f"The credentials are good for {left:.0f} min more.", ends=ends.isoformat(), minutes=round(left))
    sentence = f"The credentials end in {max(left, 0):.0f} min, a rollout usually takes {minutes} min"
    if fixed:
        remedy = Remedy("Get new ones, or name a profile that renews them: env edit, aws_profile.")
        return failed(f"{sentence}, and they cannot renew themselves.", remedy, minutes=round(left))
    return warned(f"{sentence}; they can be renewed.", Remedy("Log in again before a long run: aws sso login."))


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else None


def region(place: Place) -> Seen:
    """Ask the account service whether the region is switched on."""
    if place.environment.is_rehearsal:
        return skipped("A rehearsal has every region.")
    name = place.environment.region
    status = str(place.access().call("account", "get_region_opt_status", RegionName=name).get("RegionOptStatus"))
    if status in ("ENABLED", "ENABLED_BY_DEFAULT"):
        return passed(f"{name} is {status.lower().replace('_', ' ')}.", status=status)
    return failed(
        f"{name} is {status.lower().replace('_', ' ')} in this account.",
        Remedy(
            "Switch the region on; it takes some minutes.",
            Audience.ACCOUNT,
            command=f"aws account enable-region --region-name {name}",
        ),
        status=status,
    )


def orderable(place: Place) -> Seen:
    """Ask DMS whether the planned class, with the planned engine and storage, can be ordered in two zones."""
    if place.environment.is_rehearsal:
        return skipped("A rehearsal has every instance class.")
    klass, version = place.text("dms_instance_class"), place.text("dms_engine_version")
    offers = [
        each
        for each in place.entries("dms", "describe_orderable_replication_instances", "OrderableReplicationInstances")
        if each.get("ReplicationInstanceClass") == klass
    ]
    if not offers:
        return failed(
            f"{klass} cannot be ordered in {place.environment.region}.",
            Remedy("Choose another dms_instance_class (env edit)."),
            instance_class=klass,
        )
    fitting = [each for each in offers if not version or str(each.get("EngineVersion")) == version]
    if not fitting:
        there = sorted({str(each.get("EngineVersion")) for each in offers})
        return failed(
            f"{klass} is not offered with engine {version} there.",
            Remedy(f"Choose another dms_engine_version: {', '.join(there)}."),
            engine_versions=list[Json](there),
        )
    storage = int(str(place.answer("dms_allocated_storage_gb")))
    low, high = _bounds(fitting)
    if low and high and not low <= storage <= high:
        return failed(
            f"{storage} GB are outside what {klass} may have ({low} to {high} GB).",
            Remedy("Change dms_allocated_storage_gb (env edit)."),
        )
    zones = {zone for each in fitting for zone in cast("list[str]", each.get("AvailabilityZones") or [])}
    if len(zones) == 1 and place.flag("dms_multi_az"):
        return failed(f"{klass} is offered in one zone only, and dms_multi_az wants two.")
    return passed(f"{klass} can be ordered.", zones=list[Json](sorted(zones)), storage_gb=[low, high])


def _bounds(offers: list[Entry]) -> tuple[int, int]:
    """Return the smallest and the largest storage of the offers in GB; 0 where none says one."""
    lows = [each["MinAllocatedStorage"] for each in offers if isinstance(each.get("MinAllocatedStorage"), int)]
    highs = [each["MaxAllocatedStorage"] for each in offers if isinstance(each.get("MaxAllocatedStorage"), int)]
    return min(map(_number, lows), default=0), max(map(_number, highs), default=0)


def _number(value: object) -> int:
    return int(str(value))


def engine(place: Place) -> Seen:
    """Ask DMS how long the planned engine version is supported."""
    wanted = place.text("dms_engine_version")
    if place.environment.is_rehearsal or not wanted:
        why = "No dms_engine_version is answered, so AWS takes the one that it recommends."
        return skipped("A rehearsal knows no end of an engine's life." if place.environment.is_rehearsal else why)
    versions = list(place.entries("dms", "describe_engine_versions", "EngineVersions"))
    found = next((each for each in versions if each.get("Version") == wanted), None)
    if found is None:
        known = sorted(str(each.get("Version")) for each in versions)
        return failed(f"DMS knows no engine {wanted}.", Remedy(f"Choose one of: {', '.join(known)}."))
    ends = found.get("DeprecationDate")
    if found.get("Lifecycle") == "DEPRECATED":
        return warned(f"Engine {wanted} is deprecated.", Remedy("Choose a newer dms_engine_version (env edit)."))
    if isinstance(ends, datetime):
        left = (ends - place.now()).days
        if left < _DEPRECATION_DAYS:
            days = f"{left} day{'' if left == 1 else 's'}"
            return warned(f"AWS ends engine {wanted} in {days}.", Remedy("Choose a newer dms_engine_version."))
        return passed(f"Engine {wanted} is supported until {ends:%Y-%m-%d}.")
    return passed(f"Engine {wanted} is supported; no end is announced.")
