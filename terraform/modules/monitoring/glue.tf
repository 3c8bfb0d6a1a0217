# ---------------------------------------------------------------------------------------------------------------
# Jobs and crawlers. Glue's own metrics exist only for jobs with a GlueContext, which ours do without; the states of
# runs are events, and the rule's own metric makes an alarm of them.
# ---------------------------------------------------------------------------------------------------------------

resource "aws_cloudwatch_event_rule" "glue_failed_runs" {
  count = var.glue == null ? 0 : 1

  description = "A job of the lake has failed or run out of time"
  event_pattern = jsonencode({
    source        = ["aws.glue"]
    "detail-type" = ["Glue Job State Change"]
    detail = {
      jobName = sort(tolist(var.glue.job_names))
      state   = ["FAILED", "TIMEOUT"]
    }
  })
  name = "${var.name_prefix}-glue-failed-runs"

  tags = {
    Name = "${var.name_prefix}-glue-failed-runs-rule"
  }
}

resource "aws_cloudwatch_event_target" "glue_failed_runs" {
  count = var.glue == null ? 0 : 1

  arn       = aws_sns_topic.alarms.arn
  rule      = aws_cloudwatch_event_rule.glue_failed_runs[0].name
  target_id = "topic"

  input_transformer {
    input_paths = {
      job     = "$.detail.jobName"
      message = "$.detail.message"
      run     = "$.detail.jobRunId"
      state   = "$.detail.state"
    }
    input_template = "\"${var.name_prefix}: job <job> ended as <state> (run <run>). <message>\""
  }

  depends_on = [aws_sns_topic_policy.alarms]
}

resource "aws_cloudwatch_metric_alarm" "glue_failed_runs" {
  count = var.glue == null ? 0 : 1

  # No actions: the rule itself has told the topic already, with the run's id. This is the state that a dashboard reads.
  alarm_description   = "A job of the lake has failed or run out of time within the last five minutes."
  alarm_name          = "${var.name_prefix}-glue-failed-runs"
  comparison_operator = "GreaterThanThreshold"
  dimensions          = { RuleName = aws_cloudwatch_event_rule.glue_failed_runs[0].name }
  evaluation_periods  = 1
  metric_name         = "TriggeredRules"
  namespace           = "AWS/Events"
  period              = 300
  statistic           = "Sum"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  tags = {
    Name = "${var.name_prefix}-glue-failed-runs"
  }
}

resource "aws_cloudwatch_event_rule" "glue_failed_crawls" {
  count = try(length(var.glue.crawler_names), 0) > 0 ? 1 : 0

  description = "A crawler of the raw zone has failed"
  event_pattern = jsonencode({
    source        = ["aws.glue"]
    "detail-type" = ["Glue Crawler State Change"]
    detail = {
      crawlerName = sort(tolist(var.glue.crawler_names))
      state       = ["Failed"]
    }
  })
  name = "${var.name_prefix}-glue-failed-crawls"

  tags = {
    Name = "${var.name_prefix}-glue-failed-crawls-rule"
  }
}

resource "aws_cloudwatch_event_target" "glue_failed_crawls" {
  count = try(length(var.glue.crawler_names), 0) > 0 ? 1 : 0

  arn       = aws_sns_topic.alarms.arn
  rule      = aws_cloudwatch_event_rule.glue_failed_crawls[0].name
  target_id = "topic"

  input_transformer {
    input_paths = {
      crawler = "$.detail.crawlerName"
      message = "$.detail.errorMessage"
    }
    input_template = "\"${var.name_prefix}: crawler <crawler> failed. <message>\""
  }

  depends_on = [aws_sns_topic_policy.alarms]
}

# ---------------------------------------------------------------------------------------------------------------
# Queries
# ---------------------------------------------------------------------------------------------------------------

resource "aws_cloudwatch_metric_alarm" "athena_failed_queries" {
  # Athena counts reading queries and statements about tables apart.
  for_each = var.glue == null ? toset([]) : toset(["ddl", "dml"])

  alarm_actions       = [aws_sns_topic.alarms.arn]
  alarm_description   = "${upper(each.key)} queries of the workgroup keep failing: ${var.athena_failed_queries} or more within 15 minutes."
  alarm_name          = "${var.name_prefix}-athena-failed-queries-${each.key}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  dimensions = {
    QueryState = "FAILED"
    QueryType  = upper(each.key)
    WorkGroup  = var.glue.workgroup_name
  }
  evaluation_periods = 1
  metric_name        = "TotalExecutionTime"
  namespace          = "AWS/Athena"
  ok_actions         = [aws_sns_topic.alarms.arn]
  period             = 900
  statistic          = "SampleCount"
  threshold          = var.athena_failed_queries
  treat_missing_data = "notBreaching"

  tags = {
    Name = "${var.name_prefix}-athena-failed-queries-${each.key}"
  }
}

resource "aws_cloudwatch_metric_alarm" "athena_slow_queries" {
  count = var.glue == null ? 0 : 1

  alarm_actions       = [aws_sns_topic.alarms.arn]
  alarm_description   = "One query in ten takes longer than ${var.athena_slow_query_seconds} s, queue included."
  alarm_name          = "${var.name_prefix}-athena-slow-queries"
  comparison_operator = "GreaterThanThreshold"
  dimensions = {
    QueryState = "SUCCEEDED"
    QueryType  = "DML"
    WorkGroup  = var.glue.workgroup_name
  }
  # A handful of queries says nothing about nine in ten.
  evaluate_low_sample_count_percentiles = "ignore"
  evaluation_periods                    = 2
  extended_statistic                    = "p90"
  metric_name                           = "TotalExecutionTime"
  namespace                             = "AWS/Athena"
  ok_actions                            = [aws_sns_topic.alarms.arn]
  period                                = 900
  # In milliseconds.
  threshold          = var.athena_slow_query_seconds * 1000
  treat_missing_data = "notBreaching"

  tags = {
    Name = "${var.name_prefix}-athena-slow-queries"
  }
}
