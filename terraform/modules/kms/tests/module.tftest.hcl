mock_provider "aws" {}

variables {
  account_id      = "123456789012"
  alarm_topic_arn = "arn:aws:sns:eu-west-1:123456789012:autocorp-dev-alarms"
  name_prefix     = "autocorp-dev"
  region          = "eu-west-1"
}

run "the_key_rotates_and_can_be_recovered" {
  command = plan

  assert {
    condition     = aws_kms_key.lake.enable_key_rotation && aws_kms_key.lake.deletion_window_in_days == 30
    error_message = "Rotation is on and the window is as long as AWS allows, unless asked otherwise."
  }

  assert {
    condition     = aws_kms_key.lake.tags["Name"] == "autocorp-dev-key" && output.key_alias == "alias/autocorp-dev"
    error_message = "Tag and alias are made from the prefix."
  }
}

run "the_policy_delegates_to_the_account_and_lets_logs_and_alarms_in_and_nobody_else" {
  command = plan

  assert {
    condition = toset([for statement in jsondecode(aws_kms_key.lake.policy).Statement : jsonencode(statement.Principal)]) == toset([
      jsonencode({ AWS = "arn:aws:iam::123456789012:root" }),
      jsonencode({ Service = "logs.eu-west-1.amazonaws.com" }),
      jsonencode({ Service = ["budgets.amazonaws.com", "cloudwatch.amazonaws.com", "dms.amazonaws.com", "events.amazonaws.com"] }),
    ])
    error_message = "The key policy names other principals than the account, CloudWatch Logs of the region and the publishers of the topic."
  }

  assert {
    condition     = one([for statement in jsondecode(aws_kms_key.lake.policy).Statement : statement.Condition.ArnLike["kms:EncryptionContext:aws:logs:arn"] if statement.Sid == "CloudWatchLogsOfThisAccount"]) == "arn:aws:logs:eu-west-1:123456789012:log-group:*"
    error_message = "Logs of other accounts or regions could use the key."
  }

  assert {
    condition     = one([for statement in jsondecode(aws_kms_key.lake.policy).Statement : statement.Condition.StringEquals["kms:EncryptionContext:aws:sns:topicArn"] if statement.Sid == "PublishersOfTheAlarmTopic"]) == "arn:aws:sns:eu-west-1:123456789012:autocorp-dev-alarms"
    error_message = "Publishers could use the key for other topics."
  }
}

run "a_trail_is_let_in_where_there_is_one" {
  command = plan

  variables {
    audit_trail_arn = "arn:aws:cloudtrail:eu-west-1:123456789012:trail/autocorp-dev-audit"
  }

  assert {
    condition     = one([for statement in jsondecode(aws_kms_key.lake.policy).Statement : statement.Condition.StringEquals["aws:SourceArn"] if statement.Sid == "AuditTrailOfThisEnvironment"]) == "arn:aws:cloudtrail:eu-west-1:123456789012:trail/autocorp-dev-audit"
    error_message = "Another trail could use the key."
  }
}

run "another_partition_is_named_in_the_policy" {
  command = plan

  variables {
    partition = "aws-us-gov"
    region    = "us-gov-west-1"
  }

  assert {
    condition     = strcontains(aws_kms_key.lake.policy, "arn:aws-us-gov:iam::123456789012:root")
    error_message = "The partition is not taken from the input."
  }
}
