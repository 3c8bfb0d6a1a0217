mock_provider "aws" {}

variables {
  crawler_role_arn      = "arn:aws:iam::123456789012:role/autocorp-dev-glue-crawler"
  curated_database_name = "autocorp_dev_curated"
  job_role_arn          = "arn:aws:iam::123456789012:role/autocorp-dev-glue-job"
  kms_key_arn           = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  lake_bucket_id        = "autocorp-datalake-dev-123456789012"
  library_path          = "tests/files/library.zip"
  metrics_namespace     = "autocorp/dev"
  name_prefix           = "autocorp-dev"
  raw_database_name     = "autocorp_dev_raw"
  scripts_path          = "tests/files"
}

run "there_is_a_job_per_table_and_export_and_one_that_refreshes_all" {
  command = plan

  assert {
    condition = jsonencode(output.job_names) == jsonencode({
      auto_parts               = "autocorp-dev-auto-parts"
      csv_customers            = "autocorp-dev-csv-customers"
      csv_sales_order_parts    = "autocorp-dev-csv-sales-order-parts"
      csv_sales_order_services = "autocorp-dev-csv-sales-order-services"
      csv_sales_orders         = "autocorp-dev-csv-sales-orders"
      customers                = "autocorp-dev-customers"
      sales_order              = "autocorp-dev-sales-order"
      sales_order_parts        = "autocorp-dev-sales-order-parts"
      sales_order_services     = "autocorp-dev-sales-order-services"
      service                  = "autocorp-dev-service"
      service_parts            = "autocorp-dev-service-parts"
    }) && output.refresh_job_name == "autocorp-dev-refresh-all"
    error_message = "Seven tables, four exports, one job for all."
  }

  assert {
    condition = alltrue([
      for job in concat(values(aws_glue_job.table), [aws_glue_job.refresh_all]) :
      job.glue_version == "5.0" && job.worker_type == "G.1X" && job.number_of_workers == 2 && job.max_retries == 1 && job.timeout == 30 &&
      job.execution_class == "STANDARD" && one(job.execution_property).max_concurrent_runs == 1 && job.role_arn == var.job_role_arn
    ])
    error_message = "A job has other settings than the ones that were decided."
  }

  assert {
    condition = alltrue([
      for job in concat(values(aws_glue_job.table), [aws_glue_job.refresh_all]) :
      job.security_configuration == aws_glue_security_configuration.this.name
    ])
    error_message = "A job writes without encryption."
  }
}

run "a_job_is_told_hudi_its_library_and_no_bookmark" {
  command = plan

  assert {
    condition = alltrue([
      for name, value in {
        "--curated_database"    = "autocorp_dev_curated"
        "--datalake-formats"    = "hudi"
        "--enable-auto-scaling" = "false"
        "--extra-py-files"      = "s3://autocorp-datalake-dev-123456789012/${aws_s3_object.library.key}"
        "--job-bookmark-option" = "job-bookmark-disable"
        "--lake_bucket"         = "autocorp-datalake-dev-123456789012"
        "--lob_max_size_kb"     = "32"
        "--metrics_namespace"   = "autocorp/dev"
        "--source_schema"       = "public"
      } : aws_glue_job.refresh_all.default_arguments[name] == value
    ])
    error_message = "An argument is missing or another one."
  }

  assert {
    condition     = length(split(" --conf ", aws_glue_job.refresh_all.default_arguments["--conf"])) == 5 && startswith(aws_glue_job.refresh_all.default_arguments["--conf"], "spark.serializer=org.apache.spark.serializer.KryoSerializer --conf ")
    error_message = "All Spark settings must be chained in the one --conf."
  }
}

run "keys_of_uploaded_files_carry_their_content" {
  command = plan

  assert {
    condition     = aws_s3_object.library.key == "scripts/lib/autocorp_glue-${substr(filesha256("tests/files/library.zip"), 0, 12)}.zip"
    error_message = "The library's key does not follow its content."
  }

  assert {
    condition = alltrue([
      for key, script in aws_s3_object.script :
      script.key == "scripts/jobs/${key}-${substr(filesha256("tests/files/${key}.py"), 0, 12)}.py" && script.source_hash == filesha256("tests/files/${key}.py")
    ]) && length(aws_s3_object.script) == 13
    error_message = "A script's key does not follow its content."
  }

  assert {
    condition     = one(aws_glue_job.table["customers"].command).script_location == "s3://autocorp-datalake-dev-123456789012/${aws_s3_object.script["customers"].key}"
    error_message = "A job runs another file than its own."
  }
}

run "a_library_that_was_not_built_is_named_with_the_command_that_builds_it" {
  command = plan

  variables {
    library_path = "tests/files/nothing.zip"
  }

  expect_failures = [aws_s3_object.library]
}

run "a_missing_script_is_named" {
  command = plan

  variables {
    tables = ["customers", "orders"]
  }

  expect_failures = [aws_s3_object.script["orders"]]
}

run "crawlers_look_at_raw_only_and_mix_no_names" {
  command = plan

  assert {
    condition = jsonencode([for target in aws_glue_crawler.raw_database.s3_target : target.path]) == jsonencode([
      for table in ["auto_parts", "customers", "sales_order", "sales_order_parts", "sales_order_services", "service", "service_parts"] :
      "s3://autocorp-datalake-dev-123456789012/raw/database/public/${table}/"
    ])
    error_message = "One target per table."
  }

  assert {
    condition = jsonencode([for target in aws_glue_crawler.raw_csv.s3_target : target.path]) == jsonencode([
      for folder in ["customers", "parts", "sales_orders", "services"] : "s3://autocorp-datalake-dev-123456789012/raw/csv/${folder}/"
    ])
    error_message = "One target per export, where DataSync delivers it."
  }

  assert {
    condition = alltrue([
      for crawler in [aws_glue_crawler.raw_database, aws_glue_crawler.raw_csv] :
      jsondecode(crawler.configuration).Grouping.TableGroupingPolicy == "CombineCompatibleSchemas" &&
      crawler.schedule == "cron(0 2 * * ? *)" && crawler.database_name == "autocorp_dev_raw" && crawler.role == var.crawler_role_arn &&
      alltrue([for target in crawler.s3_target : contains(target.exclusions, "**/_epochs/**")]) &&
      one(crawler.schema_change_policy).delete_behavior == "LOG"
    ]) && aws_glue_crawler.raw_database.table_prefix == "raw_" && aws_glue_crawler.raw_csv.table_prefix == "raw_csv_"
    error_message = "A crawler has other settings than the ones that were decided."
  }
}

run "crawlers_without_a_schedule_still_exist" {
  command = plan

  variables {
    crawlers_enabled = false
  }

  assert {
    condition     = aws_glue_crawler.raw_database.schedule == null && aws_glue_crawler.raw_csv.schedule == null
    error_message = "A schedule that is off must not run."
  }
}

run "encryption_follows_the_lake" {
  command = plan

  variables {
    s3_encryption = "SSE-S3"
  }

  assert {
    condition = (
      one(one(aws_glue_security_configuration.this.encryption_configuration).s3_encryption).s3_encryption_mode == "SSE-S3" &&
      one(one(aws_glue_security_configuration.this.encryption_configuration).job_bookmarks_encryption).job_bookmarks_encryption_mode == "CSE-KMS" &&
      one(one(aws_glue_security_configuration.this.encryption_configuration).cloudwatch_encryption).cloudwatch_encryption_mode == "SSE-KMS"
    )
    error_message = "Objects as the bucket demands, bookmarks and logs with the key."
  }
}

run "another_key_makes_another_security_configuration" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
  }

  assert {
    condition     = output.security_configuration_name != run.encryption_follows_the_lake.security_configuration_name && startswith(output.security_configuration_name, "autocorp-dev-") && one(one(aws_glue_security_configuration.this.encryption_configuration).s3_encryption).s3_encryption_mode == "SSE-KMS"
    error_message = "It cannot be changed, so a change needs a new name."
  }
}

run "the_workflow_starts_on_schedule_where_that_is_on_and_quality_follows" {
  command = plan

  variables {
    refresh_enabled  = true
    refresh_schedule = "cron(0/15 * * * ? *)"
  }

  assert {
    condition     = aws_glue_trigger.refresh_start.enabled && aws_glue_trigger.refresh_start.type == "SCHEDULED" && aws_glue_trigger.refresh_start.schedule == "cron(0/15 * * * ? *)" && one(aws_glue_trigger.refresh_start.actions).job_name == "autocorp-dev-refresh-all"
    error_message = "The schedule starts the job that refreshes all."
  }

  assert {
    condition     = one(one(aws_glue_trigger.quality_after_refresh.predicate).conditions).state == "SUCCEEDED" && one(one(aws_glue_trigger.quality_after_refresh.predicate).conditions).job_name == "autocorp-dev-refresh-all" && one(aws_glue_trigger.quality_after_refresh.actions).job_name == "autocorp-dev-evaluate-quality"
    error_message = "Quality is evaluated after a refresh that succeeded."
  }

  assert {
    condition     = aws_glue_workflow.refresh.max_concurrent_runs == 1 && aws_glue_trigger.refresh_start.workflow_name == "autocorp-dev-refresh" && aws_glue_trigger.quality_after_refresh.workflow_name == "autocorp-dev-refresh"
    error_message = "Both triggers belong to the one workflow."
  }
}

run "the_schedule_is_off_unless_asked_for" {
  command = plan

  assert {
    condition     = !aws_glue_trigger.refresh_start.enabled && !aws_glue_trigger.refresh_start.start_on_creation
    error_message = "A refresh every five minutes costs money."
  }
}

run "every_curated_table_has_rules_and_lines_refer_to_their_orders" {
  command = plan

  assert {
    condition     = jsonencode(keys(aws_glue_data_quality_ruleset.table)) == jsonencode(keys(output.job_names))
    error_message = "A table without rules is trusted blindly."
  }

  assert {
    condition     = aws_glue_data_quality_ruleset.table["sales_order_parts"].ruleset == "Rules = [RowCount > 0, IsPrimaryKey \"line_item_id\", ColumnValues \"quantity\" > 0, ReferentialIntegrity \"order_id\" \"sales_order.order_id\" = 1.0]" && one(aws_glue_data_quality_ruleset.table["sales_order_parts"].target_table).table_name == "sales_order_parts"
    error_message = "The rules are not what the module was told."
  }
}

run "without_a_network_there_is_no_connection" {
  command = plan

  assert {
    condition     = output.connection_name == null && length(aws_security_group.glue) == 0 && length(aws_vpc_security_group_egress_rule.glue_postgres) == 0
    error_message = "A connection leads into a network."
  }
}

run "a_connection_leads_to_the_source_and_to_s3_and_nowhere_else" {
  command = plan

  variables {
    network = {
      availability_zone    = "us-east-1a"
      postgres_cidr_blocks = ["10.0.0.0/8"]
      postgres_port        = 5433
      s3_endpoint_exists   = true
      s3_prefix_list_id    = "pl-0123456789abcdef0"
      subnet_id            = "subnet-0123456789abcdef0"
      vpc_id               = "vpc-0123456789abcdef0"
    }
  }

  assert {
    condition     = aws_glue_connection.network[0].connection_type == "NETWORK" && one(aws_glue_connection.network[0].physical_connection_requirements).subnet_id == "subnet-0123456789abcdef0" && one(aws_glue_connection.network[0].physical_connection_requirements).availability_zone == "us-east-1a"
    error_message = "The connection leads elsewhere."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.glue_postgres["10.0.0.0/8"].from_port == 5433 && aws_vpc_security_group_egress_rule.glue_s3[0].prefix_list_id == "pl-0123456789abcdef0" && aws_vpc_security_group_ingress_rule.glue_workers[0].to_port == 65535
    error_message = "Workers reach each other, the source and S3."
  }
}

run "more_workers_scale_and_flex_is_a_choice" {
  command = plan

  variables {
    execution_class   = "FLEX"
    glue_version      = "5.1"
    lob_max_size_kb   = 64
    number_of_workers = 10
    worker_type       = "G.2X"
  }

  assert {
    condition     = aws_glue_job.refresh_all.execution_class == "FLEX" && aws_glue_job.refresh_all.default_arguments["--enable-auto-scaling"] == "true" && aws_glue_job.refresh_all.default_arguments["--lob_max_size_kb"] == "64" && aws_glue_job.refresh_all.glue_version == "5.1"
    error_message = "Choices do not reach the job."
  }
}
