mock_provider "aws" {}

variables {
  account_id  = "123456789012"
  name_prefix = "autocorp-dev"
  region      = "eu-west-1"
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

run "the_policy_delegates_to_the_account_and_lets_its_logs_in_and_nobody_else" {
  command = plan

  assert {
    condition = toset([for statement in jsondecode(aws_kms_key.lake.policy).Statement : jsonencode(statement.Principal)]) == toset([
      jsonencode({ AWS = "arn:aws:iam::123456789012:root" }),
      jsonencode({ Service = "logs.eu-west-1.amazonaws.com" }),
    ])
    error_message = "The key policy names other principals than the account and CloudWatch Logs of the region."
  }

  assert {
    condition     = one([for statement in jsondecode(aws_kms_key.lake.policy).Statement : statement.Condition.ArnLike["kms:EncryptionContext:aws:logs:arn"] if statement.Sid == "CloudWatchLogsOfThisAccount"]) == "arn:aws:logs:eu-west-1:123456789012:log-group:*"
    error_message = "Logs of other accounts or regions could use the key."
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
