output "access_logs_bucket_id" {
  description = "Bucket that receives the lake's access logs."
  value       = module.s3.access_logs_bucket_id
}

output "alarm_names" {
  description = "Names of the alarms by their short names; those of a phase only while it is there."
  value       = module.monitoring.alarm_names
}

output "alarm_topic_arn" {
  description = "Topic that alarms, budget and failed runs are told to."
  value       = module.monitoring.topic_arn
}

output "athena_analyst_role_arn" {
  description = "Role that analysts assume; null without principals."
  value       = module.iam.athena_analyst_role_arn
}

output "athena_named_query_ids" {
  description = "Ids of the saved queries, by what they answer; empty without phase 2."
  value       = try(module.athena[0].named_query_ids, {})
}

output "athena_results_location" {
  description = "Where results of queries are written; null without phase 2."
  value       = one(module.athena[*].results_location)
}

output "athena_workgroup_name" {
  description = "Workgroup to query in; null without phase 2."
  value       = one(module.athena[*].workgroup_name)
}

output "audit_trail_arn" {
  description = "Trail that records who reads the source's secret; null without one."
  value       = module.monitoring.audit_trail_arn
}

output "budget_name" {
  description = "Name of the monthly budget."
  value       = module.monitoring.budget_name
}

output "dashboard_name" {
  description = "Name of the CloudWatch dashboard."
  value       = module.monitoring.dashboard_name
}

output "data_lake_bucket_arn" {
  description = "ARN of the lake's bucket."
  value       = module.s3.lake_bucket_arn
}

output "data_lake_bucket_id" {
  description = "Name of the lake's bucket."
  value       = module.s3.lake_bucket_id
}

output "data_lake_zone_prefixes" {
  description = "Prefix of each zone in the lake's bucket, by its name."
  value       = module.s3.zone_prefixes
}

output "datasync_destination_location_arns" {
  description = "S3 location of each export that has a source; empty without the datasync phase."
  value       = merge(module.datasync[*].destination_location_arns...)
}

output "datasync_log_group_name" {
  description = "Log group of the transfers; null without the datasync phase."
  value       = one(module.datasync[*].log_group_name)
}

output "datasync_role_arn" {
  description = "Role that DataSync writes with."
  value       = module.iam.datasync_role_arn
}

output "datasync_source_location_arns" {
  description = "Source location of each export that has one; empty without the datasync phase."
  value       = merge(module.datasync[*].source_location_arns...)
}

output "datasync_task_arns" {
  description = "Task of each export that has a source; empty without the datasync phase."
  value       = merge(module.datasync[*].task_arns...)
}

output "dms_account_role_names" {
  description = "Account-wide DMS roles that this state owns."
  value       = module.iam.dms_account_role_names
}

output "dms_log_group_name" {
  description = "Log group of the replication tasks; null without phase 3."
  value       = one(module.dms[*].log_group_name)
}

output "dms_replication_instance_arn" {
  description = "ARN of the replication instance; null without phase 3."
  value       = one(module.dms[*].replication_instance_arn)
}

output "dms_replication_instance_id" {
  description = "Name of the replication instance, the CloudWatch dimension ReplicationInstanceIdentifier; null without phase 3."
  value       = one(module.dms[*].replication_instance_id)
}

output "dms_replication_started" {
  description = "Whether replication was started; once true it stays true. null without phase 3."
  value       = one(module.dms[*].replication_started)
}

output "dms_replication_task_arn" {
  description = "ARN of the replication task; null without phase 3."
  value       = one(module.dms[*].replication_task_arn)
}

output "dms_replication_task_id" {
  description = "Name of the replication task; null without phase 3."
  value       = one(module.dms[*].replication_task_id)
}

output "dms_replication_task_resource_identifier" {
  description = "Last part of the task's ARN, the CloudWatch dimension ReplicationTaskIdentifier; null without phase 3."
  value       = one(module.dms[*].replication_task_resource_identifier)
}

output "dms_role_arn" {
  description = "Role that DMS writes to S3 with."
  value       = module.iam.dms_role_arn
}

output "dms_secret_reader_role_arn" {
  description = "Role that DMS reads the source's secret with."
  value       = module.iam.dms_secret_reader_role_arn
}

output "dms_security_group_id" {
  description = "Security group of the replication instance; null without a network."
  value       = module.network.dms_security_group_id
}

output "dms_source_endpoint_arn" {
  description = "ARN of the PostgreSQL endpoint; null without phase 3."
  value       = one(module.dms[*].source_endpoint_arn)
}

output "dms_tables" {
  description = "Tables that are replicated, as SCHEMA.TABLE; none without phase 3."
  value       = flatten(module.dms[*].tables)
}

output "dms_target_endpoint_arn" {
  description = "ARN of the S3 endpoint; null without phase 3."
  value       = one(module.dms[*].target_endpoint_arn)
}

output "environment" {
  description = "Name of the environment."
  value       = var.environment
}

output "glue_catalog_database_name" {
  description = "Catalog database of the curated zone; null without phase 2."
  value       = one(module.glue[*].catalog_database_name)
}

output "glue_connection_name" {
  description = "Connection into the network; null without phase 2 or without a network."
  value       = one(module.glue[*].connection_name)
}

output "glue_crawler_role_arn" {
  description = "Role of the crawlers."
  value       = module.iam.glue_crawler_role_arn
}

output "glue_job_names" {
  description = "Names of the jobs that refresh one table, by table or csv_EXPORT; empty without phase 2."
  value       = try(module.glue[0].job_names, {})
}

output "glue_quality_job_name" {
  description = "Job that evaluates the data quality rulesets that are due; null without phase 2."
  value       = one(module.glue[*].quality_job_name)
}

output "glue_raw_csv_crawler_name" {
  description = "Crawler of raw/csv/; null without phase 2."
  value       = one(module.glue[*].raw_csv_crawler_name)
}

output "glue_raw_database_crawler_name" {
  description = "Crawler of raw/database/; null without phase 2."
  value       = one(module.glue[*].raw_database_crawler_name)
}

output "glue_raw_database_name" {
  description = "Catalog database of the raw zone; null without phase 2."
  value       = one(module.glue[*].raw_database_name)
}

output "glue_refresh_job_name" {
  description = "Job that refreshes all tables; null without phase 2."
  value       = one(module.glue[*].refresh_job_name)
}

output "glue_role_arn" {
  description = "Role of the jobs."
  value       = module.iam.glue_role_arn
}

output "glue_ruleset_names" {
  description = "Data quality rulesets, by curated table; empty without phase 2."
  value       = try(module.glue[0].ruleset_names, {})
}

output "glue_security_configuration_name" {
  description = "Encryption of logs, bookmarks and results of jobs and crawlers; null without phase 2."
  value       = one(module.glue[*].security_configuration_name)
}

output "glue_start_trigger_name" {
  description = "Trigger that starts the workflow on schedule; null without phase 2."
  value       = one(module.glue[*].start_trigger_name)
}

output "glue_workflow_name" {
  description = "Workflow of refresh and quality; null without phase 2."
  value       = one(module.glue[*].workflow_name)
}

output "kms_key_alias" {
  description = "Alias of the environment's key."
  value       = module.kms.key_alias
}

output "kms_key_arn" {
  description = "ARN of the environment's key."
  value       = module.kms.key_arn
}

output "metrics_namespace" {
  description = "CloudWatch namespace that the jobs publish to."
  value       = local.metrics_namespace
}

output "name_prefix" {
  description = "Start of every name, PROJECT-ENVIRONMENT."
  value       = local.name_prefix
}

output "postgres_password_secret_arn" {
  description = "ARN of the source's secret."
  value       = module.secrets.secret_arn
}

output "postgres_password_secret_has_value" {
  description = "Whether this configuration gives the secret a value."
  value       = module.secrets.secret_has_value
}

output "postgres_password_secret_name" {
  description = "Name of the source's secret."
  value       = module.secrets.secret_name
}

output "postgres_password_secret_version_number" {
  description = "Write-only version number that belongs to host, port, user, database and counter; when a plan changes it, the password must be given again."
  value       = module.secrets.secret_version_number
}

output "region" {
  description = "Region of the environment."
  value       = var.region
}

output "route_table_ids" {
  description = "Route tables of the subnets: where a route to the source goes."
  value       = module.network.route_table_ids
}

output "subnet_ids" {
  description = "Subnets for the replication instance and the interface endpoints."
  value       = module.network.subnet_ids
}

output "vpc_endpoint_ids" {
  description = "Endpoints made here, by service."
  value       = module.network.endpoint_ids
}

output "vpc_id" {
  description = "The network; null without one."
  value       = module.network.vpc_id
}
