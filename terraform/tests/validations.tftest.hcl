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
    account_id                         = "1234"
    alarm_email_addresses              = ["on-call"]
    athena_analyst_principals          = ["*"]
    athena_scan_limit_gb               = 0.5
    availability_zones                 = ["us-east-1a"]
    budget_limit_usd                   = 0
    cdc_latency_alarm_seconds          = 59
    data_lake_bucket_name              = "Data.Lake"
    datasync_agent_arns                = ["agent-0123456789abcdef0"]
    datasync_agent_cidr_blocks         = ["10.20.0.9"]
    dms_allocated_storage_gb           = 4
    dms_cdc_max_batch_interval_seconds = 0
    dms_engine_version                 = "latest"
    dms_heartbeat_schema               = "a-b"
    dms_instance_class                 = "t3.medium"
    dms_lob_max_size_kb                = 0
    dms_log_retention_days             = 91
    dms_maintenance_window             = "Sunday"
    environment                        = "Dev"
    glue_crawler_schedule              = "0 2 * * *"
    glue_execution_class               = "SPOT"
    glue_job_timeout_minutes           = 4
    glue_number_of_workers             = 1
    glue_refresh_schedule              = "rate(5 minutes)"
    glue_version                       = "4.0"
    glue_worker_type                   = "R.1X"
    kms_deletion_window_days           = 31
    postgres_cidr_blocks               = []
    postgres_database                  = ""
    postgres_host                      = "db.example.com:5432/"
    postgres_password                  = ""
    postgres_port                      = 5432.5
    postgres_schema                    = "public.sales"
    postgres_ssl_mode                  = "prefer"
    postgres_tables                    = ["%"]
    postgres_username                  = "a|b"
    project_name                       = "autocorp-"
    route_table_ids                    = ["main"]
    s3_abort_multipart_days            = 0
    s3_access_logs_expiration_days     = 0
    s3_cors_rules                      = [{ allowed_methods = [], allowed_origins = ["*"] }]
    s3_encryption                      = "none"
    s3_lifecycle_days                  = -1
    s3_logs_expiration_days            = 1.5
    s3_noncurrent_version_days         = 0
    s3_raw_noncurrent_version_days     = 0
    s3_tmp_expiration_days             = 0
    secret_recovery_window_days        = 1
    tags                               = { Name = "mine" }
    vpc_cidr                           = "10.60.0.0"
    vpc_id                             = "default"
  }

  expect_failures = [
    var.account_id,
    var.alarm_email_addresses,
    var.athena_analyst_principals,
    var.athena_scan_limit_gb,
    var.availability_zones,
    var.budget_limit_usd,
    var.cdc_latency_alarm_seconds,
    var.data_lake_bucket_name,
    var.datasync_agent_arns,
    var.datasync_agent_cidr_blocks,
    var.dms_allocated_storage_gb,
    var.dms_cdc_max_batch_interval_seconds,
    var.dms_engine_version,
    var.dms_heartbeat_schema,
    var.dms_instance_class,
    var.dms_lob_max_size_kb,
    var.dms_log_retention_days,
    var.dms_maintenance_window,
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
    var.postgres_schema,
    var.postgres_ssl_mode,
    var.postgres_tables,
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
    enable_dms                   = true
    postgres_password_counter    = 1
    postgres_ssl_mode            = "require"
    region                       = "Ireland"
    s3_intelligent_tiering_zones = ["raw"]
    s3_replication               = { bucket_arn = "arn:aws:s3:::autocorp-copy" }
    subnet_ids                   = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
  }

  expect_failures = [
    var.create_datasync_endpoint,
    var.enable_dms,
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

run "what_is_transferred_is_described_as_datasync_takes_it" {
  command = plan

  variables {
    datasync_bytes_per_second   = 1000
    datasync_exclude_patterns   = ["tmp|part"]
    datasync_include_patterns   = { invoices = "/invoices.csv" }
    datasync_log_level          = "DEBUG"
    datasync_log_retention_days = 31
    datasync_nfs_sources        = { customers = { server_hostname = "nfs://files", subdirectory = "exports" } }
    datasync_schedule           = "weekly"
    datasync_task_report        = "html"
  }

  expect_failures = [
    var.datasync_bytes_per_second,
    var.datasync_exclude_patterns,
    var.datasync_include_patterns,
    var.datasync_log_level,
    var.datasync_log_retention_days,
    var.datasync_nfs_sources,
    var.datasync_schedule,
    var.datasync_task_report,
  ]
}

run "a_schedule_and_a_location_have_their_shapes" {
  command = plan

  variables {
    datasync_custom_schedule      = "cron(0/30 * * * ? *)"
    datasync_source_location_arns = { customers = "loc-0123456789abcdef0" }
  }

  expect_failures = [
    var.datasync_custom_schedule,
    var.datasync_source_location_arns,
  ]
}

run "an_export_is_one_of_four" {
  command = plan

  variables {
    datasync_nfs_sources = { invoices = { server_hostname = "files", subdirectory = "/exports/" } }
  }

  expect_failures = [var.datasync_nfs_sources]
}

run "an_export_has_one_source_and_a_custom_schedule_its_expression" {
  command = plan

  variables {
    datasync_nfs_sources          = { customers = { server_hostname = "files", subdirectory = "/exports/" } }
    datasync_schedule             = "custom"
    datasync_source_location_arns = { customers = "arn:aws:datasync:us-east-1:123456789012:location/loc-0123456789abcdef0" }
  }

  expect_failures = [
    var.datasync_schedule,
    var.datasync_source_location_arns,
  ]
}

run "transfers_need_an_agent" {
  command = plan

  variables {
    datasync_nfs_sources = { customers = { server_hostname = "files", subdirectory = "/exports/" } }
    enable_datasync      = true
  }

  expect_failures = [var.enable_datasync]
}

run "transfers_need_a_source" {
  command = plan

  variables {
    datasync_agent_arns = ["arn:aws:datasync:us-east-1:123456789012:agent/agent-0123456789abcdef0"]
    enable_datasync     = true
  }

  expect_failures = [var.enable_datasync]
}

run "replication_verifies_the_source_unless_told_otherwise_and_starts_with_a_password" {
  command = plan

  variables {
    dms_start_replication = true
    enable_dms            = true
  }

  expect_failures = [var.dms_start_replication, var.postgres_ca_certificate_pem]
}

run "nothing_starts_without_its_phase_and_a_certificate_is_in_pem" {
  command = plan

  variables {
    dms_start_replication       = true
    postgres_ca_certificate_pem = "db.crt"
    postgres_host               = "db.example.com"
    postgres_password_counter   = 1
  }

  expect_failures = [var.dms_start_replication, var.postgres_ca_certificate_pem]
}
