mock_provider "aws" {
  mock_data "aws_availability_zones" {
    defaults = {
      names = ["us-east-1a", "us-east-1b"]
    }
  }

  mock_data "aws_caller_identity" {
    defaults = {
      account_id = "123456789012"
    }
  }

  mock_data "aws_subnet" {
    defaults = {
      vpc_id = "vpc-0123456789abcdef0"
    }
  }

  mock_data "aws_partition" {
    defaults = {
      partition = "aws"
    }
  }
}

run "each_input_refuses_what_cannot_be_right" {
  command = plan

  variables {
    account_id                     = "1234"
    athena_scan_limit_gb           = 0.5
    athena_analyst_principals      = ["*"]
    availability_zones             = ["us-east-1a"]
    data_lake_bucket_name          = "Data.Lake"
    datasync_agent_arns            = ["agent-0123456789abcdef0"]
    datasync_agent_cidr_blocks     = ["10.20.0.9"]
    enable_datasync                = true
    enable_dms                     = true
    environment                    = "Dev"
    glue_crawler_schedule          = "0 2 * * *"
    glue_execution_class           = "SPOT"
    glue_job_timeout_minutes       = 4
    glue_number_of_workers         = 1
    glue_refresh_schedule          = "rate(5 minutes)"
    glue_version                   = "4.0"
    glue_worker_type               = "R.1X"
    kms_deletion_window_days       = 31
    postgres_cidr_blocks           = []
    postgres_database              = ""
    postgres_host                  = "db.example.com:5432/"
    postgres_password              = ""
    postgres_port                  = 5432.5
    postgres_username              = "a|b"
    project_name                   = "autocorp-"
    route_table_ids                = ["main"]
    s3_abort_multipart_days        = 0
    s3_access_logs_expiration_days = 0
    s3_cors_rules                  = [{ allowed_methods = [], allowed_origins = ["*"] }]
    s3_encryption                  = "none"
    s3_lifecycle_days              = -1
    s3_logs_expiration_days        = 1.5
    s3_noncurrent_version_days     = 0
    s3_raw_noncurrent_version_days = 0
    s3_tmp_expiration_days         = 0
    secret_recovery_window_days    = 1
    tags                           = { Name = "mine" }
    vpc_cidr                       = "10.60.0.0"
    vpc_id                         = "default"
  }

  expect_failures = [
    var.account_id,
    var.athena_analyst_principals,
    var.athena_scan_limit_gb,
    var.availability_zones,
    var.data_lake_bucket_name,
    var.datasync_agent_arns,
    var.datasync_agent_cidr_blocks,
    var.enable_datasync,
    var.enable_dms,
    var.environment,
    var.glue_crawler_schedule,
    var.glue_execution_class,
    var.glue_job_timeout_minutes,
    var.glue_number_of_workers,
    var.glue_refresh_schedule,
    var.glue_version,
    var.glue_worker_type,
    var.kms_deletion_window_days,
    var.postgres_cidr_blocks,
    var.postgres_database,
    var.postgres_host,
    var.postgres_password,
    var.postgres_port,
    var.postgres_username,
    var.project_name,
    var.route_table_ids,
    var.s3_abort_multipart_days,
    var.s3_access_logs_expiration_days,
    var.s3_cors_rules,
    var.s3_encryption,
    var.s3_lifecycle_days,
    var.s3_logs_expiration_days,
    var.s3_noncurrent_version_days,
    var.s3_raw_noncurrent_version_days,
    var.s3_tmp_expiration_days,
    var.secret_recovery_window_days,
    var.tags,
    var.vpc_cidr,
    var.vpc_id,
  ]
}

# An input whose rule looks at another one is judged only when that other one is right by itself.
run "inputs_must_fit_together" {
  command = plan

  variables {
    create_datasync_endpoint     = true
    create_vpc                   = false
    postgres_password_counter    = 1
    region                       = "Ireland"
    s3_intelligent_tiering_zones = ["raw"]
    s3_replication               = { bucket_arn = "arn:aws:s3:::autocorp-copy" }
    subnet_ids                   = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  }

  expect_failures = [
    var.create_datasync_endpoint,
    var.postgres_password_counter,
    var.region,
    var.s3_intelligent_tiering_zones,
    var.s3_replication,
    var.subnet_ids,
  ]
}

run "an_existing_network_comes_instead_of_a_new_one" {
  command = plan

  variables {
    postgres_password_counter = 0.5
    s3_replication            = { bucket_arn = "autocorp-copy", kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1" }
    subnet_ids                = ["a", "b"]
    vpc_id                    = "vpc-0123456789abcdef0"
  }

  expect_failures = [
    var.create_vpc,
    var.postgres_password_counter,
    var.s3_replication,
    var.subnet_ids,
  ]
}

run "what_an_existing_network_needs" {
  command = plan

  variables {
    create_vpc           = false
    enable_s3_versioning = false
    s3_replication       = { bucket_arn = "arn:aws:s3:::autocorp-copy", kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1" }
    subnet_ids           = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
    vpc_id               = "vpc-0123456789abcdef0"
  }

  expect_failures = [
    var.create_s3_endpoint,
    var.s3_replication,
  ]
}

run "an_environment_name_starts_with_a_letter_and_is_short" {
  command = plan

  variables {
    environment           = "e23456789012345678901"
    glue_crawler_schedule = "cron(0 2 * * * *)"
    project_name          = "a"
  }

  expect_failures = [var.environment, var.glue_crawler_schedule, var.project_name]
}
