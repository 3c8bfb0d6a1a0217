"""What a change makes the account pay more for: new things that are paid for around the clock, and things that grow.

Rough monthly figures (us-east-1, USD) for a reviewer's eye; the estimate proper is another command.
"""

from collections.abc import Callable, Iterator

from autocorp_wizard.core.change import Change
from autocorp_wizard.core.events import Action, Json
from autocorp_wizard.core.risk_values import number

_COSTS: dict[str, str] = {
    "aws_nat_gateway": "about 33 USD a month, and each GB that passes",
    "aws_kms_key": "about 1 USD a month",
    "aws_dms_replication_instance": "by the hour, from about 53 USD a month",
    "aws_secretsmanager_secret": "about 0.40 USD a month",
    "aws_eip": "about 3.60 USD a month",
    "aws_cloudwatch_dashboard": "3 USD a month beyond the account's first three",
    "aws_cloudwatch_metric_alarm": "0.10 USD a month beyond the account's first ten",
}
# What is paid for each time that a schedule starts it.
_BY_SCHEDULE: dict[str, str] = {
    "aws_glue_trigger": "starts jobs by the clock: 0.44 USD for each DPU-hour",
    "aws_glue_crawler": "runs by the clock: 0.44 USD for each DPU-hour",
    "aws_datasync_task": "runs by the clock: 0.0125 USD for each GB",
}
_GROWING: dict[str, tuple[str, ...]] = {
    "aws_dms_replication_instance": ("replication_instance_class", "allocated_storage", "multi_az"),
    "aws_glue_job": ("worker_type", "number_of_workers", "max_capacity"),
    "aws_vpc_endpoint": ("subnet_ids",),
    "aws_glue_trigger": ("schedule",),
    "aws_glue_crawler": ("schedule",),
    "aws_datasync_task": ("schedule",),
}
_SIZES = (
    "nano",
    "micro",
    "small",
    "medium",
    "large",
    "xlarge",
    "2xlarge",
    "4xlarge",
    "8xlarge",
    "12xlarge",
    "16xlarge",
    "24xlarge",
)
_WORKERS = ("G.025X", "Standard", "G.1X", "G.2X", "G.4X", "G.8X")


def costing(change: Change, thing: str) -> Iterator[str]:
    """Yield a sentence for what is paid for from now on, or more than before."""
    if change.action is Action.CREATE:
        price = _COSTS.get(change.resource_type)
        if change.resource_type == "aws_vpc_endpoint" and change.after.get("vpc_endpoint_type") == "Interface":
            zones = change.after.get("subnet_ids")
            count = len(zones) if isinstance(zones, list) and zones else 2
            price = (
                f"about {7.3 * count:.2f} USD a month ({count} zone{'s' if count > 1 else ''}), and each GB that passes"
            )
        if price:
            yield f"{thing} costs {price}."
        if change.after.get("schedule") and change.resource_type in _BY_SCHEDULE:
            yield f"{thing} {_BY_SCHEDULE[change.resource_type]}."
        return
    for key in _GROWING.get(change.resource_type, ()):
        old, new = change.before.get(key), change.after.get(key)
        if new is not None and old != new and _grows(key, old, new):
            yield f"{thing}: {key.replace('_', ' ')} goes from {_word(old)} to {_word(new)}."


def _grows(key: str, old: Json, new: Json) -> bool:
    compare: dict[str, Callable[[Json], float]] = {
        "replication_instance_class": lambda value: _rank(_SIZES, str(value).rpartition(".")[2]),
        "worker_type": lambda value: _rank(_WORKERS, str(value)),
        "multi_az": lambda value: float(value is True),
        "subnet_ids": lambda value: float(len(value) if isinstance(value, list) else 0),
    }
    if key == "schedule":
        return True  # how often a cron expression fires is not decided here; a new schedule is a new bill
    measure = compare.get(key, _plain)
    return measure(new) > measure(old) or (key == "replication_instance_class" and measure(new) == measure(old))


def _plain(value: Json) -> float:
    return float(number(value) or 0.0)


def _rank(order: tuple[str, ...], name: str) -> float:
    return float(order.index(name)) if name in order else float(len(order))


def _word(value: Json) -> str:
    return "nothing" if value is None else str(value)
