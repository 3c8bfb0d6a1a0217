output "athena_analyst_role_arn" {
  description = "Role that analysts assume; null without principals."
  value       = one(aws_iam_role.athena_analyst[*].arn)
}

output "datasync_role_arn" {
  description = "Role that DataSync writes with."
  value       = aws_iam_role.datasync.arn

  # Whoever uses a role needs what it is allowed to do, not its name alone.
  depends_on = [aws_iam_role_policy.datasync]
}

output "dms_account_role_names" {
  description = "Account-wide DMS roles that this state owns."
  value       = concat(aws_iam_role.dms_cloudwatch_logs[*].name, aws_iam_role.dms_vpc[*].name)

  depends_on = [
    aws_iam_role_policy_attachment.dms_cloudwatch_logs,
    aws_iam_role_policy_attachment.dms_vpc,
  ]
}

output "dms_role_arn" {
  description = "Role that DMS writes to S3 with."
  value       = aws_iam_role.dms.arn

  depends_on = [aws_iam_role_policy.dms]
}

output "dms_secret_reader_role_arn" {
  description = "Role that DMS reads the source's secret with."
  value       = aws_iam_role.dms_secret_reader.arn

  depends_on = [aws_iam_role_policy.dms_secret_reader]
}

output "glue_crawler_role_arn" {
  description = "Role of the crawlers."
  value       = aws_iam_role.glue_crawler.arn

  depends_on = [aws_iam_role_policy.glue_crawler]
}

output "glue_role_arn" {
  description = "Role of the jobs."
  value       = aws_iam_role.glue.arn

  depends_on = [aws_iam_role_policy.glue]
}

output "s3_replication_role_arn" {
  description = "Role that S3 replicates with; null without replication."
  value       = one(aws_iam_role.s3_replication[*].arn)

  depends_on = [aws_iam_role_policy.s3_replication]
}
