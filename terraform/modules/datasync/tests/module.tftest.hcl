mock_provider "aws" {
  mock_resource "aws_datasync_location_nfs" {
    defaults = {
      arn = "arn:aws:datasync:eu-west-1:123456789012:location/loc-00000000000000nf5"
    }
  }

  mock_resource "aws_datasync_location_s3" {
    defaults = {
      arn = "arn:aws:datasync:eu-west-1:123456789012:location/loc-000000000000000s3"
    }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = {
      arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/datasync/autocorp-dev"
    }
  }
}

variables {
  account_id     = "123456789012"
  agent_arns     = ["arn:aws:datasync:eu-west-1:123456789012:agent/agent-0123456789abcdef0"]
  kms_key_arn    = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000"
  lake_bucket_id = "autocorp-datalake-dev-123456789012"
  name_prefix    = "autocorp-dev"
  region         = "eu-west-1"
  role_arn       = "arn:aws:iam::123456789012:role/autocorp-dev-datasync"

  nfs_sources = {
    customers    = { server_hostname = "files.example.com", subdirectory = "/exports/" }
    parts        = { server_hostname = "files.example.com", subdirectory = "/exports/" }
    sales_orders = { server_hostname = "files.example.com", subdirectory = "/exports/", version = "NFS4_1" }
    services     = { server_hostname = "files.example.com", subdirectory = "/exports/" }
  }
}

run "each_export_has_a_place_of_its_own_and_its_one_file" {
  assert {
    condition = jsonencode({ for export, task in aws_datasync_task.export : export => [task.name, task.includes[0].value, aws_datasync_location_s3.destination[export].subdirectory] }) == jsonencode({
      customers    = ["autocorp-dev-customers", "/customers.csv", "/raw/csv/customers/"]
      parts        = ["autocorp-dev-parts", "/sales_order_parts.csv", "/raw/csv/parts/"]
      sales_orders = ["autocorp-dev-sales_orders", "/sales_orders.csv", "/raw/csv/sales_orders/"]
      services     = ["autocorp-dev-services", "/sales_order_services.csv", "/raw/csv/services/"]
    })
    error_message = "An export is transferred to the wrong place, or with files of another one."
  }

  assert {
    condition     = alltrue([for location in aws_datasync_location_s3.destination : location.s3_bucket_arn == "arn:aws:s3:::autocorp-datalake-dev-123456789012" && location.s3_storage_class == "STANDARD" && location.s3_config[0].bucket_access_role_arn == var.role_arn])
    error_message = "Exports land in the lake's bucket, in the STANDARD class, written with the one role."
  }

  assert {
    condition     = jsonencode([for export in sort(keys(aws_datasync_location_nfs.source)) : aws_datasync_location_nfs.source[export].mount_options[0].version]) == jsonencode(["AUTOMATIC", "AUTOMATIC", "NFS4_1", "AUTOMATIC"]) && alltrue([for location in aws_datasync_location_nfs.source : toset(location.on_prem_config[0].agent_arns) == toset(var.agent_arns)])
    error_message = "The shares are mounted as they were described, by the agents that were given."
  }

  assert {
    condition     = toset(keys(output.task_arns)) == toset(["customers", "parts", "sales_orders", "services"]) && toset(keys(output.source_location_arns)) == toset(keys(output.destination_location_arns))
    error_message = "Outputs go by export."
  }
}

run "what_is_transferred_is_verified_and_what_vanished_is_kept" {
  assert {
    condition = alltrue([for task in aws_datasync_task.export : task.task_mode == "BASIC" && jsonencode([
      task.options[0].verify_mode, task.options[0].transfer_mode, task.options[0].overwrite_mode, task.options[0].preserve_deleted_files,
      task.options[0].task_queueing, task.options[0].atime, task.options[0].mtime, task.options[0].uid, task.options[0].gid, task.options[0].posix_permissions,
    ]) == jsonencode(["ONLY_FILES_TRANSFERRED", "CHANGED", "ALWAYS", "PRESERVE", "ENABLED", "BEST_EFFORT", "PRESERVE", "NONE", "NONE", "NONE"])])
    error_message = "The options of a task are not those that the README promises."
  }

  assert {
    condition     = alltrue([for task in aws_datasync_task.export : task.excludes[0].value == "*/.*|*.tmp|*.part" && task.options[0].bytes_per_second == -1 && task.options[0].log_level == "BASIC"])
    error_message = "Hidden and unfinished files stay away; nothing limits the line unless it is asked for."
  }

  assert {
    condition     = alltrue([for task in aws_datasync_task.export : task.schedule[0].schedule_expression == "cron(30 1 * * ? *)" && task.task_report_config[0].report_level == "ERRORS_ONLY" && task.task_report_config[0].s3_destination[0].subdirectory == "logs/datasync/"])
    error_message = "Tasks run daily and report errors."
  }
}

run "logs_are_encrypted_and_datasync_may_write_them_for_this_account_only" {
  assert {
    condition     = aws_cloudwatch_log_group.datasync.name == "/aws/datasync/autocorp-dev" && aws_cloudwatch_log_group.datasync.kms_key_id == var.kms_key_arn && aws_cloudwatch_log_group.datasync.retention_in_days == 30
    error_message = "One group, encrypted, with an end."
  }

  assert {
    condition = jsonencode(jsondecode(aws_cloudwatch_log_resource_policy.datasync[0].policy_document).Statement) == jsonencode([{
      Sid       = "DataSyncWritesLogsOfThisAccount"
      Effect    = "Allow"
      Principal = { Service = "datasync.amazonaws.com" }
      Action    = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource  = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/datasync/*"
      Condition = {
        StringEquals = { "aws:SourceAccount" = "123456789012" }
        ArnLike      = { "aws:SourceArn" = "arn:aws:datasync:eu-west-1:123456789012:task/*" }
      }
    }])
    error_message = "The policy lets DataSync write for tasks of this account and region, and nothing else."
  }
}

run "another_state_may_own_the_log_policy" {
  variables {
    create_log_policy = false
  }

  assert {
    condition     = length(aws_cloudwatch_log_resource_policy.datasync) == 0
    error_message = "Nothing account-wide is made when it belongs to another state."
  }
}

run "an_export_without_a_source_has_no_task" {
  variables {
    nfs_sources = {
      customers = { server_hostname = "10.4.0.9", subdirectory = "/" }
    }
    source_location_arns = { parts = "arn:aws:datasync:eu-west-1:123456789012:location/loc-0123456789abcdef0" }
  }

  assert {
    condition     = toset(keys(aws_datasync_task.export)) == toset(["customers", "parts"]) && toset(keys(aws_datasync_location_nfs.source)) == toset(["customers"])
    error_message = "Two sources make two tasks, and only the share that is described here is made here."
  }

  assert {
    condition     = aws_datasync_task.export["parts"].source_location_arn == var.source_location_arns["parts"]
    error_message = "A location that exists is used as it is."
  }
}

run "what_can_be_chosen_reaches_the_task" {
  variables {
    bytes_per_second = 10485760
    custom_schedule  = "cron(0 4 ? * MON-FRI *)"
    exclude_patterns = []
    include_patterns = { customers = "/customers.csv|/customers_*.csv" }
    log_level        = "TRANSFER"
    schedule         = "custom"
    task_report      = "all"
  }

  assert {
    condition = alltrue([for task in aws_datasync_task.export : jsonencode([
      task.options[0].bytes_per_second, task.options[0].log_level, task.schedule[0].schedule_expression, task.task_report_config[0].report_level, length(task.excludes),
    ]) == jsonencode([10485760, "TRANSFER", "cron(0 4 ? * MON-FRI *)", "SUCCESSES_AND_ERRORS", 0])])
    error_message = "An input does not reach the tasks."
  }

  assert {
    condition     = aws_datasync_task.export["customers"].includes[0].value == "/customers.csv|/customers_*.csv" && aws_datasync_task.export["parts"].includes[0].value == "/sales_order_parts.csv"
    error_message = "A pattern of one export is that export's alone."
  }
}

run "a_task_can_be_paused" {
  variables {
    schedule = "off"
  }

  assert {
    condition     = alltrue([for task in aws_datasync_task.export : length(task.schedule) == 0])
    error_message = "Off means that there is no schedule."
  }
}

run "hourly_is_once_an_hour" {
  variables {
    schedule = "hourly"
  }

  assert {
    condition     = alltrue([for task in aws_datasync_task.export : task.schedule[0].schedule_expression == "cron(15 * * * ? *)"])
    error_message = "Hourly is one minute of every hour."
  }
}
