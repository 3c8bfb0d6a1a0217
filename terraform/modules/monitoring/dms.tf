locals {
  # Two dimensions that follow opposite rules: of the instance the name that we gave, of the task the last part of its
  # ARN. With the task's own name, or with the instance alone, an alarm watches a metric that nobody ever writes.
  dms_instance_dimensions = var.dms == null ? {} : { ReplicationInstanceIdentifier = var.dms.instance_id }
  dms_task_dimensions = var.dms == null ? {} : merge(local.dms_instance_dimensions, {
    ReplicationTaskIdentifier = var.dms.task_resource_id
  })

  # Lag is what the customer was promised. Where data is missing the task does not run; that is an alarm only where it
  # is meant to run, and where somebody asked for it.
  dms_missing_data = try(var.dms.replicating, false) && var.missing_data_is_alarm ? "breaching" : "notBreaching"

  dms_instance_alarms = var.dms == null ? {} : {
    cpu = {
      comparison  = "GreaterThanThreshold"
      description = "The replication instance has computed at more than 80 % for 15 minutes: a larger class would keep up."
      metric      = "CPUUtilization"
      threshold   = 80
    }
    memory = {
      comparison  = "LessThanThreshold"
      description = "The replication instance has less than 256 MB of memory left: the next large transaction goes to disk."
      metric      = "FreeableMemory"
      threshold   = 256 * 1024 * 1024
    }
    storage = {
      comparison  = "LessThanThreshold"
      description = "The replication instance has less than ${var.dms_free_storage_gb} GB of storage left; a full one stops, and logs and cached changes fill it."
      metric      = "FreeStorageSpace"
      threshold   = var.dms_free_storage_gb * 1024 * 1024 * 1024
    }
    swap = {
      comparison  = "GreaterThanThreshold"
      description = "The replication instance has more than 512 MB swapped out: it is too small for the open transactions."
      metric      = "SwapUsage"
      threshold   = 512 * 1024 * 1024
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "dms_cdc_latency" {
  for_each = var.dms == null ? {} : {
    source = {
      description = "Changes are read from PostgreSQL more than ${var.cdc_latency_seconds} s after their commit. An open transaction there looks the same: ask pg_stat_activity first."
      metric      = "CDCLatencySource"
    }
    target = {
      description = "Changes reach the lake more than ${var.cdc_latency_seconds} s after their commit. Where the source's own latency is low, the target is slow: look at the task's log."
      metric      = "CDCLatencyTarget"
    }
  }

  alarm_actions       = [aws_sns_topic.alarms.arn]
  alarm_description   = each.value.description
  alarm_name          = "${var.name_prefix}-dms-cdc-latency-${each.key}"
  comparison_operator = "GreaterThanThreshold"
  datapoints_to_alarm = 3
  dimensions          = local.dms_task_dimensions
  evaluation_periods  = 3
  metric_name         = each.value.metric
  namespace           = "AWS/DMS"
  ok_actions          = [aws_sns_topic.alarms.arn]
  period              = 60
  statistic           = "Maximum"
  threshold           = var.cdc_latency_seconds
  treat_missing_data  = local.dms_missing_data

  tags = {
    Name = "${var.name_prefix}-dms-cdc-latency-${each.key}"
  }
}

resource "aws_cloudwatch_metric_alarm" "dms_instance" {
  for_each = local.dms_instance_alarms

  alarm_actions       = [aws_sns_topic.alarms.arn]
  alarm_description   = each.value.description
  alarm_name          = "${var.name_prefix}-dms-instance-${each.key}"
  comparison_operator = each.value.comparison
  datapoints_to_alarm = 3
  dimensions          = local.dms_instance_dimensions
  evaluation_periods  = 3
  metric_name         = each.value.metric
  namespace           = "AWS/DMS"
  ok_actions          = [aws_sns_topic.alarms.arn]
  period              = 300
  statistic           = "Average"
  threshold           = each.value.threshold
  # An instance in its maintenance window says nothing; that it stays away shows in the latency.
  treat_missing_data = "missing"

  tags = {
    Name = "${var.name_prefix}-dms-instance-${each.key}"
  }
}

# No metric says that a task has stopped; an event does, and the rule's own metric makes an alarm of it.
resource "aws_cloudwatch_event_rule" "dms_task_stopped" {
  count = var.dms == null ? 0 : 1

  description = "The replication task has stopped or failed"
  # 0078: failed, 0079: stopped, 0091 and 0092: reading paused because the disk is full.
  event_pattern = jsonencode({
    source        = ["aws.dms"]
    "detail-type" = ["DMS Replication Task State Change"]
    resources     = ["arn:${var.partition}:dms:${var.region}:${var.account_id}:task:${var.dms.task_resource_id}"]
    detail        = { eventId = ["DMS-EVENT-0078", "DMS-EVENT-0079", "DMS-EVENT-0091", "DMS-EVENT-0092"] }
  })
  name = "${var.name_prefix}-dms-task-stopped"

  tags = {
    Name = "${var.name_prefix}-dms-task-stopped-rule"
  }
}

resource "aws_cloudwatch_event_target" "dms_task_stopped" {
  count = var.dms == null ? 0 : 1

  arn       = aws_sns_topic.alarms.arn
  rule      = aws_cloudwatch_event_rule.dms_task_stopped[0].name
  target_id = "topic"

  input_transformer {
    input_paths = {
      event   = "$.detail.eventId"
      message = "$.detail.detailMessage"
      time    = "$.time"
    }
    input_template = "\"${var.name_prefix}: replication no longer runs since <time> (<event>). <message>\""
  }

  depends_on = [aws_sns_topic_policy.alarms]
}

resource "aws_cloudwatch_metric_alarm" "dms_task_stopped" {
  count = var.dms == null ? 0 : 1

  # No actions: the rule itself has told the topic already, with the reason. This is the state that a dashboard reads.
  alarm_description   = "The replication task has stopped or failed within the last five minutes."
  alarm_name          = "${var.name_prefix}-dms-task-stopped"
  comparison_operator = "GreaterThanThreshold"
  dimensions          = { RuleName = aws_cloudwatch_event_rule.dms_task_stopped[0].name }
  evaluation_periods  = 1
  metric_name         = "TriggeredRules"
  namespace           = "AWS/Events"
  period              = 300
  statistic           = "Sum"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  tags = {
    Name = "${var.name_prefix}-dms-task-stopped"
  }
}
