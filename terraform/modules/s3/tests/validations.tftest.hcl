mock_provider "aws" {}

variables {
  access_logs_bucket_name = "autocorp-logs-dev-123456789012"
  account_id              = "123456789012"
  kms_key_arn             = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  lake_bucket_name        = "autocorp-datalake-dev-123456789012"
}

run "each_input_refuses_what_s3_would_refuse" {
  command = plan

  variables {
    abort_multipart_days        = 0
    access_logs_bucket_name     = "autocorp.logs"
    access_logs_expiration_days = 0
    account_id                  = "1234-5678-9012"
    audit_trail_arn             = "autocorp-dev-audit"
    cors_rules                  = [{ allowed_methods = ["PATCH"], allowed_origins = ["*"] }]
    intelligent_tiering_zones   = ["tmp"]
    kms_key_arn                 = "00000000-0000-0000-0000-000000000000"
    lake_bucket_name            = "Autocorp"
    logs_expiration_days        = -1
    noncurrent_version_days     = 0
    partition                   = "amazon"
    raw_noncurrent_version_days = 0
    replication                 = { bucket_arn = "autocorp-copy", kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1" }
    replication_role_arn        = "replicator"
    tmp_expiration_days         = 0
  }

  expect_failures = [
    var.abort_multipart_days,
    var.access_logs_bucket_name,
    var.access_logs_expiration_days,
    var.account_id,
    var.audit_trail_arn,
    var.cors_rules,
    var.intelligent_tiering_zones,
    var.kms_key_arn,
    var.lake_bucket_name,
    var.logs_expiration_days,
    var.noncurrent_version_days,
    var.partition,
    var.raw_noncurrent_version_days,
    var.replication,
    var.replication_role_arn,
    var.tmp_expiration_days,
  ]
}

run "encryption_and_archiving_are_known_choices" {
  command = plan

  variables {
    encryption       = "KMS"
    raw_archive_days = 0.5
  }

  expect_failures = [var.encryption, var.raw_archive_days]
}

run "raw_is_archived_or_tiered_and_a_copy_names_a_real_account" {
  command = plan

  variables {
    intelligent_tiering_zones = ["raw"]
    replication               = { account_id = "42", bucket_arn = "arn:aws:s3:::autocorp-copy", kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1" }
  }

  expect_failures = [var.intelligent_tiering_zones, var.replication]
}

run "a_copy_of_encrypted_objects_needs_a_key" {
  command = plan

  variables {
    replication = { bucket_arn = "arn:aws:s3:::autocorp-copy" }
  }

  expect_failures = [var.replication]
}

run "a_copy_knows_its_storage_class" {
  command = plan

  variables {
    replication = { bucket_arn = "arn:aws:s3:::autocorp-copy", kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1", storage_class = "COLD" }
  }

  expect_failures = [var.replication]
}

run "a_copy_names_zones_that_exist" {
  command = plan

  variables {
    replication = { bucket_arn = "arn:aws:s3:::autocorp-copy", kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1", zones = [] }
  }

  expect_failures = [var.replication]
}

run "a_copy_needs_versions" {
  command = plan

  variables {
    replication          = { bucket_arn = "arn:aws:s3:::autocorp-copy", kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1" }
    replication_role_arn = "arn:aws:iam::123456789012:role/autocorp-dev-s3-replication"
    versioning_enabled   = false
  }

  expect_failures = [aws_s3_bucket_replication_configuration.lake]
}
