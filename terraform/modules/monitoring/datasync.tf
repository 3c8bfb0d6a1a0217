resource "aws_cloudwatch_event_rule" "datasync_failed_runs" {
  count = var.datasync == null ? 0 : 1

  description = "A transfer of exports has failed"
  event_pattern = jsonencode({
    source        = ["aws.datasync"]
    "detail-type" = ["DataSync Task Execution State Change"]
    # The event names the execution, whose ARN starts with its task's.
    resources = [for export in sort(keys(var.datasync.task_arns)) : { prefix = "${var.datasync.task_arns[export]}/" }]
    detail    = { State = ["ERROR"] }
  })
  name = "${var.name_prefix}-datasync-failed-runs"

  tags = {
    Name = "${var.name_prefix}-datasync-failed-runs-rule"
  }
}

resource "aws_cloudwatch_event_target" "datasync_failed_runs" {
  count = var.datasync == null ? 0 : 1

  arn       = aws_sns_topic.alarms.arn
  rule      = aws_cloudwatch_event_rule.datasync_failed_runs[0].name
  target_id = "topic"

  input_transformer {
    input_paths = {
      execution = "$.resources[0]"
      time      = "$.time"
    }
    input_template = "\"${var.name_prefix}: the transfer <execution> failed at <time>. The task's log says which files.\""
  }

  depends_on = [aws_sns_topic_policy.alarms]
}

resource "aws_cloudwatch_metric_alarm" "datasync_failed_runs" {
  count = var.datasync == null ? 0 : 1

  # No actions: the rule itself has told the topic already, with the execution. This is the state that a dashboard reads.
  alarm_description   = "A transfer of exports has failed within the last five minutes."
  alarm_name          = "${var.name_prefix}-datasync-failed-runs"
  comparison_operator = "GreaterThanThreshold"
  dimensions          = { RuleName = aws_cloudwatch_event_rule.datasync_failed_runs[0].name }
  evaluation_periods  = 1
  metric_name         = "TriggeredRules"
  namespace           = "AWS/Events"
  period              = 300
  statistic           = "Sum"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  tags = {
    Name = "${var.name_prefix}-datasync-failed-runs"
  }
}

# An agent that is out of contact makes its tasks unavailable, and nothing runs that could fail.
resource "aws_cloudwatch_event_rule" "datasync_unavailable" {
  count = var.datasync == null ? 0 : 1

  description = "A transfer task can no longer run, most likely because its agent is offline"
  event_pattern = jsonencode({
    source        = ["aws.datasync"]
    "detail-type" = ["DataSync Task State Change"]
    resources     = [for export in sort(keys(var.datasync.task_arns)) : var.datasync.task_arns[export]]
    detail        = { State = ["UNAVAILABLE"] }
  })
  name = "${var.name_prefix}-datasync-unavailable"

  tags = {
    Name = "${var.name_prefix}-datasync-unavailable-rule"
  }
}

resource "aws_cloudwatch_event_target" "datasync_unavailable" {
  count = var.datasync == null ? 0 : 1

  arn       = aws_sns_topic.alarms.arn
  rule      = aws_cloudwatch_event_rule.datasync_unavailable[0].name
  target_id = "topic"

  input_transformer {
    input_paths = {
      task = "$.resources[0]"
      time = "$.time"
    }
    input_template = "\"${var.name_prefix}: the transfer task <task> is unavailable since <time>; look whether its agent is online.\""
  }

  depends_on = [aws_sns_topic_policy.alarms]
}
