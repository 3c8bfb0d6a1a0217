"""The estimate for one environment: that of its preset, and which of its answers that estimate does not count."""

from dataclasses import dataclass
from typing import Final

from autocorp_wizard.core.edits import changed_names
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.estimate import Estimate, estimate
from autocorp_wizard.core.events import Json

# The answers that move a bill; the estimate's quantities are the preset's own.
BEARING: Final = (
    "availability_zones",
    "create_secretsmanager_endpoint",
    "single_zone_endpoints",
    "s3_lifecycle_days",
    "s3_raw_noncurrent_version_days",
    "s3_noncurrent_version_days",
    "s3_intelligent_tiering_zones",
    "s3_replication",
    "enable_secret_audit_trail",
    "enable_glue_crawlers",
    "glue_crawler_schedule",
    "glue_refresh_enabled",
    "glue_refresh_schedule",
    "glue_worker_type",
    "glue_number_of_workers",
    "glue_execution_class",
    "dms_instance_class",
    "dms_allocated_storage_gb",
    "dms_multi_az",
    "dms_cdc_max_batch_interval_seconds",
    "dms_log_retention_days",
    "create_datasync_endpoint",
    "datasync_schedule",
    "datasync_custom_schedule",
    "datasync_log_retention_days",
)


@dataclass(frozen=True, slots=True)
class NotCounted:
    """An answer that moves the bill and is not the preset's, so that the estimate does not hold for it."""

    name: str
    preset: Json
    answer: Json


@dataclass(frozen=True, slots=True)
class Costing:
    """The estimate for an environment, with what it does not count."""

    environment: str
    region: str
    estimate: Estimate
    not_counted: tuple[NotCounted, ...]

    @property
    def is_elsewhere(self) -> bool:
        """Whether the environment lies in another region than the prices."""
        return self.region != self.estimate.region


def costing_of(environment: Environment) -> Costing:
    """Return the estimate of an environment's preset, and the answers that it does not count."""
    plain = Environment(environment.name, {"preset": environment.preset.value, "cloud": environment.cloud.value})
    differing = frozenset(changed_names(plain, environment))
    moved = tuple(
        NotCounted(name, plain.answers[name].value, environment.answers[name].value)
        for name in BEARING
        if name in differing
    )
    return Costing(environment.name, environment.region, estimate(environment.preset), moved)
