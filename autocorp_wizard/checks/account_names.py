"""Checks of names and of what stands in the account already: buckets, roles, secret, keys, lock, budget."""

from collections.abc import Mapping
from functools import partial
from typing import Final, cast
from urllib.parse import unquote

from autocorp_wizard.adapters.aws_errors import CloudError
from autocorp_wizard.checks.account import IDENTITY
from autocorp_wizard.checks.place import Place
from autocorp_wizard.core.leftovers import Names
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

CALLS: Final = frozenset(
    {
        "s3:HeadBucket",
        "s3:GetBucketVersioning",
        "s3:GetObject",
        "s3control:GetPublicAccessBlock",
        "iam:GetRole",
        "iam:ListAttachedRolePolicies",
        "kms:DescribeKey",
        "secretsmanager:DescribeSecret",
        "budgets:DescribeBudgets",
        "cloudtrail:DescribeTrails",
        "dms:DescribeReplicationSubnetGroups",
        "dms:DescribeReplicationInstances",
        "dms:DescribeEndpoints",
    }
)
_FOUNDATION: Final = frozenset({"foundation"})
_DMS: Final = frozenset({"dms"})
_ALL: Final = frozenset({"foundation", "glue", "dms", "datasync"})
# The names are DMS's own; the policies are those that its guide attaches.
ACCOUNT_ROLES: Final[Mapping[str, str]] = {
    "dms-vpc-role": "AmazonDMSVPCManagementRole",
    "dms-cloudwatch-logs-role": "AmazonDMSCloudWatchLogsRole",
}


def name_checks(place: Place) -> tuple[Check, ...]:
    """Return the checks of names, of what is in the way, and of the remote state."""
    check = partial(Check, group=Group.ACCOUNT, vantage=Vantage.API, needs=(IDENTITY,))
    return (
        check("aws.tf.bucket", "The state's bucket keeps versions", probe=partial(state_bucket, place), phases=_ALL),
        check("aws.tf.lock", "Nobody holds the state's lock", probe=partial(lock, place), phases=_ALL, volatile=True),
        check(
            "aws.s3.name",
            "The buckets' names are free or ours",
            probe=partial(bucket_names, place),
            phases=_FOUNDATION,
            proves="that nobody else has these names",
        ),
        check("aws.s3.pab", "The account blocks public buckets", probe=partial(public_access, place)),
        check("aws.dms.roles", "The two roles of DMS are right", probe=partial(account_roles, place), phases=_DMS),
        check("aws.names", "No planned name is taken", probe=partial(taken_names, place), phases=_DMS),
        check("aws.secret", "The secret's name can be used", probe=partial(secret, place), phases=_FOUNDATION),
        check("aws.kms", "The keys that were named work", probe=partial(keys, place), phases=_ALL),
        check("aws.budget", "Somebody watches the bill", probe=partial(budget, place)),
        check("aws.cloudtrail", "The account keeps a trail", probe=partial(trail, place)),
    )


def state_bucket(place: Place) -> Seen:
    """Look whether the bucket of the state is there, in our account, and keeps versions."""
    access, bucket = place.access(), place.environment.state_bucket
    make = Remedy("Make or mend it.", command=f"autocorp-wizard bootstrap --env {place.environment.name}")
    try:
        access.call("s3", "head_bucket", Bucket=bucket)
    except CloudError as error:
        if error.is_missing:
            return failed(f"The bucket {bucket} does not exist yet.", make)
        if error.code == "BACKEND-ELSEWHERE":
            return failed(f"The bucket {bucket} lies in another region.", Remedy("Choose another state_bucket."))
        if error.status == 403:
            return failed(f"The bucket {bucket} belongs to somebody else, or may not be looked at.", make)
        raise
    status = str(access.call("s3", "get_bucket_versioning", Bucket=bucket).get("Status") or "off").lower()
    if status != "enabled":
        return failed(f"The bucket {bucket} keeps no versions ({status}); a lost state could not come back.", make)
    return passed(f"The bucket {bucket} is ours and keeps versions.", bucket=bucket)


def lock(place: Place) -> Seen:
    """Show who holds the lock; it is never taken away here."""
    held = place.lock()
    if held is None:
        return passed("Nobody holds the lock.")
    return failed(
        held.sentence,
        Remedy(
            "Wait until that run ends. Where its process is dead, let the wizard look and give the lock back.",
            command=f"autocorp-wizard runs recover --env {place.environment.name}",
        ),
        id=held.id,
        who=held.who,
    )


def bucket_names(place: Place) -> Seen:
    """Look whether the lake's buckets are free, or ours and in our state."""
    known = place.state()
    ours = {each.attributes.get("bucket") or each.id for each in known.of_type("aws_s3_bucket")} if known else set()
    findings: list[str] = []
    wrong = 0
    for name in Names.of(place.environment).buckets:
        try:
            place.access().call("s3", "head_bucket", Bucket=name)
        except CloudError as error:
            if error.is_missing:
                findings.append(f"{name}: free")
                continue
            if error.code == "BACKEND-ELSEWHERE" or error.status in (301, 403):
                wrong += 1
                findings.append(f"{name}: taken by somebody else, or in another region")
                continue
            raise
        if name in ours:
            findings.append(f"{name}: ours, in the state")
        else:
            wrong += 1
            findings.append(f"{name}: ours, but not in the state")
    if wrong:
        adopt = f"autocorp-wizard plan foundation --adopt --env {place.environment.name}"
        return failed(
            next(each for each in findings if "taken" in each or "but not" in each) + ".",
            Remedy("Adopt a bucket of ours; for a name that is taken, answer data_lake_bucket_name.", command=adopt),
            findings=tuple(findings),
        )
    return Seen(passed("").status, "The names of the lake's buckets are free or ours.", {}, tuple(findings))


def public_access(place: Place) -> Seen:
    """Look whether the account forbids public buckets as a whole."""
    if place.environment.is_rehearsal:
        return skipped("A rehearsal has nobody to be public to.")
    try:
        answer = place.access().call("s3control", "get_public_access_block", AccountId=place.environment.account_id)
    except CloudError as error:
        if error.is_missing:
            return warned(
                "The account does not block public buckets; the lake's own buckets do.",
                Remedy("Switch on Block Public Access for the account.", Audience.ACCOUNT),
            )
        raise
    flags = cast("Mapping[str, bool]", answer.get("PublicAccessBlockConfiguration") or {})
    open_ones = sorted(name for name, on in flags.items() if not on)
    if open_ones:
        return warned(
            f"The account leaves open: {', '.join(open_ones)}.",
            Remedy("Switch on all of Block Public Access for the account.", Audience.ACCOUNT),
        )
    return passed("The account blocks public buckets.")


def account_roles(place: Place) -> Seen:
    """Look whether the roles that DMS wants by name are there and right, or will be made."""
    makes = place.flag("create_dms_account_roles")
    findings: list[str] = []
    wrong: list[str] = []
    for name, policy in ACCOUNT_ROLES.items():
        try:
            role = cast("Mapping[str, object]", place.access().call("iam", "get_role", RoleName=name)["Role"])
        except CloudError as error:
            if not error.is_missing:
                raise
            (findings if makes else wrong).append(f"{name}: not there" + (", will be made" if makes else ""))
            continue
        trust = unquote(str(role.get("AssumeRolePolicyDocument")))
        attached = place.entries("iam", "list_attached_role_policies", "AttachedPolicies", RoleName=name)
        if "dms.amazonaws.com" not in trust:
            wrong.append(f"{name}: does not trust dms.amazonaws.com")
        elif policy not in {str(each.get("PolicyName")) for each in attached}:
            wrong.append(f"{name}: lacks {policy}")
        else:
            findings.append(f"{name}: there and right")
    if wrong:
        return failed(
            f"{wrong[0]}.",
            Remedy(
                "Let the environment that owns the roles make them: create_dms_account_roles=true, then apply "
                "foundation; or mend the role by hand.",
                Audience.ACCOUNT,
            ),
            findings=(*wrong, *findings),
        )
    return Seen(passed("").status, "; ".join(findings) + ".", {}, tuple(findings))


def taken_names(place: Place) -> Seen:
    """Look for things of DMS under our names that the state does not know."""
    names, state = Names.of(place.environment), place.state()
    known = {each.id for each in state.resources} if state else set()
    known |= {value for each in (state.resources if state else ()) for value in each.attributes.values()}
    lists = (
        ("describe_replication_subnet_groups", "ReplicationSubnetGroups", "ReplicationSubnetGroupIdentifier"),
        ("describe_replication_instances", "ReplicationInstances", "ReplicationInstanceIdentifier"),
        ("describe_endpoints", "Endpoints", "EndpointIdentifier"),
    )
    strangers = []
    for operation, entries, field in lists:
        try:
            found = [str(each.get(field)) for each in place.entries("dms", operation, entries)]
        except CloudError as error:
            if error.is_missing:
                continue
            raise
        strangers += [name for name in found if name.startswith(f"{names.prefix}-") and name not in known]
    if strangers:
        return failed(
            f"{strangers[0]} exists and is not in the state"
            + (f", and {len(strangers) - 1} more." if len(strangers) > 1 else "."),
            Remedy(
                "Take it over with the plan, or remove it.",
                command=f"autocorp-wizard plan dms --adopt --env {place.environment.name}",
            ),
            findings=tuple(strangers),
        )
    return passed(f"Nothing under {names.prefix} is in the way.")


def secret(place: Place) -> Seen:
    """Look whether the secret's name is free, ours, or blocked by a deletion that is under way."""
    name = Names.of(place.environment).secret
    try:
        found = place.access().call("secretsmanager", "describe_secret", SecretId=name)
    except CloudError as error:
        if error.is_missing:
            return passed(f"The name {name} is free.")
        raise
    if found.get("DeletedDate"):
        return passed(f"{name} is being deleted; the next apply restores it.")
    state = place.state()
    if state is None or not state.of_type("aws_secretsmanager_secret"):
        return failed(
            f"{name} exists and is not in the state.",
            Remedy(
                "Take it over with the plan.",
                command=f"autocorp-wizard plan foundation --adopt --env {place.environment.name}",
            ),
        )
    return passed(f"{name} is ours.")


def keys(place: Place) -> Seen:
    """Look whether a key that the environment names can be used."""
    arn = place.environment.state_kms_key_arn
    if not arn:
        return skipped("The environment names no key of its own.")
    try:
        found = place.access().call("kms", "describe_key", KeyId=arn)
    except CloudError as error:
        if error.is_missing:
            return failed(f"There is no key {arn}.", Remedy("Correct state_kms_key_arn (env edit)."))
        raise
    status = str(cast("Mapping[str, object]", found["KeyMetadata"]).get("KeyState"))
    if status != "Enabled":
        return failed(f"The key {arn} is {status}.", Remedy("Enable the key, or name another.", Audience.ACCOUNT))
    return passed(f"The key {arn} is enabled.")


def budget(place: Place) -> Seen:
    """Look whether there is a budget, or will be one."""
    limit = place.answer("budget_limit_usd")
    if isinstance(limit, (int, float)) and limit > 0:
        return passed(f"The rollout makes a budget of {limit} USD a month.")
    account = place.environment.account_id
    found = [
        str(each.get("BudgetName"))
        for each in place.entries("budgets", "describe_budgets", "Budgets", AccountId=account)
    ]
    if found:
        return passed(f"{len(found)} budget{'' if len(found) == 1 else 's'} watch the account.", budgets=list(found))
    return warned("No budget watches the account.", Remedy("Answer budget_limit_usd (env edit)."))


def trail(place: Place) -> Seen:
    """Look whether the account keeps a trail: for information only."""
    if place.environment.is_rehearsal:
        return skipped("A rehearsal keeps no trail of the account.")
    found = [str(each.get("Name")) for each in place.entries("cloudtrail", "describe_trails", "trailList")]
    if found:
        return passed(f"The account keeps {len(found)} trail{'' if len(found) == 1 else 's'}: {', '.join(found)}.")
    return unsure("No trail is visible; one of the organisation may exist and not be shown.")
