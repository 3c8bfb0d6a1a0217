locals {
  # Made from names, never read from resources: what publishes here can be told of the topic before it exists.
  alarm_arns = "arn:${var.partition}:cloudwatch:${var.region}:${var.account_id}:alarm:${var.name_prefix}-*"
  topic_arn  = "arn:${var.partition}:sns:${var.region}:${var.account_id}:${var.topic_name}"

  # Every alarm of the environment by its short name: what a status view asks CloudWatch for.
  alarms = merge(
    { for key, alarm in aws_cloudwatch_metric_alarm.dms_cdc_latency : "dms_cdc_latency_${key}" => alarm },
    { for key, alarm in aws_cloudwatch_metric_alarm.dms_instance : "dms_instance_${key}" => alarm },
    { for alarm in aws_cloudwatch_metric_alarm.dms_task_stopped : "dms_task_stopped" => alarm },
    { for alarm in aws_cloudwatch_metric_alarm.glue_failed_runs : "glue_failed_runs" => alarm },
    { for key, alarm in aws_cloudwatch_metric_alarm.athena_failed_queries : "athena_failed_queries_${key}" => alarm },
    { for alarm in aws_cloudwatch_metric_alarm.athena_slow_queries : "athena_slow_queries" => alarm },
    { for alarm in aws_cloudwatch_metric_alarm.datasync_failed_runs : "datasync_failed_runs" => alarm },
  )
}

# ---------------------------------------------------------------------------------------------------------------
# Who is told
# ---------------------------------------------------------------------------------------------------------------

resource "aws_sns_topic" "alarms" {
  # The AWS-managed key of SNS would not do: CloudWatch, Budgets and EventBridge may not use it.
  kms_master_key_id = var.kms_key_arn
  name              = var.topic_name

  tags = {
    Name = var.topic_name
  }
}

resource "aws_sns_topic_policy" "alarms" {
  arn = aws_sns_topic.alarms.arn
  policy = jsonencode(jsondecode(templatefile("${path.module}/policies/topic_policy.json.tftpl", {
    account_id = var.account_id
    alarm_arns = local.alarm_arns
    partition  = var.partition
    region     = var.region
    topic_arn  = local.topic_arn
  })))
}

# Each address gets a mail with a link first; until somebody follows it, nothing else is sent there.
resource "aws_sns_topic_subscription" "email" {
  for_each = var.alarm_email_addresses

  endpoint  = each.value
  protocol  = "email"
  topic_arn = aws_sns_topic.alarms.arn
}

# ---------------------------------------------------------------------------------------------------------------
# What it costs
# ---------------------------------------------------------------------------------------------------------------

resource "aws_budgets_budget" "monthly" {
  budget_type  = "COST"
  limit_amount = format("%.1f", var.budget_limit_usd)
  limit_unit   = "USD"
  name         = "${var.name_prefix}-monthly"
  time_unit    = "MONTHLY"

  # Without a filter it counts the whole account. Costs carry a tag only after it was activated for billing, and a
  # filter on a tag that is not counts nothing at all: so the filter has to be asked for.
  dynamic "cost_filter" {
    for_each = var.budget_environment_tag == null ? [] : [var.budget_environment_tag]

    content {
      name   = "TagKeyValue"
      values = [format("user:Environment$%s", cost_filter.value)]
    }
  }

  dynamic "notification" {
    for_each = [
      { threshold = 50, type = "ACTUAL" },
      { threshold = 80, type = "ACTUAL" },
      { threshold = 100, type = "ACTUAL" },
      { threshold = 100, type = "FORECASTED" },
    ]

    content {
      comparison_operator       = "GREATER_THAN"
      notification_type         = notification.value.type
      subscriber_sns_topic_arns = [aws_sns_topic.alarms.arn]
      threshold                 = notification.value.threshold
      threshold_type            = "PERCENTAGE"
    }
  }

  tags = {
    Name = "${var.name_prefix}-monthly"
  }

  # Budgets sends a first message to the topic, and is refused where the policy is not there yet.
  depends_on = [aws_sns_topic_policy.alarms]
}
