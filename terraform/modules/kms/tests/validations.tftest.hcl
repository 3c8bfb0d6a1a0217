mock_provider "aws" {}

run "each_input_refuses_what_aws_would_refuse" {
  command = plan

  variables {
    account_id           = "12345678901"
    deletion_window_days = 6
    name_prefix          = "Autocorp-dev"
    partition            = "arn"
    region               = "Ireland"
  }

  expect_failures = [
    var.account_id,
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
    deletion_window_days = 7
    name_prefix          = "a1234567890123456789-b1234567890123456789"
    region               = "ap-southeast-4"
  }
}
