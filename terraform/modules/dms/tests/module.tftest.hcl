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
  ssl_mode               = "require"
  subnet_ids             = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
}

run "seven_tables_are_named_one_by_one_and_their_changes_can_be_ordered" {
  command = plan

  assert {
    condition     = jsondecode(aws_dms_replication_task.this.table_mappings) == jsondecode(file("./table_mappings.json"))
    error_message = "With the defaults the mappings are those of the file."
  }

  assert {
    condition     = length([for rule in jsondecode(aws_dms_replication_task.this.table_mappings).rules : rule if rule["rule-type"] == "selection"]) == 7
    error_message = "There is one selection rule for each of the seven tables."
  }

  assert {
    condition     = length(distinct(jsondecode(aws_dms_replication_task.this.table_mappings).rules[*]["rule-id"])) == 14 && length(distinct(jsondecode(aws_dms_replication_task.this.table_mappings).rules[*]["rule-name"])) == 14
    error_message = "Rule ids and names are unique in a mapping."
  }

  assert {
    condition     = !strcontains(aws_dms_replication_task.this.table_mappings, "%")
    error_message = "A wildcard would also copy the heartbeat's table."
  }

  assert {
    condition = alltrue([
      for rule in jsondecode(aws_dms_replication_task.this.table_mappings).rules :
      rule["rule-action"] == "add-column" && rule.expression == "$AR_H_CHANGE_SEQ" && rule.value == "AR_H_CHANGE_SEQ" && rule["data-type"].length == 50
      if rule["rule-type"] == "transformation"
    ])
    error_message = "Each table gets the column that orders the changes of one transaction."
  }
}

run "settings_are_what_an_s3_target_can_take" {
  command = plan

  assert {
    condition     = toset(keys(jsondecode(aws_dms_replication_task.this.replication_task_settings))) == toset(["ChangeProcessingDdlHandlingPolicy", "ChangeProcessingTuning", "ControlTablesSettings", "ErrorBehavior", "FullLoadSettings", "Logging", "StreamBufferSettings", "TargetMetadata", "ValidationSettings"])
    error_message = "A mistyped section would be ignored by DMS without a word."
  }

  assert {
    condition     = toset(keys(jsondecode(aws_dms_replication_task.this.replication_task_settings).Logging)) == toset(["EnableLogging", "LogComponents"])
    error_message = "The log group's name is DMS's to say; with it in the settings the provider refuses the plan."
  }

  assert {
    condition     = !jsondecode(aws_dms_replication_task.this.replication_task_settings).ChangeProcessingDdlHandlingPolicy.HandleSourceTableDropped && !jsondecode(aws_dms_replication_task.this.replication_task_settings).ChangeProcessingDdlHandlingPolicy.HandleSourceTableTruncated
    error_message = "A table that is dropped on the source must not take its history in the lake along."
  }

  assert {
    condition     = jsondecode(aws_dms_replication_task.this.replication_task_settings).FullLoadSettings.TargetTablePrepMode == "DROP_AND_CREATE" && jsondecode(aws_dms_replication_task.this.replication_task_settings).TargetMetadata.BatchApplyEnabled == false
    error_message = "A reload starts from an empty folder, and batch apply may lose changes on S3."
  }

  assert {
    condition     = jsondecode(aws_dms_replication_task.this.replication_task_settings).TargetMetadata.LobMaxSize == 32 && jsondecode(aws_dms_replication_task.this.replication_task_settings).FullLoadSettings.MaxFullLoadSubTasks == 7
    error_message = "Texts are cut at 32 KB and all seven tables load at a time, unless told otherwise."
  }
}

run "files_are_written_as_the_jobs_read_them" {
  command = plan

  assert {
    condition     = aws_dms_s3_endpoint.target.data_format == "parquet" && aws_dms_s3_endpoint.target.parquet_version == "parquet-1-0" && aws_dms_s3_endpoint.target.compression_type == "GZIP" && aws_dms_s3_endpoint.target.enable_statistics && !aws_dms_s3_endpoint.target.parquet_timestamp_in_millisecond
    error_message = "Parquet 1.0, GZIP, statistics, microseconds."
  }

  assert {
    condition     = aws_dms_s3_endpoint.target.include_op_for_full_load && aws_dms_s3_endpoint.target.timestamp_column_name == "dms_ts" && aws_dms_s3_endpoint.target.use_task_start_time_for_full_load_timestamp
    error_message = "Every row says what happened and when, and a loaded row is older than any change."
  }

  assert {
    condition     = aws_dms_s3_endpoint.target.date_partition_enabled && aws_dms_s3_endpoint.target.bucket_folder == "raw/database" && aws_dms_s3_endpoint.target.cdc_max_batch_interval == 60 && aws_dms_s3_endpoint.target.cdc_min_file_size == 32000
    error_message = "Changes lie in folders by day, written after 60 s or 32 MB."
  }

  assert {
    condition     = aws_dms_s3_endpoint.target.expected_bucket_owner == "123456789012" && aws_dms_s3_endpoint.target.encryption_mode == "SSE_KMS" && aws_dms_s3_endpoint.target.server_side_encryption_kms_key_id == var.kms_key_arn
    error_message = "Objects go to our own bucket only, under the environment's key."
  }
}

run "the_source_is_read_by_secret_and_keeps_its_slot_moving" {
  command = plan

  assert {
    condition     = aws_dms_endpoint.source.secrets_manager_arn == var.secret_arn && aws_dms_endpoint.source.secrets_manager_access_role_arn == var.secret_reader_role_arn && aws_dms_endpoint.source.password == null && aws_dms_endpoint.source.database_name == "autocorp"
    error_message = "DMS reads the login itself; no password passes through here."
  }

  assert {
    condition     = aws_dms_endpoint.source.postgres_settings[0].heartbeat_enable && aws_dms_endpoint.source.postgres_settings[0].heartbeat_schema == "dms_artifacts" && aws_dms_endpoint.source.postgres_settings[0].capture_ddls == false
    error_message = "Heartbeat in a schema of its own; DDL capture would need a superuser."
  }

  assert {
    condition     = length(aws_dms_certificate.source) == 0
    error_message = "Where nothing is verified there is no certificate."
  }
}

run "a_verified_source_has_a_certificate_named_by_its_content" {
  command = plan

  variables {
    ca_certificate_pem = "-----BEGIN CERTIFICATE-----\nb25l\n-----END CERTIFICATE-----\n"
    ssl_mode           = "verify-full"
  }

  assert {
    condition     = aws_dms_certificate.source[0].certificate_id == "autocorp-dev-source-${substr(sha256("-----BEGIN CERTIFICATE-----\nb25l\n-----END CERTIFICATE-----"), 0, 8)}"
    error_message = "Another content is another name, so that both can exist for a moment."
  }
}

run "nothing_starts_by_itself_and_the_instance_is_private" {
  command = plan

  assert {
    condition     = aws_dms_replication_task.this.start_replication_task == false && output.replication_started == false
    error_message = "The start is a plan of its own."
  }

  assert {
    condition     = aws_dms_replication_instance.this.publicly_accessible == false && aws_dms_replication_instance.this.replication_instance_class == "dms.t3.medium" && aws_dms_replication_instance.this.kms_key_arn == var.kms_key_arn
    error_message = "Private, small and encrypted with our key."
  }

  assert {
    condition     = aws_cloudwatch_log_group.tasks.name == "dms-tasks-autocorp-dev-replication" && aws_cloudwatch_log_group.tasks.retention_in_days == 90
    error_message = "DMS logs into the group of that name; without a retention it would keep everything."
  }

  assert {
    condition     = length(aws_dms_event_subscription.task) == 0
    error_message = "Nobody is told where nobody was named."
  }
}

run "the_alarm_dimension_is_known_beforehand_and_fits" {
  command = plan

  variables {
    name_prefix = "p2345678901234567-90-e234567890123456-890"
  }

  assert {
    condition     = length(output.replication_task_resource_identifier) <= 31 && !strcontains(output.replication_task_resource_identifier, "--") && aws_dms_replication_task.this.resource_identifier == output.replication_task_resource_identifier
    error_message = "A resource identifier has at most 31 characters and no two hyphens in a row."
  }
}

run "other_tables_of_another_schema_replace_the_seven" {
  command = plan

  variables {
    source_schema = "sales"
    tables        = ["orders", "invoices"]
  }

  assert {
    condition     = jsonencode(output.tables) == jsonencode(["sales.invoices", "sales.orders"]) && length(jsondecode(aws_dms_replication_task.this.table_mappings).rules) == 4
    error_message = "Each named table has its two rules."
  }
}

run "whoever_is_named_hears_of_failures" {
  command = plan

  variables {
    encryption      = "SSE-S3"
    event_topic_arn = "arn:aws:sns:us-east-1:123456789012:autocorp-dev-alarms"
    notify          = true
  }

  assert {
    condition     = contains(aws_dms_event_subscription.task[0].event_categories, "failure") && contains(aws_dms_event_subscription.instance[0].event_categories, "low storage")
    error_message = "Both subscriptions name failures."
  }

  assert {
    condition     = aws_dms_s3_endpoint.target.encryption_mode == "SSE_S3" && aws_dms_s3_endpoint.target.server_side_encryption_kms_key_id == null
    error_message = "Without a key of our own S3's is used."
  }
}
