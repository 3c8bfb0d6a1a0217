locals {
  # Widgets without a place are put one after the other, so a phase that comes or goes moves nothing by hand.
  widget_alarms = [for alarms in [sort(keys(local.alarms))] : {
    type       = "alarm"
    width      = 24
    height     = 3
    properties = { title = "Alarms", alarms = [for key in alarms : "arn:${var.partition}:cloudwatch:${var.region}:${var.account_id}:alarm:${local.alarms[key].alarm_name}"] }
  } if length(alarms) > 0]

  widgets_lake = [{
    type   = "metric"
    width  = 12
    height = 6
    properties = {
      title  = "Lake: stored (once a day)"
      region = var.region
      period = 86400
      stat   = "Average"
      metrics = [
        ["AWS/S3", "BucketSizeBytes", "BucketName", var.lake_bucket_name, "StorageType", "StandardStorage"],
        ["AWS/S3", "BucketSizeBytes", "BucketName", var.lake_bucket_name, "StorageType", "GlacierStorage"],
      ]
    }
  }]

  widgets_dms = flatten([for dms in var.dms[*] : [
    {
      type   = "metric"
      width  = 12
      height = 6
      properties = {
        title       = "Replication: seconds behind"
        region      = var.region
        period      = 60
        stat        = "Maximum"
        annotations = { horizontal = [{ label = "promise", value = var.cdc_latency_seconds }] }
        metrics = [for metric in ["CDCLatencySource", "CDCLatencyTarget"] :
          ["AWS/DMS", metric, "ReplicationInstanceIdentifier", dms.instance_id, "ReplicationTaskIdentifier", dms.task_resource_id]
        ]
      }
    },
    {
      type   = "metric"
      width  = 12
      height = 6
      properties = {
        title  = "Replication: changes and rows"
        region = var.region
        period = 60
        stat   = "Sum"
        metrics = [for metric in ["CDCIncomingChanges", "CDCThroughputRowsTarget", "FullLoadThroughputRowsTarget"] :
          ["AWS/DMS", metric, "ReplicationInstanceIdentifier", dms.instance_id, "ReplicationTaskIdentifier", dms.task_resource_id]
        ]
      }
    },
    {
      type   = "metric"
      width  = 12
      height = 6
      properties = {
        title  = "Replication instance: room left"
        region = var.region
        period = 300
        stat   = "Average"
        metrics = [for metric in ["FreeStorageSpace", "FreeableMemory", "SwapUsage"] :
          ["AWS/DMS", metric, "ReplicationInstanceIdentifier", dms.instance_id]
        ]
      }
    },
    {
      type   = "metric"
      width  = 12
      height = 6
      properties = {
        title   = "Replication instance: CPU"
        region  = var.region
        period  = 300
        stat    = "Average"
        metrics = [["AWS/DMS", "CPUUtilization", "ReplicationInstanceIdentifier", dms.instance_id]]
      }
    },
  ]])

  widgets_glue = flatten([for glue in var.glue[*] : [
    {
      type   = "metric"
      width  = 12
      height = 6
      properties = {
        title   = "Jobs: failed runs"
        region  = var.region
        period  = 300
        stat    = "Sum"
        metrics = [["AWS/Events", "TriggeredRules", "RuleName", aws_cloudwatch_event_rule.glue_failed_runs[0].name]]
      }
    },
    {
      type   = "metric"
      width  = 12
      height = 6
      properties = {
        title  = "Queries: duration (ms) and bytes scanned"
        region = var.region
        period = 900
        metrics = [
          ["AWS/Athena", "TotalExecutionTime", "QueryState", "SUCCEEDED", "QueryType", "DML", "WorkGroup", glue.workgroup_name, { stat = "p90" }],
          ["AWS/Athena", "ProcessedBytes", "QueryState", "SUCCEEDED", "QueryType", "DML", "WorkGroup", glue.workgroup_name, { stat = "Sum", yAxis = "right" }],
        ]
      }
    },
  ]])

  widgets_datasync = [for datasync in var.datasync[*] : {
    type   = "metric"
    width  = 12
    height = 6
    properties = {
      title  = "Transfers: bytes and files"
      region = var.region
      period = 3600
      stat   = "Sum"
      # CloudWatch names a task by its id, the last part of its ARN.
      metrics = concat(
        [for export in sort(keys(datasync.task_arns)) :
          ["AWS/DataSync", "BytesTransferred", "TaskId", reverse(split("/", datasync.task_arns[export]))[0], { label = export }]
        ],
        [for export in sort(keys(datasync.task_arns)) :
          ["AWS/DataSync", "FilesTransferred", "TaskId", reverse(split("/", datasync.task_arns[export]))[0], { label = "${export} files", yAxis = "right" }]
        ],
      )
    }
  }]
}

resource "aws_cloudwatch_dashboard" "lake" {
  dashboard_body = jsonencode({
    widgets = concat(local.widget_alarms, local.widgets_dms, local.widgets_glue, local.widgets_datasync, local.widgets_lake)
  })
  dashboard_name = var.name_prefix
}
