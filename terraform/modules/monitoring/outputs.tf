output "alarm_names" {
  description = "Names of the alarms by their short names."
  value       = { for key, alarm in local.alarms : key => alarm.alarm_name }
}

output "audit_trail_arn" {
  description = "ARN of the trail of secret reads; null without one."
  value       = one(aws_cloudtrail.audit[*].arn)
}

output "budget_name" {
  description = "Name of the monthly budget."
  value       = aws_budgets_budget.monthly.name
}

output "dashboard_name" {
  description = "Name of the dashboard."
  value       = aws_cloudwatch_dashboard.lake.dashboard_name
}

output "topic_arn" {
  description = "ARN of the topic that alarms, budget and failed runs are told to, once its policy lets their senders in."
  value       = aws_sns_topic.alarms.arn

  depends_on = [aws_sns_topic_policy.alarms]
}
