mock_provider "aws" {}

run "each_input_refuses_what_aws_would_refuse" {
  command = plan

  variables {
    account_id           = "12345678901"
    alarm_topic_arn      = "autocorp-dev-alarms"
    audit_trail_arn      = "autocorp-dev-audit"
    deletion_window_days = 6
    name_prefix          = "Autocorp-dev"
    partition            = "arn"
    region               = "Ireland"
  }

  expect_failures = [
    var.account_id,
    var.alarm_topic_arn,
    var.audit_trail_arn,
    var.deletion_window_days,
    var.name_prefix,
    var.partition,
    var.region,
  ]
}

run "the_extremes_are_accepted" {
  command = plan

  variables {
    account_id           = "000000000000"
    alarm_topic_arn      = "arn:aws:sns:ap-southeast-4:000000000000:a"
    deletion_window_days = 7
    name_prefix          = "a1234567890123456789-b1234567890123456789"
    region               = "ap-southeast-4"
  }
}
