"""The three presets, and what each of them answers before anyone is asked.

A preset fills defaults; it is not the environment's name (decisions.md 2). The same figures stand in
`terraform/environments/PRESET.tfvars`, for people who run Terraform without the wizard; a test keeps both equal.
"""

from collections.abc import Mapping
from enum import StrEnum

from autocorp_wizard.core.events import Json


class Preset(StrEnum):
    """A size of environment."""

    DEV = "dev"
    STAGING = "staging"
    PROD = "prod"

    @property
    def sentence(self) -> str:
        """What the preset means, for the person who chooses."""
        return _SENTENCES[self]


_SENTENCES: Mapping[Preset, str] = {
    Preset.DEV: "one developer's playground: cheap, short retention, destroyed with everything in it",
    Preset.STAGING: "as production, smaller: what is tested here is what production gets",
    Preset.PROD: "the real thing: long retention, nothing is deleted along with its bucket",
}

PRESETS: Mapping[Preset, Mapping[str, Json]] = {
    Preset.DEV: {
        "budget_limit_usd": 95,
        "cdc_missing_data_is_alarm": False,
        "athena_scan_limit_gb": 10,
        "create_secretsmanager_endpoint": True,
        "datasync_log_level": "TRANSFER",
        "datasync_log_retention_days": 14,
        "datasync_schedule": "daily",
        "datasync_task_report": "all",
        "dms_allocated_storage_gb": 50,
        "dms_apply_immediately": True,
        "dms_log_retention_days": 14,
        "dms_maintenance_window": "sun:04:00-sun:05:00",
        "dms_multi_az": False,
        "enable_s3_versioning": True,
        "force_destroy": True,
        "glue_execution_class": "FLEX",
        "glue_job_timeout_minutes": 30,
        "glue_refresh_enabled": False,
        "glue_refresh_schedule": "cron(0 * * * ? *)",
        "kms_deletion_window_days": 7,
        "s3_access_logs_expiration_days": 14,
        "s3_lifecycle_days": 0,
        "s3_logs_expiration_days": 30,
        "s3_noncurrent_version_days": 3,
        "secret_recovery_window_days": 0,
        "single_zone_endpoints": True,
        "vpc_cidr": "10.60.0.0/22",
    },
    Preset.STAGING: {
        "budget_limit_usd": 210,
        "cdc_missing_data_is_alarm": False,
        "athena_scan_limit_gb": 100,
        "create_secretsmanager_endpoint": True,
        "datasync_log_level": "BASIC",
        "datasync_log_retention_days": 30,
        "datasync_schedule": "daily",
        "datasync_task_report": "errors",
        "dms_allocated_storage_gb": 50,
        "dms_apply_immediately": True,
        "dms_log_retention_days": 30,
        "dms_maintenance_window": "sat:04:00-sat:05:00",
        "dms_multi_az": False,
        "enable_s3_versioning": True,
        "force_destroy": False,
        "glue_execution_class": "STANDARD",
        "glue_job_timeout_minutes": 30,
        "glue_refresh_enabled": True,
        "glue_refresh_schedule": "cron(0/15 * * * ? *)",
        "kms_deletion_window_days": 14,
        "s3_access_logs_expiration_days": 30,
        "s3_lifecycle_days": 90,
        "s3_logs_expiration_days": 90,
        "s3_noncurrent_version_days": 7,
        "secret_recovery_window_days": 7,
        "single_zone_endpoints": True,
        "vpc_cidr": "10.61.0.0/22",
    },
    Preset.PROD: {
        "budget_limit_usd": 585,
        "cdc_missing_data_is_alarm": True,
        "athena_scan_limit_gb": 1000,
        "create_secretsmanager_endpoint": True,
        "datasync_log_level": "BASIC",
        "datasync_log_retention_days": 90,
        "datasync_schedule": "hourly",
        "datasync_task_report": "errors",
        "dms_allocated_storage_gb": 100,
        "dms_apply_immediately": False,
        "dms_log_retention_days": 365,
        "dms_maintenance_window": "sun:03:00-sun:04:00",
        "dms_multi_az": True,
        "enable_s3_versioning": True,
        "force_destroy": False,
        "glue_execution_class": "STANDARD",
        "glue_job_timeout_minutes": 60,
        "glue_refresh_enabled": True,
        "glue_refresh_schedule": "cron(0/5 * * * ? *)",
        "kms_deletion_window_days": 30,
        "s3_access_logs_expiration_days": 365,
        "s3_lifecycle_days": 90,
        "s3_logs_expiration_days": 365,
        "s3_noncurrent_version_days": 30,
        "secret_recovery_window_days": 30,
        "single_zone_endpoints": False,
        "vpc_cidr": "10.62.0.0/22",
    },
}
