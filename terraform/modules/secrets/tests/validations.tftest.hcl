mock_provider "aws" {}

variables {
  kms_key_arn       = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  name_prefix       = "autocorp-dev"
  postgres_database = "autocorp"
  postgres_username = "dms_replication"
  secret_name       = "autocorp/dev/postgres/password"
}

run "each_input_refuses_what_aws_or_postgresql_would_refuse" {
  command = plan

  variables {
    kms_key_arn          = "alias/autocorp-dev"
    name_prefix          = "autocorp--dev"
    postgres_database    = ""
    postgres_host        = "postgresql://db.example.com/autocorp"
    postgres_password    = ""
    postgres_port        = 65536
    postgres_username    = ""
    recovery_window_days = 3
    secret_name          = "autocorp dev"
  }

  expect_failures = [
    var.kms_key_arn,
    var.name_prefix,
    var.postgres_database,
    var.postgres_host,
    var.postgres_password,
    var.postgres_port,
    var.postgres_username,
    var.recovery_window_days,
    var.secret_name,
  ]
}

run "a_counter_counts_in_whole_numbers" {
  command = plan

  variables {
    postgres_host             = "db.example.com"
    postgres_password_counter = -1
  }

  expect_failures = [var.postgres_password_counter]
}

run "a_value_needs_a_host_and_a_name_must_not_end_like_an_arn" {
  command = plan

  variables {
    postgres_password_counter = 1
    recovery_window_days      = 31
    secret_name               = "autocorp/dev/postgres-abcdef"
  }

  expect_failures = [
    var.postgres_password_counter,
    var.recovery_window_days,
    var.secret_name,
  ]
}

run "no_recovery_at_all_is_a_choice" {
  command = plan

  variables {
    postgres_host        = "2001:db8::5"
    recovery_window_days = 0
  }

  assert {
    condition     = aws_secretsmanager_secret.postgres.recovery_window_in_days == 0
    error_message = "0 means gone at once."
  }
}
