mock_provider "aws" {}

variables {
  account_id       = "123456789012"
  budget_limit_usd = 150
  kms_key_arn      = "arn:aws:kms:eu-west-1:123456789012:key/0123"
  lake_bucket_name = "autocorp-datalake-dev-123456789012"
  name_prefix      = "autocorp-dev"
  region           = "eu-west-1"
  topic_name       = "autocorp-dev-alarms"
}

run "without_phases_there_is_a_topic_a_budget_and_a_dashboard_and_no_alarm" {
  command = plan

  assert {
    condition     = length(output.alarm_names) == 0 && output.audit_trail_arn == null
    error_message = "Something is watched that does not exist."
  }

  assert {
    condition     = output.budget_name == "autocorp-dev-monthly" && output.dashboard_name == "autocorp-dev"
    error_message = "Names follow the prefix."
  }

  assert {
    condition     = [for widget in jsondecode(aws_cloudwatch_dashboard.lake.dashboard_body).widgets : widget.properties.title] == ["Lake: stored (once a day)"]
    error_message = "The dashboard shows phases that are not there."
  }

  assert {
    condition     = aws_sns_topic.alarms.kms_master_key_id == "arn:aws:kms:eu-west-1:123456789012:key/0123"
    error_message = "The topic is encrypted with the environment's key."
  }
}

run "the_topic_names_its_publishers_and_whom_they_act_for" {
  command = plan

  assert {
    condition = { for statement in jsondecode(aws_sns_topic_policy.alarms.policy).Statement : statement.Principal.Service => join(" ", sort(keys(try(statement.Condition, {})))) if statement.Effect == "Allow" } == {
      "budgets.amazonaws.com"    = "ArnLike StringEquals"
      "cloudwatch.amazonaws.com" = "ArnLike StringEquals"
      "dms.amazonaws.com"        = "StringEquals"
      "events.amazonaws.com"     = ""
    }
    error_message = "CloudWatch, Budgets and DMS act for this account; EventBridge sends no condition keys, so a condition would refuse it."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(aws_sns_topic_policy.alarms.policy).Statement : statement.Resource == "arn:aws:sns:eu-west-1:123456789012:autocorp-dev-alarms" && statement.Action == "sns:Publish"])
    error_message = "Nothing but publishing, and to this topic only."
  }

  assert {
    condition     = one([for statement in jsondecode(aws_sns_topic_policy.alarms.policy).Statement : statement.Condition.ArnLike["aws:SourceArn"] if statement.Sid == "AlarmsOfThisEnvironment"]) == "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:autocorp-dev-*"
    error_message = "Alarms of other environments could publish."
  }
}

run "the_budget_warns_four_times" {
  command = plan

  assert {
    condition     = toset([for notification in aws_budgets_budget.monthly.notification : "${notification.notification_type} ${notification.threshold}"]) == toset(["ACTUAL 50", "ACTUAL 80", "ACTUAL 100", "FORECASTED 100"])
    error_message = "Half, four fifths, all of it, and all of it foreseen."
  }

  assert {
    condition     = aws_budgets_budget.monthly.limit_amount == "150.0" && length(aws_budgets_budget.monthly.cost_filter) == 0
    error_message = "It counts the whole account unless a tag is named."
  }
}

run "the_budget_counts_one_environment_where_its_tag_is_named" {
  command = plan

  variables {
    budget_environment_tag = "dev"
  }

  assert {
    condition     = one(aws_budgets_budget.monthly.cost_filter).name == "TagKeyValue" && one(aws_budgets_budget.monthly.cost_filter).values == tolist(["user:Environment$dev"])
    error_message = "Billing writes a tag as user:KEY$VALUE."
  }
}

run "addresses_are_subscribed_one_by_one" {
  command = plan

  variables {
    alarm_email_addresses = ["on-call@example.com", "lake@example.com"]
  }

  assert {
    condition     = toset([for subscription in aws_sns_topic_subscription.email : "${subscription.protocol}:${subscription.endpoint}"]) == toset(["email:on-call@example.com", "email:lake@example.com"])
    error_message = "Every address is told."
  }
}

run "replication_is_watched_by_both_dimensions" {
  command = plan

  variables {
    dms = { instance_id = "autocorp-dev-dms", replicating = true, task_resource_id = "autocorp-dev-cdc" }
  }

  assert {
    condition     = { for key, alarm in aws_cloudwatch_metric_alarm.dms_cdc_latency : alarm.metric_name => alarm.dimensions } == { for metric in ["CDCLatencySource", "CDCLatencyTarget"] : metric => tomap({ ReplicationInstanceIdentifier = "autocorp-dev-dms", ReplicationTaskIdentifier = "autocorp-dev-cdc" }) }
    error_message = "A task's metric has the instance's name and the end of the task's ARN."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.dms_cdc_latency : alarm.threshold == 300 && alarm.evaluation_periods == 3 && alarm.datapoints_to_alarm == 3 && alarm.treat_missing_data == "notBreaching"])
    error_message = "More than five minutes, three minutes in a row; silence is no alarm unless asked for."
  }

  assert {
    condition     = toset([for alarm in aws_cloudwatch_metric_alarm.dms_instance : alarm.metric_name]) == toset(["CPUUtilization", "FreeableMemory", "FreeStorageSpace", "SwapUsage"]) && alltrue([for alarm in aws_cloudwatch_metric_alarm.dms_instance : alarm.dimensions == tomap({ ReplicationInstanceIdentifier = "autocorp-dev-dms" })])
    error_message = "The instance's metrics have its name alone."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.dms_task_stopped[0].event_pattern).resources == ["arn:aws:dms:eu-west-1:123456789012:task:autocorp-dev-cdc"]
    error_message = "Other tasks of the account are none of ours."
  }

  assert {
    condition     = jsonencode(sort(keys(output.alarm_names))) == jsonencode(["dms_cdc_latency_source", "dms_cdc_latency_target", "dms_instance_cpu", "dms_instance_memory", "dms_instance_storage", "dms_instance_swap", "dms_task_stopped"])
    error_message = "Every alarm is named in the output."
  }
}

run "silence_is_an_alarm_only_where_replication_is_meant_to_run" {
  command = plan

  variables {
    dms                   = { instance_id = "autocorp-dev-dms", replicating = true, task_resource_id = "autocorp-dev-cdc" }
    missing_data_is_alarm = true
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.dms_cdc_latency : alarm.treat_missing_data == "breaching"])
    error_message = "No data is not zero lag."
  }
}

run "before_replication_starts_silence_is_no_alarm" {
  command = plan

  variables {
    dms                   = { instance_id = "autocorp-dev-dms", replicating = false, task_resource_id = "autocorp-dev-cdc" }
    missing_data_is_alarm = true
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.dms_cdc_latency : alarm.treat_missing_data == "notBreaching"])
    error_message = "Between the two stages of the phase there is nothing to be late."
  }
}

run "failed_jobs_crawls_and_queries_are_told" {
  command = plan

  variables {
    glue = { crawler_names = ["autocorp-dev-raw-csv", "autocorp-dev-raw-database"], job_names = ["autocorp-dev-refresh", "autocorp-dev-customers"], workgroup_name = "autocorp-dev" }
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.glue_failed_runs[0].event_pattern).detail == { jobName = ["autocorp-dev-customers", "autocorp-dev-refresh"], state = ["FAILED", "TIMEOUT"] }
    error_message = "Our jobs by name, failed or out of time."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.glue_failed_crawls[0].event_pattern).detail.crawlerName == ["autocorp-dev-raw-csv", "autocorp-dev-raw-database"]
    error_message = "Our crawlers by name."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.glue_failed_runs[0].dimensions == tomap({ RuleName = "autocorp-dev-glue-failed-runs" }) && aws_cloudwatch_metric_alarm.glue_failed_runs[0].namespace == "AWS/Events"
    error_message = "The alarm counts what the rule caught."
  }

  assert {
    condition     = toset([for alarm in aws_cloudwatch_metric_alarm.athena_failed_queries : alarm.dimensions["QueryType"]]) == toset(["DDL", "DML"]) && aws_cloudwatch_metric_alarm.athena_slow_queries[0].threshold == 30000
    error_message = "Athena measures in milliseconds, and by type of query."
  }
}

run "without_crawlers_no_rule_waits_for_them" {
  command = plan

  variables {
    glue = { crawler_names = [], job_names = ["autocorp-dev-refresh"], workgroup_name = "autocorp-dev" }
  }

  assert {
    condition     = length(aws_cloudwatch_event_rule.glue_failed_crawls) == 0 && length(aws_cloudwatch_event_rule.glue_failed_runs) == 1
    error_message = "EventBridge refuses a rule with an empty list."
  }
}

run "failed_transfers_and_lost_agents_are_told" {
  command = plan

  variables {
    datasync = { task_arns = {
      customers = "arn:aws:datasync:eu-west-1:123456789012:task/task-0123456789abcdef0"
      parts     = "arn:aws:datasync:eu-west-1:123456789012:task/task-0123456789abcdef1"
    } }
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.datasync_failed_runs[0].event_pattern).resources == [{ prefix = "arn:aws:datasync:eu-west-1:123456789012:task/task-0123456789abcdef0/" }, { prefix = "arn:aws:datasync:eu-west-1:123456789012:task/task-0123456789abcdef1/" }]
    error_message = "Executions of our tasks only."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.datasync_unavailable[0].event_pattern).detail.State == ["UNAVAILABLE"]
    error_message = "A task without its agent runs no more, and so cannot fail either."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_dashboard.lake.dashboard_body).widgets[1].properties.metrics[0][3] == "task-0123456789abcdef0"
    error_message = "CloudWatch names a task by its id."
  }
}

run "the_dashboard_follows_the_phases" {
  command = plan

  variables {
    datasync = { task_arns = { parts = "arn:aws:datasync:eu-west-1:123456789012:task/task-0123456789abcdef1" } }
    dms      = { instance_id = "autocorp-dev-dms", replicating = true, task_resource_id = "autocorp-dev-cdc" }
    glue     = { crawler_names = [], job_names = ["autocorp-dev-refresh"], workgroup_name = "autocorp-dev" }
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_dashboard.lake.dashboard_body).widgets) == 9 && length(jsondecode(aws_cloudwatch_dashboard.lake.dashboard_body).widgets[0].properties.alarms) == length(output.alarm_names)
    error_message = "Four widgets of replication, two of jobs and queries, one of transfers, the alarms and the lake."
  }
}

run "reads_of_the_secret_are_recorded_and_told_where_asked_for" {
  command = plan

  variables {
    audit_trail = {
      bucket_name       = "autocorp-logs-dev-123456789012"
      name              = "autocorp-dev-audit"
      reader_role_arn   = "arn:aws:iam::123456789012:role/autocorp-dev-dms-secret-reader"
      secret_arn_prefix = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:autocorp/dev/postgres/password-"
      secret_name       = "autocorp/dev/postgres/password"
    }
  }

  assert {
    condition     = aws_cloudtrail.audit[0].enable_log_file_validation && aws_cloudtrail.audit[0].event_selector[0].include_management_events && aws_cloudtrail.audit[0].event_selector[0].read_write_type == "All"
    error_message = "Reading a secret is a management event that reads."
  }

  assert {
    condition     = aws_cloudwatch_event_rule.secret_read[0].state == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    error_message = "In the plain state a rule never sees events that read."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.secret_read[0].event_pattern).detail["$or"][0].userIdentity.sessionContext.sessionIssuer.arn[0]["anything-but"] == ["arn:aws:iam::123456789012:role/autocorp-dev-dms-secret-reader"]
    error_message = "Replication reads it all the time, and nobody wants to hear of that."
  }
}
