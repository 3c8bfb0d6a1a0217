output "catalog_database_name" {
  description = "Catalog database of the curated zone."
  value       = aws_glue_catalog_database.curated.name
}

output "connection_name" {
  description = "Connection into the network; null without one."
  value       = one(aws_glue_connection.network[*].name)
}

output "job_names" {
  description = "Names of the jobs that refresh one table, by table or csv_EXPORT."
  value       = { for key, job in aws_glue_job.table : key => job.name }
}

output "quality_job_name" {
  description = "Job that evaluates the rulesets that are due."
  value       = aws_glue_job.evaluate_quality.name
}

output "raw_csv_crawler_name" {
  description = "Crawler of raw/csv/."
  value       = aws_glue_crawler.raw_csv.name
}

output "raw_database_crawler_name" {
  description = "Crawler of raw/database/."
  value       = aws_glue_crawler.raw_database.name
}

output "raw_database_name" {
  description = "Catalog database of the raw zone."
  value       = aws_glue_catalog_database.raw.name
}

output "refresh_job_name" {
  description = "Job that refreshes all tables."
  value       = aws_glue_job.refresh_all.name
}

output "ruleset_names" {
  description = "Data quality rulesets, by curated table."
  value       = { for key, ruleset in aws_glue_data_quality_ruleset.table : key => ruleset.name }
}

output "security_configuration_name" {
  description = "Encryption of logs, bookmarks and results of jobs and crawlers."
  value       = aws_glue_security_configuration.this.name
}

output "start_trigger_name" {
  description = "Trigger that starts the workflow on schedule; who reloads a table pauses it."
  value       = aws_glue_trigger.refresh_start.name
}

output "workflow_name" {
  description = "Workflow: refresh, then quality."
  value       = aws_glue_workflow.refresh.name
}
