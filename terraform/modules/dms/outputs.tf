output "log_group_name" {
  description = "Log group of the tasks on the instance."
  value       = aws_cloudwatch_log_group.tasks.name
}

output "replication_instance_arn" {
  description = "ARN of the replication instance."
  value       = aws_dms_replication_instance.this.replication_instance_arn
}

output "replication_instance_id" {
  description = "Name of the replication instance, the CloudWatch dimension ReplicationInstanceIdentifier."
  value       = aws_dms_replication_instance.this.replication_instance_id
}

output "replication_started" {
  description = "Whether this configuration starts replication."
  value       = aws_dms_replication_task.this.start_replication_task
}

output "replication_task_arn" {
  description = "ARN of the task."
  value       = aws_dms_replication_task.this.replication_task_arn
}

output "replication_task_id" {
  description = "Name of the task."
  value       = aws_dms_replication_task.this.replication_task_id
}

output "replication_task_resource_identifier" {
  description = "Last part of the task's ARN, the CloudWatch dimension ReplicationTaskIdentifier; known before the task exists."
  value       = local.task_resource_identifier
}

output "source_endpoint_arn" {
  description = "ARN of the PostgreSQL endpoint."
  value       = aws_dms_endpoint.source.endpoint_arn
}

output "tables" {
  description = "Tables that are replicated, as SCHEMA.TABLE."
  value       = [for table in local.tables : "${var.source_schema}.${table}"]
}

output "target_endpoint_arn" {
  description = "ARN of the S3 endpoint."
  value       = aws_dms_s3_endpoint.target.endpoint_arn
}
