"""How long Terraform takes for each kind of resource: priors from measurements, replaced by what this machine has seen.

Figures are seconds as (low, high). The rehearsal cloud answers at once where AWS takes minutes, so it has its own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from autocorp_wizard.core.events import Action
from autocorp_wizard.core.runstate import ResourceStatus, RunState

ENOUGH = 3
_KEPT = 20

Range = tuple[float, float]

# Sources: measurements on the emulator, the provider's fixed polling delays, its acceptance tests, AWS's own words.
_AWS: dict[str, Range] = {
    "aws_s3_bucket": (1, 6),
    "aws_s3_bucket_lifecycle_configuration": (30, 70),
    "aws_s3_object": (0.5, 3),
    "aws_kms_key": (5, 25),
    "aws_secretsmanager_secret": (0.5, 3),
    "aws_iam_role": (0.5, 4),
    "aws_vpc": (2, 15),
    "aws_subnet": (1, 12),
    "aws_nat_gateway": (90, 180),
    "aws_internet_gateway": (1, 15),
    "aws_security_group": (2, 6),
    "aws_vpc_endpoint": (6, 120),
    "aws_glue_crawler": (1, 15),
    "aws_glue_trigger": (1, 10),
    "aws_glue_job": (1, 5),
    "aws_budgets_budget": (1, 6),
    "aws_dms_replication_subnet_group": (1, 60),
    "aws_dms_replication_instance": (300, 900),
    "aws_dms_endpoint": (5, 120),
    "aws_dms_s3_endpoint": (5, 120),
    "aws_dms_certificate": (1, 5),
    "aws_dms_replication_task": (30, 300),
    "aws_dms_event_subscription": (10, 60),
    "aws_datasync_agent": (20, 150),
    "aws_datasync_location_nfs": (1, 30),
    "aws_datasync_location_s3": (1, 30),
    "aws_datasync_task": (5, 60),
    "aws_athena_workgroup": (1, 5),
    "aws_cloudtrail": (2, 15),
    "aws_cloudwatch_metric_alarm": (0.5, 3),
    "aws_glue_catalog_database": (0.5, 3),
    "aws_sns_topic": (1, 8),
}
_REHEARSAL: dict[str, Range] = {
    "aws_s3_bucket_lifecycle_configuration": (50, 60),
    "aws_kms_key": (4, 8),
    "aws_vpc": (0.5, 12),
    "aws_vpc_endpoint": (4, 12),
    "aws_nat_gateway": (5, 15),
    "aws_budgets_budget": (4, 6),
    "aws_dms_event_subscription": (10, 12),
    "aws_dms_replication_instance": (30, 40),
    "aws_dms_replication_task": (30, 40),
}
# Deleting takes another time than making where AWS drains something first.
_AWS_DELETE: dict[str, Range] = {
    "aws_s3_bucket": (1, 30),
    "aws_kms_key": (1, 5),
    "aws_vpc_endpoint": (10, 300),
    "aws_nat_gateway": (40, 120),
    "aws_security_group": (1, 60),
    "aws_subnet": (1, 60),
    "aws_s3_bucket_lifecycle_configuration": (1, 10),
    "aws_dms_replication_instance": (180, 900),
    "aws_dms_replication_task": (30, 180),
    "aws_dms_endpoint": (5, 120),
    "aws_dms_s3_endpoint": (5, 120),
    "aws_dms_event_subscription": (5, 60),
}
_REHEARSAL_DELETE: dict[str, Range] = {
    "aws_s3_bucket_lifecycle_configuration": (0.5, 60),
    "aws_vpc_endpoint": (4, 12),
    "aws_dms_replication_instance": (30, 40),
    "aws_dms_replication_task": (30, 40),
    "aws_nat_gateway": (5, 15),
    "aws_kms_key": (0.5, 3),
}
# Any other type of AWS is one or two calls; any type of other providers is unknown.
_ORDINARY_AWS: Range = (0.3, 5)
_ORDINARY_REHEARSAL: Range = (0.1, 3)


@dataclass(frozen=True, slots=True)
class Durations:
    """What is known about durations. Frozen: what a run teaches goes into a new value (`learned`).

    `samples` maps `TYPE ACTION` to the latest observed seconds; with ENOUGH of them they replace the prior.
    """

    rehearsal: bool = False
    samples: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    def of(self, resource_type: str, action: str) -> Range | None:
        """Return (low, high) seconds for one action on one resource, None where nothing is known."""
        if action == Action.REPLACE:
            return _sum(self.of(resource_type, Action.DELETE), self.of(resource_type, Action.CREATE))
        seen = self.samples.get(_key(resource_type, action), ())
        if len(seen) >= ENOUGH:
            return min(seen), max(seen) + 1.0  # Terraform reports whole seconds
        if not resource_type.startswith("aws_"):
            return None
        made, deleted = (_REHEARSAL, _REHEARSAL_DELETE) if self.rehearsal else (_AWS, _AWS_DELETE)
        ordinary = _ORDINARY_REHEARSAL if self.rehearsal else _ORDINARY_AWS
        if action == Action.DELETE:
            return deleted.get(resource_type, ordinary)
        if action in (Action.IMPORT, Action.FORGET, Action.NOOP):
            return ordinary
        return made.get(resource_type, ordinary)

    def learned(self, runs: Iterable[RunState]) -> "Durations":
        """Return these durations with what finished resources of `runs` (oldest first) took."""
        samples = {key: list(seen) for key, seen in self.samples.items()}
        for run in runs:
            for resource in run.resources.values():
                # Both halves of a replacement are timed together, so they teach about neither.
                if resource.status is ResourceStatus.DONE and resource.action != Action.REPLACE:
                    seen = samples.setdefault(_key(resource.resource_type, resource.action), [])
                    seen.append(float(resource.seconds))
                    del seen[:-_KEPT]
        return Durations(self.rehearsal, {key: tuple(seen) for key, seen in samples.items()})

    def as_document(self) -> dict[str, list[float]]:
        """Return the samples as a JSON object."""
        return {key: list(seen) for key, seen in self.samples.items()}

    @classmethod
    def from_document(cls, document: object, *, rehearsal: bool) -> "Durations":
        """Read what as_document wrote; what is damaged is left out, because a guess is all that depends on it."""
        samples: dict[str, tuple[float, ...]] = {}
        for key, seen in document.items() if isinstance(document, dict) else ():
            if isinstance(key, str) and isinstance(seen, list):
                samples[key] = tuple(
                    float(value) for value in seen[-_KEPT:] if isinstance(value, int | float) and value >= 0
                )
        return cls(rehearsal, samples)


def _key(resource_type: str, action: str) -> str:
    return f"{resource_type} {action}"


def _sum(first: Range | None, second: Range | None) -> Range | None:
    return None if first is None or second is None else (first[0] + second[0], first[1] + second[1])
