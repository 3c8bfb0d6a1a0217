mock_provider "aws" {}

variables {
  kms_key_arn       = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  name_prefix       = "autocorp-dev"
  postgres_database = "autocorp"
  postgres_host     = "db.example.com"
  postgres_username = "dms_replication"
  secret_name       = "autocorp/dev/postgres/password"
}

run "a_secret_starts_without_a_value" {
  command = plan

  assert {
    condition     = length(aws_secretsmanager_secret_version.postgres) == 0 && !output.secret_has_value
    error_message = "Counter 0 means that there is no version."
  }

  assert {
    condition     = aws_secretsmanager_secret.postgres.recovery_window_in_days == 30 && aws_secretsmanager_secret.postgres.kms_key_id == var.kms_key_arn
    error_message = "A secret is recoverable and encrypted with the environment's key."
  }
}

run "a_counted_password_makes_a_version_whose_value_is_written_only" {
  command = plan

  variables {
    postgres_password         = "planted-for-this-test"
    postgres_password_counter = 1
  }

  assert {
    condition     = length(aws_secretsmanager_secret_version.postgres) == 1
    error_message = "Counter 1 means one version."
  }

  assert {
    condition     = aws_secretsmanager_secret_version.postgres[0].secret_string_wo_version == output.secret_version_number
    error_message = "The output is the number that the provider compares."
  }

  assert {
    # sha256 of "db.example.com|5432|dms_replication|autocorp|1", worked out elsewhere.
    condition     = output.secret_version_number == parseint("6d0e1a9046d6", 16)
    error_message = "The number follows another rule than the one that the README and the wizard know."
  }
}

run "a_changed_host_changes_the_number" {
  command = plan

  variables {
    postgres_host             = "other.example.com"
    postgres_password_counter = 1
  }

  assert {
    condition     = output.secret_version_number != run.a_counted_password_makes_a_version_whose_value_is_written_only.secret_version_number
    error_message = "A changed host must be seen."
  }
}

run "a_plan_without_the_password_is_possible" {
  command = plan

  variables {
    postgres_password_counter = 1
  }

  assert {
    condition     = output.secret_version_number == run.a_counted_password_makes_a_version_whose_value_is_written_only.secret_version_number
    error_message = "The password must not change the number."
  }
}
