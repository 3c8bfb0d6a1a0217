"""Which changes deserve a second look, and why: data that is lost, replication that stops, doors that open, cost.

Found by comparing whole objects before and after.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping

from autocorp_wizard.core.change import Change, Risk
from autocorp_wizard.core.events import Action, Json
from autocorp_wizard.core.risk_access import Scene, unguarding, widening
from autocorp_wizard.core.risk_cost import costing
from autocorp_wizard.core.risk_lifecycle import sooner
from autocorp_wizard.core.risk_values import blocks, number, outermost, thing_of

__all__ = [
    "COSTS_MORE",
    "DATA_LOSS",
    "KINDS",
    "REPLACEMENT",
    "STOPPING",
    "STOPS_REPLICATION",
    "WIDENS_ACCESS",
    "Risk",
    "find_risks",
]

DATA_LOSS = "data-loss"
REPLACEMENT = "replacement"
STOPS_REPLICATION = "stops-replication"
WIDENS_ACCESS = "widens-access"
COSTS_MORE = "costs-more"
KINDS: tuple[str, ...] = (DATA_LOSS, STOPS_REPLICATION, REPLACEMENT, WIDENS_ACCESS, COSTS_MORE)
# `apply --yes` stops where one of these is found (cli.md).
STOPPING: frozenset[str] = frozenset({DATA_LOSS, REPLACEMENT, STOPS_REPLICATION})

# What is gone when the object is: the sentence's second half.
_HOLDS: dict[str, str] = {
    "aws_s3_bucket": "every object in it goes with it",
    "aws_s3_object": "its content is gone, unless earlier versions are kept",
    "aws_kms_key": "what is encrypted with it cannot be read once the waiting period is over",
    "aws_secretsmanager_secret": "its value cannot be read any more",
    "aws_secretsmanager_secret_version": "the stored value is taken out of use",
    "aws_glue_catalog_database": "its tables disappear from every query",
    "aws_glue_catalog_table": "it disappears from every query",
    "aws_dms_replication_task": "its place in the source's change stream is lost and a full load is due",
    "aws_dms_replication_instance": "tasks that run on it go with it and a full load is due",
    "aws_dms_endpoint": "its task is replaced as well and a full load is due",
    "aws_dms_s3_endpoint": "its task is replaced as well and a full load is due",
    "aws_datasync_agent": "it has to be activated by hand again",
    "aws_cloudwatch_log_group": "the logs in it are deleted",
    "aws_dynamodb_table": "every item in it goes with it",
}
_TASK = "aws_dms_replication_task"
_REPLICATION: frozenset[str] = frozenset(
    {_TASK, "aws_dms_replication_instance", "aws_dms_endpoint", "aws_dms_s3_endpoint"}
)
# AWS's words for a task that moves rows, whoever started it.
_AT_WORK: frozenset[Json] = frozenset({"running", "starting"})
# The last two steer Terraform's own calls and are not read back, so every import seems to change them.
_HARMLESS: frozenset[str] = frozenset(
    {"tags", "tags_all", "timeouts", "apply_immediately", "allow_major_version_upgrade"}
)


def find_risks(changes: Iterable[Change], unfinished: Collection[tuple[str, str]] = ()) -> tuple[Risk, ...]:
    """Return the risks of a plan's changes, the gravest kind first, then by address.

    `unfinished` are (type, name) of what an apply that did not come to its end was making; nobody has data there yet.
    """
    whole = tuple(changes)
    scene = Scene.of(whole, unfinished)
    replicates = not any(c.resource_type == _TASK and c.action is Action.CREATE for c in whole)
    found = [
        Risk(kind, change.address, text)
        for change in whole
        for kind, text in _risks(change, scene)
        if replicates or kind != STOPS_REPLICATION  # a plan that makes the task stops none
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda risk: (KINDS.index(risk.kind), risk.address, risk.sentence)))


def _risks(change: Change, scene: Scene) -> Iterator[tuple[str, str]]:
    thing = thing_of(change)
    gone = change.action in (Action.DELETE, Action.REPLACE)
    holds = _HOLDS.get(change.resource_type)
    verb = "replaced" if change.action is Action.REPLACE else "deleted"
    if gone and holds is not None and not _is_rewritten(change):
        yield DATA_LOSS, f"{thing} is {verb}: {holds}."
    if change.action is Action.REPLACE:
        yield REPLACEMENT, f"{thing} {change.reason or 'is replaced'}."
    if change.resource_type in _REPLICATION:
        yield from _stopping(change, thing)
    if change.action is Action.DELETE:
        yield from ((WIDENS_ACCESS, text) for text in unguarding(change, thing, scene))
        return
    yield from _losing(change, thing, scene)
    if change.resource_type == "aws_s3_bucket_lifecycle_configuration":
        yield from _expiring(change, thing, scene)
    yield from ((WIDENS_ACCESS, text) for text in widening(change, thing, scene))
    yield from ((COSTS_MORE, text) for text in costing(change, thing))


def _is_rewritten(change: Change) -> bool:
    """A script whose key carries a content hash, or a secret's new version, is written anew and lost by nobody."""
    return change.action is Action.REPLACE and change.resource_type in (
        "aws_s3_object",
        "aws_secretsmanager_secret_version",
    )


def _stopping(change: Change, thing: str) -> Iterator[tuple[str, str]]:
    if change.action in (Action.DELETE, Action.REPLACE):
        yield STOPS_REPLICATION, f"{thing} is {change.action.value}d: replication stops."
        return
    if change.action is not Action.UPDATE:
        return
    touched = {outermost(attribute.path) for attribute in change.attributes} - _HARMLESS
    if not touched:
        return
    if change.resource_type == "aws_dms_replication_task":
        runs = change.before.get("start_replication_task") is True or change.before.get("status") in _AT_WORK
        if not runs:
            return
        if change.after.get("start_replication_task") is not True:
            yield STOPS_REPLICATION, f"{thing} is stopped for the change and not started again."
        else:
            yield STOPS_REPLICATION, f"{thing} pauses for the change and goes on from where it stopped."
    elif change.resource_type == "aws_dms_replication_instance":
        yield STOPS_REPLICATION, f"{thing} is changed: replication pauses while AWS modifies it."
    else:
        yield (
            STOPS_REPLICATION,
            f"{thing} is changed: AWS refuses that while a task runs, so replication pauses and goes on afterwards.",
        )


def _expiring(change: Change, thing: str, scene: Scene) -> Iterator[tuple[str, str]]:
    if change.action is Action.CREATE and not scene.holder_exists(change):
        return  # what is made together with its bucket deletes nothing that anybody has
    for expiry, days in sooner(change.before, change.after):
        since = f"after {days} days until now" if days is not None else "kept until now"
        where = f" below {expiry.prefix}" if expiry.prefix else ""
        yield DATA_LOSS, f"{thing}: {expiry.what}{where} expire after {expiry.days} days ({since})."


def _losing(change: Change, thing: str, scene: Scene) -> Iterator[tuple[str, str]]:
    if change.action is not Action.UPDATE:
        return
    before, after = change.before, change.after
    # It lives in the state alone, so an import always seems to switch it on.
    taken_back = change.imports and (change.resource_type, after.get("bucket")) in scene.made
    if after.get("force_destroy") is True and before.get("force_destroy") is not True and not taken_back:
        yield DATA_LOSS, f"{thing} may from now on be deleted together with everything in it."
    if after.get("deletion_protection") is False and before.get("deletion_protection") is True:
        yield DATA_LOSS, f"{thing} is no longer protected against deletion."
    if change.resource_type == "aws_s3_bucket_versioning" and _status(before) == "Enabled" != _status(after):
        yield DATA_LOSS, f"{thing} is switched off: overwritten and deleted objects cannot be brought back."
    for key in ("deletion_window_in_days", "recovery_window_in_days", "retention_in_days"):
        old_days, new_days = number(before.get(key)), number(after.get(key))
        # Zero days of log retention means for ever.
        shorter = new_days is not None and old_days is not None and new_days < old_days and new_days > 0
        forever = key == "retention_in_days" and old_days == 0 and bool(new_days)
        if shorter or forever or (key.startswith("recovery") and new_days == 0 and old_days):
            yield DATA_LOSS, f"{thing}: {key.replace('_', ' ')} goes from {old_days or 'unlimited'} to {new_days}."


def _status(side: Mapping[str, Json]) -> str:
    return next((str(block.get("status") or "") for block in blocks(side.get("versioning_configuration"))), "")
