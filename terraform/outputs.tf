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

output "datasync_role_arn" {
  description = "Role that DataSync writes with."
  value       = module.iam.datasync_role_arn
}

output "dms_account_role_names" {
  description = "Account-wide DMS roles that this state owns."
  value       = module.iam.dms_account_role_names
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

output "environment" {
  description = "Name of the environment."
  value       = var.environment
}

output "glue_crawler_role_arn" {
  description = "Role of the crawlers."
  value       = module.iam.glue_crawler_role_arn
}

output "glue_role_arn" {
  description = "Role of the jobs."
  value       = module.iam.glue_role_arn
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
