"""The outputs of the Terraform root, and the phase that makes each known: what a template may refer to."""

from collections.abc import Mapping
from typing import Final

from autocorp_wizard.core.phases import Phase

_BY_PHASE: Final[Mapping[Phase, str]] = {
    Phase.FOUNDATION: "access_logs_bucket_id athena_analyst_role_arn data_lake_bucket_arn data_lake_bucket_id "
    "data_lake_zone_prefixes datasync_role_arn dms_account_role_names dms_role_arn dms_secret_reader_role_arn "
    "dms_security_group_id environment glue_crawler_role_arn glue_role_arn kms_key_alias kms_key_arn metrics_namespace "
    "name_prefix postgres_password_secret_arn postgres_password_secret_has_value postgres_password_secret_name "
    "postgres_password_secret_version_number region route_table_ids subnet_ids vpc_endpoint_ids vpc_id "
    "alarm_topic_arn alarm_names audit_trail_arn dashboard_name budget_name",
    Phase.GLUE: "glue_catalog_database_name glue_raw_database_name glue_raw_database_crawler_name "
    "glue_raw_csv_crawler_name glue_job_names glue_refresh_job_name glue_workflow_name "
    "glue_connection_name glue_quality_job_name glue_ruleset_names glue_start_trigger_name "
    "glue_security_configuration_name athena_workgroup_name athena_results_location athena_named_query_ids",
    Phase.DMS: "dms_replication_instance_arn dms_replication_instance_id dms_source_endpoint_arn "
    "dms_target_endpoint_arn dms_replication_task_arn dms_replication_task_id dms_log_group_name "
    "dms_replication_started dms_replication_task_resource_identifier dms_tables",
    Phase.DATASYNC: "datasync_task_arns datasync_source_location_arns datasync_destination_location_arns "
    "datasync_log_group_name",
}

OUTPUT_PHASES: Final[Mapping[str, Phase]] = {
    name: phase for phase, names in _BY_PHASE.items() for name in names.split()
}
