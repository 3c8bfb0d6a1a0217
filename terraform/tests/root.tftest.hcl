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

  mock_data "aws_partition" {
    defaults = {
      partition = "aws"
    }
  }
}

run "a_plain_apply_needs_no_input" {
  command = plan

  assert {
    condition     = output.environment == "dev" && output.name_prefix == "autocorp-dev" && output.region == "us-east-1"
    error_message = "Defaults describe the project's development environment."
  }

  assert {
    condition     = jsonencode(output.dms_account_role_names) == jsonencode(["dms-cloudwatch-logs-role", "dms-vpc-role"])
    error_message = "The first environment of an account owns the account-wide roles."
  }

  assert {
    condition     = !output.postgres_password_secret_has_value
    error_message = "A secret has no value before somebody gives one."
  }
}

run "names_are_made_from_project_environment_and_account" {
  command = plan

  variables {
    environment  = "eu-test"
    project_name = "auto-corp"
  }

  assert {
    condition     = module.s3.names.lake == "auto-corp-datalake-eu-test-123456789012" && module.s3.names.access_logs == "auto-corp-logs-eu-test-123456789012"
    error_message = "Bucket names carry the account, since they are shared by all of AWS."
  }

  assert {
    condition     = output.postgres_password_secret_name == "auto-corp/eu-test/postgres/password" && output.kms_key_alias == "alias/auto-corp-eu-test" && output.metrics_namespace == "auto-corp/eu-test"
    error_message = "Other names follow the same scheme."
  }
}

run "the_longest_names_still_fit" {
  command = plan

  variables {
    environment  = "e2345678901234567890"
    project_name = "p2345678901234567890"
  }

  assert {
    condition     = length(module.s3.names.lake) <= 63
    error_message = "A bucket name has at most 63 characters."
  }
}

run "the_bucket_can_be_named_otherwise" {
  command = plan

  variables {
    data_lake_bucket_name = "lake-of-autocorp"
  }

  assert {
    condition     = module.s3.names.lake == "lake-of-autocorp"
    error_message = "The given name is used."
  }
}

run "options_reach_their_modules" {
  command = plan

  variables {
    athena_analyst_principals    = ["arn:aws:iam::123456789012:role/analysts"]
    create_datasync_endpoint     = true
    create_dms_account_roles     = false
    datasync_agent_cidr_blocks   = ["10.20.0.9/32"]
    s3_cors_rules                = [{ allowed_methods = ["GET"], allowed_origins = ["https://reports.example.com"] }]
    s3_encryption                = "SSE-S3"
    s3_intelligent_tiering_zones = ["curated"]
    s3_replication               = { bucket_arn = "arn:aws:s3:::autocorp-copy" }
  }

  assert {
    condition     = length(output.dms_account_role_names) == 0 && jsonencode(sort(keys(output.vpc_endpoint_ids))) == jsonencode(["datasync", "s3", "secretsmanager"])
    error_message = "Flags reach the modules."
  }
}

run "the_password_stays_out_of_the_plan" {
  command = plan

  variables {
    postgres_host             = "db.example.com"
    postgres_password         = "planted-for-this-test"
    postgres_password_counter = 1
  }

  assert {
    condition     = output.postgres_password_secret_has_value
    error_message = "With a counted password the secret has a value."
  }
}

run "phase_2_is_part_of_a_plain_apply" {
  command = plan

  assert {
    condition = (
      output.glue_catalog_database_name == "autocorp_dev_curated" &&
      output.glue_raw_database_name == "autocorp_dev_raw" &&
      output.glue_refresh_job_name == "autocorp-dev-refresh-all" &&
      output.glue_workflow_name == "autocorp-dev-refresh" &&
      output.glue_connection_name == "autocorp-dev-network" &&
      output.athena_workgroup_name == "autocorp-dev"
    )
    error_message = "Names follow project and environment."
  }

  assert {
    condition     = length(output.glue_job_names) == 11 && output.glue_job_names["csv_customers"] == "autocorp-dev-csv-customers" && length(output.glue_ruleset_names) == 11
    error_message = "A job and a ruleset per table and export."
  }
}

run "without_phase_2_its_outputs_are_empty" {
  command = plan

  variables {
    enable_glue = false
  }

  assert {
    condition = alltrue([
      for value in [
        output.athena_results_location, output.athena_workgroup_name, output.glue_catalog_database_name, output.glue_connection_name,
        output.glue_quality_job_name, output.glue_raw_csv_crawler_name, output.glue_raw_database_crawler_name, output.glue_raw_database_name,
        output.glue_refresh_job_name, output.glue_security_configuration_name, output.glue_start_trigger_name, output.glue_workflow_name,
      ] : value == null
    ]) && length(output.athena_named_query_ids) == 0 && length(output.glue_job_names) == 0 && length(output.glue_ruleset_names) == 0
    error_message = "Nothing of phase 2 may be named where it is off."
  }
}

run "without_a_network_phase_2_needs_none" {
  command = plan

  variables {
    create_vpc = false
  }

  assert {
    condition     = output.glue_connection_name == null && output.glue_refresh_job_name == "autocorp-dev-refresh-all"
    error_message = "Only the connection leads into a network."
  }
}

run "without_the_datasync_phase_its_outputs_are_there_and_empty" {
  command = plan

  assert {
    condition     = output.datasync_log_group_name == null && length(output.datasync_task_arns) + length(output.datasync_source_location_arns) + length(output.datasync_destination_location_arns) == 0
    error_message = "Whoever reads outputs need not know which phases are applied."
  }
}

run "the_exports_that_have_a_source_are_transferred" {
  command = plan

  variables {
    datasync_agent_arns           = ["arn:aws:datasync:us-east-1:123456789012:agent/agent-0123456789abcdef0"]
    datasync_nfs_sources          = { customers = { server_hostname = "files.example.com", subdirectory = "/exports/" } }
    datasync_source_location_arns = { parts = "arn:aws:datasync:us-east-1:123456789012:location/loc-0123456789abcdef0" }
    enable_datasync               = true
  }

  assert {
    condition     = toset(keys(output.datasync_task_arns)) == toset(["customers", "parts"]) && output.datasync_log_group_name == "/aws/datasync/autocorp-dev"
    error_message = "Inputs reach the module."
  }
}

run "without_the_phase_there_is_no_replication" {
  command = plan

  assert {
    condition     = length(module.dms) == 0 && output.dms_replication_task_id == null && output.dms_replication_started == null && length(output.dms_tables) == 0
    error_message = "Outputs of a phase that is off are null or empty."
  }
}

run "replication_is_made_of_the_foundation_and_not_started" {
  command = plan

  variables {
    enable_dms                = true
    postgres_host             = "db.example.com"
    postgres_password_counter = 1
    postgres_ssl_mode         = "require"
  }

  assert {
    condition     = output.dms_replication_started == false && output.dms_replication_task_id == "autocorp-dev-cdc" && output.dms_log_group_name == "dms-tasks-autocorp-dev-replication"
    error_message = "The first stage makes the task and leaves it alone; names come from the prefix."
  }

  assert {
    condition     = output.dms_tables[0] == "public.auto_parts" && length(output.dms_tables) == 7
    error_message = "All seven tables of the schema are replicated."
  }
}
