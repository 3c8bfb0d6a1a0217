locals {
  # Built from the prefix alone: a renamed instance, endpoint or task is a replaced one, and with it goes the position
  # in the source's log.
  instance_id = "${var.name_prefix}-replication"
  task_id     = "${var.name_prefix}-cdc"

  # The last part of the task's ARN, and so the value of the CloudWatch dimension ReplicationTaskIdentifier: chosen here,
  # because otherwise DMS draws it by lot and no alarm can be planned. At most 31 characters, no hyphens in a row.
  long_identifier          = "${trimsuffix(substr(var.name_prefix, 0, 18), "-")}-${substr(sha256(var.name_prefix), 0, 8)}-cdc"
  task_resource_identifier = length(local.task_id) <= 31 ? local.task_id : local.long_identifier

  # The file is the list of tables and the example of each rule; schema and tables may be given otherwise.
  default_mappings = jsondecode(file("${path.module}/table_mappings.json"))
  default_tables   = [for rule in local.default_mappings.rules : rule["object-locator"]["table-name"] if rule["rule-type"] == "selection"]
  tables           = length(var.tables) > 0 ? sort(tolist(var.tables)) : local.default_tables
  table_mappings = {
    rules = concat(
      [for index, table in local.tables : {
        rule-type      = "selection"
        rule-id        = tostring(index + 1)
        rule-name      = "include-${table}"
        object-locator = { schema-name = var.source_schema, table-name = table }
        rule-action    = "include"
      }],
      # Changes of one transaction share their commit time; only this column orders them.
      [for index, table in local.tables : {
        rule-type      = "transformation"
        rule-id        = tostring(index + 101)
        rule-name      = "change-sequence-${table}"
        rule-target    = "column"
        object-locator = { schema-name = var.source_schema, table-name = table }
        rule-action    = "add-column"
        value          = "AR_H_CHANGE_SEQ"
        expression     = "$AR_H_CHANGE_SEQ"
        data-type      = { type = "string", length = 50 }
      }],
    )
  }

  default_settings = jsondecode(file("${path.module}/task_settings.json"))
  task_settings = merge(local.default_settings, {
    TargetMetadata   = merge(local.default_settings.TargetMetadata, { LobMaxSize = var.lob_max_size_kb })
    FullLoadSettings = merge(local.default_settings.FullLoadSettings, { MaxFullLoadSubTasks = var.max_full_load_subtasks })
  })
}

# ---------------------------------------------------------------------------------------------------------------
# The instance
# ---------------------------------------------------------------------------------------------------------------

# DMS makes this group by itself at the first task, without an expiry; so it is there before the instance.
resource "aws_cloudwatch_log_group" "tasks" {
  kms_key_id        = var.kms_key_arn
  name              = "dms-tasks-${local.instance_id}"
  retention_in_days = var.log_retention_days

  tags = {
    Name = "${var.name_prefix}-dms-logs"
  }
}

resource "aws_dms_replication_subnet_group" "this" {
  replication_subnet_group_description = "Replication instance of ${var.name_prefix}"
  replication_subnet_group_id          = "${var.name_prefix}-replication"
  subnet_ids                           = var.subnet_ids

  tags = {
    Name = "${var.name_prefix}-dms-subnets"
  }
}

resource "aws_dms_replication_instance" "this" {
  allocated_storage            = var.allocated_storage_gb
  apply_immediately            = var.apply_immediately
  auto_minor_version_upgrade   = var.auto_minor_version_upgrade
  engine_version               = var.engine_version
  kms_key_arn                  = var.kms_key_arn
  multi_az                     = var.multi_az
  preferred_maintenance_window = var.maintenance_window
  publicly_accessible          = false
  replication_instance_class   = var.instance_class
  replication_instance_id      = local.instance_id
  replication_subnet_group_id  = aws_dms_replication_subnet_group.this.id
  vpc_security_group_ids       = var.security_group_ids

  tags = {
    Name = "${var.name_prefix}-dms-instance"
  }

  depends_on = [aws_cloudwatch_log_group.tasks]
}

# ---------------------------------------------------------------------------------------------------------------
# The ends
# ---------------------------------------------------------------------------------------------------------------

# Another certificate is another resource, and one in use cannot be deleted: the new one has its own name and comes first.
resource "aws_dms_certificate" "source" {
  count = var.ca_certificate_pem == null ? 0 : 1

  certificate_id  = "${var.name_prefix}-source-${substr(sha256(trimspace(var.ca_certificate_pem)), 0, 8)}"
  certificate_pem = var.ca_certificate_pem

  tags = {
    Name = "${var.name_prefix}-dms-source-ca"
  }

  lifecycle {
    create_before_destroy = true
  }
}

# Host, port, user and password come from the secret; only the database's name is DMS's own to know.
resource "aws_dms_endpoint" "source" {
  # Left out, the provider would keep the old one, which then cannot be deleted.
  certificate_arn                 = length(aws_dms_certificate.source) > 0 ? aws_dms_certificate.source[0].certificate_arn : ""
  database_name                   = var.postgres_database
  endpoint_id                     = "${var.name_prefix}-source"
  endpoint_type                   = "source"
  engine_name                     = "postgres"
  kms_key_arn                     = var.kms_key_arn
  secrets_manager_access_role_arn = var.secret_reader_role_arn
  secrets_manager_arn             = var.secret_arn
  ssl_mode                        = var.ssl_mode

  postgres_settings {
    # Capturing DDL needs a superuser on the source; a change of schema is an operation with a plan of its own.
    capture_ddls = false
    # An idle slot would hold back the source's log for ever.
    heartbeat_enable    = true
    heartbeat_frequency = 5
    heartbeat_schema    = var.heartbeat_schema
  }

  tags = {
    Name = "${var.name_prefix}-dms-source"
  }

  lifecycle {
    # The provider plans a change of these but never sends it (seen with 5.100), so every later plan would try again,
    # and fail while the task runs.
    ignore_changes = [postgres_settings]
  }
}

resource "aws_dms_s3_endpoint" "target" {
  # checkov:skip=CKV_AWS_298:DMS takes this key for S3 and never tells it back, so each plan would replace the endpoint; what it writes is encrypted by encryption_mode.
  bucket_folder                               = "raw/database"
  bucket_name                                 = var.lake_bucket_name
  cdc_max_batch_interval                      = var.cdc_max_batch_interval_seconds
  cdc_min_file_size                           = var.cdc_min_file_size_kb
  compression_type                            = "GZIP"
  data_format                                 = "parquet"
  date_partition_delimiter                    = "SLASH"
  date_partition_enabled                      = true
  date_partition_sequence                     = "yyyymmdd"
  enable_statistics                           = true
  encryption_mode                             = var.encryption == "SSE-KMS" ? "SSE_KMS" : "SSE_S3"
  endpoint_id                                 = "${var.name_prefix}-target"
  endpoint_type                               = "target"
  expected_bucket_owner                       = var.account_id
  include_op_for_full_load                    = true
  parquet_timestamp_in_millisecond            = false
  parquet_version                             = "parquet-1-0"
  preserve_transactions                       = false
  server_side_encryption_kms_key_id           = var.encryption == "SSE-KMS" ? var.kms_key_arn : null
  service_access_role_arn                     = var.s3_writer_role_arn
  timestamp_column_name                       = "dms_ts"
  use_task_start_time_for_full_load_timestamp = true

  tags = {
    Name = "${var.name_prefix}-dms-target"
  }
}

# ---------------------------------------------------------------------------------------------------------------
# The task
# ---------------------------------------------------------------------------------------------------------------

resource "aws_dms_replication_task" "this" {
  migration_type            = "full-load-and-cdc"
  replication_instance_arn  = aws_dms_replication_instance.this.replication_instance_arn
  replication_task_id       = local.task_id
  replication_task_settings = jsonencode(local.task_settings)
  resource_identifier       = local.task_resource_identifier
  source_endpoint_arn       = aws_dms_endpoint.source.endpoint_arn
  start_replication_task    = var.start_replication
  table_mappings            = jsonencode(local.table_mappings)
  target_endpoint_arn       = aws_dms_s3_endpoint.target.endpoint_arn

  tags = {
    Name = "${var.name_prefix}-dms-task"
  }

  lifecycle {
    # AWS never returns it, so a task that was imported (an apply that was killed) would be replaced for it. It counts at
    # the creation, and its own value follows from names that never change.
    ignore_changes = [resource_identifier]
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Who hears of it
# ---------------------------------------------------------------------------------------------------------------

resource "aws_dms_event_subscription" "instance" {
  count = var.notify ? 1 : 0

  enabled          = true
  event_categories = ["configuration change", "deletion", "failover", "failure", "low storage", "maintenance"]
  name             = "${var.name_prefix}-replication-instance"
  sns_topic_arn    = var.event_topic_arn
  source_ids       = [aws_dms_replication_instance.this.replication_instance_id]
  source_type      = "replication-instance"

  tags = {
    Name = "${var.name_prefix}-dms-instance-events"
  }
}

resource "aws_dms_event_subscription" "task" {
  count = var.notify ? 1 : 0

  enabled          = true
  event_categories = ["configuration change", "deletion", "failure", "state change"]
  name             = "${var.name_prefix}-replication-task"
  sns_topic_arn    = var.event_topic_arn
  source_ids       = [aws_dms_replication_task.this.replication_task_id]
  source_type      = "replication-task"

  tags = {
    Name = "${var.name_prefix}-dms-task-events"
  }
}
