locals {
  # The four exports, by the name of their folder under raw/csv/, and the file that each of them delivers.
  files = {
    customers    = "customers.csv"
    parts        = "sales_order_parts.csv"
    sales_orders = "sales_orders.csv"
    services     = "sales_order_services.csv"
  }

  # Only what has a source gets a task. Keys are inputs, so they are known before anything exists.
  exports = toset(concat(keys(var.nfs_sources), keys(var.source_location_arns)))

  source_location_arns = merge(
    var.source_location_arns,
    { for export, location in aws_datasync_location_nfs.source : export => location.arn },
  )

  schedules = {
    custom = var.custom_schedule
    daily  = "cron(30 1 * * ? *)"
    hourly = "cron(15 * * * ? *)"
    off    = null
  }

  report_levels = {
    all    = "SUCCESSES_AND_ERRORS"
    errors = "ERRORS_ONLY"
  }

  bucket_arn     = "arn:${var.partition}:s3:::${var.lake_bucket_id}"
  log_group_name = "/aws/datasync/${var.name_prefix}"
}

# ---------------------------------------------------------------------------------------------------------------
# Locations: from where, and to where
# ---------------------------------------------------------------------------------------------------------------

resource "aws_datasync_location_nfs" "source" {
  for_each = var.nfs_sources

  server_hostname = each.value.server_hostname
  subdirectory    = each.value.subdirectory

  mount_options {
    version = each.value.version
  }

  on_prem_config {
    agent_arns = var.agent_arns
  }

  tags = {
    Name = "${var.name_prefix}-${each.key}-source"
  }
}

resource "aws_datasync_location_s3" "destination" {
  for_each = local.exports

  s3_bucket_arn    = local.bucket_arn
  s3_storage_class = "STANDARD"
  subdirectory     = "/raw/csv/${each.key}/"

  s3_config {
    bucket_access_role_arn = var.role_arn
  }

  tags = {
    Name = "${var.name_prefix}-${each.key}-destination"
  }
}

# ---------------------------------------------------------------------------------------------------------------
# Logs: one group for all tasks, and the permission that DataSync needs on it
# ---------------------------------------------------------------------------------------------------------------

resource "aws_cloudwatch_log_group" "datasync" {
  # checkov:skip=CKV_AWS_338:How long logs are kept is an input of the environment; a year of every transfer's log would only be paid for.
  kms_key_id        = var.kms_key_arn
  name              = local.log_group_name
  retention_in_days = var.log_retention_days

  tags = {
    Name = local.log_group_name
  }
}

# A region takes ten of these; one speaks for all tasks of the account, so a second environment can do without.
resource "aws_cloudwatch_log_resource_policy" "datasync" {
  count = var.create_log_policy ? 1 : 0

  policy_document = jsonencode(jsondecode(templatefile("${path.module}/policies/logs_policy.json.tftpl", {
    account_id = var.account_id
    partition  = var.partition
    region     = var.region
  })))
  policy_name = "${var.name_prefix}-datasync"
}

# ---------------------------------------------------------------------------------------------------------------
# Tasks: one per export
# ---------------------------------------------------------------------------------------------------------------

resource "aws_datasync_task" "export" {
  for_each = local.exports

  # The group's ARN as DataSync keeps it, without the ":*" that others want.
  cloudwatch_log_group_arn = aws_cloudwatch_log_group.datasync.arn
  destination_location_arn = aws_datasync_location_s3.destination[each.key].arn
  name                     = "${var.name_prefix}-${each.key}"
  source_location_arn      = local.source_location_arns[each.key]
  task_mode                = "BASIC"

  dynamic "excludes" {
    for_each = length(var.exclude_patterns) > 0 ? [join("|", var.exclude_patterns)] : []

    content {
      filter_type = "SIMPLE_PATTERN"
      value       = excludes.value
    }
  }

  includes {
    filter_type = "SIMPLE_PATTERN"
    value       = lookup(var.include_patterns, each.key, "/${local.files[each.key]}")
  }

  options {
    atime            = "BEST_EFFORT"
    bytes_per_second = var.bytes_per_second
    # Who owned a file on the share means nothing in the lake, and SMB has no such numbers.
    gid                    = "NONE"
    log_level              = var.log_level
    mtime                  = "PRESERVE"
    overwrite_mode         = "ALWAYS"
    posix_permissions      = "NONE"
    preserve_deleted_files = "PRESERVE"
    preserve_devices       = "NONE"
    task_queueing          = "ENABLED"
    transfer_mode          = "CHANGED"
    uid                    = "NONE"
    verify_mode            = "ONLY_FILES_TRANSFERRED"
  }

  dynamic "schedule" {
    for_each = local.schedules[var.schedule] == null ? [] : [local.schedules[var.schedule]]

    content {
      schedule_expression = schedule.value
    }
  }

  task_report_config {
    output_type          = "STANDARD"
    report_level         = local.report_levels[var.task_report]
    s3_object_versioning = "INCLUDE"

    # The provider reads an empty block back, and without one here every plan would take it away.
    report_overrides {}

    s3_destination {
      bucket_access_role_arn = var.role_arn
      s3_bucket_arn          = local.bucket_arn
      subdirectory           = "logs/datasync/"
    }
  }

  tags = {
    Name = "${var.name_prefix}-${each.key}"
  }

  depends_on = [aws_cloudwatch_log_resource_policy.datasync]
}
