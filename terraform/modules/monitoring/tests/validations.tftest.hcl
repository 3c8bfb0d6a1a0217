mock_provider "aws" {}

variables {
  account_id       = "123456789012"
  budget_limit_usd = 100
  kms_key_arn      = "arn:aws:kms:eu-west-1:123456789012:key/0123"
  lake_bucket_name = "autocorp-datalake-dev-123456789012"
  name_prefix      = "autocorp-dev"
  region           = "eu-west-1"
  topic_name       = "autocorp-dev-alarms"
}

run "each_input_refuses_what_aws_would_refuse" {
  command = plan

  variables {
    account_id                = "12345678901"
    alarm_email_addresses     = ["on-call"]
    athena_failed_queries     = 0
    athena_slow_query_seconds = 0
    audit_trail = {
      bucket_name       = "logs"
      name              = "trail"
      reader_role_arn   = "dms-reader"
      secret_arn_prefix = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-"
      secret_name       = "x"
    }
    budget_environment_tag = ""
    budget_limit_usd       = 0
    cdc_latency_seconds    = 30
    datasync               = { task_arns = {} }
    dms                    = { instance_id = "Autocorp--dev", replicating = true, task_resource_id = "autocorp-dev" }
    dms_free_storage_gb    = 0
    glue                   = { crawler_names = [], job_names = [], workgroup_name = "autocorp-dev" }
    kms_key_arn            = "alias/aws/sns"
    lake_bucket_name       = "Lake"
    name_prefix            = "Autocorp-dev"
    partition              = "arn"
    region                 = "Ireland"
    topic_name             = "autocorp dev"
  }

  expect_failures = [
    var.account_id,
    var.alarm_email_addresses,
    var.athena_failed_queries,
    var.athena_slow_query_seconds,
    var.audit_trail,
    var.budget_environment_tag,
    var.budget_limit_usd,
    var.cdc_latency_seconds,
    var.datasync,
    var.dms,
    var.dms_free_storage_gb,
    var.glue,
    var.kms_key_arn,
    var.lake_bucket_name,
    var.name_prefix,
    var.partition,
    var.region,
    var.topic_name,
  ]
}

run "a_tasks_resource_id_is_short" {
  command = plan

  variables {
    dms = { instance_id = "autocorp-dev", replicating = true, task_resource_id = "a2345678901234567890123456789012" }
  }

  expect_failures = [var.dms]
}
