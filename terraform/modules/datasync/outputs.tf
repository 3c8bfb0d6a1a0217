output "destination_location_arns" {
  description = "S3 location of each export that has a source."
  value       = { for export, location in aws_datasync_location_s3.destination : export => location.arn }
}

output "log_group_name" {
  description = "Log group of all tasks."
  value       = aws_cloudwatch_log_group.datasync.name
}

output "source_location_arns" {
  description = "Source location of each export that has one, whoever made it."
  value       = local.source_location_arns
}

output "task_arns" {
  description = "Task of each export that has a source."
  value       = { for export, task in aws_datasync_task.export : export => task.arn }
}
