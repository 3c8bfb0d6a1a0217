mock_provider "aws" {}

variables {
  account_id             = "123456789012"
  kms_key_arn            = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  lake_bucket_name       = "autocorp-datalake-dev-123456789012"
  name_prefix            = "autocorp-dev"
  postgres_database      = "autocorp"
  s3_writer_role_arn     = "arn:aws:iam::123456789012:role/autocorp-dev-dms-s3-writer"
  secret_arn             = "arn:aws:secretsmanager:us-east-1:123456789012:secret:autocorp/dev/postgres/password-AbCdEf"
  secret_reader_role_arn = "arn:aws:iam::123456789012:role/autocorp-dev-dms-secret-reader"
  security_group_ids     = ["sg-0123456789abcdef0"]
  subnet_ids             = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
}

run "each_input_refuses_what_dms_would_refuse" {
  command = plan

  variables {
    account_id                     = "1"
    allocated_storage_gb           = 4
    cdc_max_batch_interval_seconds = 0
    cdc_min_file_size_kb           = 0
    encryption                     = "none"
    engine_version                 = "latest"
    heartbeat_schema               = "a-b"
    instance_class                 = "t3.medium"
    kms_key_arn                    = "alias/autocorp-dev"
    lake_bucket_name               = "Lake"
    lob_max_size_kb                = 0
    log_retention_days             = 91
    maintenance_window             = "Sunday"
    max_full_load_subtasks         = 50
    name_prefix                    = "autocorp--dev"
    postgres_database              = ""
    s3_writer_role_arn             = "dms-s3-writer"
    secret_arn                     = "autocorp/dev/postgres/password"
    secret_reader_role_arn         = "dms-secret-reader"
    security_group_ids             = []
    source_schema                  = "public.sales"
    ssl_mode                       = "prefer"
    subnet_ids                     = ["subnet-0123456789abcdef0"]
    tables                         = ["%"]
  }

  expect_failures = [
    var.account_id,
    var.allocated_storage_gb,
    var.cdc_max_batch_interval_seconds,
    var.cdc_min_file_size_kb,
    var.encryption,
    var.engine_version,
    var.heartbeat_schema,
    var.instance_class,
    var.kms_key_arn,
    var.lake_bucket_name,
    var.lob_max_size_kb,
    var.log_retention_days,
    var.maintenance_window,
    var.max_full_load_subtasks,
    var.name_prefix,
    var.postgres_database,
    var.s3_writer_role_arn,
    var.secret_arn,
    var.secret_reader_role_arn,
    var.security_group_ids,
    var.source_schema,
    var.ssl_mode,
    var.subnet_ids,
    var.tables,
  ]
}

run "a_verified_source_needs_a_certificate_and_a_notice_a_topic" {
  command = plan

  variables {
    notify = true
  }

  expect_failures = [var.ca_certificate_pem, var.event_topic_arn]
}

run "a_certificate_is_in_pem" {
  command = plan

  variables {
    ca_certificate_pem = "db.crt"
  }

  expect_failures = [var.ca_certificate_pem]
}
